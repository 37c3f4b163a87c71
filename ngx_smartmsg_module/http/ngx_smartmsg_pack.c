
#include "http/ngx_smartmsg_pack.h"
#include "http/ngx_smartmsg_facts.h"
#include "http/ngx_smartmsg_session.h"

#include "core/number.h"


struct ngx_smartmsg_pack_conf_s {
    smartmsg_pack_t  *pack;
    ngx_str_t         base;     /* without a slash at its end */
};


static char *ngx_smartmsg_shop_load(ngx_conf_t *cf,
    ngx_smartmsg_pack_conf_t *conf, ngx_str_t *name);
static void ngx_smartmsg_pack_cleanup(void *data);
static ngx_uint_t ngx_smartmsg_pack_below(ngx_str_t *path, ngx_str_t *base);
static unsigned ngx_smartmsg_pack_method(ngx_http_request_t *r);
static bool ngx_smartmsg_pack_cookie(void *data, smartmsg_str_t name,
    smartmsg_str_t *value);
static bool ngx_smartmsg_pack_header(void *data, smartmsg_str_t name,
    smartmsg_str_t *value);
static bool ngx_smartmsg_pack_set_cookie(void *data, smartmsg_str_t name,
    smartmsg_str_t *value);
static smartmsg_pack_t *ngx_smartmsg_pack_of(ngx_http_request_t *r);
static unsigned ngx_smartmsg_pack_parts(ngx_smartmsg_ctx_t *ctx);
static void ngx_smartmsg_pack_known(ngx_smartmsg_ctx_t *ctx,
    smartmsg_pack_cart_t *cart);
static bool ngx_smartmsg_pack_number(ngx_smartmsg_ctx_t *ctx,
    const char *name, double *number);


/*
 * smartmsg_shop NAME | /path/own.json | off [base=PATH]
 */

char *
ngx_smartmsg_shop_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_smartmsg_loc_conf_t  *lcf = conf;

    ngx_str_t                 *value, *base;
    ngx_smartmsg_pack_conf_t  *pcf;

    if (lcf->pack != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (value[1].len == 3 && ngx_strncmp(value[1].data, "off", 3) == 0
        && cf->args->nelts == 2)
    {
        lcf->pack = NULL;
        return NGX_CONF_OK;
    }

    pcf = ngx_pcalloc(cf->pool, sizeof(ngx_smartmsg_pack_conf_t));
    if (pcf == NULL) {
        return NGX_CONF_ERROR;
    }

    if (cf->args->nelts == 3) {

        if (ngx_strncmp(value[2].data, "base=/", 6) != 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\" of smartmsg_shop, "
                               "only \"base=/path\" is known", &value[2]);
            return NGX_CONF_ERROR;
        }

        base = &pcf->base;

        base->data = value[2].data + sizeof("base=") - 1;
        base->len = value[2].len - (sizeof("base=") - 1);

        while (base->len && base->data[base->len - 1] == '/') {
            base->len--;
        }
    }

    lcf->pack = pcf;

    return ngx_smartmsg_shop_load(cf, pcf, &value[1]);
}


static char *
ngx_smartmsg_shop_load(ngx_conf_t *cf, ngx_smartmsg_pack_conf_t *conf,
    ngx_str_t *name)
{
    u_char              *p;
    ngx_str_t            file;
    smartmsg_error_t     err;
    ngx_pool_cleanup_t  *cln;

    file = *name;

    if (name->data[0] != '/') {

        if (!smartmsg_pack_name_valid(ngx_smartmsg_str(name))) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "smartmsg_shop \"%V\": must be the name of a "
                               "pack, or the path of a file, which begins "
                               "with \"/\"", name);
            return NGX_CONF_ERROR;
        }

        file.len = sizeof(NGX_SMARTMSG_SHOPS "/.json") - 1 + name->len;

        p = ngx_pnalloc(cf->pool, file.len + 1);
        if (p == NULL) {
            return NGX_CONF_ERROR;
        }

        file.data = p;

        ngx_sprintf(p, NGX_SMARTMSG_SHOPS "/%V.json%Z", name);
    }

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        return NGX_CONF_ERROR;
    }

    conf->pack = smartmsg_pack_load((char *) file.data, NGX_SMARTMSG_SHOPS,
                                    &err);

    if (conf->pack == NULL) {

        if (err.line) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "smartmsg_shop: %s:%d:%d: %s",
                               err.path, err.line, err.column, err.text);
        } else {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "smartmsg_shop: %s: %s",
                               err.path, err.text);
        }

        return NGX_CONF_ERROR;
    }

    cln->handler = ngx_smartmsg_pack_cleanup;
    cln->data = conf->pack;

    return NGX_CONF_OK;
}


static void
ngx_smartmsg_pack_cleanup(void *data)
{
    smartmsg_pack_free(data);
}


ngx_int_t
ngx_smartmsg_pack_request(ngx_http_request_t *r,
    smartmsg_pack_request_t *request)
{
    ngx_str_t                  path;
    ngx_smartmsg_loc_conf_t   *lcf;
    ngx_smartmsg_pack_conf_t  *pcf;

    lcf = ngx_http_get_module_loc_conf(r, ngx_smartmsg_module);
    pcf = lcf->pack;

    if (pcf == NULL || ngx_smartmsg_page_path(r, &path) != NGX_OK
        || !ngx_smartmsg_pack_below(&path, &pcf->base))
    {
        return NGX_DECLINED;
    }

    path.data += pcf->base.len;
    path.len -= pcf->base.len;

    if (path.len == 0) {
        ngx_str_set(&path, "/");
    }

    ngx_memzero(request, sizeof(smartmsg_pack_request_t));

    request->method = ngx_smartmsg_pack_method(r);
    request->path = ngx_smartmsg_str(&path);
    request->args = ngx_smartmsg_str(&r->args);
    request->status = r->headers_out.status;
    request->data = r;
    request->cookie = ngx_smartmsg_pack_cookie;
    request->header = ngx_smartmsg_pack_header;
    request->set_cookie = ngx_smartmsg_pack_set_cookie;

    return NGX_OK;
}


static ngx_uint_t
ngx_smartmsg_pack_below(ngx_str_t *path, ngx_str_t *base)
{
    if (base->len == 0) {
        return 1;
    }

    return (path->len >= base->len
            && ngx_strncmp(path->data, base->data, base->len) == 0
            && (path->len == base->len || path->data[base->len] == '/'));
}


static unsigned
ngx_smartmsg_pack_method(ngx_http_request_t *r)
{
    switch (r->method) {

    case NGX_HTTP_GET:
        return SMARTMSG_METHOD_GET;

    case NGX_HTTP_POST:
        return SMARTMSG_METHOD_POST;

    case NGX_HTTP_PUT:
        return SMARTMSG_METHOD_PUT;

    case NGX_HTTP_PATCH:
        return SMARTMSG_METHOD_PATCH;

    case NGX_HTTP_DELETE:
        return SMARTMSG_METHOD_DELETE;

    default:
        return 0;
    }
}


static bool
ngx_smartmsg_pack_cookie(void *data, smartmsg_str_t name,
    smartmsg_str_t *value)
{
    ngx_http_request_t *r = data;

    ngx_table_elt_t      *header;
    ngx_smartmsg_iter_t   iter;

    static ngx_str_t  cookie = ngx_string("cookie");

    ngx_smartmsg_iter_init(&iter, &r->headers_in.headers);

    while ((header = ngx_smartmsg_iter_next(&iter)) != NULL) {

        if (ngx_smartmsg_header_is(header, &cookie)
            && smartmsg_cookie_find(ngx_smartmsg_str(&header->value), name,
                                    value))
        {
            return true;
        }
    }

    return false;
}


static bool
ngx_smartmsg_pack_header(void *data, smartmsg_str_t name,
    smartmsg_str_t *value)
{
    ngx_http_request_t *r = data;

    ngx_table_elt_t      *header;
    ngx_smartmsg_iter_t   iter;

    /* nginx does not keep this one in the list */

    if (smartmsg_str_case_eq(name, SMARTMSG_STR("content-type"))) {
        *value = ngx_smartmsg_str(&r->headers_out.content_type);
        return value->len > 0;
    }

    ngx_smartmsg_iter_init(&iter, &r->headers_out.headers);

    while ((header = ngx_smartmsg_iter_next(&iter)) != NULL) {

        if (header->hash
            && smartmsg_str_case_eq(ngx_smartmsg_str(&header->key), name))
        {
            *value = ngx_smartmsg_str(&header->value);
            return true;
        }
    }

    return false;
}


/* of several cookies of one name the last one is what the browser keeps */

static bool
ngx_smartmsg_pack_set_cookie(void *data, smartmsg_str_t name,
    smartmsg_str_t *value)
{
    ngx_http_request_t *r = data;

    u_char               *p, *last;
    bool                  found;
    ngx_table_elt_t      *header;
    ngx_smartmsg_iter_t   iter;

    static ngx_str_t  set_cookie = ngx_string("set-cookie");

    found = false;

    ngx_smartmsg_iter_init(&iter, &r->headers_out.headers);

    while ((header = ngx_smartmsg_iter_next(&iter)) != NULL) {

        if (!header->hash || !ngx_smartmsg_header_is(header, &set_cookie)
            || header->value.len <= name.len
            || header->value.data[name.len] != '='
            || ngx_memcmp(header->value.data, name.data, name.len) != 0)
        {
            continue;
        }

        p = header->value.data + name.len + 1;
        last = header->value.data + header->value.len;

        *value = smartmsg_str((char *) p, last - p);

        p = ngx_strlchr(p, last, ';');
        if (p) {
            value->len = (char *) p - value->data;
        }

        found = true;
    }

    return found;
}


static smartmsg_pack_t *
ngx_smartmsg_pack_of(ngx_http_request_t *r)
{
    ngx_smartmsg_loc_conf_t  *lcf;

    lcf = ngx_http_get_module_loc_conf(r, ngx_smartmsg_module);

    return lcf->pack ? lcf->pack->pack : NULL;
}


ngx_uint_t
ngx_smartmsg_pack_watches(ngx_http_request_t *r)
{
    smartmsg_pack_t  *pack;

    pack = ngx_smartmsg_pack_of(r);

    return (pack != NULL
            && smartmsg_pack_watches(pack, ngx_smartmsg_pack_method(r),
                                     r->args.len > 0));
}


size_t
ngx_smartmsg_pack_events(ngx_http_request_t *r,
    smartmsg_pack_request_t *request, const smartmsg_pack_event_t **events)
{
    return smartmsg_pack_events(ngx_smartmsg_pack_of(r), request, events);
}


ngx_uint_t
ngx_smartmsg_pack_ignores(ngx_http_request_t *r)
{
    smartmsg_pack_request_t  request;

    return (ngx_smartmsg_pack_request(r, &request) == NGX_OK
            && smartmsg_pack_ignores(ngx_smartmsg_pack_of(r), &request));
}


ngx_int_t
ngx_smartmsg_page_type(ngx_http_request_t *r, ngx_str_t *type)
{
    smartmsg_str_t            name;
    ngx_smartmsg_loc_conf_t  *lcf;
    smartmsg_pack_request_t   request;

    lcf = ngx_http_get_module_loc_conf(r, ngx_smartmsg_module);

    if (lcf->page && ngx_http_complex_value(r, lcf->page, type) == NGX_OK
        && type->len)
    {
        return NGX_OK;
    }

    if (ngx_smartmsg_pack_request(r, &request) != NGX_OK
        || !smartmsg_pack_page_type(lcf->pack->pack, &request, &name))
    {
        return NGX_DECLINED;
    }

    type->data = (u_char *) name.data;
    type->len = name.len;

    return NGX_OK;
}


/*
 * A cookie may only say that the cart is not empty: then what was tracked is
 * believed, if it says so, too.
 */

ngx_int_t
ngx_smartmsg_pack_fact(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    double                    tracked;
    ngx_uint_t                items;
    smartmsg_pack_cart_t      cart;
    smartmsg_pack_request_t   request;

    items = (name->len == sizeof("cart.items") - 1
             && ngx_strncmp(name->data, "cart.items", name->len) == 0);

    if (!items
        && (name->len != sizeof("cart.value") - 1
            || ngx_strncmp(name->data, "cart.value", name->len) != 0))
    {
        return NGX_DECLINED;
    }

    if (ngx_smartmsg_pack_request(ctx->request, &request) != NGX_OK) {
        return NGX_DECLINED;
    }

    smartmsg_pack_cart(ngx_smartmsg_pack_of(ctx->request), &request, &cart);

    if (items ? cart.has_items : cart.has_value) {
        *value = smartmsg_value_number(items ? cart.items : cart.value);
        return NGX_OK;
    }

    if (items && cart.filled
        && (!ngx_smartmsg_pack_number(ctx, "cart.items", &tracked)
            || tracked < 1))
    {
        *value = smartmsg_value_number(1);
        return NGX_OK;
    }

    return NGX_DECLINED;
}


static bool
ngx_smartmsg_pack_number(ngx_smartmsg_ctx_t *ctx, const char *name,
    double *number)
{
    ngx_str_t  field, text;

    field.data = (u_char *) name;
    field.len = ngx_strlen(name);

    return (ngx_smartmsg_session_get(ctx, &field, &text) == NGX_OK
            && smartmsg_number_parse(ngx_smartmsg_str(&text), number));
}


/* the cart only if a rule asks for it, the order on its page */

static unsigned
ngx_smartmsg_pack_parts(ngx_smartmsg_ctx_t *ctx)
{
    unsigned          parts;
    ngx_str_t         type;
    smartmsg_pack_t  *pack;

    pack = ngx_smartmsg_pack_of(ctx->request);

    if (pack == NULL || ctx->consent.anonymous) {
        return 0;
    }

    if (ngx_smartmsg_page_type(ctx->request, &type) != NGX_OK) {
        ngx_str_null(&type);
    }

    parts = smartmsg_pack_browser_parts(pack, ngx_smartmsg_str(&type));

    if (!smartmsg_ruleset_uses_cart(ctx->rules)) {
        parts &= ~SMARTMSG_PACK_BROWSER_CART;
    }

    return parts;
}


ngx_uint_t
ngx_smartmsg_pack_wants_script(ngx_smartmsg_ctx_t *ctx)
{
    return (ngx_smartmsg_pack_parts(ctx) & SMARTMSG_PACK_BROWSER_ORDER) != 0;
}


ngx_int_t
ngx_smartmsg_pack_snippet(ngx_smartmsg_ctx_t *ctx, ngx_str_t *json)
{
    unsigned               parts;
    smartmsg_pack_t       *pack;
    smartmsg_pack_cart_t   known;

    ngx_str_null(json);

    parts = ngx_smartmsg_pack_parts(ctx);

    if (parts == 0) {
        return NGX_OK;
    }

    pack = ngx_smartmsg_pack_of(ctx->request);

    ngx_smartmsg_pack_known(ctx, &known);

    json->len = smartmsg_pack_browser(pack, parts, &known, NULL);

    json->data = ngx_pnalloc(ctx->request->pool, json->len);
    if (json->data == NULL) {
        return NGX_ERROR;
    }

    (void) smartmsg_pack_browser(pack, parts, &known, (char *) json->data);

    return NGX_OK;
}


/* what the browser need not report */

static void
ngx_smartmsg_pack_known(ngx_smartmsg_ctx_t *ctx, smartmsg_pack_cart_t *cart)
{
    ngx_memzero(cart, sizeof(smartmsg_pack_cart_t));

    cart->has_items = ngx_smartmsg_pack_number(ctx, "cart.items",
                                               &cart->items);
    cart->has_value = ngx_smartmsg_pack_number(ctx, "cart.value",
                                               &cart->value);
}
