
#include "http/ngx_smartmsg.h"


static char *ngx_smartmsg_redis_parameter(ngx_smartmsg_redis_conf_t *redis,
    ngx_str_t *value);
static ngx_uint_t ngx_smartmsg_redis_string(ngx_str_t *value,
    const char *name, ngx_str_t *result);
static char *ngx_smartmsg_redis_time(ngx_str_t *arg, ngx_msec_t *result);


char *
ngx_smartmsg_redis_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_smartmsg_srv_conf_t  *scf = conf;

    char                       *error;
    ngx_str_t                  *value;
    ngx_uint_t                  i;
    ngx_smartmsg_redis_conf_t  *redis;

    if (scf->redis != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "off") == 0) {
        scf->redis = NULL;
        return NGX_CONF_OK;
    }

    redis = ngx_pcalloc(cf->pool, sizeof(ngx_smartmsg_redis_conf_t));
    if (redis == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_smartmsg_redis_conf_init(redis);

    error = ngx_smartmsg_redis_parse_address(cf->pool, &value[1], redis);
    if (error != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "smartmsg_redis \"%V\": %s",
                           &value[1], error);
        return NGX_CONF_ERROR;
    }

    for (i = 2; i < cf->args->nelts; i++) {

        error = ngx_smartmsg_redis_parameter(redis, &value[i]);

        if (error != NULL) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "parameter \"%V\" of smartmsg_redis %s",
                               &value[i], error);
            return NGX_CONF_ERROR;
        }
    }

    if (redis->user.len && redis->password.len == 0) {
        return "has a \"user\" without a \"password\"";
    }

    scf->redis = redis;

    return NGX_CONF_OK;
}


/* NULL, or what is wrong with the parameter */

static char *
ngx_smartmsg_redis_parameter(ngx_smartmsg_redis_conf_t *redis,
    ngx_str_t *value)
{
    ngx_int_t  db;
    ngx_str_t  arg;

    if (ngx_smartmsg_redis_string(value, "user=", &redis->user)
        || ngx_smartmsg_redis_string(value, "password=", &redis->password))
    {
        return NULL;
    }

    if (ngx_smartmsg_redis_string(value, "prefix=", &redis->prefix)) {

        if (redis->prefix.len > NGX_SMARTMSG_REDIS_PREFIX_MAX) {
            return "is too long, at most 64 bytes are allowed";
        }

        if (ngx_strlchr(redis->prefix.data,
                        redis->prefix.data + redis->prefix.len, '{'))
        {
            return "must not have \"{\", which marks the visitor in keys";
        }

        return NULL;
    }

    if (ngx_smartmsg_redis_string(value, "db=", &arg)) {

        db = ngx_atoi(arg.data, arg.len);
        if (db == NGX_ERROR) {
            return "needs a number";
        }

        redis->db = db;

        return NULL;
    }

    if (ngx_smartmsg_redis_string(value, "connect_timeout=", &arg)) {
        return ngx_smartmsg_redis_time(&arg, &redis->connect_timeout);
    }

    if (ngx_smartmsg_redis_string(value, "timeout=", &arg)) {
        return ngx_smartmsg_redis_time(&arg, &redis->timeout);
    }

    return "is unknown, there are \"user\", \"password\", \"db\", "
           "\"prefix\", \"connect_timeout\" and \"timeout\"";
}


static ngx_uint_t
ngx_smartmsg_redis_string(ngx_str_t *value, const char *name,
    ngx_str_t *result)
{
    size_t  len;

    len = ngx_strlen(name);

    if (ngx_strncmp(value->data, name, len) != 0) {
        return 0;
    }

    result->data = value->data + len;
    result->len = value->len - len;

    return 1;
}


static char *
ngx_smartmsg_redis_time(ngx_str_t *arg, ngx_msec_t *result)
{
    ngx_msec_t  time;

    time = ngx_parse_time(arg, 0);

    if (time == (ngx_msec_t) NGX_ERROR || time == 0) {
        return "needs a time above zero, such as \"200ms\"";
    }

    *result = time;

    return NULL;
}
