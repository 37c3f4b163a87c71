#include "support.h"

#include "core/settings.h"

static void set(smartmsg_settings_t *settings, const char *name,
                const char *text, const char *error)
{
    const char *reason = "";
    bool ok = smartmsg_settings_set(settings, S(name), S(text), &reason);

    assert_int_equal(ok, error == NULL);

    if (error != NULL && strstr(reason, error) == NULL) {
        fail_msg("%s %s: %s", name, text, reason);
    }
}

static void test_set(void **state)
{
    smartmsg_settings_t settings = {0};

    (void)state;
    set(&settings, "ga4", "on", NULL);
    set(&settings, "runtime", "always", NULL);
    set(&settings, "quiet.pause", "60", NULL);
    assert_true(settings.ga4 && settings.always);
    assert_int_equal(settings.quiet.pause, 60);

    set(&settings, "ga4", "yes", "\"on\" or \"off\"");
    set(&settings, "runtime", "", "\"always\" or \"needed\"");
    set(&settings, "quiet.pause", "x", "whole number");
    set(&settings, "ga", "on", "no setting");
    assert_true(settings.ga4 && settings.always);

    set(&settings, "ga4", "off", NULL);
    set(&settings, "runtime", "needed", NULL);
    assert_false(settings.ga4 || settings.always);
}

static void test_keep(void **state)
{
    static const char *const names[] = {
        "ga4", "runtime", "quiet.pause", "quiet.session"
    };
    const smartmsg_settings_t former = {{3, 60}, true, true};
    smartmsg_settings_t settings = {0};

    (void)state;
    smartmsg_settings_keep(&settings, &former, S("other"));
    assert_false(settings.ga4 || settings.always);

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        smartmsg_settings_keep(&settings, &former, S(names[i]));
    }

    assert_true(settings.ga4 && settings.always);
    assert_int_equal(settings.quiet.pause, 60);
    assert_int_equal(settings.quiet.session, 3);
}

static void test_names(void **state)
{
    char name[50];

    (void)state;
    assert_true(smartmsg_settings_knows(S("quiet.session")));
    assert_true(smartmsg_settings_knows(S("quiet.pause")));
    assert_true(smartmsg_settings_knows(S("ga4")));
    assert_true(smartmsg_settings_knows(S("runtime")));
    assert_false(smartmsg_settings_knows(S("quiet.days")));
    assert_string_equal(smartmsg_settings_suggest(S("quiet.pauze")),
                        "quiet.pause");
    assert_string_equal(smartmsg_settings_suggest(S("runtim")), "runtime");
    assert_null(smartmsg_settings_suggest(S("volume")));
    assert_null(smartmsg_settings_suggest(smartmsg_str("quiet.\0ause", 11)));
    memset(name, 'q', sizeof(name));
    assert_null(smartmsg_settings_suggest(smartmsg_str(name, sizeof(name))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set),
        cmocka_unit_test(test_keep),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
