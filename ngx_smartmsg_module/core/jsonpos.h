#ifndef SMARTMSG_CORE_JSONPOS_H
#define SMARTMSG_CORE_JSONPOS_H

#include <stdbool.h>

#include "core/str.h"

/* A place in a text: both count from 1, columns in characters. */
typedef struct {
    int line;
    int column;
} smartmsg_jsonpos_t;

/*
 * Finds the value that a path such as `rules[0].force.show.title` names in a
 * JSON text that a parser has accepted; pos is that of the member's key, or of
 * the array element. A key may itself contain dots or brackets
 * (`rules[0].condition.page.type`). If the path leads to nothing, because what
 * it names is missing, pos is that of the last part which is there. Returns
 * false if the text is no JSON; then pos is the place where reading ended.
 */
bool smartmsg_jsonpos_find(smartmsg_str_t text, smartmsg_str_t path,
                           smartmsg_jsonpos_t *pos);

#endif
