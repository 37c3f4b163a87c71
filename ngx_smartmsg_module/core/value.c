#include "core/value.h"

#include <stdint.h>

smartmsg_value_t smartmsg_value_from_json(const json_t *json)
{
    smartmsg_value_t v = smartmsg_value_missing();

    if (json == NULL) {
        return v;
    }

    switch (json_typeof(json)) {
    case JSON_NULL:
        v.type = SMARTMSG_NULL;
        return v;
    case JSON_TRUE:
        return smartmsg_value_boolean(true);
    case JSON_FALSE:
        return smartmsg_value_boolean(false);
    case JSON_INTEGER:
    case JSON_REAL:
        return smartmsg_value_number(json_number_value(json));
    case JSON_STRING:
        return smartmsg_value_string(json_string_value(json),
                                     json_string_length(json));
    default:
        v.type = SMARTMSG_JSON;
        v.u.json = json;
        return v;
    }
}

/* Whether part is the decimal form of an index, without leading zeros. */
static bool array_index(smartmsg_str_t part, size_t *index)
{
    size_t n = 0;

    if (part.len == 0 || part.len > 9 || (part.data[0] == '0' && part.len > 1))
    {
        return false;
    }

    for (size_t i = 0; i < part.len; i++) {
        if (part.data[i] < '0' || part.data[i] > '9') {
            return false;
        }
        n = n * 10 + (size_t) (part.data[i] - '0');
    }

    *index = n;
    return true;
}

smartmsg_value_t smartmsg_value_at(const json_t *root, smartmsg_str_t path)
{
    const json_t *current = root;

    for (;;) {
        const char *dot = path.len > 0 ? memchr(path.data, '.', path.len)
                                       : NULL;
        smartmsg_str_t part = path;
        size_t index;

        if (dot != NULL) {
            part.len = (size_t) (dot - path.data);
        }

        if (json_is_object(current)) {
            current = json_object_getn(current, part.len > 0 ? part.data : "",
                                       part.len);

        } else if (json_is_array(current) && array_index(part, &index)) {
            current = json_array_get(current, index);

        } else if (json_is_array(current) && dot == NULL
                   && smartmsg_str_eq(part, SMARTMSG_STR("length")))
        {
            return smartmsg_value_number((double) json_array_size(current));

        } else {
            return smartmsg_value_missing();
        }

        if (dot == NULL || current == NULL) {
            return smartmsg_value_from_json(current);
        }

        path.len -= part.len + 1;
        path.data = dot + 1;
    }
}
