/*
 * Order of version numbers as $veq ... $vlte see it.
 */

#ifndef SMARTMSG_CORE_VERSION_H
#define SMARTMSG_CORE_VERSION_H

#include "core/text.h"
#include "core/value.h"

/*
 * Appends the padded form of a version: "v1.2.3-rc.1+build" becomes
 * "    1-    2-    3-rc-    1".  The order of padded forms by UTF-16 units is
 * the order of the versions; a release comes after its pre-releases.
 * Anything but a string or a number counts as "0".
 */
void smartmsg_add_version(smartmsg_text_t *text,
    const smartmsg_value_t *version);

#endif
