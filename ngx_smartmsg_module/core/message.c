#include "core/message.h"

#include <math.h>
#include <stdlib.h>

#include "core/members.h"
#include "core/show.h"
#include "core/sink.h"

#define AFTER_MAX 86400         /* seconds */

typedef struct {
    smartmsg_trigger_e kind;
    uint32_t after;             /* milliseconds */
} trigger_t;

/* A message in one language. */
typedef struct {
    smartmsg_str_t tag;
    smartmsg_str_t html;
} variant_t;

struct smartmsg_message_s {
    smartmsg_str_t as;
    smartmsg_trigger_set_t kinds;
    smartmsg_cap_t cap;
    size_t n_triggers;
    trigger_t triggers[SMARTMSG_MESSAGE_TRIGGERS];

    /* Texts name languages; else variants differ in built-in words only. */
    bool multilingual;
    size_t n_variants;
    variant_t variants[];       /* then the bytes that they point to */
};

/* What `when` and `cap` say, before there is a message. */
typedef struct {
    smartmsg_cap_t cap;
    smartmsg_trigger_set_t kinds;
    size_t n_triggers;
    trigger_t triggers[SMARTMSG_MESSAGE_TRIGGERS];
} terms_t;

static bool parse_kind(trigger_t *trigger, const json_t *value,
                       smartmsg_path_t *path, smartmsg_error_t *err)
{
    if (json_is_string(value)) {
        smartmsg_str_t name = smartmsg_str(json_string_value(value),
                                           json_string_length(value));

        if (smartmsg_trigger_find(name, &trigger->kind)) {
            return true;
        }
    }

    (void)smartmsg_path_key(path, "on");
    smartmsg_error_set(err, path->text, "%s \"exit\", \"idle\", \"dwell\" or "
                       "\"load\"", value ? "must be" : "is missing:");

    return false;
}

static bool parse_after(trigger_t *trigger, const json_t *value,
                        smartmsg_path_t *path, smartmsg_error_t *err)
{
    if (value == NULL) {
        trigger->after = smartmsg_trigger_default_after(trigger->kind);
        return true;
    }

    double seconds = json_is_number(value) ? json_number_value(value) : -1;

    if (!(seconds >= 0 && seconds <= AFTER_MAX)) {
        (void)smartmsg_path_key(path, "after");
        smartmsg_error_set(err, path->text,
                           "must be a number of seconds from 0 to %d",
                           AFTER_MAX);
        return false;
    }

    trigger->after = (uint32_t)lround(seconds * 1000);

    return true;
}

static bool parse_trigger(terms_t *terms, const json_t *value,
                          smartmsg_path_t *path, smartmsg_error_t *err)
{
    static const char *const names[] = {"on", "after", NULL};
    trigger_t *trigger = &terms->triggers[terms->n_triggers];

    if (!smartmsg_members_check(value, "a trigger", names, path, err)
        || !parse_kind(trigger, json_object_get(value, "on"), path, err)
        || !parse_after(trigger, json_object_get(value, "after"), path, err))
    {
        return false;
    }

    terms->n_triggers++;
    terms->kinds |= SMARTMSG_TRIGGER_BIT(trigger->kind);

    return true;
}

static bool parse_when(terms_t *terms, const json_t *when,
                       smartmsg_path_t *path, smartmsg_error_t *err)
{
    size_t former = smartmsg_path_key(path, "when");
    size_t i;
    const json_t *value;

    if (!json_is_array(when)) {
        smartmsg_error_set(err, path->text, "%s: when to show the message is "
                           "a list such as [{\"on\": \"exit\"}]",
                           smartmsg_members_kind(when));
        return false;
    }

    if (json_array_size(when) < 1
        || json_array_size(when) > SMARTMSG_MESSAGE_TRIGGERS)
    {
        smartmsg_error_set(err, path->text, "must have 1 to %d entries",
                           SMARTMSG_MESSAGE_TRIGGERS);
        return false;
    }

    json_array_foreach(when, i, value) {
        size_t list = smartmsg_path_index(path, i);

        if (!parse_trigger(terms, value, path, err)) {
            return false;
        }

        smartmsg_path_pop(path, list);
    }

    smartmsg_path_pop(path, former);

    return true;
}

static bool parse_show(smartmsg_show_t *show, const json_t *value,
                       smartmsg_path_t *path, smartmsg_error_t *err)
{
    size_t former = smartmsg_path_key(path, "show");

    if (value == NULL) {
        smartmsg_error_set(err, path->text,
                           "is missing: it says what the visitor sees");
        return false;
    }

    if (!smartmsg_show_parse(value, path, show, err)) {
        return false;
    }

    smartmsg_path_pop(path, former);

    return true;
}

/*
 * The languages that are rendered. Without any in the texts the only words
 * that depend on the language are the module's own, if they are used.
 */
static const smartmsg_str_t *languages_of(const smartmsg_show_t *show,
                                          size_t *n)
{
    if (show->n_languages > 0) {
        *n = show->n_languages;
        return show->languages;
    }

    const smartmsg_str_t *known = smartmsg_language_known(n);

    if (show->close != NULL) {
        *n = 1;
    }

    return known;
}

static char *add_variant(smartmsg_message_t *message,
                         const smartmsg_show_t *show, smartmsg_str_t tag,
                         char *free_bytes)
{
    variant_t *variant = &message->variants[message->n_variants++];

    memcpy(free_bytes, tag.data, tag.len);
    variant->tag = smartmsg_str(free_bytes, tag.len);
    free_bytes += tag.len;

    variant->html = smartmsg_str(free_bytes,
                                 smartmsg_show_render(show, tag, free_bytes));

    return free_bytes + variant->html.len;
}

static smartmsg_message_t *build(const smartmsg_show_t *show,
                                 const terms_t *terms)
{
    size_t n;
    const smartmsg_str_t *tags = languages_of(show, &n);
    size_t size = sizeof(smartmsg_message_t) + n * sizeof(variant_t);
    size_t bytes = 0;

    for (size_t i = 0; i < n; i++) {
        bytes += tags[i].len + smartmsg_show_render(show, tags[i], NULL);
    }

    smartmsg_message_t *message = malloc(size + bytes);

    if (message == NULL) {
        return NULL;
    }

    char *free_bytes = (char *)message + size;

    message->as = show->as;
    message->kinds = terms->kinds;
    message->cap = terms->cap;
    message->n_triggers = terms->n_triggers;
    memcpy(message->triggers, terms->triggers, sizeof(message->triggers));
    message->multilingual = show->n_languages > 0;
    message->n_variants = 0;

    for (size_t i = 0; i < n; i++) {
        free_bytes = add_variant(message, show, tags[i], free_bytes);
    }

    return message;
}

smartmsg_message_t *smartmsg_message_parse(const json_t *value,
                                           const char *path,
                                           smartmsg_error_t *err)
{
    static const char *const names[] = {"when", "cap", "show", NULL};
    smartmsg_path_t at = {0};
    smartmsg_show_t show;
    terms_t terms;

    memset(&terms, 0, sizeof(terms));
    (void)smartmsg_path_key(&at, path);

    if (!smartmsg_members_check(value, "a message", names, &at, err)
        || !parse_when(&terms, json_object_get(value, "when"), &at, err)
        || !smartmsg_cap_parse(&terms.cap, json_object_get(value, "cap"), &at,
                               err)
        || !parse_show(&show, json_object_get(value, "show"), &at, err))
    {
        return NULL;
    }

    smartmsg_message_t *message = build(&show, &terms);

    if (message == NULL) {
        smartmsg_error_no_memory(err);
    }

    return message;
}

void smartmsg_message_free(smartmsg_message_t *message)
{
    free(message);
}

smartmsg_trigger_set_t smartmsg_message_kinds(
    const smartmsg_message_t *message)
{
    return message->kinds;
}

const smartmsg_cap_t *smartmsg_message_cap(const smartmsg_message_t *message)
{
    return &message->cap;
}

void smartmsg_message_text(const smartmsg_message_t *message,
                           smartmsg_str_t language,
                           smartmsg_message_text_t *text)
{
    smartmsg_str_t tags[SMARTMSG_SHOW_LANGUAGES];

    for (size_t i = 0; i < message->n_variants; i++) {
        tags[i] = message->variants[i].tag;
    }

    size_t chosen = smartmsg_language_choose(tags, message->n_variants,
                                             language);

    text->as = message->as;
    text->html = message->variants[chosen].html;

    if (message->multilingual) {
        text->language = tags[chosen];
    } else if (smartmsg_language_valid(language)) {
        text->language = language;
    } else {
        text->language = smartmsg_str(NULL, 0);
    }
}

/* Seconds with at most three digits after the point, none in vain. */
static void put_seconds(smartmsg_sink_t *sink, uint32_t milliseconds)
{
    uint32_t rest = milliseconds % 1000;
    uint32_t digit = 100;

    smartmsg_sink_number(sink, milliseconds / 1000);

    if (rest > 0) {
        smartmsg_sink_puts(sink, ".");
    }

    for (; rest > 0; digit /= 10) {
        smartmsg_sink_number(sink, rest / digit);
        rest %= digit;
    }
}

size_t smartmsg_message_when(const smartmsg_message_t *message,
                             smartmsg_trigger_set_t kinds, char *out)
{
    smartmsg_sink_t sink = {out, 0};

    for (size_t i = 0; i < message->n_triggers; i++) {
        const trigger_t *trigger = &message->triggers[i];

        if ((kinds & SMARTMSG_TRIGGER_BIT(trigger->kind)) == 0) {
            continue;
        }

        if (sink.len > 0) {
            smartmsg_sink_puts(&sink, ",");
        }

        smartmsg_sink_puts(&sink, "{&quot;on&quot;:&quot;");
        smartmsg_sink_put(&sink, smartmsg_trigger_name(trigger->kind));
        smartmsg_sink_puts(&sink, "&quot;,&quot;after&quot;:");
        put_seconds(&sink, trigger->after);
        smartmsg_sink_puts(&sink, "}");
    }

    return sink.len;
}
