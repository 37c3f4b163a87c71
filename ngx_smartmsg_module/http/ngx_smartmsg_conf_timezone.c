
#include "http/ngx_smartmsg.h"


static void ngx_smartmsg_timezone_cleanup(void *data);


/*
 * The file of the zone is read here, so that a worker neither blocks nor
 * depends on the process-wide idea of a zone that libc has.
 */

char *
ngx_smartmsg_timezone_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_smartmsg_loc_conf_t  *lcf = conf;

    ngx_str_t           *value;
    smartmsg_error_t     err;
    ngx_pool_cleanup_t  *cln;

    if (lcf->timezone != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    lcf->timezone = NULL;

    /* needs no file: there may be no database in a small container */

    if (ngx_strcmp(value[1].data, "UTC") == 0) {
        return NGX_CONF_OK;
    }

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        return NGX_CONF_ERROR;
    }

    smartmsg_error_clear(&err);

    lcf->timezone = smartmsg_timezone_load(ngx_smartmsg_str(&value[1]), &err);

    if (lcf->timezone == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "smartmsg_timezone \"%V\": %s", &value[1],
                           err.text);
        return NGX_CONF_ERROR;
    }

    cln->handler = ngx_smartmsg_timezone_cleanup;
    cln->data = lcf->timezone;

    return NGX_CONF_OK;
}


static void
ngx_smartmsg_timezone_cleanup(void *data)
{
    smartmsg_timezone_free(data);
}
