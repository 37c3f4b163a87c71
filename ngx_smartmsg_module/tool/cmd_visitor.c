/*
 * smartmsgctl visitor show|export|delete ID
 */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/number.h"
#include "core/visitor_id.h"
#include "tool/json.h"
#include "tool/table.h"
#include "tool/visitor.h"

typedef struct {
    ctl_t *ctl;
    const char *id;
    redisReply *session;
    redisReply *visitor;
    redisReply *orders;
    redisReply *placed;         /* an order was counted without its number */
    long long session_ttl;      /* seconds; below 0: it stays, or is not there */
    long long visitor_ttl;
} visitor_t;

static long long load_ttl(ctl_t *ctl, const char *key)
{
    redisReply *reply = ctl_command(ctl, REDIS_REPLY_INTEGER, "TTL", key,
                                    NULL);
    long long ttl = reply->integer;

    freeReplyObject(reply);
    return ttl;
}

/* False if nothing is known. */
static bool load(ctl_t *ctl, visitor_t *v)
{
    char key[CTL_KEY_SIZE];

    v->ctl = ctl;
    v->session = ctl_hash(ctl, ctl_key(ctl, key, "{%s}:s", v->id));
    v->session_ttl = load_ttl(ctl, key);
    v->visitor = ctl_hash(ctl, ctl_key(ctl, key, "{%s}:v", v->id));
    v->visitor_ttl = load_ttl(ctl, key);
    v->orders = ctl_command(ctl, REDIS_REPLY_ARRAY, "SMEMBERS",
                            ctl_key(ctl, key, "{%s}:o", v->id), NULL);
    v->placed = ctl_command(ctl, 0, "EXISTS",
                            ctl_key(ctl, key, "{%s}:p", v->id), NULL);

    return v->session->elements + v->visitor->elements + v->orders->elements
           > 0 || v->placed->integer > 0;
}

static void unload(visitor_t *v)
{
    freeReplyObject(v->session);
    freeReplyObject(v->visitor);
    freeReplyObject(v->orders);
    freeReplyObject(v->placed);
}

static json_t *hash_json(const redisReply *hash)
{
    json_t *object = ctl_json(json_object());

    for (size_t i = 0; i + 1 < hash->elements; i += 2) {
        ctl_json_set_foreign(object, ctl_reply_at(hash, i),
                             ctl_json_text(ctl_reply_at(hash, i + 1)));
    }

    return object;
}

static json_t *visitor_json(const visitor_t *v)
{
    json_t *object = ctl_json(json_object());
    json_t *orders = ctl_json(json_array());

    for (size_t i = 0; i < v->orders->elements; i++) {
        ctl_json_add(orders, ctl_json_text(ctl_reply_at(v->orders, i)));
    }

    ctl_json_set(object, "id", ctl_json_text(ctl_str(v->id)));
    ctl_json_set(object, "session", hash_json(v->session));

    if (v->session_ttl >= 0) {
        ctl_json_set(object, "session_ttl", json_integer(v->session_ttl));
    }

    ctl_json_set(object, "visitor", hash_json(v->visitor));

    if (v->visitor_ttl >= 0) {
        ctl_json_set(object, "visitor_ttl", json_integer(v->visitor_ttl));
    }

    ctl_json_set(object, "orders", orders);
    ctl_json_set(object, "order_without_number",
                 json_boolean(v->placed->integer > 0));
    return object;
}

/* first, last, last:RULE are times. */
static bool is_time(smartmsg_str_t field)
{
    return smartmsg_str_eq(field, SMARTMSG_STR("first"))
           || smartmsg_str_eq(field, SMARTMSG_STR("last"))
           || (field.len > 5 && memcmp(field.data, "last:", 5) == 0);
}

static void add_hash(ctl_table_t *table, const char *part,
    const redisReply *hash)
{
    for (size_t i = 0; i + 1 < hash->elements; i += 2) {
        smartmsg_str_t field = ctl_reply_at(hash, i);
        smartmsg_str_t value = ctl_reply_at(hash, i + 1);
        char when[CTL_TIME_SIZE];
        double number;

        ctl_table_row(table);
        ctl_table_setf(table, 0, CTL_FAINT, "%s", part);
        ctl_table_set(table, 1, CTL_PLAIN, field);
        ctl_table_set(table, 2, CTL_PLAIN, value);

        if (is_time(field) && smartmsg_number_parse(value, &number)
            && number < 1e15)
        {
            ctl_format_time((long long) number, when);
            ctl_table_setf(table, 3, CTL_FAINT, "%s", when);
        }
    }
}

static void print_table(const visitor_t *v)
{
    ctl_table_t table;

    ctl_table_init(&table, "KEPT IN|FIELD|VALUE|");
    table.columns = 4;
    add_hash(&table, "session", v->session);
    add_hash(&table, "visitor", v->visitor);

    for (size_t i = 0; i < v->orders->elements; i++) {
        ctl_table_row(&table);
        ctl_table_setf(&table, 0, CTL_FAINT, "orders");
        ctl_table_set(&table, 2, CTL_PLAIN, ctl_reply_at(v->orders, i));
    }

    ctl_table_print(v->ctl, &table);

    if (v->placed->integer > 0) {
        (void) printf("an order was counted whose number is not known yet\n");
    }

    if (v->session_ttl >= 0) {
        (void) printf("the session ends in %lld seconds\n", v->session_ttl);
    }

    if (v->visitor_ttl >= 0) {
        (void) printf("the visitor is forgotten in %lld days\n",
                      v->visitor_ttl / 86400);
    }
}

static int show(ctl_t *ctl, const char *id)
{
    visitor_t v = { .id = id };
    bool known = load(ctl, &v);

    if (ctl->options.json) {
        ctl_json_print(visitor_json(&v));
    } else if (known) {
        print_table(&v);
    } else {
        (void) printf("nothing is known of %s\n", id);
    }

    unload(&v);
    return known ? CTL_OK : CTL_FINDINGS;
}

static void add_event(void *data, const redisReply *entry)
{
    ctl_json_add(data, ctl_event_json(entry));
}

static int export(ctl_t *ctl, const char *id)
{
    visitor_t v = { .id = id };
    bool known = load(ctl, &v);
    json_t *events = ctl_json(json_array());
    json_t *object;

    ctl_visitor_events(ctl, id, add_event, events);
    known = known || json_array_size(events) > 0;
    object = visitor_json(&v);
    ctl_json_set(object, "events", events);
    ctl_json_print(object);
    unload(&v);
    return known ? CTL_OK : CTL_FINDINGS;
}

static void note_event(void *data, const redisReply *entry)
{
    smartmsg_str_t id = ctl_reply_at(entry, 0);

    ctl_words_add(data, ctl_strndup(id.data, id.len));
}

/* Takes the visitor's events out of the stream; returns how many. */
static size_t delete_events(ctl_t *ctl, const char *id)
{
    ctl_words_t events = { NULL, 0 };
    char key[CTL_KEY_SIZE];

    ctl_visitor_events(ctl, id, note_event, &events);
    (void) ctl_key(ctl, key, "events");

    for (size_t i = 0; i < events.n; i++) {
        freeReplyObject(ctl_command(ctl, REDIS_REPLY_INTEGER, "XDEL", key,
                                    events.words[i], NULL));
        free((char *) events.words[i]);
    }

    free(events.words);
    return events.n;
}

static int delete(ctl_t *ctl, const char *id)
{
    char keys[4][CTL_KEY_SIZE];
    redisReply *reply = ctl_command(ctl, REDIS_REPLY_INTEGER, "DEL",
                                    ctl_key(ctl, keys[0], "{%s}:s", id),
                                    ctl_key(ctl, keys[1], "{%s}:v", id),
                                    ctl_key(ctl, keys[2], "{%s}:o", id),
                                    ctl_key(ctl, keys[3], "{%s}:p", id), NULL);
    long long n_keys = reply->integer;
    size_t n_events = delete_events(ctl, id);

    freeReplyObject(reply);

    if (ctl->options.json) {
        ctl_json_print(ctl_json(json_pack("{s:I,s:I}", "keys",
                                          (json_int_t) n_keys, "events",
                                          (json_int_t) n_events)));
    } else {
        (void) printf("%s: %lld keys and %zu events deleted\n", id, n_keys,
                      n_events);
    }

    return n_keys > 0 || n_events > 0 ? CTL_OK : CTL_FINDINGS;
}

int ctl_visitor(ctl_t *ctl)
{
    const char *what = ctl->options.args.words[0];
    const char *id = ctl->options.args.words[1];

    if (!smartmsg_visitor_id_valid(ctl_str(id))) {
        ctl_fail(CTL_USAGE, "\"%s\" is no visitor's id: it has %d characters, "
                 "as in the cookie", id, SMARTMSG_VISITOR_ID_LEN);
    }

    if (strcmp(what, "show") == 0) {
        return show(ctl, id);
    }

    if (strcmp(what, "export") == 0) {
        return export(ctl, id);
    }

    if (strcmp(what, "delete") == 0) {
        return delete(ctl, id);
    }

    ctl_fail(CTL_USAGE, "visitor has show, export and delete, not \"%s\"",
             what);
}
