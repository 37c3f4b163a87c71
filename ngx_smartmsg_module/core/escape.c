#include "core/escape.h"

#include <stdint.h>

#include "core/sink.h"
#include "core/unicode.h"

/* A character reference: &#228; */
static void put_reference(smartmsg_sink_t *sink, uint32_t code)
{
    smartmsg_sink_puts(sink, "&#");
    smartmsg_sink_number(sink, code);
    smartmsg_sink_puts(sink, ";");
}

static void put_byte(smartmsg_sink_t *sink, uint32_t code)
{
    char byte = (char)code;

    smartmsg_sink_put(sink, smartmsg_str(&byte, 1));
}

/* A JSON escape of one UTF-16 unit: \u00e4 */
static void put_unit(smartmsg_sink_t *sink, uint32_t unit)
{
    static const char hex[] = "0123456789abcdef";
    char escape[6] = {'\\', 'u', hex[unit >> 12 & 15], hex[unit >> 8 & 15],
                      hex[unit >> 4 & 15], hex[unit & 15]};

    smartmsg_sink_put(sink, smartmsg_str(escape, sizeof(escape)));
}

/*
 * Control characters of C0 and C1: none of them shows, and references to some
 * of them mean other characters in HTML.
 */
static bool is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}

static void put_html(smartmsg_sink_t *sink, uint32_t code)
{
    switch (code) {
    case '&':
        smartmsg_sink_puts(sink, "&amp;");
        break;
    case '<':
        smartmsg_sink_puts(sink, "&lt;");
        break;
    case '>':
        smartmsg_sink_puts(sink, "&gt;");
        break;
    case '"':
        smartmsg_sink_puts(sink, "&quot;");
        break;
    case '\'':
        smartmsg_sink_puts(sink, "&#39;");
        break;
    default:
        if (code < 0x7f) {
            put_byte(sink, code);
        } else {
            put_reference(sink, code);
        }
    }
}

/*
 * Bytes that are the same in HTML and in JSON, most of them all: letters,
 * digits, space and -./:=_
 */
static const uint8_t is_literal[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0,
    0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1,
    0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0,
};

/* Puts the literal bytes at the beginning of the text, and takes them off. */
static void put_literal(smartmsg_sink_t *sink, smartmsg_str_t *text)
{
    size_t n = 0;

    while (n < text->len && is_literal[(unsigned char)text->data[n]]) {
        n++;
    }

    if (n == 0) {
        return;
    }

    smartmsg_sink_put(sink, smartmsg_str(text->data, n));
    text->data += n;
    text->len -= n;
}

static size_t escape_html(smartmsg_str_t text, const char *line_feed,
                          const char *tab, char *out)
{
    smartmsg_sink_t sink = {out, 0};

    for (put_literal(&sink, &text); text.len > 0; put_literal(&sink, &text)) {
        uint32_t code = smartmsg_next_char(&text);

        if (code == '\n') {
            smartmsg_sink_puts(&sink, line_feed);
        } else if (code == '\t') {
            smartmsg_sink_puts(&sink, tab);
        } else if (!is_control(code)) {
            put_html(&sink, code);
        }
    }

    return sink.len;
}

size_t smartmsg_escape_text(smartmsg_str_t text, char *out)
{
    return escape_html(text, "<br>", " ", out);
}

size_t smartmsg_escape_attribute(smartmsg_str_t text, char *out)
{
    return escape_html(text, "&#10;", "\t", out);
}

size_t smartmsg_escape_json(smartmsg_str_t text, char *out)
{
    smartmsg_sink_t sink = {out, 0};

    for (put_literal(&sink, &text); text.len > 0; put_literal(&sink, &text)) {
        uint32_t code = smartmsg_next_char(&text);

        if (code > 0xffff) {
            put_unit(&sink, 0xd800 + ((code - 0x10000) >> 10));
            put_unit(&sink, 0xdc00 + ((code - 0x10000) & 0x3ff));
        } else if (code > 0x7e || code < 0x20) {
            put_unit(&sink, code);
        } else {
            if (code == '"' || code == '\\') {
                put_byte(&sink, '\\');
            }

            put_html(&sink, code);
        }
    }

    return sink.len;
}
