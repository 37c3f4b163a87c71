/*
 * The HTML scanner: no split of a page and no kind of processor changes the
 * result, and no promise of the interface is broken.
 */

#include "core/html_private.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    smartmsg_html_t h;
    char csp[64];
} scan_t;

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void feed(scan_t *scan, const uint8_t *data, size_t n)
{
    smartmsg_html_t *h = &scan->h;
    uint64_t safe = h->safe;
    uint8_t *copy = malloc(n ? n : 1);

    require(copy != NULL);
    memcpy(copy, data, n);

    switch (smartmsg_html_feed(h, copy, n)) {
    case SMARTMSG_HTML_MORE:
        require(h->total - h->safe <= SMARTMSG_HTML_HELD);
        require(h->stop == SMARTMSG_HTML_STOP_NONE);
        break;

    case SMARTMSG_HTML_FOUND:
        require(h->document && h->insert >= safe && h->insert < h->total);
        break;

    case SMARTMSG_HTML_STOP:
        require(h->safe == h->total && h->stop != SMARTMSG_HTML_STOP_NONE);
        break;
    }

    require(h->safe >= safe && h->safe <= h->total);
    require(h->lang_len <= SMARTMSG_HTML_LANG);
    require(h->charset_len <= SMARTMSG_HTML_CHARSET);
    require(h->csp_len <= h->csp_size);
    free(copy);
}

static void start(scan_t *scan)
{
    smartmsg_html_init(&scan->h);
    smartmsg_html_csp_buffer(&scan->h, scan->csp, sizeof(scan->csp));
}

static void compare(const smartmsg_html_t *a, const smartmsg_html_t *b)
{
    require(a->result == b->result && a->stop == b->stop);
    require(a->insert == b->insert && a->document == b->document);
    require(smartmsg_html_end(a) == smartmsg_html_end(b));
    require(a->lang_len == b->lang_len
            && memcmp(a->lang, b->lang, a->lang_len) == 0);
    require(a->charset_len == b->charset_len
            && memcmp(a->charset, b->charset, a->charset_len) == 0);
    require(a->csp_overflow == b->csp_overflow && a->csp_len == b->csp_len
            && memcmp(a->csp, b->csp, a->csp_len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * The first byte is the length of the first piece, and tells how wide the
 * processor is.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    scan_t whole, split, bytes;
    size_t first;

    if (size == 0) {
        return 0;
    }

    first = data[0] < size - 1 ? data[0] : size - 1;
    smartmsg_html_skip_width((smartmsg_html_width_e)(data[0] % 4));
    data++;
    size--;

    start(&whole);
    feed(&whole, data, size);

    start(&split);
    feed(&split, data, first);
    feed(&split, data + first, size - first);
    compare(&whole.h, &split.h);

    start(&bytes);

    for (size_t i = 0; i < size; i++) {
        feed(&bytes, data + i, 1);
    }

    compare(&whole.h, &bytes.h);

    return 0;
}
