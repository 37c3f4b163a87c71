#include "support_rules.h"

#include <sys/stat.h>
#include <unistd.h>

#include "core/catalog.h"

#define ON_EXIT(priority)                                                     \
    "{\"priority\":" priority ",\"defaultValue\":{\"when\":[{\"on\":"         \
    "\"exit\"}],\"show\":{\"as\":\"dialog\",\"title\":\"Hi\"}}}"

#define BROKEN(n)  "{\"priority\": \"broken" n "\"}"

/* What the catalog reported since the last look, as text. */
typedef struct {
    char said[4000];
} report_t;

typedef struct {
    smartmsg_names_t *names;
    smartmsg_catalog_t *catalog;
    report_t report;
    smartmsg_kv_t rules[10], switches[10], good[10];
    smartmsg_catalog_input_t input;
} fixture_t;

static void say(report_t *report, const char *what, smartmsg_str_t id,
                const char *more)
{
    size_t len = strlen(report->said);

    (void)snprintf(report->said + len, sizeof(report->said) - len,
                   "%s%s %.*s%s%s", len ? ", " : "", what, (int)id.len, id.data,
                   more[0] ? ": " : "", more);
}

static void on_broken(void *data, smartmsg_str_t id,
                      const smartmsg_error_t *err, const char *in_force)
{
    assert_true(err->text[0] != '\0');
    say(data, "broken", id, in_force);
}

static void on_good(void *data, smartmsg_str_t id, smartmsg_str_t text)
{
    assert_int_equal(text.data[0], '{');
    say(data, "good", id, "");
}

static void on_gone(void *data, smartmsg_str_t id)
{
    say(data, "gone", id, "");
}

static void on_bad_switch(void *data, smartmsg_str_t id, smartmsg_str_t value)
{
    char text[100];

    (void)snprintf(text, sizeof(text), "%.*s", (int)value.len, value.data);
    say(data, "bad switch", id, text);
}

static int set_up(void **state)
{
    fixture_t *fixture = calloc(1, sizeof(*fixture));

    if (fixture == NULL) {
        return -1;
    }

    fixture->names = smartmsg_names_create();
    fixture->catalog = smartmsg_catalog_new(fixture->names);
    fixture->input.rules = fixture->rules;
    fixture->input.switches = fixture->switches;
    fixture->input.good = fixture->good;
    *state = fixture;

    return fixture->catalog == NULL;
}

static int tear_down(void **state)
{
    fixture_t *fixture = *state;

    smartmsg_catalog_free(fixture->catalog);
    smartmsg_names_destroy(fixture->names);
    free(fixture);

    return 0;
}

/* Sets a field of a hash; value NULL removes it. */
static void set(smartmsg_kv_t *hash, size_t *n, const char *key,
                const char *value)
{
    size_t i = 0;

    while (i < *n && !smartmsg_str_eq(hash[i].key, S(key))) {
        i++;
    }

    if (value != NULL) {
        hash[i] = (smartmsg_kv_t){S(key), S(value)};
        *n += i == *n;
    } else if (i < *n) {
        hash[i] = hash[--*n];
    }
}

static void set_rule(fixture_t *fixture, const char *key, const char *value)
{
    set(fixture->rules, &fixture->input.n_rules, key, value);
}

static void set_switch(fixture_t *fixture, const char *key, const char *value)
{
    set(fixture->switches, &fixture->input.n_switches, key, value);
}

static void set_good(fixture_t *fixture, const char *key, const char *value)
{
    set(fixture->good, &fixture->input.n_good, key, value);
}

/*
 * Updates; checks what was said, and the rules of the set as
 * "id=priority" or "id=priority off".
 */
static void check(fixture_t *fixture, const char *said, const char *rules)
{
    smartmsg_catalog_report_t report = {
        &fixture->report, on_broken, on_good, on_gone, on_bad_switch, NULL,
    };
    static const char *const ids[] = {"a", "b", "c", "d", "e"};
    char text[500] = "";

    fixture->report.said[0] = '\0';
    assert_true(smartmsg_catalog_update(fixture->catalog, &fixture->input,
                                        &report));
    assert_string_equal(fixture->report.said, said);

    smartmsg_ruleset_t *ruleset = smartmsg_catalog_ruleset(fixture->catalog);
    size_t found = 0;

    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        bool is_on = false;
        const smartmsg_rule_t *rule = smartmsg_ruleset_find(ruleset, S(ids[i]),
                                                            &is_on);
        size_t len = strlen(text);

        if (rule != NULL) {
            (void)snprintf(text + len, sizeof(text) - len, "%s%s=%g%s",
                           len ? ", " : "", ids[i],
                           smartmsg_rule_priority(rule), is_on ? "" : " off");
            found++;
        }
    }

    assert_string_equal(text, rules);
    assert_int_equal(smartmsg_ruleset_size(ruleset), found);
}

static void test_empty(void **state)
{
    fixture_t *fixture = *state;

    assert_true(smartmsg_ruleset_empty(
        smartmsg_catalog_ruleset(fixture->catalog)));
    check(fixture, "", "");
    smartmsg_catalog_free(NULL);
}

static void test_add_change_remove(void **state)
{
    fixture_t *fixture = *state;

    set_rule(fixture, "b", ON_EXIT("2"));
    set_rule(fixture, "a", ON_EXIT("1"));
    check(fixture, "good a, good b", "a=1, b=2");
    check(fixture, "", "a=1, b=2");
    set_rule(fixture, "b", ON_EXIT("3"));
    check(fixture, "good b", "a=1, b=3");
    set_rule(fixture, "a", NULL);
    check(fixture, "gone a", "b=3");
    check(fixture, "", "b=3");
}

/* What has not changed is the same object afterwards. */
static void test_reuse(void **state)
{
    fixture_t *fixture = *state;
    const smartmsg_rule_t *a, *b;
    smartmsg_ruleset_t *before;

    set_rule(fixture, "a", ON_EXIT("1"));
    set_rule(fixture, "b", ON_EXIT("2"));
    check(fixture, "good a, good b", "a=1, b=2");
    before = smartmsg_catalog_ruleset(fixture->catalog);
    a = smartmsg_ruleset_find(before, S("a"), NULL);
    b = smartmsg_ruleset_find(before, S("b"), NULL);

    check(fixture, "", "a=1, b=2");
    assert_ptr_equal(smartmsg_catalog_ruleset(fixture->catalog), before);
    set_switch(fixture, "unknown", "off");
    check(fixture, "", "a=1, b=2");
    assert_ptr_equal(smartmsg_catalog_ruleset(fixture->catalog), before);

    (void)smartmsg_ruleset_ref(before);
    set_rule(fixture, "b", ON_EXIT("3"));
    check(fixture, "good b", "a=1, b=3");
    assert_ptr_not_equal(smartmsg_catalog_ruleset(fixture->catalog), before);
    assert_ptr_equal(smartmsg_ruleset_find(
        smartmsg_catalog_ruleset(fixture->catalog), S("a"), NULL), a);
    assert_ptr_equal(smartmsg_ruleset_find(before, S("b"), NULL), b);
    smartmsg_ruleset_unref(before);
}

static void test_broken_keeps_last_good(void **state)
{
    fixture_t *fixture = *state;

    set_rule(fixture, "a", ON_EXIT("1"));
    check(fixture, "good a", "a=1");
    set_rule(fixture, "a", BROKEN("1"));
    set_good(fixture, "a", ON_EXIT("9"));
    check(fixture, "broken a: the last good version", "a=1");
    check(fixture, "", "a=1");
    set_rule(fixture, "a", BROKEN("2"));
    check(fixture, "broken a: the last good version", "a=1");
    check(fixture, "", "a=1");

    /* back to what is in force: the status has to be told */
    set_rule(fixture, "a", ON_EXIT("1"));
    check(fixture, "good a", "a=1");
    check(fixture, "", "a=1");
    set_rule(fixture, "a", BROKEN("1"));
    check(fixture, "broken a: the last good version", "a=1");
    set_rule(fixture, "a", ON_EXIT("2"));
    check(fixture, "good a", "a=2");
    set_rule(fixture, "a", BROKEN("1"));
    check(fixture, "broken a: the last good version", "a=2");
    set_rule(fixture, "a", NULL);
    check(fixture, "gone a", "");

    /* removed is removed: the version before it does not come back */
    set_good(fixture, "a", NULL);
    set_rule(fixture, "a", BROKEN("1"));
    check(fixture, "broken a: nothing", "");
    check(fixture, "", "");
}

/* After a restart memory is empty, but Redis remembers. */
static void test_good_of_redis(void **state)
{
    fixture_t *fixture = *state;

    set_rule(fixture, "a", BROKEN("1"));
    set_good(fixture, "a", ON_EXIT("9"));
    set_rule(fixture, "b", BROKEN("1"));
    set_good(fixture, "b", BROKEN("2"));
    set_rule(fixture, "c", ON_EXIT("3"));
    set_good(fixture, "c", ON_EXIT("3"));
    set_rule(fixture, "d", ON_EXIT("4"));
    set_good(fixture, "d", ON_EXIT("5"));
    set_good(fixture, "e", ON_EXIT("6"));
    check(fixture, "broken a: the good version kept in Redis, "
          "broken b: nothing, good d", "a=9, c=3, d=4");
    check(fixture, "", "a=9, c=3, d=4");
    set_rule(fixture, "a", ON_EXIT("9"));
    check(fixture, "good a", "a=9, c=3, d=4");

    /* later every change is told, even to a text that is kept there */
    set_rule(fixture, "d", ON_EXIT("5"));
    check(fixture, "good d", "a=9, c=3, d=5");
}

static void test_bad_names(void **state)
{
    fixture_t *fixture = *state;

    set_rule(fixture, "a b", ON_EXIT("1"));
    set_rule(fixture, "*", ON_EXIT("1"));
    set_rule(fixture, "", ON_EXIT("1"));
    check(fixture, "broken : nothing, broken *: nothing, broken a b: nothing",
          "");
    check(fixture, "", "");
    assert_true(smartmsg_ruleset_main_switch(
        smartmsg_catalog_ruleset(fixture->catalog)));
}

static void test_switches(void **state)
{
    fixture_t *fixture = *state;

    set_rule(fixture, "a", ON_EXIT("1"));
    set_rule(fixture, "b", ON_EXIT("2"));
    set_switch(fixture, "a", "off");
    set_switch(fixture, "c", "off");
    check(fixture, "good a, good b", "a=1 off, b=2");
    set_switch(fixture, "a", "On");
    set_switch(fixture, "b", "OFF");
    check(fixture, "", "a=1, b=2 off");
    set_switch(fixture, "b", NULL);
    check(fixture, "", "a=1, b=2");

    /* a rule can be switched off before it comes */
    set_rule(fixture, "c", ON_EXIT("3"));
    check(fixture, "good c", "a=1, b=2, c=3 off");
}

static void test_bad_switch(void **state)
{
    fixture_t *fixture = *state;

    set_rule(fixture, "a", ON_EXIT("1"));
    set_switch(fixture, "a", "maybe");
    check(fixture, "good a, bad switch a: maybe", "a=1");
    check(fixture, "", "a=1");
    set_switch(fixture, "a", "off");
    check(fixture, "", "a=1 off");
    set_switch(fixture, "a", "maybe");
    check(fixture, "bad switch a: maybe", "a=1 off");
    set_switch(fixture, "a", "");
    check(fixture, "bad switch a", "a=1 off");
    check(fixture, "", "a=1 off");
    set_switch(fixture, "a", NULL);
    check(fixture, "", "a=1");
}

static void check_main(fixture_t *fixture, bool is_on)
{
    smartmsg_ruleset_t *ruleset = smartmsg_catalog_ruleset(fixture->catalog);

    assert_int_equal(smartmsg_ruleset_main_switch(ruleset), is_on);
    assert_int_equal(smartmsg_ruleset_empty(ruleset), !is_on);
}

static void test_main_switch(void **state)
{
    fixture_t *fixture = *state;

    set_rule(fixture, "a", ON_EXIT("1"));
    check(fixture, "good a", "a=1");
    check_main(fixture, true);
    set_switch(fixture, "*", "off");
    check(fixture, "", "a=1");
    check_main(fixture, false);
    set_switch(fixture, "*", "0");
    check(fixture, "bad switch *: 0", "a=1");
    check_main(fixture, false);
    set_switch(fixture, "*", "on");
    check(fixture, "", "a=1");
    check_main(fixture, true);
    set_switch(fixture, "*", "off");
    check(fixture, "", "a=1");
    set_switch(fixture, "*", NULL);
    check(fixture, "", "a=1");
    check_main(fixture, true);
}

static void test_no_report(void **state)
{
    fixture_t *fixture = *state;
    smartmsg_catalog_report_t silent = {0};

    set_rule(fixture, "a", ON_EXIT("1"));
    set_rule(fixture, "b", BROKEN("1"));
    set_switch(fixture, "a", "maybe");
    assert_true(smartmsg_catalog_update(fixture->catalog, &fixture->input,
                                        &silent));
    set_rule(fixture, "a", NULL);
    assert_true(smartmsg_catalog_update(fixture->catalog, &fixture->input,
                                        NULL));
}

/* --- directories --- */

static void write_file(const char *dir, const char *name, const char *text)
{
    char path[300];
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void remove_file(const char *dir, const char *name)
{
    char path[300];

    (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
    assert_int_equal(remove(path), 0);
}

static void make_dir(char *dir)
{
    (void)strcpy(dir, "/tmp/smartmsg-unit-XXXXXX");
    assert_non_null(mkdtemp(dir));
}

static void test_directory(void **state)
{
    fixture_t *fixture = *state;
    smartmsg_error_t err;
    char dir[40];

    make_dir(dir);
    write_file(dir, "b.json", ON_EXIT("2"));
    write_file(dir, "a.json", ON_EXIT("1"));
    write_file(dir, ".c.json", "hidden");
    write_file(dir, "a.json~", "backup");
    write_file(dir, "README", "text");

    if (!smartmsg_catalog_load_dir(fixture->catalog, dir, &err)) {
        fail_msg("%s: %s", err.path, err.text);
    }

    check(fixture, "", "a=1, b=2");

    /* Redis overrides, and gives back */
    set_rule(fixture, "b", ON_EXIT("7"));
    check(fixture, "good b", "a=1, b=7");
    set_rule(fixture, "b", NULL);
    check(fixture, "gone b", "a=1, b=2");
    set_rule(fixture, "b", BROKEN("1"));
    check(fixture, "broken b: the file", "a=1, b=2");
    set_switch(fixture, "b", "off");
    check(fixture, "", "a=1, b=2 off");

    /* loading again replaces */
    remove_file(dir, "b.json");
    write_file(dir, "a.json", ON_EXIT("5"));
    assert_true(smartmsg_catalog_load_dir(fixture->catalog, dir, &err));
    check(fixture, "", "a=5");

    remove_file(dir, "a.json");
    remove_file(dir, ".c.json");
    remove_file(dir, "a.json~");
    remove_file(dir, "README");
    assert_true(smartmsg_catalog_load_dir(fixture->catalog, dir, &err));
    check(fixture, "", "");
    assert_int_equal(rmdir(dir), 0);
}

static void check_dir_error(fixture_t *fixture, const char *dir,
                            const char *name, int line, const char *part)
{
    smartmsg_error_t err;
    char path[300];

    (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
    assert_false(smartmsg_catalog_load_dir(fixture->catalog, dir, &err));
    assert_string_equal(err.path, path);
    assert_int_equal(err.line, line);

    if (strstr(err.text, part) == NULL) {
        fail_msg("%s: %s", err.path, err.text);
    }

    /* what was loaded before stays */
    check(fixture, "", "a=1");
    remove_file(dir, name);
}

static void test_bad_files(void **state)
{
    fixture_t *fixture = *state;
    smartmsg_error_t err;
    char dir[40];
    char path[300];
    char *text = malloc(SMARTMSG_RULE_TEXT_MAX + 2);

    assert_non_null(text);
    make_dir(dir);
    write_file(dir, "a.json", ON_EXIT("1"));
    assert_true(smartmsg_catalog_load_dir(fixture->catalog, dir, &err));

    write_file(dir, "b.json", "{\n\"priority\": 1,\n}");
    check_dir_error(fixture, dir, "b.json", 3, "expected");
    write_file(dir, "b.json", "{\n\"defaultValue\": {\n\"shwo\": 1}}");
    check_dir_error(fixture, dir, "b.json", 3, "defaultValue.shwo: a message "
                    "has no such member; is \"show\" meant?");
    write_file(dir, "b.json", "");
    check_dir_error(fixture, dir, "b.json", 1, "expected");
    write_file(dir, "-.json", "{}");
    check_dir_error(fixture, dir, "-.json", 0, "name");

    memset(text, ' ', SMARTMSG_RULE_TEXT_MAX + 1);
    text[0] = '{';
    text[SMARTMSG_RULE_TEXT_MAX] = '}';
    text[SMARTMSG_RULE_TEXT_MAX + 1] = '\0';
    write_file(dir, "b.json", text);
    check_dir_error(fixture, dir, "b.json", 0, "too long");
    free(text);

    (void)snprintf(path, sizeof(path), "%s/b.json", dir);
    assert_int_equal(mkdir(path, 0700), 0);
    check_dir_error(fixture, dir, "b.json", 0, "no regular file");
    assert_int_equal(mkfifo(path, 0600), 0);
    check_dir_error(fixture, dir, "b.json", 0, "no regular file");
    assert_int_equal(symlink("nowhere", path), 0);
    check_dir_error(fixture, dir, "b.json", 0, "No such file");

    remove_file(dir, "a.json");
    assert_int_equal(rmdir(dir), 0);
    assert_false(smartmsg_catalog_load_dir(fixture->catalog, dir, &err));
    assert_string_equal(err.path, dir);
    assert_non_null(strstr(err.text, "cannot open the directory"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_empty, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_add_change_remove, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_reuse, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_broken_keeps_last_good, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_good_of_redis, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_switches, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad_switch, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_main_switch, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_report, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_directory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad_files, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
