
#include "http/ngx_smartmsg_session.h"

#include "core/click.h"
#include "core/number.h"
#include "core/query.h"
#include "core/search.h"


#define NGX_SMARTMSG_ENTRY_SIZE  256    /* bytes of entry page and referrer */
#define NGX_SMARTMSG_UTM_SIZE    128


static void ngx_smartmsg_view_write(ngx_smartmsg_ctx_t *ctx);
static void ngx_smartmsg_session_begin(ngx_smartmsg_ctx_t *ctx);
static void ngx_smartmsg_session_set(ngx_smartmsg_ctx_t *ctx,
    const char *name, const char *value, size_t len);
static ngx_uint_t ngx_smartmsg_referrer_is_own(ngx_http_request_t *r,
    ngx_str_t *referer);
static void ngx_smartmsg_session_referrer(ngx_smartmsg_ctx_t *ctx);
static void ngx_smartmsg_session_click(ngx_smartmsg_ctx_t *ctx);
static void ngx_smartmsg_session_before(ngx_smartmsg_ctx_t *ctx);
static ngx_int_t ngx_smartmsg_session_field(ngx_smartmsg_fields_t *fields,
    const char *name, double *number);


/* argument of the address, field of the session */

static const char  *ngx_smartmsg_utm[][2] = {
    { "utm_source", "utm.source" },
    { "utm_medium", "utm.medium" },
    { "utm_campaign", "utm.campaign" },
    { "utm_term", "utm.term" },
    { "utm_content", "utm.content" }
};


ngx_int_t
ngx_smartmsg_session_get(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    ngx_str_t *value)
{
    ngx_uint_t             i;
    ngx_smartmsg_field_t  *field;

    if (!ngx_smartmsg_session_is_new(ctx)) {
        return ngx_smartmsg_fields_get(ctx->session, name->data, name->len,
                                       value);
    }

    ngx_smartmsg_session_begin(ctx);

    field = ctx->entry;

    for (i = 0; i < ctx->nentry; i++) {

        if (field[i].name.len == name->len
            && ngx_memcmp(field[i].name.data, name->data, name->len) == 0)
        {
            *value = field[i].value;
            return NGX_OK;
        }
    }

    /* an event may have come before the first page view: a cart, say */

    return ngx_smartmsg_fields_get(ctx->session, name->data, name->len,
                                   value);
}


double
ngx_smartmsg_session_number(ngx_smartmsg_ctx_t *ctx, const char *name)
{
    double  number;

    if (ngx_smartmsg_session_field(ctx->session, name, &number) != NGX_OK) {
        return 0;
    }

    return number;
}


double
ngx_smartmsg_session_views(ngx_smartmsg_ctx_t *ctx)
{
    return (ctx->again && ctx->views >= 1) ? ctx->views : ctx->views + 1;
}


ngx_uint_t
ngx_smartmsg_visits(ngx_smartmsg_ctx_t *ctx)
{
    double  visits;

    if (ngx_smartmsg_session_field(ctx->profile, "visits", &visits) != NGX_OK
        || visits < 1)
    {
        return 1;
    }

    /* the visit that begins now is added to Redis by the view */

    return (ngx_uint_t) visits + (ngx_smartmsg_session_is_new(ctx) ? 1 : 0);
}


ngx_uint_t
ngx_smartmsg_session_is_new(ngx_smartmsg_ctx_t *ctx)
{
    return ctx->views < 1;
}


void
ngx_smartmsg_view(ngx_smartmsg_ctx_t *ctx)
{
    if (!ctx->page || !ctx->ready || ctx->failed || ctx->viewed || ctx->preview
        || ctx->consent.anonymous
        || !ngx_smartmsg_site_ready(ctx->site))
    {
        return;
    }

    ngx_smartmsg_view_write(ctx);
}


void
ngx_smartmsg_view_unread(ngx_smartmsg_ctx_t *ctx)
{
    if (!ctx->page || ctx->viewed || ctx->prefetch || ctx->read == NULL
        || ctx->preview
        || !ngx_smartmsg_site_ready(ctx->site))
    {
        return;
    }

    ngx_smartmsg_view_write(ctx);
}


static void
ngx_smartmsg_view_write(ngx_smartmsg_ctx_t *ctx)
{
    ngx_str_t                   mark, last;
    ngx_uint_t                  new;
    ngx_smartmsg_srv_conf_t    *scf;
    ngx_smartmsg_store_view_t   view;

    ctx->viewed = 1;

    new = ngx_smartmsg_session_is_new(ctx);

    if (ctx->prefetch && !new) {
        return;
    }

    scf = ngx_http_get_module_srv_conf(ctx->request, ngx_smartmsg_module);

    ngx_memzero(&view, sizeof(ngx_smartmsg_store_view_t));

    view.visitor.data = ctx->visitor;
    view.visitor.len = SMARTMSG_VISITOR_ID_LEN;
    view.now = ngx_time();
    view.visitor_ttl = scf->cookie->max_age;
    view.minted = ctx->minted;
    view.prefetch = ctx->prefetch;

    /* what is not known to be new must not be overwritten */

    view.fresh = (ctx->ready && new);
    view.known = (ctx->ready && !view.fresh
                  && ngx_smartmsg_fields_get(ctx->session, (u_char *) "new",
                                             sizeof("new") - 1, &mark)
                     != NGX_OK);

    if (view.known
        && ngx_smartmsg_fields_get(ctx->session, (u_char *) "last",
                                   sizeof("last") - 1, &last)
           == NGX_OK)
    {
        view.last = ngx_atotm(last.data, last.len);
    }

    if (view.fresh) {
        ngx_smartmsg_session_begin(ctx);
        view.fields = ctx->entry;
        view.nfields = ctx->nentry;
    }

    (void) ngx_smartmsg_store_view(ctx->site->store, &view);
}


/* what the entry page tells: where it is, where from, which campaign */

static void
ngx_smartmsg_session_begin(ngx_smartmsg_ctx_t *ctx)
{
    char                 buf[NGX_SMARTMSG_ENTRY_SIZE];
    size_t               len;
    ngx_str_t            path;
    ngx_uint_t           i;
    ngx_http_request_t  *r;

    if (ctx->entry) {
        return;
    }

    r = ctx->request;

    ctx->entry = ngx_palloc(r->pool, NGX_SMARTMSG_VIEW_FIELDS
                                     * sizeof(ngx_smartmsg_field_t));
    if (ctx->entry == NULL) {
        return;
    }

    if (ngx_smartmsg_page_path(r, &path) == NGX_OK) {
        len = smartmsg_query_clean(ngx_smartmsg_str(&path), buf, sizeof(buf));
        ngx_smartmsg_session_set(ctx, "entry", buf, len);
    }

    ngx_smartmsg_session_referrer(ctx);
    ngx_smartmsg_session_click(ctx);
    ngx_smartmsg_session_before(ctx);

    for (i = 0; i < sizeof(ngx_smartmsg_utm) / sizeof(*ngx_smartmsg_utm); i++)
    {
        if (smartmsg_query_get(ngx_smartmsg_str(&r->args),
                               smartmsg_str(ngx_smartmsg_utm[i][0],
                                            ngx_strlen(ngx_smartmsg_utm[i][0])),
                               buf, NGX_SMARTMSG_UTM_SIZE, &len))
        {
            ngx_smartmsg_session_set(ctx, ngx_smartmsg_utm[i][1], buf, len);
        }
    }
}


static void
ngx_smartmsg_session_set(ngx_smartmsg_ctx_t *ctx, const char *name,
    const char *value, size_t len)
{
    u_char                *p;
    ngx_smartmsg_field_t  *field;

    if (len == 0) {
        return;
    }

    p = ngx_pnalloc(ctx->request->pool, len);
    if (p == NULL) {
        return;
    }

    ngx_memcpy(p, value, len);

    field = &ctx->entry[ctx->nentry++];

    field->name.data = (u_char *) name;
    field->name.len = ngx_strlen(name);
    field->value.data = p;
    field->value.len = len;
}


size_t
ngx_smartmsg_foreign_referrer(ngx_smartmsg_ctx_t *ctx,
    char host[SMARTMSG_HOST_MAX])
{
    size_t               len;
    ngx_http_request_t  *r;

    r = ctx->request;

    if (ngx_smartmsg_referrer_is_own(r, &ctx->headers.referer)) {
        return 0;
    }

    len = smartmsg_referrer_host(ngx_smartmsg_str(&ctx->headers.referer),
                                 host, SMARTMSG_HOST_MAX);

    if (len == r->headers_in.server.len
        && ngx_strncmp(host, r->headers_in.server.data, len) == 0)
    {
        return 0;
    }

    return len;
}


/*
 * Most pages are led to by another one of the shop: that is seen at once, in
 * the form that browsers write it.  All else is read carefully.
 */

static ngx_uint_t
ngx_smartmsg_referrer_is_own(ngx_http_request_t *r, ngx_str_t *referer)
{
    u_char     *p, *last;
    ngx_str_t  *server;

    server = &r->headers_in.server;
    p = referer->data;
    last = p + referer->len;

    if (referer->len < sizeof("https://") - 1 + server->len || server->len == 0
        || ngx_memcmp(p, "http", sizeof("http") - 1) != 0)
    {
        return 0;
    }

    p += sizeof("http") - 1;
    p += (*p == 's');

    if (ngx_memcmp(p, "://", sizeof("://") - 1) != 0) {
        return 0;
    }

    p += sizeof("://") - 1;

    if (ngx_memcmp(p, server->data, server->len) != 0) {
        return 0;
    }

    p += server->len;

    if (p < last && *p == ':') {
        do { p++; } while (p < last && *p >= '0' && *p <= '9');
    }

    return (p == last || *p == '/');
}


/*
 * A page of the shop itself is no referrer: the session had only expired.
 * What another site has put behind the "?" is none of our business, but for
 * the words that a search engine hands on.
 */

static void
ngx_smartmsg_session_referrer(ngx_smartmsg_ctx_t *ctx)
{
    char             host[SMARTMSG_HOST_MAX];
    char             buf[NGX_SMARTMSG_ENTRY_SIZE];
    size_t           len;
    u_char          *p, *last;
    ngx_str_t        page;
    smartmsg_str_t   referer;

    len = ngx_smartmsg_foreign_referrer(ctx, host);
    if (len == 0) {
        return;
    }

    referer = ngx_smartmsg_str(&ctx->headers.referer);

    if (smartmsg_search_term(smartmsg_str(host, len), referer, buf,
                             NGX_SMARTMSG_TERM_SIZE, &len))
    {
        ngx_smartmsg_session_set(ctx, "referrer.term", buf, len);
    }

    page = ctx->headers.referer;
    last = page.data + page.len;

    p = ngx_strlchr(page.data, last, '?');
    if (p) {
        page.len = p - page.data;
    }

    len = smartmsg_query_clean(ngx_smartmsg_str(&page), buf, sizeof(buf));

    ngx_smartmsg_session_set(ctx, "referrer", buf, len);
}


static void
ngx_smartmsg_session_click(ngx_smartmsg_ctx_t *ctx)
{
    char            buf[NGX_SMARTMSG_CLICK_SIZE];
    size_t          len;
    smartmsg_str_t  source;

    if (smartmsg_click_find(ngx_smartmsg_str(&ctx->request->args), &source,
                            buf, sizeof(buf), &len))
    {
        ngx_smartmsg_session_set(ctx, "click.id", buf, len);
        ngx_smartmsg_session_set(ctx, "click.source", source.data,
                                 source.len);
    }
}


/* when the visit before this one began: the visitor's hash forgets it now */

static void
ngx_smartmsg_session_before(ngx_smartmsg_ctx_t *ctx)
{
    ngx_str_t  last;

    if (ngx_smartmsg_fields_get(ctx->profile, (u_char *) "last",
                                sizeof("last") - 1, &last)
        == NGX_OK)
    {
        ngx_smartmsg_session_set(ctx, "before", (char *) last.data, last.len);
    }
}


static ngx_int_t
ngx_smartmsg_session_field(ngx_smartmsg_fields_t *fields, const char *name,
    double *number)
{
    ngx_str_t  value;

    if (ngx_smartmsg_fields_get(fields, (u_char *) name, ngx_strlen(name),
                                &value)
        != NGX_OK)
    {
        return NGX_DECLINED;
    }

    return smartmsg_number_parse(ngx_smartmsg_str(&value), number)
           ? NGX_OK : NGX_DECLINED;
}


ngx_int_t
ngx_smartmsg_page_path(ngx_http_request_t *r, ngx_str_t *path)
{
    size_t   len;
    u_char  *p, *src, *dst;

    p = memchr(r->unparsed_uri.data, '?', r->unparsed_uri.len);

    len = p ? (size_t) (p - r->unparsed_uri.data) : r->unparsed_uri.len;

    path->data = r->unparsed_uri.data;
    path->len = len;

    if (memchr(path->data, '%', len) == NULL) {
        return NGX_OK;
    }

    dst = ngx_pnalloc(r->pool, len + 1);
    if (dst == NULL) {
        return NGX_ERROR;
    }

    path->data = dst;
    src = r->unparsed_uri.data;

    ngx_unescape_uri(&dst, &src, len, 0);

    path->len = dst - path->data;

    return NGX_OK;
}


double
ngx_smartmsg_rule_number(ngx_smartmsg_fields_t *fields, const char *kind,
    smartmsg_str_t rule)
{
    u_char     buf[sizeof("dismissed:") + SMARTMSG_RULE_ID_MAX];
    u_char    *last;
    double     number;
    ngx_str_t  value;

    if (rule.len > SMARTMSG_RULE_ID_MAX) {
        return 0;
    }

    last = ngx_slprintf(buf, buf + sizeof(buf), "%s%*s", kind, rule.len,
                        rule.data);

    if (ngx_smartmsg_fields_get(fields, buf, last - buf, &value) != NGX_OK
        || !smartmsg_number_parse(ngx_smartmsg_str(&value), &number))
    {
        return 0;
    }

    return number;
}


void
ngx_smartmsg_request_language(ngx_smartmsg_headers_t *h, ngx_str_t *language)
{
    ngx_smartmsg_first_language(&h->accept_language, language);
}


void
ngx_smartmsg_first_language(ngx_str_t *list, ngx_str_t *language)
{
    size_t  i;

    *language = *list;

    for (i = 0; i < language->len; i++) {
        if (language->data[i] == ',' || language->data[i] == ';'
            || language->data[i] == ' ')
        {
            break;
        }
    }

    language->len = i;
}
