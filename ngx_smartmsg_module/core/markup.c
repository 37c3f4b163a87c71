#include "core/markup.h"

#include "core/escape.h"
#include "core/href.h"
#include "core/text.h"
#include "core/unicode.h"

#define NAME_MAX  16
#define VALUE_MAX 2048

typedef enum { INLINE, BLOCK, LIST, ITEM, VOID } kind_t;

typedef struct {
    const char *name;
    kind_t kind;
} element_t;

static const element_t elements[] = {
    {"b", INLINE}, {"strong", INLINE}, {"i", INLINE}, {"em", INLINE},
    {"u", INLINE}, {"s", INLINE}, {"small", INLINE}, {"span", INLINE},
    {"sup", INLINE}, {"sub", INLINE}, {"code", INLINE}, {"a", INLINE},
    {"p", BLOCK}, {"ul", LIST}, {"ol", LIST}, {"li", ITEM}, {"br", VOID},
};

typedef struct {
    smartmsg_draft_t *draft;
    smartmsg_str_t rest;
    size_t depth;
    const element_t *open[SMARTMSG_MARKUP_DEPTH];
    const char *path;
    smartmsg_error_t *err;
} reader_t;

static bool fail(reader_t *r, const char *reason)
{
    if (reason == smartmsg_placeholder_no_memory) {
        smartmsg_error_no_memory(r->err);
    } else {
        smartmsg_error_set(r->err, r->path, "%s", reason);
    }

    return false;
}

static void skip(reader_t *r, size_t n)
{
    r->rest = smartmsg_str(r->rest.data + n, r->rest.len - n);
}

static bool at(const reader_t *r, char c)
{
    return r->rest.len > 0 && r->rest.data[0] == c;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_blanks(reader_t *r)
{
    while (r->rest.len > 0 && is_blank(r->rest.data[0])) {
        skip(r, 1);
    }
}

static void put(reader_t *r, const char *text)
{
    smartmsg_sink_puts(&r->draft->sink, text);
}

/* The code point that a number stands for, 0 for none that may be here. */
static uint32_t read_number(smartmsg_str_t digits)
{
    uint32_t base = 10, code = 0;

    if (digits.len > 0 && (digits.data[0] == 'x' || digits.data[0] == 'X')) {
        base = 16;
        digits = smartmsg_str(digits.data + 1, digits.len - 1);
    }

    if (digits.len == 0 || digits.len > 7) {
        return 0;
    }

    for (size_t i = 0; i < digits.len; i++) {
        char c = digits.data[i];
        uint32_t digit = c >= '0' && c <= '9' ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A') + 10
                         : base;

        if (digit >= base) {
            return 0;
        }

        code = code * base + digit;
    }

    return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code > 0x10ffff
           || (code >= 0xd800 && code <= 0xdfff) ? 0 : code;
}

/*
 * What a reference stands for and its length; *code is 0 for one that is not
 * known. The length is 0 for an ampersand that is meant as such.
 */
static size_t read_reference(smartmsg_str_t rest, uint32_t *code)
{
    static const struct {
        smartmsg_str_t name;
        uint32_t code;
    } known[] = {
        {{"amp", 3}, '&'}, {{"lt", 2}, '<'}, {{"gt", 2}, '>'},
        {{"quot", 4}, '"'}, {{"apos", 4}, '\''}, {{"nbsp", 4}, 0xa0},
    };
    const char *end = memchr(rest.data, ';', rest.len < 12 ? rest.len : 12);

    if (end == NULL || end == rest.data + 1) {
        return 0;
    }

    smartmsg_str_t name = smartmsg_str(rest.data + 1,
                                       (size_t)(end - rest.data) - 1);

    for (size_t i = 0; i < name.len; i++) {
        if (is_blank(name.data[i]) || name.data[i] == '<'
            || name.data[i] == '&')
        {
            return 0;
        }
    }

    *code = name.data[0] == '#'
            ? read_number(smartmsg_str(name.data + 1, name.len - 1)) : 0;

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (smartmsg_str_eq(name, known[i].name)) {
            *code = known[i].code;
        }
    }

    return name.len + 2;
}

/*
 * Takes one character off the front, with its reference resolved, and puts its
 * UTF-8 form, at most 4 bytes, into text. Returns their number, 0 on error.
 */
static size_t read_char(reader_t *r, char *text)
{
    smartmsg_text_t one;
    uint32_t code = 0;
    size_t len = at(r, '&') ? read_reference(r->rest, &code) : 0;

    if (len > 0 && code == 0) {
        (void)fail(r, "unknown character reference; there are &amp; &lt; &gt; "
                   "&quot; &apos; &nbsp; and numbers such as &#8364;");
        return 0;
    }

    if (len > 0) {
        skip(r, len);
    } else {
        code = smartmsg_next_char(&r->rest);
    }

    smartmsg_text_init(&one);
    smartmsg_text_add_char(&one, code);
    memcpy(text, one.data, one.len);

    return one.len;
}

static bool begins_placeholder(const reader_t *r)
{
    return r->rest.len > 1 && memcmp(r->rest.data, "{{", 2) == 0;
}

/* The placeholder that the rest begins with; what `or:` says is plain text. */
static bool put_placeholder(reader_t *r)
{
    size_t end = 2;
    const char *reason;

    while (end < r->rest.len
           && !(r->rest.data[end] == '}' && r->rest.data[end - 1] == '}'))
    {
        end++;
    }

    end += end < r->rest.len;
    reason = smartmsg_draft_text(r->draft, smartmsg_str(r->rest.data, end),
                                 false);
    skip(r, end);

    return reason == NULL || fail(r, reason);
}

/* Line feeds in HTML are blanks. */
static bool put_char(reader_t *r)
{
    smartmsg_sink_t *sink = &r->draft->sink;
    char text[4];
    size_t len;

    if (is_blank(r->rest.data[0])) {
        put(r, " ");
        skip(r, 1);
        return true;
    }

    len = read_char(r, text);
    sink->len += smartmsg_escape_text(smartmsg_str(text, len),
                                      smartmsg_sink_end(sink));

    return len > 0;
}

/* Text up to the next tag. */
static bool put_text(reader_t *r)
{
    bool in_list = r->depth > 0 && r->open[r->depth - 1]->kind == LIST;

    if (in_list) {
        skip_blanks(r);
        return r->rest.len == 0 || at(r, '<')
               || fail(r, "text in <ul> or <ol> must be in an <li>");
    }

    while (r->rest.len > 0 && !at(r, '<')) {
        if (!(begins_placeholder(r) ? put_placeholder(r)
                                      : put_char(r)))
        {
            return false;
        }
    }

    return true;
}

/* A name in lower case, at most NAME_MAX - 1 letters of it. */
static void read_name(reader_t *r, char *name)
{
    size_t n = 0;

    while (r->rest.len > 0 && !is_blank(r->rest.data[0]) && !at(r, '>')
           && !at(r, '/') && !at(r, '=') && !at(r, '<'))
    {
        char c = r->rest.data[0];

        if (n < NAME_MAX - 1) {
            name[n++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a')
                        : c > 0x20 && c < 0x7f ? c : '?';
        }

        skip(r, 1);
    }

    name[n] = '\0';
}

static const element_t *find(const char *name)
{
    for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++) {
        if (strcmp(elements[i].name, name) == 0) {
            return &elements[i];
        }
    }

    return NULL;
}

static bool is_open(const reader_t *r, const char *name)
{
    for (size_t i = 0; i < r->depth; i++) {
        if (strcmp(r->open[i]->name, name) == 0) {
            return true;
        }
    }

    return false;
}

/* Whether browsers would leave the element where it stands. */
static bool check_place(reader_t *r, const element_t *element)
{
    const element_t *outer = r->depth > 0 ? r->open[r->depth - 1] : NULL;
    bool fits;

    switch (element->kind) {
    case BLOCK:
        fits = outer == NULL;
        break;
    case LIST:
        fits = outer == NULL || outer->kind == ITEM;
        break;
    case ITEM:
        fits = outer != NULL && outer->kind == LIST;
        break;
    default:
        fits = (outer == NULL || outer->kind != LIST)
               && !(strcmp(element->name, "a") == 0 && is_open(r, "a"));
    }

    if (!fits) {
        smartmsg_error_set(r->err, r->path, "<%s> cannot stand %s%s%s",
                           element->name, outer ? "in <" : "here",
                           outer ? outer->name : "", outer ? ">" : "");
    }

    return fits;
}

/* The value of an attribute, in quotes, without its references. */
static bool read_value(reader_t *r, char value[VALUE_MAX], size_t *len)
{
    skip_blanks(r);

    if (!at(r, '"') && !at(r, '\'')) {
        return fail(r, "the value of href must be in quotes");
    }

    char quote = r->rest.data[0];

    skip(r, 1);
    *len = 0;

    while (r->rest.len > 0 && !at(r, quote)) {
        size_t n;

        if (*len + 4 > VALUE_MAX) {
            return fail(r, "the link is too long");
        }

        n = read_char(r, value + *len);

        if (n == 0) {
            return false;
        }

        *len += n;
    }

    if (r->rest.len == 0) {
        return fail(r, "a quote is not closed");
    }

    skip(r, 1);

    return true;
}

static bool put_href(reader_t *r, smartmsg_str_t href)
{
    const char *reason = smartmsg_href_check(href);

    if (reason == NULL && smartmsg_placeholder_find(href) < href.len) {
        reason = "placeholders are not filled in links";
    }

    if (reason != NULL) {
        return fail(r, reason);
    }

    put(r, " href=\"");
    r->draft->sink.len += smartmsg_escape_attribute(
        href, smartmsg_sink_end(&r->draft->sink));
    put(r, r->draft->new_tabs ? "\" target=\"_blank\"" : "\"");

    return true;
}

static bool read_attribute(reader_t *r, const element_t *element, bool *linked)
{
    char name[NAME_MAX];
    char value[VALUE_MAX];
    size_t len;

    read_name(r, name);

    if (strcmp(element->name, "a") != 0 || strcmp(name, "href") != 0
        || *linked)
    {
        smartmsg_error_set(r->err, r->path, *linked
                           ? "<%s> has the attribute \"%s\" twice"
                           : "<%s> may not have the attribute \"%s\"",
                           element->name, name);
        return false;
    }

    skip_blanks(r);

    if (!at(r, '=')) {
        return fail(r, "the attribute href has no value");
    }

    skip(r, 1);
    *linked = true;

    return read_value(r, value, &len) && put_href(r, smartmsg_str(value, len));
}

static bool read_attributes(reader_t *r, const element_t *element)
{
    bool linked = strcmp(element->name, "a") != 0;
    bool href = false;

    for (;;) {
        skip_blanks(r);

        if (element->kind == VOID && at(r, '/')) {
            skip(r, 1);
        }

        if (at(r, '>')) {
            skip(r, 1);
            return linked || href || fail(r, "<a> needs a href");
        }

        if (r->rest.len == 0 || at(r, '<') || at(r, '/') || at(r, '=')) {
            smartmsg_error_set(r->err, r->path, "<%s is not closed with >",
                               element->name);
            return false;
        }

        if (!read_attribute(r, element, &href)) {
            return false;
        }
    }
}

static bool open_element(reader_t *r, const char *name)
{
    const element_t *element = find(name);

    if (element == NULL) {
        smartmsg_error_set(r->err, r->path, "<%s> is not allowed; allowed are "
                           "b, strong, i, em, u, s, small, span, sup, sub, "
                           "code, br, p, ul, ol, li and a; a < that is text "
                           "is written &lt;", name);
        return false;
    }

    if (!check_place(r, element)) {
        return false;
    }

    put(r, "<");
    put(r, element->name);

    if (!read_attributes(r, element)) {
        return false;
    }

    put(r, ">");

    if (element->kind == VOID) {
        return true;
    }

    if (r->depth == SMARTMSG_MARKUP_DEPTH) {
        return fail(r, "elements are nested too deep");
    }

    r->open[r->depth++] = element;

    return true;
}

static bool close_element(reader_t *r, const char *name)
{
    skip_blanks(r);

    if (!at(r, '>')) {
        smartmsg_error_set(r->err, r->path, "</%s is not closed with >", name);
        return false;
    }

    skip(r, 1);

    if (r->depth == 0 || strcmp(r->open[r->depth - 1]->name, name) != 0) {
        smartmsg_error_set(r->err, r->path, "</%s> closes no <%s>%s%s%s", name,
                           name, r->depth > 0 ? "; open is <" : "",
                           r->depth > 0 ? r->open[r->depth - 1]->name : "",
                           r->depth > 0 ? ">" : "");
        return false;
    }

    r->depth--;
    put(r, "</");
    put(r, name);
    put(r, ">");

    return true;
}

static bool read_tag(reader_t *r)
{
    char name[NAME_MAX];
    bool closing;

    skip(r, 1);

    if (at(r, '!') || at(r, '?')) {
        return fail(r, "comments and declarations are not allowed");
    }

    closing = at(r, '/');

    if (closing) {
        skip(r, 1);
    }

    read_name(r, name);

    return closing ? close_element(r, name) : open_element(r, name);
}

bool smartmsg_markup_put(smartmsg_draft_t *draft, smartmsg_str_t html,
                         const char *path, smartmsg_error_t *err)
{
    reader_t r = {.draft = draft, .rest = html, .path = path, .err = err};

    while (r.rest.len > 0) {
        if (!(at(&r, '<') ? read_tag(&r) : put_text(&r))) {
            return false;
        }
    }

    if (r.depth > 0) {
        smartmsg_error_set(err, path, "<%s> is not closed",
                           r.open[r.depth - 1]->name);
        return false;
    }

    return true;
}
