
/*
 * The settings of a site that live in Redis, fields of the hash "config".
 */


#include "http/ngx_smartmsg_headers.h"
#include "http/ngx_smartmsg_site.h"


static void ngx_smartmsg_site_set_secret(ngx_smartmsg_site_t *site,
    smartmsg_str_t value);
static void ngx_smartmsg_site_bad_setting(ngx_smartmsg_site_t *site,
    smartmsg_str_t name, smartmsg_str_t value, const char *reason);


void
ngx_smartmsg_site_configure(ngx_smartmsg_site_t *site,
    ngx_smartmsg_fields_t *config)
{
    u_char                digest[16];
    ngx_md5_t             md5;
    ngx_uint_t            i;
    const char           *reason;
    smartmsg_str_t        name, value;
    smartmsg_settings_t   settings, former;

    ngx_md5_init(&md5);
    ngx_smartmsg_fields_digest(config, &md5);
    ngx_md5_final(digest, &md5);

    if (ngx_memcmp(digest, site->config, sizeof(digest)) == 0) {
        return;
    }

    ngx_memcpy(site->config, digest, sizeof(digest));

    former = site->settings;
    ngx_memzero(&settings, sizeof(smartmsg_settings_t));

    site->secret.len = 0;

    for (i = 0; i < config->nelts; i++) {
        name = ngx_smartmsg_str(&config->elts[i].name);
        value = ngx_smartmsg_str(&config->elts[i].value);

        if (smartmsg_str_eq(name, SMARTMSG_STR(SMARTMSG_PREVIEW_SETTING))) {
            ngx_smartmsg_site_set_secret(site, value);
            continue;
        }

        if (!smartmsg_settings_set(&settings, name, value, &reason)) {
            smartmsg_settings_keep(&settings, &former, name);
            ngx_smartmsg_site_bad_setting(site, name, value, reason);
        }
    }

    site->settings = settings;
}


/* unless all messages are switched off */

ngx_uint_t
ngx_smartmsg_site_always(ngx_smartmsg_site_t *site)
{
    return (site->settings.always
            && smartmsg_ruleset_main_switch(ngx_smartmsg_site_rules(site)));
}


/* a bad one is none, and nothing of it stands in the log */

static void
ngx_smartmsg_site_set_secret(ngx_smartmsg_site_t *site, smartmsg_str_t value)
{
    if (smartmsg_preview_secret_valid(value)) {
        site->secret.data = site->secret_data;
        site->secret.len = value.len;
        ngx_memcpy(site->secret_data, value.data, value.len);
        return;
    }

    if (ngx_smartmsg_site_speaks()) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "smartmsg: setting \"" SMARTMSG_PREVIEW_SETTING "\" of "
                      "%Vconfig must have %d to %d characters; there are no "
                      "preview links", &site->redis_conf->prefix,
                      SMARTMSG_PREVIEW_SECRET_MIN,
                      SMARTMSG_PREVIEW_SECRET_MAX);
    }
}


static void
ngx_smartmsg_site_bad_setting(ngx_smartmsg_site_t *site, smartmsg_str_t name,
    smartmsg_str_t value, const char *reason)
{
    u_char       name_buf[NGX_SMARTMSG_SITE_QUOTE];
    u_char       value_buf[NGX_SMARTMSG_SITE_QUOTE];
    ngx_str_t    setting, text;
    const char  *meant;

    if (!ngx_smartmsg_site_speaks()) {
        return;
    }

    setting = ngx_smartmsg_site_quote(name_buf, name);
    text = ngx_smartmsg_site_quote(value_buf, value);

    if (smartmsg_settings_knows(name)) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "smartmsg: setting \"%V\" of %Vconfig is \"%V\", it "
                      "%s; its former value stays",
                      &setting, &site->redis_conf->prefix, &text, reason);
        return;
    }

    meant = smartmsg_settings_suggest(name);

    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                  "smartmsg: \"%V\" of %Vconfig %s%s%s%s",
                  &setting, &site->redis_conf->prefix, reason,
                  meant ? "; is \"" : "", meant ? meant : "",
                  meant ? "\" meant?" : "");
}
