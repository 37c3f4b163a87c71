/*
 * What a compiled pack is made of, for the files pack*.c.
 */

#ifndef SMARTMSG_CORE_PACK_INSIDE_H
#define SMARTMSG_CORE_PACK_INSIDE_H

#include <stdint.h>

#include "core/pack.h"
#include "core/regex.h"

#define STATUS_MAX 8

typedef enum {
    PATTERN_EXACT,
    PATTERN_PREFIX,
    PATTERN_REGEX,
    PATTERN_PRESENT,            /* with any value */
    PATTERN_ABSENT
} pattern_kind_e;

typedef struct {
    pattern_kind_e kind;
    smartmsg_str_t text;
    smartmsg_regex_t *regex;
} pattern_t;

/* Any of the patterns fits the thing of that name. */
typedef struct {
    smartmsg_str_t name;
    size_t n;
    pattern_t *patterns;
} test_t;

/* All of them. */
typedef struct {
    size_t n;
    test_t *tests;
} tests_t;

/* Which request. */
typedef struct {
    unsigned methods;
    test_t path;                /* n 0: any */
    tests_t args;
    tests_t cookies;
} where_t;

typedef struct {
    smartmsg_str_t type;
    where_t where;
} page_t;

typedef enum {
    MEANS_FILLED,
    MEANS_ITEMS,
    MEANS_VALUE
} means_e;

typedef struct {
    means_e means;
    test_t value;               /* its name is the cookie's */
} cookie_t;

typedef struct {
    uint16_t from;
    uint16_t to;
} status_t;

struct smartmsg_pack_event_s {
    smartmsg_str_t name;
    smartmsg_pack_kind_e kind;
    where_t where;
    bool document;
    size_t n_status;
    status_t status[STATUS_MAX];
    tests_t headers;
    tests_t set_cookies;
    tests_t json;

    /* where the body has them; empty: nowhere */
    smartmsg_str_t id;
    smartmsg_str_t value;
    smartmsg_str_t items;
    smartmsg_str_t currency;
    smartmsg_str_t minor;
};

/* Memory and expressions that are freed with the pack. */
typedef struct owned_s owned_t;

struct smartmsg_pack_s {
    smartmsg_pack_t *base;      /* what it extends */
    json_t *root;               /* that the strings borrow from */
    owned_t *owned;

    size_t n_ignored;
    where_t *ignored;
    size_t n_pages;
    page_t *pages;
    size_t n_cookies;
    cookie_t *cookies;
    size_t n_events;
    smartmsg_pack_event_t *events;

    /* methods of events, of requests without and with arguments */
    unsigned watched[2];

    /* for the browser: escaped JSON members; NULL: that of the base */
    char *cart;
    char *order;
    bool has_pages;             /* the order is looked for on these only */
    test_t order_pages;
    bool has_jsonld;
    bool jsonld;
};

/* Reading a pack: path is where the reader is. */
typedef struct {
    smartmsg_pack_t *pack;
    smartmsg_path_t path;
    smartmsg_error_t *err;
} reader_t;

/* Zeroed memory that is freed with the pack; reports when there is none. */
void *smartmsg_pack_alloc(reader_t *r, size_t n, size_t size);

/* An expression that is freed with the pack; reports what is wrong with it. */
smartmsg_regex_t *smartmsg_pack_regex(reader_t *r, const char *key,
    smartmsg_str_t pattern, bool caseless);

/* Reports an error at the member, or here if key is NULL; false. */
bool smartmsg_pack_wrong(reader_t *r, const char *key, const char *reason);

/* A text without control characters, of 1 to max bytes. */
bool smartmsg_pack_text(reader_t *r, const char *key, const json_t *value,
    size_t max, smartmsg_str_t *out);

/* pack_where.c: the conditions; an absent member (NULL) is no condition */
bool smartmsg_pack_patterns(reader_t *r, const char *key, const json_t *value,
    bool named, test_t *out);
bool smartmsg_pack_tests(reader_t *r, const char *key, const json_t *value,
    tests_t *out);
bool smartmsg_pack_where(reader_t *r, const json_t *object, where_t *out);

/* pack_event.c */
bool smartmsg_pack_read_event(reader_t *r, json_t *object,
    smartmsg_pack_event_t *event);

/* pack_browser.c */
bool smartmsg_pack_read_browser(reader_t *r, json_t *object);

/* pack_match.c: text NULL stands for something that is not there */
bool smartmsg_pack_fits(const test_t *test, const smartmsg_str_t *text);

#endif
