/*
 * smartmsgctl pull DIR
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "core/rule.h"
#include "tool/file.h"
#include "tool/json.h"
#include "tool/redis.h"
#include "tool/text.h"

/* Writes one rule; returns what changed. */
static const char *pull_rule(const char *dir, const ctl_files_t *files,
    smartmsg_str_t id, smartmsg_str_t text)
{
    const ctl_file_t *file = ctl_files_find(files, id);
    char *path;

    if (file != NULL && file->error == NULL && file->size == file->len
        && smartmsg_str_eq(smartmsg_str(file->text, file->len), text))
    {
        return "unchanged";
    }

    path = ctl_format("%s/%.*s.json", dir, (int) id.len, id.data);
    ctl_file_write(path, text);
    free(path);
    return file != NULL ? "changed" : "added";
}

static void report(const ctl_t *ctl, json_t *object, smartmsg_str_t id,
    const char *change)
{
    if (ctl->options.json) {
        ctl_json_set_foreign(object, id, json_string(change));
        return;
    }

    ctl_print_safe(stdout, id);
    (void) printf(": %s\n", change);
}

int ctl_pull(ctl_t *ctl)
{
    const char *dir = ctl->options.args.words[0];
    json_t *object = ctl_json(json_object());
    char key[CTL_KEY_SIZE];
    redisReply *rules;
    ctl_files_t files;
    int code = CTL_OK;

    rules = ctl_hash(ctl, ctl_key(ctl, key, "rules"));

    if (mkdir(dir, 0777) != 0 && errno != EEXIST) {
        ctl_fail(CTL_LOCAL, "cannot make %s: %s", dir, strerror(errno));
    }

    ctl_files_read(&ctl->options.args, &files);

    for (size_t i = 0; i + 1 < rules->elements; i += 2) {
        smartmsg_str_t id = ctl_reply_at(rules, i);

        /* anything else might lead out of the directory */
        if (!smartmsg_rule_id_valid(id)) {
            report(ctl, object, id, "left out, this is no name of a rule");
            code = CTL_FINDINGS;
            continue;
        }

        report(ctl, object, id,
               pull_rule(dir, &files, id, ctl_reply_at(rules, i + 1)));
    }

    if (ctl->options.json) {
        ctl_json_print(json_incref(object));
    } else if (rules->elements == 0) {
        (void) printf("no rules\n");
    }

    json_decref(object);
    freeReplyObject(rules);
    ctl_files_free(&files);
    return code;
}
