
/*
 * Facts of the clock, in the zone of smartmsg_timezone: time.
 */


#include "http/ngx_smartmsg.h"
#include "http/ngx_smartmsg_facts.h"


#define NGX_SMARTMSG_ISO_LEN  (sizeof("9999-12-31T23:59:59+00:00") - 1)


static void ngx_smartmsg_source_hour(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_minute(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_weekday(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_date(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_iso(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_now(ngx_smartmsg_ctx_t *ctx,
    smartmsg_localtime_t *now);


const ngx_smartmsg_source_t  ngx_smartmsg_time_sources[] = {
    { ngx_string("time.hour"), ngx_smartmsg_source_hour },
    { ngx_string("time.minute"), ngx_smartmsg_source_minute },
    { ngx_string("time.weekday"), ngx_smartmsg_source_weekday },
    { ngx_string("time.date"), ngx_smartmsg_source_date },
    { ngx_string("time.iso"), ngx_smartmsg_source_iso },
    { ngx_null_string, NULL }
};


static void
ngx_smartmsg_source_hour(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    smartmsg_localtime_t  now;

    ngx_smartmsg_now(ctx, &now);

    *value = smartmsg_value_number(now.hour);
}


static void
ngx_smartmsg_source_minute(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    smartmsg_localtime_t  now;

    ngx_smartmsg_now(ctx, &now);

    *value = smartmsg_value_number(now.minute);
}


static void
ngx_smartmsg_source_weekday(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    smartmsg_localtime_t  now;

    ngx_smartmsg_now(ctx, &now);

    *value = smartmsg_value_number(now.weekday);
}


static void
ngx_smartmsg_source_date(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    ngx_smartmsg_source_iso(ctx, name, value);

    if (value->type == SMARTMSG_STRING) {
        value->u.string.len = sizeof("9999-12-31") - 1;
    }
}


/* RFC 3339; "Z" is spelled "+00:00", so that all have the same length */

static void
ngx_smartmsg_source_iso(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    u_char                *p;
    ngx_int_t              offset;
    smartmsg_localtime_t   now;

    p = ngx_pnalloc(ctx->request->pool, NGX_SMARTMSG_ISO_LEN);
    if (p == NULL) {
        return;
    }

    ngx_smartmsg_now(ctx, &now);

    offset = ngx_abs(now.offset) / 60;

    ngx_snprintf(p, NGX_SMARTMSG_ISO_LEN,
                 "%04d-%02d-%02dT%02d:%02d:%02d%c%02i:%02i",
                 now.year, now.month, now.day, now.hour, now.minute,
                 now.second, now.offset < 0 ? '-' : '+',
                 offset / 60, offset % 60);

    *value = smartmsg_value_string((char *) p, NGX_SMARTMSG_ISO_LEN);
}


static void
ngx_smartmsg_now(ngx_smartmsg_ctx_t *ctx, smartmsg_localtime_t *now)
{
    ngx_smartmsg_loc_conf_t  *lcf;

    lcf = ngx_http_get_module_loc_conf(ctx->request, ngx_smartmsg_module);

    smartmsg_timezone_local(lcf->timezone, ngx_time(), now);
}
