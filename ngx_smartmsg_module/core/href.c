#include "core/href.h"

#include <stdint.h>

#include "core/unicode.h"

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_scheme_char(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-'
           || c == '.';
}

/* Length of the scheme without its ':', 0 if the URL is relative. */
static size_t scheme_length(smartmsg_str_t href)
{
    size_t n = 0;

    if (!is_letter(href.data[0])) {
        return 0;
    }

    while (n < href.len && is_scheme_char(href.data[n])) {
        n++;
    }

    return n < href.len && href.data[n] == ':' ? n : 0;
}

static bool has_control(smartmsg_str_t href)
{
    while (href.len > 0) {
        uint32_t code = smartmsg_next_char(&href);

        if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) {
            return true;
        }
    }

    return false;
}

static bool is_one_of(smartmsg_str_t scheme, const char *const *names)
{
    for (; *names != NULL; names++) {
        smartmsg_str_t name = smartmsg_str(*names, strlen(*names));

        if (smartmsg_str_case_eq(scheme, name)) {
            return true;
        }
    }

    return false;
}

static bool has_host(smartmsg_str_t rest)
{
    return rest.len > 2 && rest.data[0] == '/' && rest.data[1] == '/'
           && memchr("/?#:@ ", rest.data[2], 6) == NULL;
}

const char *smartmsg_href_check(smartmsg_str_t href)
{
    static const char *const web[] = {"http", "https", NULL};
    static const char *const other[] = {"tel", "mailto", "sms", NULL};

    if (href.len == 0) {
        return "the link is empty";
    }

    if (href.data[0] == ' ' || href.data[href.len - 1] == ' ') {
        return "the link begins or ends with a blank";
    }

    if (has_control(href)) {
        return "the link contains a line break, a tab or another control "
               "character";
    }

    if (memchr(href.data, '\\', href.len) != NULL) {
        return "the link contains a backslash; links are written with /";
    }

    size_t n = scheme_length(href);
    smartmsg_str_t scheme = smartmsg_str(href.data, n);

    if (n == 0) {
        bool host_given = href.len > 1 && href.data[0] == '/'
                          && href.data[1] == '/';

        return host_given && !has_host(href) ? "the link has no host" : NULL;
    }

    smartmsg_str_t rest = smartmsg_str(href.data + n + 1, href.len - n - 1);

    if (is_one_of(scheme, web)) {
        return has_host(rest) ? NULL : "the link has no host; "
                                       "it must look like https://example.com/";
    }

    if (!is_one_of(scheme, other)) {
        return "this kind of link is not allowed; allowed are http:, https:, "
               "tel:, mailto:, sms: and addresses of this site such as /help";
    }

    return rest.len > 0 ? NULL : "the link ends after the colon";
}

const char *smartmsg_href_check_image(smartmsg_str_t src)
{
    static const char *const web[] = {"http", "https", NULL};
    const char *reason = smartmsg_href_check(src);
    size_t n;

    if (reason != NULL) {
        return reason;
    }

    n = scheme_length(src);

    return n == 0 || is_one_of(smartmsg_str(src.data, n), web)
           ? NULL : "images are at https:, http: and addresses of this site "
                    "such as /media/offer.jpg";
}
