/*
 * Content security policies: the decision never reads beyond a value, its
 * nonce lies within one, and one more policy never allows more.
 */

#include "core/csp.h"

#include <stdint.h>
#include <stdlib.h>

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static const char nonce_bytes[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/-_=";

static void check(const smartmsg_csp_result_t *result,
                  const smartmsg_csp_value_t *values, size_t n)
{
    bool inside = false;

    require((result->verdict == SMARTMSG_CSP_BLOCK)
            == (result->directive != NULL));

    if (result->verdict != SMARTMSG_CSP_NONCE) {
        return;
    }

    require(result->nonce.len > 0);

    for (size_t i = 0; i < n; i++) {
        smartmsg_str_t value = values[i].value;

        inside = inside
                 || (result->nonce.data >= value.data
                     && result->nonce.data + result->nonce.len
                            <= value.data + value.len);
    }

    require(inside);

    for (size_t i = 0; i < result->nonce.len; i++) {
        require(memchr(nonce_bytes, result->nonce.data[i],
                       sizeof(nonce_bytes) - 1) != NULL);
    }
}

/* One policy more never allows more; the second value is an address as well. */
static void check_images(const smartmsg_csp_page_t *page,
                         const smartmsg_csp_value_t *values)
{
    smartmsg_str_t address = values[1].value;
    bool first = smartmsg_csp_allows_image(page, values, 1, address);
    bool both = smartmsg_csp_allows_image(page, values, 2, address);

    require(first || !both);

    /* no policy, no objection to what is an address of the page itself */
    require(page->base || smartmsg_csp_allows_image(page, NULL, 0,
                                                    SMARTMSG_STR("/a.png")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One byte of options, then two values parted by a line feed. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    smartmsg_csp_page_t page = { .host = SMARTMSG_STR("shop.example"),
                                 .script = SMARTMSG_STR("/m/rt.01.js"),
                                 .ui = SMARTMSG_STR("/m/ui.01.js"),
                                 .event = SMARTMSG_STR("/m/event"),
                                 .decide = SMARTMSG_STR("/m/decide") };
    smartmsg_csp_value_t values[2] = { 0 };
    smartmsg_csp_result_t both, first;
    char *copy;
    const char *end;
    size_t n;

    if (size == 0) {
        return 0;
    }

    page.https = data[0] & 1;
    page.port = data[0] & 2 ? 8443 : 0;
    page.upgradable = (data[0] & 65) == 64;
    page.base = data[0] & 128;
    values[0].report_only = data[0] & 4;
    values[0].meta = data[0] & 8;
    values[1].report_only = data[0] & 16;
    values[1].meta = data[0] & 32;

    size--;
    copy = malloc(size ? size : 1);
    require(copy != NULL);
    memcpy(copy, data + 1, size);

    end = memchr(copy, '\n', size);
    n = end ? (size_t)(end - copy) : size;
    values[0].value = smartmsg_str(copy, n);
    values[1].value = smartmsg_str(copy + n, size - n);

    first = smartmsg_csp_decide(&page, values, 1);
    check(&first, values, 1);
    both = smartmsg_csp_decide(&page, values, 2);
    check(&both, values, 2);
    require(both.verdict >= first.verdict);

    check_images(&page, values);

    free(copy);

    return 0;
}
