#include "core/limit.h"

#include "core/number.h"

static const smartmsg_str_t any = {"*", 1};     /* no rule has this name */

typedef struct {
    smartmsg_limit_t *limits;
    size_t n;
} list_t;

/* A count or pause; 0 is none. */
static void add(list_t *list, smartmsg_limit_e kind, smartmsg_memory_e in,
                smartmsg_str_t prefix, smartmsg_str_t name, int64_t n)
{
    if (n > 0) {
        list->limits[list->n++] = (smartmsg_limit_t){
            kind, in, prefix, name, n, {NULL, 0}
        };
    }
}

/* What must not have happened. */
static void add_event(list_t *list, smartmsg_str_t prefix, smartmsg_str_t name,
                      bool wanted)
{
    add(list, SMARTMSG_LIMIT_COUNT, SMARTMSG_IN_VISITOR, prefix, name, wanted);
}

static void add_group(list_t *list, const smartmsg_rule_t *rule)
{
    smartmsg_str_t group = smartmsg_rule_group(rule);

    if (group.len > 0) {
        list->limits[list->n++] = (smartmsg_limit_t){
            SMARTMSG_LIMIT_OWNER, SMARTMSG_IN_SESSION, SMARTMSG_STR("group:"),
            group, 0, smartmsg_rule_id(rule)
        };
    }
}

size_t smartmsg_limits(const smartmsg_rule_t *rule,
                       const smartmsg_message_t *message,
                       const smartmsg_quiet_t *quiet, smartmsg_limit_t *limits)
{
    const smartmsg_cap_t *cap = smartmsg_message_cap(message);
    smartmsg_str_t id = smartmsg_rule_id(rule);
    smartmsg_str_t shown = SMARTMSG_STR("shown:");
    smartmsg_str_t last = SMARTMSG_STR("last:");
    list_t list = {limits, 0};

    add(&list, SMARTMSG_LIMIT_COUNT, SMARTMSG_IN_SESSION, shown, id,
        cap->session);
    add(&list, SMARTMSG_LIMIT_COUNT, SMARTMSG_IN_VISITOR, shown, id,
        cap->total);
    add(&list, SMARTMSG_LIMIT_PAUSE, SMARTMSG_IN_VISITOR, last, id,
        cap->pause);

    add_event(&list, SMARTMSG_STR("clicked:"), id,
              cap->until & SMARTMSG_UNTIL_CLICK);
    add_event(&list, SMARTMSG_STR("dismissed:"), id,
              cap->until & SMARTMSG_UNTIL_DISMISS);
    add_event(&list, SMARTMSG_STR("goal:"), id,
              smartmsg_rule_goal(rule).len > 0);
    add_group(&list, rule);

    if (quiet != NULL && !smartmsg_rule_urgent(rule)) {
        add(&list, SMARTMSG_LIMIT_COUNT, SMARTMSG_IN_SESSION, shown, any,
            quiet->session);
        add(&list, SMARTMSG_LIMIT_PAUSE, SMARTMSG_IN_VISITOR, last, any,
            quiet->pause);
    }

    return list.n;
}

smartmsg_str_t smartmsg_limit_field(const smartmsg_limit_t *limit, char *buf)
{
    memcpy(buf, limit->prefix.data, limit->prefix.len);
    memcpy(buf + limit->prefix.len, limit->name.data, limit->name.len);

    return smartmsg_str(buf, limit->prefix.len + limit->name.len);
}

bool smartmsg_limit_allows(const smartmsg_limit_t *limit, smartmsg_str_t value,
                           int64_t now)
{
    double number = 0;

    if (limit->kind == SMARTMSG_LIMIT_OWNER) {
        return value.len == 0 || smartmsg_str_eq(value, limit->owner);
    }

    /* What is no number is none. */
    (void)smartmsg_number_parse(value, &number);

    if (limit->kind == SMARTMSG_LIMIT_COUNT) {
        return number < (double)limit->n;
    }

    /* A time to come, of a clock that was wrong, is one. */
    return number <= 0 || (double)now - number >= (double)limit->n;
}

bool smartmsg_limits_allow(const smartmsg_rule_t *rule,
                           const smartmsg_message_t *message,
                           const smartmsg_seen_t *seen, int64_t now)
{
    smartmsg_limit_t limits[SMARTMSG_LIMITS_MAX];

    if (seen == NULL) {
        return true;
    }

    size_t n = smartmsg_limits(rule, message, seen->quiet, limits);

    for (size_t i = 0; i < n; i++) {
        char buf[SMARTMSG_LIMIT_FIELD_MAX];
        smartmsg_str_t field = smartmsg_limit_field(&limits[i], buf);

        if (!smartmsg_limit_allows(&limits[i],
                                   seen->get(seen->data, limits[i].in, field),
                                   now))
        {
            return false;
        }
    }

    return true;
}
