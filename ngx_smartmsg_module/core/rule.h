#ifndef SMARTMSG_CORE_RULE_H
#define SMARTMSG_CORE_RULE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"
#include "core/feature.h"
#include "core/message.h"
#include "core/names.h"
#include "core/rule_facts.h"
#include "core/str.h"
#include "core/terms.h"

#define SMARTMSG_RULE_ID_MAX     64
#define SMARTMSG_RULE_TEXT_MAX   65536  /* bytes of JSON */
#define SMARTMSG_RULE_DEPTH_MAX  32     /* arrays and objects in each other */

/*
 * A rule: a feature definition whose values are messages, compiled. Immutable,
 * shared by counted references. The count is not atomic: a rule stays in the
 * process and thread that made it.
 */
typedef struct smartmsg_rule_s smartmsg_rule_t;

/* Whether id is [A-Za-z0-9][A-Za-z0-9._-]{0,63}. */
bool smartmsg_rule_id_valid(smartmsg_str_t id);

/*
 * Compiles the JSON text of a rule. id and text are copied; names must live
 * longer than the rule. On error returns NULL and describes in err what is
 * wrong: line and column, and for errors of meaning the JSON path too.
 * The result has one reference.
 */
smartmsg_rule_t *smartmsg_rule_parse(smartmsg_str_t id, smartmsg_str_t text,
                                     smartmsg_names_t *names,
                                     smartmsg_error_t *err);

/*
 * The same with saved groups, an object id -> group (core/groups.h), of which
 * the rule keeps what it needs. A group that is not there is empty.
 */
smartmsg_rule_t *smartmsg_rule_parse_with(smartmsg_str_t id,
                                          smartmsg_str_t text,
                                          smartmsg_names_t *names,
                                          json_t *groups,
                                          smartmsg_error_t *err);

/* Whether it asks about groups, so that it depends on them. */
bool smartmsg_rule_uses_groups(const smartmsg_rule_t *rule);

smartmsg_rule_t *smartmsg_rule_ref(smartmsg_rule_t *rule);

/* Gives a reference back; the last one frees. Does nothing for NULL. */
void smartmsg_rule_unref(smartmsg_rule_t *rule);

/* These borrow from the rule; id and text are NUL terminated as well. */
smartmsg_str_t smartmsg_rule_id(const smartmsg_rule_t *rule);
smartmsg_str_t smartmsg_rule_text(const smartmsg_rule_t *rule);

/* What its text says, a new reference; NULL without memory. */
json_t *smartmsg_rule_definition(const smartmsg_rule_t *rule);

double smartmsg_rule_priority(const smartmsg_rule_t *rule);

/* The order in which rules are asked: priority downwards, then id upwards. */
int smartmsg_rule_order(const smartmsg_rule_t *a, const smartmsg_rule_t *b);

const smartmsg_feature_t *smartmsg_rule_feature(const smartmsg_rule_t *rule);

/* The kinds of trigger that its messages have, all together; 0: no message. */
smartmsg_trigger_set_t smartmsg_rule_kinds(const smartmsg_rule_t *rule);

/* Whether now (unix seconds) is in the rule's [start, end). */
bool smartmsg_rule_in_season(const smartmsg_rule_t *rule, int64_t now);

/* Whether it is in force at some times only. */
bool smartmsg_rule_seasonal(const smartmsg_rule_t *rule);

/* Whether its season has not begun yet. */
bool smartmsg_rule_is_early(const smartmsg_rule_t *rule, int64_t now);

/*
 * Whether a condition or moment asks for what the shop tells the browser only,
 * the cart or orders, or one of these is the goal.
 */
bool smartmsg_rule_uses_cart(const smartmsg_rule_t *rule);

/* The slot of "page.type" if a condition asks for it, else SMARTMSG_NO_SLOT. */
uint32_t smartmsg_rule_page_slot(const smartmsg_rule_t *rule);

/*
 * The event that ends its messages for a visitor; empty: none. It is `goal`,
 * or "order" for a rule without one of which a cap says "until": "convert".
 */
smartmsg_str_t smartmsg_rule_goal(const smartmsg_rule_t *rule);

/* The group of which a visitor sees one rule only in a session, or empty. */
smartmsg_str_t smartmsg_rule_group(const smartmsg_rule_t *rule);

/* Whether the site's quiet does not count for it. */
bool smartmsg_rule_urgent(const smartmsg_rule_t *rule);

/*
 * The fact slots that its conditions and texts can ask for and its messages'
 * moments depend on: ascending, each once.
 */
const uint32_t *smartmsg_rule_slots(const smartmsg_rule_t *rule, size_t *n);

/* Those of the moments. */
const smartmsg_moment_slots_t *smartmsg_rule_moments(
    const smartmsg_rule_t *rule);

/*
 * The message that belongs to a value which the rule's feature gave; NULL for
 * null, and for a json_t that is none of the feature's values.
 */
const smartmsg_message_t *smartmsg_rule_message(const smartmsg_rule_t *rule,
                                                const json_t *value);

/*
 * Messages by number, from 0 in the order of the text, nulls not counted: how
 * a browser names the message that it was sent. No message has a number that
 * is too large: NULL.
 */
size_t smartmsg_rule_message_number(const smartmsg_rule_t *rule,
                                    const smartmsg_message_t *message);
const smartmsg_message_t *smartmsg_rule_message_at(const smartmsg_rule_t *rule,
                                                   size_t number);

#endif
