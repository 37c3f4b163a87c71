#include "core/draft.h"

#include "core/escape.h"

static void put_escaped(smartmsg_sink_t *sink, smartmsg_str_t text,
                        bool attribute)
{
    char *end = smartmsg_sink_end(sink);

    sink->len += attribute ? smartmsg_escape_attribute(text, end)
                           : smartmsg_escape_text(text, end);
}

const char *smartmsg_draft_text(smartmsg_draft_t *draft, smartmsg_str_t text,
                                bool attribute)
{
    while (text.len > 0) {
        smartmsg_hole_t hole = {.attribute = attribute};
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

        hole.at = draft->sink.len;
        put_escaped(&draft->sink, otherwise, attribute);
        hole.len = draft->sink.len - hole.at;

        if (draft->holes != NULL) {
            draft->holes[draft->n_holes] = hole;
        }

        draft->n_holes++;
        text = smartmsg_str(text.data + len, text.len - len);
    }

    return NULL;
}

size_t smartmsg_draft_fill(smartmsg_str_t html, const smartmsg_hole_t *holes,
                           size_t n, const smartmsg_facts_t *facts,
                           smartmsg_str_t language, char *out)
{
    smartmsg_sink_t sink = {out, 0};
    size_t from = 0;

    for (size_t i = 0; i < n && facts != NULL; i++) {
        char value[SMARTMSG_PLACEHOLDER_VALUE];
        size_t len = smartmsg_placeholder_value(&holes[i].what, facts,
                                                language, value);

        if (len > 0) {
            smartmsg_sink_put(&sink, smartmsg_str(html.data + from,
                                                  holes[i].at - from));
            put_escaped(&sink, smartmsg_str(value, len), holes[i].attribute);
            from = holes[i].at + holes[i].len;
        }
    }

    smartmsg_sink_put(&sink, smartmsg_str(html.data + from, html.len - from));

    return sink.len;
}
