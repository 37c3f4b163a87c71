#include "core/pack_inside.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/escape.h"
#include "core/members.h"
#include "core/sink.h"

#define SELECTOR_MAX 512

static bool read_optional(reader_t *r, const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    smartmsg_str_t text;

    return value == NULL
           || smartmsg_pack_text(r, name, value, SELECTOR_MAX, &text);
}

static bool check_expression(reader_t *r, const json_t *object,
                             const char *name)
{
    const json_t *value = json_object_get(object, name);

    return value == NULL
           || smartmsg_pack_regex(r, name,
                                  smartmsg_str(json_string_value(value),
                                               json_string_length(value)),
                                  false) != NULL;
}

/*
 * Where a text is: in an element (a selector, or an object with more about
 * it), or, if it may be there, in the page's address.
 */
static bool read_source(reader_t *r, const json_t *object, const char *name,
                        bool in_url)
{
    static const char *const element[] = {"select", "attr", "pattern", NULL};
    static const char *const address[] = {"url", NULL};
    const json_t *value = json_object_get(object, name);
    bool is_url = in_url && json_object_get(value, "url") != NULL;
    bool right;
    size_t former;

    if (value == NULL || json_is_string(value)) {
        return read_optional(r, object, name);
    }

    former = smartmsg_path_key(&r->path, name);
    right = smartmsg_members_check(value, "a place in the page",
                                   is_url ? address : element, &r->path, r->err)
            && read_optional(r, value, "select")
            && read_optional(r, value, "attr")
            && read_optional(r, value, "pattern")
            && read_optional(r, value, "url")
            && check_expression(r, value, "pattern")
            && check_expression(r, value, "url");

    if (right && !is_url && json_object_get(value, "select") == NULL) {
        return smartmsg_pack_wrong(r, "select", "is missing");
    }

    smartmsg_path_pop(&r->path, former);

    return right;
}

/*
 * Keeps an object as an escaped member: "name":{...}; without its pages, as
 * it has been decided which page it is before the browser sees it.
 */
static char *keep(reader_t *r, const char *name, json_t *object)
{
    json_t *copy = json_copy(object);

    /* without memory a copy may lack some members */
    bool cut = json_object_size(copy) == json_object_size(object)
               && (json_object_get(copy, "pages") == NULL
                   || json_object_del(copy, "pages") == 0);
    char *json = cut ? json_dumps(copy, JSON_COMPACT | JSON_ENSURE_ASCII)
                     : NULL;
    smartmsg_str_t text = {json, json != NULL ? strlen(json) : 0};
    size_t size = text.len == 0 ? 0 : smartmsg_escape_attribute(text, NULL);
    size_t head = strlen(name) + sizeof("&quot;&quot;:") - 1;
    char *out = json != NULL ? malloc(head + size + 1) : NULL;

    if (out == NULL) {
        smartmsg_error_no_memory(r->err);
    } else {
        (void)snprintf(out, head + 1, "&quot;%s&quot;:", name);
        (void)smartmsg_escape_attribute(text, out + head);
        out[head + size] = '\0';
    }

    free(json);
    json_decref(copy);

    return out;
}

static bool read_cart(reader_t *r, json_t *cart)
{
    static const char *const names[] = {"items", "value", "currency", NULL};
    size_t former;

    if (cart == NULL) {
        return true;
    }

    former = smartmsg_path_key(&r->path, "cart");

    if (!smartmsg_members_check(cart, "\"cart\"", names, &r->path, r->err)
        || !read_source(r, cart, "items", false)
        || !read_source(r, cart, "value", false)
        || !read_source(r, cart, "currency", false))
    {
        return false;
    }

    if (json_object_get(cart, "items") == NULL
        && json_object_get(cart, "value") == NULL)
    {
        return smartmsg_pack_wrong(r, NULL, "needs \"items\" or \"value\"");
    }

    smartmsg_path_pop(&r->path, former);
    r->pack->cart = keep(r, "cart", cart);

    return r->pack->cart != NULL;
}

/* Anybody can open the address of a confirmation: an element is the proof. */
static bool has_proof(const json_t *order)
{
    const json_t *id = json_object_get(order, "id");

    return json_object_get(order, "proof") != NULL
           || (id != NULL && json_object_get(id, "url") == NULL);
}

static bool read_order(reader_t *r, json_t *order)
{
    static const char *const names[] = {"pages", "proof", "id", "value",
                                        "currency", NULL};
    const json_t *pages = json_object_get(order, "pages");
    size_t former;

    if (order == NULL) {
        return true;
    }

    former = smartmsg_path_key(&r->path, "order");

    if (!smartmsg_members_check(order, "\"order\"", names, &r->path, r->err)
        || !smartmsg_pack_patterns(r, "pages", pages, false,
                                   &r->pack->order_pages)
        || !read_optional(r, order, "proof")
        || !read_source(r, order, "id", true)
        || !read_source(r, order, "value", false)
        || !read_source(r, order, "currency", false))
    {
        return false;
    }

    if (json_object_get(order, "id") == NULL) {
        return smartmsg_pack_wrong(r, "id", "is missing");
    }

    if (!has_proof(order)) {
        return smartmsg_pack_wrong(r, "proof", "is missing: an address alone "
                                   "proves no order");
    }

    smartmsg_path_pop(&r->path, former);
    r->pack->has_pages = pages != NULL;
    r->pack->order = keep(r, "order", order);

    return r->pack->order != NULL;
}

bool smartmsg_pack_read_browser(reader_t *r, json_t *object)
{
    static const char *const names[] = {"cart", "order", "jsonld", NULL};
    const json_t *jsonld = json_object_get(object, "jsonld");
    size_t former;

    if (object == NULL) {
        return true;
    }

    former = smartmsg_path_key(&r->path, "browser");

    if (!smartmsg_members_check(object, "\"browser\"", names, &r->path, r->err))
    {
        return false;
    }

    if (jsonld != NULL && !json_is_boolean(jsonld)) {
        return smartmsg_pack_wrong(r, "jsonld", "must be true or false");
    }

    r->pack->has_jsonld = jsonld != NULL;
    r->pack->jsonld = json_is_true(jsonld);

    if (!read_cart(r, json_object_get(object, "cart"))
        || !read_order(r, json_object_get(object, "order")))
    {
        return false;
    }

    smartmsg_path_pop(&r->path, former);

    return true;
}

static const smartmsg_pack_t *with_cart(const smartmsg_pack_t *pack)
{
    while (pack != NULL && pack->cart == NULL) {
        pack = pack->base;
    }

    return pack;
}

static const smartmsg_pack_t *with_order(const smartmsg_pack_t *pack)
{
    while (pack != NULL && pack->order == NULL) {
        pack = pack->base;
    }

    return pack;
}

static bool reads_jsonld(const smartmsg_pack_t *pack)
{
    while (pack != NULL && !pack->has_jsonld) {
        pack = pack->base;
    }

    return pack != NULL && pack->jsonld;
}

unsigned smartmsg_pack_browser_parts(const smartmsg_pack_t *pack,
    smartmsg_str_t type)
{
    const smartmsg_pack_t *order = with_order(pack);
    unsigned parts = 0;

    if (with_cart(pack) != NULL) {
        parts |= SMARTMSG_PACK_BROWSER_CART;
    }

    if (order != NULL ? !order->has_pages
                        || smartmsg_pack_fits(&order->order_pages, &type)
                      : reads_jsonld(pack))
    {
        parts |= SMARTMSG_PACK_BROWSER_ORDER;
    }

    return parts;
}

static void put_number(smartmsg_sink_t *sink, const char *name, double number)
{
    char buf[64];

    (void)snprintf(buf, sizeof(buf), "&quot;%s&quot;:%.15g", name, number);
    smartmsg_sink_puts(sink, buf);
}

static void put_known(smartmsg_sink_t *sink, const smartmsg_pack_cart_t *known)
{
    smartmsg_sink_puts(sink, ",&quot;known&quot;:{");

    if (known->has_items) {
        put_number(sink, "items", known->items);
    }

    if (known->has_value) {
        smartmsg_sink_puts(sink, known->has_items ? "," : "");
        put_number(sink, "value", known->value);
    }

    smartmsg_sink_puts(sink, "}");
}

size_t smartmsg_pack_browser(const smartmsg_pack_t *pack, unsigned parts,
    const smartmsg_pack_cart_t *known, char *out)
{
    smartmsg_sink_t sink = {out, 0};
    const smartmsg_pack_t *cart = with_cart(pack);
    const smartmsg_pack_t *order = with_order(pack);

    smartmsg_sink_puts(&sink, "{&quot;pack&quot;:{");
    smartmsg_sink_puts(&sink, "&quot;jsonld&quot;:");
    smartmsg_sink_puts(&sink, (parts & SMARTMSG_PACK_BROWSER_ORDER) != 0
                              && reads_jsonld(pack) ? "true" : "false");

    if ((parts & SMARTMSG_PACK_BROWSER_CART) != 0 && cart != NULL) {
        smartmsg_sink_puts(&sink, ",");
        smartmsg_sink_puts(&sink, cart->cart);
        put_known(&sink, known);
    }

    if ((parts & SMARTMSG_PACK_BROWSER_ORDER) != 0 && order != NULL) {
        smartmsg_sink_puts(&sink, ",");
        smartmsg_sink_puts(&sink, order->order);
    }

    smartmsg_sink_puts(&sink, "}}");

    return sink.len;
}
