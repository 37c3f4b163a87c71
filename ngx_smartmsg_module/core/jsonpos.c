#include "core/jsonpos.h"

/* More than any rule has; a text that is deeper is not searched. */
#define DEPTH_MAX 64

/*
 * Reads the text once from the front. What the path still asks for is known
 * only while everything around the current value belongs to the path.
 */
typedef struct {
    const char *at;
    const char *end;
    const char *found;      /* the last part of the path that is there */
    size_t matched;         /* bytes of the path that lead to it */
    smartmsg_str_t path;
    unsigned depth;
} scanner_t;

/* `rest` is the position in the path, or NOWHERE beside it. */
#define NOWHERE ((size_t)-1)

static bool skip_value(scanner_t *scanner, size_t rest);

static void skip_blanks(scanner_t *scanner)
{
    while (scanner->at < scanner->end
           && memchr(" \t\r\n", *scanner->at, 4) != NULL)
    {
        scanner->at++;
    }
}

static bool skip_char(scanner_t *scanner, char c)
{
    skip_blanks(scanner);

    if (scanner->at == scanner->end || *scanner->at != c) {
        return false;
    }

    scanner->at++;

    return true;
}

/* Stores what is between the quotes, escapes as they are. */
static bool skip_string(scanner_t *scanner, smartmsg_str_t *content)
{
    if (!skip_char(scanner, '"')) {
        return false;
    }

    content->data = scanner->at;

    while (scanner->at < scanner->end && *scanner->at != '"') {
        if (*scanner->at == '\\' && scanner->end - scanner->at > 1) {
            scanner->at++;
        }

        scanner->at++;
    }

    content->len = (size_t)(scanner->at - content->data);

    return skip_char(scanner, '"');
}

/* Numbers, true, false, null: up to where something else begins. */
static bool skip_word(scanner_t *scanner)
{
    const char *start = scanner->at;

    while (scanner->at < scanner->end
           && memchr(" \t\r\n,:]}[{\"", *scanner->at, 11) == NULL)
    {
        scanner->at++;
    }

    return scanner->at > start;
}

/* The path led here: to `where`, with `rest` still to go. */
static void note(scanner_t *scanner, const char *where, size_t rest)
{
    if (rest > scanner->matched) {
        scanner->matched = rest;
        scanner->found = where;
    }
}

/* Where the path goes on behind a member called key; NOWHERE if not there. */
static size_t match_key(const scanner_t *scanner, size_t rest,
                        smartmsg_str_t key)
{
    if (rest == NOWHERE || rest == scanner->path.len) {
        return NOWHERE;
    }

    if (rest > 0 && scanner->path.data[rest++] != '.') {
        return NOWHERE;
    }

    if (scanner->path.len - rest < key.len
        || memcmp(scanner->path.data + rest, key.data, key.len) != 0)
    {
        return NOWHERE;
    }

    rest += key.len;

    if (rest < scanner->path.len && scanner->path.data[rest] != '.'
        && scanner->path.data[rest] != '[')
    {
        return NOWHERE;
    }

    return rest;
}

/* The same for an element of an array. */
static size_t match_index(const scanner_t *scanner, size_t rest, size_t index)
{
    size_t asked = 0;

    if (rest == NOWHERE || rest == scanner->path.len
        || scanner->path.data[rest++] != '[')
    {
        return NOWHERE;
    }

    while (rest < scanner->path.len && scanner->path.data[rest] >= '0'
           && scanner->path.data[rest] <= '9')
    {
        asked = asked * 10 + (size_t)(scanner->path.data[rest++] - '0');
    }

    if (rest == scanner->path.len || scanner->path.data[rest++] != ']') {
        return NOWHERE;
    }

    return asked == index ? rest : NOWHERE;
}

static bool skip_member(scanner_t *scanner, size_t rest)
{
    smartmsg_str_t key;

    skip_blanks(scanner);

    const char *start = scanner->at;

    if (!skip_string(scanner, &key)) {
        return false;
    }

    size_t behind = match_key(scanner, rest, key);

    if (behind != NOWHERE) {
        note(scanner, start, behind);
    }

    return skip_char(scanner, ':') && skip_value(scanner, behind);
}

static bool skip_element(scanner_t *scanner, size_t rest, size_t index)
{
    size_t behind = match_index(scanner, rest, index);

    skip_blanks(scanner);

    if (behind != NOWHERE) {
        note(scanner, scanner->at, behind);
    }

    return skip_value(scanner, behind);
}

static bool skip_container(scanner_t *scanner, size_t rest, char close)
{
    if (skip_char(scanner, close)) {
        return true;
    }

    for (size_t i = 0;; i++) {
        bool read = close == '}' ? skip_member(scanner, rest)
                                 : skip_element(scanner, rest, i);

        if (!read) {
            return false;
        }

        if (!skip_char(scanner, ',')) {
            return skip_char(scanner, close);
        }
    }
}

static bool skip_value(scanner_t *scanner, size_t rest)
{
    smartmsg_str_t ignored;
    bool read;

    skip_blanks(scanner);

    if (scanner->at == scanner->end || scanner->depth == DEPTH_MAX) {
        return false;
    }

    scanner->depth++;

    switch (*scanner->at) {
    case '{':
        scanner->at++;
        read = skip_container(scanner, rest, '}');
        break;
    case '[':
        scanner->at++;
        read = skip_container(scanner, rest, ']');
        break;
    case '"':
        read = skip_string(scanner, &ignored);
        break;
    default:
        read = skip_word(scanner);
    }

    scanner->depth--;

    return read;
}

static void count(smartmsg_str_t text, const char *at, smartmsg_jsonpos_t *pos)
{
    pos->line = 1;
    pos->column = 1;

    for (const char *p = text.data; p < at; p++) {
        if (*p == '\n') {
            pos->line++;
            pos->column = 1;
        } else if (((unsigned char)*p & 0xc0) != 0x80) {
            pos->column++;
        }
    }
}

bool smartmsg_jsonpos_find(smartmsg_str_t text, smartmsg_str_t path,
                           smartmsg_jsonpos_t *pos)
{
    scanner_t scanner = {
        .at = text.data,
        .end = text.len ? text.data + text.len : text.data,
        .path = path,
    };

    skip_blanks(&scanner);
    scanner.found = scanner.at;

    bool read = skip_value(&scanner, 0);

    skip_blanks(&scanner);
    read = read && scanner.at == scanner.end;
    count(text, read ? scanner.found : scanner.at, pos);

    return read;
}
