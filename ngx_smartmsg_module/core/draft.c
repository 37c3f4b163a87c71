#include "core/draft.h"

#include "core/escape.h"

static void put_escaped(smartmsg_sink_t *sink, smartmsg_str_t text,
                        bool attribute)
{
    char *end = smartmsg_sink_end(sink);

    sink->len += attribute ? smartmsg_escape_attribute(text, end)
                           : smartmsg_escape_text(text, end);
}

/* otherwise: what stands there if nothing fills the hole. */
static void put_hole(smartmsg_draft_t *draft, smartmsg_hole_t *hole,
                     smartmsg_str_t otherwise)
{
    size_t at = draft->sink.len;

    put_escaped(&draft->sink, otherwise, hole->attribute);
    hole->at = (uint32_t)at;
    hole->len = (uint32_t)(draft->sink.len - at);

    if (draft->holes != NULL) {
        draft->holes[draft->n_holes] = *hole;
    }

    draft->n_holes++;
}

const char *smartmsg_draft_text(smartmsg_draft_t *draft, smartmsg_str_t text,
                                bool attribute)
{
    while (text.len > 0) {
        smartmsg_hole_t hole = {.at = 0, .attribute = attribute};
        smartmsg_str_t otherwise;
        const char *reason;
        size_t len = smartmsg_placeholder_find(text);

        put_escaped(&draft->sink, smartmsg_str(text.data, len), attribute);
        text = smartmsg_str(text.data + len, text.len - len);

        if (text.len == 0) {
            break;
        }

        len = smartmsg_placeholder_parse(text, draft->names, &hole.what,
                                         &otherwise, &reason);

        if (len == 0) {
            return reason;
        }

        put_hole(draft, &hole, otherwise);
        text = smartmsg_str(text.data + len, text.len - len);
    }

    return NULL;
}

void smartmsg_draft_word(smartmsg_draft_t *draft, smartmsg_word_e word,
                         smartmsg_str_t language, bool attribute)
{
    smartmsg_str_t text = smartmsg_word(word, language);
    smartmsg_hole_t hole = {
        .attribute = attribute, .is_word = true, .word = word,
        .what = {.slot = SMARTMSG_NO_SLOT, .currency_slot = SMARTMSG_NO_SLOT}
    };

    if (draft->any_language) {
        put_hole(draft, &hole, text);
    } else {
        put_escaped(&draft->sink, text, attribute);
    }
}

/* What fills the hole, perhaps in buf; empty if nothing does. */
static smartmsg_str_t filling(const smartmsg_hole_t *hole,
                              const smartmsg_fill_t *with, char *buf)
{
    if (hole->is_word) {
        return smartmsg_word(hole->word, with->words);
    }

    return smartmsg_str(buf, with->facts == NULL ? 0
                        : smartmsg_placeholder_value(&hole->what, with->facts,
                                                     with->language, buf));
}

size_t smartmsg_draft_fill(smartmsg_str_t html, const smartmsg_hole_t *holes,
                           size_t n, const smartmsg_fill_t *with,
                           char *out)
{
    smartmsg_sink_t sink = {out, 0};
    size_t from = 0;

    for (size_t i = 0; i < n; i++) {
        char buf[SMARTMSG_PLACEHOLDER_VALUE];
        smartmsg_str_t value = filling(&holes[i], with, buf);

        if (value.len > 0) {
            smartmsg_sink_put(&sink, smartmsg_str(html.data + from,
                                                  holes[i].at - from));
            put_escaped(&sink, value, holes[i].attribute);
            from = holes[i].at + holes[i].len;
        }
    }

    smartmsg_sink_put(&sink, smartmsg_str(html.data + from, html.len - from));

    return sink.len;
}

size_t smartmsg_draft_room(smartmsg_str_t html, const smartmsg_hole_t *holes,
                           size_t n, const smartmsg_fill_t *with)
{
    size_t words = 0;

    for (size_t i = 0; i < n; i++) {
        words += holes[i].is_word;
    }

    /* how long a fact is, is not known before */
    return words == n ? html.len + n * SMARTMSG_WORD_ROOM
                      : smartmsg_draft_fill(html, holes, n, with, NULL);
}
