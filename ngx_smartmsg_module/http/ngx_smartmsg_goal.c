
/*
 * What an impression and a goal mean for the rules, and so for Redis.
 */


#include "http/ngx_smartmsg_claim.h"

#include "redis/ngx_smartmsg_store_claim.h"
#include "redis/ngx_smartmsg_store_goal.h"


void
ngx_smartmsg_impression(ngx_http_request_t *r, ngx_str_t *visitor,
    smartmsg_event_t *event)
{
    smartmsg_str_t               group;
    const smartmsg_rule_t       *rule;
    ngx_smartmsg_srv_conf_t     *scf;
    ngx_smartmsg_store_claim_t   claim;

    scf = ngx_http_get_module_srv_conf(r, ngx_smartmsg_module);

    rule = smartmsg_ruleset_find(ngx_smartmsg_site_rules(scf->site),
                                 event->rule, NULL);

    if (visitor->len == 0 || rule == NULL) {
        return;
    }

    ngx_memzero(&claim, sizeof(ngx_smartmsg_store_claim_t));

    group = smartmsg_rule_group(rule);

    claim.visitor = *visitor;
    claim.now = ngx_time();
    claim.visitor_ttl = scf->cookie->max_age;
    claim.rule.data = (u_char *) event->rule.data;
    claim.rule.len = event->rule.len;
    claim.variation.data = (u_char *) event->variation.data;
    claim.variation.len = event->variation.len;
    claim.group.data = (u_char *) group.data;
    claim.group.len = group.len;

    (void) ngx_smartmsg_store_shown(scf->site->store, &claim);
}


void
ngx_smartmsg_goal(ngx_http_request_t *r, ngx_str_t *visitor, ngx_str_t *name)
{
    smartmsg_ruleset_t         *rules;
    ngx_smartmsg_srv_conf_t    *scf;
    ngx_smartmsg_store_goal_t   goal;

    scf = ngx_http_get_module_srv_conf(r, ngx_smartmsg_module);
    rules = ngx_smartmsg_site_rules(scf->site);

    goal.nrules = smartmsg_ruleset_goals(rules, ngx_smartmsg_str(name), NULL);

    if (goal.nrules == 0 || visitor->len == 0 || scf->site->store == NULL) {
        return;
    }

    goal.rules = ngx_palloc(r->pool, goal.nrules * sizeof(smartmsg_str_t));
    if (goal.rules == NULL) {
        return;
    }

    (void) smartmsg_ruleset_goals(rules, ngx_smartmsg_str(name), goal.rules);

    goal.visitor = *visitor;
    goal.now = ngx_time();
    goal.visitor_ttl = scf->cookie->max_age;

    (void) ngx_smartmsg_store_goal(scf->site->store, &goal);
}
