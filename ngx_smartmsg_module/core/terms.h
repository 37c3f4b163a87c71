/*
 * What a rule says about itself beside its messages: what it is for, and how
 * it gets along with others.
 */

#ifndef SMARTMSG_CORE_TERMS_H
#define SMARTMSG_CORE_TERMS_H

#include <jansson.h>
#include <stdbool.h>

#include "core/error.h"
#include "core/str.h"

/* Whether name may be that of a rule, a group or an event. */
bool smartmsg_name_valid(smartmsg_str_t name);

/* Strings are empty if not given. */
typedef struct {
    smartmsg_str_t goal;    /* the event that the rule is for */
    smartmsg_str_t group;   /* of rules that exclude each other */
    bool urgent;            /* not subject to the site's quiet */
} smartmsg_terms_t;

/*
 * Reads the members goal, group and urgent of a rule. The strings borrow from
 * root. Returns false on error, with path and reason in err.
 */
bool smartmsg_terms_parse(smartmsg_terms_t *terms, const json_t *root,
                          smartmsg_error_t *err);

#endif
