/* Any bytes as the body of an event request. */

#include <stdint.h>
#include <stdlib.h>

#include "core/events.h"
#include "core/flat.h"
#include "core/rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void check_flat(const json_t *fields)
{
    const char *key;
    json_t *value;
    size_t size = 0;

    require(json_is_object(fields));
    require(json_object_size(fields) <= SMARTMSG_FLAT_MEMBERS_MAX);

    json_object_foreach((json_t *)fields, key, value) {
        char buf[SMARTMSG_FLAT_VALUE_SIZE];
        smartmsg_str_t text = smartmsg_flat_text(value, buf);

        require(smartmsg_flat_name_valid(smartmsg_str(key, strlen(key))));
        require(json_is_string(value) || text.len <= sizeof(buf));
        size += strlen(key) + text.len;
    }

    require(size <= SMARTMSG_FLAT_SIZE_MAX);
}

static void check_event(const smartmsg_event_t *event)
{
    require(event->kind < SMARTMSG_EVENT_KINDS);
    require(event->page.len <= 512);
    require(event->variation.len <= 64);
    require(event->value >= 0 && event->value <= 1e12);
    require(event->items >= 0 && event->items <= 1e12);
    require(event->currency.len == 0 || event->currency.len == 3);
    require(event->action >= -1);

    if (event->kind <= SMARTMSG_EVENT_DISMISS) {
        require(smartmsg_rule_id_valid(event->rule));
    }

    if (event->fields != NULL) {
        check_flat(event->fields);
    }

    if (event->kind == SMARTMSG_EVENT_TRACK) {
        require(smartmsg_flat_name_valid(event->name));
    }

    if (event->kind == SMARTMSG_EVENT_IDENTIFY) {
        require(event->id.len > 0 && event->id.len <= 4 * 128);
    }

    if (event->kind == SMARTMSG_EVENT_ANSWER) {
        require(smartmsg_rule_id_valid(event->rule) && event->fields != NULL);
    }

    if (event->kind == SMARTMSG_EVENT_ORDER) {
        require(event->order_id.len > 0 && event->order_id.len <= 64);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    smartmsg_events_t events;
    smartmsg_error_t err;

    if (!smartmsg_events_parse(smartmsg_str((const char *)data, size), &events,
                               &err))
    {
        require(err.text[0] != '\0');
        return 0;
    }

    require(events.n > 0 && events.n <= SMARTMSG_EVENTS_MAX);

    for (size_t i = 0; i < events.n; i++) {
        check_event(&events.events[i]);
    }

    smartmsg_events_free(&events);

    return 0;
}
