#ifndef SMARTMSG_CORE_CAP_H
#define SMARTMSG_CORE_CAP_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"

/* What ends a message for a visitor, `until`: bits of a set. */
#define SMARTMSG_UNTIL_CLICK    0x1u    /* a link in it was used */
#define SMARTMSG_UNTIL_DISMISS  0x2u    /* it was closed */
#define SMARTMSG_UNTIL_CONVERT  0x4u    /* the rule's goal was reached */

/* How often a message may be seen; 0 in a member: no such limit. */
typedef struct {
    uint32_t session;   /* impressions in one session */
    uint32_t total;     /* impressions ever */
    int64_t pause;      /* seconds from the last impression to the next */
    unsigned until;     /* SMARTMSG_UNTIL_... */
} smartmsg_cap_t;

/*
 * Reads the member `cap` of a message; value NULL: there is none. A message
 * of which neither session, total nor days is given is seen once in a session:
 * nobody wants one that comes again on every page. path is the message's own,
 * and is left as it was on success. Returns false on error.
 */
bool smartmsg_cap_parse(smartmsg_cap_t *cap, const json_t *value,
                        smartmsg_path_t *path, smartmsg_error_t *err);

#endif
