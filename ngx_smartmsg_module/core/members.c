#include "core/members.h"

#include <string.h>

static bool is_listed(const char *key, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (strcmp(key, *names) == 0) {
            return true;
        }
    }

    return false;
}

static void report_unknown(const char *key, const char *what,
                           const char *const *names, smartmsg_path_t *path,
                           smartmsg_error_t *err)
{
    size_t former = smartmsg_path_key(path, key);
    const char *meant = smartmsg_suggest(key, names);

    if (meant != NULL) {
        smartmsg_error_set(err, path->text,
                           "%s has no such member; is \"%s\" meant?", what,
                           meant);
    } else {
        smartmsg_error_set(err, path->text, "%s has no such member", what);
    }

    smartmsg_path_pop(path, former);
}

bool smartmsg_members_check(const json_t *value, const char *what,
                            const char *const *names, smartmsg_path_t *path,
                            smartmsg_error_t *err)
{
    const char *key;
    json_t *member;

    if (!json_is_object(value)) {
        smartmsg_error_set(err, path->text, "%s must be an object {...}, "
                           "not %s", what, smartmsg_members_kind(value));
        return false;
    }

    json_object_foreach((json_t *)value, key, member) {
        if (!is_listed(key, names)) {
            report_unknown(key, what, names, path, err);
            return false;
        }
    }

    return true;
}

const char *smartmsg_members_kind(const json_t *value)
{
    if (value == NULL) {
        return "missing";
    }

    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "a list";
    case JSON_STRING:
        return "a text";
    case JSON_INTEGER:
    case JSON_REAL:
        return "a number";
    case JSON_NULL:
        return "null";
    default:
        return json_is_true(value) ? "true" : "false";
    }
}
