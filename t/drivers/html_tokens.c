/*
 * Runs the HTML scanner over documents from stdin, so that other programs can
 * compare it with parsers of their own.
 *
 * Input, any number of times: "LENGTH SPLIT\n" and LENGTH bytes.  SPLIT is 0
 * to feed the document whole, N > 0 to feed N bytes at a time, -N to feed
 * random pieces with the seed N.
 *
 * Output: a line of JSON for each.  "error" tells of a broken promise of the
 * interface: bytes released before the insertion point was known, more held
 * than allowed.  Bytes from 0x80 are written as \u0080 and up.
 */

#include "core/html.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static char  csp[8192];

static void
print_string(const char *name, const char *s, size_t len)
{
    size_t         i;
    unsigned char  c;

    printf(",\"%s\":\"", name);

    for (i = 0; i < len; i++) {
        c = (unsigned char) s[i];

        if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') {
            printf("\\u%04x", c);
        } else {
            putchar(c);
        }
    }

    putchar('"');
}

static size_t
next_piece(long split, uint64_t *random, size_t rest)
{
    size_t  n;

    if (split == 0) {
        return rest;
    }

    if (split > 0) {
        n = (size_t) split;

    } else {
        *random = *random * 6364136223846793005u + 1442695040888963407u;
        n = (size_t) (*random >> 33) % ((*random >> 60) ? 16 : 400) + 1;
    }

    return n < rest ? n : rest;
}

/* Returns a broken promise, or NULL. */
static const char *
scan(smartmsg_html_t *h, const unsigned char *p, size_t len, long split)
{
    size_t                  n;
    uint64_t                random = (uint64_t) -split, safe = 0;
    smartmsg_html_result_e  result = SMARTMSG_HTML_MORE;

    smartmsg_html_init(h);
    smartmsg_html_csp_buffer(h, csp, sizeof(csp));

    while (len > 0 && result == SMARTMSG_HTML_MORE) {
        n = next_piece(split, &random, len);
        result = smartmsg_html_feed(h, p, n);
        p += n;
        len -= n;

        if (h->safe < safe || h->safe > h->total) {
            return "released too much";
        }

        if (result == SMARTMSG_HTML_MORE
            && h->total - h->safe > SMARTMSG_HTML_HELD)
        {
            return "held too much";
        }

        if (result == SMARTMSG_HTML_FOUND && h->insert < safe) {
            return "released the insertion point";
        }

        safe = h->safe;
    }

    return NULL;
}

static void
report(smartmsg_html_t *h, const char *error)
{
    if (smartmsg_html_feed(h, NULL, 0) == SMARTMSG_HTML_FOUND) {
        printf("{\"insert\":%" PRIu64, h->insert);
    } else {
        printf("{\"insert\":null");
    }

    printf(",\"stop\":\"%s\",\"document\":%s,\"end\":%s",
           smartmsg_html_stop_name(h->stop), h->document ? "true" : "false",
           smartmsg_html_end(h) ? "true" : "false");

    print_string("lang", h->lang, h->lang_len);
    print_string("charset", h->charset, h->charset_len);
    print_string("csp", h->csp, h->csp_len);
    printf(",\"overflow\":%s", h->csp_overflow ? "true" : "false");

    if (error != NULL) {
        printf(",\"error\":\"%s\"", error);
    }

    puts("}");
}

int
main(void)
{
    long              split;
    size_t            len;
    const char       *error;
    unsigned char    *doc;
    smartmsg_html_t   h;

    while (scanf("%zu %ld", &len, &split) == 2 && getchar() == '\n') {

        doc = malloc(len + 1);

        if (doc == NULL || fread(doc, 1, len, stdin) != len) {
            free(doc);
            fputs("html_tokens: short document\n", stderr);
            return 1;
        }

        error = scan(&h, doc, len, split);
        report(&h, error);
        fflush(stdout);
        free(doc);
    }

    return 0;
}
