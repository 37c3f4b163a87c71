#ifndef SMARTMSG_CORE_THEME_H
#define SMARTMSG_CORE_THEME_H

#include <stdbool.h>

#include "core/str.h"

/*
 * The look of messages: a handful of properties that a site or a rule sets.
 * accent and on-accent are the colours of what stands out and of the text on
 * it, paper and ink those of everything else, all #rgb or #rrggbb; radius is
 * the roundness of corners in px or em, font a list of font families.
 */

#define SMARTMSG_THEME_PROPERTIES 6
#define SMARTMSG_THEME_VALUE      128   /* bytes of a value, with its NUL */

/* Values in the order of their names; "" is not set. All zero: nothing is. */
typedef struct {
    bool given;         /* a value is set */
    char values[SMARTMSG_THEME_PROPERTIES][SMARTMSG_THEME_VALUE];
} smartmsg_theme_t;

/* The names of all properties, NULL terminated. */
extern const char *const smartmsg_theme_names[];

/*
 * Sets one property. On error returns false, *theme is unchanged, and *reason,
 * static, says what the value must be.
 */
bool smartmsg_theme_set(smartmsg_theme_t *theme, smartmsg_str_t name,
                        smartmsg_str_t value, const char **reason);

/*
 * To be called when everything is set. Without on-accent it becomes black or
 * white, whichever is easier to read. False, with the name of a property and a
 * static reason, if one of two colours that belong together is missing, or
 * their contrast is less than WCAG 2.2 asks for, 4.5 to 1 (1.4.3).
 */
bool smartmsg_theme_finish(smartmsg_theme_t *theme, const char **name,
                           const char **reason);

/*
 * The member of a template's JSON, escaped for an attribute, with a comma in
 * front: what `own` sets, else `site`; nothing if neither sets anything. Both
 * may be NULL. Writes to out when it is not NULL; returns the number of bytes.
 */
size_t smartmsg_theme_write(const smartmsg_theme_t *own,
                            const smartmsg_theme_t *site, char *out);

#endif
