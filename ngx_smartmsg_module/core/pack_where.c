#include "core/pack_inside.h"

#include "core/members.h"

#define PATTERN_MAX 512
#define NAME_MAX    128

/* "~re" and "~*re" are regular expressions, "text*" a beginning. */
static bool read_pattern(reader_t *r, const char *key, const json_t *value,
                         pattern_t *out)
{
    smartmsg_str_t *text = &out->text;

    /* an argument or cookie may be there without a value */
    if (json_is_string(value) && json_string_length(value) == 0) {
        out->kind = PATTERN_EXACT;
        return true;
    }

    if (!smartmsg_pack_text(r, key, value, PATTERN_MAX, text)) {
        return false;
    }

    if (text->data[0] == '~') {
        bool caseless = text->len > 1 && text->data[1] == '*';
        size_t skip = caseless ? 2 : 1;

        out->kind = PATTERN_REGEX;
        out->regex = smartmsg_pack_regex(r, key,
                                         smartmsg_str(text->data + skip,
                                                      text->len - skip),
                                         caseless);
        return out->regex != NULL;
    }

    out->kind = PATTERN_EXACT;

    if (text->data[text->len - 1] == '*') {
        out->kind = PATTERN_PREFIX;
        text->len--;
    }

    return true;
}

static bool read_pattern_list(reader_t *r, const char *key, const json_t *value,
                              test_t *out)
{
    size_t n = json_array_size(value);

    if (n == 0 || n > 32) {
        return smartmsg_pack_wrong(r, key, "must be a text, or a list of 1 to "
                                   "32 texts");
    }

    for (size_t i = 0; i < n; i++) {
        if (!read_pattern(r, key, json_array_get(value, i), &out->patterns[i]))
        {
            return false;
        }
    }

    out->n = n;

    return true;
}

bool smartmsg_pack_patterns(reader_t *r, const char *key, const json_t *value,
    bool named, test_t *out)
{
    size_t n = json_is_array(value) ? json_array_size(value) : 1;

    if (value == NULL) {
        return true;
    }

    out->patterns = smartmsg_pack_alloc(r, n + 1, sizeof(pattern_t));
    if (out->patterns == NULL) {
        return false;
    }

    if (json_is_array(value)) {
        return read_pattern_list(r, key, value, out);
    }

    out->n = 1;

    if (named && json_is_boolean(value)) {
        out->patterns[0].kind = json_is_true(value) ? PATTERN_PRESENT
                                                    : PATTERN_ABSENT;
        return true;
    }

    if (!json_is_string(value)) {
        return smartmsg_pack_wrong(r, key, named
                                   ? "must be a text, a list of texts, true "
                                     "(it is there) or false (it is not)"
                                   : "must be a text or a list of texts");
    }

    return read_pattern(r, key, value, &out->patterns[0]);
}

bool smartmsg_pack_tests(reader_t *r, const char *key, const json_t *value,
    tests_t *out)
{
    const char *name;
    json_t *pattern;
    size_t former;

    if (value == NULL) {
        return true;
    }

    if (!json_is_object(value) || json_object_size(value) == 0) {
        return smartmsg_pack_wrong(r, key, "must be an object {\"name\": "
                                   "pattern}");
    }

    out->tests = smartmsg_pack_alloc(r, json_object_size(value),
                                     sizeof(test_t));
    if (out->tests == NULL) {
        return false;
    }

    former = smartmsg_path_key(&r->path, key);

    json_object_foreach((json_t *)value, name, pattern) {
        test_t *test = &out->tests[out->n];

        test->name = smartmsg_str(name, strlen(name));

        if (test->name.len == 0 || test->name.len > NAME_MAX) {
            return smartmsg_pack_wrong(r, name, "is no name");
        }

        if (!smartmsg_pack_patterns(r, name, pattern, true, test)) {
            return false;
        }

        out->n++;
    }

    smartmsg_path_pop(&r->path, former);

    return true;
}

static bool check_paths(reader_t *r, const test_t *path)
{
    for (size_t i = 0; i < path->n; i++) {
        const pattern_t *pattern = &path->patterns[i];

        if (pattern->kind != PATTERN_REGEX
            && (pattern->text.len == 0 || pattern->text.data[0] != '/'))
        {
            return smartmsg_pack_wrong(r, "path", "must begin with \"/\", or "
                                       "with \"~\" for a regular expression");
        }
    }

    return true;
}

static bool read_method(reader_t *r, const json_t *value, unsigned *methods)
{
    static const char *const names[] = {"GET", "POST", "PUT", "PATCH",
                                        "DELETE"};

    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (json_is_string(value)
            && strcmp(json_string_value(value), names[i]) == 0)
        {
            *methods |= 1u << i;
            return true;
        }
    }

    return smartmsg_pack_wrong(r, "method", "must be GET, POST, PUT, PATCH or "
                               "DELETE, or a list of them");
}

static bool read_methods(reader_t *r, const json_t *value, unsigned *methods)
{
    if (value == NULL) {
        *methods = SMARTMSG_METHOD_ALL;
        return true;
    }

    if (!json_is_array(value) || json_array_size(value) == 0) {
        return read_method(r, value, methods);
    }

    for (size_t i = 0; i < json_array_size(value); i++) {
        if (!read_method(r, json_array_get(value, i), methods)) {
            return false;
        }
    }

    return true;
}

bool smartmsg_pack_where(reader_t *r, const json_t *object, where_t *out)
{
    if (!read_methods(r, json_object_get(object, "method"), &out->methods)
        || !smartmsg_pack_patterns(r, "path", json_object_get(object, "path"),
                                   false, &out->path)
        || !check_paths(r, &out->path)
        || !smartmsg_pack_tests(r, "args", json_object_get(object, "args"),
                                &out->args)
        || !smartmsg_pack_tests(r, "cookies",
                                json_object_get(object, "cookies"),
                                &out->cookies))
    {
        return false;
    }

    if (out->path.n == 0 && out->args.n == 0) {
        return smartmsg_pack_wrong(r, NULL, "needs \"path\" or \"args\"");
    }

    return true;
}
