#include "core/events.h"

#include "core/members.h"
#include "core/rule.h"
#include "core/unicode.h"

#define PAGE_MAX       512
#define VARIATION_MAX  64
#define ORDER_ID_MAX   64
#define ACTION_MAX     99
#define MESSAGE_MAX    9999
#define AMOUNT_MAX     1e12

typedef bool (*reader_t)(smartmsg_event_t *event, const json_t *value,
                         const char **reason);

/* A member of an event. */
typedef struct {
    const char *name;
    bool required;
    reader_t read;
} member_t;

/* A kind of event: its members, one of them is always "event". */
typedef struct {
    smartmsg_str_t name;
    const member_t *members;
} kind_t;

static smartmsg_str_t json_str(const json_t *string)
{
    return smartmsg_str(json_string_value(string),
                        json_string_length(string));
}

static bool is_printable(smartmsg_str_t text)
{
    while (text.len > 0) {
        uint32_t code = smartmsg_next_char(&text);

        if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) {
            return false;
        }
    }

    return true;
}

static bool read_string(smartmsg_str_t *string, const json_t *value, size_t max)
{
    if (!json_is_string(value)) {
        return false;
    }

    *string = json_str(value);

    return string->len <= max && is_printable(*string);
}

static bool read_amount(double *number, const json_t *value)
{
    if (!json_is_number(value)) {
        return false;
    }

    *number = json_number_value(value) + 0.0;   /* no negative zero */

    return *number >= 0 && *number <= AMOUNT_MAX;
}

static bool read_event(smartmsg_event_t *event, const json_t *value,
                       const char **reason)
{
    (void)event;
    (void)value;
    (void)reason;

    return true;    /* the kind has been read from it before */
}

static bool read_page(smartmsg_event_t *event, const json_t *value,
                      const char **reason)
{
    *reason = "must be a text of at most 512 bytes";

    return read_string(&event->page, value, PAGE_MAX);
}

static bool read_rule(smartmsg_event_t *event, const json_t *value,
                      const char **reason)
{
    *reason = "must be the name of a rule";

    return read_string(&event->rule, value, SMARTMSG_RULE_ID_MAX)
           && smartmsg_rule_id_valid(event->rule);
}

static bool read_variation(smartmsg_event_t *event, const json_t *value,
                           const char **reason)
{
    *reason = "must be a text of at most 64 bytes";

    return read_string(&event->variation, value, VARIATION_MAX);
}

static bool read_on(smartmsg_event_t *event, const json_t *value,
                    const char **reason)
{
    *reason = "must be the name of a trigger";
    event->has_on = json_is_string(value)
                    && smartmsg_trigger_find(json_str(value), &event->on);

    return event->has_on;
}

static bool read_action(smartmsg_event_t *event, const json_t *value,
                        const char **reason)
{
    json_int_t index = json_is_integer(value) ? json_integer_value(value) : -1;

    *reason = "must be the index of an action";
    event->action = index >= 0 && index <= ACTION_MAX ? (int)index : -1;

    return event->action >= 0;
}

static bool read_claimed(smartmsg_event_t *event, const json_t *value,
                         const char **reason)
{
    *reason = "must be true or false";
    event->claimed = json_is_true(value);

    return json_is_boolean(value);
}

static bool read_message(smartmsg_event_t *event, const json_t *value,
                         const char **reason)
{
    json_int_t number = json_is_integer(value) ? json_integer_value(value) : -1;

    *reason = "must be the number of a message";
    event->message = (size_t)number;

    return number >= 0 && number <= MESSAGE_MAX;
}

static bool read_op(smartmsg_event_t *event, const json_t *value,
                    const char **reason)
{
    static const smartmsg_str_t names[] = {
        [SMARTMSG_CART_SET] = {"set", 3},
        [SMARTMSG_CART_ADD] = {"add", 3},
        [SMARTMSG_CART_REMOVE] = {"remove", 6},
    };

    *reason = "must be \"set\", \"add\" or \"remove\"";

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (json_is_string(value) && smartmsg_str_eq(json_str(value), names[i]))
        {
            event->op = (smartmsg_cart_op_e)i;
            return true;
        }
    }

    return false;
}

static bool read_value(smartmsg_event_t *event, const json_t *value,
                       const char **reason)
{
    *reason = "must be a number, not negative";

    event->has_value = read_amount(&event->value, value);

    return event->has_value;
}

static bool read_items(smartmsg_event_t *event, const json_t *value,
                       const char **reason)
{
    *reason = "must be a number, not negative";

    event->has_items = read_amount(&event->items, value);

    return event->has_items;
}

/* ISO 4217 */
static bool read_currency(smartmsg_event_t *event, const json_t *value,
                          const char **reason)
{
    *reason = "must be three capital letters";

    if (!read_string(&event->currency, value, 3) || event->currency.len != 3) {
        return false;
    }

    for (size_t i = 0; i < 3; i++) {
        if (event->currency.data[i] < 'A' || event->currency.data[i] > 'Z') {
            return false;
        }
    }

    return true;
}

static bool read_order_id(smartmsg_event_t *event, const json_t *value,
                          const char **reason)
{
    *reason = "must be a text of 1 to 64 bytes";

    return read_string(&event->order_id, value, ORDER_ID_MAX)
           && event->order_id.len > 0;
}

static const member_t impression_members[] = {
    {"event", true, read_event},
    {"page", false, read_page},
    {"rule", true, read_rule},
    {"variation", false, read_variation},
    {"on", false, read_on},
    {"claimed", false, read_claimed},
    {NULL, false, NULL},
};

static const member_t claim_members[] = {
    {"event", true, read_event},
    {"page", false, read_page},
    {"rule", true, read_rule},
    {"variation", false, read_variation},
    {"message", false, read_message},
    {NULL, false, NULL},
};

static const member_t click_members[] = {
    {"event", true, read_event},
    {"page", false, read_page},
    {"rule", true, read_rule},
    {"variation", false, read_variation},
    {"action", false, read_action},
    {NULL, false, NULL},
};

static const member_t dismiss_members[] = {
    {"event", true, read_event},
    {"page", false, read_page},
    {"rule", true, read_rule},
    {"variation", false, read_variation},
    {NULL, false, NULL},
};

static const member_t view_members[] = {
    {"event", true, read_event},
    {"page", false, read_page},
    {NULL, false, NULL},
};

static const member_t cart_members[] = {
    {"event", true, read_event},
    {"page", false, read_page},
    {"op", true, read_op},
    {"value", false, read_value},
    {"items", false, read_items},
    {"currency", false, read_currency},
    {NULL, false, NULL},
};

static const member_t order_members[] = {
    {"event", true, read_event},
    {"page", false, read_page},
    {"id", true, read_order_id},
    {"value", true, read_value},
    {"currency", false, read_currency},
    {NULL, false, NULL},
};

static const kind_t kinds[SMARTMSG_EVENT_KINDS] = {
    [SMARTMSG_EVENT_IMPRESSION] = {{"impression", 10}, impression_members},
    [SMARTMSG_EVENT_CLICK] = {{"click", 5}, click_members},
    [SMARTMSG_EVENT_DISMISS] = {{"dismiss", 7}, dismiss_members},
    [SMARTMSG_EVENT_VIEW] = {{"view", 4}, view_members},
    [SMARTMSG_EVENT_CART] = {{"cart", 4}, cart_members},
    [SMARTMSG_EVENT_ORDER] = {{"order", 5}, order_members},
    [SMARTMSG_EVENT_CLAIM] = {{"claim", 5}, claim_members},
};

smartmsg_str_t smartmsg_event_name(smartmsg_event_e kind)
{
    return kinds[kind].name;
}

static bool find_kind(smartmsg_event_t *event, const json_t *name,
                      smartmsg_path_t *path, smartmsg_error_t *err)
{
    for (int i = 0; i < SMARTMSG_EVENT_KINDS; i++) {
        if (json_is_string(name)
            && smartmsg_str_eq(json_str(name), kinds[i].name))
        {
            event->kind = (smartmsg_event_e)i;
            return true;
        }
    }

    (void)smartmsg_path_key(path, "event");
    smartmsg_error_set(err, path->text, name ? "is no kind of event"
                                             : "is missing");

    return false;
}

static const member_t *find_member(const member_t *members, const char *name)
{
    for (; members->name != NULL; members++) {
        if (strcmp(members->name, name) == 0) {
            return members;
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
        const member_t *member = find_member(kinds[event->kind].members, key);
        const char *reason = "is no member of this event";

        if (member == NULL || !member->read(event, field, &reason)) {
            (void)smartmsg_path_key(path, key);
            smartmsg_error_set(err, path->text, "%s", reason);
            return false;
        }
    }

    return true;
}

static bool has_required(const smartmsg_event_t *event, const json_t *value,
                         smartmsg_path_t *path, smartmsg_error_t *err)
{
    const member_t *member = kinds[event->kind].members;

    for (; member->name != NULL; member++) {
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

/*
 * Whether the text is nested deeper than a batch can be. Looked at before
 * parsing, which costs more; brackets in strings do not count.
 */
static bool is_deep(smartmsg_str_t body)
{
    int depth = 0;
    bool string = false;

    for (size_t i = 0; i < body.len; i++) {
        char c = body.data[i];

        if (string) {
            i += c == '\\';
            string = c != '"';
        } else if (c == '"') {
            string = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            depth--;
        }

        if (depth > SMARTMSG_EVENTS_DEPTH_MAX) {
            return true;
        }
    }

    return false;
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

    if (is_deep(body)) {
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
