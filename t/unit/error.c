#include "support.h"

#include "core/error.h"

static void test_set(void **state)
{
    smartmsg_error_t err;
    char text[400];

    (void) state;
    smartmsg_error_set_at(&err, 3, 7, "unexpected %s", "token");
    assert_int_equal(err.line, 3);
    assert_int_equal(err.column, 7);
    assert_string_equal(err.path, "");
    assert_string_equal(err.text, "unexpected token");

    smartmsg_error_set(&err, "rules[0].force", "must be %d", 1);
    assert_int_equal(err.line, 0);
    assert_string_equal(err.path, "rules[0].force");
    assert_string_equal(err.text, "must be 1");

    /* 254 letters, then one of two bytes that does not fit */
    memset(text, 'a', sizeof(text));
    memcpy(text + 254, "\xC3\xA9", 3);
    smartmsg_error_set(&err, text, "%s", text);
    assert_int_equal(strlen(err.text), 254);
    assert_int_equal(strlen(err.path), 254);

    memcpy(text + 253, "\xC3\xA9", 3);
    smartmsg_error_set(&err, NULL, "%s", text);
    assert_int_equal(strlen(err.text), 255);

    smartmsg_error_clear(&err);
    assert_string_equal(err.text, "");
    smartmsg_error_clear(NULL);
    smartmsg_error_set(NULL, "a", "b");
    smartmsg_error_set_at(NULL, 1, 1, "b");
    smartmsg_error_no_memory(NULL);
}

static void test_path(void **state)
{
    smartmsg_path_t path = { 0 };
    size_t rules, first;

    (void) state;
    rules = smartmsg_path_key(&path, "rules");
    first = smartmsg_path_index(&path, 12);
    (void) smartmsg_path_key(&path, "cart.value");
    assert_string_equal(path.text, "rules[12].cart.value");
    smartmsg_path_pop(&path, first);
    assert_string_equal(path.text, "rules");
    smartmsg_path_pop(&path, rules);
    assert_string_equal(path.text, "");

    for (int i = 0; i < 100; i++) {
        (void) smartmsg_path_key(&path, "member");
    }

    assert_int_equal(path.len, sizeof(path.text) - 1);
    assert_int_equal(strlen(path.text), path.len);
    (void) smartmsg_path_index(&path, 1);
    assert_int_equal(strlen(path.text), path.len);
}

static void test_suggest(void **state)
{
    static const char *const words[] = { "$gt", "$gte", "$regex", "$elemMatch",
                                         NULL };

    (void) state;
    assert_string_equal(smartmsg_suggest("$gtt", words), "$gt");
    assert_string_equal(smartmsg_suggest("$regx", words), "$regex");
    assert_string_equal(smartmsg_suggest("$rgeex", words), "$regex");
    assert_string_equal(smartmsg_suggest("$elemmatch", words), "$elemMatch");
    assert_null(smartmsg_suggest("$between", words));
    assert_null(smartmsg_suggest("", words));
    assert_null(smartmsg_suggest("0123456789012345678901234567890123456789",
                                 words));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set),
        cmocka_unit_test(test_path),
        cmocka_unit_test(test_suggest)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
