/*
 * The settings of a site: fields of the Redis hash "config".  The secret of
 * preview links is one, too, and kept apart (core/preview.h).
 */

#ifndef SMARTMSG_CORE_SETTINGS_H
#define SMARTMSG_CORE_SETTINGS_H

#include <stdbool.h>

#include "core/quiet.h"

/* All zero: as it is by default. */
typedef struct {
    smartmsg_quiet_t quiet; /* "quiet.session", "quiet.pause" */
    bool ga4;               /* messages are told to the page's dataLayer */
    bool always;            /* the runtime is in every page */
} smartmsg_settings_t;

/* Whether name is a setting. */
bool smartmsg_settings_knows(smartmsg_str_t name);

/*
 * The setting that was probably meant by a name that is none, NUL terminated;
 * NULL if there is no such.
 */
const char *smartmsg_settings_suggest(smartmsg_str_t name);

/*
 * Sets one setting from its text. On error returns false, *settings is
 * unchanged, and *reason says what the value must be.
 */
bool smartmsg_settings_set(smartmsg_settings_t *settings, smartmsg_str_t name,
                           smartmsg_str_t text, const char **reason);

/* Takes the setting of that name, if it is one, over from others. */
void smartmsg_settings_keep(smartmsg_settings_t *settings,
                            const smartmsg_settings_t *former,
                            smartmsg_str_t name);

#endif
