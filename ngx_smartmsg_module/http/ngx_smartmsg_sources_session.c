
/*
 * Facts of the session and of its cart: session., cart., seen_session., event.
 */


#include "http/ngx_smartmsg.h"
#include "http/ngx_smartmsg_facts.h"
#include "http/ngx_smartmsg_session.h"

#include "core/number.h"


static void ngx_smartmsg_source_views(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_first_view(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_seconds(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_session_number(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_session(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_cart_number(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_cart_age(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_cart(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_seen_session(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_event(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);


const ngx_smartmsg_source_t  ngx_smartmsg_session_sources[] = {
    { ngx_string("session.views"), ngx_smartmsg_source_views },
    { ngx_string("session.first_view"), ngx_smartmsg_source_first_view },
    { ngx_string("session.seconds"), ngx_smartmsg_source_seconds },
    { ngx_string("session.events"), ngx_smartmsg_source_session_number },
    { ngx_string("session.orders"), ngx_smartmsg_source_session_number },
    { ngx_string("session.first"), ngx_smartmsg_source_session_number },
    { ngx_string("session.last"), ngx_smartmsg_source_session_number },
    { ngx_string("session."), ngx_smartmsg_source_session },
    { ngx_string("cart.value"), ngx_smartmsg_source_cart_number },
    { ngx_string("cart.items"), ngx_smartmsg_source_cart_number },
    { ngx_string("cart.age"), ngx_smartmsg_source_cart_age },
    { ngx_string("cart.currency"), ngx_smartmsg_source_cart },
    { ngx_string("seen_session."), ngx_smartmsg_source_seen_session },
    { ngx_string("event."), ngx_smartmsg_source_event },
    { ngx_null_string, NULL }
};


/* this view is counted, though Redis learns of it later */

static void
ngx_smartmsg_source_views(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    *value = smartmsg_value_number(ngx_smartmsg_session_views(ctx));
}


static void
ngx_smartmsg_source_first_view(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    *value = smartmsg_value_boolean(ngx_smartmsg_session_views(ctx) < 2);
}


static void
ngx_smartmsg_source_seconds(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    double  first;

    first = ngx_smartmsg_session_number(ctx, "first");

    *value = smartmsg_value_number(first > 0 ? ngx_smartmsg_since(first) : 0);
}


static void
ngx_smartmsg_source_session_number(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    ngx_str_t  field;

    field.data = name->data + sizeof("session.") - 1;
    field.len = name->len - (sizeof("session.") - 1);

    *value = smartmsg_value_number(ngx_smartmsg_session_number(ctx,
                                                   (char *) field.data));
}


static void
ngx_smartmsg_source_session(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    ngx_str_t  text;

    if (ngx_smartmsg_session_get(ctx, name, &text) == NGX_OK) {
        ngx_smartmsg_value_string(value, &text);
    }
}


/* an empty cart is a cart of no items and no value */

static void
ngx_smartmsg_source_cart_number(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    *value = smartmsg_value_number(ngx_smartmsg_session_number(ctx,
                                                    (char *) name->data));
}


static void
ngx_smartmsg_source_cart_age(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    double  changed;

    changed = ngx_smartmsg_session_number(ctx, "cart.time");

    if (changed > 0) {
        *value = smartmsg_value_number(ngx_smartmsg_since(changed));
    }
}


static void
ngx_smartmsg_source_cart(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    ngx_str_t  text;

    if (ngx_smartmsg_session_get(ctx, name, &text) == NGX_OK && text.len) {
        ngx_smartmsg_value_string(value, &text);
    }
}


static void
ngx_smartmsg_source_seen_session(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    *value = smartmsg_value_number(ngx_smartmsg_rule_number(ctx->session,
                                           "shown:", ngx_smartmsg_str(name)));
}


static void
ngx_smartmsg_source_event(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    *value = smartmsg_value_number(ngx_smartmsg_rule_number(ctx->session,
                                           "event:", ngx_smartmsg_str(name)));
}
