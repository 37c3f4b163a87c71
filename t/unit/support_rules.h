/* Rules, facts and sets of rules for unit tests. */

#ifndef T_UNIT_SUPPORT_RULES_H
#define T_UNIT_SUPPORT_RULES_H

#include "support.h"

#include "core/ruleset.h"

/* A message on one or more triggers: MESSAGE("{'on': 'exit'}"). */
#define MESSAGE(when)                                                         \
    "{'when': [" when "], 'show': {'as': 'dialog', 'title': 'Hi'}}"

#define EXIT   "{'on': 'exit'}"
#define IDLE   "{'on': 'idle'}"
#define DWELL  "{'on': 'dwell'}"
#define LOAD   "{'on': 'load'}"

/* Parses a rule out of text with ' for "; the test fails if it is bad. */
static inline smartmsg_rule_t *make_rule(smartmsg_names_t *names,
                                         const char *id, const char *text)
{
    smartmsg_error_t err;
    char *copy = strdup(text);

    assert_non_null(copy);

    for (char *p = copy; *p; p++) {
        *p = *p == '\'' ? '"' : *p;
    }

    smartmsg_rule_t *rule = smartmsg_rule_parse(S(id), S(copy), names, &err);

    if (rule == NULL) {
        fail_msg("%s: %s: %s", id, err.path, err.text);
    }

    free(copy);

    return rule;
}

/* Decides with the facts of a JSON object, written with ' for ". */
static inline void decide(smartmsg_ruleset_t *set, smartmsg_names_t *names,
                          const char *facts, const smartmsg_seen_t *seen,
                          int64_t now, smartmsg_decision_t *decision)
{
    smartmsg_json_facts_t from;
    json_t *object = J(facts);
    smartmsg_facts_t getter = smartmsg_json_facts(&from, names, object);
    smartmsg_context_t context = {.facts = &getter};

    smartmsg_ruleset_decide(set, &context, seen, now, decision);
    json_decref(object);
}

/* The decision as text: "rule/variation:kinds rule/variation:kinds". */
static inline const char *decided(const smartmsg_decision_t *decision)
{
    static char text[1000];
    size_t len = 0;

    text[0] = '\0';

    for (size_t i = 0; i < decision->n; i++) {
        const smartmsg_armed_t *armed = &decision->armed[i];
        smartmsg_str_t id = smartmsg_rule_id(armed->rule);

        len += (size_t)snprintf(text + len, sizeof(text) - len,
                                "%s%.*s/%.*s:%x", i ? " " : "", (int)id.len,
                                id.data, (int)armed->variation.len,
                                armed->variation.data
                                ? armed->variation.data : "",
                                (unsigned)armed->kinds);
    }

    return text;
}

#endif
