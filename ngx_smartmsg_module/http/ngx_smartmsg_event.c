
/*
 * POST .../event: what the runtime reports.  Everything in it is foreign and
 * is checked before anything is written.
 */


#include "http/ngx_smartmsg_claim.h"
#include "http/ngx_smartmsg_consent.h"


static void ngx_smartmsg_event_body(ngx_http_request_t *r);
static ngx_int_t ngx_smartmsg_event_read(ngx_http_request_t *r,
    ngx_str_t *body);
static ngx_int_t ngx_smartmsg_event_answer(ngx_http_request_t *r,
    smartmsg_events_t *events);


ngx_int_t
ngx_smartmsg_event_handler(ngx_http_request_t *r)
{
    ngx_int_t  rc;

    if (!ngx_smartmsg_same_origin(r)) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "smartmsg: event from another site refused");
        return NGX_HTTP_FORBIDDEN;
    }

    if (r->headers_in.content_length_n > SMARTMSG_EVENTS_BODY_MAX) {
        return NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
    }

    r->request_body_in_single_buf = 1;

    rc = ngx_http_read_client_request_body(r, ngx_smartmsg_event_body);

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        return rc;
    }

    return NGX_DONE;
}


/*
 * Only pages of the shop may report.  Browsers say where a request comes from
 * in Sec-Fetch-Site, to plain http hosts at least in Origin, or, when it is a
 * GET, in Referer.
 */

ngx_uint_t
ngx_smartmsg_same_origin(ngx_http_request_t *r)
{
    u_char                  *p, *last;
    ngx_str_t               *host, *origin;
    ngx_smartmsg_headers_t   headers;

    ngx_smartmsg_read_headers(r, &headers);

    if (headers.fetch_site.len) {
        return (headers.fetch_site.len == sizeof("same-origin") - 1
                && ngx_strncasecmp(headers.fetch_site.data,
                                   (u_char *) "same-origin",
                                   sizeof("same-origin") - 1)
                   == 0);
    }

    if (r->headers_in.host == NULL) {
        return 0;
    }

    host = &r->headers_in.host->value;

    origin = (headers.origin.len == 0 && r->method == NGX_HTTP_GET)
             ? &headers.referer : &headers.origin;

    p = origin->data;
    last = p + origin->len;

    if (origin->len > 7
        && ngx_strncasecmp(p, (u_char *) "http://", 7) == 0)
    {
        p += 7;

    } else if (origin->len > 8
               && ngx_strncasecmp(p, (u_char *) "https://", 8) == 0)
    {
        p += 8;

    } else {
        return 0;
    }

    return ((size_t) (last - p) >= host->len
            && ngx_strncasecmp(p, host->data, host->len) == 0
            && (p + host->len == last || p[host->len] == '/'));
}


static void
ngx_smartmsg_event_body(ngx_http_request_t *r)
{
    ngx_int_t          rc;
    ngx_str_t          body;
    smartmsg_error_t   err;
    smartmsg_events_t  events;

    rc = ngx_smartmsg_event_read(r, &body);

    if (rc != NGX_OK) {
        ngx_http_finalize_request(r, rc);
        return;
    }

    smartmsg_error_clear(&err);

    if (!smartmsg_events_parse(ngx_smartmsg_str(&body), &events, &err)) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "smartmsg: malformed event: %s%s%s", err.path,
                      err.path[0] ? ": " : "", err.text);
        ngx_http_finalize_request(r, NGX_HTTP_BAD_REQUEST);
        return;
    }

    rc = ngx_smartmsg_event_answer(r, &events);

    smartmsg_events_free(&events);

    if (rc != NGX_DONE) {
        ngx_http_finalize_request(r, rc);
    }
}


static ngx_int_t
ngx_smartmsg_event_answer(ngx_http_request_t *r, smartmsg_events_t *events)
{
    ngx_smartmsg_headers_t    headers;
    ngx_smartmsg_consent_t    consent;
    ngx_smartmsg_srv_conf_t  *scf;

    scf = ngx_http_get_module_srv_conf(r, ngx_smartmsg_module);

    ngx_smartmsg_site_start(scf->site, (ngx_cycle_t *) ngx_cycle);

    ngx_smartmsg_read_headers(r, &headers);
    ngx_smartmsg_consent(r, &headers, &consent);

    if (ngx_smartmsg_consent_events(r, events, &consent) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (consent.anonymous) {
        ngx_str_null(&consent.visitor);
    }

    if (events->events[0].kind == SMARTMSG_EVENT_CLAIM) {
        return ngx_smartmsg_claim(r, &events->events[0], &consent);
    }

    ngx_smartmsg_event_write(r, events, &consent);

    return ngx_smartmsg_no_content(r);
}


/* the body is small, but its pieces may be anywhere, even in a file */

static ngx_int_t
ngx_smartmsg_event_read(ngx_http_request_t *r, ngx_str_t *body)
{
    off_t         size;
    ssize_t       n;
    u_char       *p;
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    ngx_str_null(body);

    if (r->request_body == NULL) {
        return NGX_OK;
    }

    size = 0;

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        size += ngx_buf_size(cl->buf);
    }

    if (size > SMARTMSG_EVENTS_BODY_MAX) {
        return NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
    }

    p = ngx_pnalloc(r->pool, size + 1);
    if (p == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    body->data = p;

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        b = cl->buf;

        if (ngx_buf_in_memory(b)) {
            p = ngx_cpymem(p, b->pos, b->last - b->pos);
            continue;
        }

        if (!b->in_file) {
            continue;
        }

        n = ngx_read_file(b->file, p, (size_t) (b->file_last - b->file_pos),
                          b->file_pos);
        if (n == NGX_ERROR) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        p += n;
    }

    body->len = p - body->data;

    return NGX_OK;
}


ngx_int_t
ngx_smartmsg_no_content(ngx_http_request_t *r)
{
    ngx_str_t  value;

    ngx_str_set(&value, "no-store");

    if (ngx_smartmsg_add_header(r, "Cache-Control", &value) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->headers_out.status = NGX_HTTP_NO_CONTENT;
    r->header_only = 1;

    return ngx_http_send_header(r);
}
