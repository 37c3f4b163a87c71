#include "support_names.h"
#include "support_rules.h"

#include "core/limit.h"

/* The limits of the first message of a rule named "r", as text. */
static void check(const char *rule_text, const smartmsg_quiet_t *quiet,
                  const char *expected)
{
    static const char *const kinds[] = {"<", "pause", "owner"};
    smartmsg_limit_t limits[SMARTMSG_LIMITS_MAX];
    smartmsg_rule_t *rule = make_rule(names, "r", rule_text);
    size_t n = smartmsg_limits(rule, smartmsg_rule_message_at(rule, 0), quiet,
                               limits);
    char text[1000] = "";
    size_t len = 0;

    for (size_t i = 0; i < n; i++) {
        char buf[SMARTMSG_LIMIT_FIELD_MAX];
        smartmsg_str_t field = smartmsg_limit_field(&limits[i], buf);

        len += (size_t)snprintf(text + len, sizeof(text) - len,
                                "%s%c %.*s %s %lld%.*s", i ? ", " : "",
                                limits[i].in == SMARTMSG_IN_SESSION ? 's' : 'v',
                                (int)field.len, field.data,
                                kinds[limits[i].kind], (long long)limits[i].n,
                                (int)limits[i].owner.len,
                                limits[i].owner.data ? limits[i].owner.data
                                                     : "");
    }

    assert_string_equal(text, expected);
    smartmsg_rule_unref(rule);
}

#define CAPPED(cap) "{'when': [" EXIT "], 'cap': " cap \
                    ", 'show': {'as': 'dialog', 'title': 'Hi'}}"

static void test_which(void **state)
{
    smartmsg_quiet_t quiet = {3, 60};
    smartmsg_quiet_t none = {0, 0};

    (void)state;
    check("{'defaultValue': " MESSAGE(EXIT) "}", NULL, "s shown:r < 1");
    check("{'defaultValue': " MESSAGE(EXIT) "}", &none, "s shown:r < 1");
    check("{'defaultValue': " MESSAGE(EXIT) ", 'urgent': true}", &quiet,
          "s shown:r < 1");
    check("{'defaultValue': " MESSAGE(EXIT) ", 'urgent': false}", &quiet,
          "s shown:r < 1, s shown:* < 3, v last:* pause 60");
    check("{'defaultValue': " CAPPED("{'until': 'convert'}") "}", NULL,
          "s shown:r < 1, v goal:r < 1");

    /* no message has more of them */
    check("{'goal': 'x', 'group': 'g', 'defaultValue': "
          CAPPED("{'session': 2, 'total': 5, 'days': 1, 'until': "
                 "['click', 'dismiss', 'convert']}") "}", &quiet,
          "s shown:r < 2, v shown:r < 5, v last:r pause 86400, "
          "v clicked:r < 1, v dismissed:r < 1, v goal:r < 1, "
          "s group:g owner 0r, s shown:* < 3, v last:* pause 60");
}

static void allows(smartmsg_limit_e kind, int64_t n, const char *value,
                   bool expected)
{
    smartmsg_limit_t limit = {
        kind, SMARTMSG_IN_SESSION, S("p:"), S("name"), n, S("r")
    };

    if (smartmsg_limit_allows(&limit, S(value), 1000) != expected) {
        fail_msg("limit %d of \"%s\"", (int)kind, value);
    }
}

static void test_allows(void **state)
{
    (void)state;
    allows(SMARTMSG_LIMIT_COUNT, 2, "", true);
    allows(SMARTMSG_LIMIT_COUNT, 2, "1", true);
    allows(SMARTMSG_LIMIT_COUNT, 2, "2", false);
    allows(SMARTMSG_LIMIT_COUNT, 2, "3", false);
    allows(SMARTMSG_LIMIT_COUNT, 2, "x", true);

    allows(SMARTMSG_LIMIT_PAUSE, 10, "", true);
    allows(SMARTMSG_LIMIT_PAUSE, 10, "0", true);
    allows(SMARTMSG_LIMIT_PAUSE, 10, "990", true);
    allows(SMARTMSG_LIMIT_PAUSE, 10, "991", false);
    allows(SMARTMSG_LIMIT_PAUSE, 10, "1001", false);    /* clocks differ */
    allows(SMARTMSG_LIMIT_PAUSE, 10, "x", true);

    allows(SMARTMSG_LIMIT_OWNER, 0, "", true);
    allows(SMARTMSG_LIMIT_OWNER, 0, "r", true);
    allows(SMARTMSG_LIMIT_OWNER, 0, "R", false);
    allows(SMARTMSG_LIMIT_OWNER, 0, "rr", false);
}

static void set(const char *name, const char *text, const char *error,
                uint32_t session, int64_t pause)
{
    smartmsg_quiet_t quiet = {7, 8};
    const char *reason = "";
    bool ok = smartmsg_quiet_set(&quiet, S(name), S(text), &reason);

    assert_int_equal(ok, error == NULL);

    if (error != NULL && strstr(reason, error) == NULL) {
        fail_msg("%s %s: %s", name, text, reason);
    }

    assert_int_equal(quiet.session, session);
    assert_int_equal(quiet.pause, pause);
}

static void test_quiet(void **state)
{
    (void)state;
    set("quiet.session", "3", NULL, 3, 8);
    set("quiet.session", "0", NULL, 0, 8);
    set("quiet.pause", "60", NULL, 7, 60);
    set("quiet.pause", "31536000", NULL, 7, 31536000);
    set("quiet.session", "", "whole number of messages", 7, 8);
    set("quiet.session", "-1", "whole number", 7, 8);
    set("quiet.session", "1.5", "whole number", 7, 8);
    set("quiet.session", "1000001", "whole number", 7, 8);
    set("quiet.pause", "1m", "whole number of seconds", 7, 8);
    set("quiet.pause", "31536001", "whole number", 7, 8);
    set("quiet", "1", "no setting", 7, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_which),
        cmocka_unit_test(test_allows),
        cmocka_unit_test(test_quiet),
    };

    return cmocka_run_group_tests(tests, make_names, drop_names);
}
