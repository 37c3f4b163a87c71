#ifndef SMARTMSG_CORE_TRIGGER_H
#define SMARTMSG_CORE_TRIGGER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/str.h"

/* Moments at which the browser shows a message. */
typedef enum {
    SMARTMSG_TRIGGER_EXIT,      /* about to leave the page */
    SMARTMSG_TRIGGER_IDLE,      /* no input for `after` seconds */
    SMARTMSG_TRIGGER_DWELL,     /* page visible for `after` seconds */
    SMARTMSG_TRIGGER_LOAD,      /* `after` seconds after the page has loaded */
    SMARTMSG_TRIGGER_KINDS      /* how many kinds there are */
} smartmsg_trigger_e;

/* Set of kinds, one bit each. */
typedef uint32_t smartmsg_trigger_set_t;

#define SMARTMSG_TRIGGER_BIT(kind) ((smartmsg_trigger_set_t)1 << (kind))

/* Name of a kind as rules and events spell it ("exit"). */
smartmsg_str_t smartmsg_trigger_name(smartmsg_trigger_e kind);

/* Looks a kind up by its name; false if there is none of that name. */
bool smartmsg_trigger_find(smartmsg_str_t name, smartmsg_trigger_e *kind);

/* What `after` means when a rule does not say it, in milliseconds. */
uint32_t smartmsg_trigger_default_after(smartmsg_trigger_e kind);

#endif
