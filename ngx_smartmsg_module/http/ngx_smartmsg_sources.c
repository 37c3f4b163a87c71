
/*
 * Where each fact comes from: the tables of ngx_smartmsg_sources_*.c, and what
 * their functions make values with.  docs/facts.md is the list for people.
 */


#include "http/ngx_smartmsg.h"
#include "http/ngx_smartmsg_facts.h"

#include "core/number.h"
#include "core/query.h"


#define NGX_SMARTMSG_ARG_SIZE  256


typedef struct {
    const ngx_smartmsg_source_t   *sources;
    ngx_uint_t                     personal;
} ngx_smartmsg_source_table_t;


/*
 * Without consent nothing is known of a visitor: origin tells then what this
 * request tells.
 */

static const ngx_smartmsg_source_table_t  ngx_smartmsg_source_tables[] = {
    { ngx_smartmsg_request_sources, 0 },
    { ngx_smartmsg_device_sources, 0 },
    { ngx_smartmsg_time_sources, 0 },
    { ngx_smartmsg_origin_sources, 0 },
    { ngx_smartmsg_session_sources, 1 },
    { ngx_smartmsg_visitor_sources, 1 },
    { NULL, 0 }
};


static const ngx_smartmsg_source_t  ngx_smartmsg_no_source = {
    ngx_null_string, NULL
};


static ngx_uint_t ngx_smartmsg_source_is(const ngx_smartmsg_source_t *source,
    ngx_str_t *name);


const ngx_smartmsg_source_t *
ngx_smartmsg_source_find(ngx_str_t *name)
{
    const ngx_smartmsg_source_t        *source;
    const ngx_smartmsg_source_table_t  *table;

    for (table = ngx_smartmsg_source_tables; table->sources; table++) {

        for (source = table->sources; source->name.len; source++) {
            if (ngx_smartmsg_source_is(source, name)) {
                return source;
            }
        }
    }

    return &ngx_smartmsg_no_source;
}


ngx_uint_t
ngx_smartmsg_source_personal(const ngx_smartmsg_source_t *found)
{
    const ngx_smartmsg_source_t        *source;
    const ngx_smartmsg_source_table_t  *table;

    for (table = ngx_smartmsg_source_tables; table->sources; table++) {

        for (source = table->sources; source->name.len; source++) {
            if (source == found) {
                return table->personal;
            }
        }
    }

    return 0;
}


static ngx_uint_t
ngx_smartmsg_source_is(const ngx_smartmsg_source_t *source, ngx_str_t *name)
{
    if (source->name.data[source->name.len - 1] == '.') {
        return (name->len > source->name.len
                && ngx_memcmp(name->data, source->name.data, source->name.len)
                   == 0);
    }

    return (name->len == source->name.len
            && ngx_memcmp(name->data, source->name.data, name->len) == 0);
}


double
ngx_smartmsg_since(double time)
{
    double  seconds;

    seconds = (double) ngx_time() - time;

    return (seconds > 0) ? seconds : 0;
}


void
ngx_smartmsg_value_copy(ngx_smartmsg_ctx_t *ctx, const char *data, size_t len,
    smartmsg_value_t *value)
{
    u_char  *p;

    p = ngx_pnalloc(ctx->request->pool, len ? len : 1);
    if (p == NULL) {
        return;
    }

    ngx_memcpy(p, data, len);

    *value = smartmsg_value_string((char *) p, len);
}


ngx_int_t
ngx_smartmsg_value_arg(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    char    buf[NGX_SMARTMSG_ARG_SIZE];
    size_t  len;

    if (!smartmsg_query_get(ngx_smartmsg_str(&ctx->request->args),
                            ngx_smartmsg_str(name), buf, sizeof(buf), &len))
    {
        return NGX_DECLINED;
    }

    ngx_smartmsg_value_copy(ctx, buf, len, value);

    return NGX_OK;
}


void
ngx_smartmsg_value_host(ngx_smartmsg_ctx_t *ctx, ngx_str_t *url,
    smartmsg_value_t *value)
{
    char    host[SMARTMSG_HOST_MAX];
    size_t  len;

    len = smartmsg_referrer_host(ngx_smartmsg_str(url), host, sizeof(host));

    if (len) {
        ngx_smartmsg_value_copy(ctx, host, len, value);
    }
}


void
ngx_smartmsg_value_string(smartmsg_value_t *value, ngx_str_t *s)
{
    *value = smartmsg_value_string((char *) s->data, s->len);
}


void
ngx_smartmsg_value_number(smartmsg_value_t *value, ngx_str_t *s,
    double otherwise)
{
    double  number;

    if (!smartmsg_number_parse(ngx_smartmsg_str(s), &number)) {
        number = otherwise;
    }

    *value = smartmsg_value_number(number);
}


void
ngx_smartmsg_value_auto(smartmsg_value_t *value, ngx_str_t *s)
{
    double  number;

    if (smartmsg_number_parse(ngx_smartmsg_str(s), &number)) {
        *value = smartmsg_value_number(number);

    } else if (s->len == 4 && ngx_strncmp(s->data, "true", 4) == 0) {
        *value = smartmsg_value_boolean(true);

    } else if (s->len == 5 && ngx_strncmp(s->data, "false", 5) == 0) {
        *value = smartmsg_value_boolean(false);

    } else {
        ngx_smartmsg_value_string(value, s);
    }
}
