#include "core/pack_inside.h"

#include <stdio.h>

#include "core/depth.h"
#include "core/events.h"
#include "core/members.h"
#include "core/number.h"

#define AMOUNT_MAX 1e12

static const char *const event_names[] = {
    "event", "method", "path", "args", "cookies", "document", "status",
    "location", "headers", "set_cookies", "json", "id", "value", "items",
    "currency", "minor", NULL};

/* Of messages and views: only the browser knows of them. */
static bool is_reserved(smartmsg_str_t name)
{
    static const smartmsg_event_e kinds[] = {
        SMARTMSG_EVENT_IMPRESSION, SMARTMSG_EVENT_CLICK,
        SMARTMSG_EVENT_DISMISS, SMARTMSG_EVENT_VIEW};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (smartmsg_str_eq(name, smartmsg_event_name(kinds[i]))) {
            return true;
        }
    }

    return false;
}

bool smartmsg_pack_event_valid(smartmsg_str_t name, smartmsg_pack_kind_e *kind)
{
    if (!smartmsg_pack_name_valid(name) || is_reserved(name)
        || memchr(name.data, '-', name.len) != NULL)
    {
        return false;
    }

    *kind = SMARTMSG_PACK_PLAIN;

    if (smartmsg_str_eq(name, SMARTMSG_STR("cart"))) {
        *kind = SMARTMSG_PACK_CART;
    } else if (smartmsg_str_eq(name, SMARTMSG_STR("order"))) {
        *kind = SMARTMSG_PACK_ORDER;
    } else if (smartmsg_str_eq(name, SMARTMSG_STR("order_placed"))) {
        *kind = SMARTMSG_PACK_PLACED;
    }

    return true;
}

/* 200, or "2xx" for all of them. */
static bool read_one_status(reader_t *r, const json_t *value,
                            smartmsg_pack_event_t *event)
{
    status_t *status = &event->status[event->n_status];
    json_int_t number = json_integer_value(value);
    const char *text = json_string_value(value);

    if (event->n_status == STATUS_MAX) {
        return smartmsg_pack_wrong(r, "status", "has too many entries");
    }

    if (json_is_integer(value) && number >= 200 && number <= 599) {
        status->from = status->to = (uint16_t)number;
    } else if (text != NULL && json_string_length(value) == 3 && text[0] >= '2'
               && text[0] <= '5' && strcmp(text + 1, "xx") == 0)
    {
        status->from = (uint16_t)((text[0] - '0') * 100);
        status->to = (uint16_t)(status->from + 99);
    } else {
        return smartmsg_pack_wrong(r, "status", "must be a number from 200 to "
                                   "599, \"2xx\" to \"5xx\", or a list of "
                                   "them");
    }

    event->n_status++;

    return true;
}

static bool read_status(reader_t *r, const json_t *value,
                        smartmsg_pack_event_t *event)
{
    if (value == NULL) {
        event->status[0] = (status_t){200, 399};
        event->n_status = 1;
        return true;
    }

    if (!json_is_array(value) || json_array_size(value) == 0) {
        return read_one_status(r, value, event);
    }

    for (size_t i = 0; i < json_array_size(value); i++) {
        if (!read_one_status(r, json_array_get(value, i), event)) {
            return false;
        }
    }

    return true;
}

/* "location" is a short word for one of the headers. */
static bool read_headers(reader_t *r, const json_t *object,
                         smartmsg_pack_event_t *event)
{
    const json_t *location = json_object_get(object, "location");
    tests_t *headers = &event->headers;
    test_t *tests;

    if (!smartmsg_pack_tests(r, "headers", json_object_get(object, "headers"),
                             headers))
    {
        return false;
    }

    if (location == NULL) {
        return true;
    }

    tests = smartmsg_pack_alloc(r, headers->n + 1, sizeof(test_t));
    if (tests == NULL) {
        return false;
    }

    if (headers->n > 0) {
        memcpy(tests, headers->tests, headers->n * sizeof(test_t));
    }

    headers->tests = tests;
    tests[headers->n].name = SMARTMSG_STR("location");

    return smartmsg_pack_patterns(r, "location", location, true,
                                  &tests[headers->n++]);
}

static bool read_places(reader_t *r, const json_t *object,
                        smartmsg_pack_event_t *event)
{
    const struct {
        const char *name;
        smartmsg_str_t *out;
    } places[] = {
        {"id", &event->id},
        {"value", &event->value},
        {"items", &event->items},
        {"currency", &event->currency},
        {"minor", &event->minor},
    };

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        const json_t *value = json_object_get(object, places[i].name);

        if (value != NULL
            && !smartmsg_pack_text(r, places[i].name, value, 256,
                                   places[i].out))
        {
            return false;
        }
    }

    return true;
}

static bool check_places(reader_t *r, const smartmsg_pack_event_t *event)
{
    bool order = event->kind == SMARTMSG_PACK_ORDER;
    bool cart = event->kind == SMARTMSG_PACK_CART;

    if (order && event->id.len == 0) {
        return smartmsg_pack_wrong(r, "id", "is missing: an order without its "
                                   "number is \"order_placed\"");
    }

    if (!order && event->id.len > 0) {
        return smartmsg_pack_wrong(r, "id", "is for \"order\"");
    }

    if (cart && event->value.len == 0 && event->items.len == 0) {
        return smartmsg_pack_wrong(r, NULL, "a cart needs \"items\" or "
                                   "\"value\"");
    }

    if (!cart && event->items.len > 0) {
        return smartmsg_pack_wrong(r, "items", "is for \"cart\"");
    }

    if (!cart && !order && event->value.len + event->currency.len > 0) {
        return smartmsg_pack_wrong(r, event->value.len ? "value" : "currency",
                                   "is for \"order\" and \"cart\"");
    }

    if (event->minor.len > 0 && event->value.len == 0) {
        return smartmsg_pack_wrong(r, "minor", "is for \"value\"");
    }

    return true;
}

bool smartmsg_pack_read_event(reader_t *r, json_t *object,
    smartmsg_pack_event_t *event)
{
    const json_t *document = json_object_get(object, "document");

    if (!smartmsg_members_check(object, "an event", event_names, &r->path,
                                r->err)
        || !smartmsg_pack_text(r, "event", json_object_get(object, "event"),
                               SMARTMSG_PACK_NAME_MAX, &event->name))
    {
        return false;
    }

    if (!smartmsg_pack_event_valid(event->name, &event->kind)) {
        return smartmsg_pack_wrong(r, "event", "is no name for an event");
    }

    if (document != NULL && !json_is_boolean(document)) {
        return smartmsg_pack_wrong(r, "document", "must be true or false");
    }

    event->document = json_is_true(document);

    return smartmsg_pack_where(r, object, &event->where)
           && read_status(r, json_object_get(object, "status"), event)
           && read_headers(r, object, event)
           && smartmsg_pack_tests(r, "set_cookies",
                                  json_object_get(object, "set_cookies"),
                                  &event->set_cookies)
           && smartmsg_pack_tests(r, "json", json_object_get(object, "json"),
                                  &event->json)
           && read_places(r, object, event)
           && check_places(r, event);
}

smartmsg_str_t smartmsg_pack_event_name(const smartmsg_pack_event_t *event)
{
    return event->name;
}

smartmsg_pack_kind_e smartmsg_pack_event_kind(
    const smartmsg_pack_event_t *event)
{
    return event->kind;
}

bool smartmsg_pack_event_wants_body(const smartmsg_pack_event_t *event)
{
    return event->json.n > 0 || event->id.len > 0 || event->value.len > 0
           || event->items.len > 0;
}

/* A step of a path: the member of an object, or the place in a list. */
static const json_t *take_step(const json_t *value, smartmsg_str_t step)
{
    char key[128];
    size_t index = 0;

    if (!json_is_array(value)) {
        if (step.len >= sizeof(key)) {
            return NULL;
        }

        memcpy(key, step.data, step.len);
        key[step.len] = '\0';

        return json_object_get(value, key);
    }

    for (size_t i = 0; i < step.len; i++) {
        if (step.data[i] < '0' || step.data[i] > '9' || i > 5) {
            return NULL;
        }

        index = index * 10 + (size_t)(step.data[i] - '0');
    }

    return step.len > 0 ? json_array_get(value, index) : NULL;
}

static const json_t *find_value(const json_t *value, smartmsg_str_t path)
{
    while (value != NULL && path.len > 0) {
        const char *dot = memchr(path.data, '.', path.len);
        size_t len = dot != NULL ? (size_t)(dot - path.data) : path.len;
        size_t used = dot != NULL ? len + 1 : len;

        value = take_step(value, smartmsg_str(path.data, len));
        path = smartmsg_str(path.data + used, path.len - used);
    }

    return value;
}

/* A scalar as text; false for null, objects and lists. */
static bool to_text(const json_t *value, char buf[32], smartmsg_str_t *text)
{
    int len;

    if (json_is_string(value)) {
        *text = smartmsg_str(json_string_value(value),
                             json_string_length(value));
        return true;
    }

    if (json_is_integer(value)) {
        len = snprintf(buf, 32, "%" JSON_INTEGER_FORMAT,
                       json_integer_value(value));
    } else if (json_is_real(value)) {
        len = snprintf(buf, 32, "%.15g", json_real_value(value));
    } else if (json_is_boolean(value)) {
        len = snprintf(buf, 32, "%s", json_is_true(value) ? "true" : "false");
    } else {
        return false;
    }

    *text = smartmsg_str(buf, len > 0 ? (size_t)len : 0);

    return true;
}

static bool confirms(const tests_t *tests, const json_t *body)
{
    for (size_t i = 0; i < tests->n; i++) {
        char buf[32];
        smartmsg_str_t text = SMARTMSG_STR("");
        const json_t *value = find_value(body, tests->tests[i].name);
        bool scalar = to_text(value, buf, &text);
        bool there = scalar || json_is_array(value) || json_is_object(value);

        if (!smartmsg_pack_fits(&tests->tests[i], there ? &text : NULL)) {
            return false;
        }
    }

    return true;
}

static bool read_amount(const json_t *body, smartmsg_str_t path, double *amount)
{
    char buf[32];
    smartmsg_str_t text;

    return path.len > 0 && to_text(find_value(body, path), buf, &text)
           && smartmsg_number_parse(text, amount) && *amount >= 0
           && *amount <= AMOUNT_MAX;
}

/* Amounts in cents have 2 digits after the point that is not there. */
static void apply_minor(const json_t *body, smartmsg_str_t path,
                        smartmsg_pack_facts_t *facts)
{
    double digits;

    if (read_amount(body, path, &digits)) {
        for (int i = 0; i < digits && i < 6; i++) {
            facts->value /= 10;
        }
    }
}

static void read_id(const json_t *body, smartmsg_str_t path,
                    smartmsg_pack_facts_t *facts)
{
    char buf[32];
    smartmsg_str_t text;

    if (path.len == 0 || !to_text(find_value(body, path), buf, &text)
        || text.len > sizeof(facts->id))
    {
        return;
    }

    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < 0x20 || text.data[i] > 0x7e) {
            return;
        }
    }

    memcpy(facts->id, text.data, text.len);
    facts->id_len = text.len;
}

static void read_currency(const json_t *body, smartmsg_str_t path,
                          smartmsg_pack_facts_t *facts)
{
    const json_t *value = path.len > 0 ? find_value(body, path) : NULL;
    const char *text = json_string_value(value);

    if (text == NULL || json_string_length(value) != 3) {
        return;
    }

    for (size_t i = 0; i < 3; i++) {
        if (text[i] < 'A' || text[i] > 'Z') {
            return;
        }
    }

    memcpy(facts->currency, text, 4);
}

json_t *smartmsg_pack_body_parse(smartmsg_str_t text)
{
    if (text.len == 0 || text.len > SMARTMSG_PACK_BODY_MAX
        || smartmsg_json_is_deep(text, SMARTMSG_PACK_BODY_DEPTH))
    {
        return NULL;
    }

    return json_loadb(text.data, text.len, JSON_DECODE_ANY, NULL);
}

bool smartmsg_pack_event_read(const smartmsg_pack_event_t *event,
    const json_t *body, smartmsg_pack_facts_t *facts)
{
    memset(facts, 0, sizeof(*facts));

    if (!confirms(&event->json, body)) {
        return false;
    }

    facts->has_value = read_amount(body, event->value, &facts->value);
    facts->has_items = read_amount(body, event->items, &facts->items);

    if (facts->has_value) {
        apply_minor(body, event->minor, facts);
    }

    read_id(body, event->id, facts);
    read_currency(body, event->currency, facts);

    switch (event->kind) {
    case SMARTMSG_PACK_ORDER:
        return facts->id_len > 0;
    case SMARTMSG_PACK_CART:
        return facts->has_value || facts->has_items;
    default:
        return true;
    }
}
