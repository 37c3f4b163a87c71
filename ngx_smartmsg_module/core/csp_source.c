#include "core/csp_source.h"

/* The parts of a host source, all but the host may be empty. */
typedef struct {
    smartmsg_str_t scheme;
    smartmsg_str_t host;
    smartmsg_str_t port;
    smartmsg_str_t path;
} source_t;

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static smartmsg_str_t skip(smartmsg_str_t s, size_t n)
{
    return smartmsg_str(s.data + n, s.len - n);
}

bool smartmsg_csp_word(smartmsg_str_t *list, smartmsg_str_t *word)
{
    size_t start = 0, end;

    while (start < list->len && is_space(list->data[start])) {
        start++;
    }

    for (end = start; end < list->len && !is_space(list->data[end]); end++) {
        continue;
    }

    if (start == end) {
        return false;
    }

    *word = smartmsg_str(list->data + start, end - start);
    *list = skip(*list, end);

    return true;
}

/* The length of a scheme at the start of s, 0 if there is none. */
static size_t scheme_length(smartmsg_str_t s)
{
    size_t n = 0;

    if (s.len == 0 || !is_letter(s.data[0])) {
        return 0;
    }

    while (n < s.len && (is_letter(s.data[n]) || is_digit(s.data[n])
                         || s.data[n] == '+' || s.data[n] == '-'
                         || s.data[n] == '.')) {
        n++;
    }

    return n;
}

/* Section 6.7.2.9: http also stands for https, as pages are upgraded. */
static bool scheme_matches(smartmsg_str_t scheme, bool https)
{
    if (smartmsg_str_case_eq(scheme, SMARTMSG_STR("http"))
        || smartmsg_str_case_eq(scheme, SMARTMSG_STR("ws"))) {
        return true;
    }

    return https && (smartmsg_str_case_eq(scheme, SMARTMSG_STR("https"))
                     || smartmsg_str_case_eq(scheme, SMARTMSG_STR("wss")));
}

/* The length of the host at the start of s: "*", "*.name", a name or an
   address; 0 if there is none. */
static size_t host_length(smartmsg_str_t s)
{
    size_t n = 0;

    if (s.len == 0) {
        return 0;
    }

    if (s.data[0] == '[') {
        while (n < s.len && s.data[n] != ']') {
            n++;
        }

        return n < s.len ? n + 1 : 0;
    }

    if (s.data[0] == '*') {
        if (s.len == 1 || s.data[1] != '.') {
            return 1;
        }

        n = 2;
    }

    while (n < s.len && (is_letter(s.data[n]) || is_digit(s.data[n])
                         || s.data[n] == '-' || s.data[n] == '_'
                         || s.data[n] == '.')) {
        n++;
    }

    return s.data[0] == '*' && n == 2 ? 0 : n;
}

/* Takes "scheme://host:port/path" apart; false if s is something else. */
static bool parse_host_source(smartmsg_str_t s, source_t *source)
{
    size_t n = scheme_length(s);

    *source = (source_t){0};

    if (n > 0 && s.len - n >= 3 && memcmp(s.data + n, "://", 3) == 0) {
        source->scheme = smartmsg_str(s.data, n);
        s = skip(s, n + 3);
    }

    n = host_length(s);

    if (n == 0) {
        return false;
    }

    source->host = smartmsg_str(s.data, n);
    s = skip(s, n);

    if (s.len > 0 && s.data[0] == ':') {
        s = skip(s, 1);

        for (n = 0; n < s.len && is_digit(s.data[n]); n++) {
            continue;
        }

        if (n == 0 && s.len > 0 && s.data[0] == '*') {
            n = 1;
        }

        if (n == 0) {
            return false;
        }

        source->port = smartmsg_str(s.data, n);
        s = skip(s, n);
    }

    source->path = s;

    return s.len == 0 || s.data[0] == '/';
}

static bool is_address(smartmsg_str_t host)
{
    for (size_t i = 0; i < host.len; i++) {
        if (!is_digit(host.data[i]) && host.data[i] != '.') {
            return host.data[0] == '[';
        }
    }

    return true;
}

/* Section 6.7.2.10; addresses match themselves, as in browsers. */
static bool host_matches(smartmsg_str_t pattern, smartmsg_str_t host)
{
    smartmsg_str_t tail;

    if (pattern.data[0] != '*') {
        return smartmsg_str_case_eq(pattern, host);
    }

    if (pattern.len == 1) {
        return true;
    }

    tail = skip(pattern, 1);

    return host.len > tail.len && !is_address(host)
           && smartmsg_str_case_eq(tail, skip(host, host.len - tail.len));
}

static unsigned port_of(bool https, unsigned port)
{
    return port ? port : https ? 443 : 80;
}

/* More than any port for what is none. */
static unsigned read_port(smartmsg_str_t digits)
{
    unsigned port = 0;

    for (size_t i = 0; i < digits.len && port <= 65535; i++) {
        port = port * 10 + (unsigned)(digits.data[i] - '0');
    }

    return port;
}

/* Section 6.7.2.11. */
static bool port_matches(smartmsg_str_t port, const smartmsg_csp_url_t *url)
{
    unsigned actual = port_of(url->https, url->port);

    if (port.len == 0) {
        return actual == port_of(url->https, 0);
    }

    return port.data[0] == '*' || read_port(port) == actual;
}

static int hex(char c)
{
    if (is_digit(c)) {
        return c - '0';
    }

    c |= 0x20;

    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Whether the source names a port of plain http and the URL is of https: who is
   upgraded leaves it, whatever its number. */
static bool is_stuck(const source_t *source, bool https)
{
    return https && source->port.len > 0 && source->port.data[0] != '*'
           && (smartmsg_str_case_eq(source->scheme, SMARTMSG_STR("http"))
               || smartmsg_str_case_eq(source->scheme, SMARTMSG_STR("ws")));
}

/* Without a scheme the page's own counts. */
static bool source_scheme_matches(const source_t *source,
                                  const smartmsg_csp_page_t *page,
                                  const smartmsg_csp_url_t *url)
{
    if (source->scheme.len == 0) {
        return url->https || !page->https;
    }

    return scheme_matches(source->scheme, url->https)
           && !is_stuck(source, url->https);
}

/* Takes one percent-decoded byte off the front of *s. */
static int next_byte(smartmsg_str_t *s)
{
    int byte = (unsigned char)s->data[0];
    size_t n = 1;

    if (byte == '%' && s->len >= 3 && hex(s->data[1]) >= 0
        && hex(s->data[2]) >= 0) {
        byte = hex(s->data[1]) * 16 + hex(s->data[2]);
        n = 3;
    }

    *s = skip(*s, n);

    return byte;
}

/*
 * Section 6.7.2.12: a pattern that ends with '/' matches all below it, any
 * other one exactly. Only a '/' that is not encoded parts the pieces.
 */
static bool path_matches(smartmsg_str_t pattern, smartmsg_str_t path)
{
    bool slash, exact;

    if (pattern.len == 0) {
        return true;
    }

    exact = pattern.data[pattern.len - 1] != '/';

    while (pattern.len > 0 && path.len > 0) {
        slash = pattern.data[0] == '/';

        if (slash != (path.data[0] == '/')
            || next_byte(&pattern) != next_byte(&path)) {
            return false;
        }
    }

    return pattern.len == 0 && (path.len == 0 || !exact);
}

bool smartmsg_csp_url_matches(smartmsg_str_t source,
                              const smartmsg_csp_page_t *page,
                              const smartmsg_csp_url_t *url)
{
    source_t parts;
    size_t n = scheme_length(source);

    if (smartmsg_str_eq(source, SMARTMSG_STR("*"))) {
        return true;
    }

    if (smartmsg_str_case_eq(source, SMARTMSG_STR("'self'"))) {
        return url->own;
    }

    if (n > 0 && n + 1 == source.len && source.data[n] == ':') {
        return scheme_matches(smartmsg_str(source.data, n), url->https);
    }

    return parse_host_source(source, &parts)
           && source_scheme_matches(&parts, page, url)
           && host_matches(parts.host, url->host)
           && port_matches(parts.port, url)
           && path_matches(parts.path, url->path);
}

static smartmsg_csp_url_t own_url(const smartmsg_csp_page_t *page,
                                  smartmsg_str_t path)
{
    return (smartmsg_csp_url_t){
        .own = true, .https = page->https, .host = page->host,
        .port = page->port, .path = path
    };
}

bool smartmsg_csp_source_matches(smartmsg_str_t source,
                                 const smartmsg_csp_page_t *page,
                                 smartmsg_str_t path)
{
    smartmsg_csp_url_t url = own_url(page, path);

    return smartmsg_csp_url_matches(source, page, &url);
}

/* What is before a query or a fragment. */
static smartmsg_str_t path_of(smartmsg_str_t text)
{
    size_t n = 0;

    while (n < text.len && text.data[n] != '?' && text.data[n] != '#') {
        n++;
    }

    return smartmsg_str(text.data, n);
}

bool smartmsg_csp_url_parse(smartmsg_str_t text,
                            const smartmsg_csp_page_t *page,
                            smartmsg_csp_url_t *url)
{
    size_t n = scheme_length(text);
    smartmsg_str_t path = path_of(text);
    source_t parts;
    bool https;

    if (n == 0 || n == text.len || text.data[n] != ':') {
        n = 0;
        https = page->https;

        if (path.len < 2 || memcmp(path.data, "//", 2) != 0) {
            *url = own_url(page, path);
            url->path.len = path.len > 0 && path.data[0] == '/' ? path.len : 0;
            return !page->base;
        }

    } else {
        https = smartmsg_str_case_eq(smartmsg_str(text.data, n),
                                     SMARTMSG_STR("https"));

        if (!https && !smartmsg_str_case_eq(smartmsg_str(text.data, n),
                                            SMARTMSG_STR("http"))) {
            return false;
        }

        path = skip(path, n + 1);
    }

    if (path.len < 3 || memcmp(path.data, "//", 2) != 0
        || path.data[2] == '*' || !parse_host_source(skip(path, 2), &parts)
        || parts.scheme.len > 0) {
        return false;
    }

    *url = (smartmsg_csp_url_t){
        .https = https, .host = parts.host, .port = read_port(parts.port),
        .path = parts.path.len ? parts.path : SMARTMSG_STR("/")
    };
    url->own = https == page->https
               && smartmsg_str_case_eq(parts.host, page->host)
               && port_of(https, url->port) == port_of(https, page->port);

    return true;
}
