/*
 * What a browser says of itself, and where it says it comes from: the four
 * headers of a client, parted by newlines; the first is taken for a URL and
 * for a query, too.
 */

#include <stdint.h>
#include <stdlib.h>

#include "core/click.h"
#include "core/query.h"
#include "core/search.h"
#include "core/useragent.h"
#include "core/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static smartmsg_str_t take_line(smartmsg_str_t *text)
{
    const char *end = text->len > 0 ? memchr(text->data, '\n', text->len)
                                    : NULL;
    smartmsg_str_t line = *text;

    if (end == NULL) {
        *text = smartmsg_str(NULL, 0);
        return line;
    }

    line.len = (size_t)(end - text->data);
    text->data += line.len + 1;
    text->len -= line.len + 1;

    return line;
}

static void check_device(const smartmsg_client_t *client)
{
    smartmsg_device_t device;

    smartmsg_device_detect(client, &device);
    require(device.bot == smartmsg_str_eq(device.type, SMARTMSG_STR("bot")));
    require(device.type.len < 10 && device.os.len < 20
            && device.browser.len < 20);
}

static void check_origin(smartmsg_str_t text)
{
    char host[SMARTMSG_HOST_MAX];
    char *buf = malloc(16);
    smartmsg_str_t source;
    size_t len;

    require(buf != NULL);

    len = smartmsg_referrer_host(text, host, sizeof(host));
    require(smartmsg_search_engine(smartmsg_str(host, len)).len < 20);
    (void)smartmsg_search_engine(text);

    if (smartmsg_search_term(smartmsg_str(host, len), text, buf, 16, &len)) {
        require(len > 0);
    }

    require(len <= 16 && smartmsg_utf8_valid(smartmsg_str(buf, len)));

    if (smartmsg_click_find(text, &source, buf, 16, &len)) {
        require(len > 0 && source.len > 0);
    }

    require(len <= 16 && smartmsg_utf8_valid(smartmsg_str(buf, len)));
    free(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    smartmsg_str_t text = smartmsg_str((const char *)data, size);
    smartmsg_client_t client;

    client.user_agent = take_line(&text);
    client.brands = take_line(&text);
    client.mobile = take_line(&text);
    client.platform = take_line(&text);

    check_device(&client);
    check_origin(client.user_agent);

    return 0;
}
