/*
 * How fast the scanner reads a page, beside functions of the C library that
 * only look for bytes.  Prints GB/s of each.
 *
 *     scan FILE [WIDTH]
 *
 * WIDTH is the most that the processor may take at once: 64, 32 or 16 bytes,
 * or 0 to read tag by tag.
 */

#define _GNU_SOURCE

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/html_private.h"

#define ROUNDS 7
#define BYTES  (200 * 1024 * 1024) /* read in each round */
#define PIECE  4096                /* a proxy's buffer */

typedef size_t (*reader_t)(const unsigned char *p, size_t n);

static void fail(const char *what)
{
    fprintf(stderr, "scan: %s\n", what);
    exit(1);
}

static double now(void)
{
    struct timespec t;

    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) != 0) {
        fail("no clock");
    }

    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static size_t scan(const unsigned char *p, size_t n)
{
    smartmsg_html_t html;
    smartmsg_html_result_e result = SMARTMSG_HTML_MORE;

    smartmsg_html_init(&html);

    for (size_t i = 0; i < n && result == SMARTMSG_HTML_MORE; i += PIECE) {
        result = smartmsg_html_feed(&html, p + i,
                                    n - i < PIECE ? n - i : PIECE);
    }

    if (result != SMARTMSG_HTML_FOUND) {
        fail("no place found");
    }

    return (size_t)html.insert;
}

static size_t find_byte(const unsigned char *p, size_t n)
{
    return memchr(p, '\0', n) == NULL ? n : 0;
}

static size_t find_text(const unsigned char *p, size_t n)
{
    const unsigned char *found = memmem(p, n, "</body>", 7);

    return found != NULL ? (size_t)(found - p) : 0;
}

/* GB/s, the best of some rounds. */
static double measure(reader_t reader, const unsigned char *p, size_t n)
{
    size_t times = BYTES / n + 1, sum;
    double best = 0;

    for (int round = 0; round < ROUNDS; round++) {
        double start = now(), speed;

        sum = 0;

        for (size_t i = 0; i < times; i++) {
            /* the compiler must not know that nothing has changed */
            __asm__ volatile("" : "+r"(p) : : "memory");
            sum += reader(p, n);
        }

        speed = (double)(times * n) / (now() - start) / 1e9;
        best = speed > best ? speed : best;

        if (sum == 0) {
            fail("nothing found");
        }
    }

    return best;
}

int main(int argc, char **argv)
{
    FILE *file = argc >= 2 ? fopen(argv[1], "rb") : NULL;
    static unsigned char page[16 * 1024 * 1024];
    size_t n;

    if (file == NULL) {
        fail("usage: scan FILE [WIDTH]");
    }

    if (argc > 2) {
        int width = atoi(argv[2]);

        smartmsg_html_skip_width(width >= 64   ? SMARTMSG_HTML_WIDTH_64
                                 : width >= 32 ? SMARTMSG_HTML_WIDTH_32
                                 : width >= 16 ? SMARTMSG_HTML_WIDTH_16
                                               : SMARTMSG_HTML_WIDTH_NONE);
    }

    n = fread(page, 1, sizeof(page), file);
    (void)fclose(file);

    if (n == 0) {
        fail("the file is empty");
    }

    printf("scanner %.2f memchr %.2f memmem %.2f\n", measure(scan, page, n),
           measure(find_byte, page, n), measure(find_text, page, n));

    return 0;
}
