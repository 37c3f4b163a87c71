/*
 * The address of a Redis, resolved while the configuration is read: hiredis
 * would resolve it with a blocking call in the worker.
 */

#include "redis/ngx_smartmsg_redis_conf.h"

#include <ngx_event.h>


static ngx_int_t ngx_smartmsg_redis_add_address(ngx_pool_t *pool,
    ngx_smartmsg_redis_conf_t *conf, ngx_addr_t *addr);


static ngx_smartmsg_redis_addr_t  ngx_smartmsg_redis_default = {
    (char *) "127.0.0.1", NGX_SMARTMSG_REDIS_PORT
};


void
ngx_smartmsg_redis_conf_init(ngx_smartmsg_redis_conf_t *conf)
{
    ngx_memzero(conf, sizeof(ngx_smartmsg_redis_conf_t));

    ngx_str_set(&conf->name, "127.0.0.1:6379");
    ngx_str_set(&conf->prefix, NGX_SMARTMSG_REDIS_PREFIX);

    conf->addrs = &ngx_smartmsg_redis_default;
    conf->naddrs = 1;
    conf->connect_timeout = NGX_SMARTMSG_REDIS_CONNECT_TIMEOUT;
    conf->timeout = NGX_SMARTMSG_REDIS_TIMEOUT;
}


char *
ngx_smartmsg_redis_parse_address(ngx_pool_t *pool, ngx_str_t *url,
    ngx_smartmsg_redis_conf_t *conf)
{
    ngx_url_t   u;
    ngx_uint_t  i;

    ngx_memzero(&u, sizeof(ngx_url_t));

    u.url = *url;
    u.default_port = NGX_SMARTMSG_REDIS_PORT;

    /* checks the length of a unix socket's path, too */

    if (ngx_parse_url(pool, &u) != NGX_OK) {
        return u.err ? u.err : (char *) "not enough memory for the address";
    }

    conf->name = *url;
    conf->naddrs = 0;
    conf->addrs = ngx_pcalloc(pool,
                              u.naddrs * sizeof(ngx_smartmsg_redis_addr_t));
    if (conf->addrs == NULL) {
        return (char *) "not enough memory for the address";
    }

    /* IPv4 first: a Redis on "localhost" may well not listen on ::1 */

    for (i = 0; i < u.naddrs; i++) {
        if (u.addrs[i].sockaddr->sa_family == AF_INET
            && ngx_smartmsg_redis_add_address(pool, conf, &u.addrs[i])
               != NGX_OK)
        {
            return (char *) "not enough memory for the address";
        }
    }

    for (i = 0; i < u.naddrs; i++) {
        if (u.addrs[i].sockaddr->sa_family != AF_INET
            && ngx_smartmsg_redis_add_address(pool, conf, &u.addrs[i])
               != NGX_OK)
        {
            return (char *) "not enough memory for the address";
        }
    }

    return NULL;
}


static ngx_int_t
ngx_smartmsg_redis_add_address(ngx_pool_t *pool,
    ngx_smartmsg_redis_conf_t *conf, ngx_addr_t *addr)
{
    u_char                     *text;
    size_t                      len;
    ngx_smartmsg_redis_addr_t  *a;

    a = &conf->addrs[conf->naddrs++];

    if (addr->sockaddr->sa_family == AF_UNIX) {
        a->host = ((struct sockaddr_un *) addr->sockaddr)->sun_path;
        a->port = 0;
        return NGX_OK;
    }

    text = ngx_pnalloc(pool, NGX_SOCKADDR_STRLEN + 1);
    if (text == NULL) {
        return NGX_ERROR;
    }

    len = ngx_sock_ntop(addr->sockaddr, addr->socklen, text,
                        NGX_SOCKADDR_STRLEN, 0);
    text[len] = '\0';

    a->host = (char *) text;
    a->port = ngx_inet_get_port(addr->sockaddr);

    return NGX_OK;
}
