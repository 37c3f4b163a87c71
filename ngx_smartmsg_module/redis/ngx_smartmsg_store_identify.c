/*
 * Who the visitor is, as the shop's page says.  A browser can say anything:
 * what it says is kept apart from the profile, and there is only so much of
 * it.
 */

#include "redis/ngx_smartmsg_store_internal.h"


/*
 * KEYS: visitor.  ARGV: life of the visitor, number of traits that are kept,
 * id, then names and values of traits.  The traits of another id are not those
 * of this one.
 */

static const char  ngx_smartmsg_store_identify_script[] =
    "local key, all = KEYS[1], redis.call('HGETALL', KEYS[1])\n"
    "local traits, n, id = {}, 0, ARGV[3]\n"
    "for i = 1, #all, 2 do\n"
    "  if all[i] == 'id' then\n"
    "    id = all[i + 1]\n"
    "  elseif string.sub(all[i], 1, 7) == 'traits.' then\n"
    "    traits[all[i]] = true\n"
    "    n = n + 1\n"
    "  end\n"
    "end\n"
    "if id ~= ARGV[3] then\n"
    "  for name in pairs(traits) do\n"
    "    redis.call('HDEL', key, name)\n"
    "  end\n"
    "  traits, n = {}, 0\n"
    "end\n"
    "redis.call('HSET', key, 'id', ARGV[3])\n"
    "for i = 4, #ARGV, 2 do\n"
    "  local name = ARGV[i]\n"
    "  if not traits[name] then\n"
    "    n = n + 1\n"
    "  end\n"
    "  if traits[name] or n <= tonumber(ARGV[2]) then\n"
    "    redis.call('HSET', key, name, ARGV[i + 1])\n"
    "  end\n"
    "end\n"
    "redis.call('EXPIRE', key, ARGV[1])\n";


void
ngx_smartmsg_store_identify(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event, ngx_int_t *rc)
{
    ngx_uint_t          i;
    ngx_smartmsg_cmd_t  cmd;

    ngx_smartmsg_cmd(&cmd, "EVAL");
    ngx_smartmsg_cmd_text(&cmd, ngx_smartmsg_store_identify_script);
    ngx_smartmsg_cmd_text(&cmd, "1");
    ngx_smartmsg_store_key(&cmd, store, &event->visitor, 'v');
    ngx_smartmsg_cmd_int(&cmd, event->visitor_ttl);
    ngx_smartmsg_cmd_int(&cmd, NGX_SMARTMSG_TRAITS);
    ngx_smartmsg_cmd_str(&cmd, &event->id);

    for (i = 0; i < event->nfields; i++) {
        ngx_smartmsg_cmd_str(&cmd, &event->fields[i].name);
        ngx_smartmsg_cmd_str(&cmd, &event->fields[i].value);
    }

    ngx_smartmsg_store_write(&cmd, store, rc);
}
