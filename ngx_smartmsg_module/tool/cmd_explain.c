/*
 * smartmsgctl explain
 */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/trace.h"
#include "tool/facts.h"
#include "tool/json.h"
#include "tool/rules.h"
#include "tool/table.h"

typedef struct {
    ctl_rules_t rules;
    ctl_facts_t facts;
    smartmsg_json_facts_t from;
    smartmsg_facts_t getter;
    smartmsg_context_t context;
    smartmsg_seen_t seen;
    smartmsg_sticky_t sticky;
    smartmsg_decision_t decision;
    smartmsg_trace_t trace;
} explain_t;

/* Why a rule is not chosen, as a list. */
static json_t *reasons(const explain_t *x, const ctl_rule_t *rule)
{
    json_t *list;

    if (rule->rule != NULL) {
        return ctl_json(smartmsg_trace_reasons(&x->trace, rule->rule));
    }

    list = ctl_json(json_array());
    (void) ctl_json(smartmsg_trace_add(list, "broken", "is broken: %s",
                                       rule->error ? rule->error : ""));
    return list;
}

static int by_priority(const void *a, const void *b)
{
    const ctl_rule_t *left = *(const ctl_rule_t *const *) a;
    const ctl_rule_t *right = *(const ctl_rule_t *const *) b;
    double x = left->rule ? smartmsg_rule_priority(left->rule) : 0;
    double y = right->rule ? smartmsg_rule_priority(right->rule) : 0;

    if (x != y) {
        return x > y ? -1 : 1;
    }

    return smartmsg_str_cmp(left->id, right->id);
}

/* The rules in the order of asking; the caller frees it. */
static const ctl_rule_t **in_order(const ctl_rules_t *rules)
{
    const ctl_rule_t **list = ctl_alloc(rules->n * sizeof(*list));

    for (size_t i = 0; i < rules->n; i++) {
        list[i] = &rules->rules[i];
    }

    if (rules->n > 0) {
        qsort(list, rules->n, sizeof(*list), by_priority);
    }

    return list;
}

/* The kinds of trigger that some rule has. */
static smartmsg_trigger_set_t used_kinds(const explain_t *x)
{
    smartmsg_trigger_set_t kinds = 0;

    for (size_t i = 0; i < x->rules.n; i++) {
        if (x->rules.rules[i].rule != NULL) {
            kinds |= smartmsg_rule_kinds(x->rules.rules[i].rule);
        }
    }

    return kinds;
}

static json_t *make_report(const explain_t *x)
{
    json_t *report = ctl_json(json_object());
    json_t *chosen = ctl_json(json_object());
    json_t *others = ctl_json(json_array());
    const ctl_rule_t **order = in_order(&x->rules);

    for (int i = 0; i < SMARTMSG_TRIGGER_KINDS; i++) {
        smartmsg_trigger_e kind = (smartmsg_trigger_e) i;
        const smartmsg_rule_t *rule = smartmsg_trace_owner(&x->trace, kind);

        if ((used_kinds(x) & SMARTMSG_TRIGGER_BIT(kind)) == 0) {
            continue;
        }

        ctl_json_set_foreign(chosen, smartmsg_trigger_name(kind),
                             rule != NULL
                             ? ctl_json_text(smartmsg_rule_id(rule))
                             : json_null());
    }

    for (size_t i = 0; i < x->rules.n; i++) {
        const ctl_rule_t *rule = order[i];
        json_t *object;

        if (rule->rule != NULL
            && smartmsg_trace_armed(&x->trace, rule->rule) != NULL)
        {
            continue;
        }

        object = ctl_json(json_object());
        ctl_json_set(object, "rule", ctl_json_text(rule->id));
        ctl_json_set(object, "reasons", reasons(x, rule));
        ctl_json_add(others, object);
    }

    free(order);
    ctl_json_set(report, "chosen", chosen);
    ctl_json_set(report, "others", others);
    return report;
}

static void print_text(const ctl_t *ctl, const json_t *report)
{
    ctl_table_t table;
    const char *key;
    json_t *value, *item;
    size_t i, j;

    ctl_table_init(&table, "TRIGGER|RULE");

    json_object_foreach(json_object_get(report, "chosen"), key, value) {
        ctl_table_row(&table);
        ctl_table_setf(&table, 0, CTL_PLAIN, "%s", key);
        ctl_table_setf(&table, 1, json_is_string(value) ? CTL_GREEN
                                                        : CTL_FAINT, "%s",
                       json_is_string(value) ? json_string_value(value) : "-");
    }

    ctl_table_print(ctl, &table);
    ctl_table_init(&table, "OTHER RULES|WHY NOT");

    json_array_foreach(json_object_get(report, "others"), i, value) {
        const char *name = json_string_value(json_object_get(value, "rule"));

        json_array_foreach(json_object_get(value, "reasons"), j, item) {
            ctl_table_row(&table);
            ctl_table_set(&table, 0, CTL_PLAIN, ctl_str(j == 0 ? name : ""));
            ctl_table_set(&table, 1, CTL_PLAIN,
                          ctl_str(json_string_value(
                                      json_object_get(item, "text"))));
        }
    }

    if (table.n > 1) {
        (void) putchar('\n');
    }

    ctl_table_print(ctl, &table);
}

int ctl_explain(ctl_t *ctl)
{
    explain_t x = { .rules = { .n = 0 } };
    long long now;
    smartmsg_ruleset_t *set;
    json_t *report;

    now = ctl->options.at ? ctl_moment("at", ctl->options.at)
                          : (long long) time(NULL);

    if (ctl->options.offline && ctl->options.rules == NULL) {
        ctl_fail(CTL_USAGE, "--offline needs --rules DIR");
    }

    ctl_facts_load(ctl, &x.facts, now);
    ctl_rules_load(ctl, &x.rules);

    set = smartmsg_catalog_ruleset(x.rules.catalog);
    x.seen = ctl_facts_seen(&x.facts);
    x.getter = smartmsg_json_facts(&x.from, x.rules.names, x.facts.object);
    x.sticky = ctl_facts_sticky(&x.facts);
    x.context.facts = &x.getter;
    x.context.sticky = &x.sticky;

    smartmsg_ruleset_decide(set, &x.context, &x.seen, now, &x.decision);
    x.trace = (smartmsg_trace_t) { set, x.rules.names, &x.context, &x.seen,
                                   now, &x.decision };
    report = make_report(&x);

    if (ctl->options.json) {
        ctl_json_print(json_incref(report));
    } else {
        print_text(ctl, report);
    }

    json_decref(report);
    smartmsg_decision_release(&x.decision);
    ctl_rules_free(&x.rules);
    ctl_facts_free(&x.facts);
    return CTL_OK;
}
