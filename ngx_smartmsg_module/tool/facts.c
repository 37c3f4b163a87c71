#include "tool/facts.h"

#include <stdlib.h>

#include "core/number.h"
#include "core/visitor_id.h"
#include "tool/file.h"
#include "tool/json.h"

#define FACTS_MAX (1024 * 1024)

/* Sets a.b.c in nested objects; takes the value. */
static void set(json_t *object, const char *name, size_t len, json_t *value)
{
    const char *dot = memchr(name, '.', len);
    size_t head = dot != NULL ? (size_t) (dot - name) : len;
    char *key = ctl_strndup(name, head);
    json_t *inner = json_object_get(object, key);

    if (dot == NULL) {
        ctl_json_set_foreign(object, smartmsg_str(key, head), value);

    } else {
        if (!json_is_object(inner)) {
            inner = ctl_json(json_object());
            ctl_json_set_foreign(object, smartmsg_str(key, head), inner);
        }

        set(inner, dot + 1, len - head - 1, value);
    }

    free(key);
}

/* Members may be nested, or have dotted names. */
static void merge(json_t *object, json_t *from, const char *prefix)
{
    const char *key;
    json_t *value;

    json_object_foreach(from, key, value) {
        char *name = ctl_format("%s%s%s", prefix, prefix[0] ? "." : "", key);

        if (json_object_size(value) > 0) {
            merge(object, value, name);
        } else {
            set(object, name, strlen(name), json_incref(value));
        }

        free(name);
    }
}

/* What the server assumes as long as nothing is known. */
static json_t *first_page(void)
{
    return ctl_json(json_pack("{s:{s:i,s:i},s:{s:i,s:i,s:i,s:i,s:i},"
                              "s:{s:b,s:i,s:i,s:i,s:i,s:i}}",
                              "cart", "value", 0, "items", 0,
                              "session", "views", 1, "seconds", 0,
                              "orders", 0, "first", 0, "last", 0,
                              "visitor", "new", 1, "visits", 1, "orders", 0,
                              "revenue", 0, "first", 0, "last", 0));
}

static double number_of(const redisReply *hash, const char *field)
{
    double number;

    for (size_t i = 0; i + 1 < hash->elements; i += 2) {
        if (smartmsg_str_eq(ctl_reply_at(hash, i), ctl_str(field))
            && smartmsg_number_parse(ctl_reply_at(hash, i + 1), &number))
        {
            return number;
        }
    }

    return 0;
}

static json_t *value_of(smartmsg_str_t text)
{
    if (smartmsg_str_eq(text, SMARTMSG_STR("true"))) {
        return json_true();
    }

    if (smartmsg_str_eq(text, SMARTMSG_STR("false"))) {
        return json_false();
    }

    return ctl_json_auto(text);
}

/* Fields without a dot are facts of `family`; those with ':' are none. */
static void add_fields(json_t *object, const redisReply *hash,
    const char *family)
{
    for (size_t i = 0; i + 1 < hash->elements; i += 2) {
        smartmsg_str_t field = ctl_reply_at(hash, i);
        char *name;

        if (field.len == 0 || memchr(field.data, ':', field.len) != NULL
            || memchr(field.data, '\0', field.len) != NULL)
        {
            continue;
        }

        name = memchr(field.data, '.', field.len) != NULL
            ? ctl_strndup(field.data, field.len)
            : ctl_format("%s.%.*s", family, (int) field.len, field.data);
        set(object, name, strlen(name), value_of(ctl_reply_at(hash, i + 1)));
        free(name);
    }
}

static void set_number(json_t *object, const char *name, double number)
{
    set(object, name, strlen(name), ctl_json_number(number));
}

static void load_quiet(ctl_t *ctl, ctl_facts_t *facts)
{
    char key[CTL_KEY_SIZE];
    const char *ignored;
    redisReply *config = ctl_command(ctl, REDIS_REPLY_ARRAY, "HGETALL",
                                     ctl_key(ctl, key, "config"), NULL);

    for (size_t i = 0; i + 1 < config->elements; i += 2) {
        (void) smartmsg_quiet_set(&facts->quiet, ctl_reply_at(config, i),
                                  ctl_reply_at(config, i + 1), &ignored);
    }

    freeReplyObject(config);
}

/* As on the next page of the visitor. */
static void add_visitor(ctl_t *ctl, ctl_facts_t *facts, long long now)
{
    const char *id = ctl->options.visitor;
    char key[CTL_KEY_SIZE];
    double first, visits;

    if (!smartmsg_visitor_id_valid(ctl_str(id))) {
        ctl_fail(CTL_USAGE, "\"%s\" is no visitor's id", id);
    }

    if (ctl->options.offline) {
        ctl_fail(CTL_USAGE, "--visitor needs Redis, so not --offline");
    }

    facts->session = ctl_command(ctl, REDIS_REPLY_ARRAY, "HGETALL",
                                 ctl_key(ctl, key, "{%s}:s", id), NULL);
    facts->visitor = ctl_command(ctl, REDIS_REPLY_ARRAY, "HGETALL",
                                 ctl_key(ctl, key, "{%s}:v", id), NULL);

    add_fields(facts->object, facts->session, "session");
    add_fields(facts->object, facts->visitor, "visitor");

    load_quiet(ctl, facts);

    first = number_of(facts->session, "first");
    visits = number_of(facts->visitor, "visits");
    visits = visits < 1 ? 1
             : visits + (number_of(facts->session, "views") < 1);

    set(facts->object, "id", 2, ctl_json_text(ctl_str(id)));
    set_number(facts->object, "session.views",
               number_of(facts->session, "views") + 1);
    set_number(facts->object, "session.seconds",
               first > 0 && (double) now > first ? (double) now - first : 0);
    set_number(facts->object, "visitor.visits", visits);
    set(facts->object, "visitor.new", strlen("visitor.new"),
        json_boolean(visits <= 1));
}

static void add_file(ctl_t *ctl, ctl_facts_t *facts)
{
    const char *path = ctl->options.args.words[0];
    json_error_t error;
    json_t *given;
    size_t len;
    char *text = ctl_file_slurp(path, FACTS_MAX, &len);

    given = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    free(text);

    if (given == NULL) {
        ctl_fail(CTL_FINDINGS, "%s:%d:%d: %s", path, error.line, error.column,
                 error.text);
    }

    if (!json_is_object(given)) {
        ctl_fail(CTL_FINDINGS, "%s: facts are an object {...}", path);
    }

    merge(facts->object, given, "");
    json_decref(given);
}

/* The value is JSON if it can be, else a text. */
static void add_word(ctl_facts_t *facts, const char *word)
{
    const char *is = strchr(word, '=');
    json_t *value;

    if (is == NULL || is == word) {
        ctl_fail(CTL_USAGE, "--fact needs NAME=VALUE, not \"%s\"", word);
    }

    value = json_loads(is + 1, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);

    if (value == NULL) {
        value = ctl_json_text(ctl_str(is + 1));
    }

    set(facts->object, word, (size_t) (is - word), value);
}

void ctl_facts_load(ctl_t *ctl, ctl_facts_t *facts, long long now)
{
    memset(facts, 0, sizeof(*facts));
    facts->object = first_page();

    if (ctl->options.visitor != NULL) {
        add_visitor(ctl, facts, now);
    }

    if (ctl->options.args.n > 0) {
        add_file(ctl, facts);
    }

    for (size_t i = 0; i < ctl->options.facts.n; i++) {
        add_word(facts, ctl->options.facts.words[i]);
    }
}

void ctl_facts_free(ctl_facts_t *facts)
{
    json_decref(facts->object);

    if (facts->session != NULL) {
        freeReplyObject(facts->session);
        freeReplyObject(facts->visitor);
    }
}

/* A field of session or visitor; empty if there is none. */
static smartmsg_str_t remembered(void *data, smartmsg_memory_e in,
    smartmsg_str_t field)
{
    const ctl_facts_t *facts = data;
    const redisReply *hash = in == SMARTMSG_IN_SESSION ? facts->session
                                                       : facts->visitor;

    for (size_t i = 0; hash != NULL && i + 1 < hash->elements; i += 2) {
        if (smartmsg_str_eq(ctl_reply_at(hash, i), field)) {
            return ctl_reply_at(hash, i + 1);
        }
    }

    return smartmsg_str("", 0);
}

smartmsg_seen_t ctl_facts_seen(ctl_facts_t *facts)
{
    smartmsg_seen_t seen = { .data = facts, .get = remembered,
                             .quiet = &facts->quiet };

    return seen;
}
