/*
 * The HTML scanner: interface, text, comments and declarations.
 */

#include "core/html_private.h"

#include <string.h>

/* At a '<' that does not begin a tag that is whole. */
static const unsigned char *open_markup(smartmsg_html_t *h,
                                        const unsigned char *p,
                                        const unsigned char *end)
{
    if (end - p >= 4 && memcmp(p, "<!--", 4) == 0) {
        h->state = HTML_COMMENT_START;
        return p + 4;
    }

    h->state = HTML_TAG_OPEN;

    return p + 1;
}

static const unsigned char *data(smartmsg_html_t *h, const unsigned char *p,
                                 const unsigned char *end)
{
    const unsigned char *next;

    do {
        p = smartmsg_html_skip_here(h, p, end);

        if (p == end || *p != '<') {
            p = memchr(p, '<', (size_t)(end - p));

            if (p == NULL) {
                return end;
            }
        }

        h->mark = h->total - (uint64_t)(end - p);

        if (end - p < 2 || p[1] == '!'
            || (next = smartmsg_html_whole_tag(h, p, end)) == NULL)
        {
            return open_markup(h, p, end);
        }

        p = next;
    } while (p < end && h->state == HTML_DATA
             && h->result == SMARTMSG_HTML_MORE);

    return p;
}

/* Skips everything before the byte c, which leads to the state next. */
static const unsigned char *skip_to(smartmsg_html_t *h, const unsigned char *p,
                                    const unsigned char *end, int c,
                                    unsigned next)
{
    p = memchr(p, c, (size_t)(end - p));

    if (p == NULL) {
        return end;
    }

    h->state = (uint8_t)next;

    return p + 1;
}

/* <!doctype or <![CDATA[, of which h->match characters are known. */
static const unsigned char *declaration(smartmsg_html_t *h,
                                        const unsigned char *p)
{
    static const char doctype[] = "doctype", cdata[] = "[CDATA[";

    bool is_doctype = (h->state == HTML_DOCTYPE);
    const unsigned char c = is_doctype ? smartmsg_html_lower(*p) : *p;

    if (c != (unsigned char)(is_doctype ? doctype : cdata)[h->match]) {
        h->state = HTML_UNTIL_GT;
        return p;
    }

    if (++h->match < sizeof(doctype) - 1) {
        return p + 1;
    }

    h->state = HTML_UNTIL_GT;

    if (!is_doctype) {
        if (smartmsg_html_cdata(h)) {
            h->state = HTML_CDATA;
        }

    } else if (h->depth == 0) {
        h->document = true;
    }

    return p + 1;
}

/* After "<!". */
static const unsigned char *markup(smartmsg_html_t *h, const unsigned char *p)
{
    if (h->state == HTML_MARKUP_DASH) {
        if (*p != '-') {
            h->state = HTML_UNTIL_GT;
            return p;
        }

        h->state = HTML_COMMENT_START;
        return p + 1;
    }

    switch (*p) {
    case '-':
        h->state = HTML_MARKUP_DASH;
        return p + 1;

    case 'd':
    case 'D':
        h->state = HTML_DOCTYPE;
        break;

    case '[':
        h->state = HTML_CDATA_OPEN;
        break;

    default:
        h->state = HTML_UNTIL_GT;
        return p;
    }

    h->match = 1;

    return p + 1;
}

/* The states after the dashes of a comment, its text excepted. */
static const unsigned char *comment_dash(smartmsg_html_t *h,
                                         const unsigned char *p)
{
    switch (h->state) {
    case HTML_COMMENT_START:
        h->state = (*p == '-')   ? HTML_COMMENT_START_DASH
                   : (*p == '>') ? HTML_DATA
                                 : HTML_COMMENT;
        break;

    case HTML_COMMENT_START_DASH:
        h->state = (*p == '-')   ? HTML_COMMENT_END
                   : (*p == '>') ? HTML_DATA
                                 : HTML_COMMENT;
        break;

    case HTML_COMMENT_DASH:
        h->state = (*p == '-') ? HTML_COMMENT_END : HTML_COMMENT;
        break;

    case HTML_COMMENT_END:
        h->state = (*p == '>')   ? HTML_DATA
                   : (*p == '!') ? HTML_COMMENT_BANG
                   : (*p == '-') ? HTML_COMMENT_END
                                 : HTML_COMMENT;
        break;

    default: /* HTML_COMMENT_BANG */
        h->state = (*p == '>')   ? HTML_DATA
                   : (*p == '-') ? HTML_COMMENT_DASH
                                 : HTML_COMMENT;
        break;
    }

    return p + 1;
}

/* The text of a comment, as far as no dash before p belongs to its end. */
static const unsigned char *comment(smartmsg_html_t *h, const unsigned char *p,
                                    const unsigned char *end)
{
    const unsigned char *gt = p;
    size_t n;

    while ((gt = memchr(gt, '>', (size_t)(end - gt))) != NULL) {
        n = (size_t)(gt - p);

        if ((n >= 2 && memcmp(gt - 2, "--", 2) == 0)
            || (n >= 3 && memcmp(gt - 3, "--!", 3) == 0))
        {
            h->state = HTML_DATA;
            return gt + 1;
        }

        gt++;
    }

    /* what the next piece may go on with */
    n = (size_t)(end - p);

    if (n >= 2 && memcmp(end - 2, "--", 2) == 0) {
        h->state = HTML_COMMENT_END;

    } else if (n >= 3 && memcmp(end - 3, "--!", 3) == 0) {
        h->state = HTML_COMMENT_BANG;

    } else if (end[-1] == '-') {
        h->state = HTML_COMMENT_DASH;
    }

    return end;
}

/* Does the name of h->text stand there, and end?  All of it can be read. */
static bool is_text_name(const smartmsg_html_t *h, const unsigned char *name)
{
    size_t len = h->text->len;

    for (size_t i = 0; i < len; i++) {
        if (smartmsg_html_lower(name[i]) != (unsigned char)h->text->name[i]) {
            return false;
        }
    }

    return smartmsg_html_ends[name[len]] & HTML_ENDS_NAME;
}

/* The end tag of text, up to the byte that ended its name. */
static void end_text(smartmsg_html_t *h, unsigned char c)
{
    h->closing = true;
    smartmsg_html_name_end(h, c);
}

/*
 * Text up to its end tag, or up to a '<' of which it is not known, or which
 * counts in a script.
 */
static const unsigned char *text(smartmsg_html_t *h, const unsigned char *p,
                                 const unsigned char *end)
{
    size_t len = h->text->len;

    while ((p = memchr(p, '<', (size_t)(end - p))) != NULL) {

        if ((size_t)(end - p) < len + 3 || p[1] == '!') {
            h->state = HTML_TEXT_LT;
            return p + 1;
        }

        if (p[1] == '/' && is_text_name(h, p + 2)) {
            end_text(h, p[len + 2]);
            return p + len + 3;
        }

        p++;
    }

    return end;
}

/* Text of an escaped script: ends at "-->", too. */
static const unsigned char *text_escaped(smartmsg_html_t *h,
                                         const unsigned char *p,
                                         const unsigned char *end)
{
    for ( ; p < end; p++) {

        switch (*p) {
        case '<':
            h->dashes = 0;
            h->state = HTML_TEXT_LT;
            return p + 1;

        case '-':
            h->dashes = h->dashes ? 2 : 1;
            break;

        case '>':
            if (h->dashes == 2) {
                h->escape = 0;
                h->dashes = 0;
                return p + 1;
            }

            /* fall through */

        default:
            h->dashes = 0;
            break;
        }
    }

    return p;
}

static const unsigned char *text_lt(smartmsg_html_t *h, const unsigned char *p)
{
    bool script = (h->text->tag == TAG_SCRIPT);

    h->match = 0;

    if (*p == '/') {
        h->state = HTML_TEXT_END;
        return p + 1;
    }

    if (script && h->escape == 0 && *p == '!') {
        h->state = HTML_TEXT_BANG;
        return p + 1;
    }

    h->state = (script && h->escape == 1) ? HTML_TEXT_SCRIPT : HTML_TEXT;

    return p;
}

/* "<!--" in a script, after "<!". */
static const unsigned char *text_bang(smartmsg_html_t *h,
                                      const unsigned char *p)
{
    if (*p != '-') {
        h->state = HTML_TEXT;
        return p;
    }

    if (h->state == HTML_TEXT_BANG) {
        h->state = HTML_TEXT_BANG_DASH;

    } else {
        h->escape = 1;
        h->dashes = 2; /* "<!-->" is complete */
        h->state = HTML_TEXT;
    }

    return p + 1;
}

/* The name after "</", or after "<" in an escaped script. */
static const unsigned char *text_name(smartmsg_html_t *h,
                                      const unsigned char *p)
{
    bool end_tag = (h->state == HTML_TEXT_END);

    if (h->match < h->text->len) {
        if (smartmsg_html_lower(*p) == (unsigned char)h->text->name[h->match]) {
            h->match++;
            return p + 1;
        }

    } else if (smartmsg_html_ends[*p] & HTML_ENDS_NAME) {

        if (!end_tag || h->escape == 2) {
            h->escape = end_tag ? 1 : 2;
            h->state = HTML_TEXT;
            return p + 1;
        }

        end_text(h, *p);
        return p + 1;
    }

    h->state = HTML_TEXT;

    return p;
}

static const unsigned char *step(smartmsg_html_t *h, const unsigned char *p,
                                 const unsigned char *end)
{
    switch (h->state) {
    case HTML_DATA:
        return data(h, p, end);

    case HTML_MARKUP:
    case HTML_MARKUP_DASH:
        return markup(h, p);

    case HTML_DOCTYPE:
    case HTML_CDATA_OPEN:
        return declaration(h, p);

    case HTML_UNTIL_GT:
        return skip_to(h, p, end, '>', HTML_DATA);

    case HTML_CDATA:
        return skip_to(h, p, end, ']', HTML_CDATA_BRACKET);

    case HTML_CDATA_BRACKET:
        h->state = (*p == ']') ? HTML_CDATA_END : HTML_CDATA;
        return p + 1;

    case HTML_CDATA_END:
        if (*p != ']') {
            h->state = (*p == '>') ? HTML_DATA : HTML_CDATA;
        }
        return p + 1;

    case HTML_COMMENT:
        return comment(h, p, end);

    case HTML_COMMENT_START:
    case HTML_COMMENT_START_DASH:
    case HTML_COMMENT_DASH:
    case HTML_COMMENT_END:
    case HTML_COMMENT_BANG:
        return comment_dash(h, p);

    case HTML_TEXT:
        return h->escape ? text_escaped(h, p, end)
                         : text(h, p, end);

    case HTML_TEXT_LT:
        return text_lt(h, p);

    case HTML_TEXT_BANG:
    case HTML_TEXT_BANG_DASH:
        return text_bang(h, p);

    case HTML_TEXT_END:
    case HTML_TEXT_SCRIPT:
        return text_name(h, p);

    default:
        return smartmsg_html_tag(h, p, end);
    }
}

/* True if what has been read since h->mark may become "</body". */
static bool is_candidate(const smartmsg_html_t *h)
{
    if (!smartmsg_html_insertable(h)) {
        return false;
    }

    switch (h->state) {
    case HTML_TAG_OPEN:
    case HTML_END_TAG_OPEN:
        return true;

    case HTML_TAG_NAME:
        return h->closing && h->name_len <= 4
               && memcmp(h->name, "body", h->name_len) == 0;

    default:
        return false;
    }
}

void smartmsg_html_init(smartmsg_html_t *h)
{
    memset(h, 0, sizeof(*h));
}

void smartmsg_html_csp_buffer(smartmsg_html_t *h, char *buf, size_t size)
{
    h->csp = buf;
    h->csp_size = size;
}

smartmsg_html_result_e smartmsg_html_feed(smartmsg_html_t *h,
                                          const unsigned char *p, size_t n)
{
    const unsigned char *end;

    if (h->result != SMARTMSG_HTML_MORE || n == 0) {
        return h->result;
    }

    h->total += n;

    for (end = p + n; p < end && h->result == SMARTMSG_HTML_MORE;) {
        p = step(h, p, end);
    }

    if (h->result == SMARTMSG_HTML_FOUND) {
        h->safe = h->insert;

    } else if (h->result == SMARTMSG_HTML_MORE && is_candidate(h)) {
        h->safe = h->mark;

    } else {
        h->safe = h->total;
    }

    return h->result;
}

bool smartmsg_html_end(const smartmsg_html_t *h)
{
    return h->result == SMARTMSG_HTML_MORE && h->state == HTML_DATA
           && smartmsg_html_insertable(h);
}

const char *smartmsg_html_stop_name(smartmsg_html_stop_e stop)
{
    static const char *const names[] = { "none", "fragment",  "frameset",
                                         "amp",  "plaintext", "ambiguous",
                                         "deep", "charset" };

    return (unsigned)stop < sizeof(names) / sizeof(names[0]) ? names[stop]
                                                             : "none";
}
