#include "core/show.h"

#include "core/escape.h"
#include "core/href.h"
#include "core/language.h"
#include "core/members.h"
#include "core/sink.h"
#include "core/unicode.h"

static smartmsg_str_t json_str(const json_t *string)
{
    return smartmsg_str(json_string_value(string),
                        json_string_length(string));
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
static bool has_control(smartmsg_str_t text)
{
    while (text.len > 0) {
        uint32_t code = smartmsg_next_char(&text);

        if (code == '\n' || code == '\t' || code == '\r') {
            continue;
        }

        if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) {
            return true;
        }
    }

    return false;
}

static bool check_string(const json_t *value, const smartmsg_path_t *path,
                         smartmsg_error_t *err)
{
    if (!json_is_string(value)) {
        smartmsg_error_set(err, path->text, "must be a text, not %s",
                           smartmsg_members_kind(value));
        return false;
    }

    if (is_blank(json_str(value))) {
        smartmsg_error_set(err, path->text, "the text is empty");
        return false;
    }

    if (json_string_length(value) > SMARTMSG_SHOW_TEXT_MAX) {
        smartmsg_error_set(err, path->text, "the text is too long: %zu bytes, "
                           "at most %d are allowed",
                           json_string_length(value), SMARTMSG_SHOW_TEXT_MAX);
        return false;
    }

    if (has_control(json_str(value))) {
        smartmsg_error_set(err, path->text,
                           "the text contains a control character");
        return false;
    }

    return true;
}

/* Remembers a language, unless it is known already, in whatever case. */
static bool add_language(smartmsg_show_t *show, smartmsg_str_t tag,
                         const smartmsg_path_t *path, smartmsg_error_t *err)
{
    for (size_t i = 0; i < show->n_languages; i++) {
        if (smartmsg_str_case_eq(show->languages[i], tag)) {
            return true;
        }
    }

    if (show->n_languages == SMARTMSG_SHOW_LANGUAGES) {
        smartmsg_error_set(err, path->text,
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
static bool parse_translation(smartmsg_show_t *show, const json_t *texts,
                              const char *key, const smartmsg_path_t *path,
                              smartmsg_error_t *err)
{
    smartmsg_str_t tag = smartmsg_str(key, strlen(key));

    if (!smartmsg_language_valid(tag)) {
        smartmsg_error_set(err, path->text,
                           "this is no language code such as en or pt-BR");
        return false;
    }

    if (is_repeated(texts, key)) {
        smartmsg_error_set(err, path->text, "the language is given twice");
        return false;
    }

    return check_string(json_object_get(texts, key), path, err)
           && add_language(show, tag, path, err);
}

/* A string, or an object language -> string. */
static bool check_text(smartmsg_show_t *show, const json_t *value,
                       smartmsg_path_t *path, smartmsg_error_t *err)
{
    const char *key;
    json_t *translation;

    if (json_is_string(value)) {
        return check_string(value, path, err);
    }

    if (!json_is_object(value)) {
        smartmsg_error_set(err, path->text, "must be a text or texts per "
                           "language {\"en\": \"...\"}, not %s",
                           smartmsg_members_kind(value));
        return false;
    }

    if (json_object_size(value) == 0) {
        smartmsg_error_set(err, path->text, "no language is given");
        return false;
    }

    json_object_foreach((json_t *)value, key, translation) {
        size_t former = smartmsg_path_key(path, key);

        if (!parse_translation(show, value, key, path, err)) {
            return false;
        }

        smartmsg_path_pop(path, former);
    }

    return true;
}

/* The text member `key` of an object, which must be there if required. */
static bool parse_text(smartmsg_show_t *show, const json_t *object,
                       const char *key, bool required, const json_t **text,
                       smartmsg_path_t *path, smartmsg_error_t *err)
{
    const json_t *value = json_object_get(object, key);

    if (value == NULL && !required) {
        return true;
    }

    size_t former = smartmsg_path_key(path, key);

    if (value == NULL) {
        smartmsg_error_set(err, path->text, "the %s is missing", key);
        return false;
    }

    if (!check_text(show, value, path, err)) {
        return false;
    }

    smartmsg_path_pop(path, former);
    *text = value;

    return true;
}

static bool parse_as(smartmsg_show_t *show, const json_t *value,
                     smartmsg_path_t *path, smartmsg_error_t *err)
{
    static const smartmsg_str_t kinds[] = {{"dialog", 6}, {"bubble", 6}};
    size_t former = smartmsg_path_key(path, "as");

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (json_is_string(value) && smartmsg_str_eq(json_str(value), kinds[i]))
        {
            show->as = kinds[i];
            smartmsg_path_pop(path, former);
            return true;
        }
    }

    smartmsg_error_set(err, path->text,
                       value ? "must be \"dialog\" or \"bubble\""
                             : "is missing: \"dialog\" or \"bubble\"");

    return false;
}

static bool parse_href(smartmsg_show_action_t *action, const json_t *value,
                       smartmsg_path_t *path, smartmsg_error_t *err)
{
    size_t former = smartmsg_path_key(path, "href");

    if (!json_is_string(value)) {
        smartmsg_error_set(err, path->text, "must be a text, not %s",
                           smartmsg_members_kind(value));
        return false;
    }

    action->href = json_str(value);

    const char *reason = action->href.len > SMARTMSG_SHOW_HREF_MAX
                         ? "the link is too long"
                         : smartmsg_href_check(action->href);

    if (reason != NULL) {
        smartmsg_error_set(err, path->text, "%s", reason);
        return false;
    }

    smartmsg_path_pop(path, former);

    return true;
}

/* What an action does: exactly one of href and close. */
static bool parse_effect(smartmsg_show_action_t *action, const json_t *value,
                         smartmsg_path_t *path, smartmsg_error_t *err)
{
    const json_t *href = json_object_get(value, "href");
    const json_t *close = json_object_get(value, "close");

    if ((href == NULL) == (close == NULL)) {
        smartmsg_error_set(err, path->text,
                           href == NULL
                           ? "the action does nothing: give it \"href\", or "
                             "\"close\": true"
                           : "the action has both href and close; it can "
                             "only do one");
        return false;
    }

    if (href != NULL) {
        return parse_href(action, href, path, err);
    }

    if (!json_is_true(close)) {
        (void)smartmsg_path_key(path, "close");
        smartmsg_error_set(err, path->text, "must be true or be left out");
        return false;
    }

    return true;
}

static bool parse_action(smartmsg_show_t *show, const json_t *value,
                         const json_t **primary, smartmsg_path_t *path,
                         smartmsg_error_t *err)
{
    static const char *const names[] = {"label", "href", "close", "primary",
                                        NULL};
    smartmsg_show_action_t *action = &show->actions[show->n_actions];

    if (!smartmsg_members_check(value, "an action", names, path, err)
        || !parse_text(show, value, "label", true, &action->label, path, err)
        || !parse_effect(action, value, path, err))
    {
        return false;
    }

    *primary = json_object_get(value, "primary");

    if (*primary != NULL && !json_is_boolean(*primary)) {
        (void)smartmsg_path_key(path, "primary");
        smartmsg_error_set(err, path->text, "must be true or false, not %s",
                           smartmsg_members_kind(*primary));
        return false;
    }

    action->primary = json_is_true(*primary);
    show->n_actions++;

    return true;
}

/* The first action is the primary one, unless a word about it was said. */
static bool parse_action_list(smartmsg_show_t *show, const json_t *list,
                              smartmsg_path_t *path, smartmsg_error_t *err)
{
    const json_t *first = NULL;
    bool claimed = false;
    size_t i;
    json_t *value;

    json_array_foreach(list, i, value) {
        const json_t *primary = NULL;
        size_t former = smartmsg_path_index(path, i);

        if (!parse_action(show, value, &primary, path, err)) {
            return false;
        }

        if (claimed && json_is_true(primary)) {
            (void)smartmsg_path_key(path, "primary");
            smartmsg_error_set(err, path->text,
                               "only one action can be the primary one");
            return false;
        }

        claimed = claimed || json_is_true(primary);
        first = i == 0 ? primary : first;
        smartmsg_path_pop(path, former);
    }

    if (show->n_actions > 0 && !claimed && first == NULL) {
        show->actions[0].primary = true;
    }

    return true;
}

static bool parse_actions(smartmsg_show_t *show, const json_t *list,
                          smartmsg_path_t *path, smartmsg_error_t *err)
{
    size_t former = smartmsg_path_key(path, "actions");

    if (list != NULL && !json_is_array(list)) {
        smartmsg_error_set(err, path->text, "must be a list [...], not %s",
                           smartmsg_members_kind(list));
        return false;
    }

    if (json_array_size(list) > SMARTMSG_SHOW_ACTIONS) {
        smartmsg_error_set(err, path->text, "a message has at most %d actions",
                           SMARTMSG_SHOW_ACTIONS);
        return false;
    }

    if (!parse_action_list(show, list, path, err)) {
        return false;
    }

    smartmsg_path_pop(path, former);

    return true;
}

bool smartmsg_show_parse(const json_t *value, smartmsg_path_t *path,
                         smartmsg_show_t *show, smartmsg_error_t *err)
{
    static const char *const names[] = {"as", "title", "text", "actions",
                                        "close", NULL};

    memset(show, 0, sizeof(*show));

    return smartmsg_members_check(value, "show", names, path, err)
           && parse_as(show, json_object_get(value, "as"), path, err)
           && parse_text(show, value, "title", true, &show->title, path, err)
           && parse_text(show, value, "text", false, &show->text, path, err)
           && parse_actions(show, json_object_get(value, "actions"), path, err)
           && parse_text(show, value, "close", false, &show->close, path, err);
}

/* The text in a language, or in the nearest one that it exists in. */
static smartmsg_str_t translate(const json_t *text, smartmsg_str_t language)
{
    smartmsg_str_t tags[SMARTMSG_SHOW_LANGUAGES];
    const json_t *translations[SMARTMSG_SHOW_LANGUAGES];
    size_t n = 0;
    const char *key;
    json_t *value;

    if (json_is_string(text)) {
        return json_str(text);
    }

    json_object_foreach((json_t *)text, key, value) {
        tags[n] = smartmsg_str(key, strlen(key));
        translations[n++] = value;
    }

    return json_str(translations[smartmsg_language_choose(tags, n, language)]);
}

static void put_text(smartmsg_sink_t *sink, const json_t *text,
                     smartmsg_str_t language)
{
    sink->len += smartmsg_escape_text(translate(text, language),
                                      smartmsg_sink_end(sink));
}

static void put_action(smartmsg_sink_t *sink,
                       const smartmsg_show_action_t *action,
                       smartmsg_str_t language)
{
    bool link = action->href.len > 0;

    smartmsg_sink_puts(sink, link ? "<a" : "<button");
    smartmsg_sink_puts(sink, " class=\"action");
    smartmsg_sink_puts(sink, action->primary ? " primary\"" : "\"");

    if (link) {
        smartmsg_sink_puts(sink, " href=\"");
        sink->len += smartmsg_escape_attribute(action->href,
                                               smartmsg_sink_end(sink));
        smartmsg_sink_puts(sink, "\">");
    } else {
        smartmsg_sink_puts(sink, " type=\"button\" data-close>");
    }

    put_text(sink, action->label, language);
    smartmsg_sink_puts(sink, link ? "</a>" : "</button>");
}

static void put_actions(smartmsg_sink_t *sink, const smartmsg_show_t *show,
                        smartmsg_str_t language)
{
    if (show->n_actions == 0) {
        return;
    }

    smartmsg_sink_puts(sink, "<div class=\"actions\">");

    for (size_t i = 0; i < show->n_actions; i++) {
        put_action(sink, &show->actions[i], language);
    }

    smartmsg_sink_puts(sink, "</div>");
}

size_t smartmsg_show_render(const smartmsg_show_t *show,
                            smartmsg_str_t language, char *out)
{
    smartmsg_sink_t sink = {out, 0};
    smartmsg_str_t close = show->close ? translate(show->close, language)
                                       : smartmsg_language_close(language);

    smartmsg_sink_puts(&sink, "<h2 class=\"title\">");
    put_text(&sink, show->title, language);
    smartmsg_sink_puts(&sink, "</h2>");

    if (show->text != NULL) {
        smartmsg_sink_puts(&sink, "<p class=\"text\">");
        put_text(&sink, show->text, language);
        smartmsg_sink_puts(&sink, "</p>");
    }

    put_actions(&sink, show, language);

    smartmsg_sink_puts(&sink, "<button class=\"close\" type=\"button\" "
                       "aria-label=\"");
    sink.len += smartmsg_escape_attribute(close, smartmsg_sink_end(&sink));
    smartmsg_sink_puts(&sink, "\" data-close></button>");

    return sink.len;
}
