/*
 * What a browser sends in headers and in the address: cookies, query string,
 * referrer, in one input. The first byte says how long a name to look for is,
 * which comes next; the rest is the text.
 */

#include <stdint.h>
#include <stdlib.h>

#include "core/cookie.h"
#include "core/query.h"
#include "core/utf8.h"
#include "core/visitor_id.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void check_cookie(smartmsg_str_t text, smartmsg_str_t name)
{
    smartmsg_str_t value = {NULL, 0};

    if (!smartmsg_cookie_find(text, name, &value)) {
        return;
    }

    require(value.data >= text.data
            && value.data + value.len <= text.data + text.len);
    (void)smartmsg_visitor_id_valid(value);

    smartmsg_set_cookie_t cookie = {
        .name = name, .value = value, .path = SMARTMSG_STR("/"),
    };

    if (smartmsg_cookie_check(&cookie, true) == NULL) {
        size_t size = smartmsg_cookie_size(&cookie);
        char *buf = malloc(size);

        require(buf != NULL);
        require(smartmsg_cookie_write(&cookie, buf, size) == size);
        require(memchr(buf, '\n', size) == NULL);
        free(buf);
    }
}

static void check_query(smartmsg_str_t text, smartmsg_str_t name)
{
    char *buf = malloc(16);
    size_t len;

    require(buf != NULL);
    (void)smartmsg_query_get(text, name, buf, 16, &len);
    require(len <= 16 && smartmsg_utf8_valid(smartmsg_str(buf, len)));

    len = smartmsg_query_clean(text, buf, 16);
    require(len <= 16 && smartmsg_utf8_valid(smartmsg_str(buf, len)));
    free(buf);
}

static void check_host(smartmsg_str_t text)
{
    char *buf = malloc(SMARTMSG_HOST_MAX);

    require(buf != NULL);

    size_t len = smartmsg_referrer_host(text, buf, SMARTMSG_HOST_MAX);

    require(len <= SMARTMSG_HOST_MAX);

    for (size_t i = 0; i < len; i++) {
        require(buf[i] > 0x20 && buf[i] < 0x7f && buf[i] != '/');
        require(buf[i] < 'A' || buf[i] > 'Z');
    }

    free(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    smartmsg_str_t text = smartmsg_str((const char *)data, size);
    smartmsg_str_t name = SMARTMSG_STR("a");

    check_host(text);

    if (size > 0) {
        size_t n = data[0] % 8;

        if (n > 0 && n < size) {
            name = smartmsg_str((const char *)data + 1, n);
            text = smartmsg_str((const char *)data + 1 + n, size - 1 - n);
        }
    }

    check_cookie(text, name);
    check_query(text, name);

    return 0;
}
