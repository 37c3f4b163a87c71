#include "core/rule_check.h"

#include <string.h>

/* Members that a feature and an entry of its `rules` are known to have. */
static const char *const feature_members[] = {
    "defaultValue", "rules", "description", "priority", "start", "end", "goal",
    "group", "urgent", "id", NULL
};

static const char *const entry_members[] = {
    "condition", "parentConditions", "force", "coverage", "variations",
    "weights", "key", "hashAttribute", "fallbackAttribute", "hashVersion",
    "seed", "namespace", "filters", "ranges", "meta", "name", "phase", "tracks",
    "id", "description", "enabled", "disableStickyBucketing", "bucketVersion",
    "minBucketVersion", "range", "url", "urlPatterns", NULL
};

/*
 * Other tools may add members of their own, which are passed over; but one
 * that is nearly a known one is a typing error. A misspelt "condition" would
 * show the message to everybody.
 */
static bool check_spelling(const json_t *object, const char *const *known,
                           smartmsg_path_t *path, smartmsg_error_t *err)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)object, name, value) {
        const char *meant = NULL;
        size_t i;

        for (i = 0; known[i] != NULL && strcmp(known[i], name) != 0; i++) {
            /* void */
        }

        if (known[i] == NULL) {
            meant = smartmsg_suggest(name, known);
        }

        if (meant != NULL && json_object_get(object, meant) == NULL) {
            (void)smartmsg_path_key(path, name);
            smartmsg_error_set(err, path->text, "unknown member; is \"%s\" "
                               "meant?", meant);
            return false;
        }
    }

    return true;
}

bool smartmsg_rule_check(json_t *root, smartmsg_error_t *err)
{
    json_t *list = json_object_get(root, "rules");
    smartmsg_path_t top = {0};
    json_t *value;
    size_t i;

    if (!check_spelling(root, feature_members, &top, err)) {
        return false;
    }

    json_array_foreach(list, i, value) {
        smartmsg_path_t path = {0};

        (void)smartmsg_path_key(&path, "rules");
        (void)smartmsg_path_index(&path, i);

        if (json_is_object(value)
            && !check_spelling(value, entry_members, &path, err)) {
            return false;
        }

        if (json_object_get(value, "force") != NULL
            || json_object_get(value, "variations") != NULL
            || json_object_get(value, "parentConditions") != NULL)
        {
            continue;
        }

        smartmsg_error_set(err, path.text, "does nothing: give it \"force\" "
                           "or \"variations\"");
        return false;
    }

    return true;
}
