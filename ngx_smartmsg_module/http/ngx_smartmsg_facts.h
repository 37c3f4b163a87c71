
/*
 * Facts: the lazy store of a page view (ngx_smartmsg_facts.c), and the tables
 * of where each fact comes from (ngx_smartmsg_sources*.c).
 */


#ifndef _NGX_SMARTMSG_FACTS_H_INCLUDED_
#define _NGX_SMARTMSG_FACTS_H_INCLUDED_


#include "http/ngx_smartmsg.h"


/*
 * Computes a fact; value is "missing" before.  name is the fact's, or, for a
 * family such as "profile.", what follows the dot.
 */
typedef void (*ngx_smartmsg_source_pt)(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);


/* answers for one fact, or, if its name ends with a dot, for all below it */
typedef struct {
    ngx_str_t                  name;
    ngx_smartmsg_source_pt     get;
} ngx_smartmsg_source_t;


/* one for each subject; in a table exact names stand before their families */
extern const ngx_smartmsg_source_t  ngx_smartmsg_request_sources[];
extern const ngx_smartmsg_source_t  ngx_smartmsg_device_sources[];
extern const ngx_smartmsg_source_t  ngx_smartmsg_time_sources[];
extern const ngx_smartmsg_source_t  ngx_smartmsg_origin_sources[];
extern const ngx_smartmsg_source_t  ngx_smartmsg_session_sources[];
extern const ngx_smartmsg_source_t  ngx_smartmsg_visitor_sources[];


/* never NULL: of an unknown name, get is NULL */
const ngx_smartmsg_source_t *ngx_smartmsg_source_find(ngx_str_t *name);

/* of a visitor, not of the request: nothing for one who has not agreed */
ngx_uint_t ngx_smartmsg_source_personal(const ngx_smartmsg_source_t *found);


/* seconds from a time, unix seconds, until now; 0 if it is yet to come */
double ngx_smartmsg_since(double time);

/* these leave the value as it is if there is no memory, or nothing to tell */

/* a text of its own */
void ngx_smartmsg_value_copy(ngx_smartmsg_ctx_t *ctx, const char *data,
    size_t len, smartmsg_value_t *value);

/* an argument of the address; NGX_DECLINED if there is none of that name */
ngx_int_t ngx_smartmsg_value_arg(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value);

/* the host of a URL, in lower case */
void ngx_smartmsg_value_host(ngx_smartmsg_ctx_t *ctx, ngx_str_t *url,
    smartmsg_value_t *value);

/* values borrow the text */
void ngx_smartmsg_value_string(smartmsg_value_t *value, ngx_str_t *s);

/* what is no number gives the number "otherwise" */
void ngx_smartmsg_value_number(smartmsg_value_t *value, ngx_str_t *s,
    double otherwise);

/* a number or boolean if it is spelled exactly as in JSON, else a string */
void ngx_smartmsg_value_auto(smartmsg_value_t *value, ngx_str_t *s);


#endif /* _NGX_SMARTMSG_FACTS_H_INCLUDED_ */
