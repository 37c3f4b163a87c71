#include "core/reader.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

/* The member, NULL if it is absent or null. */
static const json_t *get(const json_t *object, const char *name)
{
    const json_t *member = json_object_get(object, name);

    return json_is_null(member) ? NULL : member;
}

bool smartmsg_read_wrong(smartmsg_reader_t *r, const char *name,
    const char *wanted)
{
    size_t former;

    if (r->with->lenient) {
        return true;
    }

    former = smartmsg_path_key(&r->path, name);
    smartmsg_error_set(r->err, r->path.text, "must be %s", wanted);
    smartmsg_path_pop(&r->path, former);
    return false;
}

bool smartmsg_read_no_memory(smartmsg_reader_t *r)
{
    smartmsg_error_no_memory(r->err);
    return false;
}

bool smartmsg_read_boolean(smartmsg_reader_t *r, const json_t *object,
    const char *name, bool *out)
{
    const json_t *member = get(object, name);

    if (member != NULL && !json_is_boolean(member)) {
        return smartmsg_read_wrong(r, name, "true or false");
    }

    if (member != NULL) {
        *out = json_is_true(member);
    }

    return true;
}

bool smartmsg_read_number(smartmsg_reader_t *r, const json_t *object,
    const char *name, double *out)
{
    const json_t *member = get(object, name);

    if (member != NULL && !json_is_number(member)) {
        return smartmsg_read_wrong(r, name, "a number");
    }

    if (member != NULL) {
        *out = json_number_value(member);
    }

    return true;
}

bool smartmsg_read_integer(smartmsg_reader_t *r, const json_t *object,
    const char *name, int *out)
{
    double number = *out;

    if (!smartmsg_read_number(r, object, name, &number)) {
        return false;
    }

    if (!(number >= INT_MIN && number <= INT_MAX) || number != trunc(number)) {
        return smartmsg_read_wrong(r, name, "a whole number");
    }

    *out = (int) number;
    return true;
}

bool smartmsg_read_string(smartmsg_reader_t *r, const json_t *object,
    const char *name, smartmsg_str_t *out)
{
    const json_t *member = get(object, name);

    if (member != NULL && !json_is_string(member)) {
        return smartmsg_read_wrong(r, name, "a string");
    }

    if (json_string_length(member) > 0) {
        *out = smartmsg_str(json_string_value(member),
                            json_string_length(member));
    }

    return true;
}

static bool to_range(const json_t *json, smartmsg_range_t *out)
{
    const json_t *lo = json_array_get(json, 0);
    const json_t *hi = json_array_get(json, 1);

    out->lo = json_number_value(lo);
    out->hi = json_number_value(hi);
    return json_is_number(lo) && json_is_number(hi)
           && json_array_size(json) == 2;
}

bool smartmsg_read_range(smartmsg_reader_t *r, const json_t *object,
    const char *name, smartmsg_range_t *out, bool *found)
{
    const json_t *member = get(object, name);

    *found = member != NULL && to_range(member, out);

    if (member != NULL && !*found) {
        return smartmsg_read_wrong(r, name, "two numbers, [from, to]");
    }

    return true;
}

bool smartmsg_read_json(smartmsg_reader_t *r, const json_t *object,
    const char *name, bool list, json_t **out)
{
    json_t *member = (json_t *) get(object, name);

    *out = NULL;

    if (member == NULL) {
        return true;
    }

    if (list ? !json_is_array(member) : !json_is_object(member)) {
        return smartmsg_read_wrong(r, name, list ? "a list" : "an object");
    }

    *out = member;
    return true;
}

/* An array of json_array_size(list) things of that size, at least one. */
static void *list_alloc(const json_t *list, size_t size)
{
    return calloc(json_array_size(list) + 1, size);
}

bool smartmsg_read_ranges(smartmsg_reader_t *r, const json_t *object,
    const char *name, smartmsg_range_t **out, size_t *count)
{
    json_t *list;

    *out = NULL;
    *count = 0;

    if (!smartmsg_read_json(r, object, name, true, &list) || list == NULL) {
        return list == NULL && (r->with->lenient || get(object, name) == NULL);
    }

    *out = list_alloc(list, sizeof(**out));
    if (*out == NULL) {
        return smartmsg_read_no_memory(r);
    }

    for (size_t i = 0; i < json_array_size(list); i++) {
        if (!to_range(json_array_get(list, i), *out + i)) {
            free(*out);
            *out = NULL;
            return smartmsg_read_wrong(r, name,
                                       "a list of ranges, [[from, to], ...]");
        }
    }

    *count = json_array_size(list);
    return true;
}

bool smartmsg_read_numbers(smartmsg_reader_t *r, const json_t *object,
    const char *name, double **out, size_t *count)
{
    json_t *list;

    *out = NULL;
    *count = 0;

    if (!smartmsg_read_json(r, object, name, true, &list) || list == NULL) {
        return list == NULL && (r->with->lenient || get(object, name) == NULL);
    }

    *out = list_alloc(list, sizeof(**out));
    if (*out == NULL) {
        return smartmsg_read_no_memory(r);
    }

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);

        if (!json_is_number(item)) {
            free(*out);
            *out = NULL;
            return smartmsg_read_wrong(r, name, "a list of numbers");
        }

        (*out)[i] = json_number_value(item);
    }

    *count = json_array_size(list);
    return true;
}

bool smartmsg_read_condition(smartmsg_reader_t *r, const json_t *object,
    const char *name, smartmsg_condition_t **out)
{
    smartmsg_compile_t with = *r->with;
    size_t former;
    json_t *condition;

    *out = NULL;

    if (!smartmsg_read_json(r, object, name, false, &condition)) {
        return false;
    }

    if (condition == NULL) {
        return true;
    }

    former = smartmsg_path_key(&r->path, name);
    with.path = r->path.text;
    *out = smartmsg_condition_compile(condition, &with, r->err);
    smartmsg_path_pop(&r->path, former);
    return *out != NULL;
}
