/*
 * Site-wide quiet: how often a visitor may be addressed at all, whichever
 * message it is. Two of the settings of a site (core/settings.h).
 */

#ifndef SMARTMSG_CORE_QUIET_H
#define SMARTMSG_CORE_QUIET_H

#include <stdbool.h>
#include <stdint.h>

#include "core/str.h"

/* 0 in a member: no such limit. */
typedef struct {
    uint32_t session;   /* impressions of any messages in one session */
    int64_t pause;      /* seconds between any two impressions */
} smartmsg_quiet_t;

/* Whether name is a setting of the quiet: "quiet.session", "quiet.pause". */
bool smartmsg_quiet_knows(smartmsg_str_t name);

/*
 * Sets one setting from its text. On error returns false, *quiet is unchanged,
 * and *reason says what the value must be.
 */
bool smartmsg_quiet_set(smartmsg_quiet_t *quiet, smartmsg_str_t name,
                        smartmsg_str_t text, const char **reason);

/* Takes the setting of that name, if it is one, over from another quiet. */
void smartmsg_quiet_keep(smartmsg_quiet_t *quiet,
                         const smartmsg_quiet_t *former, smartmsg_str_t name);

#endif
