#include "core/show_inside.h"

#include "core/href.h"
#include "core/language.h"
#include "core/markup.h"
#include "core/members.h"
#include "core/unicode.h"

bool smartmsg_show_wrong(smartmsg_show_reader_t *r, const char *key,
                         const char *reason)
{
    if (reason == smartmsg_placeholder_no_memory) {
        smartmsg_error_no_memory(r->err);
        return false;
    }

    if (key != NULL) {
        (void)smartmsg_path_key(r->path, key);
    }

    smartmsg_error_set(r->err, r->path->text, "%s", reason);

    return false;
}

bool smartmsg_show_kind(smartmsg_show_reader_t *r, const char *key,
                        const char *wanted, const json_t *value)
{
    if (key != NULL) {
        (void)smartmsg_path_key(r->path, key);
    }

    smartmsg_error_set(r->err, r->path->text, "must be %s, not %s", wanted,
                       smartmsg_members_kind(value));

    return false;
}

static bool is_blank(smartmsg_str_t text)
{
    while (text.len > 0) {
        if (!smartmsg_is_space(smartmsg_next_char(&text))) {
            return false;
        }
    }

    return true;
}

/* Line feeds make lines, and tabs do no harm; others never belong there. */
static bool has_control(smartmsg_str_t text, bool lines)
{
    while (text.len > 0) {
        uint32_t code = smartmsg_next_char(&text);

        if (lines && (code == '\n' || code == '\t' || code == '\r')) {
            continue;
        }

        if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) {
            return true;
        }
    }

    return false;
}

static bool check_string(smartmsg_show_reader_t *r, const json_t *value,
                         bool html, bool may_be_empty)
{
    smartmsg_draft_t draft = {.names = r->names};
    const char *reason;

    if (!json_is_string(value)) {
        return smartmsg_show_kind(r, NULL, "a text", value);
    }

    if (!may_be_empty && is_blank(smartmsg_show_str(value))) {
        return smartmsg_show_wrong(r, NULL, "the text is empty");
    }

    if (json_string_length(value) > SMARTMSG_SHOW_TEXT_MAX) {
        smartmsg_error_set(r->err, r->path->text, "the text is too long: %zu "
                           "bytes, at most %d are allowed",
                           json_string_length(value), SMARTMSG_SHOW_TEXT_MAX);
        return false;
    }

    if (has_control(smartmsg_show_str(value), true)) {
        return smartmsg_show_wrong(r, NULL,
                                   "the text contains a control character");
    }

    if (html) {
        return smartmsg_markup_put(&draft, smartmsg_show_str(value),
                                   r->path->text, r->err);
    }

    reason = smartmsg_draft_text(&draft, smartmsg_show_str(value), false);

    return reason == NULL || smartmsg_show_wrong(r, NULL, reason);
}

/* Remembers a language, unless it is known already, in whatever case. */
static bool add_language(smartmsg_show_reader_t *r, smartmsg_str_t tag)
{
    smartmsg_show_t *show = r->show;

    for (size_t i = 0; i < show->n_languages; i++) {
        if (smartmsg_str_case_eq(show->languages[i], tag)) {
            return true;
        }
    }

    if (show->n_languages == SMARTMSG_SHOW_LANGUAGES) {
        smartmsg_error_set(r->err, r->path->text,
                           "the message has more than %d languages",
                           SMARTMSG_SHOW_LANGUAGES);
        return false;
    }

    show->languages[show->n_languages++] = tag;

    return true;
}

/* Is the language of the key named before it, in other letters' case? */
static bool is_repeated(const json_t *texts, const char *key)
{
    smartmsg_str_t tag = smartmsg_str(key, strlen(key));
    const char *other;
    json_t *value;

    json_object_foreach((json_t *)texts, other, value) {
        if (strcmp(other, key) == 0) {
            break;
        }

        if (smartmsg_str_case_eq(smartmsg_str(other, strlen(other)), tag)) {
            return true;
        }
    }

    return false;
}

/* One language of a text: {"en": "..."} */
static bool check_translation(smartmsg_show_reader_t *r, const json_t *texts,
                              const char *key, bool html, bool may_be_empty)
{
    smartmsg_str_t tag = smartmsg_str(key, strlen(key));

    if (!smartmsg_language_valid(tag)) {
        return smartmsg_show_wrong(r, NULL, "this is no language code such as "
                                   "en or pt-BR");
    }

    if (is_repeated(texts, key)) {
        return smartmsg_show_wrong(r, NULL, "the language is given twice");
    }

    return check_string(r, json_object_get(texts, key), html, may_be_empty)
           && add_language(r, tag);
}

bool smartmsg_show_check_text(smartmsg_show_reader_t *r, const json_t *value,
                              bool html, bool may_be_empty)
{
    const char *key;
    json_t *translation;

    if (json_is_string(value)) {
        return check_string(r, value, html, may_be_empty);
    }

    if (!json_is_object(value)) {
        return smartmsg_show_kind(r, NULL, "a text or texts per language "
                                  "{\"en\": \"...\"}", value);
    }

    if (json_object_size(value) == 0) {
        return smartmsg_show_wrong(r, NULL, "no language is given");
    }

    json_object_foreach((json_t *)value, key, translation) {
        size_t former = smartmsg_path_key(r->path, key);

        if (!check_translation(r, value, key, html, may_be_empty)) {
            return false;
        }

        smartmsg_path_pop(r->path, former);
    }

    return true;
}

static bool read_text(smartmsg_show_reader_t *r, const json_t *object,
                      const char *key, smartmsg_show_need_e need, bool html,
                      const json_t **text)
{
    const json_t *value = json_object_get(object, key);

    if (value == NULL && need == SMARTMSG_SHOW_OPTIONAL) {
        return true;
    }

    size_t former = smartmsg_path_key(r->path, key);

    if (value == NULL) {
        smartmsg_error_set(r->err, r->path->text, "the %s is missing", key);
        return false;
    }

    if (!smartmsg_show_check_text(r, value, html,
                                  need == SMARTMSG_SHOW_MAY_BE_EMPTY))
    {
        return false;
    }

    smartmsg_path_pop(r->path, former);
    *text = value;

    return true;
}

bool smartmsg_show_text(smartmsg_show_reader_t *r, const json_t *object,
                        const char *key, smartmsg_show_need_e need,
                        const json_t **text)
{
    return read_text(r, object, key, need, false, text);
}

bool smartmsg_show_html(smartmsg_show_reader_t *r, const json_t *object,
                        const char *key, const json_t **html)
{
    return read_text(r, object, key, SMARTMSG_SHOW_OPTIONAL, true, html);
}

bool smartmsg_show_href(smartmsg_show_reader_t *r, const json_t *object,
                        const char *key, smartmsg_str_t *href)
{
    const json_t *value = json_object_get(object, key);
    const char *reason;

    if (value == NULL) {
        return true;
    }

    if (!json_is_string(value)) {
        return smartmsg_show_kind(r, key, "a text", value);
    }

    *href = smartmsg_show_str(value);
    reason = href->len > SMARTMSG_SHOW_HREF_MAX ? "the link is too long"
                                                : smartmsg_href_check(*href);

    if (reason == NULL && smartmsg_placeholder_find(*href) < href->len) {
        reason = "placeholders are not filled in links";
    }

    return reason == NULL || smartmsg_show_wrong(r, key, reason);
}

bool smartmsg_show_boolean(smartmsg_show_reader_t *r, const json_t *object,
                           const char *key, bool *yes)
{
    const json_t *value = json_object_get(object, key);

    if (value != NULL && !json_is_boolean(value)) {
        return smartmsg_show_kind(r, key, "true or false", value);
    }

    *yes = value != NULL ? json_is_true(value) : *yes;

    return true;
}

bool smartmsg_show_word(smartmsg_show_reader_t *r, const json_t *object,
                        const char *key, const char *const *words,
                        smartmsg_str_t *word)
{
    const json_t *value = json_object_get(object, key);
    smartmsg_sink_t list = {NULL, 0};
    char reason[200];

    for (size_t i = 0; words[i] != NULL; i++) {
        if (json_is_string(value) && strcmp(json_string_value(value), words[i])
                                     == 0)
        {
            *word = smartmsg_str(words[i], strlen(words[i]));
            return true;
        }
    }

    list.out = reason;
    smartmsg_sink_puts(&list, value != NULL ? "must be " : "is missing: ");

    for (size_t i = 0; words[i] != NULL; i++) {
        smartmsg_sink_puts(&list, i == 0 ? "\""
                                  : words[i + 1] ? ", \"" : " or \"");
        smartmsg_sink_puts(&list, words[i]);
        smartmsg_sink_puts(&list, "\"");
    }

    reason[list.len] = '\0';

    return smartmsg_show_wrong(r, key, reason);
}

bool smartmsg_show_line(smartmsg_show_reader_t *r, const json_t *object,
                        const char *key, size_t max, smartmsg_str_t *line)
{
    const json_t *value = json_object_get(object, key);

    if (!json_is_string(value)) {
        return smartmsg_show_kind(r, key, "a text", value);
    }

    *line = smartmsg_show_str(value);

    if (line->len > max || is_blank(*line) || has_control(*line, false)) {
        return smartmsg_show_wrong(r, key, is_blank(*line)
                                           ? "the text is empty"
                                           : "the text is too long, or has "
                                             "control characters");
    }

    return true;
}

smartmsg_str_t smartmsg_show_translate(const json_t *text,
                                       smartmsg_str_t language)
{
    smartmsg_str_t tags[SMARTMSG_SHOW_LANGUAGES];
    const json_t *translations[SMARTMSG_SHOW_LANGUAGES];
    size_t n = 0;
    const char *key;
    json_t *value;

    if (json_is_string(text)) {
        return smartmsg_show_str(text);
    }

    json_object_foreach((json_t *)text, key, value) {
        tags[n] = smartmsg_str(key, strlen(key));
        translations[n++] = value;
    }

    return smartmsg_show_str(
        translations[smartmsg_language_choose(tags, n, language)]);
}
