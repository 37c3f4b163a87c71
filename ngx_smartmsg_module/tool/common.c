#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/date.h"
#include "tool/ctl.h"
#include "tool/text.h"

static void complain(const char *format, va_list args)
{
    char text[1024];

    if (vsnprintf(text, sizeof(text), format, args) < 0) {
        text[0] = '\0';
    }

    (void) fflush(stdout);
    (void) fputs("smartmsgctl: ", stderr);
    ctl_print_safe(stderr, ctl_str(text));
    (void) fputc('\n', stderr);
}

void ctl_fail(ctl_exit_e code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    complain(format, args);
    va_end(args);

    exit((int) code);
}

void ctl_warn(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    complain(format, args);
    va_end(args);
}

void *ctl_alloc(size_t size)
{
    void *p = calloc(1, size > 0 ? size : 1);

    if (p == NULL) {
        ctl_fail(CTL_LOCAL, "out of memory");
    }

    return p;
}

void *ctl_realloc(void *old, size_t size)
{
    void *p = realloc(old, size);

    if (p == NULL) {
        ctl_fail(CTL_LOCAL, "out of memory");
    }

    return p;
}

char *ctl_strndup(const char *data, size_t len)
{
    char *copy = ctl_alloc(len + 1);

    if (len > 0) {
        memcpy(copy, data, len);
    }

    return copy;
}

char *ctl_format(const char *format, ...)
{
    va_list args, again;
    char *text;
    int len;

    va_start(args, format);
    va_copy(again, args);

    len = vsnprintf(NULL, 0, format, args);
    text = ctl_alloc(len < 0 ? 1 : (size_t) len + 1);

    if (len > 0) {
        (void) vsnprintf(text, (size_t) len + 1, format, again);
    }

    va_end(again);
    va_end(args);
    return text;
}

void ctl_words_add(ctl_words_t *words, const char *word)
{
    words->words = ctl_realloc(words->words,
                               (words->n + 1) * sizeof(words->words[0]));
    words->words[words->n++] = word;
}

smartmsg_str_t ctl_str(const char *text)
{
    return smartmsg_str(text, strlen(text));
}

/* The digits at the start of text; *end is what follows.  False if none. */
static bool digits(const char *text, long long *number, const char **end)
{
    char *stop;

    if (text[0] < '0' || text[0] > '9') {
        return false;
    }

    errno = 0;
    *number = strtoll(text, &stop, 10);
    *end = stop;
    return errno == 0;
}

long ctl_number(const char *option, const char *text, long min, long max)
{
    long long number;
    const char *end;

    if (!digits(text, &number, &end) || *end != '\0' || number < min
        || number > max)
    {
        ctl_fail(CTL_USAGE, "--%s needs a number from %ld to %ld, not \"%s\"",
                 option, min, max, text);
    }

    return (long) number;
}

/* Seconds in a unit, 0 if there is no such unit. */
static long long unit(const char *name)
{
    static const struct {
        const char *name;
        long long seconds;
    } units[] = { { "s", 1 }, { "m", 60 }, { "h", 3600 }, { "d", 86400 } };

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(units[i].name, name) == 0) {
            return units[i].seconds;
        }
    }

    return 0;
}

long long ctl_moment(const char *option, const char *text)
{
    long long now = (long long) time(NULL);
    long long number;
    const char *end;
    int64_t date;

    if (smartmsg_date_parse(ctl_str(text), &date)) {
        return date;
    }

    if (digits(text, &number, &end) && number <= 99999999999LL) {
        if (*end == '\0') {
            return number;
        }

        if (unit(end) > 0) {
            number = now - number * unit(end);
            return number > 0 ? number : 0;
        }
    }

    ctl_fail(CTL_USAGE, "--%s needs a time such as 10m, 2h, 3d, 2030-12-24 or"
             " unix seconds, not \"%s\"", option, text);
}
