/*
 * What a decision costs when few of many rules are about the page at hand:
 * 20 rules for the page, alone and among 10,000.  Prints microseconds per
 * decision and their ratio.
 *
 *     ruleset [RULES [RELEVANT]]
 */

#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/ruleset.h"

#define DECISIONS  200000
#define ROUNDS     5

static const char rule_text[] =
    "{\"priority\": %u, \"rules\": [{\"condition\": {"
    "\"page.type\": {\"$in\": [\"%s\", \"sale\"]}, "
    "\"cart.value\": {\"$gt\": %u}, \"session.orders\": 0, "
    "\"device.type\": {\"$ne\": \"bot\"}}, "
    "\"force\": {\"when\": [{\"on\": \"exit\"}], "
    "\"show\": {\"as\": \"dialog\", \"title\": \"Hi\"}}}]}";

static const char facts_text[] =
    "{\"page\": {\"type\": \"cart\"}, \"cart\": {\"value\": 50}, "
    "\"session\": {\"orders\": 0}, \"device\": {\"type\": \"mobile\"}}";

/* An answer for each slot, computed before, as a request has it. */
typedef struct {
    smartmsg_value_t *values;
    uint32_t n;
} page_t;

static void fail(const char *what)
{
    fprintf(stderr, "ruleset: %s\n", what);
    exit(1);
}

static const smartmsg_value_t *get(void *data, uint32_t slot)
{
    page_t *page = data;

    return &page->values[slot];
}

static smartmsg_rule_t *make_rule(smartmsg_names_t *names, unsigned i,
                                  const char *type)
{
    char text[1000], id[20];
    smartmsg_error_t err;
    size_t len = (size_t)snprintf(text, sizeof(text), rule_text, i % 100,
                                  type, 100 + i % 50);
    size_t id_len = (size_t)snprintf(id, sizeof(id), "r%u", i);
    smartmsg_rule_t *rule = smartmsg_rule_parse(smartmsg_str(id, id_len),
                                                smartmsg_str(text, len), names,
                                                &err);

    if (rule == NULL) {
        fail(err.text);
    }

    return rule;
}

/* n rules, of which the first ones are for the cart, others for 99 types. */
static smartmsg_ruleset_t *make_set(smartmsg_names_t *names, unsigned n,
                                    unsigned relevant)
{
    smartmsg_ruleset_entry_t *entries = calloc(n, sizeof(*entries));
    char type[20] = "cart";

    if (entries == NULL) {
        fail("no memory");
    }

    for (unsigned i = 0; i < n; i++) {
        if (i >= relevant) {
            (void)snprintf(type, sizeof(type), "type%u", i % 99);
        }

        entries[i] = (smartmsg_ruleset_entry_t){make_rule(names, i, type),
                                                true};
    }

    smartmsg_ruleset_t *set = smartmsg_ruleset_new(entries, n, true);

    if (set == NULL) {
        fail("no memory");
    }

    for (unsigned i = 0; i < n; i++) {
        smartmsg_rule_unref(entries[i].rule);
    }

    free(entries);

    return set;
}

static double now(void)
{
    struct timespec t;

    if (clock_gettime(CLOCK_MONOTONIC, &t) != 0) {
        fail("no clock");
    }

    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Seconds of so many decisions; no rule applies, so that each is asked. */
static double decide(smartmsg_ruleset_t *set, page_t *page, unsigned n,
                     const json_t *forced)
{
    smartmsg_facts_t facts = {.get = get, .data = page};
    smartmsg_context_t context = {.facts = &facts, .forced_features = forced};
    smartmsg_decision_t decision;
    double start = now();

    for (unsigned i = 0; i < n; i++) {
        smartmsg_ruleset_decide(set, &context, NULL, 0, &decision);

        if (decision.n > 0) {
            fail("a rule applied");
        }
    }

    return now() - start;
}

/* Microseconds of a decision, the best of some rounds. */
static double measure(smartmsg_ruleset_t *set, page_t *page, unsigned n,
                      const json_t *forced)
{
    double best = 0;

    for (int round = 0; round < ROUNDS; round++) {
        double time = decide(set, page, n, forced) / n * 1e6;

        best = round == 0 || time < best ? time : best;
    }

    return best;
}

static void make_page(page_t *page, const smartmsg_names_t *names,
                      const json_t *root)
{
    page->n = smartmsg_names_count(names);
    page->values = calloc(page->n, sizeof(page->values[0]));

    if (page->values == NULL) {
        fail("no memory");
    }

    for (uint32_t slot = 0; slot < page->n; slot++) {
        page->values[slot] = smartmsg_value_at(root,
                                          smartmsg_names_name(names, slot));
    }
}

int main(int argc, char **argv)
{
    unsigned rules = argc > 1 ? (unsigned)atoi(argv[1]) : 10000;
    unsigned relevant = argc > 2 ? (unsigned)atoi(argv[2]) : 20;
    smartmsg_names_t *names = smartmsg_names_create();
    json_t *root = json_loads(facts_text, 0, NULL), *forced = json_object();
    page_t page;

    if (names == NULL || root == NULL || forced == NULL || relevant == 0
        || rules < relevant)
    {
        fail("no memory, or numbers that are none");
    }

    smartmsg_ruleset_t *few = make_set(names, relevant, relevant);
    smartmsg_ruleset_t *many = make_set(names, rules, relevant);

    make_page(&page, names, root);

    double first = decide(many, &page, 1, NULL) * 1e6;
    double alone = measure(few, &page, DECISIONS / 5, NULL);
    double among = measure(many, &page, DECISIONS / 5, NULL);
    double all = measure(many, &page, 50, forced);

    printf("%u rules:                    %9.2f us\n", relevant, alone);
    printf("%u of %u rules:           %9.2f us\n", relevant, rules, among);
    printf("  the first time on a page type: %6.0f us\n", first);
    printf("  without the index:          %9.2f us\n", all);
    printf("ratio:                        %9.2f\n", among / alone);

    free(page.values);
    json_decref(root);
    json_decref(forced);
    smartmsg_ruleset_unref(few);
    smartmsg_ruleset_unref(many);
    smartmsg_names_destroy(names);

    return 0;
}
