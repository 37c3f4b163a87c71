
/*
 * The saved groups of a site, fields of the hash "groups".
 */


#include "http/ngx_smartmsg_headers.h"
#include "http/ngx_smartmsg_site.h"


static void ngx_smartmsg_site_bad_group(void *data, smartmsg_str_t id,
    const smartmsg_error_t *err);


void
ngx_smartmsg_site_groups(ngx_smartmsg_site_t *site,
    ngx_smartmsg_fields_t *groups)
{
    u_char                      digest[16];
    ngx_md5_t                   md5;
    smartmsg_kv_t              *kv;
    smartmsg_catalog_report_t   report;

    ngx_md5_init(&md5);
    ngx_smartmsg_fields_digest(groups, &md5);
    ngx_md5_final(digest, &md5);

    if (ngx_memcmp(digest, site->groups, sizeof(digest)) == 0) {
        return;
    }

    kv = ngx_alloc((groups->nelts + 1) * sizeof(smartmsg_kv_t),
                   ngx_cycle->log);
    if (kv == NULL) {
        return;
    }

    (void) ngx_smartmsg_site_kv(groups, kv);

    ngx_memzero(&report, sizeof(smartmsg_catalog_report_t));

    report.data = site;
    report.bad_group = ngx_smartmsg_site_bad_group;

    if (smartmsg_catalog_set_groups(site->catalog, kv, groups->nelts,
                                    &report))
    {
        ngx_memcpy(site->groups, digest, sizeof(digest));

    } else {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "smartmsg: no memory for the groups of redis %V, the "
                      "former ones stay", &site->redis_conf->name);
    }

    ngx_free(kv);
}


static void
ngx_smartmsg_site_bad_group(void *data, smartmsg_str_t id,
    const smartmsg_error_t *err)
{
    ngx_smartmsg_site_t *site = data;

    u_char     buf[NGX_MAX_ERROR_STR / 2];
    u_char     name[NGX_SMARTMSG_SITE_QUOTE];
    ngx_str_t  group, reason;

    if (!ngx_smartmsg_site_speaks()) {
        return;
    }

    group = ngx_smartmsg_site_quote(name, id);

    reason.data = buf;
    reason.len = ngx_smartmsg_site_reason(buf, buf + sizeof(buf), err) - buf;

    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                  "smartmsg: group \"%V\" of %Vgroups cannot be used: %V; its "
                  "former state stays", &group, &site->redis_conf->prefix,
                  &reason);
}
