
/*
 * Facts of the browser: device.
 */


#include "http/ngx_smartmsg.h"
#include "http/ngx_smartmsg_facts.h"


static void ngx_smartmsg_source_device_type(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_device_os(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_device_browser(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_device_bot(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_value_name(smartmsg_value_t *value,
    smartmsg_str_t name);
static smartmsg_device_t *ngx_smartmsg_device(ngx_smartmsg_ctx_t *ctx);
static smartmsg_str_t ngx_smartmsg_device_header(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name);


static ngx_str_t  ngx_smartmsg_user_agent = ngx_string("user-agent");
static ngx_str_t  ngx_smartmsg_ch_brands = ngx_string("sec-ch-ua");
static ngx_str_t  ngx_smartmsg_ch_mobile = ngx_string("sec-ch-ua-mobile");
static ngx_str_t  ngx_smartmsg_ch_platform = ngx_string("sec-ch-ua-platform");


const ngx_smartmsg_source_t  ngx_smartmsg_device_sources[] = {
    { ngx_string("device.type"), ngx_smartmsg_source_device_type },
    { ngx_string("device.os"), ngx_smartmsg_source_device_os },
    { ngx_string("device.browser"), ngx_smartmsg_source_device_browser },
    { ngx_string("device.bot"), ngx_smartmsg_source_device_bot },
    { ngx_null_string, NULL }
};


static void
ngx_smartmsg_source_device_type(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    smartmsg_device_t  *device;

    device = ngx_smartmsg_device(ctx);

    if (device) {
        ngx_smartmsg_value_name(value, device->type);
    }
}


static void
ngx_smartmsg_source_device_os(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    smartmsg_device_t  *device;

    device = ngx_smartmsg_device(ctx);

    if (device) {
        ngx_smartmsg_value_name(value, device->os);
    }
}


static void
ngx_smartmsg_source_device_browser(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    smartmsg_device_t  *device;

    device = ngx_smartmsg_device(ctx);

    if (device) {
        ngx_smartmsg_value_name(value, device->browser);
    }
}


static void
ngx_smartmsg_source_device_bot(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    smartmsg_device_t  *device;

    device = ngx_smartmsg_device(ctx);

    if (device) {
        *value = smartmsg_value_boolean(device->bot);
    }
}


/* an empty name is not known */

static void
ngx_smartmsg_value_name(smartmsg_value_t *value, smartmsg_str_t name)
{
    if (name.len) {
        *value = smartmsg_value_string(name.data, name.len);
    }
}


/* looked at once for all facts; NULL without memory */

static smartmsg_device_t *
ngx_smartmsg_device(ngx_smartmsg_ctx_t *ctx)
{
    smartmsg_client_t  client;

    if (ctx->device) {
        return ctx->device;
    }

    ctx->device = ngx_palloc(ctx->request->pool, sizeof(smartmsg_device_t));
    if (ctx->device == NULL) {
        return NULL;
    }

    client.user_agent = ngx_smartmsg_device_header(ctx,
                                                   &ngx_smartmsg_user_agent);
    client.brands = ngx_smartmsg_device_header(ctx, &ngx_smartmsg_ch_brands);
    client.mobile = ngx_smartmsg_device_header(ctx, &ngx_smartmsg_ch_mobile);
    client.platform = ngx_smartmsg_device_header(ctx,
                                                 &ngx_smartmsg_ch_platform);

    smartmsg_device_detect(&client, ctx->device);

    return ctx->device;
}


static smartmsg_str_t
ngx_smartmsg_device_header(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name)
{
    ngx_str_t  *found;

    found = ngx_smartmsg_find_header(&ctx->request->headers_in.headers, name);

    return found ? ngx_smartmsg_str(found) : smartmsg_str(NULL, 0);
}
