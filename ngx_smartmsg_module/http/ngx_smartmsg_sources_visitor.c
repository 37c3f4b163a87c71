
/*
 * Facts of the visitor: id, visitor., profile., traits., and of what became of
 * the messages of a rule: seen., clicked., dismissed., answered.
 */


#include "http/ngx_smartmsg.h"
#include "http/ngx_smartmsg_facts.h"
#include "http/ngx_smartmsg_session.h"

#include "core/number.h"


#define NGX_SMARTMSG_DAY  86400


static void ngx_smartmsg_source_id(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_new(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_returning(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_known(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_anonymous(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_visits(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_days_since_first(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_days_since_last(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_last_order(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_visitor_number(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_profile(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_named(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_traits(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_seen(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_clicked(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_dismissed(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_answered(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static ngx_uint_t ngx_smartmsg_is_known(ngx_smartmsg_ctx_t *ctx);
static double ngx_smartmsg_visitor_number(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name);
static void ngx_smartmsg_value_field(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *prefix, ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_value_days(smartmsg_value_t *value, double since);
static void ngx_smartmsg_value_answers(ngx_smartmsg_ctx_t *ctx,
    const char *kind, ngx_str_t *rule, smartmsg_value_t *value);


static ngx_str_t  ngx_smartmsg_profile_prefix = ngx_string("profile.");
static ngx_str_t  ngx_smartmsg_traits_prefix = ngx_string("traits.");


const ngx_smartmsg_source_t  ngx_smartmsg_visitor_sources[] = {
    { ngx_string("id"), ngx_smartmsg_source_id },
    { ngx_string("visitor.new"), ngx_smartmsg_source_new },
    { ngx_string("visitor.returning"), ngx_smartmsg_source_returning },
    { ngx_string("visitor.known"), ngx_smartmsg_source_known },
    { ngx_string("visitor.anonymous"), ngx_smartmsg_source_anonymous },
    { ngx_string("visitor.visits"), ngx_smartmsg_source_visits },
    { ngx_string("visitor.days_since_first"),
      ngx_smartmsg_source_days_since_first },
    { ngx_string("visitor.days_since_last"),
      ngx_smartmsg_source_days_since_last },
    { ngx_string("visitor.last_order"), ngx_smartmsg_source_last_order },
    { ngx_string("visitor.orders"), ngx_smartmsg_source_visitor_number },
    { ngx_string("visitor.revenue"), ngx_smartmsg_source_visitor_number },
    { ngx_string("visitor.first"), ngx_smartmsg_source_visitor_number },
    { ngx_string("visitor.last"), ngx_smartmsg_source_visitor_number },
    { ngx_string("visitor.id"), ngx_smartmsg_source_named },
    { ngx_string("profile."), ngx_smartmsg_source_profile },
    { ngx_string("traits."), ngx_smartmsg_source_traits },
    { ngx_string("seen."), ngx_smartmsg_source_seen },
    { ngx_string("clicked."), ngx_smartmsg_source_clicked },
    { ngx_string("dismissed."), ngx_smartmsg_source_dismissed },
    { ngx_string("answered."), ngx_smartmsg_source_answered },
    { ngx_null_string, NULL }
};


static void
ngx_smartmsg_source_id(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    *value = smartmsg_value_string((char *) ctx->visitor,
                                   SMARTMSG_VISITOR_ID_LEN);
}


static void
ngx_smartmsg_source_new(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    *value = smartmsg_value_boolean(ngx_smartmsg_visits(ctx) <= 1);
}


static void
ngx_smartmsg_source_returning(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    *value = smartmsg_value_boolean(ngx_smartmsg_visits(ctx) > 1);
}


static void
ngx_smartmsg_source_known(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    *value = smartmsg_value_boolean(ngx_smartmsg_is_known(ctx));
}


static void
ngx_smartmsg_source_anonymous(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    *value = smartmsg_value_boolean(!ngx_smartmsg_is_known(ctx));
}


static void
ngx_smartmsg_source_visits(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    *value = smartmsg_value_number(ngx_smartmsg_visits(ctx));
}


/* of whom nothing is known: the first visit is now */

static void
ngx_smartmsg_source_days_since_first(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value)
{
    double            first;

    static ngx_str_t  field = ngx_string("first");

    first = ngx_smartmsg_visitor_number(ctx, &field);

    ngx_smartmsg_value_days(value, first > 0 ? first : (double) ngx_time());
}


/*
 * The visit before this one: "last" of the visitor is overwritten by this one,
 * so the session keeps what it was.
 */

static void
ngx_smartmsg_source_days_since_last(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value)
{
    double            before;
    ngx_str_t         text;

    static ngx_str_t  field = ngx_string("before");

    if (ngx_smartmsg_session_get(ctx, &field, &text) == NGX_OK
        && smartmsg_number_parse(ngx_smartmsg_str(&text), &before))
    {
        ngx_smartmsg_value_days(value, before);
    }
}


static void
ngx_smartmsg_source_last_order(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    double            time;

    static ngx_str_t  field = ngx_string("last_order");

    time = ngx_smartmsg_visitor_number(ctx, &field);

    if (time > 0) {
        ngx_smartmsg_value_days(value, time);
    }
}


static void
ngx_smartmsg_source_visitor_number(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    ngx_str_t  field;

    field.data = name->data + sizeof("visitor.") - 1;
    field.len = name->len - (sizeof("visitor.") - 1);

    *value = smartmsg_value_number(ngx_smartmsg_visitor_number(ctx, &field));
}


static void
ngx_smartmsg_source_profile(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    ngx_smartmsg_value_field(ctx, &ngx_smartmsg_profile_prefix, name, value);
}


/* who the visitor is, in the words of the shop's pages */

static void
ngx_smartmsg_source_named(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    ngx_str_t  text;

    if (ngx_smartmsg_fields_get(ctx->profile, (u_char *) "id",
                                sizeof("id") - 1, &text)
        == NGX_OK)
    {
        ngx_smartmsg_value_string(value, &text);
    }
}


static void
ngx_smartmsg_source_traits(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    ngx_smartmsg_value_field(ctx, &ngx_smartmsg_traits_prefix, name, value);
}


static void
ngx_smartmsg_source_seen(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    ngx_smartmsg_value_answers(ctx, "shown:", name, value);
}


static void
ngx_smartmsg_source_clicked(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    ngx_smartmsg_value_answers(ctx, "clicked:", name, value);
}


static void
ngx_smartmsg_source_dismissed(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    ngx_smartmsg_value_answers(ctx, "dismissed:", name, value);
}


static void
ngx_smartmsg_source_answered(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    ngx_smartmsg_value_answers(ctx, "answered:", name, value);
}


/*
 * Somebody has written something of him into the visitor's hash, or the shop's
 * page has told who it is.
 */

static ngx_uint_t
ngx_smartmsg_is_known(ngx_smartmsg_ctx_t *ctx)
{
    ngx_str_t              id;
    ngx_uint_t             i;
    ngx_smartmsg_field_t  *field;

    if (ngx_smartmsg_fields_get(ctx->profile, (u_char *) "id",
                                sizeof("id") - 1, &id)
        == NGX_OK)
    {
        return 1;
    }

    for (i = 0; ctx->profile && i < ctx->profile->nelts; i++) {
        field = &ctx->profile->elts[i];

        if (field->name.len > ngx_smartmsg_profile_prefix.len
            && ngx_strncmp(field->name.data, ngx_smartmsg_profile_prefix.data,
                           ngx_smartmsg_profile_prefix.len)
               == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* 0 if there is none */

static double
ngx_smartmsg_visitor_number(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name)
{
    double     number;
    ngx_str_t  text;

    if (ngx_smartmsg_fields_get(ctx->profile, name->data, name->len, &text)
        != NGX_OK
        || !smartmsg_number_parse(ngx_smartmsg_str(&text), &number))
    {
        return 0;
    }

    return number;
}


/* the fact's name is that of the field: the prefix stands before the rest */

static void
ngx_smartmsg_value_field(ngx_smartmsg_ctx_t *ctx, ngx_str_t *prefix,
    ngx_str_t *name, smartmsg_value_t *value)
{
    ngx_str_t  text;

    if (ngx_smartmsg_fields_get(ctx->profile, name->data - prefix->len,
                                name->len + prefix->len, &text)
        == NGX_OK)
    {
        ngx_smartmsg_value_auto(value, &text);
    }
}


/* full days: 0 within the first 24 hours */

static void
ngx_smartmsg_value_days(smartmsg_value_t *value, double since)
{
    int64_t  days;

    days = (int64_t) ngx_smartmsg_since(since) / NGX_SMARTMSG_DAY;

    *value = smartmsg_value_number((double) days);
}


static void
ngx_smartmsg_value_answers(ngx_smartmsg_ctx_t *ctx, const char *kind,
    ngx_str_t *rule, smartmsg_value_t *value)
{
    *value = smartmsg_value_number(ngx_smartmsg_rule_number(ctx->profile,
                                               kind, ngx_smartmsg_str(rule)));
}
