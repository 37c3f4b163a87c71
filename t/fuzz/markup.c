/*
 * Any bytes as the small HTML of a message: it is refused with a reason, or
 * what is put in its place is of the allowed elements only, escaped, and the
 * same when it is read again. The placeholders in it are filled with facts
 * that try to break out.
 */

#include <stdint.h>
#include <stdlib.h>

#include "core/markup.h"

#define HOLES 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static bool starts_with(smartmsg_str_t text, const char *prefix)
{
    size_t len = strlen(prefix);

    return text.len >= len && memcmp(text.data, prefix, len) == 0;
}

/* Does an allowed tag begin here? */
static bool is_tag(smartmsg_str_t html)
{
    static const char *const tags[] = {
        "<b>", "</b>", "<strong>", "</strong>", "<i>", "</i>", "<em>", "</em>",
        "<u>", "</u>", "<s>", "</s>", "<small>", "</small>", "<span>",
        "</span>", "<sup>", "</sup>", "<sub>", "</sub>", "<code>", "</code>",
        "<p>", "</p>", "<ul>", "</ul>", "<ol>", "</ol>", "<li>", "</li>",
        "<br>", "<a href=\"", "</a>",
    };

    for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
        if (starts_with(html, tags[i])) {
            return true;
        }
    }

    return false;
}

static void check_html(smartmsg_str_t html)
{
    for (size_t i = 0; i < html.len; i++) {
        char c = html.data[i];

        require(c >= 0x20 && c < 0x7f);
        require(c != '<' || is_tag(smartmsg_str(html.data + i, html.len - i)));
    }
}

static const smartmsg_value_t *hostile(void *data, uint32_t slot)
{
    static const smartmsg_value_t values[] = {
        {SMARTMSG_STRING, {.string = {"<script>\"'&{{\n\xff\xc3\xa4", 16}}},
        {SMARTMSG_NUMBER, {.number = -1234.5}},
        {SMARTMSG_MISSING, {false}},
    };

    (void)data;

    return &values[slot % 3];
}

static void check_filled(smartmsg_str_t html, const smartmsg_hole_t *holes,
                         size_t n)
{
    smartmsg_facts_t facts = {.get = hostile, .data = NULL};
    smartmsg_fill_t with = {&facts, SMARTMSG_STR("de"), SMARTMSG_STR("de")};
    size_t len = smartmsg_draft_fill(html, holes, n, &with, NULL);
    char *out = malloc(len + 1);

    require(out != NULL);
    require(smartmsg_draft_fill(html, holes, n, &with, out) == len);
    check_html(smartmsg_str(out, len));
    free(out);
}

static void check_again(smartmsg_str_t html, smartmsg_names_t *names)
{
    smartmsg_error_t err;
    char *out = malloc(html.len + 1);
    smartmsg_draft_t draft = {.names = names};

    require(out != NULL);
    require(smartmsg_markup_put(&draft, html, "", &err));
    require(draft.sink.len == html.len);
    draft = (smartmsg_draft_t){.sink = {out, 0}, .names = names};
    require(smartmsg_markup_put(&draft, html, "", &err));
    require(smartmsg_str_eq(smartmsg_str(out, draft.sink.len), html));
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    smartmsg_str_t text = smartmsg_str((const char *)data, size);
    smartmsg_names_t *names = smartmsg_names_create();
    smartmsg_draft_t draft = {.names = names};
    smartmsg_hole_t holes[HOLES];
    smartmsg_error_t err;

    require(names != NULL);
    smartmsg_error_clear(&err);

    if (!smartmsg_markup_put(&draft, text, "here", &err)) {
        require(err.text[0] != '\0' && strcmp(err.path, "here") == 0);

    } else if (draft.n_holes <= HOLES) {
        size_t len = draft.sink.len, n = draft.n_holes;
        char *out = malloc(len + 1);

        require(out != NULL);
        draft = (smartmsg_draft_t){.sink = {out, 0}, .holes = holes, .names = names};
        require(smartmsg_markup_put(&draft, text, "here", &err));
        require(draft.sink.len == len && draft.n_holes == n);
        check_html(smartmsg_str(out, len));
        check_filled(smartmsg_str(out, len), holes, n);

        /* braces that were written as references would begin a placeholder */
        if (smartmsg_placeholder_find(smartmsg_str(out, len)) == len) {
            check_again(smartmsg_str(out, len), names);
        }

        free(out);
    }

    smartmsg_names_destroy(names);

    return 0;
}
