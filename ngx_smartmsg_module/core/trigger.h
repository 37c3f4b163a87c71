#ifndef SMARTMSG_CORE_TRIGGER_H
#define SMARTMSG_CORE_TRIGGER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"
#include "core/sink.h"
#include "core/str.h"

/* Moments at which the browser shows a message: docs/triggers.md. */
typedef enum {
    SMARTMSG_TRIGGER_EXIT,      /* about to leave the page */
    SMARTMSG_TRIGGER_IDLE,      /* no input for `after` seconds */
    SMARTMSG_TRIGGER_DWELL,     /* page visible for `after` seconds */
    SMARTMSG_TRIGGER_LOAD,      /* `after` seconds after the page has loaded */
    SMARTMSG_TRIGGER_SCROLL,    /* scrolled to `depth` percent */
    SMARTMSG_TRIGGER_VIEW,      /* `select` in view for `after` seconds */
    SMARTMSG_TRIGGER_CLICK,     /* a click on `select` */
    SMARTMSG_TRIGGER_FORM,      /* trouble with a form */
    SMARTMSG_TRIGGER_CART,      /* a cart left alone for `after` seconds */
    SMARTMSG_TRIGGER_EVENT,     /* the shop says `name` */
    SMARTMSG_TRIGGER_COPY,      /* text was copied */
    SMARTMSG_TRIGGER_RAGE,      /* clicks in quick succession at one place */
    SMARTMSG_TRIGGER_KINDS      /* how many kinds there are */
} smartmsg_trigger_e;

/* Set of kinds, one bit each. */
typedef uint32_t smartmsg_trigger_set_t;

#define SMARTMSG_TRIGGER_BIT(kind) ((smartmsg_trigger_set_t)1 << (kind))

/* Name of a kind as rules and events spell it ("exit"). */
smartmsg_str_t smartmsg_trigger_name(smartmsg_trigger_e kind);

/* Looks a kind up by its name; false if there is none of that name. */
bool smartmsg_trigger_find(smartmsg_str_t name, smartmsg_trigger_e *kind);

/*
 * Checks a trigger of a rule, {"on": "exit", "after": 5}: its members and what
 * they may be depend on the kind, which is stored in *kind. A member named
 * `also` (may be NULL) is none of its business. Returns false on error, with
 * path (of the member, where there is one) and reason in err.
 */
bool smartmsg_trigger_check(const json_t *value, const char *also,
                            smartmsg_path_t *path, smartmsg_trigger_e *kind,
                            smartmsg_error_t *err);

/*
 * Puts the JSON of a trigger that was found right, escaped for an attribute,
 * with its `after` even if the rule does not say it:
 * {&quot;on&quot;:&quot;exit&quot;,&quot;after&quot;:3}
 */
void smartmsg_trigger_put(smartmsg_sink_t *sink, const json_t *value);

#endif
