
/*
 * Consent.  The browser's signals count first, then the value of the operator,
 * which is "unknown" where the browser is to ask; a visitor's cookie that
 * comes in then says that it has been granted there.
 */


#include "http/ngx_smartmsg_consent.h"


struct ngx_smartmsg_consent_conf_s {
    ngx_http_complex_value_t     value;
    unsigned                     gpc:1;
    unsigned                     dnt:1;
};


typedef struct {
    ngx_str_t                    word;
    ngx_smartmsg_consent_e       state;
} ngx_smartmsg_consent_word_t;


static ngx_int_t ngx_smartmsg_consent_parameter(
    ngx_smartmsg_consent_conf_t *consent, ngx_str_t *value);
static ngx_int_t ngx_smartmsg_consent_parse(ngx_str_t *value,
    ngx_smartmsg_consent_e *state);
static ngx_smartmsg_consent_e ngx_smartmsg_consent_state(
    ngx_http_request_t *r, ngx_smartmsg_headers_t *h);
static ngx_uint_t ngx_smartmsg_consent_signal(ngx_str_t *value);
static ngx_int_t ngx_smartmsg_consent_give(ngx_http_request_t *r,
    ngx_smartmsg_consent_t *consent);


static ngx_smartmsg_consent_conf_t  ngx_smartmsg_no_consent = {
    .gpc = 1,
    .dnt = 1
};


static ngx_smartmsg_consent_word_t  ngx_smartmsg_consent_words[] = {
    { ngx_string("1"), NGX_SMARTMSG_GRANTED },
    { ngx_string("yes"), NGX_SMARTMSG_GRANTED },
    { ngx_string("true"), NGX_SMARTMSG_GRANTED },
    { ngx_string("granted"), NGX_SMARTMSG_GRANTED },
    { ngx_string("on"), NGX_SMARTMSG_GRANTED },
    { ngx_string("0"), NGX_SMARTMSG_DENIED },
    { ngx_string("no"), NGX_SMARTMSG_DENIED },
    { ngx_string("false"), NGX_SMARTMSG_DENIED },
    { ngx_string("denied"), NGX_SMARTMSG_DENIED },
    { ngx_string("off"), NGX_SMARTMSG_DENIED },
    { ngx_string("unknown"), NGX_SMARTMSG_UNKNOWN },
    { ngx_string(""), NGX_SMARTMSG_UNKNOWN }
};


/* in the order of ngx_smartmsg_consent_e */

static ngx_str_t  ngx_smartmsg_consent_names[] = {
    ngx_string("implied"),
    ngx_string("granted"),
    ngx_string("unknown"),
    ngx_string("denied")
};


char *
ngx_smartmsg_consent_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_smartmsg_loc_conf_t  *lcf = conf;

    ngx_str_t                         *value;
    ngx_uint_t                         i;
    ngx_smartmsg_consent_e             state;
    ngx_smartmsg_consent_conf_t       *consent;
    ngx_http_compile_complex_value_t   ccv;

    if (lcf->consent != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    consent = ngx_palloc(cf->pool, sizeof(ngx_smartmsg_consent_conf_t));
    if (consent == NULL) {
        return NGX_CONF_ERROR;
    }

    *consent = ngx_smartmsg_no_consent;

    value = cf->args->elts;

    for (i = 2; i < cf->args->nelts; i++) {

        if (ngx_smartmsg_consent_parameter(consent, &value[i]) != NGX_OK) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\" of smartmsg_consent",
                               &value[i]);
            return NGX_CONF_ERROR;
        }
    }

    ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));

    ccv.cf = cf;
    ccv.value = &value[1];
    ccv.complex_value = &consent->value;

    if (ngx_http_compile_complex_value(&ccv) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (consent->value.lengths == NULL
        && ngx_smartmsg_consent_parse(&value[1], &state) != NGX_OK)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" of smartmsg_consent, it must "
                           "be \"granted\", \"denied\", \"unknown\" or a "
                           "variable", &value[1]);
        return NGX_CONF_ERROR;
    }

    lcf->consent = consent;

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_smartmsg_consent_parameter(ngx_smartmsg_consent_conf_t *consent,
    ngx_str_t *value)
{
    if (ngx_strcmp(value->data, "gpc=off") == 0) {
        consent->gpc = 0;
        return NGX_OK;
    }

    if (ngx_strcmp(value->data, "dnt=off") == 0) {
        consent->dnt = 0;
        return NGX_OK;
    }

    return (ngx_strcmp(value->data, "gpc=on") == 0
            || ngx_strcmp(value->data, "dnt=on") == 0)
           ? NGX_OK : NGX_DECLINED;
}


/* what pages may not remember, their events would */

void
ngx_smartmsg_check_consent(ngx_conf_t *cf)
{
    ngx_uint_t                   i;
    ngx_smartmsg_srv_conf_t     *scf;
    ngx_http_core_srv_conf_t   **server;
    ngx_http_core_main_conf_t   *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    server = cmcf->servers.elts;

    for (i = 0; i < cmcf->servers.nelts; i++) {

        scf = server[i]->ctx->srv_conf[ngx_smartmsg_module.ctx_index];

        if (scf->consent && scf->no_consent) {
            ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                          "\"smartmsg_consent\" is not given for the endpoint "
                          "of server \"%V\", so events are taken without "
                          "consent", &server[i]->server_name);
        }
    }
}


static ngx_int_t
ngx_smartmsg_consent_parse(ngx_str_t *value, ngx_smartmsg_consent_e *state)
{
    ngx_uint_t                    i;
    ngx_smartmsg_consent_word_t  *word;

    word = ngx_smartmsg_consent_words;

    for (i = 0;
         i < sizeof(ngx_smartmsg_consent_words)
             / sizeof(ngx_smartmsg_consent_word_t);
         i++)
    {
        if (value->len == word[i].word.len
            && ngx_strncasecmp(value->data, word[i].word.data, value->len)
               == 0)
        {
            *state = word[i].state;
            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


void
ngx_smartmsg_consent(ngx_http_request_t *r, ngx_smartmsg_headers_t *h,
    ngx_smartmsg_consent_t *consent)
{
    ngx_smartmsg_srv_conf_t  *scf;

    scf = ngx_http_get_module_srv_conf(r, ngx_smartmsg_module);

    ngx_str_null(&consent->visitor);
    (void) ngx_smartmsg_find_visitor(r, h, &scf->cookie->name,
                                     &consent->visitor);

    consent->state = ngx_smartmsg_consent_state(r, h);
    consent->open = (consent->state == NGX_SMARTMSG_UNKNOWN);

    if (consent->open && consent->visitor.len) {
        consent->state = NGX_SMARTMSG_GRANTED;
    }

    consent->anonymous = (consent->state == NGX_SMARTMSG_UNKNOWN
                          || consent->state == NGX_SMARTMSG_DENIED);
}


/* a value that nobody understands is no consent */

static ngx_smartmsg_consent_e
ngx_smartmsg_consent_state(ngx_http_request_t *r, ngx_smartmsg_headers_t *h)
{
    ngx_str_t                     value;
    ngx_smartmsg_consent_e        state;
    ngx_smartmsg_loc_conf_t      *lcf;
    ngx_smartmsg_consent_conf_t  *conf;

    lcf = ngx_http_get_module_loc_conf(r, ngx_smartmsg_module);
    conf = lcf->consent ? lcf->consent : &ngx_smartmsg_no_consent;

    if ((conf->gpc && ngx_smartmsg_consent_signal(&h->gpc))
        || (conf->dnt && ngx_smartmsg_consent_signal(&h->dnt)))
    {
        return NGX_SMARTMSG_DENIED;
    }

    if (lcf->consent == NULL) {
        return NGX_SMARTMSG_IMPLIED;
    }

    if (ngx_http_complex_value(r, &conf->value, &value) != NGX_OK
        || ngx_smartmsg_consent_parse(&value, &state) != NGX_OK)
    {
        return NGX_SMARTMSG_DENIED;
    }

    return state;
}


static ngx_uint_t
ngx_smartmsg_consent_signal(ngx_str_t *value)
{
    return (value->len == 1 && value->data[0] == '1');
}


void
ngx_smartmsg_consent_name(ngx_smartmsg_consent_t *consent, ngx_str_t *name)
{
    *name = ngx_smartmsg_consent_names[consent->state];
}


ngx_int_t
ngx_smartmsg_forget(ngx_http_request_t *r, ngx_str_t *visitor)
{
    ngx_smartmsg_srv_conf_t  *scf;

    scf = ngx_http_get_module_srv_conf(r, ngx_smartmsg_module);

    if (!ngx_smartmsg_site_ready(scf->site)
        || ngx_smartmsg_store_delete(scf->site->store, visitor) != NGX_OK)
    {
        return NGX_OK;
    }

    return ngx_smartmsg_send_cookie(r, NULL);
}


/* of several the last one counts */

ngx_int_t
ngx_smartmsg_consent_events(ngx_http_request_t *r, smartmsg_events_t *events,
    ngx_smartmsg_consent_t *consent)
{
    size_t      i;
    ngx_uint_t  told, granted;

    told = 0;
    granted = 0;

    for (i = 0; i < events->n; i++) {
        if (events->events[i].kind == SMARTMSG_EVENT_CONSENT) {
            told = 1;
            granted = events->events[i].granted;
        }
    }

    if (told && granted && consent->state != NGX_SMARTMSG_DENIED) {
        return ngx_smartmsg_consent_give(r, consent);
    }

    if (told && !granted) {
        consent->anonymous = 1;
    }

    if (consent->anonymous && consent->visitor.len) {
        return ngx_smartmsg_forget(r, &consent->visitor);
    }

    return NGX_OK;
}


/*
 * Nothing is written to Redis: the session begins when the browser asks for
 * messages again, or with the next page.
 */

static ngx_int_t
ngx_smartmsg_consent_give(ngx_http_request_t *r,
    ngx_smartmsg_consent_t *consent)
{
    u_char  *id;

    if (consent->visitor.len) {
        return NGX_OK;
    }

    id = ngx_pnalloc(r->pool, SMARTMSG_VISITOR_ID_LEN);
    if (id == NULL) {
        return NGX_ERROR;
    }

    if (!smartmsg_visitor_id_new((char *) id)) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, ngx_errno,
                      "smartmsg: no random bytes");
        return NGX_ERROR;
    }

    consent->visitor.data = id;
    consent->visitor.len = SMARTMSG_VISITOR_ID_LEN;
    consent->anonymous = 0;

    return ngx_smartmsg_send_cookie(r, &consent->visitor);
}


/*
 * A page that is changed here is private, so only the visitor's own browser
 * may keep it: it has to ask again once a signal was switched on or off.
 */

ngx_int_t
ngx_smartmsg_consent_vary(ngx_http_request_t *r)
{
    ngx_str_t                     value;
    ngx_smartmsg_loc_conf_t      *lcf;
    ngx_smartmsg_consent_conf_t  *conf;

    lcf = ngx_http_get_module_loc_conf(r, ngx_smartmsg_module);
    conf = lcf->consent ? lcf->consent : &ngx_smartmsg_no_consent;

    ngx_str_set(&value, "Sec-GPC, DNT");

    if (!conf->gpc && !conf->dnt) {
        return NGX_OK;
    }

    if (!conf->dnt) {
        ngx_str_set(&value, "Sec-GPC");

    } else if (!conf->gpc) {
        ngx_str_set(&value, "DNT");
    }

    return ngx_smartmsg_add_header(r, "Vary", &value);
}
