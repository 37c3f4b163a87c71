
#include "http/ngx_smartmsg.h"
#include "http/ngx_smartmsg_runtime.h"

#include "core/cookie.h"
#include "core/events.h"


#define NGX_SMARTMSG_TIMEOUT         50
#define NGX_SMARTMSG_COOKIE_MAX_AGE  (390 * 24 * 60 * 60)


static char *ngx_smartmsg_cookie_parameter(ngx_conf_t *cf,
    ngx_smartmsg_cookie_conf_t *cookie, ngx_str_t *value);
static ngx_int_t ngx_smartmsg_cookie_word(ngx_smartmsg_cookie_conf_t *cookie,
    ngx_str_t *value);
static char *ngx_smartmsg_cookie_check(ngx_conf_t *cf,
    ngx_smartmsg_cookie_conf_t *cookie);
static char *ngx_smartmsg_fact_type(ngx_conf_t *cf,
    ngx_smartmsg_fact_conf_t *fact, ngx_str_t *type);
static void ngx_smartmsg_limit_body(ngx_conf_t *cf);
static ngx_int_t ngx_smartmsg_runtime_uri(ngx_conf_t *cf, ngx_str_t *endpoint,
    const smartmsg_runtime_t *file, ngx_str_t *uri);
static ngx_smartmsg_site_t *ngx_smartmsg_find_site(ngx_conf_t *cf,
    ngx_smartmsg_srv_conf_t *conf);


/* browsers cut longer lives to 400 days, RFC 6265bis */

static ngx_smartmsg_cookie_conf_t  ngx_smartmsg_default_cookie = {
    ngx_string("smartmsg"),
    ngx_null_string,
    ngx_string("/"),
    SMARTMSG_SAMESITE_LAX,
    NGX_SMARTMSG_COOKIE_MAX_AGE,
    NGX_SMARTMSG_SECURE_AUTO
};


static ngx_str_t  ngx_smartmsg_fact_types[] = {
    ngx_string("auto"),
    ngx_string("string"),
    ngx_string("number"),
    ngx_string("boolean")
};


void *
ngx_smartmsg_create_main_conf(ngx_conf_t *cf)
{
    ngx_smartmsg_main_conf_t  *mcf;

    mcf = ngx_pcalloc(cf->pool, sizeof(ngx_smartmsg_main_conf_t));
    if (mcf == NULL) {
        return NULL;
    }

    if (ngx_array_init(&mcf->sites, cf->pool, 1,
                       sizeof(ngx_smartmsg_site_t *))
        != NGX_OK)
    {
        return NULL;
    }

    return mcf;
}


void *
ngx_smartmsg_create_srv_conf(ngx_conf_t *cf)
{
    ngx_smartmsg_srv_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_smartmsg_srv_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     conf->rules = { 0, NULL };
     *     conf->endpoint = { 0, NULL };
     *     conf->script = { 0, NULL };
     *     conf->ui = { 0, NULL };
     *     conf->site = NULL;
     */

    conf->redis = NGX_CONF_UNSET_PTR;
    conf->cookie = NGX_CONF_UNSET_PTR;

    return conf;
}


char *
ngx_smartmsg_merge_srv_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_smartmsg_srv_conf_t  *prev = parent;
    ngx_smartmsg_srv_conf_t  *conf = child;

    ngx_conf_merge_ptr_value(conf->redis, prev->redis, NULL);
    ngx_conf_merge_str_value(conf->rules, prev->rules, "");
    ngx_conf_merge_ptr_value(conf->cookie, prev->cookie,
                             &ngx_smartmsg_default_cookie);

    conf->site = ngx_smartmsg_find_site(cf, conf);
    if (conf->site == NULL) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


void *
ngx_smartmsg_create_loc_conf(ngx_conf_t *cf)
{
    ngx_smartmsg_loc_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_smartmsg_loc_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    conf->enable = NGX_CONF_UNSET;
    conf->mode = NGX_CONF_UNSET_UINT;
    conf->timeout = NGX_CONF_UNSET_MSEC;
    conf->facts = NGX_CONF_UNSET_PTR;
    conf->timezone = NGX_CONF_UNSET_PTR;
    conf->bypass = NGX_CONF_UNSET_PTR;
    conf->tracks = NGX_CONF_UNSET_PTR;
    conf->pack = NGX_CONF_UNSET_PTR;
    conf->consent = NGX_CONF_UNSET_PTR;

    return conf;
}


char *
ngx_smartmsg_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_smartmsg_loc_conf_t  *prev = parent;
    ngx_smartmsg_loc_conf_t  *conf = child;

    ngx_smartmsg_srv_conf_t  *scf;

    ngx_conf_merge_value(conf->enable, prev->enable, 0);
    ngx_conf_merge_uint_value(conf->mode, prev->mode,
                              NGX_SMARTMSG_MODE_INJECT);
    ngx_conf_merge_msec_value(conf->timeout, prev->timeout,
                              NGX_SMARTMSG_TIMEOUT);
    ngx_conf_merge_ptr_value(conf->facts, prev->facts, NULL);
    ngx_conf_merge_ptr_value(conf->timezone, prev->timezone, NULL);
    ngx_conf_merge_ptr_value(conf->bypass, prev->bypass, NULL);
    ngx_conf_merge_ptr_value(conf->tracks, prev->tracks, NULL);
    ngx_conf_merge_ptr_value(conf->pack, prev->pack, NULL);
    ngx_conf_merge_ptr_value(conf->consent, prev->consent, NULL);

    if (conf->page == NULL) {
        conf->page = prev->page;
    }

    if (conf->enable || conf->endpoint) {
        scf = ngx_http_conf_get_module_srv_conf(cf, ngx_smartmsg_module);
        scf->site->used = 1;
        scf->site->on |= conf->enable;
        scf->site->endpoint |= (scf->endpoint.len != 0);

        scf->consent |= (conf->enable && conf->consent);
        scf->no_consent |= (conf->endpoint && conf->consent == NULL);
    }

    if (conf->endpoint) {
        ngx_smartmsg_limit_body(cf);
    }

    return NGX_CONF_OK;
}


/*
 * The length of a chunked body is not known before its end: no more of it than
 * can be events is read.  The core module has merged its own by now.
 */

static void
ngx_smartmsg_limit_body(ngx_conf_t *cf)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->client_max_body_size == 0
        || clcf->client_max_body_size > SMARTMSG_EVENTS_BODY_MAX)
    {
        clcf->client_max_body_size = SMARTMSG_EVENTS_BODY_MAX;
    }
}


char *
ngx_smartmsg_rules_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_smartmsg_srv_conf_t  *scf = conf;

    ngx_str_t  *value;

    if (scf->rules.data) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (value[1].len == 0) {
        return "needs the name of a directory";
    }

    scf->rules = value[1];

    if (ngx_conf_full_name(cf->cycle, &scf->rules, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


char *
ngx_smartmsg_cookie_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_smartmsg_srv_conf_t  *scf = conf;

    char                        *rv;
    ngx_str_t                   *value;
    ngx_uint_t                   i;
    ngx_smartmsg_cookie_conf_t  *cookie;

    if (scf->cookie != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    cookie = ngx_palloc(cf->pool, sizeof(ngx_smartmsg_cookie_conf_t));
    if (cookie == NULL) {
        return NGX_CONF_ERROR;
    }

    *cookie = ngx_smartmsg_default_cookie;

    value = cf->args->elts;

    cookie->name = value[1];

    for (i = 2; i < cf->args->nelts; i++) {
        rv = ngx_smartmsg_cookie_parameter(cf, cookie, &value[i]);
        if (rv != NGX_CONF_OK) {
            return rv;
        }
    }

    scf->cookie = cookie;

    return ngx_smartmsg_cookie_check(cf, cookie);
}


static char *
ngx_smartmsg_cookie_parameter(ngx_conf_t *cf,
    ngx_smartmsg_cookie_conf_t *cookie, ngx_str_t *value)
{
    ngx_str_t  arg;

    if (ngx_strncmp(value->data, "domain=", 7) == 0) {
        cookie->domain.data = value->data + 7;
        cookie->domain.len = value->len - 7;
        return NGX_CONF_OK;
    }

    if (ngx_strncmp(value->data, "path=", 5) == 0) {
        cookie->path.data = value->data + 5;
        cookie->path.len = value->len - 5;
        return NGX_CONF_OK;
    }

    if (ngx_strncmp(value->data, "max_age=", 8) == 0) {
        arg.data = value->data + 8;
        arg.len = value->len - 8;

        cookie->max_age = ngx_parse_time(&arg, 1);

        if (cookie->max_age > 0) {
            return NGX_CONF_OK;
        }

    } else if (ngx_smartmsg_cookie_word(cookie, value) == NGX_OK) {
        return NGX_CONF_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid parameter \"%V\" of smartmsg_cookie", value);

    return NGX_CONF_ERROR;
}


static ngx_int_t
ngx_smartmsg_cookie_word(ngx_smartmsg_cookie_conf_t *cookie, ngx_str_t *value)
{
    if (ngx_strcasecmp(value->data, (u_char *) "samesite=lax") == 0) {
        cookie->samesite = SMARTMSG_SAMESITE_LAX;
        return NGX_OK;
    }

    if (ngx_strcasecmp(value->data, (u_char *) "samesite=strict") == 0) {
        cookie->samesite = SMARTMSG_SAMESITE_STRICT;
        return NGX_OK;
    }

    if (ngx_strcasecmp(value->data, (u_char *) "samesite=none") == 0) {
        cookie->samesite = SMARTMSG_SAMESITE_NONE;
        return NGX_OK;
    }

    if (ngx_strcmp(value->data, "secure=auto") == 0) {
        cookie->secure = NGX_SMARTMSG_SECURE_AUTO;
        return NGX_OK;
    }

    if (ngx_strcmp(value->data, "secure=on") == 0) {
        cookie->secure = NGX_SMARTMSG_SECURE_ON;
        return NGX_OK;
    }

    if (ngx_strcmp(value->data, "secure=off") == 0) {
        cookie->secure = NGX_SMARTMSG_SECURE_OFF;
        return NGX_OK;
    }

    return NGX_DECLINED;
}


static char *
ngx_smartmsg_cookie_check(ngx_conf_t *cf, ngx_smartmsg_cookie_conf_t *cookie)
{
    const char             *reason;
    smartmsg_set_cookie_t   set;

    ngx_memzero(&set, sizeof(smartmsg_set_cookie_t));

    set.name = ngx_smartmsg_str(&cookie->name);
    set.path = ngx_smartmsg_str(&cookie->path);
    set.domain = ngx_smartmsg_str(&cookie->domain);
    set.max_age = cookie->max_age;
    set.same_site = cookie->samesite;
    set.secure = (cookie->secure == NGX_SMARTMSG_SECURE_ON);
    set.http_only = true;

    reason = smartmsg_cookie_check(&set,
                               cookie->secure == NGX_SMARTMSG_SECURE_AUTO);

    if (reason != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "smartmsg_cookie \"%V\": %s", &cookie->name,
                           reason);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


char *
ngx_smartmsg_fact_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_smartmsg_loc_conf_t  *lcf = conf;

    ngx_str_t                         *value;
    ngx_smartmsg_fact_conf_t          *fact;
    ngx_http_compile_complex_value_t   ccv;

    if (lcf->facts == NGX_CONF_UNSET_PTR) {
        lcf->facts = ngx_array_create(cf->pool, 4,
                                      sizeof(ngx_smartmsg_fact_conf_t));
        if (lcf->facts == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    fact = ngx_array_push(lcf->facts);
    if (fact == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    if (value[1].len == 0) {
        return "needs the name of a fact";
    }

    fact->name = value[1];
    fact->type = NGX_SMARTMSG_FACT_AUTO;

    ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));

    ccv.cf = cf;
    ccv.value = &value[2];
    ccv.complex_value = &fact->value;

    if (ngx_http_compile_complex_value(&ccv) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return (cf->args->nelts == 3)
           ? NGX_CONF_OK : ngx_smartmsg_fact_type(cf, fact, &value[3]);
}


static char *
ngx_smartmsg_fact_type(ngx_conf_t *cf, ngx_smartmsg_fact_conf_t *fact,
    ngx_str_t *type)
{
    ngx_uint_t  i;

    for (i = 0; i < sizeof(ngx_smartmsg_fact_types) / sizeof(ngx_str_t); i++) {

        if (type->len == ngx_smartmsg_fact_types[i].len
            && ngx_strcmp(type->data, ngx_smartmsg_fact_types[i].data) == 0)
        {
            fact->type = i;
            return NGX_CONF_OK;
        }
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid type \"%V\" of smartmsg_fact \"%V\", it must "
                       "be \"auto\", \"string\", \"number\" or \"boolean\"",
                       type, &fact->name);

    return NGX_CONF_ERROR;
}


char *
ngx_smartmsg_endpoint_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_smartmsg_loc_conf_t  *lcf = conf;

    ngx_smartmsg_srv_conf_t   *scf;
    ngx_http_core_loc_conf_t  *clcf;

    scf = ngx_http_conf_get_module_srv_conf(cf, ngx_smartmsg_module);
    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (scf->endpoint.data) {
        return "is duplicate, a server has one endpoint";
    }

    if (clcf->named
        || clcf->exact_match
#if (NGX_PCRE)
        || clcf->regex
#endif
        || clcf->name.len < 2)
    {
        return "needs a location with a plain prefix, such as \"/smartmsg/\"";
    }

    scf->endpoint = clcf->name;

    if (scf->endpoint.data[scf->endpoint.len - 1] == '/') {
        scf->endpoint.len--;
    }

    if (ngx_smartmsg_runtime_uri(cf, &scf->endpoint, &smartmsg_runtime_rt,
                                 &scf->script)
        != NGX_OK
        || ngx_smartmsg_runtime_uri(cf, &scf->endpoint, &smartmsg_runtime_ui,
                                    &scf->ui)
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    scf->tag = ngx_crc32_long(scf->script.data, scf->script.len);

    lcf->endpoint = 1;
    clcf->handler = ngx_smartmsg_endpoint_handler;

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_smartmsg_runtime_uri(ngx_conf_t *cf, ngx_str_t *endpoint,
    const smartmsg_runtime_t *file, ngx_str_t *uri)
{
    uri->len = endpoint->len + sizeof("/..js") - 1 + ngx_strlen(file->name)
               + SMARTMSG_RUNTIME_HASH_LEN;

    uri->data = ngx_pnalloc(cf->pool, uri->len);
    if (uri->data == NULL) {
        return NGX_ERROR;
    }

    ngx_sprintf(uri->data, "%V/%s.%s.js", endpoint, file->name, file->hash);

    return NGX_OK;
}


static ngx_smartmsg_site_t *
ngx_smartmsg_find_site(ngx_conf_t *cf, ngx_smartmsg_srv_conf_t *conf)
{
    ngx_uint_t                  i;
    ngx_smartmsg_site_t       **site, **s;
    ngx_smartmsg_main_conf_t   *mcf;

    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_smartmsg_module);

    site = mcf->sites.elts;

    for (i = 0; i < mcf->sites.nelts; i++) {

        if (site[i]->redis_conf == conf->redis
            && site[i]->dir.len == conf->rules.len
            && ngx_strncmp(site[i]->dir.data, conf->rules.data,
                           conf->rules.len)
               == 0)
        {
            return site[i];
        }
    }

    s = ngx_array_push(&mcf->sites);
    if (s == NULL) {
        return NULL;
    }

    *s = ngx_smartmsg_site_create(cf, conf->redis, &conf->rules);

    if (*s == NULL) {
        mcf->sites.nelts--;
        return NULL;
    }

    return *s;
}


/* half a configuration is no error, but hardly what was meant */

void
ngx_smartmsg_check_sites(ngx_conf_t *cf)
{
    ngx_uint_t                  i;
    ngx_smartmsg_site_t       **site;
    ngx_smartmsg_main_conf_t   *mcf;

    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_smartmsg_module);

    site = mcf->sites.elts;

    for (i = 0; i < mcf->sites.nelts; i++) {

        if (!site[i]->on) {
            continue;
        }

        if (site[i]->redis_conf == NULL) {
            ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                          "\"smartmsg\" is on without \"smartmsg_redis\", "
                          "so no message is shown");

        } else if (!site[i]->endpoint) {
            ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                          "\"smartmsg\" is on in no server that has a "
                          "location with \"smartmsg_endpoint\", so no "
                          "message is shown");
        }
    }
}
