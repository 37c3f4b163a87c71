
/*
 * The session of the visitor: as Redis has it, or, for one that begins with
 * this page, as this page begins it.
 */


#ifndef _NGX_SMARTMSG_SESSION_H_INCLUDED_
#define _NGX_SMARTMSG_SESSION_H_INCLUDED_


#include "http/ngx_smartmsg.h"

#include "core/query.h"


/* bytes of a search term and of a click id, at most */
#define NGX_SMARTMSG_TERM_SIZE   128
#define NGX_SMARTMSG_CLICK_SIZE  256


/* a field of the session, NGX_DECLINED if it has none of that name */
ngx_int_t ngx_smartmsg_session_get(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    ngx_str_t *value);

/* a number of the session, 0 if it has none; name is a C string */
double ngx_smartmsg_session_number(ngx_smartmsg_ctx_t *ctx, const char *name);

/* page views of the session, this one included, whether counted yet or not */
double ngx_smartmsg_session_views(ngx_smartmsg_ctx_t *ctx);

/* visits of the visitor, this one included */
ngx_uint_t ngx_smartmsg_visits(ngx_smartmsg_ctx_t *ctx);

/* the session has no page view yet: this page begins it */
ngx_uint_t ngx_smartmsg_session_is_new(ngx_smartmsg_ctx_t *ctx);

/* the path as the visitor sees it: before rewrites, decoded, without query */
ngx_int_t ngx_smartmsg_page_path(ngx_http_request_t *r, ngx_str_t *path);

/*
 * The host of the page that led here, if that is one of another site: its
 * length, 0 if there is none.
 */
size_t ngx_smartmsg_foreign_referrer(ngx_smartmsg_ctx_t *ctx,
    char host[SMARTMSG_HOST_MAX]);

/*
 * The number that session or visitor have of a rule: kind is what stands
 * before its id in the name of the field, such as "shown:".  0 if it has none.
 */
double ngx_smartmsg_rule_number(ngx_smartmsg_fields_t *fields,
    const char *kind, smartmsg_str_t rule);

/* the first of a list of languages, such as "de-AT"; may be empty */
void ngx_smartmsg_first_language(ngx_str_t *list, ngx_str_t *language);

/* the first language of Accept-Language, such as "de-AT"; may be empty */
void ngx_smartmsg_request_language(ngx_smartmsg_headers_t *h,
    ngx_str_t *language);


#endif /* _NGX_SMARTMSG_SESSION_H_INCLUDED_ */
