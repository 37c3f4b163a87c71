
#include "http/ngx_smartmsg.h"


static ngx_int_t ngx_smartmsg_preconfiguration(ngx_conf_t *cf);
static ngx_int_t ngx_smartmsg_postconfiguration(ngx_conf_t *cf);
static ngx_int_t ngx_smartmsg_init_process(ngx_cycle_t *cycle);
static void ngx_smartmsg_exit_process(ngx_cycle_t *cycle);


static ngx_conf_enum_t  ngx_smartmsg_modes[] = {
    { ngx_string("inject"), NGX_SMARTMSG_MODE_INJECT },
    { ngx_string("fetch"), NGX_SMARTMSG_MODE_FETCH },
    { ngx_null_string, 0 }
};


static ngx_command_t  ngx_smartmsg_commands[] = {

    { ngx_string("smartmsg"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_HTTP_LIF_CONF
                        |NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_smartmsg_loc_conf_t, enable),
      NULL },

    { ngx_string("smartmsg_redis"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_CONF_1MORE,
      ngx_smartmsg_redis_directive,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("smartmsg_rules"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_CONF_TAKE1,
      ngx_smartmsg_rules_directive,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("smartmsg_cookie"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_CONF_1MORE,
      ngx_smartmsg_cookie_directive,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("smartmsg_endpoint"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_smartmsg_endpoint_directive,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("smartmsg_timeout"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_smartmsg_loc_conf_t, timeout),
      NULL },

    { ngx_string("smartmsg_page"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_set_complex_value_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_smartmsg_loc_conf_t, page),
      NULL },

    { ngx_string("smartmsg_fact"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE23,
      ngx_smartmsg_fact_directive,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("smartmsg_timezone"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_smartmsg_timezone_directive,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("smartmsg_consent"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_smartmsg_consent_directive,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("smartmsg_bypass"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_set_predicate_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_smartmsg_loc_conf_t, bypass),
      NULL },

    { ngx_string("smartmsg_shop"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE12,
      ngx_smartmsg_shop_directive,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("smartmsg_track"),
      NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_smartmsg_track_directive,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("smartmsg_mode"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_smartmsg_loc_conf_t, mode),
      &ngx_smartmsg_modes },

      ngx_null_command
};


static ngx_http_module_t  ngx_smartmsg_module_ctx = {
    ngx_smartmsg_preconfiguration,         /* preconfiguration */
    ngx_smartmsg_postconfiguration,        /* postconfiguration */

    ngx_smartmsg_create_main_conf,         /* create main configuration */
    NULL,                                  /* init main configuration */

    ngx_smartmsg_create_srv_conf,          /* create server configuration */
    ngx_smartmsg_merge_srv_conf,           /* merge server configuration */

    ngx_smartmsg_create_loc_conf,          /* create location configuration */
    ngx_smartmsg_merge_loc_conf            /* merge location configuration */
};


ngx_module_t  ngx_smartmsg_module = {
    NGX_MODULE_V1,
    &ngx_smartmsg_module_ctx,              /* module context */
    ngx_smartmsg_commands,                 /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    ngx_smartmsg_init_process,             /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_smartmsg_exit_process,             /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_int_t
ngx_smartmsg_preconfiguration(ngx_conf_t *cf)
{
    return ngx_smartmsg_add_variables(cf);
}


static ngx_int_t
ngx_smartmsg_postconfiguration(ngx_conf_t *cf)
{
    ngx_http_handler_pt        *h;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_PRECONTENT_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_smartmsg_precontent_handler;

    if (ngx_smartmsg_decide_init(cf) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_smartmsg_check_sites(cf);
    ngx_smartmsg_check_consent(cf);

    ngx_smartmsg_header_filter_init();
    ngx_smartmsg_body_filter_init();

    return NGX_OK;
}


static ngx_int_t
ngx_smartmsg_init_process(ngx_cycle_t *cycle)
{
    ngx_uint_t                  i;
    ngx_smartmsg_site_t       **site;
    ngx_smartmsg_main_conf_t   *mcf;

    /* cache manager and cache loader serve no pages */

    if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE)
    {
        return NGX_OK;
    }

    mcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_smartmsg_module);
    if (mcf == NULL) {
        return NGX_OK;
    }

    site = mcf->sites.elts;

    for (i = 0; i < mcf->sites.nelts; i++) {
        if (site[i]->used) {
            ngx_smartmsg_site_start(site[i], cycle);
        }
    }

    return NGX_OK;
}


static void
ngx_smartmsg_exit_process(ngx_cycle_t *cycle)
{
    ngx_uint_t                  i;
    ngx_smartmsg_site_t       **site;
    ngx_smartmsg_main_conf_t   *mcf;

    mcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_smartmsg_module);
    if (mcf == NULL) {
        return;
    }

    site = mcf->sites.elts;

    for (i = 0; i < mcf->sites.nelts; i++) {
        ngx_smartmsg_site_stop(site[i]);
    }
}
