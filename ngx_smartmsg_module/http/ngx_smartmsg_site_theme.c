
/*
 * The look of a site's messages, the Redis hash "theme".
 */


#include "http/ngx_smartmsg_headers.h"
#include "http/ngx_smartmsg_site.h"


static void ngx_smartmsg_site_bad_theme(ngx_smartmsg_site_t *site,
    smartmsg_str_t name, const char *reason);


void
ngx_smartmsg_site_set_theme(ngx_smartmsg_site_t *site,
    ngx_smartmsg_fields_t *fields)
{
    u_char             digest[16];
    ngx_md5_t          md5;
    ngx_uint_t         i;
    const char        *name, *reason;
    smartmsg_str_t     key, value;
    smartmsg_theme_t   theme;

    ngx_md5_init(&md5);
    ngx_smartmsg_fields_digest(fields, &md5);
    ngx_md5_final(digest, &md5);

    if (ngx_memcmp(digest, site->theme_read, sizeof(digest)) == 0) {
        return;
    }

    ngx_memcpy(site->theme_read, digest, sizeof(digest));
    ngx_memzero(&theme, sizeof(smartmsg_theme_t));

    for (i = 0; i < fields->nelts; i++) {
        key = ngx_smartmsg_str(&fields->elts[i].name);
        value = ngx_smartmsg_str(&fields->elts[i].value);

        if (!smartmsg_theme_set(&theme, key, value, &reason)) {
            ngx_smartmsg_site_bad_theme(site, key, reason);
            return;
        }
    }

    if (!smartmsg_theme_finish(&theme, &name, &reason)) {
        ngx_smartmsg_site_bad_theme(site, smartmsg_str(name, strlen(name)),
                                    reason);
        return;
    }

    site->theme = theme;
}


static void
ngx_smartmsg_site_bad_theme(ngx_smartmsg_site_t *site, smartmsg_str_t name,
    const char *reason)
{
    u_char     buf[NGX_SMARTMSG_SITE_QUOTE];
    ngx_str_t  property;

    if (!ngx_smartmsg_site_speaks()) {
        return;
    }

    property = ngx_smartmsg_site_quote(buf, name);

    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                  "smartmsg: \"%V\" of %Vtheme %s; the former theme stays",
                  &property, &site->redis_conf->prefix, reason);
}
