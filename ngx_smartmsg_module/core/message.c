#include "core/message.h"

#include <stdlib.h>

#include "core/members.h"
#include "core/show.h"

/* A message in one language. */
typedef struct {
    smartmsg_str_t tag;
    smartmsg_str_t html;
    size_t n_holes;
    smartmsg_hole_t *holes;
} variant_t;

struct smartmsg_message_s {
    smartmsg_str_t as;
    smartmsg_when_t *when;
    smartmsg_str_t members;     /* of the template's JSON */
    smartmsg_str_t image;       /* its address, or empty */
    const smartmsg_theme_t *theme;
    smartmsg_cap_t cap;

    /* Texts name languages; else there is one variant for all of them. */
    bool multilingual;
    size_t n_variants;
    variant_t variants[];       /* then holes, theme if any, and all bytes */
};

static bool parse_show(smartmsg_show_t *show, const json_t *value,
                       smartmsg_names_t *names, smartmsg_path_t *path,
                       smartmsg_error_t *err)
{
    size_t former = smartmsg_path_key(path, "show");

    if (value == NULL) {
        smartmsg_error_set(err, path->text,
                           "is missing: it says what the visitor sees");
        return false;
    }

    if (!smartmsg_show_parse(value, names, path, show, err)) {
        return false;
    }

    smartmsg_path_pop(path, former);

    return true;
}

/* The languages that are rendered. */
static const smartmsg_str_t *languages_of(const smartmsg_show_t *show,
                                          size_t *n)
{
    const smartmsg_str_t *known = smartmsg_language_known(n);

    if (show->n_languages > 0) {
        *n = show->n_languages;
        return show->languages;
    }

    *n = 1;

    return known;
}

/* What a message takes beside its struct and its variants. */
typedef struct {
    size_t bytes;
    size_t holes;
} size_of_t;

static size_of_t measure(const smartmsg_show_t *show,
                         const smartmsg_str_t *tags, size_t n,
                         smartmsg_names_t *names)
{
    smartmsg_sink_t members = {NULL, 0};
    smartmsg_draft_t draft = {
        .names = names, .any_language = show->n_languages == 0
    };

    smartmsg_show_members(show, &members);

    for (size_t i = 0; i < n; i++) {
        draft.sink.len += tags[i].len;
        smartmsg_show_render(show, tags[i], &draft);
    }

    return (size_of_t){members.len + show->image.src.len + draft.sink.len,
                       draft.n_holes};
}

/* Puts holes and bytes where they are free, and moves these places on. */
static void add_variant(smartmsg_message_t *message,
                        const smartmsg_show_t *show, smartmsg_str_t tag,
                        smartmsg_names_t *names, smartmsg_hole_t **holes,
                        char **bytes)
{
    variant_t *variant = &message->variants[message->n_variants++];
    smartmsg_draft_t draft = {
        .sink = {*bytes + tag.len, 0}, .holes = *holes, .names = names,
        .any_language = !message->multilingual
    };

    memcpy(*bytes, tag.data, tag.len);
    smartmsg_show_render(show, tag, &draft);

    variant->tag = smartmsg_str(*bytes, tag.len);
    variant->html = smartmsg_str(draft.sink.out, draft.sink.len);
    variant->holes = *holes;
    variant->n_holes = draft.n_holes;

    *holes += draft.n_holes;
    *bytes += tag.len + draft.sink.len;
}

static smartmsg_message_t *build(const smartmsg_show_t *show,
                                 const smartmsg_cap_t *cap,
                                 smartmsg_names_t *facts)
{
    size_t n;
    const smartmsg_str_t *tags = languages_of(show, &n);
    size_of_t more = measure(show, tags, n, facts);
    size_t variants = sizeof(smartmsg_message_t) + n * sizeof(variant_t);
    size_t holes_end = variants + more.holes * sizeof(smartmsg_hole_t);
    size_t theme = show->theme.given ? sizeof(show->theme) : 0;
    smartmsg_message_t *message = malloc(holes_end + theme + more.bytes);

    if (message == NULL) {
        return NULL;
    }

    smartmsg_hole_t *holes = (void *)((char *)message + variants);
    smartmsg_sink_t bytes = {(char *)message + holes_end + theme, 0};

    memset(message, 0, sizeof(*message));
    message->as = show->as;
    message->cap = *cap;
    message->multilingual = show->n_languages > 0;

    if (show->theme.given) {
        message->theme = memcpy((char *)message + holes_end, &show->theme,
                                sizeof(show->theme));
    }

    smartmsg_show_members(show, &bytes);
    message->members = smartmsg_str(bytes.out, bytes.len);
    bytes.out += bytes.len;

    if (show->image.src.len > 0) {
        memcpy(bytes.out, show->image.src.data, show->image.src.len);
        message->image = smartmsg_str(bytes.out, show->image.src.len);
        bytes.out += show->image.src.len;
    }

    for (size_t i = 0; i < n; i++) {
        add_variant(message, show, tags[i], facts, &holes, &bytes.out);
    }

    return message;
}

/* Everything but `when`. */
static smartmsg_message_t *parse_rest(const json_t *value,
                                      smartmsg_names_t *facts,
                                      smartmsg_path_t *path,
                                      smartmsg_error_t *err)
{
    smartmsg_message_t *message;
    smartmsg_show_t show;
    smartmsg_cap_t cap = {0};

    if (!smartmsg_cap_parse(&cap, json_object_get(value, "cap"), path, err)
        || !parse_show(&show, json_object_get(value, "show"), facts, path, err))
    {
        return NULL;
    }

    message = build(&show, &cap, facts);

    if (message == NULL) {
        smartmsg_error_no_memory(err);
    }

    return message;
}

smartmsg_message_t *smartmsg_message_parse(const json_t *value,
                                           const char *path,
                                           smartmsg_names_t *facts,
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

    message = parse_rest(value, facts, &at, err);

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

smartmsg_str_t smartmsg_message_image(const smartmsg_message_t *message)
{
    return message->image;
}

const smartmsg_cap_t *smartmsg_message_cap(const smartmsg_message_t *message)
{
    return &message->cap;
}

static size_t choose(const smartmsg_message_t *message,
                     smartmsg_str_t language)
{
    smartmsg_str_t tags[SMARTMSG_SHOW_LANGUAGES];

    for (size_t i = 0; i < message->n_variants; i++) {
        tags[i] = message->variants[i].tag;
    }

    return smartmsg_language_choose(tags, message->n_variants, language);
}

void smartmsg_message_text(const smartmsg_message_t *message,
                           smartmsg_str_t language,
                           smartmsg_message_text_t *text)
{
    size_t chosen = message->multilingual ? choose(message, language) : 0;

    text->as = message->as;
    text->members = message->members;
    text->theme = message->theme;
    text->words = language;
    text->html = message->variants[chosen].html;
    text->holes = message->variants[chosen].holes;
    text->n_holes = message->variants[chosen].n_holes;

    if (message->multilingual) {
        text->language = message->variants[chosen].tag;
    } else if (smartmsg_language_valid(language)) {
        text->language = language;
    } else {
        text->language = smartmsg_str(NULL, 0);
    }
}

static size_t add_slot(uint32_t slot, size_t n, uint32_t *out)
{
    if (slot == SMARTMSG_NO_SLOT) {
        return n;
    }

    if (out != NULL) {
        out[n] = slot;
    }

    return n + 1;
}

size_t smartmsg_message_slots(const smartmsg_message_t *message, uint32_t *out)
{
    size_t n = 0;

    for (size_t i = 0; i < message->n_variants; i++) {
        const variant_t *variant = &message->variants[i];

        for (size_t j = 0; j < variant->n_holes; j++) {
            n = add_slot(variant->holes[j].what.slot, n, out);
            n = add_slot(variant->holes[j].what.currency_slot, n, out);
        }
    }

    return n;
}
