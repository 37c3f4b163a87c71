/*
 * Claims: the limits of a message are tested and its impression is counted by
 * one script, which nothing comes in between of.
 */

#include "redis/ngx_smartmsg_store_claim.h"
#include "redis/ngx_smartmsg_store_internal.h"

#include <ngx_event.h>


struct ngx_smartmsg_store_wait_s {
    ngx_queue_t                     queue;
    ngx_smartmsg_store_t           *store;

    ngx_smartmsg_store_claim_pt     cb;
    void                           *data;

    ngx_smartmsg_redis_ticket_t    *ticket;

    ngx_int_t                       rc;
    ngx_str_t                       field;
    u_char                          buf[SMARTMSG_LIMIT_FIELD_MAX];

    ngx_event_t                     posted;
};


static void ngx_smartmsg_store_claim_cmd(ngx_smartmsg_cmd_t *cmd,
    ngx_smartmsg_store_t *store, ngx_smartmsg_store_claim_t *claim);
static void ngx_smartmsg_store_claim_limit(ngx_smartmsg_cmd_t *cmd,
    smartmsg_limit_t *limit);
static void ngx_smartmsg_store_claim_reply(void *data, smartmsg_resp_t *reply);
static void ngx_smartmsg_store_claim_posted(ngx_event_t *ev);


/*
 * KEYS: session, visitor.  ARGV: time, rule, group, variation, life of the
 * session and of the visitor; then for each limit the key, the field, the
 * kind and the value.  The tests are those of smartmsg_limit_allows().
 * Returns the field that forbids it, or an empty text.
 */

static const char  ngx_smartmsg_store_claim_script[] =
    "local now, rule, group = ARGV[1], ARGV[2], ARGV[3]\n"
    "for i = 7, #ARGV, 4 do\n"
    "  local field, kind, limit = ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]\n"
    "  local value = redis.call('HGET', KEYS[tonumber(ARGV[i])], field)\n"
    "  if value then\n"
    "    local number = tonumber(value) or 0\n"
    "    if kind == 'count' and number >= tonumber(limit)\n"
    "      or kind == 'pause' and number > 0\n"
    "        and tonumber(now) - number < tonumber(limit)\n"
    "      or kind == 'owner' and value ~= '' and value ~= limit\n"
    "    then\n"
    "      return field\n"
    "    end\n"
    "  end\n"
    "end\n"
    "redis.call('HINCRBY', KEYS[1], 'shown:' .. rule, 1)\n"
    "redis.call('HINCRBY', KEYS[1], 'shown:*', 1)\n"
    "if group ~= '' then\n"
    "  redis.call('HSET', KEYS[1], 'group:' .. group, rule)\n"
    "end\n"
    "redis.call('EXPIRE', KEYS[1], ARGV[5])\n"
    "redis.call('HINCRBY', KEYS[2], 'shown:' .. rule, 1)\n"
    "redis.call('HSET', KEYS[2], 'last:' .. rule, now, 'last:*', now)\n"
    "if ARGV[4] ~= '' then\n"
    "  redis.call('HSET', KEYS[2], 'variation:' .. rule, ARGV[4])\n"
    "else\n"
    "  redis.call('HDEL', KEYS[2], 'variation:' .. rule)\n"
    "end\n"
    "redis.call('EXPIRE', KEYS[2], ARGV[6])\n"
    "return ''\n";


ngx_smartmsg_store_wait_t *
ngx_smartmsg_store_claim(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_claim_t *claim, ngx_smartmsg_store_claim_pt cb,
    void *data)
{
    ngx_smartmsg_cmd_t          cmd;
    ngx_smartmsg_store_wait_t  *wait;

    if (claim->visitor.len != NGX_SMARTMSG_VISITOR_LEN) {
        return NULL;
    }

    wait = ngx_calloc(sizeof(ngx_smartmsg_store_wait_t), store->log);
    if (wait == NULL) {
        return NULL;
    }

    wait->store = store;
    wait->cb = cb;
    wait->data = data;

    wait->posted.handler = ngx_smartmsg_store_claim_posted;
    wait->posted.data = wait;
    wait->posted.log = store->log;

    ngx_smartmsg_store_claim_cmd(&cmd, store, claim);

    if (ngx_smartmsg_cmd_query(&cmd, store->redis,
                               ngx_smartmsg_store_claim_reply, wait,
                               &wait->ticket)
        != NGX_OK)
    {
        ngx_free(wait);
        return NULL;
    }

    ngx_queue_insert_tail(&store->waits, &wait->queue);

    return wait;
}


void
ngx_smartmsg_store_claim_cancel(ngx_smartmsg_store_wait_t *wait)
{
    if (wait->ticket) {
        ngx_smartmsg_redis_cancel(wait->ticket);
    }

    if (wait->posted.posted) {
        ngx_delete_posted_event(&wait->posted);
    }

    ngx_queue_remove(&wait->queue);
    ngx_free(wait);
}


void
ngx_smartmsg_store_free_waits(ngx_smartmsg_store_t *store)
{
    ngx_queue_t                *q;
    ngx_smartmsg_store_wait_t  *wait;

    while (!ngx_queue_empty(&store->waits)) {
        q = ngx_queue_head(&store->waits);
        wait = ngx_queue_data(q, ngx_smartmsg_store_wait_t, queue);

        ngx_smartmsg_store_claim_cancel(wait);
    }
}


ngx_int_t
ngx_smartmsg_store_shown(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_claim_t *claim)
{
    ngx_int_t                   rc;
    ngx_smartmsg_cmd_t          cmd;
    ngx_smartmsg_store_claim_t  unlimited;

    if (claim->visitor.len != NGX_SMARTMSG_VISITOR_LEN) {
        return NGX_ERROR;
    }

    rc = NGX_OK;
    unlimited = *claim;
    unlimited.nlimits = 0;

    ngx_smartmsg_store_claim_cmd(&cmd, store, &unlimited);
    ngx_smartmsg_store_write(&cmd, store, &rc);

    return rc;
}


static void
ngx_smartmsg_store_claim_cmd(ngx_smartmsg_cmd_t *cmd,
    ngx_smartmsg_store_t *store, ngx_smartmsg_store_claim_t *claim)
{
    size_t  i;

    ngx_smartmsg_cmd(cmd, "EVAL");
    ngx_smartmsg_cmd_text(cmd, ngx_smartmsg_store_claim_script);
    ngx_smartmsg_cmd_text(cmd, "2");
    ngx_smartmsg_store_key(cmd, store, &claim->visitor, 's');
    ngx_smartmsg_store_key(cmd, store, &claim->visitor, 'v');

    ngx_smartmsg_cmd_int(cmd, claim->now);
    ngx_smartmsg_cmd_str(cmd, &claim->rule);
    ngx_smartmsg_cmd_str(cmd, &claim->group);
    ngx_smartmsg_cmd_str(cmd, &claim->variation);
    ngx_smartmsg_cmd_int(cmd, NGX_SMARTMSG_SESSION_TTL);
    ngx_smartmsg_cmd_int(cmd, claim->visitor_ttl);

    for (i = 0; i < claim->nlimits; i++) {
        ngx_smartmsg_store_claim_limit(cmd, &claim->limits[i]);
    }
}


static void
ngx_smartmsg_store_claim_limit(ngx_smartmsg_cmd_t *cmd,
    smartmsg_limit_t *limit)
{
    char            buf[SMARTMSG_LIMIT_FIELD_MAX];
    smartmsg_str_t  field;

    static const char  *kinds[] = { "count", "pause", "owner" };

    field = smartmsg_limit_field(limit, buf);

    ngx_smartmsg_cmd_text(cmd, limit->in == SMARTMSG_IN_SESSION ? "1" : "2");
    ngx_smartmsg_cmd_fmt(cmd, "%*s", field.len, field.data);
    ngx_smartmsg_cmd_text(cmd, kinds[limit->kind]);

    if (limit->kind == SMARTMSG_LIMIT_OWNER) {
        ngx_smartmsg_cmd_fmt(cmd, "%*s", limit->owner.len, limit->owner.data);

    } else {
        ngx_smartmsg_cmd_int(cmd, limit->n);
    }
}


static void
ngx_smartmsg_store_claim_reply(void *data, smartmsg_resp_t *reply)
{
    ngx_smartmsg_store_wait_t *wait = data;

    wait->ticket = NULL;

    if (ngx_smartmsg_redis_closing(wait->store->redis)) {
        return;
    }

    if (reply && reply->type == SMARTMSG_RESP_STRING) {
        wait->rc = reply->len ? NGX_DECLINED : NGX_OK;

        wait->field.data = wait->buf;
        wait->field.len = ngx_min((size_t) reply->len, sizeof(wait->buf));
        ngx_memcpy(wait->buf, reply->str, wait->field.len);

    } else {
        wait->rc = NGX_ERROR;

        if (reply) {
            ngx_smartmsg_redis_complain(wait->store->redis,
                                        ngx_smartmsg_redis_error(reply),
                                        "EVAL");
        }
    }

    ngx_post_event(&wait->posted, &ngx_posted_events);
}


static void
ngx_smartmsg_store_claim_posted(ngx_event_t *ev)
{
    ngx_smartmsg_store_wait_t *wait = ev->data;

    /* cb may end the request, but not the wait: it is over */

    ngx_queue_remove(&wait->queue);

    wait->cb(wait->data, wait->rc, &wait->field);

    ngx_free(wait);
}
