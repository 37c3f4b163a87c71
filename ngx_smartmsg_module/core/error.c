#include "core/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Removes a UTF-8 sequence that cutting has left incomplete at the end. */
static void trim_utf8(char *text, size_t size)
{
    size_t len = strlen(text);
    size_t start = len;
    size_t need;
    unsigned char lead;

    if (len + 1 < size) {
        return;
    }

    while (start > 0 && ((unsigned char) text[start - 1] & 0xC0) == 0x80) {
        start--;
    }

    if (start == 0) {
        return;
    }

    lead = (unsigned char) text[start - 1];
    need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;

    if (len - (start - 1) < need) {
        text[start - 1] = '\0';
    }
}

static void set_text(smartmsg_error_t *err, const char *format, va_list args)
{
    if (vsnprintf(err->text, sizeof(err->text), format, args) < 0) {
        err->text[0] = '\0';
    }

    trim_utf8(err->text, sizeof(err->text));
}

void smartmsg_error_clear(smartmsg_error_t *err)
{
    if (err != NULL) {
        err->line = 0;
        err->column = 0;
        err->path[0] = '\0';
        err->text[0] = '\0';
    }
}

void smartmsg_error_set(smartmsg_error_t *err, const char *path,
    const char *format, ...)
{
    va_list args;

    if (err == NULL) {
        return;
    }

    smartmsg_error_clear(err);

    if (path != NULL) {
        (void) snprintf(err->path, sizeof(err->path), "%s", path);
        trim_utf8(err->path, sizeof(err->path));
    }

    va_start(args, format);
    set_text(err, format, args);
    va_end(args);
}

void smartmsg_error_set_at(smartmsg_error_t *err, int line, int column,
    const char *format, ...)
{
    va_list args;

    if (err == NULL) {
        return;
    }

    smartmsg_error_clear(err);
    err->line = line;
    err->column = column;

    va_start(args, format);
    set_text(err, format, args);
    va_end(args);
}

void smartmsg_error_no_memory(smartmsg_error_t *err)
{
    smartmsg_error_set(err, NULL, "out of memory");
}

static size_t path_append(smartmsg_path_t *path, const char *before,
    const char *text, const char *after)
{
    size_t former = path->len;
    size_t room = sizeof(path->text) - path->len;
    int n = snprintf(path->text + path->len, room, "%s%s%s", before, text,
                     after);

    if (n > 0) {
        path->len += (size_t) n < room ? (size_t) n : room - 1;
    }

    return former;
}

size_t smartmsg_path_key(smartmsg_path_t *path, const char *key)
{
    return path_append(path, path->len > 0 ? "." : "", key, "");
}

size_t smartmsg_path_index(smartmsg_path_t *path, size_t index)
{
    char text[24];

    (void) snprintf(text, sizeof(text), "%zu", index);
    return path_append(path, "[", text, "]");
}

void smartmsg_path_pop(smartmsg_path_t *path, size_t len)
{
    path->len = len;
    path->text[len] = '\0';
}

#define SUGGEST_MAX 32

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;

    return least < c ? least : c;
}

/*
 * How many letters have to be put in, left out, replaced or swapped with their
 * neighbour (optimal string alignment).  Both words are shorter than
 * SUGGEST_MAX.
 */
static size_t distance(const char *a, const char *b)
{
    size_t rows[3][SUGGEST_MAX];
    size_t la = strlen(a);
    size_t lb = strlen(b);

    for (size_t j = 0; j <= lb; j++) {
        rows[0][j] = j;
    }

    for (size_t i = 1; i <= la; i++) {
        size_t *row = rows[i % 3];
        size_t *above = rows[(i + 2) % 3];
        size_t *before = rows[(i + 1) % 3];

        row[0] = i;

        for (size_t j = 1; j <= lb; j++) {
            row[j] = smallest(above[j] + 1, row[j - 1] + 1,
                              above[j - 1] + (a[i - 1] != b[j - 1]));

            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]
                && before[j - 2] + 1 < row[j])
            {
                row[j] = before[j - 2] + 1;
            }
        }
    }

    return rows[la % 3][lb];
}

const char *smartmsg_suggest(const char *word, const char *const *words)
{
    size_t len = strlen(word);
    size_t least = len <= 4 ? 2 : 3;
    const char *best = NULL;

    if (len == 0 || len >= SUGGEST_MAX) {
        return NULL;
    }

    for (; *words != NULL; words++) {
        size_t d;

        if (strlen(*words) >= SUGGEST_MAX) {
            continue;
        }

        d = distance(word, *words);

        if (d < least) {
            least = d;
            best = *words;
        }
    }

    return best;
}
