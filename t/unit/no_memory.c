/*
 * Lets every single allocation fail in turn, and every one from some point on.
 * The program is linked so that what core/ and this file call as malloc(),
 * calloc(), realloc() and strdup() comes here.
 */

#include "support_rules.h"

#include <unistd.h>

#include "core/catalog.h"
#include "core/events.h"
#include "core/pack.h"
#include "core/preview_page.h"
#include "core/timezone.h"

static long countdown = -1;     /* allocations until one fails; < 0: never */
static bool for_good;           /* all after that one fail, too */
static bool has_failed;
static bool in_jansson;         /* its allocations fail, too */

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);

static bool fails(void)
{
    if (countdown < 0) {
        return false;
    }

    if (countdown > 0) {
        countdown--;
        return false;
    }

    has_failed = true;

    if (!for_good) {
        countdown = -1;
    }

    return true;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}

char *__wrap_strdup(const char *text)
{
    return fails() ? NULL : __real_strdup(text);
}

static void *jansson_malloc(size_t size)
{
    return in_jansson ? __wrap_malloc(size) : __real_malloc(size);
}

static void start(long n, bool all)
{
    countdown = n;
    for_good = all;
    has_failed = false;
}

static void stop(void)
{
    countdown = -1;
}

/*
 * Is the error the right one? Without memory jansson calls documents wrong
 * that are not; what is in force must stay in force all the same.
 */
static bool is_no_memory(const smartmsg_error_t *err)
{
    return in_jansson || strstr(err->text, "out of memory") != NULL;
}

/*
 * Calls the attempt again and again, with one allocation more at each time,
 * until none fails any more: first with single failures, then with lasting
 * ones.
 */
static void exhaust(void (*attempt)(long n, bool all), bool jansson)
{
    in_jansson = jansson;

    for (int all = 0; all <= 1; all++) {
        long n = 0;

        do {
            attempt(n++, all);
        } while (has_failed);

        assert_true(n > 1);     /* else nothing was wrapped */
    }

    in_jansson = false;
}

static const char rule_text[] =
    "{\"priority\": 1, \"start\": \"2024-01-01\", \"rules\": ["
    "{\"condition\": {\"page.type\": {\"$in\": [\"cart\", \"checkout\"]},"
    " \"cart.value\": {\"$gt\": 50}, \"x\": {\"$regex\": \"^a\"},"
    " \"$or\": [{\"y\": 1}, {\"z\": null}]},"
    " \"force\": {\"when\": [{\"on\": \"exit\"}], \"cap\": {\"days\": 1},"
    "  \"show\": {\"as\": \"dialog\", \"title\": {\"en\": \"A\", \"de\": \"B\"},"
    "   \"text\": \"{{p.q|money}}\", \"actions\": [{\"label\": \"D\", \"href\": \"/\"}]}}},"
    "{\"variations\": [null, {\"when\": [{\"on\": \"cart\", \"minViews\": 2}],"
    "  \"show\": {\"as\": \"bubble\", \"title\": \"E\","
    "   \"html\": \"<b>{{r}}</b>\"}}], \"key\": \"k\","
    "  \"namespace\": [\"n\", 0, 1], \"meta\": [{\"key\": \"a\"}, {}]}]}";

static void attempt_message(long n, bool all)
{
    smartmsg_error_t err;
    json_t *value = J(MESSAGE(EXIT "," LOAD));
    smartmsg_names_t *names = smartmsg_names_create();

    assert_non_null(names);
    start(n, all);

    smartmsg_message_t *message = smartmsg_message_parse(value, "", names, &err);

    stop();

    if (has_failed) {
        assert_null(message);
        assert_string_equal(err.text, "out of memory");
    } else {
        assert_non_null(message);
    }

    smartmsg_message_free(message);
    smartmsg_names_destroy(names);
    json_decref(value);
}

static void test_message(void **state)
{
    (void)state;
    exhaust(attempt_message, false);
}

static void attempt_rule(long n, bool all)
{
    smartmsg_error_t err;
    smartmsg_names_t *names = smartmsg_names_create();

    assert_non_null(names);
    start(n, all);

    smartmsg_rule_t *rule = smartmsg_rule_parse(S("r"), S(rule_text), names,
                                                &err);

    stop();

    if (rule == NULL && !is_no_memory(&err)) {
        fail_msg("at %ld: %s: %s", n, err.path, err.text);
    }

    assert_int_equal(rule == NULL, has_failed);
    smartmsg_rule_unref(rule);
    smartmsg_names_destroy(names);
}

static void test_rule(void **state)
{
    (void)state;
    exhaust(attempt_rule, false);
    exhaust(attempt_rule, true);
}

static void attempt_ruleset(long n, bool all)
{
    smartmsg_names_t *names = smartmsg_names_create();
    smartmsg_ruleset_entry_t entry = {
        smartmsg_rule_parse(S("r"), S(rule_text), names, NULL), true
    };

    assert_non_null(entry.rule);
    start(n, all);

    smartmsg_ruleset_t *set = smartmsg_ruleset_new(&entry, 1, true);

    stop();
    assert_int_equal(set == NULL, has_failed);
    smartmsg_ruleset_unref(set);
    smartmsg_rule_unref(entry.rule);
    smartmsg_names_destroy(names);
}

static void test_ruleset(void **state)
{
    (void)state;
    exhaust(attempt_ruleset, false);
}

/* Without memory for the types of pages each rule is asked. */
static void attempt_page_type(long n, bool all)
{
    static const char text[] =
        "{\"rules\": [{\"condition\": {\"page.type\": \"cart\"}, \"force\": "
        "{\"when\": [{\"on\": \"exit\"}], "
        "\"show\": {\"as\": \"dialog\", \"title\": \"A\"}}}]}";
    smartmsg_names_t *names = smartmsg_names_create();
    smartmsg_ruleset_entry_t entry = {
        smartmsg_rule_parse(S("r"), S(text), names, NULL), true
    };
    smartmsg_ruleset_t *set = smartmsg_ruleset_new(&entry, 1, true);
    json_t *object = J("{'page': {'type': 'cart'}}");
    smartmsg_json_facts_t from;
    smartmsg_facts_t facts = smartmsg_json_facts(&from, names, object);
    smartmsg_context_t context = {.facts = &facts};
    smartmsg_decision_t decision;

    assert_non_null(set);
    start(n, all);
    smartmsg_ruleset_decide(set, &context, NULL, 0, &decision);
    stop();

    assert_int_equal(decision.n, 1);
    smartmsg_decision_release(&decision);
    json_decref(object);
    smartmsg_ruleset_unref(set);
    smartmsg_rule_unref(entry.rule);
    smartmsg_names_destroy(names);
}

static void test_page_type(void **state)
{
    (void)state;
    exhaust(attempt_page_type, false);
}

/* A trace is complete or not there; evaluating goes on in any case. */
static void attempt_trace(long n, bool all)
{
    smartmsg_names_t *names = smartmsg_names_create();
    smartmsg_catalog_t *catalog = smartmsg_catalog_new(names);
    smartmsg_kv_t rules[] = {{S("a"), S(rule_text)}, {S("b"), S("[]")}};
    smartmsg_catalog_input_t input = {.rules = rules, .n_rules = 2};
    json_t *object = J("{'page': {'type': 'x'}}");
    smartmsg_json_facts_t from;
    smartmsg_facts_t facts = smartmsg_json_facts(&from, names, object);
    smartmsg_context_t context = {.facts = &facts};
    smartmsg_preview_t preview = {S("a"), S(""), 0};
    smartmsg_decision_t decision;

    assert_true(smartmsg_catalog_update(catalog, &input, NULL));

    smartmsg_ruleset_t *set = smartmsg_catalog_ruleset(catalog);
    smartmsg_trace_t trace = {set, names, &context, NULL, 1795327394,
                              &decision};

    smartmsg_ruleset_decide(set, &context, NULL, 1795327394, &decision);
    start(n, all);

    json_t *report = smartmsg_preview_trace(&trace, catalog, &preview,
                                            SMARTMSG_PREVIEW_SHOWN);

    stop();

    if (!has_failed) {
        assert_int_equal(json_array_size(json_object_get(report, "rules")), 2);
    }

    json_decref(report);
    smartmsg_decision_release(&decision);
    json_decref(object);
    smartmsg_catalog_free(catalog);
    smartmsg_names_destroy(names);
}

static void test_trace(void **state)
{
    (void)state;
    exhaust(attempt_trace, false);
    exhaust(attempt_trace, true);
}

static void attempt_timezone(long n, bool all)
{
    smartmsg_error_t err;

    start(n, all);

    smartmsg_timezone_t *zone = smartmsg_timezone_load(S("Europe/Berlin"),
                                                       &err);

    stop();

    if (has_failed) {
        assert_null(zone);
        assert_string_equal(err.text, "out of memory");
    } else {
        assert_non_null(zone);
    }

    smartmsg_timezone_free(zone);
}

static void test_timezone(void **state)
{
    (void)state;
    exhaust(attempt_timezone, false);
}

static void count_broken(void *data, smartmsg_str_t id,
                         const smartmsg_error_t *err, const char *in_force)
{
    (void)id;
    (void)in_force;
    assert_string_not_equal(err->text, "out of memory");
    *(int *)data += 1;
}

static void count_good(void *data, smartmsg_str_t id, smartmsg_str_t text)
{
    (void)id;
    (void)text;
    *(int *)data += 10;
}

/* An update that fails changes nothing and says nothing. */
static void attempt_update(long n, bool all)
{
    static const char before[] = "{\"priority\": 1}";
    smartmsg_kv_t first[] = {
        {S("a"), S(before)}, {S("b"), S(before)}, {S("c"), S(before)},
    };
    smartmsg_kv_t second[] = {
        {S("a"), S(rule_text)}, {S("b"), S("{")}, {S("d"), S("[]")},
    };
    smartmsg_kv_t switches[] = {{S("b"), S("off")}};
    smartmsg_kv_t good[] = {{S("d"), S(rule_text)}};
    smartmsg_catalog_input_t input = {.rules = first, .n_rules = 3};
    int said = 0;
    smartmsg_catalog_report_t report = {
        .data = &said, .broken = count_broken, .good = count_good,
    };
    smartmsg_names_t *names = smartmsg_names_create();
    smartmsg_catalog_t *catalog = smartmsg_catalog_new(names);

    assert_true(smartmsg_catalog_update(catalog, &input, NULL));

    smartmsg_ruleset_t *old = smartmsg_catalog_ruleset(catalog);

    input = (smartmsg_catalog_input_t){second, 3, switches, 1, good, 1};
    start(n, all);

    bool updated = smartmsg_catalog_update(catalog, &input, &report);

    stop();
    assert_int_equal(updated, !has_failed);

    if (!updated) {
        assert_int_equal(said, 0);
        assert_ptr_equal(smartmsg_catalog_ruleset(catalog), old);
        assert_int_equal(smartmsg_ruleset_size(old), 3);
        assert_true(smartmsg_catalog_update(catalog, &input, &report));
    }

    assert_int_equal(said, 12);
    assert_int_equal(smartmsg_ruleset_size(smartmsg_catalog_ruleset(catalog)),
                     3);
    smartmsg_catalog_free(catalog);
    smartmsg_names_destroy(names);
}

static void test_update(void **state)
{
    (void)state;
    exhaust(attempt_update, false);
}

/* Whatever jansson says, the last good version of a rule stays. */
static void attempt_update_of_one(long n, bool all)
{
    smartmsg_kv_t kv = {S("a"), S("{\"priority\": 1}")};
    smartmsg_catalog_input_t input = {.rules = &kv, .n_rules = 1};
    smartmsg_names_t *names = smartmsg_names_create();
    smartmsg_catalog_t *catalog = smartmsg_catalog_new(names);

    assert_true(smartmsg_catalog_update(catalog, &input, NULL));

    smartmsg_ruleset_t *old = smartmsg_catalog_ruleset(catalog);

    kv.value = S(rule_text);
    start(n, all);
    (void)smartmsg_catalog_update(catalog, &input, NULL);
    stop();

    if (has_failed) {
        assert_ptr_equal(smartmsg_catalog_ruleset(catalog), old);
    } else {
        assert_ptr_not_equal(smartmsg_catalog_ruleset(catalog), old);
    }

    smartmsg_catalog_free(catalog);
    smartmsg_names_destroy(names);
}

static void test_update_of_one(void **state)
{
    (void)state;
    exhaust(attempt_update_of_one, true);
}

static char dir[40];

static void attempt_load_dir(long n, bool all)
{
    smartmsg_error_t err;
    smartmsg_names_t *names = smartmsg_names_create();
    smartmsg_catalog_t *catalog = smartmsg_catalog_new(names);

    start(n, all);

    bool loaded = smartmsg_catalog_load_dir(catalog, dir, &err);

    stop();

    if (!loaded && !is_no_memory(&err)) {
        fail_msg("at %ld: %s: %s", n, err.path, err.text);
    }

    assert_int_equal(loaded, !has_failed);
    assert_int_equal(smartmsg_ruleset_size(smartmsg_catalog_ruleset(catalog)),
                     loaded ? 2 : 0);
    smartmsg_catalog_free(catalog);
    smartmsg_names_destroy(names);
}

static void test_load_dir(void **state)
{
    char path[2][60];

    (void)state;
    (void)strcpy(dir, "/tmp/smartmsg-unit-XXXXXX");
    assert_non_null(mkdtemp(dir));

    for (int i = 0; i < 2; i++) {
        (void)snprintf(path[i], sizeof(path[i]), "%s/r%d.json", dir, i);

        FILE *file = fopen(path[i], "w");

        assert_non_null(file);
        assert_true(fputs(rule_text, file) >= 0);
        assert_int_equal(fclose(file), 0);
    }

    exhaust(attempt_load_dir, false);
    exhaust(attempt_load_dir, true);

    assert_int_equal(remove(path[0]), 0);
    assert_int_equal(remove(path[1]), 0);
    assert_int_equal(rmdir(dir), 0);
}

static void attempt_catalog(long n, bool all)
{
    smartmsg_names_t *names = smartmsg_names_create();

    start(n, all);

    smartmsg_catalog_t *catalog = smartmsg_catalog_new(names);

    stop();
    assert_int_equal(catalog == NULL, has_failed);
    smartmsg_catalog_free(catalog);
    smartmsg_names_destroy(names);
}

static void test_catalog(void **state)
{
    (void)state;
    exhaust(attempt_catalog, false);
}

static void attempt_events(long n, bool all)
{
    smartmsg_events_t events;
    smartmsg_error_t err;

    start(n, all);

    bool parsed = smartmsg_events_parse(
        S("{\"events\": [{\"event\": \"impression\", \"rule\": \"a\"}]}"),
        &events, &err);

    stop();
    assert_int_equal(parsed, !has_failed);
    smartmsg_events_free(&events);
}

static void test_events(void **state)
{
    (void)state;
    exhaust(attempt_events, true);
}

static smartmsg_pack_t *find_base(void *data, smartmsg_str_t name,
                                  smartmsg_error_t *err)
{
    (void)data;
    (void)name;

    return smartmsg_pack_parse(S("{\"ignore\":[{\"path\":\"~^/a\"}]}"), NULL,
                               NULL, err);
}

static void parse_pack(long n, bool all)
{
    static const char text[] =
        "{\"extends\":\"base\","
        "\"pages\":[{\"type\":\"a\",\"path\":[\"/a\",\"~b$\"]}],"
        "\"cart\":{\"cookies\":[{\"name\":\"c\",\"means\":\"items\"}]},"
        "\"events\":[{\"event\":\"order\",\"args\":{\"x\":true},"
        "\"headers\":{\"h\":\"~v\"},\"location\":\"/b\",\"id\":\"i\"}],"
        "\"browser\":{\"cart\":{\"items\":\".n\"},\"order\":{"
        "\"pages\":\"a\",\"id\":{\"select\":\"b\",\"pattern\":\"(c)\"}}}}";
    smartmsg_error_t err;
    smartmsg_pack_t *pack;

    start(n, all);
    pack = smartmsg_pack_parse(S(text), find_base, NULL, &err);
    stop();

    assert_int_equal(pack == NULL, has_failed);
    assert_true(pack != NULL || is_no_memory(&err));
    smartmsg_pack_free(pack);
}

static void test_pack(void **state)
{
    (void)state;
    exhaust(parse_pack, false);
    exhaust(parse_pack, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_message),
        cmocka_unit_test(test_rule),
        cmocka_unit_test(test_ruleset),
        cmocka_unit_test(test_page_type),
        cmocka_unit_test(test_trace),
        cmocka_unit_test(test_timezone),
        cmocka_unit_test(test_catalog),
        cmocka_unit_test(test_update),
        cmocka_unit_test(test_update_of_one),
        cmocka_unit_test(test_load_dir),
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_pack),
    };

    json_set_alloc_funcs(jansson_malloc, free);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
