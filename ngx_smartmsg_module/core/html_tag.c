/*
 * Tags: the states from '<' to '>' of the standard's tokenizer.
 */

#include "core/html_private.h"

#include <string.h>

#define FNV_BASIS 2166136261u
#define FNV_PRIME 16777619u

#define is_letter(c) ((unsigned)((c) | 0x20) - 'a' < 26)

const uint8_t smartmsg_html_ends[256] = {
    ['\t'] = 15, ['\n'] = 15, ['\f'] = 15, ['\r'] = 15, [' '] = 15,
    ['/'] = HTML_ENDS_NAME | HTML_ENDS_ATTR,
    ['>'] = HTML_ENDS_NAME | HTML_ENDS_ATTR | HTML_ENDS_BARE,
    ['='] = HTML_ENDS_ATTR
};

static void close_tag(smartmsg_html_t *h);

static void open_tag(smartmsg_html_t *h, bool closing)
{
    h->closing = closing;
    h->self_closing = false;
    h->wanted = false;
    h->name_len = 0;
    h->hash = FNV_BASIS;
    h->attrs = 0;
    h->state = HTML_TAG_NAME;
}

static const unsigned char *tag_open(smartmsg_html_t *h, const unsigned char *p)
{
    if (is_letter(*p)) {
        open_tag(h, false);
        return p;
    }

    switch (*p) {
    case '/':
        h->state = HTML_END_TAG_OPEN;
        return p + 1;

    case '!':
        h->state = HTML_MARKUP;
        return p + 1;

    case '?':
        h->state = HTML_UNTIL_GT;
        return p + 1;

    default:
        h->state = HTML_DATA;
        return p;
    }
}

static const unsigned char *end_tag_open(smartmsg_html_t *h,
                                         const unsigned char *p)
{
    if (is_letter(*p)) {
        open_tag(h, true);
        return p;
    }

    h->state = (*p == '>') ? HTML_DATA : HTML_UNTIL_GT;
    return p + 1;
}

/* The name is complete. */
static void known_tag(smartmsg_html_t *h)
{
    bool whole = h->name_len <= sizeof(h->name);

    h->tag = smartmsg_html_name(h->name, whole ? h->name_len : 0);

    if (h->closing) {
        smartmsg_html_end_tag(h);

    } else if (h->tag != NULL) {
        h->wanted = h->tag->tag == TAG_HTML || h->tag->tag == TAG_META
                    || h->tag->tag == TAG_FONT
                    || h->tag->tag == TAG_ANNOTATION_XML;
    }
}

static const unsigned char *tag_name(smartmsg_html_t *h, const unsigned char *p,
                                     const unsigned char *end)
{
    unsigned char c;

    for ( ; p < end; p++) {

        if (smartmsg_html_ends[*p] & HTML_ENDS_NAME) {
            known_tag(h);
            smartmsg_html_name_end(h, *p);
            return p + 1;
        }

        c = smartmsg_html_lower(*p);
        h->hash = (h->hash ^ c) * FNV_PRIME;

        if (h->name_len < sizeof(h->name)) {
            h->name[h->name_len++] = (char)c;

        } else {
            h->name_len = sizeof(h->name) + 1;
        }
    }

    return p;
}

static void close_tag(smartmsg_html_t *h)
{
    h->state = HTML_DATA;

    if (!h->closing) {
        smartmsg_html_start_tag(h);
    }
}

void smartmsg_html_name_end(smartmsg_html_t *h, unsigned char c)
{
    if (c == '>') {
        close_tag(h);

    } else {
        h->state = (c == '/') ? HTML_SELF_CLOSING : HTML_BEFORE_ATTR;
    }
}

static const unsigned char *before_attr(smartmsg_html_t *h,
                                        const unsigned char *p)
{
    if (smartmsg_html_ends[*p] & HTML_IS_SPACE) {
        return p + 1;
    }

    if (*p == '/' || *p == '>') {
        smartmsg_html_name_end(h, *p);
        return p + 1;
    }

    h->attr = ATTR_NONE;
    h->attr_len = 0;
    h->state = HTML_ATTR_NAME;

    if (*p == '=') {
        /* an error, but it is the name's first byte */
        h->attr_len = sizeof(h->attr_name) + 1;
        return p + 1;
    }

    return p;
}

static const unsigned char *
attr_name(smartmsg_html_t *h, const unsigned char *p, const unsigned char *end)
{
    bool wanted = h->wanted && !h->closing;

    for ( ; p < end && !(smartmsg_html_ends[*p] & HTML_ENDS_ATTR); p++) {

        if (!wanted) {
            continue;
        }

        if (h->attr_len < sizeof(h->attr_name)) {
            h->attr_name[h->attr_len++] = (char)smartmsg_html_lower(*p);

        } else {
            h->attr_len = sizeof(h->attr_name) + 1;
        }
    }

    if (p == end) {
        return p;
    }

    if (wanted) {
        smartmsg_html_attr_name(h);
    }

    if (*p == '=') {
        h->state = HTML_BEFORE_VALUE;
        return p + 1;
    }

    h->state = HTML_AFTER_ATTR;
    return p;
}

static const unsigned char *after_attr(smartmsg_html_t *h,
                                       const unsigned char *p)
{
    if (smartmsg_html_ends[*p] & HTML_IS_SPACE) {
        return p + 1;
    }

    if (*p == '=') {
        h->state = HTML_BEFORE_VALUE;
        return p + 1;
    }

    h->attr = ATTR_NONE;
    h->state = HTML_BEFORE_ATTR;
    return p;
}

static const unsigned char *before_value(smartmsg_html_t *h,
                                         const unsigned char *p)
{
    if (smartmsg_html_ends[*p] & HTML_IS_SPACE) {
        return p + 1;
    }

    switch (*p) {
    case '"':
        h->state = HTML_VALUE_DOUBLE;
        return p + 1;

    case '\'':
        h->state = HTML_VALUE_SINGLE;
        return p + 1;

    case '>':
        smartmsg_html_attr_end(h);
        close_tag(h);
        return p + 1;

    default:
        h->state = HTML_VALUE_BARE;
        return p;
    }
}

static const unsigned char *value_quoted(smartmsg_html_t *h,
                                         const unsigned char *p,
                                         const unsigned char *end)
{
    int quote = (h->state == HTML_VALUE_DOUBLE) ? '"' : '\'';
    const unsigned char *q;

    q = memchr(p, quote, (size_t)(end - p));

    if (h->attr != ATTR_NONE) {
        smartmsg_html_attr_value(h, p, (size_t)((q ? q : end) - p));
    }

    if (q == NULL) {
        return end;
    }

    smartmsg_html_attr_end(h);
    h->state = HTML_BEFORE_ATTR; /* white space between is not required */
    return q + 1;
}

static const unsigned char *
value_bare(smartmsg_html_t *h, const unsigned char *p, const unsigned char *end)
{
    const unsigned char *q = p;

    while (q < end && !(smartmsg_html_ends[*q] & HTML_ENDS_BARE)) {
        q++;
    }

    if (h->attr != ATTR_NONE) {
        smartmsg_html_attr_value(h, p, (size_t)(q - p));
    }

    if (q == end) {
        return end;
    }

    smartmsg_html_attr_end(h);
    h->state = HTML_BEFORE_ATTR;
    return q;
}

static const unsigned char *self_closing(smartmsg_html_t *h,
                                         const unsigned char *p)
{
    if (*p == '>') {
        h->self_closing = true;
        close_tag(h);
        return p + 1;
    }

    h->state = HTML_BEFORE_ATTR;
    return p;
}

static inline const unsigned char *
step(smartmsg_html_t *h, const unsigned char *p, const unsigned char *end)
{
    switch (h->state) {
    case HTML_TAG_OPEN:
        return tag_open(h, p);

    case HTML_END_TAG_OPEN:
        return end_tag_open(h, p);

    case HTML_TAG_NAME:
        return tag_name(h, p, end);

    case HTML_BEFORE_ATTR:
        return before_attr(h, p);

    case HTML_ATTR_NAME:
        return attr_name(h, p, end);

    case HTML_AFTER_ATTR:
        return after_attr(h, p);

    case HTML_BEFORE_VALUE:
        return before_value(h, p);

    case HTML_VALUE_DOUBLE:
    case HTML_VALUE_SINGLE:
        return value_quoted(h, p, end);

    case HTML_VALUE_BARE:
        return value_bare(h, p, end);

    default: /* HTML_SELF_CLOSING */
        return self_closing(h, p);
    }
}

/* Is an attribute next, or the tag's end, and nothing to be read? */
static inline bool at_attrs(const smartmsg_html_t *h)
{
    return h->state == HTML_BEFORE_ATTR && (h->closing || !h->wanted);
}

/* All that is left of the tag, or of the piece. */
static const unsigned char *attrs(smartmsg_html_t *h, const unsigned char *p,
                                  const unsigned char *end)
{
    smartmsg_html_attrs_t found = { false, false, HTML_DATA };

    p = smartmsg_html_behind_attrs(p, end, &found);

    if (p == NULL) {
        h->attr = ATTR_NONE;
        h->state = found.state;
        return end;
    }

    h->self_closing = found.self_closing;
    close_tag(h);

    return p;
}

const unsigned char *smartmsg_html_tag(smartmsg_html_t *h,
                                       const unsigned char *p,
                                       const unsigned char *end)
{
    do {
        p = at_attrs(h) ? attrs(h, p, end) : step(h, p, end);
    } while (p < end && h->result == SMARTMSG_HTML_MORE
             && h->state >= HTML_TAG_OPEN && h->state <= HTML_SELF_CLOSING);

    return p;
}
