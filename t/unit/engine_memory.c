/*
 * Every allocation of the rule engine fails once: compiling reports it, an
 * evaluation goes on, nothing leaks or crashes.
 *
 * malloc() and its like are replaced in this program, so that those of the
 * libraries fail too.  Sanitizers and valgrind do the same; then the tests are
 * skipped.
 */

#include "support.h"

#include "core/feature.h"

/* How many allocations succeed before one fails; -1: all do. */
static long remaining = -1;
static bool failed;

/* Blocks that are in use. */
static long live;

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void __libc_free(void *p);

static bool fails(void)
{
    if (remaining < 0 || remaining-- > 0) {
        return false;
    }

    remaining = -1;
    failed = true;
    return true;
}

static void *count(void *p)
{
    live += p != NULL;
    return p;
}

void *malloc(size_t size)
{
    return fails() ? NULL : count(__libc_malloc(size));
}

void *calloc(size_t n, size_t size)
{
    return fails() ? NULL : count(__libc_calloc(n, size));
}

void *realloc(void *p, size_t size)
{
    if (p == NULL) {
        return malloc(size);
    }

    return fails() ? NULL : __libc_realloc(p, size);
}

void free(void *p)
{
    live -= p != NULL;
    __libc_free(p);
}

#endif

/* Skips the test if nothing can be made to fail. */
static void need_failures(void)
{
    json_t *json;

    failed = false;
    remaining = 0;
    json = json_object();
    remaining = -1;
    json_decref(json);

    if (!failed) {
        skip();
    }
}

static const char definition[] =
    "{'rules':["
    "{'parentConditions':[{'id':'p','condition':{'value.a':{'$gt':1}}}],"
    "'force':1},"
    "{'condition':{'a':{'$in':[1,'x',null]},'b':{'$ini':['Y']},"
    "'c':{'$regex':'^a+$'},'d':{'$vgt':'1.2'},'e':{'$alli':['Q']},"
    "'$or':[{'f':{'$size':2}},{'g':{'$elemMatch':{'h':1}}}],"
    "'$savedGroup':{'id':'s'},'i':{'$inGroup':'t'}},'force':2},"
    "{'variations':[1,2],'weights':[0.5,0.5],'key':'k','meta':[{'key':'A'}],"
    "'filters':[{'seed':'s','ranges':[[0,1]]}],'namespace':['n',0,1],"
    "'hashVersion':2,'condition':{'long':{'$ini':['LONG']},"
    "'list':{'$not':'1'}}}]}";

static const char saved_groups[] =
    "{'s':{'type':'list','attributeKey':'x','values':[1]},'t':['u']}";

/* Compiles with the nth allocation failing; true when none had to fail. */
static bool attempt(json_t *json, json_t *groups, long n, bool lenient)
{
    long before = live;
    smartmsg_names_t *names = smartmsg_names_create();
    smartmsg_compile_t with = { .names = names, .saved_groups = groups,
                                .lenient = lenient };
    smartmsg_feature_t *feature;
    smartmsg_error_t err;

    failed = false;
    remaining = n;
    feature = smartmsg_feature_compile(S("f"), json, &with, &err);
    remaining = -1;

    /* without memory for the JIT compiler the regex is interpreted */
    if (feature == NULL) {
        assert_true(failed);
        assert_string_equal(err.text, "out of memory");
    }

    smartmsg_feature_free(feature);
    smartmsg_names_destroy(names);
    assert_int_equal(live, before);
    return !failed;
}

static void test_compile(void **state)
{
    json_t *json, *groups;

    (void) state;
    need_failures();
    json = J(definition);
    groups = J(saved_groups);

    for (int lenient = 0; lenient < 2; lenient++) {
        long n = 0;

        while (n < 10000 && !attempt(json, groups, n, lenient)) {
            n++;
        }

        assert_in_range(n, 50, 9999);
    }

    json_decref(json);
    json_decref(groups);
}

static bool store_get(void *data, const smartmsg_sticky_key_t *key,
    smartmsg_str_t *variation)
{
    (void) data;
    (void) key;
    (void) variation;
    return false;
}

static void store_put(void *data, const smartmsg_sticky_key_t *key,
    smartmsg_str_t variation)
{
    (void) data;
    (void) key;
    (void) variation;
}

static void check_eval(void)
{
    json_t *json = J("{'rules':[{'condition':{'long':{'$ini':['LONG']}},"
                     "'force':1},{'condition':{'list':'1'},'force':2},"
                     "{'condition':{'long':{'$vgt':'zz'}},'force':3},"
                     "{'variations':[1,2],'ranges':[[0,1],[0,0]],"
                     "'meta':[{'key':'A','passthrough':true}]}]}");
    json_t *attributes = J("{'list':[]}");
    smartmsg_sticky_t sticky = { store_get, store_put, NULL };
    smartmsg_names_t *names = smartmsg_names_create();
    smartmsg_compile_t with = { .names = names };
    smartmsg_json_facts_t from;
    smartmsg_facts_t facts = smartmsg_json_facts(&from, names, attributes);
    smartmsg_context_t context = { .facts = &facts, .sticky = &sticky };
    smartmsg_feature_t *feature = smartmsg_feature_compile(S("f"), json,
                                                           &with, NULL);
    smartmsg_feature_result_t r;
    char text[1000];
    long n = 0;
    long before;

    /* longer than what needs no memory */
    memset(text, 'x', sizeof(text));
    json_object_set_new(attributes, "long", json_stringn(text, sizeof(text)));
    json_object_set_new(attributes, "id", json_stringn(text, sizeof(text)));
    json_array_append(json_object_get(attributes, "list"),
                      json_object_get(attributes, "id"));
    assert_non_null(feature);
    before = live;

    do {
        failed = false;
        remaining = n++;
        smartmsg_feature_eval(feature, &context, &r);
        remaining = -1;
        assert_int_equal(r.source, SMARTMSG_SOURCE_DEFAULT);
        assert_int_equal(live, before);
    } while (failed && n < 1000);

    assert_in_range(n, 4, 999);
    smartmsg_feature_free(feature);
    smartmsg_names_destroy(names);
    json_decref(attributes);
    json_decref(json);
}

static void test_eval(void **state)
{
    (void) state;
    need_failures();
    check_eval();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compile),
        cmocka_unit_test(test_eval)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
