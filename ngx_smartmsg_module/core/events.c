#include "core/events_inside.h"

#include "core/depth.h"
#include "core/members.h"

smartmsg_str_t smartmsg_event_name(smartmsg_event_e kind)
{
    return smartmsg_event_kinds[kind].name;
}

static bool find_kind(smartmsg_event_t *event, const json_t *name,
                      smartmsg_path_t *path, smartmsg_error_t *err)
{
    smartmsg_str_t wanted = smartmsg_str(json_string_value(name),
                                         json_string_length(name));

    for (int i = 0; i < SMARTMSG_EVENT_KINDS; i++) {
        if (smartmsg_str_eq(wanted, smartmsg_event_kinds[i].name)) {
            event->kind = (smartmsg_event_e)i;
            return true;
        }
    }

    (void)smartmsg_path_key(path, "event");
    smartmsg_error_set(err, path->text, name ? "is no kind of event"
                                             : "is missing");

    return false;
}

static const smartmsg_event_member_t *find_member(smartmsg_event_e kind,
                                                  const char *name)
{
    const smartmsg_event_member_t *member = smartmsg_event_kinds[kind].members;

    for (; member->name != NULL; member++) {
        if (strcmp(member->name, name) == 0) {
            return member;
        }
    }

    return NULL;
}

static bool read_members(smartmsg_event_t *event, json_t *value,
                         smartmsg_path_t *path, smartmsg_error_t *err)
{
    const char *key;
    json_t *field;

    json_object_foreach(value, key, field) {
        const smartmsg_event_member_t *member = find_member(event->kind, key);
        smartmsg_event_reading_t in = {
            event, path, "is no member of this event"
        };
        size_t former = smartmsg_path_key(path, key);

        if (member == NULL || !member->read(&in, field)) {
            smartmsg_error_set(err, path->text, "%s", in.reason);
            return false;
        }

        smartmsg_path_pop(path, former);
    }

    return true;
}

static bool has_required(const smartmsg_event_t *event, const json_t *value,
                         smartmsg_path_t *path, smartmsg_error_t *err)
{
    const smartmsg_event_member_t *member;

    for (member = smartmsg_event_kinds[event->kind].members;
         member->name != NULL; member++)
    {
        if (member->required && json_object_get(value, member->name) == NULL) {
            (void)smartmsg_path_key(path, member->name);
            smartmsg_error_set(err, path->text, "is missing");
            return false;
        }
    }

    return true;
}

/* What was put in or taken out is told in full, the whole cart at least half. */
static bool has_amounts(const smartmsg_event_t *event, smartmsg_path_t *path,
                        smartmsg_error_t *err)
{
    bool enough = event->op == SMARTMSG_CART_SET
                  ? event->has_value || event->has_items
                  : event->has_value && event->has_items;

    if (event->kind != SMARTMSG_EVENT_CART || enough) {
        return true;
    }

    (void)smartmsg_path_key(path, event->has_value ? "items" : "value");
    smartmsg_error_set(err, path->text, "is missing");

    return false;
}

static bool parse_event(smartmsg_event_t *event, json_t *value,
                        smartmsg_path_t *path, smartmsg_error_t *err)
{
    memset(event, 0, sizeof(*event));
    event->action = -1;

    if (!json_is_object(value)) {
        smartmsg_error_set(err, path->text, "must be an object, not %s",
                           smartmsg_members_kind(value));
        return false;
    }

    return find_kind(event, json_object_get(value, "event"), path, err)
           && read_members(event, value, path, err)
           && has_required(event, value, path, err)
           && has_amounts(event, path, err);
}

static bool parse_batch(smartmsg_events_t *events, smartmsg_error_t *err)
{
    static const char *const names[] = {"events", NULL};
    smartmsg_path_t path = {0};
    json_t *list;
    json_t *value;
    size_t i;

    if (!smartmsg_members_check(events->root, "a batch", names, &path, err)) {
        return false;
    }

    list = json_object_get(events->root, "events");
    (void)smartmsg_path_key(&path, "events");

    if (json_array_size(list) < 1
        || json_array_size(list) > SMARTMSG_EVENTS_MAX)
    {
        smartmsg_error_set(err, path.text, "must be a list of 1 to %d events",
                           SMARTMSG_EVENTS_MAX);
        return false;
    }

    json_array_foreach(list, i, value) {
        size_t former = smartmsg_path_index(&path, i);

        if (!parse_event(&events->events[i], value, &path, err)) {
            return false;
        }

        if (events->events[i].kind == SMARTMSG_EVENT_CLAIM
            && json_array_size(list) > 1)
        {
            smartmsg_error_set(err, path.text, "a claim must stand alone");
            return false;
        }

        smartmsg_path_pop(&path, former);
        events->n++;
    }

    return true;
}

bool smartmsg_events_parse(smartmsg_str_t body, smartmsg_events_t *events,
                           smartmsg_error_t *err)
{
    json_error_t error = {0};

    events->n = 0;
    events->root = NULL;

    if (body.len > SMARTMSG_EVENTS_BODY_MAX) {
        smartmsg_error_set(err, NULL, "the batch is too long");
        return false;
    }

    if (smartmsg_json_is_deep(body, SMARTMSG_EVENTS_DEPTH_MAX)) {
        smartmsg_error_set(err, NULL, "the batch is nested too deep");
        return false;
    }

    events->root = json_loadb(body.len ? body.data : "", body.len,
                              JSON_REJECT_DUPLICATES, &error);

    if (events->root == NULL) {
        smartmsg_error_set_at(err, error.line > 0 ? error.line : 0,
                              error.column > 0 ? error.column : 0, "%s",
                              error.text);
        return false;
    }

    if (!parse_batch(events, err)) {
        smartmsg_events_free(events);
        return false;
    }

    return true;
}

void smartmsg_events_free(smartmsg_events_t *events)
{
    json_decref(events->root);
    events->root = NULL;
    events->n = 0;
}
