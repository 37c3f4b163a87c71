#include "support.h"

#include "core/schema.h"

static void test_sorted(void **state)
{
    size_t n;
    const smartmsg_schema_fact_t *facts = smartmsg_schema_facts(&n);

    (void)state;
    assert_true(n > 0);

    for (size_t i = 0; i < n; i++) {
        assert_true(strlen(facts[i].name) < SMARTMSG_SCHEMA_NAME_SIZE);
        assert_true(strlen(facts[i].description) > 0);
        assert_non_null(strstr("text number boolean list any", facts[i].type));

        if (i > 0 && strcmp(facts[i - 1].name, facts[i].name) >= 0) {
            fail_msg("%s is not before %s", facts[i - 1].name, facts[i].name);
        }
    }
}

static const char *found(const char *name)
{
    const smartmsg_schema_fact_t *fact = smartmsg_schema_find(S(name));

    return fact ? fact->name : "none";
}

static void test_find(void **state)
{
    (void)state;
    assert_string_equal(found("cart.value"), "cart.value");
    assert_string_equal(found("id"), "id");
    assert_string_equal(found("profile.vip"), "profile.");
    assert_string_equal(found("profile.a.b"), "profile.");
    assert_string_equal(found("profile."), "none");
    assert_string_equal(found("profile"), "none");
    assert_string_equal(found("cart.valu"), "none");
    assert_string_equal(found("cart.values"), "none");
    assert_string_equal(found(""), "none");
}

static const char *meant(const char *name)
{
    static char out[SMARTMSG_SCHEMA_NAME_SIZE];

    return smartmsg_schema_suggest(S(name), out) ? out : "none";
}

static void test_suggest(void **state)
{
    char name[300];

    (void)state;
    assert_string_equal(meant("cart.vlaue"), "cart.value");
    assert_string_equal(meant("card.value"), "cart.value");
    assert_string_equal(meant("value"), "cart.value");
    assert_string_equal(meant("profil.vip"), "profile.vip");
    assert_string_equal(meant("wholly.different"), "none");
    assert_string_equal(meant(""), "none");

    /* visitor and session have both */
    assert_string_equal(meant("orders"), "none");

    memset(name, 'x', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    assert_string_equal(meant(name), "none");
    memcpy(name, "profil.", 7);
    assert_string_equal(meant(name), "none");
    name[SMARTMSG_SCHEMA_NAME_SIZE - 1] = '\0';
    assert_string_equal(meant(name), "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sorted),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_suggest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
