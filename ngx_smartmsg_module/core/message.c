#include "core/message.h"

#include <stdlib.h>

#include "core/members.h"
#include "core/show.h"

/* A message in one language. */
typedef struct {
    smartmsg_str_t tag;
    smartmsg_str_t html;
} variant_t;

struct smartmsg_message_s {
    smartmsg_str_t as;
    smartmsg_when_t *when;
    smartmsg_cap_t cap;

    /* Texts name languages; else variants differ in built-in words only. */
    bool multilingual;
    size_t n_variants;
    variant_t variants[];       /* then the bytes that they point to */
};

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
                                 const smartmsg_cap_t *cap)
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
    message->when = NULL;
    message->cap = *cap;
    message->multilingual = show->n_languages > 0;
    message->n_variants = 0;

    for (size_t i = 0; i < n; i++) {
        free_bytes = add_variant(message, show, tags[i], free_bytes);
    }

    return message;
}

/* Everything but `when`. */
static smartmsg_message_t *parse_rest(const json_t *value,
                                      smartmsg_path_t *path,
                                      smartmsg_error_t *err)
{
    smartmsg_message_t *message;
    smartmsg_show_t show;
    smartmsg_cap_t cap = {0};

    if (!smartmsg_cap_parse(&cap, json_object_get(value, "cap"), path, err)
        || !parse_show(&show, json_object_get(value, "show"), path, err))
    {
        return NULL;
    }

    message = build(&show, &cap);

    if (message == NULL) {
        smartmsg_error_no_memory(err);
    }

    return message;
}

smartmsg_message_t *smartmsg_message_parse(const json_t *value,
                                           const char *path,
                                           smartmsg_error_t *err)
{
    static const char *const names[] = {"when", "cap", "show", NULL};
    smartmsg_path_t at = {0};
    smartmsg_when_t *when;
    smartmsg_message_t *message;

    (void)smartmsg_path_key(&at, path);

    if (!smartmsg_members_check(value, "a message", names, &at, err)) {
        return NULL;
    }

    when = smartmsg_when_parse(json_object_get(value, "when"), &at, err);

    if (when == NULL) {
        return NULL;
    }

    message = parse_rest(value, &at, err);

    if (message == NULL) {
        smartmsg_when_free(when);
        return NULL;
    }

    message->when = when;

    return message;
}

void smartmsg_message_free(smartmsg_message_t *message)
{
    if (message != NULL) {
        smartmsg_when_free(message->when);
        free(message);
    }
}

const smartmsg_when_t *smartmsg_message_when(const smartmsg_message_t *message)
{
    return message->when;
}

smartmsg_trigger_set_t smartmsg_message_kinds(
    const smartmsg_message_t *message)
{
    return smartmsg_when_kinds(message->when, smartmsg_when_all(message->when));
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
