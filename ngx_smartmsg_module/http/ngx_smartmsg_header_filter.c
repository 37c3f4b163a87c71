
#include "http/ngx_smartmsg.h"
#include "http/ngx_smartmsg_consent.h"
#include "http/ngx_smartmsg_preview.h"
#include "http/ngx_smartmsg_session.h"
#include "http/ngx_smartmsg_track.h"


/* larger files are not read at once */

#define NGX_SMARTMSG_MAX_FILE  (4 * 1024 * 1024)


static ngx_int_t ngx_smartmsg_header_filter(ngx_http_request_t *r);
static ngx_int_t ngx_smartmsg_header_page(ngx_smartmsg_ctx_t *ctx);
static ngx_int_t ngx_smartmsg_header_neutral(ngx_smartmsg_ctx_t *ctx);
static ngx_smartmsg_status_e ngx_smartmsg_page_refusal(
    ngx_smartmsg_ctx_t *ctx);
static ngx_uint_t ngx_smartmsg_is_wide(ngx_str_t *type);
static ngx_uint_t ngx_smartmsg_is_usual(ngx_str_t *type);
static ngx_uint_t ngx_smartmsg_is_attachment(ngx_http_request_t *r);
static ngx_uint_t ngx_smartmsg_is_gzip(ngx_table_elt_t *encoding);
static ngx_int_t ngx_smartmsg_prepare(ngx_smartmsg_ctx_t *ctx);
static ngx_uint_t ngx_smartmsg_is_file(ngx_http_request_t *r);
static ngx_uint_t ngx_smartmsg_is_deferrable(ngx_smartmsg_ctx_t *ctx);

#if (NGX_HTTP_CACHE)
static ngx_uint_t ngx_smartmsg_is_small(ngx_http_request_t *r);
#endif

static ngx_int_t ngx_smartmsg_prepare_header(ngx_smartmsg_ctx_t *ctx);
static void ngx_smartmsg_clear_digests(ngx_http_request_t *r);


/* of bytes that will not be sent as they came, RFC 9530 and its forerunners */

static ngx_str_t  ngx_smartmsg_digests[] = {
    ngx_string("content-digest"),
    ngx_string("repr-digest"),
    ngx_string("digest"),
    ngx_string("content-md5"),
    ngx_null_string
};


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;


void
ngx_smartmsg_header_filter_init(void)
{
    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_smartmsg_header_filter;
}


static ngx_int_t
ngx_smartmsg_header_filter(ngx_http_request_t *r)
{
    ngx_smartmsg_ctx_t       *ctx;
    ngx_smartmsg_loc_conf_t  *lcf;

    if (r != r->main) {
        return ngx_http_next_header_filter(r);
    }

    lcf = ngx_http_get_module_loc_conf(r, ngx_smartmsg_module);

    if (lcf->enable && (lcf->tracks || lcf->pack)) {
        ngx_smartmsg_track(r, lcf);
    }

    ctx = (lcf->mode == NGX_SMARTMSG_MODE_FETCH)
          ? ngx_smartmsg_fetch_response(r) : ngx_smartmsg_get_ctx(r);

    if (ctx == NULL) {
        return ngx_http_next_header_filter(r);
    }

    ngx_http_set_ctx(r, ctx, ngx_smartmsg_module);

    if (ctx->asked) {
        return (ngx_smartmsg_answer_header(ctx) == NGX_OK)
               ? ngx_http_next_header_filter(r) : NGX_ERROR;
    }

    /* an error page may take the place of a response that was prepared */

    ngx_smartmsg_body_drop(ctx);

    ctx->inflate = NULL;
    ctx->deferred = 0;
    ctx->added = 0;

    if (!lcf->enable
        || (ctx->neutral && lcf->mode != NGX_SMARTMSG_MODE_FETCH))
    {
        ctx->status = NGX_SMARTMSG_OFF;
        ctx->off = 1;
    }

    if (!ctx->off
        && (ctx->neutral ? ngx_smartmsg_header_neutral(ctx)
                         : ngx_smartmsg_header_page(ctx)) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ctx->deferred) {
        return NGX_OK;
    }

    return ngx_http_next_header_filter(r);
}


/*
 * The header that was kept back: if the page was put together meanwhile its
 * length is known, if it stays as it is its header does, too.
 */

ngx_int_t
ngx_smartmsg_send_header(ngx_smartmsg_ctx_t *ctx)
{
    off_t                length;
    ngx_http_request_t  *r;

    r = ctx->request;

    ctx->deferred = 0;

    if (ctx->added || ctx->body != NGX_SMARTMSG_BODY_PASS) {

        length = -1;

        if (ctx->added && r->headers_out.content_length_n > 0) {
            length = r->headers_out.content_length_n + ctx->added;
        }

        if (ngx_smartmsg_prepare_header(ctx) != NGX_OK) {
            return NGX_ERROR;
        }

        r->headers_out.content_length_n = length;
    }

    return ngx_http_next_header_filter(r);
}


static ngx_int_t
ngx_smartmsg_header_page(ngx_smartmsg_ctx_t *ctx)
{
    ngx_int_t              rc;
    ngx_smartmsg_status_e  status;

    status = ngx_smartmsg_page_refusal(ctx);

    if (status == NGX_SMARTMSG_NOT_HTML) {
        ctx->status = status;
        ctx->decided = 1;
        return NGX_OK;
    }

    /* it is a page, so it is a page view, whether or not it gets a message */

    ctx->page = 1;

    rc = ngx_smartmsg_send_id(ctx);

    if (rc == NGX_OK) {
        rc = ngx_smartmsg_make_private(ctx->request);
    }

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (ctx->preview && ngx_smartmsg_preview_headers(ctx->request) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_smartmsg_read_poll(ctx);
    ngx_smartmsg_decide(ctx);
    ngx_smartmsg_view(ctx);

    if (status != NGX_SMARTMSG_NONE) {
        ctx->status = status;
        ctx->decided = 1;
        return NGX_OK;
    }

    if (ctx->decided && !ngx_smartmsg_wants_snippet(ctx)) {
        return NGX_OK;
    }

    return ngx_smartmsg_prepare(ctx);
}


/*
 * Fetch mode: every page gets the script, nothing is decided.  HEAD and "not
 * modified" tell of the same page.
 */

static ngx_int_t
ngx_smartmsg_header_neutral(ngx_smartmsg_ctx_t *ctx)
{
    ngx_http_request_t  *r;

    r = ctx->request;

    ctx->decided = 1;

    if (r->headers_out.status == NGX_HTTP_NOT_MODIFIED && ctx->tagged) {
        ctx->status = NGX_SMARTMSG_NOT_HTML;
        return ngx_smartmsg_prepare_header(ctx);
    }

    ctx->status = ngx_smartmsg_page_refusal(ctx);

    if (ctx->status != NGX_SMARTMSG_NONE) {
        return NGX_OK;
    }

    if (r->method == NGX_HTTP_HEAD) {
        ctx->status = NGX_SMARTMSG_NOT_DOCUMENT;
        return ngx_smartmsg_prepare_header(ctx);
    }

    ctx->status = NGX_SMARTMSG_FETCH;

    return ngx_smartmsg_prepare(ctx);
}


/*
 * Fragments, downloads and error pages are no page views.  Whether a text/html
 * response is a document at all is seen later, in its body.
 */

static ngx_smartmsg_status_e
ngx_smartmsg_page_refusal(ngx_smartmsg_ctx_t *ctx)
{
    ngx_table_elt_t     *encoding;
    ngx_http_request_t  *r;

    r = ctx->request;

    if (r->headers_out.status != NGX_HTTP_OK
        || r->header_only
        || r->headers_out.content_length_n == 0
        || !ngx_smartmsg_is_html(r)
        || ngx_smartmsg_is_attachment(r))
    {
        return NGX_SMARTMSG_NOT_HTML;
    }

    encoding = r->headers_out.content_encoding;

    if (encoding && encoding->hash && encoding->value.len
        && !ngx_smartmsg_is_gzip(encoding))
    {
        return NGX_SMARTMSG_ENCODED;
    }

    if (ngx_smartmsg_is_wide(&r->headers_out.content_type)
        || ngx_smartmsg_is_wide(&r->headers_out.charset))
    {
        return NGX_SMARTMSG_UNSAFE;
    }

    return ngx_smartmsg_csp_headers(ctx) == NGX_OK ? NGX_SMARTMSG_NONE
                                                   : NGX_SMARTMSG_CSP;
}


/* application/xhtml+xml is XML: another language, and no templates */

ngx_uint_t
ngx_smartmsg_is_html(ngx_http_request_t *r)
{
    size_t      len;
    ngx_str_t  *type;

    len = sizeof("text/html") - 1;
    type = &r->headers_out.content_type;

    return (type->len >= len
            && ngx_smartmsg_same_word(type->data, "text/html")
            && (type->len == len || type->data[len] == ';'
                || type->data[len] == ' '));
}


/* charsets in which the byte '<' may be a part of a character */

static ngx_uint_t
ngx_smartmsg_is_wide(ngx_str_t *type)
{
    return (!ngx_smartmsg_is_usual(type)
            && (ngx_smartmsg_contains(type, "utf-16")
                || ngx_smartmsg_contains(type, "utf-32")
                || ngx_smartmsg_contains(type, "utf-7")
                || ngx_smartmsg_contains(type, "iso-2022-")
                || ngx_smartmsg_contains(type, "hz-gb")));
}


/* what nearly all pages say, so that it is not searched each time */

static ngx_uint_t
ngx_smartmsg_is_usual(ngx_str_t *type)
{
    switch (type->len) {

    case 0:
        return 1;

    case sizeof("utf-8") - 1:
        return ngx_smartmsg_same_word(type->data, "utf-8");

    case sizeof("text/html") - 1:
        return ngx_smartmsg_same_word(type->data, "text/html");

    case sizeof("text/html;charset=utf-8") - 1:
        return ngx_smartmsg_same_word(type->data, "text/html;charset=utf-8");

    case sizeof("text/html; charset=utf-8") - 1:
        return ngx_smartmsg_same_word(type->data, "text/html; charset=utf-8");

    default:
        return 0;
    }
}


static ngx_uint_t
ngx_smartmsg_is_attachment(ngx_http_request_t *r)
{
    ngx_table_elt_t      *header;
    ngx_smartmsg_iter_t   iter;

    static ngx_str_t  disposition = ngx_string("content-disposition");

    ngx_smartmsg_iter_init(&iter, &r->headers_out.headers);

    while ((header = ngx_smartmsg_iter_next(&iter)) != NULL) {

        if (header->hash
            && ngx_smartmsg_header_is(header, &disposition)
            && ngx_smartmsg_contains(&header->value, "attachment"))
        {
            return 1;
        }
    }

    return 0;
}


static ngx_uint_t
ngx_smartmsg_is_gzip(ngx_table_elt_t *encoding)
{
    ngx_str_t  *value;

    value = &encoding->value;

    return ((value->len == 4
             && ngx_strncasecmp(value->data, (u_char *) "gzip", 4) == 0)
            || (value->len == 6
                && ngx_strncasecmp(value->data, (u_char *) "x-gzip", 6) == 0));
}


/* a new visitor's id is set, that of one who denies consent deleted */

ngx_int_t
ngx_smartmsg_send_id(ngx_smartmsg_ctx_t *ctx)
{
    ngx_str_t  visitor;

    if (ctx->minted) {

        if (ctx->preview) {
            return NGX_DECLINED;
        }

        visitor.data = ctx->visitor;
        visitor.len = SMARTMSG_VISITOR_ID_LEN;

        return ngx_smartmsg_send_cookie(ctx->request, &visitor);
    }

    if (ctx->consent.anonymous && ctx->consent.visitor.len) {
        return ngx_smartmsg_forget(ctx->request, &ctx->consent.visitor);
    }

    return NGX_DECLINED;
}


static ngx_int_t
ngx_smartmsg_prepare(ngx_smartmsg_ctx_t *ctx)
{
    ngx_table_elt_t     *encoding;
    ngx_http_request_t  *r;

    r = ctx->request;
    encoding = r->headers_out.content_encoding;

    if (encoding && encoding->hash && encoding->value.len) {

        if (ngx_smartmsg_inflate_start(ctx) != NGX_OK) {
            return NGX_ERROR;
        }

        encoding->hash = 0;
        r->headers_out.content_encoding = NULL;
    }

    ctx->meta_csp = ngx_palloc(r->pool, NGX_SMARTMSG_META_CSP);
    if (ctx->meta_csp == NULL) {
        return NGX_ERROR;
    }

    smartmsg_html_init(&ctx->html);
    smartmsg_html_csp_buffer(&ctx->html, (char *) ctx->meta_csp,
                             NGX_SMARTMSG_META_CSP);

    ctx->body = NGX_SMARTMSG_BODY_SCAN;

    if (ctx->inflate || !ngx_smartmsg_is_file(r)) {
        r->filter_need_in_memory = 1;
    }

    if (ngx_smartmsg_is_deferrable(ctx)) {
        ctx->deferred = 1;
        return NGX_OK;
    }

    return ngx_smartmsg_prepare_header(ctx);
}


/*
 * May it come as a file, and stay one?  nginx sends it without reading it,
 * unless a filter wants to see it, and ngx_smartmsg_body_file.c can do with
 * that.  It reads the whole page once: where nginx is told not to wait for
 * the disk, or the page is huge, it comes in memory as others do.
 */

static ngx_uint_t
ngx_smartmsg_is_file(ngx_http_request_t *r)
{
    ngx_http_core_loc_conf_t  *clcf;

    if (r->upstream

#if (NGX_HTTP_CACHE)
        && !r->cached
#endif

       )
    {
        return 0;
    }

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

#if (NGX_HAVE_FILE_AIO || NGX_THREADS)

    if (clcf->aio != NGX_HTTP_AIO_OFF) {
        return 0;
    }

#endif

    return (r->connection->sendfile
            && clcf->directio == NGX_OPEN_FILE_DIRECTIO_OFF
            && r->headers_out.content_length_n <= NGX_SMARTMSG_MAX_FILE);
}


/*
 * nginx itself keeps the header of a buffered response back until the first
 * bytes of the body have come.  If they are the whole page already, as they
 * often are, the length that it will have can be told, and chunks with their
 * end in a packet of its own are not needed.  A page from the cache is there
 * as a whole, but if it has to be read it is read at once.
 */

static ngx_uint_t
ngx_smartmsg_is_deferrable(ngx_smartmsg_ctx_t *ctx)
{
    ngx_http_request_t  *r;

    r = ctx->request;

    if (ctx->inflate || ctx->neutral || r->upstream == NULL) {
        return 0;
    }

#if (NGX_HTTP_CACHE)

    if (r->cached) {
        return ngx_smartmsg_is_small(r);
    }

#endif

    return (r->upstream->buffering && r->headers_out.content_length_n > 0);
}


#if (NGX_HTTP_CACHE)

/* the shop may have sent it without its length */

static ngx_uint_t
ngx_smartmsg_is_small(ngx_http_request_t *r)
{
    off_t  size;

    size = r->headers_out.content_length_n;

    if (size < 0) {
        size = r->cache->length - r->cache->body_start;
    }

    return size <= NGX_SMARTMSG_WHOLE_SIZE;
}

#endif


/*
 * The page may become longer, and is this visitor's alone.  Without
 * validators the browser asks for it again, and never gets yesterday's
 * message confirmed.
 */

static ngx_int_t
ngx_smartmsg_prepare_header(ngx_smartmsg_ctx_t *ctx)
{
    ngx_http_request_t  *r;

    r = ctx->request;

    ngx_http_clear_content_length(r);
    ngx_http_clear_accept_ranges(r);
    ngx_http_clear_last_modified(r);

    ngx_smartmsg_clear_digests(r);

    if (ctx->neutral) {
        return ngx_smartmsg_fetch_validators(ctx);
    }

    ngx_http_clear_etag(r);

    if (ngx_smartmsg_consent_vary(r) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_smartmsg_make_private(r);
}


static void
ngx_smartmsg_clear_digests(ngx_http_request_t *r)
{
    ngx_str_t            *name;
    ngx_table_elt_t      *header;
    ngx_smartmsg_iter_t   iter;

    ngx_smartmsg_iter_init(&iter, &r->headers_out.headers);

    while ((header = ngx_smartmsg_iter_next(&iter)) != NULL) {

        for (name = ngx_smartmsg_digests; name->len; name++) {

            if (ngx_smartmsg_header_is(header, name)) {
                header->hash = 0;
            }
        }
    }
}
