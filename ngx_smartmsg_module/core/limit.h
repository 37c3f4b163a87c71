/*
 * What keeps a message from being shown once more: caps, goals, groups and the
 * site's quiet, each as a test of one field of what is remembered about the
 * visitor. The same tests are made when a page is decided about, here, and
 * again at the moment of showing, in Redis itself.
 */

#ifndef SMARTMSG_CORE_LIMIT_H
#define SMARTMSG_CORE_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/message.h"
#include "core/quiet.h"
#include "core/rule.h"
#include "core/str.h"

#define SMARTMSG_LIMITS_MAX 9   /* of one message */

/* Longest name of a field: prefix and the name of a rule or group. */
#define SMARTMSG_LIMIT_FIELD_MAX (16 + SMARTMSG_RULE_ID_MAX)

/* The hash that has the field. */
typedef enum {
    SMARTMSG_IN_SESSION,
    SMARTMSG_IN_VISITOR
} smartmsg_memory_e;

typedef enum {
    SMARTMSG_LIMIT_COUNT,   /* the field must be a number below n */
    SMARTMSG_LIMIT_PAUSE,   /* a time at least n seconds ago */
    SMARTMSG_LIMIT_OWNER    /* the name `owner` */
} smartmsg_limit_e;

/* A field that does not exist keeps nobody from anything. */
typedef struct {
    smartmsg_limit_e kind;
    smartmsg_memory_e in;
    smartmsg_str_t prefix;  /* the name of the field: this, */
    smartmsg_str_t name;    /* then this */
    int64_t n;
    smartmsg_str_t owner;
} smartmsg_limit_t;

/*
 * What is remembered about the visitor, asked for only when a rule with a
 * message is about to be armed.
 */
typedef struct {
    void *data;
    /* the value of a field, empty if there is none */
    smartmsg_str_t (*get)(void *data, smartmsg_memory_e in,
                          smartmsg_str_t field);
    /* of the site; NULL: none */
    const smartmsg_quiet_t *quiet;
} smartmsg_seen_t;

/*
 * The limits of a message of a rule; quiet may be NULL. Writes at most
 * SMARTMSG_LIMITS_MAX, which borrow from the rule, and returns their number.
 */
size_t smartmsg_limits(const smartmsg_rule_t *rule,
                       const smartmsg_message_t *message,
                       const smartmsg_quiet_t *quiet, smartmsg_limit_t *limits);

/*
 * Writes the name of the limit's field to buf, at most
 * SMARTMSG_LIMIT_FIELD_MAX bytes, no NUL.
 */
smartmsg_str_t smartmsg_limit_field(const smartmsg_limit_t *limit, char *buf);

/* Whether the message may be shown at time now, as far as this limit goes. */
bool smartmsg_limit_allows(const smartmsg_limit_t *limit, smartmsg_str_t value,
                           int64_t now);

/* Whether all limits allow the message; seen may be NULL: nothing was seen. */
bool smartmsg_limits_allow(const smartmsg_rule_t *rule,
                           const smartmsg_message_t *message,
                           const smartmsg_seen_t *seen, int64_t now);

#endif
