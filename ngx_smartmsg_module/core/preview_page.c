#include "core/preview_page.h"

#include <stdlib.h>

#include "core/text.h"

#define WHY_MAX 600     /* bytes of a row's reasons */

static const smartmsg_message_t *choose(const smartmsg_rule_t *rule,
                                        const smartmsg_context_t *context,
                                        smartmsg_str_t wanted,
                                        smartmsg_str_t *variation,
                                        smartmsg_preview_e *outcome)
{
    const smartmsg_feature_t *feature = smartmsg_rule_feature(rule);
    const smartmsg_message_t *message;
    smartmsg_feature_result_t result;
    const json_t *value;

    *variation = wanted;
    *outcome = SMARTMSG_PREVIEW_NO_MESSAGE;

    if (wanted.len > 0) {
        value = smartmsg_feature_variation(feature, wanted);

        if (value == NULL) {
            *outcome = SMARTMSG_PREVIEW_NO_VARIATION;
            return NULL;
        }

        return smartmsg_rule_message(rule, value);
    }

    smartmsg_feature_eval(feature, context, &result);
    message = smartmsg_rule_message(rule, result.value);

    return message != NULL ? message : smartmsg_rule_message_at(rule, 0);
}

smartmsg_preview_e smartmsg_preview_decide(smartmsg_ruleset_t *set,
                                           const smartmsg_context_t *context,
                                           const smartmsg_preview_t *preview,
                                           smartmsg_decision_t *decision)
{
    const smartmsg_rule_t *rule = smartmsg_ruleset_find(set, preview->rule,
                                                        NULL);
    const smartmsg_message_t *message;
    smartmsg_context_t inner = *context;
    smartmsg_preview_e outcome;
    smartmsg_str_t variation;

    memset(decision, 0, sizeof(*decision));

    if (rule == NULL) {
        return SMARTMSG_PREVIEW_NO_RULE;
    }

    inner.resolve = smartmsg_ruleset_resolve;
    inner.resolve_data = set;
    message = choose(rule, &inner, preview->variation, &variation, &outcome);

    if (message == NULL) {
        return outcome;
    }

    decision->armed[0] = smartmsg_ruleset_arm(
        rule, message, &inner, smartmsg_when_all(smartmsg_message_when(message)));
    decision->armed[0].variation = variation;
    decision->n = 1;
    decision->set = smartmsg_ruleset_ref(set);

    return SMARTMSG_PREVIEW_SHOWN;
}

/* Text of a row; it is cut where it gets too long. */
static json_t *row_text(const smartmsg_text_t *text)
{
    smartmsg_text_t cut;
    json_t *string;
    size_t len = text->len < WHY_MAX ? text->len : WHY_MAX;

    /* never within a character */
    while (len < text->len && len > 0
           && ((unsigned char)text->data[len] & 0xc0) == 0x80)
    {
        len--;
    }

    smartmsg_text_init(&cut);
    smartmsg_text_add(&cut, smartmsg_str(text->data, len));

    if (len < text->len) {
        smartmsg_text_add(&cut, SMARTMSG_STR(" ..."));
    }

    string = text->failed || cut.failed ? NULL
        : json_stringn(cut.data, cut.len);
    smartmsg_text_free(&cut);

    return string;
}

static void add_part(smartmsg_text_t *text, const char *part)
{
    if (text->len > 0) {
        smartmsg_text_add(text, SMARTMSG_STR("; "));
    }

    smartmsg_text_add_clean(text, smartmsg_str(part, strlen(part)));
}

static bool add_row(json_t *rows, smartmsg_str_t id, smartmsg_str_t chosen,
                    const smartmsg_text_t *why)
{
    smartmsg_text_t name;
    json_t *row = json_object();
    bool done;

    smartmsg_text_init(&name);
    smartmsg_text_add_clean(&name, id);

    done = row != NULL
           && json_object_set_new(row, "rule", row_text(&name)) == 0
           && json_object_set_new(row, "chosen",
                                  json_stringn(chosen.data ? chosen.data : "",
                                               chosen.len)) == 0
           && json_object_set_new(row, "why", row_text(why)) == 0
           && json_array_append(rows, row) == 0;

    smartmsg_text_free(&name);
    json_decref(row);

    return done;
}

/* The names of the triggers that a rule was given. */
static void add_kinds(smartmsg_text_t *text, smartmsg_trigger_set_t kinds)
{
    for (int i = 0; i < SMARTMSG_TRIGGER_KINDS; i++) {
        smartmsg_trigger_e kind = (smartmsg_trigger_e)i;

        if (kinds & SMARTMSG_TRIGGER_BIT(kind)) {
            if (text->len > 0) {
                smartmsg_text_add(text, SMARTMSG_STR(" "));
            }

            smartmsg_text_add(text, smartmsg_trigger_name(kind));
        }
    }
}

/* What Redis has instead of the text that serves. */
static void add_broken(smartmsg_text_t *why, const smartmsg_catalog_t *catalog,
                       smartmsg_str_t id)
{
    const char *error = smartmsg_catalog_error(catalog, id);

    if (error != NULL) {
        add_part(why, "an older text serves, that of Redis is broken: ");
        smartmsg_text_add_clean(why, smartmsg_str(error, strlen(error)));
    }
}

static bool add_rule(json_t *rows, const smartmsg_trace_t *trace,
                     const smartmsg_catalog_t *catalog,
                     const smartmsg_rule_t *rule)
{
    const smartmsg_armed_t *armed = smartmsg_trace_armed(trace, rule);
    json_t *reasons = smartmsg_trace_reasons(trace, rule);
    smartmsg_text_t chosen, why;
    size_t i;
    json_t *reason;
    bool done;

    smartmsg_text_init(&chosen);
    smartmsg_text_init(&why);
    add_broken(&why, catalog, smartmsg_rule_id(rule));

    json_array_foreach(reasons, i, reason) {
        add_part(&why, json_string_value(json_object_get(reason, "text")));
    }

    if (armed != NULL) {
        add_kinds(&chosen, armed->kinds);
    }

    done = reasons != NULL && !chosen.failed
           && add_row(rows, smartmsg_rule_id(rule), smartmsg_text_str(&chosen),
                      &why);

    smartmsg_text_free(&chosen);
    smartmsg_text_free(&why);
    json_decref(reasons);

    return done;
}

/* Those that nothing serves for. */
static bool add_broken_rules(json_t *rows, const smartmsg_trace_t *trace,
                             const smartmsg_catalog_t *catalog)
{
    const char *error;
    smartmsg_str_t id;
    bool done = true;

    for (size_t i = 0; done && json_array_size(rows)
                               < SMARTMSG_PREVIEW_ROWS_MAX
                       && smartmsg_catalog_broken(catalog, i, &id, &error);
         i++)
    {
        smartmsg_text_t why;

        if (smartmsg_ruleset_find(trace->set, id, NULL) != NULL) {
            continue;
        }

        smartmsg_text_init(&why);
        add_part(&why, "is broken: ");
        smartmsg_text_add_clean(&why, smartmsg_str(error, strlen(error)));
        done = add_row(rows, id, SMARTMSG_STR(""), &why);
        smartmsg_text_free(&why);
    }

    return done;
}

static int by_priority(const void *a, const void *b)
{
    return smartmsg_rule_order(*(const smartmsg_rule_t *const *)a,
                               *(const smartmsg_rule_t *const *)b);
}

static bool add_rules(json_t *rows, const smartmsg_trace_t *trace,
                      const smartmsg_catalog_t *catalog, smartmsg_str_t first)
{
    size_t n = smartmsg_ruleset_size(trace->set);
    const smartmsg_rule_t **rules = malloc((n + 1) * sizeof(rules[0]));
    const smartmsg_rule_t *rule = smartmsg_ruleset_find(trace->set, first,
                                                        NULL);
    bool done = rules != NULL;

    for (size_t i = 0; done && i < n; i++) {
        rules[i] = smartmsg_ruleset_at(trace->set, i);
    }

    if (done) {
        qsort(rules, n, sizeof(rules[0]), by_priority);
    }

    if (done && rule != NULL) {
        done = add_rule(rows, trace, catalog, rule);
    }

    for (size_t i = 0; done && i < n
                       && json_array_size(rows) < SMARTMSG_PREVIEW_ROWS_MAX;
         i++)
    {
        done = rules[i] == rule || add_rule(rows, trace, catalog, rules[i]);
    }

    free(rules);

    return done && add_broken_rules(rows, trace, catalog);
}

json_t *smartmsg_preview_trace(const smartmsg_trace_t *trace,
                               const smartmsg_catalog_t *catalog,
                               const smartmsg_preview_t *preview,
                               smartmsg_preview_e outcome)
{
    static const char *const outcomes[] = {
        "is shown at its moment, to you alone",
        "there is no such rule",
        "has no such variation",
        "has no message"
    };
    json_t *rows = json_array();
    json_t *report;

    if (rows == NULL || !add_rules(rows, trace, catalog, preview->rule)) {
        json_decref(rows);
        return NULL;
    }

    report = json_pack("{s:s%, s:s}", "preview", preview->rule.data,
                       preview->rule.len, "outcome", outcomes[outcome]);

    if (report == NULL || json_object_set(report, "rules", rows) != 0) {
        json_decref(report);
        report = NULL;
    }

    json_decref(rows);

    return report;
}
