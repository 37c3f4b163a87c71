/*
 * Values of attributes the scanner keeps: the language of <html>, charset and
 * policies of <meta>.
 */

#include "core/html_private.h"

#include <string.h>

#include "core/str.h"

/* Kinds of http-equiv. */
enum { EQUIV_NONE, EQUIV_CONTENT_TYPE, EQUIV_CSP };

static bool equals(const char *s, size_t len, const char *word)
{
    return smartmsg_str_case_eq(smartmsg_str(s, len),
                                smartmsg_str(word, strlen(word)));
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static size_t utf8(char *d, uint32_t c)
{
    if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
        c = 0xfffd;
    }

    if (c < 0x80) {
        d[0] = (char)c;
        return 1;
    }

    if (c < 0x800) {
        d[0] = (char)(0xc0 | c >> 6);
        d[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }

    if (c < 0x10000) {
        d[0] = (char)(0xe0 | c >> 12);
        d[1] = (char)(0x80 | (c >> 6 & 0x3f));
        d[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }

    d[0] = (char)(0xf0 | c >> 18);
    d[1] = (char)(0x80 | (c >> 12 & 0x3f));
    d[2] = (char)(0x80 | (c >> 6 & 0x3f));
    d[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

static int digit(char c, unsigned base)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }

    c |= 0x20;
    return (base == 16 && c >= 'a' && c <= 'f') ? c - 'a' + 10 : -1;
}

/* "&#...": the bytes read, 0 if it is no reference; writes *written bytes. */
static size_t decode_number(const char *s, size_t n, char *d, size_t *written)
{
    size_t i = 2, first;
    unsigned base = 10;
    uint32_t c = 0;

    if (n > 2 && (s[2] == 'x' || s[2] == 'X')) {
        base = 16;
        i = 3;
    }

    for (first = i; i < n && digit(s[i], base) >= 0; i++) {
        if (c <= 0x10ffff) {
            c = c * base + (uint32_t)digit(s[i], base);
        }
    }

    if (i == first) {
        return 0;
    }

    *written = utf8(d, c);

    return (i < n && s[i] == ';') ? i + 1 : i;
}

/* "&name;": as above, only for characters that policies are made of. */
static size_t decode_name(const char *s, size_t n, char *d)
{
    static const struct {
        const char *name;
        char c;
        bool bare; /* the ';' may be missing */
    } table[] = { { "amp", '&', true },     { "quot", '"', true },
                  { "apos", '\'', false },  { "lt", '<', true },
                  { "gt", '>', true },      { "colon", ':', false },
                  { "semi", ';', false },   { "comma", ',', false },
                  { "sol", '/', false },    { "period", '.', false },
                  { "equals", '=', false }, { "plus", '+', false },
                  { "ast", '*', false },    { "lowbar", '_', false },
                  { "quest", '?', false },  { "excl", '!', false },
                  { "num", '#', false },    { "percnt", '%', false },
                  { "Tab", '\t', false },   { "NewLine", '\n', false } };

    size_t i, len;
    char next;

    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        len = strlen(table[i].name);

        if (n - 1 < len || memcmp(s + 1, table[i].name, len) != 0) {
            continue;
        }

        next = (n - 1 > len) ? s[len + 1] : ' ';

        if (next == ';') {
            *d = table[i].c;
            return len + 2;
        }

        if (table[i].bare && next != '=' && digit(next, 10) < 0
            && !((next | 0x20) >= 'a' && (next | 0x20) <= 'z')) {
            *d = table[i].c;
            return len + 1;
        }
    }

    return 0;
}

/*
 * Decodes character references in place; never longer than before.  Returns
 * the new length.
 */
static size_t decode(char *s, size_t n)
{
    char c[4];
    size_t i = 0, len = 0, used, written;

    while (i < n) {
        used = 0;
        written = 1;

        if (s[i] == '&' && n - i > 2) {
            used = (s[i + 1] == '#') ? decode_number(s + i, n - i, c, &written)
                                     : decode_name(s + i, n - i, c);
        }

        if (used == 0) {
            s[len++] = s[i++];
            continue;
        }

        memcpy(s + len, c, written);
        len += written;
        i += used;
    }

    return len;
}

/* amp, amp4ads, amp4email, and the same with a flash of lightning */
static bool is_amp(const char *name, size_t len)
{
    static const char flash[] = "\xe2\x9a\xa1";

    if (len >= 3 && memcmp(name, flash, 3) == 0) {
        return true;
    }

    return (len == 3 && memcmp(name, "amp", 3) == 0)
           || (len > 4 && memcmp(name, "amp4", 4) == 0);
}

static unsigned attr_of(const smartmsg_html_t *h, const char *name, size_t len)
{
    switch (h->tag->tag) {
    case TAG_HTML:
        if (is_amp(name, len)) {
            return ATTR_AMP;
        }

        return equals(name, len, "lang") ? ATTR_LANG : ATTR_NONE;

    case TAG_META:
        return equals(name, len, "charset")      ? ATTR_CHARSET
               : equals(name, len, "content")    ? ATTR_CONTENT
               : equals(name, len, "http-equiv") ? ATTR_EQUIV
                                                 : ATTR_NONE;

    case TAG_FONT:
        return (equals(name, len, "color") || equals(name, len, "face")
                || equals(name, len, "size"))
                   ? ATTR_FONT
                   : ATTR_NONE;

    default:
        return equals(name, len, "encoding") ? ATTR_ENCODING : ATTR_NONE;
    }
}

void smartmsg_html_attr_name(smartmsg_html_t *h)
{
    unsigned attr = ATTR_NONE;

    if (h->attr_len <= sizeof(h->attr_name)) {
        attr = attr_of(h, h->attr_name, h->attr_len);
    }

    if (attr == ATTR_NONE || (h->attrs & (1 << attr))) {
        return; /* of equal attributes the first one counts */
    }

    h->attrs |= (uint8_t)(1 << attr);

    if (attr == ATTR_CONTENT) {
        h->content_len = 0;
        h->policy_len = 0;

    } else if (attr == ATTR_EQUIV) {
        h->equiv = EQUIV_NONE;
    }

    if (attr != ATTR_AMP && attr != ATTR_FONT) {
        h->attr = (uint8_t)attr;
        h->value_len = 0;
    }
}

static uint8_t keep(char *d, size_t size, uint8_t len, const unsigned char *p,
                    size_t n)
{
    if (len > size || n > size - len) {
        return (uint8_t)(size + 1);
    }

    memcpy(d + len, p, n);

    return (uint8_t)(len + n);
}

void smartmsg_html_attr_value(smartmsg_html_t *h, const unsigned char *p,
                              size_t n)
{
    size_t start, room;

    if (h->attr != ATTR_CONTENT) {
        h->value_len = keep(h->value, sizeof(h->value), h->value_len, p, n);
        return;
    }

    h->content_len = keep(h->content, sizeof(h->content), h->content_len, p, n);

    start = h->csp_len ? h->csp_len + 1 : 0; /* after a comma */
    room = h->csp_size > start ? h->csp_size - start : 0;

    if (h->policy_len > room || n > room - h->policy_len) {
        h->policy_len = room + 1;
        return;
    }

    if (n > 0) {
        memcpy(h->csp + start + h->policy_len, p, n);
        h->policy_len += n;
    }
}

static void set_charset(smartmsg_html_t *h, const char *s, size_t len)
{
    for ( ; len > 0 && is_space(*s); s++, len--) {
        continue;
    }

    while (len > 0 && is_space(s[len - 1])) {
        len--;
    }

    if (h->charset_len == 0 && len <= sizeof(h->charset)) {
        memcpy(h->charset, s, len);
        h->charset_len = (uint8_t)len;
    }
}

void smartmsg_html_attr_end(smartmsg_html_t *h)
{
    unsigned attr = h->attr;
    size_t len;

    h->attr = ATTR_NONE;

    if (attr == ATTR_NONE || attr == ATTR_CONTENT
        || h->value_len > sizeof(h->value)) {
        return;
    }

    len = decode(h->value, h->value_len);
    h->value_len = (uint8_t)len;

    switch (attr) {
    case ATTR_LANG:
        if (h->depth == 0 && h->lang_len == 0 && len <= sizeof(h->lang)) {
            memcpy(h->lang, h->value, len);
            h->lang_len = (uint8_t)len;
        }
        break;

    case ATTR_CHARSET:
        if (h->depth == 0) {
            set_charset(h, h->value, len);
        }
        break;

    case ATTR_EQUIV:
        h->equiv = equals(h->value, len, "content-security-policy") ? EQUIV_CSP
                   : equals(h->value, len, "content-type") ? EQUIV_CONTENT_TYPE
                                                           : EQUIV_NONE;
        break;

    default: /* ATTR_ENCODING stays in h->value */
        break;
    }
}

void smartmsg_html_attr(smartmsg_html_t *h, const unsigned char *name,
                        size_t name_len, const unsigned char *value,
                        size_t value_len)
{
    if (name_len > sizeof(h->attr_name)) {
        return;
    }

    for (size_t i = 0; i < name_len; i++) {
        h->attr_name[i] = (char)smartmsg_html_lower(name[i]);
    }

    h->attr_len = (uint8_t)name_len;
    h->attr = ATTR_NONE;
    smartmsg_html_attr_name(h);

    if (h->attr != ATTR_NONE && value != NULL) {
        smartmsg_html_attr_value(h, value, value_len);
        smartmsg_html_attr_end(h);
    }

    h->attr = ATTR_NONE;
}

bool smartmsg_html_encoding_is_html(const smartmsg_html_t *h)
{
    return (h->attrs & (1 << ATTR_ENCODING))
           && (equals(h->value, h->value_len, "text/html")
               || equals(h->value, h->value_len, "application/xhtml+xml"));
}

/* The charset of a content type, as the standard extracts it from <meta>. */
static void content_charset(smartmsg_html_t *h, const char *s, size_t n)
{
    size_t i, first;
    char quote;

    for (i = 0; i + 7 < n; i++) {

        if (!equals(s + i, 7, "charset")) {
            continue;
        }

        first = i + 7;

        while (first < n && is_space(s[first])) {
            first++;
        }

        if (first == n || s[first] != '=') {
            continue;
        }

        do {
            first++;
        } while (first < n && is_space(s[first]));

        quote = (first < n && (s[first] == '"' || s[first] == '\''))
                    ? s[first++]
                    : '\0';

        for (i = first; i < n; i++) {
            if (quote ? s[i] == quote : (is_space(s[i]) || s[i] == ';')) {
                break;
            }
        }

        set_charset(h, s + first, i - first);
        return;
    }
}

static void policy(smartmsg_html_t *h)
{
    size_t start = h->csp_len ? h->csp_len + 1 : 0;

    if (h->csp_size < start || h->policy_len > h->csp_size - start) {
        h->csp_overflow = true;
        return;
    }

    if (h->policy_len == 0) {
        return;
    }

    if (start > 0) {
        h->csp[h->csp_len] = ',';
    }

    h->csp_len = start + decode(h->csp + start, h->policy_len);
}

void smartmsg_html_meta(smartmsg_html_t *h)
{
    unsigned equiv = (h->attrs & (1 << ATTR_EQUIV)) ? h->equiv : EQUIV_NONE;

    if (h->attrs & (1 << ATTR_CONTENT)) {

        if (equiv == EQUIV_CSP) {
            if (!h->body) {
                policy(h);
            }

        } else if (equiv == EQUIV_CONTENT_TYPE
                   && h->content_len <= sizeof(h->content)) {
            content_charset(h, h->content, decode(h->content, h->content_len));
        }
    }

    /* in this one any byte may be the second half of a character */
    if (h->charset_len >= 8 && equals(h->charset, 8, "iso-2022")) {
        smartmsg_html_stop(h, SMARTMSG_HTML_STOP_CHARSET);
    }
}
