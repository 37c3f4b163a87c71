/*
 * smartmsgctl tail
 */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/number.h"
#include "tool/json.h"
#include "tool/text.h"
#include "tool/visitor.h"

/* Less than the time limit of Redis' answers. */
#define BLOCK_MS "1000"

static void end_now(int signal)
{
    (void) signal;

    /* nothing is half done: all that was printed has been flushed */
    _exit(CTL_OK);
}

static void print_text(const ctl_t *ctl, const redisReply *entry)
{
    const redisReply *fields = entry->element[1];
    char when[CTL_TIME_SIZE] = "-";
    double number;

    for (size_t i = 0; i + 1 < fields->elements; i += 2) {
        if (smartmsg_str_eq(ctl_reply_at(fields, i), SMARTMSG_STR("time"))
            && smartmsg_number_parse(ctl_reply_at(fields, i + 1), &number)
            && number < 1e15)
        {
            ctl_format_time((long long) number, when);
        }
    }

    (void) printf("%s%s%s", ctl_color(ctl, CTL_FAINT), when,
                  ctl_color_end(ctl, CTL_FAINT));

    for (size_t i = 0; i + 1 < fields->elements; i += 2) {
        smartmsg_str_t name = ctl_reply_at(fields, i);
        smartmsg_str_t value = ctl_reply_at(fields, i + 1);

        if (smartmsg_str_eq(name, SMARTMSG_STR("time"))) {
            continue;
        }

        if (smartmsg_str_eq(name, SMARTMSG_STR("event"))) {
            (void) printf("  %s", ctl_color(ctl, CTL_BOLD));
            ctl_print_safe(stdout, value);
            (void) fputs(ctl_color_end(ctl, CTL_BOLD), stdout);
            continue;
        }

        (void) fputs("  ", stdout);
        ctl_print_safe(stdout, name);
        (void) putchar('=');
        ctl_print_safe(stdout, value);
    }

    (void) putchar('\n');
}

/*
 * Prints the events of one answer; *left counts down.  Returns the id of the
 * last one, which the caller frees; NULL if there is none.
 */
static char *print_events(const ctl_t *ctl, const redisReply *reply,
    long *left)
{
    const redisReply *entries;
    smartmsg_str_t last = { "", 0 };

    /* [[key, [[id, fields] ...]]] */
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 1
        || reply->element[0]->elements != 2)
    {
        return NULL;
    }

    entries = reply->element[0]->element[1];

    for (size_t i = 0; i < entries->elements && *left > 0; i++) {
        const redisReply *entry = entries->element[i];

        if (entry->elements == 2) {
            if (ctl->options.json) {
                ctl_json_print_line(ctl_event_json(entry));
            } else {
                print_text(ctl, entry);
            }

            last = ctl_reply_at(entry, 0);
            --*left;
        }
    }

    if (fflush(stdout) != 0) {
        ctl_fail(CTL_LOCAL, "the output could not be written");
    }

    return last.len > 0 ? ctl_strndup(last.data, last.len) : NULL;
}

/* "$" would lose what comes between two questions. */
static char *newest(ctl_t *ctl, const char *key)
{
    redisReply *reply = ctl_command(ctl, REDIS_REPLY_ARRAY, "XREVRANGE", key,
                                    "+", "-", "COUNT", "1", NULL);
    smartmsg_str_t id = { "0", 1 };
    char *copy;

    if (reply->elements > 0) {
        id = ctl_reply_at(reply->element[0], 0);
    }

    copy = ctl_strndup(id.data, id.len);
    freeReplyObject(reply);
    return copy;
}

static char *first_id(ctl_t *ctl, const char *key)
{
    long long since;

    if (ctl->options.since == NULL) {
        return newest(ctl, key);
    }

    /* entries after this one; the milliseconds of the moment itself count */
    since = ctl_moment("since", ctl->options.since);
    return since > 0 ? ctl_format("%lld-18446744073709551615",
                                  since * 1000 - 1) : ctl_strndup("0", 1);
}

int ctl_tail(ctl_t *ctl)
{
    long left = ctl->options.count
        ? ctl_number("count", ctl->options.count, 1, 1000000000) : 1000000000;
    char key[CTL_KEY_SIZE];
    char *after;

    ctl_redis_connect(ctl);
    after = first_id(ctl, ctl_key(ctl, key, "events"));
    (void) signal(SIGINT, end_now);
    (void) signal(SIGTERM, end_now);

    while (left > 0) {
        redisReply *reply = ctl_command(ctl, 0, "XREAD", "COUNT", "1000",
                                        "BLOCK", BLOCK_MS, "STREAMS", key,
                                        after, NULL);
        char *last = print_events(ctl, reply, &left);

        if (last != NULL) {
            free(after);
            after = last;
        }

        freeReplyObject(reply);
    }

    free(after);
    return CTL_OK;
}
