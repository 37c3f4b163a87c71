#include "support.h"

#include "core/events.h"
#include "core/flat.h"

/* ' stands for ". */
static bool parse(const char *text, smartmsg_events_t *events,
                  smartmsg_error_t *err)
{
    char *copy = strdup(text);

    assert_non_null(copy);

    for (char *p = copy; *p; p++) {
        *p = *p == '\'' ? '"' : *p;
    }

    bool parsed = smartmsg_events_parse(S(copy), events, err);

    free(copy);

    return parsed;
}

static void good(const char *event, smartmsg_events_t *events)
{
    smartmsg_error_t err;
    char text[2000];

    (void)snprintf(text, sizeof(text), "{'events': [%s]}", event);

    if (!parse(text, events, &err)) {
        fail_msg("%s: %s: %s", text, err.path, err.text);
    }

    assert_int_equal(events->n, 1);
}

static void check_error(const char *text, const char *path, const char *part)
{
    smartmsg_events_t events;
    smartmsg_error_t err;

    if (parse(text, &events, &err)) {
        fail_msg("%s is accepted", text);
    }

    assert_null(events.root);

    if (strcmp(err.path, path) != 0 || strstr(err.text, part) == NULL) {
        fail_msg("%s: error is at %s: %s", text, err.path, err.text);
    }
}

static void bad(const char *event, const char *path, const char *part)
{
    char text[2000];
    char full[100];

    (void)snprintf(text, sizeof(text),
                   "{'events': [{'event': 'view'}, %s]}", event);
    (void)snprintf(full, sizeof(full), "events[1]%s", path);
    check_error(text, full, part);
}

static void test_impression(void **state)
{
    smartmsg_events_t events;

    (void)state;
    good("{'event': 'impression', 'rule': 'exit-cart', 'variation': '1', "
         "'on': 'idle', 'page': '/cart'}", &events);

    const smartmsg_event_t *event = &events.events[0];

    assert_int_equal(event->kind, SMARTMSG_EVENT_IMPRESSION);
    assert_str(event->rule, "exit-cart");
    assert_str(event->variation, "1");
    assert_str(event->page, "/cart");
    assert_true(event->has_on);
    assert_int_equal(event->on, SMARTMSG_TRIGGER_IDLE);
    smartmsg_events_free(&events);
    smartmsg_events_free(&events);

    good("{'event': 'impression', 'rule': 'a'}", &events);
    assert_false(events.events[0].has_on);
    assert_int_equal(events.events[0].variation.len, 0);
    smartmsg_events_free(&events);
}

static void test_click_and_dismiss(void **state)
{
    smartmsg_events_t events;

    (void)state;
    good("{'event': 'click', 'rule': 'a', 'action': 2}", &events);
    assert_int_equal(events.events[0].kind, SMARTMSG_EVENT_CLICK);
    assert_int_equal(events.events[0].action, 2);
    smartmsg_events_free(&events);

    good("{'event': 'click', 'rule': 'a'}", &events);
    assert_int_equal(events.events[0].action, -1);
    smartmsg_events_free(&events);

    good("{'event': 'dismiss', 'rule': 'a', 'variation': ''}", &events);
    assert_int_equal(events.events[0].kind, SMARTMSG_EVENT_DISMISS);
    smartmsg_events_free(&events);
}

static void test_cart_and_order(void **state)
{
    smartmsg_events_t events;

    (void)state;
    good("{'event': 'cart', 'op': 'remove', 'value': 12.5, 'items': 2, "
         "'currency': 'EUR'}", &events);
    assert_int_equal(events.events[0].kind, SMARTMSG_EVENT_CART);
    assert_int_equal(events.events[0].op, SMARTMSG_CART_REMOVE);
    assert_true(events.events[0].value == 12.5);
    assert_true(events.events[0].items == 2);
    assert_str(events.events[0].currency, "EUR");
    smartmsg_events_free(&events);

    good("{'event': 'cart', 'op': 'set', 'items': 1}", &events);
    assert_true(events.events[0].has_items);
    assert_false(events.events[0].has_value);
    smartmsg_events_free(&events);

    good("{'event': 'cart', 'op': 'set', 'value': -0.0, 'items': 0}", &events);
    assert_true(events.events[0].has_items && events.events[0].has_value);
    assert_int_equal(events.events[0].op, SMARTMSG_CART_SET);
    assert_true(1 / events.events[0].value > 0);
    smartmsg_events_free(&events);

    good("{'event': 'order', 'id': 'A-17 \\u00e4', 'value': 99}", &events);
    assert_int_equal(events.events[0].kind, SMARTMSG_EVENT_ORDER);
    assert_str(events.events[0].order_id, "A-17 \xc3\xa4");
    assert_int_equal(events.events[0].currency.len, 0);
    smartmsg_events_free(&events);

    good("{'event': 'view'}", &events);
    assert_int_equal(events.events[0].kind, SMARTMSG_EVENT_VIEW);
    smartmsg_events_free(&events);
}

static void test_names(void **state)
{
    (void)state;
    assert_str(smartmsg_event_name(SMARTMSG_EVENT_IMPRESSION), "impression");
    assert_str(smartmsg_event_name(SMARTMSG_EVENT_ORDER), "order");
}

static void test_batch_errors(void **state)
{
    (void)state;

    check_error("", "", "expected");
    check_error("[]", "", "must be an object");
    check_error("{", "", "expected");
    check_error("{}", "events", "1 to 32");
    check_error("{'events': []}", "events", "1 to 32");
    check_error("{'events': {'event': 'view'}}", "events", "1 to 32");
    check_error("{'events': [{'event': 'view'}], 'x': 1}", "x", "no such");
    check_error("{'events': [1]}", "events[0]", "must be an object");
    check_error("{'events': [[[[[]]]]]}", "", "too deep");
    check_error("{'events': [{'event': 'view', 'event': 'view'}]}", "",
                "duplicate");
    check_error("{'events': [{'event': 'view'}]} x", "", "end of file");
}

static void test_event_errors(void **state)
{
    (void)state;

    bad("{}", ".event", "missing");
    bad("{'event': 1}", ".event", "no kind");
    bad("{'event': 'purchase'}", ".event", "no kind");
    bad("{'event': 'view', 'rule': 'a'}", ".rule", "no member");
    bad("{'event': 'view', 'page': 1}", ".page", "text");
    bad("{'event': 'view', 'page': '/a\\u0007'}", ".page", "text");
    bad("{'event': 'impression'}", ".rule", "missing");
    bad("{'event': 'impression', 'rule': 'a b'}", ".rule", "name of a rule");
    bad("{'event': 'impression', 'rule': ''}", ".rule", "name of a rule");
    bad("{'event': 'impression', 'rule': ['a']}", ".rule", "name of a rule");
    bad("{'event': 'impression', 'rule': 'a', 'on': 'x'}", ".on", "trigger");
    bad("{'event': 'impression', 'rule': 'a', 'action': 1}", ".action",
        "no member");
    bad("{'event': 'impression', 'rule': 'a', 'variation': 1}", ".variation",
        "text");
    bad("{'event': 'click', 'rule': 'a', 'action': 1.0}", ".action", "index");
    bad("{'event': 'click', 'rule': 'a', 'action': -1}", ".action", "index");
    bad("{'event': 'click', 'rule': 'a', 'action': 100}", ".action", "index");
    bad("{'event': 'click', 'rule': 'a', 'action': 4294967296}", ".action",
        "index");
}

static void test_amount_errors(void **state)
{
    (void)state;

    bad("{'event': 'cart', 'op': 'set'}", ".value", "missing");
    bad("{'event': 'cart', 'op': 'add', 'value': 1}", ".items", "missing");
    bad("{'event': 'cart', 'op': 'remove', 'items': 1}", ".value", "missing");
    bad("{'event': 'cart', 'value': 1, 'items': 1}", ".op", "missing");
    bad("{'event': 'cart', 'op': 'empty'}", ".op", "\"remove\"");
    bad("{'event': 'cart', 'op': 1}", ".op", "\"remove\"");
    bad("{'event': 'cart', 'op': 'set', 'value': -1}", ".value", "negative");
    bad("{'event': 'cart', 'op': 'set', 'value': '1'}", ".value", "number");
    bad("{'event': 'cart', 'op': 'set', 'value': 1e13}", ".value", "number");
    bad("{'event': 'cart', 'items': null}", ".items", "number");
    bad("{'event': 'order', 'value': 1}", ".id", "missing");
    bad("{'event': 'order', 'id': '1'}", ".value", "missing");
    bad("{'event': 'order', 'id': ''}", ".id", "1 to 64");
    bad("{'event': 'order', 'id': 17}", ".id", "1 to 64");
    bad("{'event': 'order', 'id': '1', 'currency': 'eur'}", ".currency",
        "capital");
    bad("{'event': 'order', 'id': '1', 'currency': 'EU'}", ".currency",
        "capital");
    bad("{'event': 'order', 'id': '1', 'currency': 'EURO'}", ".currency",
        "capital");
}

static void test_claim(void **state)
{
    smartmsg_events_t events;

    (void)state;
    good("{'event': 'claim', 'rule': 'a', 'variation': 'b', 'message': 2, "
         "'page': '/x'}", &events);
    assert_int_equal(events.events[0].kind, SMARTMSG_EVENT_CLAIM);
    assert_str(events.events[0].rule, "a");
    assert_str(events.events[0].variation, "b");
    assert_int_equal(events.events[0].message, 2);
    smartmsg_events_free(&events);

    good("{'event': 'claim', 'rule': 'a'}", &events);
    assert_int_equal(events.events[0].message, 0);
    smartmsg_events_free(&events);

    good("{'event': 'impression', 'rule': 'a', 'claimed': true}", &events);
    assert_true(events.events[0].claimed);
    smartmsg_events_free(&events);
    good("{'event': 'impression', 'rule': 'a', 'claimed': false}", &events);
    assert_false(events.events[0].claimed);
    smartmsg_events_free(&events);
}

/* Its answer is for one message. */
static void test_claim_errors(void **state)
{
    (void)state;
    check_error("{'events': [{'event': 'claim', 'rule': 'a'}, "
                "{'event': 'view'}]}", "events[0]", "alone");
    check_error("{'events': [{'event': 'view'}, "
                "{'event': 'claim', 'rule': 'a'}]}", "events[1]", "alone");
    bad("{'event': 'claim'}", ".rule", "missing");
    bad("{'event': 'claim', 'rule': 'a', 'on': 'exit'}", ".on", "no member");
    bad("{'event': 'claim', 'message': -1}", ".message", "number of a");
    bad("{'event': 'claim', 'message': 10000}", ".message", "number of a");
    bad("{'event': 'claim', 'message': '1'}", ".message", "number of a");
    bad("{'event': 'impression', 'claimed': 1}", ".claimed", "true or false");
    bad("{'event': 'dismiss', 'claimed': true}", ".claimed", "no member");
}

static void assert_field(const smartmsg_event_t *event, const char *name,
                         const char *text)
{
    char buf[SMARTMSG_FLAT_VALUE_SIZE];
    const json_t *value = json_object_get(event->fields, name);

    assert_non_null(value);
    assert_str(smartmsg_flat_text(value, buf), text);
}

static void test_track(void **state)
{
    smartmsg_events_t events;
    const smartmsg_event_t *event = &events.events[0];

    (void)state;
    good("{'event': 'track', 'name': 'size.guide_Open-2', 'data': {'size': "
         "'38 \\u00e4', 'n': 12.5, 'big': -1e15, 'whole': 7, 'tiny': -1e-9, "
         "'third': 0.33333333, 'yes': true, 'no': false, 'e': ''}}", &events);
    assert_int_equal(event->kind, SMARTMSG_EVENT_TRACK);
    assert_str(event->name, "size.guide_Open-2");
    assert_field(event, "size", "38 \xc3\xa4");
    assert_field(event, "n", "12.5");
    assert_field(event, "big", "-1000000000000000");
    assert_field(event, "whole", "7");
    assert_field(event, "tiny", "0");
    assert_field(event, "third", "0.333333");
    assert_field(event, "yes", "true");
    assert_field(event, "no", "false");
    assert_field(event, "e", "");
    smartmsg_events_free(&events);

    good("{'event': 'track', 'name': 'x'}", &events);
    assert_null(event->fields);
    smartmsg_events_free(&events);
}

static void test_track_errors(void **state)
{
    (void)state;
    bad("{'event': 'track'}", ".name", "missing");
    bad("{'event': 'track', 'name': ''}", ".name", "a letter");
    bad("{'event': 'track', 'name': '1x'}", ".name", "a letter");
    bad("{'event': 'track', 'name': 'a b'}", ".name", "a letter");
    bad("{'event': 'track', 'name': 1}", ".name", "a letter");
    bad("{'event': 'track', 'name': 'x', 'data': []}", ".data", "an object");
    bad("{'event': 'track', 'name': 'x', 'data': null}", ".data", "an object");
    bad("{'event': 'track', 'name': 'x', 'data': {'a': null}}", ".data.a",
        "a text, a number");
    bad("{'event': 'track', 'name': 'x', 'data': {'b': 1, 'a': 2e15}}",
        ".data.a", "1e15");
    bad("{'event': 'track', 'name': 'x', 'data': {'a': 'x\\n'}}", ".data.a",
        "256");
    bad("{'event': 'track', 'name': 'x', 'data': {'': 1}}", ".data.",
        "no name");
    bad("{'event': 'track', 'name': 'x', 'data': {'a b': 1}}",
        ".data.a b", "no name");
    check_error("{'events': [{'event': 'track', 'name': 'x', "
                "'data': {'a': {}}}]}", "", "too deep");
}

static void test_identify(void **state)
{
    smartmsg_events_t events;

    (void)state;
    good("{'event': 'identify', 'id': 'c-4711', 'traits': {'tier': 'gold'}, "
         "'page': '/x'}", &events);
    assert_int_equal(events.events[0].kind, SMARTMSG_EVENT_IDENTIFY);
    assert_str(events.events[0].id, "c-4711");
    assert_field(&events.events[0], "tier", "gold");
    smartmsg_events_free(&events);

    bad("{'event': 'identify'}", ".id", "missing");
    bad("{'event': 'identify', 'id': ''}", ".id", "1 to 128");
    bad("{'event': 'identify', 'id': 7}", ".id", "1 to 128");
    bad("{'event': 'identify', 'id': 'a\\u0007'}", ".id", "1 to 128");
    bad("{'event': 'identify', 'id': 'a', 'traits': 'x'}", ".traits",
        "an object");
    bad("{'event': 'identify', 'id': 'a', 'data': {}}", ".data", "no member");
}

static void test_answer(void **state)
{
    smartmsg_events_t events;

    (void)state;
    good("{'event': 'answer', 'rule': 'survey', 'variation': 'b', 'fields': "
         "{'rating': 4}, 'consent': 'You may write to me.'}", &events);
    assert_int_equal(events.events[0].kind, SMARTMSG_EVENT_ANSWER);
    assert_str(events.events[0].rule, "survey");
    assert_str(events.events[0].variation, "b");
    assert_str(events.events[0].consent, "You may write to me.");
    assert_field(&events.events[0], "rating", "4");
    smartmsg_events_free(&events);

    bad("{'event': 'answer', 'rule': 'a'}", ".fields", "missing");
    bad("{'event': 'answer', 'fields': {}}", ".rule", "missing");
    bad("{'event': 'answer', 'rule': 'a', 'fields': {}, 'consent': true}",
        ".consent", "512");
}

/* One event with `data` of n members, each a text of `length` characters. */
static bool accepts_members(int n, int length, const char *character)
{
    char text[9000] = "{\"events\":[{\"event\":\"track\",\"name\":\"x\","
                      "\"data\":{";
    smartmsg_events_t events;

    for (int i = 0; i < n; i++) {
        char name[20];

        (void)snprintf(name, sizeof(name), "%s\"m%02d\":\"", i ? "," : "", i);
        (void)strcat(text, name);

        for (int j = 0; j < length; j++) {
            (void)strcat(text, character);
        }

        (void)strcat(text, "\"");
    }

    (void)strcat(text, "}}]}");

    bool accepted = smartmsg_events_parse(S(text), &events, NULL);

    smartmsg_events_free(&events);

    return accepted;
}

static void test_limits_of_members(void **state)
{
    (void)state;
    assert_true(accepts_members(16, 1, "a"));
    assert_false(accepts_members(17, 1, "a"));
    assert_true(accepts_members(1, 256, "\xc3\xa4"));
    assert_false(accepts_members(1, 257, "a"));
    assert_true(accepts_members(16, 125, "a"));
    assert_false(accepts_members(16, 126, "a"));
}

static void test_consent(void **state)
{
    smartmsg_events_t events;

    (void)state;
    good("{'event': 'consent', 'granted': true, 'page': '/'}", &events);
    assert_int_equal(events.events[0].kind, SMARTMSG_EVENT_CONSENT);
    assert_true(events.events[0].granted);
    smartmsg_events_free(&events);

    good("{'event': 'consent', 'granted': false}", &events);
    assert_false(events.events[0].granted);
    smartmsg_events_free(&events);

    bad("{'event': 'consent'}", ".granted", "is missing");
    bad("{'event': 'consent', 'granted': 1}", ".granted", "true or false");
    bad("{'event': 'consent', 'granted': 'yes'}", ".granted", "true or false");
    bad("{'event': 'consent', 'granted': true, 'rule': 'a'}", ".rule",
        "no member");
}

static void test_lengths(void **state)
{
    static const struct {
        const char *format;
        int longest;
    } fields[] = {
        {"{'event': 'view', 'page': '%s'}", 512},
        {"{'event': 'dismiss', 'rule': '%s'}", 64},
        {"{'event': 'dismiss', 'rule': 'a', 'variation': '%s'}", 64},
        {"{'event': 'order', 'value': 1, 'id': '%s'}", 64},
        {"{'event': 'track', 'name': '%s'}", 64},
        {"{'event': 'track', 'name': 'a', 'data': {'%s': 1}}", 64},
        {"{'event': 'identify', 'id': '%s'}", 128},
        {"{'event': 'answer', 'rule': 'a', 'fields': {}, 'consent': '%s'}",
         512},
    };

    (void)state;

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        char value[600];
        char event[800];
        char text[900];
        smartmsg_events_t events;
        smartmsg_error_t err;

        memset(value, 'a', sizeof(value));

        for (int more = 0; more <= 1; more++) {
            value[fields[i].longest + more] = '\0';
            (void)snprintf(event, sizeof(event), fields[i].format, value);
            (void)snprintf(text, sizeof(text), "{'events': [%s]}", event);
            assert_int_equal(parse(text, &events, &err), !more);
            smartmsg_events_free(&events);
            value[fields[i].longest] = 'a';
        }
    }
}

static void test_number_of_events(void **state)
{
    (void)state;

    for (int n = 32; n <= 33; n++) {
        char text[2000] = "{'events': [{'event': 'view'}";
        smartmsg_events_t events;
        smartmsg_error_t err;

        for (int i = 1; i < n; i++) {
            (void)strcat(text, ",{'event': 'view'}");
        }

        (void)strcat(text, "]}");
        assert_int_equal(parse(text, &events, &err), n == 32);
        assert_int_equal(events.n, n == 32 ? 32 : 0);
        smartmsg_events_free(&events);
    }
}

static void test_size(void **state)
{
    smartmsg_events_t events;
    smartmsg_error_t err;
    char text[SMARTMSG_EVENTS_BODY_MAX + 1];
    const char *batch = "{\"events\":[{\"event\":\"view\"}]}";

    (void)state;
    memset(text, ' ', sizeof(text));
    memcpy(text, batch, strlen(batch));

    assert_true(smartmsg_events_parse(smartmsg_str(text, sizeof(text) - 1),
                                      &events, &err));
    smartmsg_events_free(&events);
    assert_false(smartmsg_events_parse(smartmsg_str(text, sizeof(text)),
                                       &events, &err));
    assert_non_null(strstr(err.text, "too long"));
    assert_false(smartmsg_events_parse(smartmsg_str(NULL, 0), &events, NULL));
}

/* Brackets in strings, also behind escaped quotes, are no nesting. */
static void test_depth_of_strings(void **state)
{
    smartmsg_events_t events;

    (void)state;
    good("{'event': 'view', 'page': '/[[[[[[\\u0022[[[[[[\\\\'}", &events);
    smartmsg_events_free(&events);
    good("{'event': 'view', 'page': '\\\\\\u0022{{{{{{{{'}", &events);
    smartmsg_events_free(&events);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_impression),
        cmocka_unit_test(test_click_and_dismiss),
        cmocka_unit_test(test_cart_and_order),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_batch_errors),
        cmocka_unit_test(test_event_errors),
        cmocka_unit_test(test_amount_errors),
        cmocka_unit_test(test_claim),
        cmocka_unit_test(test_claim_errors),
        cmocka_unit_test(test_track),
        cmocka_unit_test(test_track_errors),
        cmocka_unit_test(test_identify),
        cmocka_unit_test(test_answer),
        cmocka_unit_test(test_limits_of_members),
        cmocka_unit_test(test_consent),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_number_of_events),
        cmocka_unit_test(test_size),
        cmocka_unit_test(test_depth_of_strings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
