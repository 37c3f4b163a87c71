#include "tool/groups.h"

#include <stdlib.h>

#include "core/groups.h"
#include "tool/file.h"
#include "tool/json.h"

#define GROUPS_MAX (64 * 1024 * 1024)

static void check_group(const char *file, const char *id, const json_t *group)
{
    char *text = ctl_json_compact(group);
    smartmsg_error_t err;
    json_t *read = smartmsg_group_parse(ctl_str(text), &err);

    if (read == NULL) {
        ctl_fail(CTL_FINDINGS, "%s: %s: %s%s%s", file, id, err.path,
                 err.path[0] ? ": " : "", err.text);
    }

    json_decref(read);
    free(text);
}

json_t *ctl_groups_file(const ctl_t *ctl)
{
    const char *file = ctl->options.groups;
    json_error_t error;
    json_t *groups, *group;
    const char *id;
    size_t len;
    char *text;

    if (file == NULL) {
        return NULL;
    }

    text = ctl_file_slurp(file, GROUPS_MAX, &len);
    groups = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    free(text);

    if (groups == NULL) {
        ctl_fail(CTL_FINDINGS, "%s:%d:%d: %s", file, error.line, error.column,
                 error.text);
    }

    if (!json_is_object(groups)) {
        ctl_fail(CTL_FINDINGS, "%s: groups are an object {\"ID\": [...]}",
                 file);
    }

    json_object_foreach(groups, id, group) {
        check_group(file, id, group);
    }

    return groups;
}
