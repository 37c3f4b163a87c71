/*
 * Where a Redis is and how to talk to it: the outcome of the directive
 * smartmsg_redis.
 */

#ifndef _NGX_SMARTMSG_REDIS_CONF_H_INCLUDED_
#define _NGX_SMARTMSG_REDIS_CONF_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define NGX_SMARTMSG_REDIS_PORT             6379
#define NGX_SMARTMSG_REDIS_CONNECT_TIMEOUT  200
#define NGX_SMARTMSG_REDIS_TIMEOUT          1000
#define NGX_SMARTMSG_REDIS_PREFIX           "smartmsg:"
#define NGX_SMARTMSG_REDIS_PREFIX_MAX       64


typedef struct {
    /* numeric IP address, or path of a unix socket; NUL terminated */
    char                         *host;

    /* 0 for a unix socket */
    int                           port;
} ngx_smartmsg_redis_addr_t;


/*
 * Connections keep a pointer to the structure, so it has to outlive them:
 * close them before the pool of the configuration is destroyed.
 */

typedef struct {
    /* the address as the operator wrote it, for the log */
    ngx_str_t                     name;

    /* tried in turn, IPv4 first */
    ngx_smartmsg_redis_addr_t    *addrs;
    ngx_uint_t                    naddrs;

    /* AUTH [user] password; empty: no AUTH */
    ngx_str_t                     user;
    ngx_str_t                     password;

    /* SELECT db; 0: no SELECT */
    ngx_uint_t                    db;

    /* of all keys, at most NGX_SMARTMSG_REDIS_PREFIX_MAX bytes */
    ngx_str_t                     prefix;

    /* for connect(), and again for the first answer, milliseconds */
    ngx_msec_t                    connect_timeout;

    /*
     * milliseconds without a byte from the server while it owes replies;
     * after that the connection is given up
     */
    ngx_msec_t                    timeout;
} ngx_smartmsg_redis_conf_t;


/*
 * Sets the defaults: 127.0.0.1:6379, prefix "smartmsg:", no password, db 0,
 * and the time-outs above.
 */

void ngx_smartmsg_redis_conf_init(ngx_smartmsg_redis_conf_t *conf);

/*
 * Parses "host", "host:port", "[v6]:port" or "unix:/path" and resolves the
 * host, blocking: for configuration time only.  Fills name, addrs and naddrs;
 * the memory is of the pool, the name refers to the bytes of url.
 *
 * Returns NULL, or the reason why the address is wrong, a C string that can
 * be logged and lives as long as the pool.
 */

char *ngx_smartmsg_redis_parse_address(ngx_pool_t *pool, ngx_str_t *url,
    ngx_smartmsg_redis_conf_t *conf);


#endif /* _NGX_SMARTMSG_REDIS_CONF_H_INCLUDED_ */
