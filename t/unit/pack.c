/*
 * Shop packs: what is refused and how it is told, and what is recognised.
 */

#include "support.h"

#include "core/pack.h"

static smartmsg_pack_t *find(void *data, smartmsg_str_t name,
                             smartmsg_error_t *err)
{
    const char *text = data;

    if (!smartmsg_str_eq(name, SMARTMSG_STR("base"))) {
        smartmsg_error_set(err, NULL, "no such pack");
        return NULL;
    }

    return smartmsg_pack_parse(smartmsg_str(text, strlen(text)), NULL, NULL,
                               err);
}

/* ' stands for " */
static smartmsg_pack_t *parse(const char *text, const char *base,
                              smartmsg_error_t *err)
{
    static char own[4096];
    static char other[4096];

    assert_true(strlen(text) < sizeof(own));

    for (size_t i = 0; i <= strlen(text); i++) {
        own[i] = text[i] == '\'' ? '"' : text[i];
    }

    for (size_t i = 0; i <= strlen(base); i++) {
        other[i] = base[i] == '\'' ? '"' : base[i];
    }

    return smartmsg_pack_parse(smartmsg_str(own, strlen(own)), find, other,
                               err);
}

static void bad(const char *text, const char *path, const char *reason)
{
    smartmsg_error_t err;

    assert_null(parse(text, "{}", &err));

    if (strcmp(err.path, path) != 0 || strstr(err.text, reason) == NULL) {
        fail_msg("%s: \"%s\" \"%s\"", text, err.path, err.text);
    }

    assert_true(path[0] == '\0' || (err.line == 1 && err.column > 0));
}

static smartmsg_pack_t *good(const char *text, const char *base)
{
    smartmsg_error_t err;
    smartmsg_pack_t *pack = parse(text, base, &err);

    if (pack == NULL) {
        fail_msg("%s: %s: %s", text, err.path, err.text);
    }

    return pack;
}

/* data of a request: "name=value" */
static bool get(void *data, smartmsg_str_t name, smartmsg_str_t *value)
{
    const char *pair = data;

    if (pair == NULL || strlen(pair) <= name.len || pair[name.len] != '='
        || memcmp(pair, name.data, name.len) != 0)
    {
        return false;
    }

    *value = smartmsg_str(pair + name.len + 1, strlen(pair) - name.len - 1);

    return true;
}

static smartmsg_pack_request_t request(const char *path, const char *args)
{
    return (smartmsg_pack_request_t){
        .method = SMARTMSG_METHOD_GET,
        .path = smartmsg_str(path, strlen(path)),
        .args = smartmsg_str(args, strlen(args)),
        .status = 200,
        .cookie = get,
        .header = get,
        .set_cookie = get,
    };
}

static void type_is(const smartmsg_pack_t *pack, const char *path,
                    const char *args, const char *expected)
{
    smartmsg_pack_request_t r = request(path, args);
    smartmsg_str_t type = SMARTMSG_STR("");
    bool found = smartmsg_pack_page_type(pack, &r, &type);

    assert_int_equal(found, expected[0] != '\0');
    assert_str(type, expected);
}

static void test_refused(void **state)
{
    (void)state;
    bad("", "", "");
    bad("[]", "", "must be an object");
    bad("{'pages': {}}", "pages", "must be a list");
    bad("{'page': []}", "page", "is \"pages\" meant?");
    bad("{'extends': 'Base'}", "extends", "name of a pack");
    bad("{'extends': 'other'}", "extends", "no such pack");
    bad("{'pages': [{'type': 'a'}]}", "pages[0]", "\"path\" or \"args\"");
    bad("{'pages': [{'type': 'A b', 'path': '/'}]}", "pages[0].type", "word");
    bad("{'pages': [{'type': 'a', 'path': 'cart'}]}", "pages[0].path",
        "begin with");
    bad("{'pages': [{'type': 'a', 'path': '~('}]}", "pages[0].path",
        "parenthes");
    bad("{'pages': [{'type': 'a', 'path': []}]}", "pages[0].path", "1 to 32");
    bad("{'pages': [{'type': 'a', 'path': 1}]}", "pages[0].path", "a text");
    bad("{'pages': [{'type': 'a', 'args': {}}]}", "pages[0].args", "object");
    bad("{'pages': [{'type': 'a', 'args': {'b': 1}}]}", "pages[0].args.b",
        "true");
    bad("{'ignore': [{'path': '/', 'method': 'GET'}]}", "ignore[0].method",
        "no such member");
    bad("{'cart': {'cookies': [{'name': 'a', 'means': 'much'}]}}",
        "cart.cookies[0].means", "\"filled\"");
    bad("{'cart': {'cookies': [{'name': 'a', 'means': 'items', "
        "'value': '1'}]}}", "cart.cookies[0].value", "filled");
    bad("{'description': 1}", "description", "text");
}

static void test_refused_events(void **state)
{
    (void)state;
    bad("{'events': [{'event': 'view', 'path': '/'}]}", "events[0].event",
        "no name");
    bad("{'events': [{'event': 'a-b', 'path': '/'}]}", "events[0].event",
        "no name");
    bad("{'events': [{'event': 'a', 'path': '/', 'method': 'HEAD'}]}",
        "events[0].method", "GET");
    bad("{'events': [{'event': 'a', 'path': '/', 'status': 100}]}",
        "events[0].status", "200");
    bad("{'events': [{'event': 'a', 'path': '/', 'status': '9xx'}]}",
        "events[0].status", "200");
    bad("{'events': [{'event': 'order', 'path': '/'}]}", "events[0].id",
        "order_placed");
    bad("{'events': [{'event': 'a', 'path': '/', 'id': 'x'}]}",
        "events[0].id", "order");
    bad("{'events': [{'event': 'cart', 'path': '/'}]}", "events[0]", "items");
    bad("{'events': [{'event': 'a', 'path': '/', 'value': 'x'}]}",
        "events[0].value", "cart");
    bad("{'events': [{'event': 'order', 'id': 'a', 'path': '/', "
        "'minor': 'x'}]}", "events[0].minor", "value");
    bad("{'events': [{'event': 'a', 'path': '/', 'document': 1}]}",
        "events[0].document", "true");
}

static void test_refused_browser(void **state)
{
    (void)state;
    bad("{'browser': {'cart': {}}}", "browser.cart", "items");
    bad("{'browser': {'cart': {'items': {'attr': 'x'}}}}",
        "browser.cart.items.select", "missing");
    bad("{'browser': {'cart': {'items': {'select': 'a', 'pattern': '('}}}}",
        "browser.cart.items.pattern", "parenthes");
    bad("{'browser': {'cart': {'value': {'url': 'x'}}}}",
        "browser.cart.value.url", "no such member");
    bad("{'browser': {'order': {}}}", "browser.order.id", "missing");
    bad("{'browser': {'order': {'id': {'url': '(\\\\d+)'}}}}",
        "browser.order.proof", "address alone");
    bad("{'browser': {'jsonld': 1}}", "browser.jsonld", "true");
}

static void test_limits(void **state)
{
    smartmsg_error_t err;
    static char text[SMARTMSG_PACK_TEXT_MAX + 2];

    (void)state;
    memset(text, ' ', sizeof(text));
    assert_null(smartmsg_pack_parse(smartmsg_str(text, sizeof(text)), NULL,
                                    NULL, &err));
    assert_non_null(strstr(err.text, "longer than"));

    memset(text, '[', 100);
    assert_null(smartmsg_pack_parse(smartmsg_str(text, 100), NULL, NULL,
                                    &err));
    assert_non_null(strstr(err.text, "deeper"));
}

static void test_pages(void **state)
{
    smartmsg_pack_t *pack = good(
        "{'pages': [{'type': 'cart', 'path': ['/cart', '/basket/*']},"
        "{'type': 'item', 'path': '~*^/ITEM/\\\\d+$'},"
        "{'type': 'done', 'args': {'route': 'check/done', 'x': false}},"
        "{'type': 'any', 'args': {'any': true}}]}", "{}");

    (void)state;
    type_is(pack, "/cart", "", "cart");
    type_is(pack, "/cart/", "a=b", "cart");
    type_is(pack, "/cart/x", "", "");
    type_is(pack, "/basket/x", "", "cart");
    type_is(pack, "/basket", "", "");
    type_is(pack, "/item/12", "", "item");
    type_is(pack, "/", "route=check%2Fdone", "done");
    type_is(pack, "/", "route=check/done&x=1", "");
    type_is(pack, "/", "any", "any");
    type_is(pack, "/", "", "");
    smartmsg_pack_free(pack);
}

static void test_base(void **state)
{
    smartmsg_pack_t *pack = good(
        "{'extends': 'base', 'pages': [{'type': 'mine', 'path': '/cart'}],"
        "'browser': {'cart': {'items': '.n'}}}",
        "{'pages': [{'type': 'cart', 'path': '/cart'},"
        "{'type': 'home', 'path': '/'}], 'ignore': [{'path': '/admin/*'}],"
        "'events': [{'event': 'a', 'args': {'x': true}, 'method': 'POST'}],"
        "'browser': {'jsonld': true, 'cart': {'items': '.base'}}}");
    smartmsg_pack_request_t r = request("/admin/x", "");
    smartmsg_pack_cart_t known = {.has_items = true, .items = 2};
    char out[256];
    size_t len;

    (void)state;
    type_is(pack, "/cart", "", "mine");
    type_is(pack, "/", "", "home");
    assert_true(smartmsg_pack_ignores(pack, &r));
    assert_true(smartmsg_pack_watches(pack, SMARTMSG_METHOD_POST, true));
    assert_false(smartmsg_pack_watches(pack, SMARTMSG_METHOD_POST, false));
    assert_false(smartmsg_pack_watches(pack, SMARTMSG_METHOD_GET, true));

    len = smartmsg_pack_browser(pack, 3, &known, out);
    assert_str(smartmsg_str(out, len), "{&quot;pack&quot;:{&quot;jsonld&quot;"
               ":true,&quot;cart&quot;:{&quot;items&quot;:&quot;.n&quot;},"
               "&quot;known&quot;:{&quot;items&quot;:2}}}");
    assert_int_equal(smartmsg_pack_browser(pack, 3, &known, NULL), len);
    smartmsg_pack_free(pack);
}

static void cart_is(const smartmsg_pack_t *pack, const char *cookie,
                    const char *expected)
{
    smartmsg_pack_request_t r = request("/", "");
    smartmsg_pack_cart_t cart;
    char text[64];

    r.data = (void *)cookie;
    smartmsg_pack_cart(pack, &r, &cart);
    (void)snprintf(text, sizeof(text), "%d %g %g", cart.filled,
                   cart.has_items ? cart.items : -1,
                   cart.has_value ? cart.value : -1);
    assert_string_equal(text, expected);
}

static void test_cookies(void **state)
{
    smartmsg_pack_t *pack = good("{'cart': {'cookies': [{'name': 'has', "
                                 "'means': 'filled'}]}}", "{}");

    (void)state;
    cart_is(pack, NULL, "0 0 0");
    cart_is(pack, "has=", "0 0 0");
    cart_is(pack, "has=0", "0 0 0");
    cart_is(pack, "has=7", "1 -1 -1");
    smartmsg_pack_free(pack);

    pack = good("{'cart': {'cookies': [{'name': 'has', 'means': 'filled', "
                "'value': '~(^|,)cart-filled'}]}}", "{}");
    cart_is(pack, "has=logged-in,cart-filled", "1 -1 -1");
    cart_is(pack, "has=logged-in", "0 0 0");
    smartmsg_pack_free(pack);

    pack = good("{'cart': {'cookies': [{'name': 'n', 'means': 'items'},"
                "{'name': 'v', 'means': 'value'}]}}", "{}");
    cart_is(pack, "n=3", "0 3 -1");
    cart_is(pack, "v=9.5", "0 -1 9.5");
    cart_is(pack, "n=-3", "0 -1 -1");
    cart_is(pack, "n=many", "0 -1 -1");
    cart_is(pack, NULL, "0 -1 -1");
    smartmsg_pack_free(pack);
}

static void test_events(void **state)
{
    const smartmsg_pack_event_t *events[SMARTMSG_PACK_EVENTS_MAX];
    smartmsg_pack_request_t r = request("/x", "");
    smartmsg_pack_t *pack = good(
        "{'events': [{'event': 'a', 'path': '/x', 'status': [207, '3xx'], "
        "'location': '~done$'}, {'event': 'a', 'path': '/x'},"
        "{'event': 'b', 'path': '/x', 'document': true},"
        "{'event': 'c', 'path': '/x', 'set_cookies': {'k': '~^1'}},"
        "{'event': 'd', 'path': '/x', 'headers': {'h': false}}]}", "{}");

    (void)state;
    assert_int_equal(smartmsg_pack_events(pack, &r, events), 2);
    assert_str(smartmsg_pack_event_name(events[0]), "a");
    assert_str(smartmsg_pack_event_name(events[1]), "d");

    r.document = true;
    r.data = (void *)"k=1";
    assert_int_equal(smartmsg_pack_events(pack, &r, events), 4);

    r.data = (void *)"location=/done";
    r.status = 302;
    assert_int_equal(smartmsg_pack_events(pack, &r, events), 3);

    r.status = 404;
    assert_int_equal(smartmsg_pack_events(pack, &r, events), 0);
    smartmsg_pack_free(pack);
}

/* Does the body confirm the only event of the pack? */
static bool reads(const char *event, const char *body,
                  smartmsg_pack_facts_t *facts)
{
    const smartmsg_pack_event_t *events[SMARTMSG_PACK_EVENTS_MAX];
    smartmsg_pack_request_t r = request("/x", "");
    char text[1024];
    smartmsg_pack_t *pack;
    json_t *json;
    bool result;

    (void)snprintf(text, sizeof(text), "{'events': [%s]}", event);
    pack = good(text, "{}");
    assert_int_equal(smartmsg_pack_events(pack, &r, events), 1);
    assert_true(smartmsg_pack_event_wants_body(events[0]));
    json = smartmsg_pack_body_parse(smartmsg_str(body, strlen(body)));
    result = json != NULL && smartmsg_pack_event_read(events[0], json, facts);
    json_decref(json);
    smartmsg_pack_free(pack);

    return result;
}

static void test_bodies(void **state)
{
    static const char order[] = "{'event': 'order', 'path': '/x', "
        "'id': 'list.1.no', 'value': 'sum', 'minor': 'digits', "
        "'currency': 'cur'}";
    static const char plain[] = "{'event': 'a', 'path': '/x', "
        "'json': {'ok': 'true', 'error': false, 'n': '~^[1-9]'}}";
    smartmsg_pack_facts_t facts;

    (void)state;
    assert_true(reads(order, "{\"list\":[{},{\"no\":17}],\"sum\":\"1234\","
                      "\"digits\":2,\"cur\":\"EUR\"}", &facts));
    assert_str(smartmsg_str(facts.id, facts.id_len), "17");
    assert_true(facts.has_value && facts.value > 12.33 && facts.value < 12.35);
    assert_string_equal(facts.currency, "EUR");

    assert_true(reads(order, "{\"list\":[0,{\"no\":\"A\"}],\"sum\":-1,"
                      "\"cur\":\"eur\"}", &facts));
    assert_false(facts.has_value);
    assert_string_equal(facts.currency, "");
    assert_false(reads(order, "{\"list\":[0]}", &facts));
    assert_false(reads(order, "{\"list\":[0,{\"no\":\"\"}]}", &facts));
    assert_false(reads(order, "{\"list\":[0,{\"no\":\"a\\nb\"}]}", &facts));
    assert_false(reads(order, "{\"list\":{\"1\":{\"no\":null}}}", &facts));

    assert_true(reads(plain, "{\"ok\":true,\"n\":3}", &facts));
    assert_true(reads(plain, "{\"ok\":\"true\",\"n\":1.5,\"error\":null}",
                      &facts));
    assert_false(reads(plain, "{\"ok\":true,\"n\":3,\"error\":{}}", &facts));
    assert_false(reads(plain, "{\"ok\":false,\"n\":3}", &facts));
    assert_false(reads(plain, "{\"ok\":true}", &facts));
    assert_false(reads(plain, "", &facts));
    assert_false(reads(plain, "[", &facts));
    assert_false(reads(plain, "\"text\"", &facts));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_refused_events),
        cmocka_unit_test(test_refused_browser),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_base),
        cmocka_unit_test(test_cookies),
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_bodies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
