#include "support.h"

#include "core/sticky_field.h"

static void check(const char *attribute, const char *value,
                  const char *experiment, const char *variation,
                  const char *field, const char *kept)
{
    smartmsg_sticky_key_t key = {S(attribute), S(value), S(experiment)};
    char name[SMARTMSG_STICKY_FIELD_MAX], text[SMARTMSG_STICKY_FIELD_MAX];
    smartmsg_str_t found;
    size_t len;

    assert_str(smartmsg_str(name, smartmsg_sticky_field(&key, name)), field);
    len = smartmsg_sticky_value(&key, S(variation), text);
    assert_str(smartmsg_str(text, len), kept);
    assert_true(smartmsg_sticky_variation(&key, smartmsg_str(text, len),
                                          &found));
    assert_str(found, variation);
}

/* digests: printf %s VALUE | sha256sum */
static void test_field(void **state)
{
    (void)state;
    check("id", "abc", "prices__0", "blue", "sticky:prices__0:id",
          "ba7816bf:blue");
    check("profile.mail", "", "a:b__2", "", "sticky:a:b__2:profile.mail",
          "e3b0c442:");
    check("id", "abc", "x__0", "a:b", "sticky:x__0:id", "ba7816bf:a:b");
}

static void test_other(void **state)
{
    smartmsg_sticky_key_t key = {S("id"), S("abc"), S("x__0")};
    smartmsg_str_t found;

    (void)state;
    assert_false(smartmsg_sticky_variation(&key, S(""), &found));
    assert_false(smartmsg_sticky_variation(&key, S("ba7816bf"), &found));
    assert_false(smartmsg_sticky_variation(&key, S("ba7816bfx"), &found));
    assert_false(smartmsg_sticky_variation(&key, S("ba7816be:a"), &found));
    assert_false(smartmsg_sticky_variation(&key, smartmsg_str(NULL, 0),
                                           &found));
}

static void test_long(void **state)
{
    char text[SMARTMSG_STICKY_FIELD_MAX + 1], out[SMARTMSG_STICKY_FIELD_MAX];
    smartmsg_sticky_key_t key = {S("id"), S("abc"), S("")};

    (void)state;
    memset(text, 'x', sizeof(text));

    key.experiment = smartmsg_str(text, sizeof(out) - strlen("sticky::id"));
    assert_int_equal(smartmsg_sticky_field(&key, out), sizeof(out));
    key.experiment.len++;
    assert_int_equal(smartmsg_sticky_field(&key, out), 0);

    assert_int_equal(smartmsg_sticky_value(&key, smartmsg_str(text,
                                           sizeof(out) - 9), out),
                     sizeof(out));
    assert_int_equal(smartmsg_sticky_value(&key, smartmsg_str(text,
                                           sizeof(out) - 8), out), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_field),
        cmocka_unit_test(test_other),
        cmocka_unit_test(test_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
