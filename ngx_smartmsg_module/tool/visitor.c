#include "tool/visitor.h"

#include <stdlib.h>

#include "tool/json.h"

#define BATCH "1000"

static bool is_of(const redisReply *entry, const char *id)
{
    const redisReply *fields;

    if (entry->type != REDIS_REPLY_ARRAY || entry->elements < 2) {
        return false;
    }

    fields = entry->element[1];

    for (size_t i = 0; i + 1 < fields->elements; i += 2) {
        if (smartmsg_str_eq(ctl_reply_at(fields, i), SMARTMSG_STR("visitor"))
            && smartmsg_str_eq(ctl_reply_at(fields, i + 1), ctl_str(id)))
        {
            return true;
        }
    }

    return false;
}

/* Where the next batch begins: just behind the last entry. */
static char *behind(const redisReply *batch)
{
    const redisReply *entry = batch->element[batch->elements - 1];
    smartmsg_str_t last = ctl_reply_at(entry, 0);

    return ctl_format("(%.*s", (int) last.len, last.data);
}

void ctl_visitor_events(ctl_t *ctl, const char *id, ctl_event_pt found,
    void *data)
{
    char key[CTL_KEY_SIZE];
    char *from = ctl_strndup("-", 1);

    for (;;) {
        redisReply *batch = ctl_command(ctl, REDIS_REPLY_ARRAY, "XRANGE",
                                        ctl_key(ctl, key, "events"), from,
                                        "+", "COUNT", BATCH, NULL);

        free(from);

        if (batch->elements == 0) {
            freeReplyObject(batch);
            return;
        }

        for (size_t i = 0; i < batch->elements; i++) {
            if (is_of(batch->element[i], id)) {
                found(data, batch->element[i]);
            }
        }

        from = behind(batch);
        freeReplyObject(batch);
    }
}

json_t *ctl_event_json(const redisReply *entry)
{
    json_t *object = ctl_json(json_object());
    const redisReply *fields = entry->element[1];

    ctl_json_set(object, "stream_id", ctl_json_text(ctl_reply_at(entry, 0)));

    for (size_t i = 0; i + 1 < fields->elements; i += 2) {
        smartmsg_str_t name = ctl_reply_at(fields, i);
        smartmsg_str_t value = ctl_reply_at(fields, i + 1);
        bool number = smartmsg_str_eq(name, SMARTMSG_STR("value"))
                      || smartmsg_str_eq(name, SMARTMSG_STR("items"))
                      || smartmsg_str_eq(name, SMARTMSG_STR("time"))
                      || smartmsg_str_eq(name, SMARTMSG_STR("action"));

        ctl_json_set_foreign(object, name, number ? ctl_json_auto(value)
                                                  : ctl_json_text(value));
    }

    return object;
}
