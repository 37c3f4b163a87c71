/*
 * smartmsgctl rm RULE...
 */

#include <stdio.h>
#include <stdlib.h>

#include "tool/json.h"
#include "tool/redis.h"
#include "tool/text.h"

/* A rule goes with its state and its last good version; its switch stays. */
static bool remove_rule(ctl_t *ctl, const char *id)
{
    static const char *const hashes[] = { "rules", "good", "status" };
    char key[CTL_KEY_SIZE];
    redisReply *reply;
    bool there;

    ctl_send(ctl, "MULTI", NULL);

    for (size_t i = 0; i < 3; i++) {
        ctl_send(ctl, "HDEL", ctl_key(ctl, key, "%s", hashes[i]), id, NULL);
    }

    ctl_send(ctl, "EXEC", NULL);

    for (size_t i = 0; i < 4; i++) {
        freeReplyObject(ctl_receive(ctl, REDIS_REPLY_STATUS, "HDEL"));
    }

    reply = ctl_receive(ctl, REDIS_REPLY_ARRAY, "EXEC");

    for (size_t i = 0; i < reply->elements; i++) {
        if (reply->element[i]->type == REDIS_REPLY_ERROR) {
            ctl_fail(CTL_REFUSED, "Redis refuses HDEL %s%s: %s",
                     ctl->options.prefix, i < 3 ? hashes[i] : "",
                     reply->element[i]->str);
        }
    }

    there = reply->elements > 0 && reply->element[0]->integer > 0;
    freeReplyObject(reply);
    return there;
}

int ctl_rm(ctl_t *ctl)
{
    const ctl_words_t *ids = &ctl->options.args;
    json_t *object = ctl_json(json_object());
    int code = CTL_OK;

    for (size_t i = 0; i < ids->n; i++) {
        const char *change = "removed";

        if (!remove_rule(ctl, ids->words[i])) {
            change = "not in Redis";
            code = CTL_FINDINGS;
        }

        ctl_json_set_foreign(object, ctl_str(ids->words[i]),
                             json_string(change));

        if (!ctl->options.json) {
            ctl_print_safe(stdout, ctl_str(ids->words[i]));
            (void) printf(": %s\n", change);
        }
    }

    if (ctl->options.json) {
        ctl_json_print(json_incref(object));
    }

    json_decref(object);
    return code;
}
