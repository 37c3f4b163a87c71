#ifndef SMARTMSG_CORE_RULE_TEXT_H
#define SMARTMSG_CORE_RULE_TEXT_H

#include <jansson.h>

#include "core/error.h"
#include "core/str.h"

/*
 * The JSON object that a rule's text is, to be decreffed. NULL, with err set to
 * the place in the text if there is one: the text is longer than
 * SMARTMSG_RULE_TEXT_MAX bytes, no JSON, no object, has a member twice, or is
 * nested more than SMARTMSG_RULE_DEPTH_MAX deep.
 */
json_t *smartmsg_rule_text_load(smartmsg_str_t text, smartmsg_error_t *err);

/*
 * Adds line and column to an error that names a JSON path of this text. err may
 * be NULL.
 */
void smartmsg_rule_text_locate(smartmsg_str_t text, smartmsg_error_t *err);

#endif
