/*
 * The stream: one entry for each event.
 */

#include "redis/ngx_smartmsg_store_internal.h"


static void ngx_smartmsg_store_stream_cmd(ngx_smartmsg_cmd_t *cmd,
    ngx_smartmsg_store_t *store);
static void ngx_smartmsg_store_stream_fields(ngx_smartmsg_cmd_t *cmd,
    ngx_smartmsg_field_t *fields, ngx_uint_t n);
static void ngx_smartmsg_store_stream_end(ngx_smartmsg_cmd_t *cmd,
    ngx_smartmsg_store_t *store, const ngx_str_t *visitor,
    const ngx_str_t *page, time_t now, ngx_int_t *rc);
static void ngx_smartmsg_store_stream_str(ngx_smartmsg_cmd_t *cmd,
    const char *name, const ngx_str_t *value);


static const char  *ngx_smartmsg_store_events[] = {
    "impression", "click", "dismiss", "cart", "cart", "cart", "order",
    "convert", "track", "identify", "answer"
};

static const char  *ngx_smartmsg_store_ops[] = {
    NULL, NULL, NULL, "set", "add", "remove", NULL, NULL, NULL, NULL, NULL
};


const char *
ngx_smartmsg_store_event_name(ngx_smartmsg_store_event_e event)
{
    return ngx_smartmsg_store_events[event];
}


void
ngx_smartmsg_store_stream(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event, ngx_int_t *rc)
{
    const char          *op;
    ngx_smartmsg_cmd_t   cmd;

    ngx_smartmsg_store_stream_cmd(&cmd, store);
    ngx_smartmsg_cmd_text(&cmd, ngx_smartmsg_store_events[event->event]);

    op = ngx_smartmsg_store_ops[event->event];

    if (op) {
        ngx_smartmsg_cmd_text(&cmd, "op");
        ngx_smartmsg_cmd_text(&cmd, op);
    }

    ngx_smartmsg_store_stream_str(&cmd, "rule", &event->rule);
    ngx_smartmsg_store_stream_str(&cmd, "variation", &event->variation);
    ngx_smartmsg_store_stream_str(&cmd, "on", &event->on);

    if (event->event == NGX_SMARTMSG_STORE_CLICK && event->action >= 0) {
        ngx_smartmsg_cmd_text(&cmd, "action");
        ngx_smartmsg_cmd_int(&cmd, event->action);
    }

    ngx_smartmsg_store_stream_str(&cmd, "order", &event->order);
    ngx_smartmsg_store_stream_str(&cmd, "name", &event->name);
    ngx_smartmsg_store_stream_str(&cmd, "id", &event->id);
    ngx_smartmsg_store_stream_str(&cmd, "consent", &event->consent);

    if ((op || event->event == NGX_SMARTMSG_STORE_ORDER) && !event->no_value) {
        ngx_smartmsg_cmd_text(&cmd, "value");
        ngx_smartmsg_cmd_num(&cmd, event->value);
        ngx_smartmsg_store_stream_str(&cmd, "currency", &event->currency);
    }

    if (op && !event->no_items) {
        ngx_smartmsg_cmd_text(&cmd, "items");
        ngx_smartmsg_cmd_num(&cmd, event->items);
    }

    ngx_smartmsg_store_stream_fields(&cmd, event->fields, event->nfields);

    ngx_smartmsg_store_stream_end(&cmd, store, &event->visitor, &event->page,
                                  event->now, rc);
}


void
ngx_smartmsg_store_stream_track(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_track_t *track, ngx_int_t *rc)
{
    ngx_smartmsg_cmd_t  cmd;

    ngx_smartmsg_store_stream_cmd(&cmd, store);
    ngx_smartmsg_cmd_str(&cmd, &track->name);
    ngx_smartmsg_store_stream_fields(&cmd, track->fields, track->nfields);

    ngx_smartmsg_store_stream_end(&cmd, store, &track->visitor, &track->page,
                                  track->now, rc);
}


static void
ngx_smartmsg_store_stream_cmd(ngx_smartmsg_cmd_t *cmd,
    ngx_smartmsg_store_t *store)
{
    ngx_smartmsg_cmd(cmd, "XADD");
    ngx_smartmsg_cmd_fmt(cmd, "%Vevents", store->prefix);
    ngx_smartmsg_cmd_text(cmd, "MAXLEN");
    ngx_smartmsg_cmd_text(cmd, "~");
    ngx_smartmsg_cmd_int(cmd, NGX_SMARTMSG_STREAM_MAXLEN);
    ngx_smartmsg_cmd_text(cmd, "*");
    ngx_smartmsg_cmd_text(cmd, "event");
}


static void
ngx_smartmsg_store_stream_fields(ngx_smartmsg_cmd_t *cmd,
    ngx_smartmsg_field_t *fields, ngx_uint_t n)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {
        ngx_smartmsg_cmd_str(cmd, &fields[i].name);
        ngx_smartmsg_cmd_str(cmd, &fields[i].value);
    }
}


static void
ngx_smartmsg_store_stream_end(ngx_smartmsg_cmd_t *cmd,
    ngx_smartmsg_store_t *store, const ngx_str_t *visitor,
    const ngx_str_t *page, time_t now, ngx_int_t *rc)
{
    ngx_smartmsg_store_stream_str(cmd, "visitor", visitor);
    ngx_smartmsg_store_stream_str(cmd, "page", page);

    ngx_smartmsg_cmd_text(cmd, "time");
    ngx_smartmsg_cmd_int(cmd, now);

    ngx_smartmsg_store_write(cmd, store, rc);
}


static void
ngx_smartmsg_store_stream_str(ngx_smartmsg_cmd_t *cmd, const char *name,
    const ngx_str_t *value)
{
    if (value->len) {
        ngx_smartmsg_cmd_text(cmd, name);
        ngx_smartmsg_cmd_str(cmd, value);
    }
}
