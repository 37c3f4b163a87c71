#include "core/events_inside.h"

#include "core/flat.h"
#include "core/rule.h"

#define PAGE_MAX       512
#define VARIATION_MAX  64
#define ORDER_ID_MAX   64
#define ID_MAX         128
#define CONSENT_MAX    512
#define ACTION_MAX     99
#define MESSAGE_MAX    9999
#define AMOUNT_MAX     1e12

typedef smartmsg_event_reading_t reading_t;

static smartmsg_str_t json_str(const json_t *string)
{
    return smartmsg_str(json_string_value(string),
                        json_string_length(string));
}

static bool read_string(smartmsg_str_t *string, const json_t *value, size_t max)
{
    if (!json_is_string(value)) {
        return false;
    }

    *string = json_str(value);

    return string->len <= max && smartmsg_flat_text_valid(*string, max);
}

static bool read_amount(double *number, const json_t *value)
{
    if (!json_is_number(value)) {
        return false;
    }

    *number = json_number_value(value) + 0.0;   /* no negative zero */

    return *number >= 0 && *number <= AMOUNT_MAX;
}

static bool read_event(reading_t *in, const json_t *value)
{
    (void)in;
    (void)value;

    return true;    /* the kind has been read from it before */
}

static bool read_page(reading_t *in, const json_t *value)
{
    in->reason = "must be a text of at most 512 bytes";

    return read_string(&in->event->page, value, PAGE_MAX);
}

static bool read_rule(reading_t *in, const json_t *value)
{
    in->reason = "must be the name of a rule";

    return read_string(&in->event->rule, value, SMARTMSG_RULE_ID_MAX)
           && smartmsg_rule_id_valid(in->event->rule);
}

static bool read_variation(reading_t *in, const json_t *value)
{
    in->reason = "must be a text of at most 64 bytes";

    return read_string(&in->event->variation, value, VARIATION_MAX);
}

static bool read_on(reading_t *in, const json_t *value)
{
    in->reason = "must be the name of a trigger";
    in->event->has_on = json_is_string(value)
                    && smartmsg_trigger_find(json_str(value), &in->event->on);

    return in->event->has_on;
}

static bool read_action(reading_t *in, const json_t *value)
{
    json_int_t index = json_is_integer(value) ? json_integer_value(value) : -1;

    in->reason = "must be the index of an action";
    in->event->action = index >= 0 && index <= ACTION_MAX ? (int)index : -1;

    return in->event->action >= 0;
}

static bool read_claimed(reading_t *in, const json_t *value)
{
    in->reason = "must be true or false";
    in->event->claimed = json_is_true(value);

    return json_is_boolean(value);
}

static bool read_granted(reading_t *in, const json_t *value)
{
    in->reason = "must be true or false";
    in->event->granted = json_is_true(value);

    return json_is_boolean(value);
}

static bool read_message(reading_t *in, const json_t *value)
{
    json_int_t number = json_is_integer(value) ? json_integer_value(value) : -1;

    in->reason = "must be the number of a message";
    in->event->message = (size_t)number;

    return number >= 0 && number <= MESSAGE_MAX;
}

static bool read_op(reading_t *in, const json_t *value)
{
    static const smartmsg_str_t names[] = {
        [SMARTMSG_CART_SET] = {"set", 3},
        [SMARTMSG_CART_ADD] = {"add", 3},
        [SMARTMSG_CART_REMOVE] = {"remove", 6},
    };

    in->reason = "must be \"set\", \"add\" or \"remove\"";

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (json_is_string(value) && smartmsg_str_eq(json_str(value), names[i]))
        {
            in->event->op = (smartmsg_cart_op_e)i;
            return true;
        }
    }

    return false;
}

static bool read_value(reading_t *in, const json_t *value)
{
    in->reason = "must be a number, not negative";

    in->event->has_value = read_amount(&in->event->value, value);

    return in->event->has_value;
}

static bool read_items(reading_t *in, const json_t *value)
{
    in->reason = "must be a number, not negative";

    in->event->has_items = read_amount(&in->event->items, value);

    return in->event->has_items;
}

/* ISO 4217 */
static bool read_currency(reading_t *in, const json_t *value)
{
    in->reason = "must be three capital letters";

    if (!read_string(&in->event->currency, value, 3) || in->event->currency.len != 3) {
        return false;
    }

    for (size_t i = 0; i < 3; i++) {
        if (in->event->currency.data[i] < 'A' || in->event->currency.data[i] > 'Z') {
            return false;
        }
    }

    return true;
}

static bool read_order_id(reading_t *in, const json_t *value)
{
    in->reason = "must be a text of 1 to 64 bytes";

    return read_string(&in->event->order_id, value, ORDER_ID_MAX)
           && in->event->order_id.len > 0;
}

static bool read_name(reading_t *in, const json_t *value)
{
    in->reason = "must be a letter, then letters, digits, '_', '.' or '-', "
                 "at most 64";
    in->event->name = json_str(value);

    return json_is_string(value) && smartmsg_flat_name_valid(in->event->name);
}

static bool read_id(reading_t *in, const json_t *value)
{
    in->reason = "must be a text of 1 to 128 characters";
    in->event->id = json_str(value);

    return json_is_string(value) && in->event->id.len > 0
           && smartmsg_flat_text_valid(in->event->id, ID_MAX);
}

static bool read_consent(reading_t *in, const json_t *value)
{
    in->reason = "must be a text of at most 512 characters";
    in->event->consent = json_str(value);

    return json_is_string(value)
           && smartmsg_flat_text_valid(in->event->consent, CONSENT_MAX);
}

static bool read_flat(reading_t *in, const json_t *value)
{
    in->event->fields = value;

    return smartmsg_flat_check(value, in->path, &in->reason);
}

static const smartmsg_event_member_t impression_members[] = {
    {"event", true, read_event},
    {"page", false, read_page},
    {"rule", true, read_rule},
    {"variation", false, read_variation},
    {"on", false, read_on},
    {"claimed", false, read_claimed},
    {NULL, false, NULL},
};

static const smartmsg_event_member_t claim_members[] = {
    {"event", true, read_event},
    {"page", false, read_page},
    {"rule", true, read_rule},
    {"variation", false, read_variation},
    {"message", false, read_message},
    {NULL, false, NULL},
};

static const smartmsg_event_member_t click_members[] = {
    {"event", true, read_event},
    {"page", false, read_page},
    {"rule", true, read_rule},
    {"variation", false, read_variation},
    {"action", false, read_action},
    {NULL, false, NULL},
};

static const smartmsg_event_member_t dismiss_members[] = {
    {"event", true, read_event},
    {"page", false, read_page},
    {"rule", true, read_rule},
    {"variation", false, read_variation},
    {NULL, false, NULL},
};

static const smartmsg_event_member_t view_members[] = {
    {"event", true, read_event},
    {"page", false, read_page},
    {NULL, false, NULL},
};

static const smartmsg_event_member_t cart_members[] = {
    {"event", true, read_event},
    {"page", false, read_page},
    {"op", true, read_op},
    {"value", false, read_value},
    {"items", false, read_items},
    {"currency", false, read_currency},
    {NULL, false, NULL},
};

static const smartmsg_event_member_t order_members[] = {
    {"event", true, read_event},
    {"page", false, read_page},
    {"id", true, read_order_id},
    {"value", true, read_value},
    {"currency", false, read_currency},
    {NULL, false, NULL},
};

static const smartmsg_event_member_t track_members[] = {
    {"event", true, read_event},
    {"page", false, read_page},
    {"name", true, read_name},
    {"data", false, read_flat},
    {NULL, false, NULL},
};

static const smartmsg_event_member_t identify_members[] = {
    {"event", true, read_event},
    {"page", false, read_page},
    {"id", true, read_id},
    {"traits", false, read_flat},
    {NULL, false, NULL},
};

static const smartmsg_event_member_t answer_members[] = {
    {"event", true, read_event},
    {"page", false, read_page},
    {"rule", true, read_rule},
    {"variation", false, read_variation},
    {"fields", true, read_flat},
    {"consent", false, read_consent},
    {NULL, false, NULL},
};

static const smartmsg_event_member_t consent_members[] = {
    {"event", true, read_event},
    {"page", false, read_page},
    {"granted", true, read_granted},
    {NULL, false, NULL},
};

const smartmsg_event_kind_t smartmsg_event_kinds[SMARTMSG_EVENT_KINDS] = {
    [SMARTMSG_EVENT_IMPRESSION] = {{"impression", 10}, impression_members},
    [SMARTMSG_EVENT_CLICK] = {{"click", 5}, click_members},
    [SMARTMSG_EVENT_DISMISS] = {{"dismiss", 7}, dismiss_members},
    [SMARTMSG_EVENT_VIEW] = {{"view", 4}, view_members},
    [SMARTMSG_EVENT_CART] = {{"cart", 4}, cart_members},
    [SMARTMSG_EVENT_ORDER] = {{"order", 5}, order_members},
    [SMARTMSG_EVENT_CLAIM] = {{"claim", 5}, claim_members},
    [SMARTMSG_EVENT_TRACK] = {{"track", 5}, track_members},
    [SMARTMSG_EVENT_IDENTIFY] = {{"identify", 8}, identify_members},
    [SMARTMSG_EVENT_ANSWER] = {{"answer", 6}, answer_members},
    [SMARTMSG_EVENT_CONSENT] = {{"consent", 7}, consent_members},
};
