#ifndef SMARTMSG_CORE_RULE_CHECK_H
#define SMARTMSG_CORE_RULE_CHECK_H

#include <jansson.h>
#include <stdbool.h>

#include "core/error.h"

/*
 * Mistakes in a rule that a feature would pass over: an entry of `rules`
 * without an effect (so would be a misspelt "force"), and members that are
 * nearly known ones. Returns false and sets err for the first of them.
 */
bool smartmsg_rule_check(json_t *root, smartmsg_error_t *err);

#endif
