#ifndef SMARTMSG_CORE_MEMBERS_H
#define SMARTMSG_CORE_MEMBERS_H

#include <jansson.h>
#include <stdbool.h>

#include "core/error.h"

/*
 * Whether value is an object that has no other members than the names, a
 * NULL terminated list. If not, sets err: path is value's own for a wrong
 * type, that of the member for an unknown one, with a suggestion when it looks
 * like a typing error. `what` is the noun for the reason: "a message".
 */
bool smartmsg_members_check(const json_t *value, const char *what,
                            const char *const *names, smartmsg_path_t *path,
                            smartmsg_error_t *err);

/* What a value is, for people: "a text", "a list" ... "missing" for NULL. */
const char *smartmsg_members_kind(const json_t *value);

#endif
