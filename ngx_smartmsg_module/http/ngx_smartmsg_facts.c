
/*
 * The facts of a page view: asked for by slot, computed at most once, and
 * only if a rule asks.
 */


#include "http/ngx_smartmsg.h"
#include "http/ngx_smartmsg_facts.h"
#include "http/ngx_smartmsg_pack.h"


static const smartmsg_value_t *ngx_smartmsg_fact_get(void *data,
    uint32_t slot);
static ngx_uint_t ngx_smartmsg_fact_personal(ngx_smartmsg_ctx_t *ctx,
    uint32_t slot);
static void ngx_smartmsg_fact_compute(ngx_smartmsg_ctx_t *ctx, uint32_t slot,
    smartmsg_value_t *value);
static ngx_int_t ngx_smartmsg_fact_configured(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static const ngx_smartmsg_source_t *ngx_smartmsg_fact_source(
    ngx_smartmsg_site_t *site, uint32_t slot, ngx_str_t *name);


static const smartmsg_value_t  ngx_smartmsg_missing = { SMARTMSG_MISSING,
                                                        { false } };


ngx_int_t
ngx_smartmsg_facts(ngx_smartmsg_ctx_t *ctx, smartmsg_facts_t *facts)
{
    ngx_pool_t  *pool;

    pool = ctx->request->pool;

    ctx->nslots = smartmsg_names_count(ctx->site->names);

    ctx->values = ngx_palloc(pool, ctx->nslots * sizeof(smartmsg_value_t));
    ctx->known = ngx_pcalloc(pool, ctx->nslots + 1);

    if (ctx->values == NULL || ctx->known == NULL) {
        return NGX_ERROR;
    }

    facts->get = ngx_smartmsg_fact_get;
    facts->data = ctx;
    facts->values = ctx->values;
    facts->known = ctx->known;
    facts->n = ctx->nslots;

    return NGX_OK;
}


static const smartmsg_value_t *
ngx_smartmsg_fact_get(void *data, uint32_t slot)
{
    ngx_smartmsg_ctx_t *ctx = data;

    if (slot >= ctx->nslots) {
        return &ngx_smartmsg_missing;
    }

    if (ctx->consent.anonymous && ngx_smartmsg_fact_personal(ctx, slot)) {
        ctx->personal = 1;
        return &ngx_smartmsg_missing;
    }

    if (!ctx->known[slot]) {
        ctx->values[slot] = ngx_smartmsg_missing;
        ngx_smartmsg_fact_compute(ctx, slot, &ctx->values[slot]);
        ctx->known[slot] = 1;
    }

    return &ctx->values[slot];
}


/*
 * By its name: one of the visitor that smartmsg_fact gives, from a cookie of
 * the shop, is the visitor's all the same.
 */

static ngx_uint_t
ngx_smartmsg_fact_personal(ngx_smartmsg_ctx_t *ctx, uint32_t slot)
{
    ngx_str_t       name;
    smartmsg_str_t  s;

    s = smartmsg_names_name(ctx->site->names, slot);

    name.data = (u_char *) s.data;
    name.len = s.len;

    return ngx_smartmsg_source_personal(ngx_smartmsg_fact_source(ctx->site, slot,
                                                               &name));
}


static void
ngx_smartmsg_fact_compute(ngx_smartmsg_ctx_t *ctx, uint32_t slot,
    smartmsg_value_t *value)
{
    ngx_str_t                     name, rest;
    smartmsg_str_t                s;
    const ngx_smartmsg_source_t  *source;

    s = smartmsg_names_name(ctx->site->names, slot);

    name.data = (u_char *) s.data;
    name.len = s.len;

    /* what the operator says counts more than what was tracked */

    if (ngx_smartmsg_fact_configured(ctx, &name, value) == NGX_OK) {
        return;
    }

    if (ngx_smartmsg_pack_fact(ctx, &name, value) == NGX_OK) {
        return;
    }

    source = ngx_smartmsg_fact_source(ctx->site, slot, &name);

    if (source->get == NULL) {
        return;
    }

    rest = name;

    if (source->name.data[source->name.len - 1] == '.') {
        rest.data += source->name.len;
        rest.len -= source->name.len;
    }

    source->get(ctx, &rest, value);
}


/* an empty value is no value, as with an unset variable */

static ngx_int_t
ngx_smartmsg_fact_configured(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    ngx_str_t                  s;
    ngx_uint_t                 i;
    ngx_smartmsg_fact_conf_t  *fact;
    ngx_smartmsg_loc_conf_t   *lcf;

    lcf = ngx_http_get_module_loc_conf(ctx->request, ngx_smartmsg_module);

    if (lcf->facts == NULL) {
        return NGX_DECLINED;
    }

    fact = lcf->facts->elts;

    for (i = 0; i < lcf->facts->nelts; i++) {

        if (fact[i].name.len != name->len
            || ngx_memcmp(fact[i].name.data, name->data, name->len) != 0)
        {
            continue;
        }

        if (ngx_http_complex_value(ctx->request, &fact[i].value, &s) != NGX_OK
            || s.len == 0)
        {
            continue;
        }

        switch (fact[i].type) {

        case NGX_SMARTMSG_FACT_STRING:
            ngx_smartmsg_value_string(value, &s);
            break;

        case NGX_SMARTMSG_FACT_NUMBER:
            ngx_smartmsg_value_number(value, &s, 0);
            break;

        case NGX_SMARTMSG_FACT_BOOLEAN:
            *value = smartmsg_value_boolean(!(s.len == 1 && s.data[0] == '0')
                                  && !(s.len == 5
                                       && ngx_strncmp(s.data, "false", 5)
                                          == 0));
            break;

        default:
            ngx_smartmsg_value_auto(value, &s);
        }

        return NGX_OK;
    }

    return NGX_DECLINED;
}


/* names never change their slots, so a source is looked for once a worker */

static const ngx_smartmsg_source_t *
ngx_smartmsg_fact_source(ngx_smartmsg_site_t *site, uint32_t slot,
    ngx_str_t *name)
{
    ngx_uint_t     n;
    const void   **sources;

    if (slot >= site->nsources) {

        n = smartmsg_names_count(site->names);

        sources = ngx_calloc(n * sizeof(void *), ngx_cycle->log);
        if (sources == NULL) {
            return ngx_smartmsg_source_find(name);
        }

        if (site->sources) {
            ngx_memcpy(sources, site->sources,
                       site->nsources * sizeof(void *));
            ngx_free(site->sources);
        }

        site->sources = sources;
        site->nsources = n;
    }

    if (site->sources[slot] == NULL) {
        site->sources[slot] = ngx_smartmsg_source_find(name);
    }

    return site->sources[slot];
}
