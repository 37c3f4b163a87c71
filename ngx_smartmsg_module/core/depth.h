#ifndef SMARTMSG_CORE_DEPTH_H
#define SMARTMSG_CORE_DEPTH_H

#include <stdbool.h>

#include "core/str.h"

/*
 * Whether a JSON text is nested deeper than max levels. Meant to be asked
 * before parsing, which costs more and recurs; brackets in strings do not
 * count. The text need not be valid.
 */
bool smartmsg_json_is_deep(smartmsg_str_t text, int max);

#endif
