/*
 * Saved groups: lists that conditions ask about by name ($inGroup), so that a
 * long one stands in one place.
 */

#ifndef SMARTMSG_CORE_GROUPS_H
#define SMARTMSG_CORE_GROUPS_H

#include <jansson.h>
#include <stdbool.h>

#include "core/error.h"
#include "core/str.h"

/* Bytes of a group's JSON. */
#define SMARTMSG_GROUP_TEXT_MAX (4 * 1024 * 1024)

/*
 * Reads a group: a list of texts, numbers and booleans, or, as GrowthBook
 * writes them, {"type": "list", "attributeKey": FACT, "values": [...]} or
 * {"type": "condition", "condition": {...}}. NULL on error, then err tells why.
 */
json_t *smartmsg_group_parse(smartmsg_str_t text, smartmsg_error_t *err);

/* Whether the JSON of a rule, or a part of it, asks about groups. */
bool smartmsg_groups_used(const json_t *value);

#endif
