
#include "http/ngx_smartmsg.h"
#include "http/ngx_smartmsg_sticky.h"

#include "core/sticky_field.h"


static bool ngx_smartmsg_sticky_get(void *data,
    const smartmsg_sticky_key_t *key, smartmsg_str_t *variation);
static ngx_smartmsg_field_t *ngx_smartmsg_sticky_find(ngx_array_t *fields,
    u_char *name, size_t len);
static void ngx_smartmsg_sticky_put(void *data,
    const smartmsg_sticky_key_t *key, smartmsg_str_t variation);
static ngx_int_t ngx_smartmsg_sticky_copy(ngx_pool_t *pool, ngx_str_t *to,
    const char *data, size_t len);


void
ngx_smartmsg_sticky_init(ngx_smartmsg_ctx_t *ctx, smartmsg_sticky_t *sticky)
{
    sticky->get = ngx_smartmsg_sticky_get;
    sticky->put = ngx_smartmsg_sticky_put;
    sticky->data = ctx;
}


static bool
ngx_smartmsg_sticky_get(void *data, const smartmsg_sticky_key_t *key,
    smartmsg_str_t *variation)
{
    ngx_smartmsg_ctx_t *ctx = data;

    char                   name[SMARTMSG_STICKY_FIELD_MAX];
    size_t                 len;
    ngx_str_t              value;
    ngx_smartmsg_field_t  *field;

    len = smartmsg_sticky_field(key, name);

    if (len == 0) {
        return 0;
    }

    field = ngx_smartmsg_sticky_find(ctx->sticky, (u_char *) name, len);

    if (field) {
        value = field->value;

    } else if (ngx_smartmsg_fields_get(ctx->profile, (u_char *) name, len,
                                       &value)
               != NGX_OK)
    {
        return 0;
    }

    return smartmsg_sticky_variation(key, ngx_smartmsg_str(&value), variation);
}


static ngx_smartmsg_field_t *
ngx_smartmsg_sticky_find(ngx_array_t *fields, u_char *name, size_t len)
{
    ngx_uint_t             i;
    ngx_smartmsg_field_t  *field;

    if (fields == NULL) {
        return NULL;
    }

    field = fields->elts;

    for (i = 0; i < fields->nelts; i++) {
        if (field[i].name.len == len
            && ngx_memcmp(field[i].name.data, name, len) == 0)
        {
            return &field[i];
        }
    }

    return NULL;
}


/*
 * Of a visitor whose cookie has not come back nothing is kept beyond the
 * session: until then the hash says the same again.
 */

static void
ngx_smartmsg_sticky_put(void *data, const smartmsg_sticky_key_t *key,
    smartmsg_str_t variation)
{
    ngx_smartmsg_ctx_t *ctx = data;

    char                   name[SMARTMSG_STICKY_FIELD_MAX];
    char                   value[SMARTMSG_STICKY_FIELD_MAX];
    size_t                 len, value_len;
    ngx_pool_t            *pool;
    ngx_str_t              copy;
    ngx_smartmsg_field_t  *field;

    if (ctx->minted || ctx->prefetch || ctx->preview || ctx->consent.anonymous)
    {
        return;
    }

    len = smartmsg_sticky_field(key, name);
    value_len = smartmsg_sticky_value(key, variation, value);

    if (len == 0 || value_len == 0) {
        return;
    }

    pool = ctx->request->pool;

    if (ctx->sticky == NULL) {
        ctx->sticky = ngx_array_create(pool, 4, sizeof(ngx_smartmsg_field_t));
        if (ctx->sticky == NULL) {
            return;
        }
    }

    field = ngx_smartmsg_sticky_find(ctx->sticky, (u_char *) name, len);

    if (field == NULL) {

        if (ctx->sticky->nelts == NGX_SMARTMSG_STICKY_FIELDS
            || ngx_smartmsg_sticky_copy(pool, &copy, name, len) != NGX_OK)
        {
            return;
        }

        field = ngx_array_push(ctx->sticky);
        if (field == NULL) {
            return;
        }

        field->name = copy;
        ngx_str_null(&field->value);
    }

    if (ngx_smartmsg_sticky_copy(pool, &copy, value, value_len) == NGX_OK) {
        field->value = copy;
    }
}


static ngx_int_t
ngx_smartmsg_sticky_copy(ngx_pool_t *pool, ngx_str_t *to, const char *data,
    size_t len)
{
    to->data = ngx_pnalloc(pool, len);
    if (to->data == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(to->data, data, len);
    to->len = len;

    return NGX_OK;
}


void
ngx_smartmsg_sticky_write(ngx_smartmsg_ctx_t *ctx)
{
    ngx_str_t                 visitor;
    ngx_smartmsg_srv_conf_t  *scf;

    if (ctx->sticky == NULL || !ngx_smartmsg_site_ready(ctx->site)) {
        return;
    }

    scf = ngx_http_get_module_srv_conf(ctx->request, ngx_smartmsg_module);

    visitor.data = ctx->visitor;
    visitor.len = SMARTMSG_VISITOR_ID_LEN;

    (void) ngx_smartmsg_store_sticky(ctx->site->store, &visitor,
                                     scf->cookie->max_age, ctx->sticky->elts,
                                     ctx->sticky->nelts);
}
