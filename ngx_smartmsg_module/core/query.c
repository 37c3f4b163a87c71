#include "core/query.h"

#include <stdint.h>

#include "core/utf8.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }

    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }

    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }

    return -1;
}

/*
 * Takes a byte off the front of text, decoded if wanted. A '%' without two
 * hexadecimal digits stands for itself.
 */
static unsigned char take_byte(smartmsg_str_t *text, bool decode)
{
    char c = text->data[0];
    size_t len = 1;

    if (decode && c == '+') {
        c = ' ';
    } else if (decode && c == '%' && text->len > 2) {
        int high = hex_digit(text->data[1]);
        int low = hex_digit(text->data[2]);

        if (high >= 0 && low >= 0) {
            c = (char)(high << 4 | low);
            len = 3;
        }
    }

    text->data += len;
    text->len -= len;

    return (unsigned char)c;
}

/* Does the still encoded text stand for name? */
static bool decodes_to(smartmsg_str_t text, smartmsg_str_t name)
{
    size_t i = 0;

    while (text.len > 0 && i < name.len) {
        if (take_byte(&text, true) != (unsigned char)name.data[i++]) {
            return false;
        }
    }

    return text.len == 0 && i == name.len;
}

static bool is_dropped(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}

/*
 * Fills window with up to four decoded bytes and returns a character of it;
 * the window is at the start of text, so that invalid sequences are found
 * wherever they are cut by the encoding.
 */
static size_t next_char(smartmsg_str_t text, bool decode, char window[4],
                        uint32_t *code)
{
    size_t n = 0;

    while (n < 4 && text.len > 0) {
        window[n++] = (char)take_byte(&text, decode);
    }

    return smartmsg_utf8_decode(smartmsg_str(window, n), code);
}

static size_t copy_clean(smartmsg_str_t text, bool decode, char *buf,
                         size_t size)
{
    char window[4];
    uint32_t code;
    size_t len = 0;

    while (text.len > 0) {
        size_t n = next_char(text, decode, window, &code);

        for (size_t i = 0; i < (n ? n : 1); i++) {
            (void)take_byte(&text, decode);
        }

        if (n == 0 || is_dropped(code) || (code == ' ' && len == 0)) {
            continue;
        }

        if (n > size - len) {
            break;
        }

        memcpy(buf + len, window, n);
        len += n;
    }

    while (len > 0 && buf[len - 1] == ' ') {
        len--;
    }

    return len;
}

size_t smartmsg_query_clean(smartmsg_str_t text, char *buf, size_t size)
{
    return copy_clean(text, false, buf, size);
}

bool smartmsg_query_get(smartmsg_str_t query, smartmsg_str_t name, char *buf,
                        size_t size, size_t *len)
{
    *len = 0;

    while (query.len > 0) {
        const char *end = memchr(query.data, '&', query.len);
        size_t n = end ? (size_t)(end - query.data) : query.len;
        const char *equals = memchr(query.data, '=', n);
        size_t key = equals ? (size_t)(equals - query.data) : n;

        if (n > 0 && decodes_to(smartmsg_str(query.data, key), name)) {
            if (equals != NULL) {
                *len = copy_clean(smartmsg_str(equals + 1, n - key - 1), true,
                                  buf, size);
            }

            return true;
        }

        n += end != NULL;
        query.data += n;
        query.len -= n;
    }

    return false;
}

static bool skip_scheme(smartmsg_str_t *url)
{
    static const smartmsg_str_t schemes[] = {
        {"https://", 8},
        {"http://", 7},
    };

    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        size_t n = schemes[i].len;

        if (url->len > n
            && smartmsg_str_case_eq(smartmsg_str(url->data, n), schemes[i]))
        {
            url->data += n;
            url->len -= n;
            return true;
        }
    }

    return false;
}

/* Cuts the path and what follows it off, which browsers begin at '\' too. */
static void cut_to_authority(smartmsg_str_t *url)
{
    for (size_t i = 0; i < url->len; i++) {
        char c = url->data[i];

        if (c == '/' || c == '?' || c == '#' || c == '\\') {
            url->len = i;
            return;
        }
    }
}

/* Leaves the host of user:password@host:port, brackets included. */
static bool cut_to_host(smartmsg_str_t *authority)
{
    for (size_t i = authority->len; i > 0; i--) {
        if (authority->data[i - 1] == '@') {
            authority->data += i;
            authority->len -= i;
            break;
        }
    }

    if (authority->len > 0 && authority->data[0] == '[') {
        const char *end = memchr(authority->data, ']', authority->len);

        if (end == NULL) {
            return false;
        }

        size_t len = (size_t)(end - authority->data) + 1;

        if (len < authority->len && end[1] != ':') {
            return false;
        }

        authority->len = len;
    } else {
        const char *port = memchr(authority->data, ':', authority->len);

        if (port != NULL) {
            authority->len = (size_t)(port - authority->data);
        }

        if (authority->len > 0
            && authority->data[authority->len - 1] == '.')
        {
            authority->len--;
        }
    }

    return authority->len > 0;
}

size_t smartmsg_referrer_host(smartmsg_str_t url, char *buf, size_t size)
{
    if (!skip_scheme(&url)) {
        return 0;
    }

    cut_to_authority(&url);

    if (!cut_to_host(&url) || url.len > size || url.len > SMARTMSG_HOST_MAX) {
        return 0;
    }

    bool literal = url.data[0] == '[';

    for (size_t i = 0; i < url.len; i++) {
        char c = url.data[i];

        if (c >= 'A' && c <= 'Z') {
            c = (char)(c + ('a' - 'A'));
        }

        bool inner = literal && (c == ':' || c == '.' || hex_digit(c) >= 0
                                 || i == 0 || i == url.len - 1);
        bool plain = !literal && ((c >= 'a' && c <= 'z')
                                  || (c >= '0' && c <= '9') || c == '-'
                                  || c == '.' || c == '_');

        if (!inner && !plain) {
            return 0;
        }

        buf[i] = c;
    }

    return url.len;
}
