#include "core/show.h"

#include "core/date.h"
#include "core/escape.h"
#include "core/href.h"
#include "core/members.h"
#include "core/show_inside.h"

#define IMAGE_MAX    4096       /* pixels */
#define COUNTDOWN_MAX 86400     /* seconds */

static const char *const kinds[] = {
    "dialog", "slide", "bar", "bubble", "sheet", "inline", "tab", NULL
};

static bool is(smartmsg_str_t as, const char *kind)
{
    return smartmsg_str_eq(as, smartmsg_str(kind, strlen(kind)));
}

/* Members that belong to one kind alone, and those that it needs. */
static bool check_kind(smartmsg_show_reader_t *r, const json_t *value)
{
    static const struct {
        const char *member;
        const char *kind;
        const char *reason;
        bool required;
    } own[] = {
        {"at", "bar", "belongs to a bar", false},
        {"beside", "bubble", "belongs to a bubble", false},
        {"select", "inline", "belongs to an inline message", true},
        {"place", "inline", "belongs to an inline message", false},
        {"label", "tab", "belongs to a tab", true},
    };

    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        bool given = json_object_get(value, own[i].member) != NULL;
        bool fits = is(r->show->as, own[i].kind);

        if (given && !fits) {
            return smartmsg_show_wrong(r, own[i].member, own[i].reason);
        }

        if (fits && own[i].required && !given) {
            return smartmsg_show_wrong(r, own[i].member, "is missing");
        }
    }

    return true;
}

/* A member of which a word is taken if it is not there. */
static bool parse_word(smartmsg_show_reader_t *r, const json_t *value,
                       const char *key, const char *const *words,
                       const char *usual, smartmsg_str_t *word)
{
    if (json_object_get(value, key) != NULL) {
        return smartmsg_show_word(r, value, key, words, word);
    }

    *word = smartmsg_str(usual, strlen(usual));

    return true;
}

static bool parse_place(smartmsg_show_reader_t *r, const json_t *value)
{
    static const char *const edges[] = {"top", "bottom", NULL};
    static const char *const places[] = {
        "before", "after", "prepend", "append", NULL
    };
    smartmsg_show_t *show = r->show;

    if (is(show->as, "bar")) {
        return parse_word(r, value, "at", edges, "top", &show->at);
    }

    if (is(show->as, "bubble") && json_object_get(value, "beside") != NULL) {
        return smartmsg_show_line(r, value, "beside", SMARTMSG_SHOW_SELECT_MAX,
                                  &show->beside);
    }

    if (is(show->as, "inline")) {
        return smartmsg_show_line(r, value, "select", SMARTMSG_SHOW_SELECT_MAX,
                                  &show->select)
               && parse_word(r, value, "place", places, "after", &show->place);
    }

    return smartmsg_show_text(r, value, "label", SMARTMSG_SHOW_OPTIONAL,
                              &show->label);
}

static bool parse_texts(smartmsg_show_reader_t *r, const json_t *value)
{
    smartmsg_show_t *show = r->show;

    if (!smartmsg_show_text(r, value, "title", SMARTMSG_SHOW_REQUIRED,
                            &show->title)
        || !smartmsg_show_text(r, value, "text", SMARTMSG_SHOW_OPTIONAL,
                               &show->text)
        || !smartmsg_show_html(r, value, "html", &show->html)
        || !smartmsg_show_text(r, value, "close", SMARTMSG_SHOW_OPTIONAL,
                               &show->close))
    {
        return false;
    }

    if (show->text != NULL && show->html != NULL) {
        return smartmsg_show_wrong(r, "html", "the message has both text and "
                                   "html; it can only have one");
    }

    return true;
}

static bool parse_whole(smartmsg_show_reader_t *r, const json_t *object,
                        const char *key, json_int_t max, const char *wanted,
                        long long *number)
{
    const json_t *value = json_object_get(object, key);

    *number = json_is_integer(value) ? json_integer_value(value) : 0;

    return (*number >= 1 && *number <= max)
           || smartmsg_show_kind(r, key, wanted, value);
}

static bool parse_image(smartmsg_show_reader_t *r, const json_t *value)
{
    static const char *const names[] = {"src", "alt", "width", "height", NULL};
    smartmsg_show_image_t *image = &r->show->image;
    const char *reason;
    long long width, height;

    if (value == NULL) {
        return true;
    }

    size_t former = smartmsg_path_key(r->path, "image");

    if (!smartmsg_members_check(value, "an image", names, r->path, r->err)
        || !smartmsg_show_line(r, value, "src", SMARTMSG_SHOW_HREF_MAX,
                               &image->src)
        || !smartmsg_show_text(r, value, "alt", SMARTMSG_SHOW_MAY_BE_EMPTY,
                               &image->alt)
        || !parse_whole(r, value, "width", IMAGE_MAX,
                        "a whole number of pixels, 1 to 4096", &width)
        || !parse_whole(r, value, "height", IMAGE_MAX,
                        "a whole number of pixels, 1 to 4096", &height))
    {
        return false;
    }

    reason = smartmsg_href_check_image(image->src);

    if (reason != NULL) {
        return smartmsg_show_wrong(r, "src", reason);
    }

    image->width = (unsigned)width;
    image->height = (unsigned)height;
    smartmsg_path_pop(r->path, former);

    return true;
}

/* Exactly one of until and seconds. */
static bool parse_end(smartmsg_show_reader_t *r, const json_t *value)
{
    smartmsg_show_countdown_t *countdown = &r->show->countdown;
    const json_t *until = json_object_get(value, "until");
    int64_t unix_time;

    if ((until != NULL) == (json_object_get(value, "seconds") != NULL)) {
        return smartmsg_show_wrong(r, NULL, "a countdown needs either "
                                   "\"until\" or \"seconds\"");
    }

    if (until == NULL) {
        return parse_whole(r, value, "seconds", COUNTDOWN_MAX,
                           "a whole number of seconds, 1 to 86400",
                           &countdown->seconds);
    }

    if (!json_is_string(until)
        || !smartmsg_date_parse(smartmsg_show_str(until), &unix_time)
        || unix_time == 0)
    {
        return smartmsg_show_wrong(r, "until", "must be a date such as "
                                   "2030-12-24T18:00Z (UTC)");
    }

    countdown->until = unix_time;

    return true;
}

static bool parse_countdown(smartmsg_show_reader_t *r, const json_t *value)
{
    static const char *const names[] = {
        "until", "seconds", "label", "done", NULL
    };
    smartmsg_show_countdown_t *countdown = &r->show->countdown;

    if (value == NULL) {
        return true;
    }

    size_t former = smartmsg_path_key(r->path, "countdown");

    if (!smartmsg_members_check(value, "a countdown", names, r->path, r->err)
        || !parse_end(r, value)
        || !smartmsg_show_text(r, value, "label", SMARTMSG_SHOW_OPTIONAL,
                               &countdown->label)
        || !smartmsg_show_text(r, value, "done", SMARTMSG_SHOW_OPTIONAL,
                               &countdown->done))
    {
        return false;
    }

    countdown->given = true;
    smartmsg_path_pop(r->path, former);

    return true;
}

static bool parse_theme(smartmsg_show_reader_t *r, const json_t *theme)
{
    size_t former = smartmsg_path_key(r->path, "theme");
    const char *key, *reason;
    json_t *value;

    if (theme != NULL && !json_is_object(theme)) {
        return smartmsg_show_kind(r, NULL, "an object {...}", theme);
    }

    json_object_foreach((json_t *)theme, key, value) {
        if (!json_is_string(value)) {
            return smartmsg_show_kind(r, key, "a text", value);
        }

        if (!smartmsg_theme_set(&r->show->theme,
                                smartmsg_str(key, strlen(key)),
                                smartmsg_show_str(value), &reason))
        {
            return smartmsg_show_wrong(r, key, reason);
        }
    }

    if (!smartmsg_theme_finish(&r->show->theme, &key, &reason)) {
        return smartmsg_show_wrong(r, key, reason);
    }

    smartmsg_path_pop(r->path, former);

    return true;
}

bool smartmsg_show_parse(const json_t *value, smartmsg_names_t *fact_names,
                         smartmsg_path_t *path, smartmsg_show_t *show,
                         smartmsg_error_t *err)
{
    static const char *const names[] = {
        "as", "at", "beside", "select", "place", "label", "title", "text",
        "html", "image", "countdown", "form", "actions", "close", "theme", NULL
    };
    smartmsg_show_reader_t r = {show, fact_names, path, err};

    memset(show, 0, sizeof(*show));

    if (!smartmsg_members_check(value, "show", names, path, err)
        || !smartmsg_show_word(&r, value, "as", kinds, &show->as)
        || !check_kind(&r, value) || !parse_place(&r, value)
        || !parse_texts(&r, value)
        || !parse_image(&r, json_object_get(value, "image"))
        || !parse_countdown(&r, json_object_get(value, "countdown"))
        || !smartmsg_show_parse_form(&r, json_object_get(value, "form"))
        || !smartmsg_show_parse_actions(&r, json_object_get(value, "actions"))
        || !parse_theme(&r, json_object_get(value, "theme")))
    {
        return false;
    }

    return true;
}

static void put_member(smartmsg_sink_t *sink, const char *name,
                       smartmsg_str_t value)
{
    if (value.len == 0) {
        return;
    }

    smartmsg_sink_puts(sink, ",&quot;");
    smartmsg_sink_puts(sink, name);
    smartmsg_sink_puts(sink, "&quot;:&quot;");
    sink->len += smartmsg_escape_json(value, smartmsg_sink_end(sink));
    smartmsg_sink_puts(sink, "&quot;");
}

void smartmsg_show_members(const smartmsg_show_t *show, smartmsg_sink_t *sink)
{
    put_member(sink, "at", show->at);
    put_member(sink, "beside", show->beside);
    put_member(sink, "select", show->select);
    put_member(sink, "place", show->place);
}
