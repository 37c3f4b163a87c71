
/*
 * A claim: the browser asks whether it may show a message now.  What was
 * decided when the page was made may be hours old, and other pages of the same
 * visitor may be open: switch, dates and limits are looked at once more, the
 * limits in Redis, which counts the impression in the same step.
 *
 * 204: show it.  200, with the reason: do not; that is no mistake, and must
 * not look like one in the console of the browser.
 */


#include "http/ngx_smartmsg_claim.h"

#include "redis/ngx_smartmsg_store_claim.h"


typedef struct {
    ngx_http_request_t          *request;
    ngx_smartmsg_store_wait_t   *wait;
    ngx_event_t                  timer;
} ngx_smartmsg_claim_t;


static const char *ngx_smartmsg_claim_refusal(ngx_http_request_t *r,
    smartmsg_event_t *event, ngx_smartmsg_consent_t *consent,
    ngx_smartmsg_store_claim_t *claim);
static const char *ngx_smartmsg_claim_visitor(ngx_smartmsg_site_t *site,
    ngx_smartmsg_consent_t *consent);
static ngx_int_t ngx_smartmsg_claim_send(ngx_http_request_t *r,
    ngx_smartmsg_store_claim_t *claim);
static void ngx_smartmsg_claim_cleanup(void *data);
static void ngx_smartmsg_claim_timer_handler(ngx_event_t *ev);
static void ngx_smartmsg_claim_done(void *data, ngx_int_t rc,
    ngx_str_t *field);
static ngx_int_t ngx_smartmsg_claim_refuse(ngx_http_request_t *r,
    ngx_str_t *reason);


ngx_int_t
ngx_smartmsg_claim(ngx_http_request_t *r, smartmsg_event_t *event,
    ngx_smartmsg_consent_t *consent)
{
    ngx_str_t                    reason;
    const char                  *why;
    smartmsg_limit_t             limits[SMARTMSG_LIMITS_MAX];
    ngx_smartmsg_store_claim_t   claim;

    claim.limits = limits;

    why = ngx_smartmsg_claim_refusal(r, event, consent, &claim);

    if (why == NULL) {

        switch (ngx_smartmsg_claim_send(r, &claim)) {

        case NGX_OK:
            return NGX_DONE;

        case NGX_DECLINED:
            why = "redis";
            break;

        default: /* NGX_ERROR */
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    reason.data = (u_char *) why;
    reason.len = ngx_strlen(why);

    return ngx_smartmsg_claim_refuse(r, &reason);
}


/* what forbids it without asking Redis; NULL: nothing, the claim is made */

static const char *
ngx_smartmsg_claim_refusal(ngx_http_request_t *r, smartmsg_event_t *event,
    ngx_smartmsg_consent_t *consent, ngx_smartmsg_store_claim_t *claim)
{
    bool                       on;
    const char                *why;
    smartmsg_str_t             group;
    smartmsg_ruleset_t        *rules;
    ngx_smartmsg_site_t       *site;
    const smartmsg_rule_t     *rule;
    const smartmsg_message_t  *message;
    ngx_smartmsg_srv_conf_t   *scf;

    scf = ngx_http_get_module_srv_conf(r, ngx_smartmsg_module);
    site = scf->site;

    why = ngx_smartmsg_claim_visitor(site, consent);
    if (why) {
        return why;
    }

    claim->visitor = consent->visitor;

    rules = ngx_smartmsg_site_rules(site);

    rule = smartmsg_ruleset_find(rules, event->rule, &on);
    if (rule == NULL) {
        return "rule";
    }

    if (!on || !smartmsg_ruleset_main_switch(rules)) {
        return "switch";
    }

    claim->now = ngx_time();

    if (!smartmsg_rule_in_season(rule, claim->now)) {
        return "date";
    }

    message = smartmsg_rule_message_at(rule, event->message);
    if (message == NULL) {
        return "message";
    }

    group = smartmsg_rule_group(rule);

    claim->visitor_ttl = scf->cookie->max_age;
    claim->rule.data = (u_char *) event->rule.data;
    claim->rule.len = event->rule.len;
    claim->variation.data = (u_char *) event->variation.data;
    claim->variation.len = event->variation.len;
    claim->group.data = (u_char *) group.data;
    claim->group.len = group.len;
    claim->nlimits = smartmsg_limits(rule, message, &site->settings.quiet,
                                     claim->limits);

    return NULL;
}


/* can he be remembered at all? */

static const char *
ngx_smartmsg_claim_visitor(ngx_smartmsg_site_t *site,
    ngx_smartmsg_consent_t *consent)
{
    /* in a new worker what is switched off is not known yet */

    if (!ngx_smartmsg_site_ready(site) || !site->loaded) {
        return "redis";
    }

    if (consent->anonymous) {
        return "consent";
    }

    return (consent->visitor.len == 0) ? "cookie" : NULL;
}


static ngx_int_t
ngx_smartmsg_claim_send(ngx_http_request_t *r,
    ngx_smartmsg_store_claim_t *claim)
{
    ngx_pool_cleanup_t       *cln;
    ngx_smartmsg_claim_t     *wait;
    ngx_smartmsg_srv_conf_t  *scf;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_smartmsg_claim_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    scf = ngx_http_get_module_srv_conf(r, ngx_smartmsg_module);

    wait = cln->data;
    wait->request = r;
    wait->wait = ngx_smartmsg_store_claim(scf->site->store, claim,
                                          ngx_smartmsg_claim_done, wait);
    if (wait->wait == NULL) {
        return NGX_DECLINED;
    }

    cln->handler = ngx_smartmsg_claim_cleanup;

    /* without a timer of its own a worker that shuts down would not wait */

    ngx_memzero(&wait->timer, sizeof(ngx_event_t));

    wait->timer.handler = ngx_smartmsg_claim_timer_handler;
    wait->timer.data = &ngx_smartmsg_no_connection;
    wait->timer.log = r->connection->log;

    ngx_add_timer(&wait->timer, scf->site->redis_conf->timeout);

    /* whoever has gone is not waited for */

    r->read_event_handler = ngx_http_test_reading;
    r->write_event_handler = ngx_http_request_empty_handler;

    return NGX_OK;
}


static void
ngx_smartmsg_claim_cleanup(void *data)
{
    ngx_smartmsg_claim_t *wait = data;

    if (wait->wait) {
        ngx_smartmsg_store_claim_cancel(wait->wait);
        wait->wait = NULL;
    }

    if (wait->timer.timer_set) {
        ngx_del_timer(&wait->timer);
    }
}


static void
ngx_smartmsg_claim_timer_handler(ngx_event_t *ev)
{
    ngx_smartmsg_claim_t  *wait;

    wait = (ngx_smartmsg_claim_t *) ((u_char *) ev
                                   - offsetof(ngx_smartmsg_claim_t, timer));

    ngx_smartmsg_store_claim_cancel(wait->wait);

    ngx_smartmsg_claim_done(wait, NGX_ERROR, NULL);
}


static void
ngx_smartmsg_claim_done(void *data, ngx_int_t rc, ngx_str_t *field)
{
    ngx_smartmsg_claim_t *wait = data;

    ngx_str_t            reason;
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    wait->wait = NULL;

    if (wait->timer.timer_set) {
        ngx_del_timer(&wait->timer);
    }

    r = wait->request;
    c = r->connection;

    ngx_http_set_log_request(c->log, r);

    if (rc == NGX_OK) {
        rc = ngx_smartmsg_no_content(r);

    } else {
        ngx_str_set(&reason, "redis");
        rc = ngx_smartmsg_claim_refuse(r, rc == NGX_DECLINED ? field
                                                             : &reason);
    }

    ngx_http_finalize_request(r, rc);

    ngx_http_run_posted_requests(c);
}


/* reasons are words of our own or names of fields: plain characters */

static ngx_int_t
ngx_smartmsg_claim_refuse(ngx_http_request_t *r, ngx_str_t *reason)
{
    u_char                    *p;
    ngx_str_t                  type, none;
    ngx_http_complex_value_t   cv;

    ngx_memzero(&cv, sizeof(ngx_http_complex_value_t));

    p = ngx_pnalloc(r->pool, sizeof("{\"refused\":\"\"}") + reason->len);
    if (p == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    cv.value.data = p;
    cv.value.len = ngx_sprintf(p, "{\"refused\":\"%V\"}", reason) - p;

    ngx_str_set(&none, "no-store");
    ngx_str_set(&type, "application/json");

    if (ngx_smartmsg_add_header(r, "Cache-Control", &none) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_send_response(r, NGX_HTTP_OK, &type, &cv);
}
