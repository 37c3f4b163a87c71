#include "core/trace.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/text.h"

#define REAL_DIGITS 15

/* The reasons of a rule while they are collected. */
typedef struct {
    const smartmsg_trace_t *trace;
    smartmsg_context_t context;     /* with the set's prerequisites */
    const smartmsg_rule_t *rule;
    json_t *list;
    bool failed;                    /* memory was short */
} reasons_t;

const smartmsg_armed_t *smartmsg_trace_armed(const smartmsg_trace_t *trace,
    const smartmsg_rule_t *rule)
{
    for (size_t i = 0; i < trace->decision->n; i++) {
        if (trace->decision->armed[i].rule == rule) {
            return &trace->decision->armed[i];
        }
    }

    return NULL;
}

const smartmsg_rule_t *smartmsg_trace_owner(const smartmsg_trace_t *trace,
    smartmsg_trigger_e kind)
{
    for (size_t i = 0; i < trace->decision->n; i++) {
        const smartmsg_armed_t *armed = &trace->decision->armed[i];

        if (armed->kinds & SMARTMSG_TRIGGER_BIT(kind)) {
            return armed->rule;
        }
    }

    return NULL;
}

/* The format, filled in; NULL without memory, else the caller frees it. */
static char *format_text(const char *format, va_list args)
{
    va_list again;
    char *text = NULL;
    int len;

    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, args);

    if (len >= 0) {
        text = malloc((size_t) len + 1);
    }

    if (text != NULL) {
        (void) vsnprintf(text, (size_t) len + 1, format, again);
    }

    va_end(again);
    return text;
}

/* A JSON string of foreign text; NULL without memory. */
static json_t *clean_string(smartmsg_str_t from)
{
    smartmsg_text_t text;
    json_t *string;

    smartmsg_text_init(&text);
    smartmsg_text_add_clean(&text, from);
    string = text.failed ? NULL : json_stringn(text.data, text.len);
    smartmsg_text_free(&text);
    return string;
}

json_t *smartmsg_trace_add(json_t *list, const char *why, const char *format,
    ...)
{
    va_list args;
    char *text;
    json_t *object = json_object();
    bool done = object != NULL;

    va_start(args, format);
    text = format_text(format, args);
    va_end(args);

    done = done && text != NULL
           && json_object_set_new(object, "why", json_string(why)) == 0
           && json_object_set_new(object, "text",
                                  clean_string(smartmsg_str(text,
                                                            strlen(text))))
              == 0
           && json_array_append(list, object) == 0;

    free(text);
    json_decref(object);
    return done ? object : NULL;
}

/* Notes whether a reason was added; it is passed on. */
static json_t *noted(reasons_t *r, json_t *object)
{
    r->failed = r->failed || object == NULL;
    return object;
}

/* Sets a member, which is given away. */
static void set(reasons_t *r, json_t *object, const char *name, json_t *value)
{
    if (object == NULL || value == NULL) {
        r->failed = true;
        json_decref(value);

    } else if (json_object_set_new(object, name, value) != 0) {
        r->failed = true;
    }
}

static void set_text(reasons_t *r, json_t *object, const char *name,
    smartmsg_str_t text)
{
    set(r, object, name, clean_string(text));
}

static json_t *number(double n)
{
    return n > -1e15 && n < 1e15 && n == (double) (json_int_t) n
           ? json_integer((json_int_t) n) : json_real(n);
}

/* The fact as the decision has seen it; a new reference. */
static json_t *actual_value(const reasons_t *r, smartmsg_str_t fact)
{
    const smartmsg_facts_t *facts = r->context.facts;
    uint32_t slot = fact.len == 0 ? SMARTMSG_NO_SLOT
        : smartmsg_names_lookup(r->trace->names, fact.data, fact.len);
    const smartmsg_value_t *value = slot == SMARTMSG_NO_SLOT ? NULL
        : smartmsg_fact(facts, slot);

    switch (value == NULL ? SMARTMSG_MISSING : value->type) {
    case SMARTMSG_BOOLEAN:
        return json_boolean(value->u.boolean);
    case SMARTMSG_NUMBER:
        return number(value->u.number);
    case SMARTMSG_STRING:
        return clean_string(value->u.string);
    case SMARTMSG_JSON:
        return json_incref((json_t *) value->u.json);
    default:
        return json_null();
    }
}

static char *compact(const json_t *value)
{
    return json_dumps(value, JSON_ENCODE_ANY
                             | JSON_REAL_PRECISION(REAL_DIGITS));
}

/* The test of a fact failed, or holds and should not. */
static json_t *add_fact(reasons_t *r, const smartmsg_explanation_t *why,
    const char *where, const json_t *actual)
{
    char *is = compact(actual);
    char *expected = why->expected == NULL ? NULL : compact(why->expected);
    json_t *object = NULL;

    if (is != NULL && (expected != NULL || why->expected == NULL)) {
        object = smartmsg_trace_add(r->list, "condition",
                                    "%s%.*s is %s, %s %s %s", where,
                                    (int) why->fact.len, why->fact.data,
                                    json_is_null(actual) ? "missing" : is,
                                    why->negated ? "must not be" : "must be",
                                    why->op[0] ? why->op : "=",
                                    expected ? expected : "");
    }

    free(is);
    free(expected);
    return object;
}

static void add_condition(reasons_t *r, const smartmsg_explanation_t *why,
    const char *where)
{
    json_t *actual = actual_value(r, why->fact);
    json_t *object;

    if (actual == NULL) {
        r->failed = true;
        return;
    }

    if (why->fact.len == 0) {
        object = smartmsg_trace_add(r->list, "condition", "%s: %s",
                                    why->path.text, why->negated
                                    ? "all of it holds, and should not"
                                    : "nothing of it holds");
    } else {
        object = add_fact(r, why, where, actual);
    }

    set_text(r, object, "path", smartmsg_str(why->path.text, why->path.len));

    if (why->fact.len > 0) {
        set_text(r, object, "fact", why->fact);
        set(r, object, "actual", json_incref(actual));
    }

    set(r, object, "operator", json_string(why->op));
    set(r, object, "negated", json_boolean(why->negated));

    if (why->expected != NULL) {
        set(r, object, "expected", json_incref((json_t *) why->expected));
    }

    json_decref(actual);
}

static void add_share(reasons_t *r, const smartmsg_explanation_t *why)
{
    json_t *actual = actual_value(r, why->fact);
    json_t *object;

    object = smartmsg_trace_add(r->list, why->why == SMARTMSG_EXPLAIN_ROLLOUT
                                ? "rollout" : "experiment", "%s: %.*s is %s",
                                why->path.text, (int) why->fact.len,
                                why->fact.data, json_is_null(actual)
                                ? "missing, and decides who is in"
                                : "not among those who are in");
    set_text(r, object, "path", smartmsg_str(why->path.text, why->path.len));
    json_decref(actual);
}

/* where: "rules[1]: " if there are several. */
static void add_explanation(reasons_t *r, const smartmsg_explanation_t *why,
    const char *where)
{
    const char *path = why->path.text;
    json_t *object;

    switch (why->why) {
    case SMARTMSG_EXPLAIN_CONDITION:
        add_condition(r, why, where);
        return;
    case SMARTMSG_EXPLAIN_ROLLOUT:
    case SMARTMSG_EXPLAIN_EXPERIMENT:
        add_share(r, why);
        return;
    case SMARTMSG_EXPLAIN_PREREQUISITE:
        object = smartmsg_trace_add(r->list, "prerequisite",
                                    "%s: another rule does not apply", path);
        break;
    case SMARTMSG_EXPLAIN_FILTER:
        object = smartmsg_trace_add(r->list, "filter",
                                    "%s: the visitor is outside", path);
        break;
    case SMARTMSG_EXPLAIN_NOTHING:
        object = smartmsg_trace_add(r->list, "nothing", "%s: has no message",
                                    path);
        break;
    case SMARTMSG_EXPLAIN_NO_MEMORY:
        r->failed = true;
        return;
    default:
        return;
    }

    set_text(r, object, "path", smartmsg_str(path, strlen(path)));
}

/* Why the entries of `rules` before `end` do not decide. */
static void add_entries(reasons_t *r, size_t end)
{
    json_t *definition = smartmsg_rule_definition(r->rule);
    size_t n = json_array_size(json_object_get(definition, "rules"));

    r->failed = r->failed || definition == NULL;

    for (size_t i = 0; i < n && i < end; i++) {
        smartmsg_explanation_t why;
        char where[32] = "";

        if (n > 1) {
            (void) snprintf(where, sizeof(where), "rules[%zu]: ", i);
        }

        smartmsg_explain_entry(smartmsg_rule_id(r->rule), definition, i,
                               (smartmsg_names_t *) r->trace->names,
                               &r->context, &why);
        add_explanation(r, &why, where);
    }

    json_decref(definition);
}

/* The first limit that keeps the message from being shown, if any. */
static bool add_limit(reasons_t *r, const smartmsg_message_t *message)
{
    const smartmsg_seen_t *seen = r->trace->seen;
    smartmsg_limit_t limits[SMARTMSG_LIMITS_MAX];
    size_t n = seen == NULL ? 0
        : smartmsg_limits(r->rule, message, seen->quiet, limits);

    for (size_t i = 0; i < n; i++) {
        char buf[SMARTMSG_LIMIT_FIELD_MAX];
        smartmsg_str_t field = smartmsg_limit_field(&limits[i], buf);
        smartmsg_str_t value = seen->get(seen->data, limits[i].in, field);

        if (!smartmsg_limit_allows(&limits[i], value, r->trace->now)) {
            (void) noted(r, smartmsg_trace_add(
                r->list, "cap", "has been seen enough: %s %.*s is %.*s",
                limits[i].in == SMARTMSG_IN_SESSION ? "the session's"
                                                    : "the visitor's",
                (int) field.len, field.data, (int) value.len, value.data));
            return true;
        }
    }

    return false;
}

/* The armed rule that a message has to stand back for, or NULL. */
static const smartmsg_rule_t *find_rival(const reasons_t *r,
    const smartmsg_message_t *message)
{
    const smartmsg_decision_t *decision = r->trace->decision;
    smartmsg_str_t group = smartmsg_rule_group(r->rule);

    for (size_t i = 0; group.len > 0 && i < decision->n; i++) {
        const smartmsg_rule_t *other = decision->armed[i].rule;

        if (smartmsg_str_eq(smartmsg_rule_group(other), group)) {
            return other;
        }
    }

    for (size_t i = 0; i < decision->n; i++) {
        if (decision->armed[i].kinds & smartmsg_message_kinds(message)) {
            return decision->armed[i].rule;
        }
    }

    return NULL;
}

/* The rule has a message; why is it not armed? */
static void add_obstacle(reasons_t *r, const smartmsg_message_t *message)
{
    const smartmsg_rule_t *other;
    uint32_t views = smartmsg_when_min_views(smartmsg_message_when(message));

    if (add_limit(r, message)) {
        return;
    }

    other = find_rival(r, message);

    if (other != NULL) {
        smartmsg_str_t id = smartmsg_rule_id(other);

        (void) noted(r, smartmsg_trace_add(r->list, "taken",
                                           "%.*s comes before it",
                                           (int) id.len, id.data));
    } else {
        (void) noted(r, smartmsg_trace_add(r->list, "minViews",
                                           "waits for page view %lu of the "
                                           "session", (unsigned long) views));
    }
}

static void add_evaluation(reasons_t *r)
{
    const smartmsg_message_t *message;
    smartmsg_feature_result_t result;

    if (r->context.personal != NULL) {
        *r->context.personal = false;
    }

    smartmsg_feature_eval(smartmsg_rule_feature(r->rule), &r->context,
                          &result);

    if (r->context.personal != NULL && *r->context.personal) {
        (void) noted(r, smartmsg_trace_add(
            r->list, "consent", "asks for what is not known of a visitor "
            "without consent"));
        return;
    }

    message = smartmsg_rule_message(r->rule, result.value);

    if (message != NULL) {
        add_obstacle(r, message);
        return;
    }

    add_entries(r, result.rule < 0 ? (size_t) -1 : (size_t) result.rule + 1);

    if (result.rule >= 0 && result.source != SMARTMSG_SOURCE_PREREQUISITE
        && result.source != SMARTMSG_SOURCE_CYCLIC)
    {
        (void) noted(r, smartmsg_trace_add(
            r->list, "null", "rules[%d]: applies, and its value is null: no "
            "message", result.rule));
    }
}

static void add_reasons(reasons_t *r)
{
    const smartmsg_trace_t *trace = r->trace;
    bool on = false;

    (void) smartmsg_ruleset_find(trace->set, smartmsg_rule_id(r->rule), &on);

    if (smartmsg_trace_armed(trace, r->rule) != NULL) {
        return;
    }

    if (!smartmsg_ruleset_main_switch(trace->set)) {
        (void) noted(r, smartmsg_trace_add(r->list, "main switch",
                                           "the main switch is off"));
    } else if (!on) {
        (void) noted(r, smartmsg_trace_add(r->list, "off",
                                           "is switched off"));
    } else if (smartmsg_rule_kinds(r->rule) == 0) {
        (void) noted(r, smartmsg_trace_add(r->list, "nothing",
                                           "has no message"));
    } else if (!smartmsg_rule_in_season(r->rule, trace->now)) {
        (void) noted(r, smartmsg_trace_add(
            r->list, smartmsg_rule_is_early(r->rule, trace->now)
            ? "scheduled" : "ended", "is not in its season (start, end)"));
    } else {
        add_evaluation(r);
    }
}

json_t *smartmsg_trace_reasons(const smartmsg_trace_t *trace,
    const smartmsg_rule_t *rule)
{
    reasons_t r = { .trace = trace, .context = *trace->context, .rule = rule,
                    .list = json_array() };

    if (r.list == NULL) {
        return NULL;
    }

    r.context.resolve = smartmsg_ruleset_resolve;
    r.context.resolve_data = trace->set;
    add_reasons(&r);

    if (r.failed) {
        json_decref(r.list);
        r.list = NULL;
    }

    return r.list;
}
