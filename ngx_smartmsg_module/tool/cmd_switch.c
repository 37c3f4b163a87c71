/*
 * smartmsgctl on RULE..., off RULE...
 */

#include <stdio.h>
#include <stdlib.h>

#include "core/catalog.h"
#include "tool/json.h"
#include "tool/redis.h"

static void check_id(const char *id)
{
    if (strcmp(id, SMARTMSG_CATALOG_MAIN_SWITCH) != 0
        && !smartmsg_rule_id_valid(ctl_str(id)))
    {
        ctl_fail(CTL_USAGE, "\"%s\" is no name of a rule", id);
    }
}

/* Without the server's files a misspelt name cannot be told from theirs. */
static void note_unknown(ctl_t *ctl, const char *id)
{
    char key[CTL_KEY_SIZE];
    redisReply *there;

    if (strcmp(id, SMARTMSG_CATALOG_MAIN_SWITCH) == 0) {
        return;
    }

    there = ctl_command(ctl, REDIS_REPLY_INTEGER, "HEXISTS",
                        ctl_key(ctl, key, "rules"), id, NULL);

    if (there->integer == 0) {
        ctl_warn("%s is not in Redis; the switch is for a rule of that name"
                 " in the server's files", id);
    }

    freeReplyObject(there);
}

static int set(ctl_t *ctl, const char *position)
{
    ctl_words_t ids = { NULL, 0 };
    ctl_words_t words = { NULL, 0 };
    json_t *object = ctl_json(json_object());
    char key[CTL_KEY_SIZE];

    if (ctl->options.all) {
        ctl_words_add(&ids, SMARTMSG_CATALOG_MAIN_SWITCH);
    }

    for (size_t i = 0; i < ctl->options.args.n; i++) {
        check_id(ctl->options.args.words[i]);
        ctl_words_add(&ids, ctl->options.args.words[i]);
    }

    if (ids.n == 0) {
        ctl_fail(CTL_USAGE, "usage: smartmsgctl %s RULE... (or --all)",
                 position);
    }

    ctl_words_add(&words, "HSET");
    ctl_words_add(&words, ctl_key(ctl, key, "switch"));

    for (size_t i = 0; i < ids.n; i++) {
        ctl_words_add(&words, ids.words[i]);
        ctl_words_add(&words, position);
        note_unknown(ctl, ids.words[i]);
    }

    freeReplyObject(ctl_command_words(ctl, REDIS_REPLY_INTEGER, &words));

    for (size_t i = 0; i < ids.n; i++) {
        ctl_json_set(object, ids.words[i], json_string(position));

        if (!ctl->options.json) {
            (void) printf("%s: %s\n", ids.words[i], position);
        }
    }

    if (ctl->options.json) {
        ctl_json_print(json_incref(object));
    }

    json_decref(object);
    free(ids.words);
    free(words.words);
    return CTL_OK;
}

int ctl_on(ctl_t *ctl)
{
    return set(ctl, "on");
}

int ctl_off(ctl_t *ctl)
{
    return set(ctl, "off");
}
