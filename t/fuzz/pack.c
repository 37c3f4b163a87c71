/*
 * Any bytes as a pack and as the response of a shop: the pack is refused with a
 * reason, or everything that a request does with a pack works.  The two are
 * parted by a NUL.
 */

#include <stdint.h>
#include <stdlib.h>

#include "core/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

/* A text with a NUL behind it is no proof of reading too far: copy it. */
static smartmsg_str_t copy(const uint8_t *data, size_t size)
{
    char *bytes = malloc(size > 0 ? size : 1);

    require(bytes != NULL);

    if (size > 0) {
        memcpy(bytes, data, size);
    }

    return smartmsg_str(bytes, size);
}

static smartmsg_pack_t *find(void *data, smartmsg_str_t name,
                             smartmsg_error_t *err)
{
    static const char base[] = "{\"pages\":[{\"type\":\"b\",\"path\":\"/b\"}],"
                               "\"browser\":{\"jsonld\":true}}";

    (void)data;
    (void)name;

    return smartmsg_pack_parse(smartmsg_str(base, sizeof(base) - 1), NULL, NULL,
                               err);
}

/* Everything is there, and is the body itself. */
static bool get(void *data, smartmsg_str_t name, smartmsg_str_t *value)
{
    (void)name;
    *value = *(smartmsg_str_t *)data;

    return value->len % 2 == 0;
}

static void use_events(const smartmsg_pack_t *pack,
                       const smartmsg_pack_request_t *request,
                       smartmsg_str_t body)
{
    const smartmsg_pack_event_t *events[SMARTMSG_PACK_EVENTS_MAX];
    size_t n = smartmsg_pack_events(pack, request, events);
    json_t *json = smartmsg_pack_body_parse(body);

    require(n <= SMARTMSG_PACK_EVENTS_MAX);
    require(n == 0 || smartmsg_pack_watches(pack, request->method,
                                            request->args.len > 0));

    for (size_t i = 0; i < n && json != NULL; i++) {
        smartmsg_pack_facts_t facts;

        if (smartmsg_pack_event_read(events[i], json, &facts)) {
            require(facts.id_len <= sizeof(facts.id));
            require(!facts.has_value || facts.value >= 0);
            require(!facts.has_items || facts.items >= 0);
        }
    }

    json_decref(json);
}

static void use(const smartmsg_pack_t *pack, smartmsg_str_t body)
{
    static const char *const paths[] = {"/", "/b", "/cart/", "/checkout/x"};
    smartmsg_pack_cart_t cart = {0};

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        smartmsg_pack_request_t request = {
            .method = 1u << i, .status = 200, .document = i % 2 == 0,
            .path = smartmsg_str(paths[i], strlen(paths[i])), .args = body,
            .data = &body, .cookie = get, .header = get, .set_cookie = get};
        smartmsg_str_t type = SMARTMSG_STR("");
        unsigned parts;
        size_t len;
        char *out;

        (void)smartmsg_pack_ignores(pack, &request);
        (void)smartmsg_pack_page_type(pack, &request, &type);
        smartmsg_pack_cart(pack, &request, &cart);
        use_events(pack, &request, body);

        parts = smartmsg_pack_browser_parts(pack, type);
        len = smartmsg_pack_browser(pack, parts, &cart, NULL);
        out = malloc(len);
        require(out != NULL);
        require(smartmsg_pack_browser(pack, parts, &cart, out) == len);

        for (size_t k = 0; k < len; k++) {
            require(out[k] >= 0x20 && out[k] < 0x7f && out[k] != '"'
                    && out[k] != '<');
        }

        free(out);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size > 0 ? memchr(data, '\0', size) : NULL;
    size_t len = end != NULL ? (size_t)(end - data) : size;
    smartmsg_str_t text = copy(data, len);
    smartmsg_str_t body = end != NULL ? copy(end + 1, size - len - 1)
                                      : copy(data, 0);
    smartmsg_error_t err;
    smartmsg_pack_t *pack = smartmsg_pack_parse(text, find, NULL, &err);

    if (pack != NULL) {
        use(pack, body);
    } else {
        require(err.text[0] != '\0');
        require(err.path[0] == '\0' || err.line > 0);
    }

    smartmsg_pack_free(pack);
    free((char *)text.data);
    free((char *)body.data);

    return 0;
}
