#ifndef SMARTMSG_CORE_EVENTS_H
#define SMARTMSG_CORE_EVENTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"
#include "core/str.h"
#include "core/trigger.h"

#define SMARTMSG_EVENTS_BODY_MAX  8192  /* bytes of JSON */
#define SMARTMSG_EVENTS_MAX       32    /* events in one batch */
#define SMARTMSG_EVENTS_DEPTH_MAX 4

typedef enum {
    SMARTMSG_EVENT_IMPRESSION,
    SMARTMSG_EVENT_CLICK,
    SMARTMSG_EVENT_DISMISS,
    SMARTMSG_EVENT_VIEW,
    SMARTMSG_EVENT_CART,
    SMARTMSG_EVENT_ORDER,
    SMARTMSG_EVENT_CLAIM,       /* asks whether a message may be shown now */
    SMARTMSG_EVENT_TRACK,       /* something that only the shop has a word for */
    SMARTMSG_EVENT_IDENTIFY,    /* the shop's page says who the visitor is */
    SMARTMSG_EVENT_ANSWER,      /* a form in a message was sent */
    SMARTMSG_EVENT_CONSENT,     /* the visitor agrees to be remembered, or not */
    SMARTMSG_EVENT_KINDS
} smartmsg_event_e;

typedef enum {
    SMARTMSG_CART_SET,
    SMARTMSG_CART_ADD,
    SMARTMSG_CART_REMOVE
} smartmsg_cart_op_e;

/*
 * One event. Strings that were not given are empty; they are valid UTF-8
 * without control characters. Which members count depends on the kind.
 */
typedef struct {
    smartmsg_event_e kind;
    smartmsg_str_t page;        /* any kind: path of the page */

    smartmsg_str_t rule;        /* impression, click, dismiss, claim, answer */
    smartmsg_str_t variation;   /* the same; may be empty */
    bool claimed;               /* impression: a claim has counted it */
    size_t message;             /* claim: which of the rule's messages */
    bool has_on;                /* impression: is `on` known */
    smartmsg_trigger_e on;      /* impression: what opened the message */
    int action;                 /* click: index of the action; -1: not given */

    smartmsg_cart_op_e op;      /* cart */
    double value;               /* cart, order: amount, >= 0, finite */
    double items;               /* cart: number of items, >= 0, finite */
    bool has_value;             /* cart: a "set" may leave one of them out */
    bool has_items;
    smartmsg_str_t currency;    /* cart, order: three capitals, or empty */
    smartmsg_str_t order_id;    /* order: 1..64 bytes */

    smartmsg_str_t name;        /* track: a word */
    smartmsg_str_t id;          /* identify: 1..128 characters */
    smartmsg_str_t consent;     /* answer: what was agreed to, or empty */
    const json_t *fields;       /* track, identify, answer: a flat object
                                   (core/flat.h), or NULL; borrowed */
    bool granted;               /* consent */
} smartmsg_event_t;

/* A batch. The strings of the events borrow from root. */
typedef struct {
    json_t *root;
    size_t n;
    smartmsg_event_t events[SMARTMSG_EVENTS_MAX];
} smartmsg_events_t;

/*
 * Parses and validates the body of an event request, strictly: a batch with a
 * single wrong, missing or unknown field is refused as a whole, with the
 * place and the reason in err. A claim, which has an answer, stands alone.
 * Returns true on success; then the batch must be freed. On error nothing has
 * to be freed.
 */
bool smartmsg_events_parse(smartmsg_str_t body, smartmsg_events_t *events,
                           smartmsg_error_t *err);

/* Frees what the batch holds; may be called twice, and for an all zero one. */
void smartmsg_events_free(smartmsg_events_t *events);

/* Name of a kind as events spell it ("impression"). */
smartmsg_str_t smartmsg_event_name(smartmsg_event_e kind);

#endif
