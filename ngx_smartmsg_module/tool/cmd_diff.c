/*
 * smartmsgctl diff DIR
 */

#include <stdio.h>
#include <stdlib.h>

#include "tool/file.h"
#include "tool/json.h"
#include "tool/lines.h"
#include "tool/redis.h"
#include "tool/text.h"

typedef struct {
    ctl_t *ctl;
    json_t *report;
    size_t n;
} diff_t;

/* As lines; what is no JSON stays as it is.  The caller frees it. */
static char *pretty(smartmsg_str_t text, json_t **value)
{
    char *lines;

    *value = json_loadb(text.data, text.len, JSON_DECODE_ANY, NULL);

    if (*value == NULL) {
        return ctl_strndup(text.data, text.len);
    }

    lines = json_dumps(*value, JSON_INDENT(2) | JSON_SORT_KEYS
                               | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    if (lines == NULL) {
        ctl_fail(CTL_LOCAL, "out of memory");
    }

    return lines;
}

static void report(diff_t *diff, smartmsg_str_t id, const char *change,
    const char *note)
{
    diff->n++;

    if (diff->ctl->options.json) {
        ctl_json_set_foreign(diff->report, id, json_string(change));
        return;
    }

    (void) fputs(ctl_color(diff->ctl, CTL_BOLD), stdout);
    ctl_print_safe(stdout, id);
    (void) printf(": %s%s%s\n", change, note,
                  ctl_color_end(diff->ctl, CTL_BOLD));
}

/* The order of members and white space make no difference. */
static void compare(diff_t *diff, smartmsg_str_t id, smartmsg_str_t in_redis,
    const ctl_file_t *file)
{
    json_t *old, *new;
    char *old_lines = pretty(in_redis, &old);
    char *new_lines = pretty(smartmsg_str(file->text, file->len), &new);
    bool same = old != NULL && new != NULL ? json_equal(old, new)
                                           : strcmp(old_lines, new_lines) == 0;

    if (!same) {
        report(diff, id, "changed", "");
    }

    if (!same && !diff->ctl->options.json) {
        (void) printf("--- redis\n+++ ");
        ctl_print_safe(stdout, ctl_str(file->path));
        (void) putchar('\n');
        ctl_lines_diff(diff->ctl, ctl_str(old_lines), ctl_str(new_lines));
    }

    json_decref(old);
    json_decref(new);
    free(old_lines);
    free(new_lines);
}

static bool has_field(const redisReply *hash, const char *id)
{
    for (size_t i = 0; i + 1 < hash->elements; i += 2) {
        if (smartmsg_str_eq(ctl_reply_at(hash, i), ctl_str(id))) {
            return true;
        }
    }

    return false;
}

int ctl_diff(ctl_t *ctl)
{
    diff_t diff = { .ctl = ctl };
    char key[CTL_KEY_SIZE];
    redisReply *rules;
    ctl_files_t files;

    ctl_files_read(&ctl->options.args, &files);

    for (size_t i = 0; i < files.n; i++) {
        if (files.files[i].error != NULL) {
            ctl_fail(CTL_LOCAL, "%s: %s", files.files[i].path,
                     files.files[i].error);
        }
    }

    diff.report = ctl_json(json_object());
    rules = ctl_hash(ctl, ctl_key(ctl, key, "rules"));

    for (size_t i = 0; i < files.n; i++) {
        if (!has_field(rules, files.files[i].id)) {
            report(&diff, ctl_str(files.files[i].id), "added",
                   " (not in Redis)");
        }
    }

    for (size_t i = 0; i + 1 < rules->elements; i += 2) {
        smartmsg_str_t id = ctl_reply_at(rules, i);
        const ctl_file_t *file = ctl_files_find(&files, id);

        if (file == NULL) {
            report(&diff, id, "missing", " (only in Redis)");
        } else {
            compare(&diff, id, ctl_reply_at(rules, i + 1), file);
        }
    }

    if (ctl->options.json) {
        ctl_json_print(json_incref(diff.report));
    } else if (diff.n == 0) {
        (void) printf("no differences\n");
    }

    json_decref(diff.report);
    freeReplyObject(rules);
    ctl_files_free(&files);
    return diff.n == 0 ? CTL_OK : CTL_FINDINGS;
}
