#include "core/cookie.h"

#include "core/sink.h"

static smartmsg_str_t skip_blanks(smartmsg_str_t text)
{
    while (text.len > 0 && (text.data[0] == ' ' || text.data[0] == '\t')) {
        text.data++;
        text.len--;
    }

    return text;
}

static smartmsg_str_t trim(smartmsg_str_t text)
{
    text = skip_blanks(text);

    while (text.len > 0 && (text.data[text.len - 1] == ' '
                            || text.data[text.len - 1] == '\t'))
    {
        text.len--;
    }

    return text;
}

static smartmsg_str_t unquote(smartmsg_str_t text)
{
    if (text.len >= 2 && text.data[0] == '"'
        && text.data[text.len - 1] == '"')
    {
        return smartmsg_str(text.data + 1, text.len - 2);
    }

    return text;
}

/* Takes the text before the next separator off the front of rest. */
static inline smartmsg_str_t take_until(smartmsg_str_t *rest, char separator,
                                        bool *found)
{
    const char *end = rest->len ? memchr(rest->data, separator, rest->len)
                                : NULL;
    smartmsg_str_t part = *rest;

    *found = end != NULL;

    if (end != NULL) {
        part.len = (size_t)(end - rest->data);
        rest->data = end + 1;
        rest->len -= part.len + 1;
    } else {
        rest->len = 0;
    }

    return part;
}

bool smartmsg_cookie_find(smartmsg_str_t header, smartmsg_str_t name,
                          smartmsg_str_t *value)
{
    bool more = true;

    if (header.len > SMARTMSG_COOKIE_HEADER_MAX) {
        header.len = SMARTMSG_COOKIE_HEADER_MAX;
    }

    while (more) {
        bool pair;
        smartmsg_str_t rest = skip_blanks(take_until(&header, ';', &more));

        /* Others are passed over by their first bytes. */
        if (rest.len <= name.len
            || (name.len > 0 && rest.data[0] != name.data[0])
            || memcmp(rest.data, name.data, name.len) != 0)
        {
            continue;
        }

        smartmsg_str_t key = trim(take_until(&rest, '=', &pair));

        if (pair && smartmsg_str_eq(key, name)) {
            *value = unquote(trim(rest));
            return true;
        }
    }

    return false;
}

/* RFC 9110, section 5.6.2 */
static bool is_token(smartmsg_str_t text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];

        if (c <= 0x20 || c >= 0x7f
            || strchr("()<>@,;:\\\"/[]?={}", c) != NULL)
        {
            return false;
        }
    }

    return text.len > 0;
}

/* RFC 6265bis, section 4.1.1 */
static bool is_cookie_octets(smartmsg_str_t text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];

        if (c <= 0x20 || c >= 0x7f || c == '"' || c == ',' || c == ';'
            || c == '\\')
        {
            return false;
        }
    }

    return true;
}

static bool is_path(smartmsg_str_t text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];

        if (c < 0x20 || c >= 0x7f || c == ';') {
            return false;
        }
    }

    return text.len == 0 || text.data[0] == '/';
}

static bool is_domain(smartmsg_str_t text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

        if (!letter && !(c >= '0' && c <= '9') && c != '.' && c != '-') {
            return false;
        }
    }

    return true;
}

/* Browsers compare the prefixes without regard to case. */
static bool has_prefix(smartmsg_str_t name, smartmsg_str_t prefix)
{
    return name.len >= prefix.len
           && smartmsg_str_case_eq(smartmsg_str(name.data, prefix.len), prefix);
}

const char *smartmsg_cookie_check(const smartmsg_set_cookie_t *cookie,
                                  bool secure_later)
{
    bool secure = cookie->secure || secure_later;

    if (!is_token(cookie->name)) {
        return "the cookie's name must be letters, digits and any of "
               "!#$%&'*+-.^_`|~";
    }

    if (cookie->name.len > SMARTMSG_COOKIE_NAME_MAX) {
        return "the cookie's name is too long";
    }

    if (!is_cookie_octets(cookie->value)) {
        return "the cookie's value has a character that cookies cannot have";
    }

    if (cookie->value.len > SMARTMSG_COOKIE_VALUE_MAX) {
        return "the cookie's value is too long";
    }

    if (!is_path(cookie->path)
        || cookie->path.len > SMARTMSG_COOKIE_ATTRIBUTE_MAX)
    {
        return "the cookie's path must begin with / and have no ; in it";
    }

    if (!is_domain(cookie->domain) || cookie->domain.len > 255) {
        return "the cookie's domain is not the name of a host";
    }

    if (cookie->same_site == SMARTMSG_SAMESITE_NONE && !secure) {
        return "SameSite=None needs Secure: browsers refuse the cookie "
               "otherwise";
    }

    if (has_prefix(cookie->name, SMARTMSG_STR("__Secure-")) && !secure) {
        return "a cookie named __Secure-... needs Secure";
    }

    if (has_prefix(cookie->name, SMARTMSG_STR("__Host-"))
        && (!secure || cookie->domain.len > 0
            || !smartmsg_str_eq(cookie->path, SMARTMSG_STR("/"))))
    {
        return "a cookie named __Host-... needs Secure, path / and no domain";
    }

    return NULL;
}

static smartmsg_str_t same_site_attribute(smartmsg_samesite_e same_site)
{
    switch (same_site) {
    case SMARTMSG_SAMESITE_LAX:
        return SMARTMSG_STR("; SameSite=Lax");
    case SMARTMSG_SAMESITE_STRICT:
        return SMARTMSG_STR("; SameSite=Strict");
    case SMARTMSG_SAMESITE_NONE:
        return SMARTMSG_STR("; SameSite=None");
    default:
        return smartmsg_str(NULL, 0);
    }
}

static size_t cookie_put(const smartmsg_set_cookie_t *cookie, char *out)
{
    smartmsg_sink_t sink = {out, 0};

    smartmsg_sink_put(&sink, cookie->name);
    smartmsg_sink_puts(&sink, "=");
    smartmsg_sink_put(&sink, cookie->value);

    if (cookie->max_age >= 0) {
        smartmsg_sink_puts(&sink, "; Max-Age=");
        smartmsg_sink_number(&sink, (unsigned long)cookie->max_age);
    }

    if (cookie->path.len > 0) {
        smartmsg_sink_puts(&sink, "; Path=");
        smartmsg_sink_put(&sink, cookie->path);
    }

    if (cookie->domain.len > 0) {
        smartmsg_sink_puts(&sink, "; Domain=");
        smartmsg_sink_put(&sink, cookie->domain);
    }

    if (cookie->secure) {
        smartmsg_sink_puts(&sink, "; Secure");
    }

    if (cookie->http_only) {
        smartmsg_sink_puts(&sink, "; HttpOnly");
    }

    smartmsg_sink_put(&sink, same_site_attribute(cookie->same_site));

    return sink.len;
}

size_t smartmsg_cookie_size(const smartmsg_set_cookie_t *cookie)
{
    return cookie_put(cookie, NULL);
}

size_t smartmsg_cookie_write(const smartmsg_set_cookie_t *cookie, char *buf,
                             size_t size)
{
    if (cookie_put(cookie, NULL) > size) {
        return 0;
    }

    return cookie_put(cookie, buf);
}
