#include "tool/facts.h"

#include <math.h>
#include <stdlib.h>

#include "core/number.h"
#include "core/schema.h"
#include "core/sticky_field.h"
#include "core/timezone.h"
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

static void set_number(json_t *object, const char *name, double number)
{
    set(object, name, strlen(name), ctl_json_number(number));
}

static void set_boolean(json_t *object, const char *name, bool yes)
{
    set(object, name, strlen(name), json_boolean(yes));
}

/* What the server assumes as long as nothing is known. */
static json_t *first_page(void)
{
    static const char *const zeros[] = {
        "cart.value", "cart.items", "session.seconds", "session.orders",
        "session.events", "session.first", "session.last", "visitor.orders",
        "visitor.revenue", "visitor.first", "visitor.last",
        "visitor.days_since_first"
    };
    json_t *object = ctl_json(json_object());

    for (size_t i = 0; i < sizeof(zeros) / sizeof(zeros[0]); i++) {
        set_number(object, zeros[i], 0);
    }

    set_number(object, "session.views", 1);
    set_boolean(object, "session.first_view", true);
    set_number(object, "visitor.visits", 1);
    set_boolean(object, "visitor.new", true);
    set_boolean(object, "visitor.returning", false);
    set_boolean(object, "visitor.known", false);
    set_boolean(object, "visitor.anonymous", true);
    return object;
}

/* The clock in the zone of --timezone. */
static void add_time(const ctl_t *ctl, json_t *object, long long now)
{
    const char *name = ctl->options.timezone;
    smartmsg_timezone_t *zone = NULL;
    smartmsg_localtime_t t;
    smartmsg_error_t err;
    char *text;

    if (name != NULL && strcmp(name, "UTC") != 0) {
        zone = smartmsg_timezone_load(ctl_str(name), &err);

        if (zone == NULL) {
            ctl_fail(CTL_USAGE, "the zone \"%s\" %s", name, err.text);
        }
    }

    smartmsg_timezone_local(zone, now, &t);
    smartmsg_timezone_free(zone);

    set_number(object, "time.hour", t.hour);
    set_number(object, "time.minute", t.minute);
    set_number(object, "time.weekday", t.weekday);

    text = ctl_format("%04d-%02d-%02d", t.year, t.month, t.day);
    set(object, "time.date", strlen("time.date"), ctl_json_text(ctl_str(text)));
    free(text);

    text = ctl_format("%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", t.year,
                      t.month, t.day, t.hour, t.minute, t.second,
                      t.offset < 0 ? '-' : '+', abs(t.offset) / 3600,
                      abs(t.offset) / 60 % 60);
    set(object, "time.iso", strlen("time.iso"), ctl_json_text(ctl_str(text)));
    free(text);
}

/* Empty if there is none. */
static smartmsg_str_t text_of(const redisReply *hash, const char *field)
{
    for (size_t i = 0; i + 1 < hash->elements; i += 2) {
        if (smartmsg_str_eq(ctl_reply_at(hash, i), ctl_str(field))) {
            return ctl_reply_at(hash, i + 1);
        }
    }

    return smartmsg_str("", 0);
}

static double number_of(const redisReply *hash, const char *field)
{
    double number = 0;

    (void) smartmsg_number_parse(text_of(hash, field), &number);

    return number;
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

/*
 * The fact that a field of a hash is, which the caller frees: "cart.value" is
 * its own name, "views" one of the family, "shown:RULE" one of another.
 */
static char *fact_of(smartmsg_str_t field, bool of_session)
{
    const char *colon = memchr(field.data, ':', field.len);
    size_t len = colon != NULL ? (size_t) (colon - field.data) : field.len;
    int rest = (int) (field.len - len - (colon != NULL));

    if (colon == NULL && memchr(field.data, '.', field.len) != NULL) {
        return ctl_strndup(field.data, field.len);
    }

    if (colon == NULL) {
        return ctl_format("%s.%.*s", of_session ? "session" : "visitor",
                          (int) len, field.data);
    }

    if (smartmsg_str_eq(smartmsg_str(field.data, len),
                        SMARTMSG_STR("shown")))
    {
        return ctl_format("%s.%.*s", of_session ? "seen_session" : "seen",
                          rest, colon + 1);
    }

    return ctl_format("%.*s.%.*s", (int) len, field.data, rest, colon + 1);
}

/* What is no fact stays behind. */
static void add_fields(json_t *object, const redisReply *hash,
    bool of_session)
{
    for (size_t i = 0; i + 1 < hash->elements; i += 2) {
        smartmsg_str_t field = ctl_reply_at(hash, i);
        char *name;

        if (field.len == 0 || memchr(field.data, '\0', field.len) != NULL) {
            continue;
        }

        name = fact_of(field, of_session);

        if (smartmsg_schema_find(ctl_str(name)) != NULL) {
            set(object, name, strlen(name),
                value_of(ctl_reply_at(hash, i + 1)));
        }

        free(name);
    }
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

/* Seconds since a moment, none if that is not known or to come. */
static double since(double moment, double now)
{
    return moment > 0 && now > moment ? now - moment : 0;
}

static void derive_session(ctl_facts_t *facts, double now)
{
    double views = number_of(facts->session, "views");
    double changed = number_of(facts->session, "cart.time");

    set_number(facts->object, "session.views", views + 1);
    set_boolean(facts->object, "session.first_view", views < 1);
    set_number(facts->object, "session.seconds",
               since(number_of(facts->session, "first"), now));

    if (changed > 0) {
        set_number(facts->object, "cart.age", since(changed, now));
    }
}

static void set_days(json_t *object, const char *name, double moment,
    double now)
{
    if (moment > 0) {
        set_number(object, name, floor(since(moment, now) / 86400));
    }
}

static void derive_visitor(ctl_facts_t *facts, double now)
{
    bool fresh = number_of(facts->session, "views") < 1;
    double visits = number_of(facts->visitor, "visits");
    json_t *profile = json_object_get(facts->object, "profile");
    smartmsg_str_t id = text_of(facts->visitor, "id");
    bool known = json_object_size(profile) > 0 || id.len > 0;

    if (id.len > 0) {
        set(facts->object, "visitor.id", strlen("visitor.id"),
            ctl_json_text(id));
    }

    visits = visits < 1 ? 1 : visits + fresh;

    set_number(facts->object, "visitor.visits", visits);
    set_boolean(facts->object, "visitor.new", visits <= 1);
    set_boolean(facts->object, "visitor.returning", visits > 1);
    set_boolean(facts->object, "visitor.known", known);
    set_boolean(facts->object, "visitor.anonymous", !known);
    set_days(facts->object, "visitor.days_since_first",
             number_of(facts->visitor, "first"), now);
    set_days(facts->object, "visitor.last_order",
             number_of(facts->visitor, "last_order"), now);
    set_days(facts->object, "visitor.days_since_last",
             fresh ? number_of(facts->visitor, "last")
                   : number_of(facts->session, "before"), now);
}

/* As on the next page of the visitor. */
static void add_visitor(ctl_t *ctl, ctl_facts_t *facts, long long now)
{
    const char *id = ctl->options.visitor;
    char key[CTL_KEY_SIZE];
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

    load_quiet(ctl, facts);
    set(facts->object, "id", 2, ctl_json_text(ctl_str(id)));
    add_fields(facts->object, facts->session, true);
    add_fields(facts->object, facts->visitor, false);
    derive_session(facts, (double) now);
    derive_visitor(facts, (double) now);
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
    add_time(ctl, facts->object, now);

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

static bool get_sticky(void *data, const smartmsg_sticky_key_t *key,
    smartmsg_str_t *variation)
{
    char field[SMARTMSG_STICKY_FIELD_MAX];
    size_t len = smartmsg_sticky_field(key, field);

    return len > 0
           && smartmsg_sticky_variation(key,
                                        remembered(data, SMARTMSG_IN_VISITOR,
                                                   smartmsg_str(field, len)),
                                        variation);
}

static void put_sticky(void *data, const smartmsg_sticky_key_t *key,
    smartmsg_str_t variation)
{
    (void) data;
    (void) key;
    (void) variation;
}

smartmsg_sticky_t ctl_facts_sticky(ctl_facts_t *facts)
{
    smartmsg_sticky_t sticky = { .get = get_sticky, .put = put_sticky,
                                 .data = facts };

    return sticky;
}
