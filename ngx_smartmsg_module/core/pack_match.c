#include "core/pack_inside.h"

#include "core/number.h"
#include "core/query.h"

#define ARGUMENT_MAX 512

static bool begins_with(smartmsg_str_t text, smartmsg_str_t beginning)
{
    return text.len >= beginning.len
           && (beginning.len == 0
               || memcmp(text.data, beginning.data, beginning.len) == 0);
}

static bool fits_one(const pattern_t *pattern, const smartmsg_str_t *text)
{
    if (text == NULL) {
        return pattern->kind == PATTERN_ABSENT;
    }

    switch (pattern->kind) {
    case PATTERN_EXACT:
        return smartmsg_str_eq(*text, pattern->text);
    case PATTERN_PREFIX:
        return begins_with(*text, pattern->text);
    case PATTERN_REGEX:
        return smartmsg_regex_match(pattern->regex, *text);
    case PATTERN_PRESENT:
        return true;
    default:
        return false;
    }
}

bool smartmsg_pack_fits(const test_t *test, const smartmsg_str_t *text)
{
    for (size_t i = 0; i < test->n; i++) {
        if (fits_one(&test->patterns[i], text)) {
            return true;
        }
    }

    return false;
}

/* A slash at the end makes no difference: shops redirect one to the other. */
static smartmsg_str_t without_slash(smartmsg_str_t path)
{
    if (path.len > 1 && path.data[path.len - 1] == '/') {
        path.len--;
    }

    return path;
}

static bool fits_path(const test_t *test, smartmsg_str_t path)
{
    for (size_t i = 0; i < test->n; i++) {
        const pattern_t *pattern = &test->patterns[i];

        if (pattern->kind == PATTERN_EXACT
            ? smartmsg_str_eq(without_slash(path), without_slash(pattern->text))
            : fits_one(pattern, &path))
        {
            return true;
        }
    }

    return test->n == 0;
}

static bool fits_args(const tests_t *tests, smartmsg_str_t args)
{
    char buf[ARGUMENT_MAX];

    for (size_t i = 0; i < tests->n; i++) {
        smartmsg_str_t value = {buf, 0};
        bool found = smartmsg_query_get(args, tests->tests[i].name, buf,
                                        sizeof(buf), &value.len);

        if (!smartmsg_pack_fits(&tests->tests[i], found ? &value : NULL)) {
            return false;
        }
    }

    return true;
}

static bool fits_named(const tests_t *tests, void *data,
                       bool (*get)(void *data, smartmsg_str_t name,
                                   smartmsg_str_t *value))
{
    for (size_t i = 0; i < tests->n; i++) {
        smartmsg_str_t value = SMARTMSG_STR("");
        bool found = get(data, tests->tests[i].name, &value);

        if (!smartmsg_pack_fits(&tests->tests[i], found ? &value : NULL)) {
            return false;
        }
    }

    return true;
}

static bool fits_where(const where_t *where,
                       const smartmsg_pack_request_t *request)
{
    return (where->methods & request->method) != 0
           && fits_path(&where->path, request->path)
           && fits_args(&where->args, request->args)
           && fits_named(&where->cookies, request->data, request->cookie);
}

bool smartmsg_pack_ignores(const smartmsg_pack_t *pack,
    const smartmsg_pack_request_t *request)
{
    for (; pack != NULL; pack = pack->base) {
        for (size_t i = 0; i < pack->n_ignored; i++) {
            if (fits_where(&pack->ignored[i], request)) {
                return true;
            }
        }
    }

    return false;
}

bool smartmsg_pack_page_type(const smartmsg_pack_t *pack,
    const smartmsg_pack_request_t *request, smartmsg_str_t *type)
{
    for (; pack != NULL; pack = pack->base) {
        for (size_t i = 0; i < pack->n_pages; i++) {
            if (fits_where(&pack->pages[i].where, request)) {
                *type = pack->pages[i].type;
                return true;
            }
        }
    }

    return false;
}

/* A cookie that says "filled" as a shop says "no": without, empty, or 0. */
static bool is_filled(const cookie_t *cookie, const smartmsg_str_t *value)
{
    if (cookie->value.n > 0) {
        return smartmsg_pack_fits(&cookie->value, value);
    }

    return value != NULL && value->len > 0
           && !smartmsg_str_eq(*value, SMARTMSG_STR("0"));
}

static void take_cookie(const cookie_t *cookie, const smartmsg_str_t *value,
                        smartmsg_pack_cart_t *cart)
{
    double number;

    if (cookie->means == MEANS_FILLED) {
        cart->has_filled = true;
        cart->filled = cart->filled || is_filled(cookie, value);
        return;
    }

    if (value == NULL || !smartmsg_number_parse(*value, &number)
        || number < 0) {
        return;
    }

    if (cookie->means == MEANS_ITEMS) {
        cart->has_items = true;
        cart->items = number;
    } else {
        cart->has_value = true;
        cart->value = number;
    }
}

void smartmsg_pack_cart(const smartmsg_pack_t *pack,
    const smartmsg_pack_request_t *request, smartmsg_pack_cart_t *cart)
{
    memset(cart, 0, sizeof(*cart));

    /* own cookies take the place of the base's */
    while (pack != NULL && pack->n_cookies == 0) {
        pack = pack->base;
    }

    for (size_t i = 0; pack != NULL && i < pack->n_cookies; i++) {
        const cookie_t *cookie = &pack->cookies[i];
        smartmsg_str_t value = SMARTMSG_STR("");
        bool found = request->cookie(request->data, cookie->value.name, &value);

        take_cookie(cookie, found ? &value : NULL, cart);
    }

    if (cart->has_filled && !cart->filled) {
        cart->has_items = cart->has_value = true;
        cart->items = cart->value = 0;
    }
}

bool smartmsg_pack_watches(const smartmsg_pack_t *pack, unsigned method,
    bool args)
{
    return (pack->watched[args] & method) != 0;
}

static bool fits_status(const smartmsg_pack_event_t *event, int status)
{
    for (size_t i = 0; i < event->n_status; i++) {
        if (status >= event->status[i].from && status <= event->status[i].to) {
            return true;
        }
    }

    return false;
}

static bool fits_event(const smartmsg_pack_event_t *event,
                       const smartmsg_pack_request_t *request)
{
    return fits_status(event, request->status)
           && (!event->document || request->document)
           && fits_where(&event->where, request)
           && fits_named(&event->headers, request->data, request->header)
           && fits_named(&event->set_cookies, request->data,
                         request->set_cookie);
}

/*
 * Of events with the same name the first one counts; where the body decides,
 * another one may be right after all.
 */
static bool is_known(const smartmsg_pack_event_t *event,
                     const smartmsg_pack_event_t *const *events, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (smartmsg_str_eq(event->name, events[i]->name)
            && !smartmsg_pack_event_wants_body(events[i]))
        {
            return true;
        }
    }

    return false;
}

size_t smartmsg_pack_events(const smartmsg_pack_t *pack,
    const smartmsg_pack_request_t *request,
    const smartmsg_pack_event_t *events[SMARTMSG_PACK_EVENTS_MAX])
{
    size_t n = 0;

    for (; pack != NULL; pack = pack->base) {
        for (size_t i = 0; i < pack->n_events; i++) {
            const smartmsg_pack_event_t *event = &pack->events[i];

            if (n < SMARTMSG_PACK_EVENTS_MAX && fits_event(event, request)
                && !is_known(event, events, n))
            {
                events[n++] = event;
            }
        }
    }

    return n;
}
