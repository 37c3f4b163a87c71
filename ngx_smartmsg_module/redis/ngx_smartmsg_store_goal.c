/*
 * Goals: for each rule and visitor the first time counts, and ends the rule's
 * messages for that visitor.
 */

#include "redis/ngx_smartmsg_store_goal.h"
#include "redis/ngx_smartmsg_store_internal.h"


/* rules of one command, which has only so many arguments */

#define NGX_SMARTMSG_GOAL_RULES  32


/* a goal of which Redis has to say for which rules it is a success */

typedef struct {
    ngx_smartmsg_store_t           *store;
    u_char                          visitor[NGX_SMARTMSG_VISITOR_LEN];
    time_t                          now;
    time_t                          visitor_ttl;
} ngx_smartmsg_store_success_t;


static ngx_int_t ngx_smartmsg_store_goal_rules(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_goal_t *goal, smartmsg_str_t *rules, size_t n);
static void ngx_smartmsg_store_goal_reply(void *data, smartmsg_resp_t *reply);
static void ngx_smartmsg_store_convert(ngx_smartmsg_store_success_t *success,
    smartmsg_resp_t *rule, smartmsg_resp_t *variation);


/*
 * KEYS: visitor.  ARGV: time, the age of an impression that still counts,
 * life of the visitor, then the rules.  Returns those that were a success,
 * each with the variation that was seen.
 */

static const char  ngx_smartmsg_store_goal_script[] =
    "local now, success = ARGV[1], {}\n"
    "for i = 4, #ARGV do\n"
    "  local rule = ARGV[i]\n"
    "  if redis.call('HSETNX', KEYS[1], 'goal:' .. rule, now) == 1 then\n"
    "    local last = tonumber(redis.call('HGET', KEYS[1], 'last:' .. rule)\n"
    "                          or '')\n"
    "    if last and tonumber(now) - last <= tonumber(ARGV[2]) then\n"
    "      success[#success + 1] = rule\n"
    "      success[#success + 1] =\n"
    "        redis.call('HGET', KEYS[1], 'variation:' .. rule) or ''\n"
    "    end\n"
    "  end\n"
    "end\n"
    "redis.call('EXPIRE', KEYS[1], ARGV[3])\n"
    "return success\n";


ngx_int_t
ngx_smartmsg_store_goal(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_goal_t *goal)
{
    size_t     i, n;
    ngx_int_t  rc;

    if (goal->visitor.len != NGX_SMARTMSG_VISITOR_LEN) {
        return NGX_ERROR;
    }

    for (i = 0; i < goal->nrules; i += n) {
        n = ngx_min(goal->nrules - i, NGX_SMARTMSG_GOAL_RULES);

        rc = ngx_smartmsg_store_goal_rules(store, goal, &goal->rules[i], n);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_smartmsg_store_goal_rules(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_goal_t *goal, smartmsg_str_t *rules, size_t n)
{
    size_t                         i;
    ngx_int_t                      rc;
    ngx_str_t                      rule;
    ngx_smartmsg_cmd_t             cmd;
    ngx_smartmsg_store_success_t  *success;

    success = ngx_calloc(sizeof(ngx_smartmsg_store_success_t), store->log);
    if (success == NULL) {
        return NGX_ERROR;
    }

    success->store = store;
    success->now = goal->now;
    success->visitor_ttl = goal->visitor_ttl;
    ngx_memcpy(success->visitor, goal->visitor.data, NGX_SMARTMSG_VISITOR_LEN);

    ngx_smartmsg_cmd(&cmd, "EVAL");
    ngx_smartmsg_cmd_text(&cmd, ngx_smartmsg_store_goal_script);
    ngx_smartmsg_cmd_text(&cmd, "1");
    ngx_smartmsg_store_key(&cmd, store, &goal->visitor, 'v');
    ngx_smartmsg_cmd_int(&cmd, goal->now);
    ngx_smartmsg_cmd_int(&cmd, NGX_SMARTMSG_GOAL_WINDOW);
    ngx_smartmsg_cmd_int(&cmd, goal->visitor_ttl);

    for (i = 0; i < n; i++) {
        rule.data = (u_char *) rules[i].data;
        rule.len = rules[i].len;

        ngx_smartmsg_cmd_str(&cmd, &rule);
    }

    rc = ngx_smartmsg_cmd_query(&cmd, store->redis,
                                ngx_smartmsg_store_goal_reply, success, NULL);
    if (rc != NGX_OK) {
        ngx_free(success);
    }

    return rc;
}


static void
ngx_smartmsg_store_goal_reply(void *data, smartmsg_resp_t *reply)
{
    ngx_smartmsg_store_success_t *success = data;

    int64_t                i;
    smartmsg_resp_t       *rule, *variation;
    ngx_smartmsg_redis_t  *redis;

    redis = success->store->redis;

    if (reply && reply->type == SMARTMSG_RESP_ARRAY) {

        rule = smartmsg_resp_first(reply);

        for (i = 0; i + 1 < reply->number; i += 2) {
            variation = smartmsg_resp_next(rule);

            ngx_smartmsg_store_convert(success, rule, variation);

            rule = smartmsg_resp_next(variation);
        }

    } else if (reply) {
        ngx_smartmsg_redis_complain(redis, ngx_smartmsg_redis_error(reply),
                                    "EVAL");
    }

    ngx_free(success);
}


static void
ngx_smartmsg_store_convert(ngx_smartmsg_store_success_t *success,
    smartmsg_resp_t *rule, smartmsg_resp_t *variation)
{
    ngx_smartmsg_store_event_t  event;

    if (rule->type != SMARTMSG_RESP_STRING
        || variation->type != SMARTMSG_RESP_STRING)
    {
        return;
    }

    ngx_memzero(&event, sizeof(ngx_smartmsg_store_event_t));

    event.event = NGX_SMARTMSG_STORE_CONVERT;
    event.visitor.data = success->visitor;
    event.visitor.len = NGX_SMARTMSG_VISITOR_LEN;
    event.now = success->now;
    event.visitor_ttl = success->visitor_ttl;
    event.rule.data = (u_char *) rule->str;
    event.rule.len = rule->len;
    event.variation.data = (u_char *) variation->str;
    event.variation.len = variation->len;
    event.action = -1;

    /* what fails here is counted by the connection */

    (void) ngx_smartmsg_store_event(success->store, &event);
}
