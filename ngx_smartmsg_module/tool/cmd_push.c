/*
 * smartmsgctl push FILE|DIR...
 */

#include <stdio.h>
#include <stdlib.h>

#include "tool/json.h"
#include "tool/lint.h"
#include "tool/redis.h"

/* The texts that Redis has of the files' ids. */
static redisReply *load(ctl_t *ctl, const char *key, const ctl_files_t *files)
{
    ctl_words_t words = { NULL, 0 };
    redisReply *reply;

    ctl_words_add(&words, "HMGET");
    ctl_words_add(&words, key);

    for (size_t i = 0; i < files->n; i++) {
        ctl_words_add(&words, files->files[i].id);
    }

    reply = ctl_command_words(ctl, REDIS_REPLY_ARRAY, &words);
    free(words.words);

    if (reply->elements != files->n) {
        ctl_fail(CTL_REFUSED, "Redis gives an unexpected answer to HMGET");
    }

    return reply;
}

/* A JSON text has no NUL inside. */
static void store(ctl_t *ctl, const char *key, const ctl_files_t *files)
{
    ctl_words_t words = { NULL, 0 };

    ctl_words_add(&words, "HSET");
    ctl_words_add(&words, key);

    for (size_t i = 0; i < files->n; i++) {
        ctl_words_add(&words, files->files[i].id);
        ctl_words_add(&words, files->files[i].text);
    }

    freeReplyObject(ctl_command_words(ctl, REDIS_REPLY_INTEGER, &words));
    free(words.words);
}

static const char *change_of(const redisReply *before, const ctl_file_t *file)
{
    if (before->type != REDIS_REPLY_STRING) {
        return "added";
    }

    return smartmsg_str_eq(ctl_reply_str(before),
                           smartmsg_str(file->text, file->len))
           ? "unchanged" : "changed";
}

static void report(const ctl_t *ctl, const redisReply *before,
    const ctl_files_t *files)
{
    json_t *object = ctl_json(json_object());

    for (size_t i = 0; i < files->n; i++) {
        const char *change = change_of(before->element[i], &files->files[i]);

        if (ctl->options.json) {
            ctl_json_set(object, files->files[i].id, json_string(change));
        } else {
            (void) printf("%s: %s\n", files->files[i].id, change);
        }
    }

    if (ctl->options.json) {
        ctl_json_print(object);
    } else {
        json_decref(object);
    }
}

int ctl_push(ctl_t *ctl)
{
    ctl_files_t files;
    ctl_findings_t findings;
    ctl_known_t known = { &ctl->options.facts, NULL };
    char key[CTL_KEY_SIZE];
    int code = CTL_OK;

    ctl_files_read(&ctl->options.args, &files);
    ctl_lint_files(&files, &known, &findings);
    ctl_findings_print(ctl, stderr, &findings);

    if (findings.n_errors > 0) {
        ctl_warn("nothing was changed in Redis");
        code = CTL_FINDINGS;

    } else if (files.n > 0) {
        redisReply *before = load(ctl, ctl_key(ctl, key, "rules"), &files);

        store(ctl, key, &files);
        report(ctl, before, &files);
        freeReplyObject(before);

    } else {
        ctl_warn("no rules were found");
        code = CTL_FINDINGS;
    }

    ctl_findings_free(&findings);
    ctl_files_free(&files);
    return code;
}
