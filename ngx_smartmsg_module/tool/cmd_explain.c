/*
 * smartmsgctl explain
 */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/explain.h"
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
    smartmsg_decision_t decision;
    long long now;
} explain_t;

static const smartmsg_feature_t *resolve(void *data, smartmsg_str_t key)
{
    bool on = false;
    const smartmsg_rule_t *rule = smartmsg_ruleset_find(data, key, &on);

    return rule != NULL && on ? smartmsg_rule_feature(rule) : NULL;
}

/* The armed message of a rule, or NULL. */
static const smartmsg_armed_t *armed(const explain_t *x,
    const smartmsg_rule_t *rule)
{
    for (size_t i = 0; i < x->decision.n; i++) {
        if (x->decision.armed[i].rule == rule) {
            return &x->decision.armed[i];
        }
    }

    return NULL;
}

/* The rule that a kind of trigger belongs to, or NULL. */
static const smartmsg_rule_t *owner(const explain_t *x,
    smartmsg_trigger_e kind)
{
    for (size_t i = 0; i < x->decision.n; i++) {
        if (x->decision.armed[i].kinds & SMARTMSG_TRIGGER_BIT(kind)) {
            return x->decision.armed[i].rule;
        }
    }

    return NULL;
}

static json_t *reason(json_t *list, const char *why, char *text)
{
    json_t *object = ctl_json(json_object());

    ctl_json_set(object, "why", json_string(why));
    ctl_json_set(object, "text", ctl_json_text(ctl_str(text)));
    free(text);
    ctl_json_add(list, object);
    return object;
}

static json_t *actual_value(const explain_t *x, smartmsg_str_t fact)
{
    smartmsg_value_t value = smartmsg_value_at(x->facts.object, fact);

    switch (value.type) {
    case SMARTMSG_BOOLEAN:
        return json_boolean(value.u.boolean);
    case SMARTMSG_NUMBER:
        return ctl_json_number(value.u.number);
    case SMARTMSG_STRING:
        return ctl_json_text(value.u.string);
    case SMARTMSG_JSON:
        return json_incref((json_t *) value.u.json);
    default:
        return json_null();
    }
}

static void add_condition(const explain_t *x, json_t *list,
    const smartmsg_explanation_t *why, const char *where)
{
    json_t *actual = actual_value(x, why->fact);
    char *expected = why->expected ? ctl_json_compact(why->expected)
                                   : ctl_strndup("", 0);
    char *is = ctl_json_compact(actual);
    json_t *object;
    char *text;

    if (why->fact.len == 0) {
        text = ctl_format("%s: %s", why->path.text,
                          why->negated ? "all of it holds, and should not"
                                       : "nothing of it holds");
    } else {
        text = ctl_format("%s%.*s is %s, %s %s %s", where,
                          (int) why->fact.len, why->fact.data,
                          json_is_null(actual) ? "missing" : is,
                          why->negated ? "must not be" : "must be",
                          why->op[0] ? why->op : "=", expected);
    }

    object = reason(list, "condition", text);
    ctl_json_set(object, "path", ctl_json_text(ctl_str(why->path.text)));

    if (why->fact.len > 0) {
        ctl_json_set(object, "fact", ctl_json_text(why->fact));
        ctl_json_set(object, "actual", json_incref(actual));
    }

    ctl_json_set(object, "operator", json_string(why->op));
    ctl_json_set(object, "negated", json_boolean(why->negated));

    if (why->expected != NULL) {
        ctl_json_set(object, "expected",
                     json_incref((json_t *) why->expected));
    }

    json_decref(actual);
    free(expected);
    free(is);
}

/* where: "rules[1]: " if there are several. */
static void add_explanation(const explain_t *x, json_t *list,
    const smartmsg_explanation_t *why, const char *where)
{
    const char *path = why->path.text;
    smartmsg_value_t value = smartmsg_value_at(x->facts.object, why->fact);
    bool missing = value.type <= SMARTMSG_NULL;
    json_t *object = NULL;

    switch (why->why) {
    case SMARTMSG_EXPLAIN_CONDITION:
        add_condition(x, list, why, where);
        return;
    case SMARTMSG_EXPLAIN_PREREQUISITE:
        object = reason(list, "prerequisite",
                        ctl_format("%s: another rule does not apply", path));
        break;
    case SMARTMSG_EXPLAIN_FILTER:
        object = reason(list, "filter",
                        ctl_format("%s: the visitor is outside", path));
        break;
    case SMARTMSG_EXPLAIN_ROLLOUT:
    case SMARTMSG_EXPLAIN_EXPERIMENT:
        object = reason(list, why->why == SMARTMSG_EXPLAIN_ROLLOUT
                              ? "rollout" : "experiment",
                        ctl_format("%s: %.*s is %s", path,
                                   (int) why->fact.len, why->fact.data,
                                   missing ? "missing, and decides who is in"
                                           : "not among those who are in"));
        break;
    case SMARTMSG_EXPLAIN_NOTHING:
        object = reason(list, "nothing",
                        ctl_format("%s: has no message", path));
        break;
    case SMARTMSG_EXPLAIN_NO_MEMORY:
        ctl_fail(CTL_LOCAL, "out of memory");
    case SMARTMSG_EXPLAIN_APPLIES:
        return;
    }

    ctl_json_set(object, "path", ctl_json_text(ctl_str(path)));
}

/* Why the entries of `rules` before `end` do not decide. */
static void explain_entries(const explain_t *x, json_t *list,
    const smartmsg_rule_t *rule, size_t end)
{
    smartmsg_str_t text = smartmsg_rule_text(rule);
    size_t bom = text.len >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0
                 ? 3 : 0;
    json_t *definition = ctl_json(json_loadb(text.data + bom, text.len - bom,
                                             0, NULL));
    size_t n = json_array_size(json_object_get(definition, "rules"));

    for (size_t i = 0; i < n && i < end; i++) {
        smartmsg_explanation_t why;
        char where[32] = "";

        if (n > 1) {
            (void) snprintf(where, sizeof(where), "rules[%zu]: ", i);
        }

        smartmsg_explain_entry(smartmsg_rule_id(rule), definition, i,
                               x->rules.names, &x->context, &why);
        add_explanation(x, list, &why, where);
    }

    json_decref(definition);
}

/* The first limit that keeps the message from being shown, if any. */
static bool explain_limits(const explain_t *x, json_t *list,
    const smartmsg_rule_t *rule, const smartmsg_message_t *message)
{
    smartmsg_limit_t limits[SMARTMSG_LIMITS_MAX];
    size_t n = smartmsg_limits(rule, message, x->seen.quiet, limits);

    for (size_t i = 0; i < n; i++) {
        char buf[SMARTMSG_LIMIT_FIELD_MAX];
        smartmsg_str_t field = smartmsg_limit_field(&limits[i], buf);
        smartmsg_str_t value = x->seen.get(x->seen.data, limits[i].in, field);

        if (!smartmsg_limit_allows(&limits[i], value, x->now)) {
            (void) reason(list, "cap",
                          ctl_format("has been seen enough: %s %.*s is %.*s",
                                     limits[i].in == SMARTMSG_IN_SESSION
                                     ? "the session's" : "the visitor's",
                                     (int) field.len, field.data,
                                     (int) value.len, value.data));
            return true;
        }
    }

    return false;
}

/* The armed rule that a message has to stand back for, or NULL. */
static const smartmsg_rule_t *find_rival(const explain_t *x,
    const smartmsg_rule_t *rule, const smartmsg_message_t *message)
{
    smartmsg_str_t group = smartmsg_rule_group(rule);

    for (size_t i = 0; group.len > 0 && i < x->decision.n; i++) {
        const smartmsg_rule_t *other = x->decision.armed[i].rule;

        if (smartmsg_str_eq(smartmsg_rule_group(other), group)) {
            return other;
        }
    }

    for (int kind = 0; kind < SMARTMSG_TRIGGER_KINDS; kind++) {
        smartmsg_trigger_e trigger = (smartmsg_trigger_e) kind;

        if (smartmsg_message_kinds(message) & SMARTMSG_TRIGGER_BIT(trigger)) {
            return owner(x, trigger);
        }
    }

    return NULL;
}

/* The rule has a message; why is it not armed? */
static void explain_message(const explain_t *x, json_t *list,
    const smartmsg_rule_t *rule, const smartmsg_message_t *message)
{
    const smartmsg_rule_t *other;
    smartmsg_str_t id;

    if (explain_limits(x, list, rule, message)) {
        return;
    }

    other = find_rival(x, rule, message);

    if (other != NULL) {
        id = smartmsg_rule_id(other);
        (void) reason(list, "taken", ctl_format("%.*s comes before it",
                                                (int) id.len, id.data));
    }
}

static void explain_feature(const explain_t *x, json_t *list,
    const smartmsg_rule_t *rule)
{
    const smartmsg_message_t *message;
    smartmsg_feature_result_t result;

    smartmsg_feature_eval(smartmsg_rule_feature(rule), &x->context, &result);
    message = smartmsg_rule_message(rule, result.value);

    if (message != NULL) {
        explain_message(x, list, rule, message);
        return;
    }

    explain_entries(x, list, rule, result.rule < 0 ? (size_t) -1
                                   : (size_t) result.rule + 1);

    if (result.rule >= 0 && result.source != SMARTMSG_SOURCE_PREREQUISITE
        && result.source != SMARTMSG_SOURCE_CYCLIC)
    {
        (void) reason(list, "null", ctl_format("rules[%d]: applies, and its "
                                               "value is null: no message",
                                               result.rule));
    }
}

/* Why a rule is not chosen, as a list. */
static json_t *reasons(const explain_t *x, const ctl_rule_t *rule)
{
    json_t *list = ctl_json(json_array());
    ctl_state_e state = ctl_rule_state(&x->rules, rule, x->now);

    if (rule->rule == NULL) {
        (void) reason(list, "broken", ctl_format("is broken: %s",
                                                 rule->error ? rule->error
                                                             : ""));
    } else if (!x->rules.main_switch) {
        (void) reason(list, "main switch",
                      ctl_format("the main switch is off"));

    } else if (!rule->on) {
        (void) reason(list, "off", ctl_format("is switched off"));

    } else if (smartmsg_rule_kinds(rule->rule) == 0) {
        (void) reason(list, "nothing", ctl_format("has no message"));

    } else if (!smartmsg_rule_in_season(rule->rule, x->now)) {
        (void) reason(list, ctl_state_name(state),
                      ctl_format("is not in its season (start, end)"));

    } else if (armed(x, rule->rule) == NULL) {
        explain_feature(x, list, rule->rule);
    }

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

static json_t *make_report(const explain_t *x)
{
    json_t *report = ctl_json(json_object());
    json_t *chosen = ctl_json(json_object());
    json_t *others = ctl_json(json_array());
    const ctl_rule_t **order = in_order(&x->rules);

    for (int i = 0; i < SMARTMSG_TRIGGER_KINDS; i++) {
        smartmsg_trigger_e kind = (smartmsg_trigger_e) i;
        const smartmsg_rule_t *rule = owner(x, kind);

        ctl_json_set_foreign(chosen, smartmsg_trigger_name(kind),
                             rule != NULL
                             ? ctl_json_text(smartmsg_rule_id(rule))
                             : json_null());
    }

    for (size_t i = 0; i < x->rules.n; i++) {
        const ctl_rule_t *rule = order[i];
        json_t *object;

        if (rule->rule != NULL && armed(x, rule->rule) != NULL) {
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
    explain_t x = { .now = 0 };
    smartmsg_ruleset_t *set;
    json_t *report;

    x.now = ctl->options.at ? ctl_moment("at", ctl->options.at)
                            : (long long) time(NULL);

    if (ctl->options.offline && ctl->options.rules == NULL) {
        ctl_fail(CTL_USAGE, "--offline needs --rules DIR");
    }

    ctl_facts_load(ctl, &x.facts, x.now);
    ctl_rules_load(ctl, &x.rules);

    set = smartmsg_catalog_ruleset(x.rules.catalog);
    x.seen = ctl_facts_seen(&x.facts);
    x.getter = smartmsg_json_facts(&x.from, x.rules.names, x.facts.object);
    x.context.facts = &x.getter;
    x.context.resolve = resolve;
    x.context.resolve_data = set;

    smartmsg_ruleset_decide(set, &x.context, &x.seen, x.now, &x.decision);
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
