#include "tool/text.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "core/utf8.h"

typedef struct {
    uint32_t first;
    uint32_t last;
} range_t;

static bool is_in(const range_t *ranges, size_t n, uint32_t code)
{
    for (size_t i = 0; i < n; i++) {
        if (code >= ranges[i].first && code <= ranges[i].last) {
            return true;
        }
    }

    return false;
}

#define IS_IN(ranges, code) \
    is_in(ranges, sizeof(ranges) / sizeof(ranges[0]), code)

/* Control characters, line and paragraph ends, marks of direction, tags. */
static const range_t unsafe[] = {
    { 0x00, 0x1f }, { 0x7f, 0x9f }, { 0x61c, 0x61c }, { 0x200e, 0x200f },
    { 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfeff, 0xfeff },
    { 0xfff9, 0xfffb }, { 0xe0000, 0xe007f }
};

/* Combining marks (Unicode, the usual blocks). */
static const range_t zero[] = {
    { 0x300, 0x36f }, { 0x483, 0x489 }, { 0x591, 0x5bd }, { 0x610, 0x61a },
    { 0x64b, 0x65f }, { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff },
    { 0x200b, 0x200d }, { 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f },
    { 0xfe20, 0xfe2f }, { 0x1f3fb, 0x1f3ff }
};

/* East Asian wide characters and pictures (Unicode, UAX 11, roughly). */
static const range_t wide[] = {
    { 0x1100, 0x115f }, { 0x2e80, 0x303e }, { 0x3041, 0xa4cf },
    { 0xac00, 0xd7a3 }, { 0xf900, 0xfaff }, { 0xfe30, 0xfe6f },
    { 0xff00, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x1f300, 0x1faff },
    { 0x20000, 0x3fffd }
};

/* One character (or bad byte) of text as it is shown; returns its width. */
static size_t shown(smartmsg_str_t *text, char out[16])
{
    uint32_t code;
    size_t len = smartmsg_utf8_decode(*text, &code);
    size_t width = 1;

    if (len == 0) {
        width = (size_t) snprintf(out, 16, "\\x%02x",
                                  (unsigned char) text->data[0]);
        len = 1;

    } else if (code == '\n' || code == '\t' || code == '\r') {
        width = (size_t) snprintf(out, 16, "\\%c",
                                  code == '\n' ? 'n' : code == '\t' ? 't'
                                                                    : 'r');

    } else if (IS_IN(unsafe, code)) {
        width = (size_t) snprintf(out, 16, code < 0x80 ? "\\x%02x"
                                                       : "\\u%04x", code);

    } else {
        memcpy(out, text->data, len);
        out[len] = '\0';
        width = IS_IN(zero, code) ? 0 : IS_IN(wide, code) ? 2 : 1;
    }

    text->data += len;
    text->len -= len;
    return width;
}

void ctl_print_safe(FILE *out, smartmsg_str_t text)
{
    char piece[16];

    while (text.len > 0) {
        (void) shown(&text, piece);
        (void) fputs(piece, out);
    }
}

size_t ctl_width(smartmsg_str_t text)
{
    char piece[16];
    size_t width = 0;

    while (text.len > 0) {
        width += shown(&text, piece);
    }

    return width;
}

const char *ctl_color(const ctl_t *ctl, ctl_color_e color)
{
    static const char *const codes[] = {
        "", "\x1b[1m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[2m"
    };

    return ctl->color ? codes[color] : "";
}

const char *ctl_color_end(const ctl_t *ctl, ctl_color_e color)
{
    return ctl->color && color != CTL_PLAIN ? "\x1b[0m" : "";
}

void ctl_color_init(ctl_t *ctl)
{
    const char *wish = ctl->options.color;
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");

    if (wish == NULL || strcmp(wish, "auto") == 0) {
        ctl->color = (no_color == NULL || no_color[0] == '\0')
                     && (term == NULL || strcmp(term, "dumb") != 0)
                     && isatty(STDOUT_FILENO);

    } else if (strcmp(wish, "always") == 0) {
        ctl->color = true;

    } else if (strcmp(wish, "never") != 0) {
        ctl_fail(CTL_USAGE, "--color is auto, always or never, not \"%s\"",
                 wish);
    }
}

void ctl_format_time(long long seconds, char out[CTL_TIME_SIZE])
{
    time_t t = (time_t) seconds;
    struct tm tm;

    if (seconds < 0 || seconds > 253402300799LL || gmtime_r(&t, &tm) == NULL
        || strftime(out, CTL_TIME_SIZE, "%Y-%m-%d %H:%M:%S", &tm) == 0)
    {
        (void) snprintf(out, CTL_TIME_SIZE, "%lld", seconds);
    }
}
