#include "core/flat.h"

#include <math.h>
#include <stdio.h>

#include "core/terms.h"
#include "core/unicode.h"

#define NUMBER_MAX 1e15

static smartmsg_str_t json_str(const json_t *string)
{
    return smartmsg_str(json_string_value(string),
                        json_string_length(string));
}

bool smartmsg_flat_name_valid(smartmsg_str_t name)
{
    return smartmsg_name_valid(name)
           && !(name.data[0] >= '0' && name.data[0] <= '9');
}

bool smartmsg_flat_text_valid(smartmsg_str_t text, size_t max)
{
    for (size_t n = 0; text.len > 0; n++) {
        uint32_t code = smartmsg_next_char(&text);

        if (n == max || code < 0x20 || (code >= 0x7f && code <= 0x9f)) {
            return false;
        }
    }

    return true;
}

static bool value_valid(const json_t *value, const char **reason)
{
    if (json_is_string(value)) {
        *reason = "must be a text of at most 256 characters";
        return smartmsg_flat_text_valid(json_str(value),
                                        SMARTMSG_FLAT_TEXT_MAX);
    }

    if (json_is_number(value)) {
        *reason = "must be a number between -1e15 and 1e15";
        return fabs(json_number_value(value)) <= NUMBER_MAX;
    }

    *reason = "must be a text, a number, true or false";

    return json_is_boolean(value);
}

bool smartmsg_flat_check(const json_t *value, smartmsg_path_t *path,
                         const char **reason)
{
    const char *key;
    json_t *member;
    size_t size = 0;

    if (!json_is_object(value)
        || json_object_size(value) > SMARTMSG_FLAT_MEMBERS_MAX)
    {
        *reason = "must be an object of at most 16 members";
        return false;
    }

    json_object_foreach((json_t *)value, key, member) {
        smartmsg_str_t name = smartmsg_str(key, strlen(key));
        char buf[SMARTMSG_FLAT_VALUE_SIZE];
        size_t former = smartmsg_path_key(path, key);

        if (!smartmsg_flat_name_valid(name)) {
            *reason = "has no name of a letter, then letters, digits, '_', "
                      "'.' or '-', at most 64";
            return false;
        }

        if (!value_valid(member, reason)) {
            return false;
        }

        smartmsg_path_pop(path, former);
        size += name.len + smartmsg_flat_text(member, buf).len;
    }

    *reason = "must have at most 2048 bytes of names and values";

    return size <= SMARTMSG_FLAT_SIZE_MAX;
}

static smartmsg_str_t number_text(double number, char *buf)
{
    int len = snprintf(buf, SMARTMSG_FLAT_VALUE_SIZE, "%.6f", number);

    while (buf[len - 1] == '0') {
        len--;
    }

    if (buf[len - 1] == '.') {
        len--;
    }

    /* What is too small to be told is none. */
    return len == 2 && buf[0] == '-' && buf[1] == '0' ? SMARTMSG_STR("0")
                                                      : smartmsg_str(buf, len);
}

smartmsg_str_t smartmsg_flat_text(const json_t *value,
                                  char buf[SMARTMSG_FLAT_VALUE_SIZE])
{
    if (json_is_string(value)) {
        return json_str(value);
    }

    if (json_is_number(value)) {
        return number_text(json_number_value(value), buf);
    }

    return json_is_true(value) ? SMARTMSG_STR("true") : SMARTMSG_STR("false");
}
