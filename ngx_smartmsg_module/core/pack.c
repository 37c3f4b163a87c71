#include "core/pack_inside.h"

#include <stddef.h>
#include <stdlib.h>

#include "core/depth.h"
#include "core/jsonpos.h"
#include "core/members.h"

#define LIST_MAX 256

struct owned_s {
    owned_t *next;
    smartmsg_regex_t *regex;    /* NULL: plain memory */
    max_align_t data[];
};

typedef bool (*read_item_t)(reader_t *r, json_t *value, void *item);

void *smartmsg_pack_alloc(reader_t *r, size_t n, size_t size)
{
    owned_t *owned = calloc(1, sizeof(*owned) + n * size);

    if (owned == NULL) {
        smartmsg_error_no_memory(r->err);
        return NULL;
    }

    owned->next = r->pack->owned;
    r->pack->owned = owned;

    return owned->data;
}

smartmsg_regex_t *smartmsg_pack_regex(reader_t *r, const char *key,
    smartmsg_str_t pattern, bool caseless)
{
    char why[160];

    if (smartmsg_pack_alloc(r, 0, 0) == NULL) {
        return NULL;
    }

    r->pack->owned->regex = smartmsg_regex_compile(pattern, caseless, false,
                                                   why, sizeof(why));

    if (r->pack->owned->regex == NULL && why[0] == '\0') {
        smartmsg_error_no_memory(r->err);
    } else if (r->pack->owned->regex == NULL) {
        (void)smartmsg_pack_wrong(r, key, why);
    }

    return r->pack->owned->regex;
}

bool smartmsg_pack_wrong(reader_t *r, const char *key, const char *reason)
{
    size_t former = r->path.len;

    if (key != NULL) {
        (void)smartmsg_path_key(&r->path, key);
    }

    smartmsg_error_set(r->err, r->path.text, "%s", reason);
    smartmsg_path_pop(&r->path, former);

    return false;
}

bool smartmsg_pack_text(reader_t *r, const char *key, const json_t *value,
    size_t max, smartmsg_str_t *out)
{
    *out = smartmsg_str(json_string_value(value), json_string_length(value));

    if (!json_is_string(value) || out->len == 0) {
        return smartmsg_pack_wrong(r, key, "must be a text");
    }

    if (out->len > max) {
        return smartmsg_pack_wrong(r, key, "is too long");
    }

    for (size_t i = 0; i < out->len; i++) {
        if ((unsigned char)out->data[i] < 0x20 || out->data[i] == 0x7f) {
            return smartmsg_pack_wrong(r, key, "has a control character");
        }
    }

    return true;
}

bool smartmsg_pack_name_valid(smartmsg_str_t name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];

        if (!(c >= 'a' && c <= 'z')
            && (i == 0 || (!(c >= '0' && c <= '9') && c != '_' && c != '-')))
        {
            return false;
        }
    }

    return name.len > 0 && name.len <= SMARTMSG_PACK_NAME_MAX;
}

static bool read_ignored(reader_t *r, json_t *value, void *item)
{
    static const char *const names[] = {"path", "args", "cookies", NULL};

    return smartmsg_members_check(value, "an entry of \"ignore\"", names,
                                  &r->path, r->err)
           && smartmsg_pack_where(r, value, item);
}

static bool read_page(reader_t *r, json_t *value, void *item)
{
    static const char *const names[] = {"type", "path", "args", "cookies",
                                        NULL};
    page_t *page = item;

    if (!smartmsg_members_check(value, "a page", names, &r->path, r->err)
        || !smartmsg_pack_text(r, "type", json_object_get(value, "type"),
                               SMARTMSG_PACK_NAME_MAX, &page->type)
        || !smartmsg_pack_where(r, value, &page->where))
    {
        return false;
    }

    if (!smartmsg_pack_name_valid(page->type)) {
        return smartmsg_pack_wrong(r, "type", "must be a word of small letters,"
                                   " digits, \"-\" and \"_\"");
    }

    return true;
}

static bool read_means(reader_t *r, const json_t *value, means_e *means)
{
    static const char *const names[] = {
        [MEANS_FILLED] = "filled",
        [MEANS_ITEMS] = "items",
        [MEANS_VALUE] = "value",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (json_is_string(value)
            && strcmp(json_string_value(value), names[i]) == 0)
        {
            *means = (means_e)i;
            return true;
        }
    }

    return smartmsg_pack_wrong(r, "means", "must be \"filled\", \"items\" or "
                               "\"value\"");
}

static bool read_cookie(reader_t *r, json_t *value, void *item)
{
    static const char *const names[] = {"name", "means", "value", NULL};
    cookie_t *cookie = item;
    const json_t *pattern = json_object_get(value, "value");
    smartmsg_str_t name;

    if (!smartmsg_members_check(value, "a cookie", names, &r->path, r->err)
        || !smartmsg_pack_text(r, "name", json_object_get(value, "name"), 128,
                               &name)
        || !read_means(r, json_object_get(value, "means"), &cookie->means)
        || !smartmsg_pack_patterns(r, "value", pattern, false, &cookie->value))
    {
        return false;
    }

    if (pattern != NULL && cookie->means != MEANS_FILLED) {
        return smartmsg_pack_wrong(r, "value", "is for cookies that mean "
                                   "\"filled\"");
    }

    cookie->value.name = name;

    return true;
}

static bool read_event(reader_t *r, json_t *value, void *item)
{
    return smartmsg_pack_read_event(r, value, item);
}

/* Reads each element of a list into an array; an absent list is empty. */
static bool read_list(reader_t *r, const char *key, const json_t *list,
                      read_item_t read, size_t size, size_t *n, void **items)
{
    json_t *value;
    size_t i;
    size_t former;

    if (list == NULL) {
        return true;
    }

    if (!json_is_array(list) || json_array_size(list) > LIST_MAX) {
        return smartmsg_pack_wrong(r, key, "must be a list [...] of at most "
                                   "256 entries");
    }

    *items = smartmsg_pack_alloc(r, json_array_size(list), size);
    if (*items == NULL) {
        return false;
    }

    former = smartmsg_path_key(&r->path, key);

    json_array_foreach(list, i, value) {
        size_t before = smartmsg_path_index(&r->path, i);

        if (!read(r, value, (char *)*items + i * size)) {
            return false;
        }

        smartmsg_path_pop(&r->path, before);
    }

    smartmsg_path_pop(&r->path, former);
    *n = json_array_size(list);

    return true;
}

static bool read_cart(reader_t *r, const json_t *value)
{
    static const char *const names[] = {"cookies", NULL};
    smartmsg_pack_t *pack = r->pack;
    void *cookies = NULL;

    if (value == NULL) {
        return true;
    }

    size_t former = smartmsg_path_key(&r->path, "cart");

    if (!smartmsg_members_check(value, "\"cart\"", names, &r->path, r->err)
        || !read_list(r, "cookies", json_object_get(value, "cookies"),
                      read_cookie, sizeof(cookie_t), &pack->n_cookies,
                      &cookies))
    {
        return false;
    }

    pack->cookies = cookies;
    smartmsg_path_pop(&r->path, former);

    return true;
}

static bool read_base(reader_t *r, smartmsg_pack_find_t find, void *data)
{
    const json_t *value = json_object_get(r->pack->root, "extends");
    smartmsg_error_t reason;
    smartmsg_str_t name;

    if (value == NULL) {
        return true;
    }

    if (!smartmsg_pack_text(r, "extends", value, SMARTMSG_PACK_NAME_MAX, &name))
    {
        return false;
    }

    if (find == NULL || !smartmsg_pack_name_valid(name)) {
        return smartmsg_pack_wrong(r, "extends", "must be the name of a pack");
    }

    smartmsg_error_clear(&reason);
    r->pack->base = find(data, name, &reason);

    if (r->pack->base == NULL) {
        return smartmsg_pack_wrong(r, "extends", reason.text);
    }

    return true;
}

/* Which methods can be an event at all, of requests with and without args. */
static void collect_watched(smartmsg_pack_t *pack)
{
    for (size_t i = 0; i < pack->n_events; i++) {
        const where_t *where = &pack->events[i].where;
        bool args = false;

        for (size_t k = 0; k < where->args.n; k++) {
            const test_t *test = &where->args.tests[k];

            args = args || test->patterns[0].kind != PATTERN_ABSENT;
        }

        pack->watched[1] |= where->methods;
        pack->watched[0] |= args ? 0 : where->methods;
    }

    if (pack->base != NULL) {
        pack->watched[0] |= pack->base->watched[0];
        pack->watched[1] |= pack->base->watched[1];
    }
}

static bool read_members(reader_t *r, smartmsg_pack_find_t find, void *data)
{
    static const char *const names[] = {"description", "extends", "ignore",
                                        "pages", "cart", "events", "browser",
                                        NULL};
    smartmsg_pack_t *pack = r->pack;
    json_t *description = json_object_get(pack->root, "description");
    void *ignored = NULL;
    void *pages = NULL;
    void *events = NULL;

    if (!smartmsg_members_check(pack->root, "a pack", names, &r->path, r->err))
    {
        return false;
    }

    if (description != NULL && !json_is_string(description)) {
        return smartmsg_pack_wrong(r, "description", "must be a text");
    }

    if (!read_base(r, find, data)
        || !read_list(r, "ignore", json_object_get(pack->root, "ignore"),
                      read_ignored, sizeof(where_t), &pack->n_ignored,
                      &ignored)
        || !read_list(r, "pages", json_object_get(pack->root, "pages"),
                      read_page, sizeof(page_t), &pack->n_pages, &pages)
        || !read_cart(r, json_object_get(pack->root, "cart"))
        || !read_list(r, "events", json_object_get(pack->root, "events"),
                      read_event, sizeof(smartmsg_pack_event_t),
                      &pack->n_events, &events)
        || !smartmsg_pack_read_browser(r, json_object_get(pack->root,
                                                          "browser")))
    {
        return false;
    }

    pack->ignored = ignored;
    pack->pages = pages;
    pack->events = events;
    collect_watched(pack);

    return true;
}

static json_t *load(smartmsg_str_t text, smartmsg_error_t *err)
{
    json_error_t error = {0};
    json_t *root;

    if (text.len > SMARTMSG_PACK_TEXT_MAX) {
        smartmsg_error_set(err, NULL, "the pack is longer than %d bytes",
                           SMARTMSG_PACK_TEXT_MAX);
        return NULL;
    }

    if (smartmsg_json_is_deep(text, SMARTMSG_PACK_DEPTH_MAX)) {
        smartmsg_error_set(err, NULL, "the pack is nested deeper than %d levels",
                           SMARTMSG_PACK_DEPTH_MAX);
        return NULL;
    }

    root = json_loadb(text.len > 0 ? text.data : "", text.len,
                      JSON_REJECT_DUPLICATES, &error);

    if (root == NULL && error.text[0] == '\0') {
        smartmsg_error_no_memory(err);
    } else if (root == NULL) {
        smartmsg_error_set_at(err, error.line > 0 ? error.line : 0,
                              error.column > 0 ? error.column : 0, "%s",
                              error.text);
    }

    return root;
}

/* An error of meaning has a path; where that is in the text helps people. */
static void locate(smartmsg_str_t text, smartmsg_error_t *err)
{
    smartmsg_jsonpos_t pos;

    if (err != NULL && err->line == 0 && err->path[0] != '\0') {
        (void)smartmsg_jsonpos_find(text, smartmsg_str(err->path,
                                                       strlen(err->path)),
                                    &pos);
        err->line = pos.line;
        err->column = pos.column;
    }
}

smartmsg_pack_t *smartmsg_pack_parse(smartmsg_str_t text,
    smartmsg_pack_find_t find, void *data, smartmsg_error_t *err)
{
    reader_t reader = {.err = err};
    json_t *root;

    smartmsg_error_clear(err);
    root = load(text, err);

    if (root == NULL) {
        return NULL;
    }

    reader.pack = calloc(1, sizeof(*reader.pack));
    if (reader.pack == NULL) {
        json_decref(root);
        smartmsg_error_no_memory(err);
        return NULL;
    }

    reader.pack->root = root;

    if (!read_members(&reader, find, data)) {
        smartmsg_pack_free(reader.pack);
        locate(text, err);
        return NULL;
    }

    return reader.pack;
}

void smartmsg_pack_free(smartmsg_pack_t *pack)
{
    while (pack != NULL) {
        smartmsg_pack_t *base = pack->base;

        while (pack->owned != NULL) {
            owned_t *next = pack->owned->next;

            smartmsg_regex_free(pack->owned->regex);
            free(pack->owned);
            pack->owned = next;
        }

        json_decref(pack->root);
        free(pack->cart);
        free(pack->order);
        free(pack);
        pack = base;
    }
}
