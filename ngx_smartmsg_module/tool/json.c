#include "tool/json.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/number.h"
#include "core/text.h"

json_t *ctl_json(json_t *made)
{
    if (made == NULL) {
        ctl_fail(CTL_LOCAL, "out of memory");
    }

    return made;
}

/* The text with U+FFFD instead of bytes that are no UTF-8. */
static void clean(smartmsg_text_t *out, smartmsg_str_t text)
{
    smartmsg_text_init(out);
    smartmsg_text_add_clean(out, text);

    if (out->failed) {
        ctl_fail(CTL_LOCAL, "out of memory");
    }
}

json_t *ctl_json_text(smartmsg_str_t text)
{
    smartmsg_text_t cleaned;
    json_t *value;

    clean(&cleaned, text);
    value = ctl_json(json_stringn(cleaned.data, cleaned.len));
    smartmsg_text_free(&cleaned);
    return value;
}

void ctl_json_set(json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, ctl_json(value)) != 0) {
        ctl_fail(CTL_LOCAL, "out of memory");
    }
}

void ctl_json_set_foreign(json_t *object, smartmsg_str_t name, json_t *value)
{
    smartmsg_text_t cleaned;

    clean(&cleaned, name);

    if (json_object_setn_new(object, cleaned.data, cleaned.len,
                             ctl_json(value)) != 0)
    {
        ctl_fail(CTL_LOCAL, "out of memory");
    }

    smartmsg_text_free(&cleaned);
}

void ctl_json_add(json_t *list, json_t *value)
{
    if (json_array_append_new(list, ctl_json(value)) != 0) {
        ctl_fail(CTL_LOCAL, "out of memory");
    }
}

json_t *ctl_json_number(double number)
{
    return number > -1e15 && number < 1e15
           && number == (double) (json_int_t) number
           ? json_integer((json_int_t) number) : json_real(number);
}

json_t *ctl_json_auto(smartmsg_str_t text)
{
    double number;

    return smartmsg_number_parse(text, &number) ? ctl_json_number(number)
                                                : ctl_json_text(text);
}

static void print(json_t *value, size_t flags)
{
    if (json_dumpf(value, stdout, flags | JSON_ENSURE_ASCII | JSON_ENCODE_ANY
                                  | JSON_REAL_PRECISION(15)) != 0)
    {
        ctl_fail(CTL_LOCAL, "the output could not be written");
    }

    (void) putchar('\n');
    json_decref(value);
}

void ctl_json_print(json_t *value)
{
    print(value, JSON_INDENT(2));
}

void ctl_json_print_line(json_t *value)
{
    print(value, JSON_COMPACT);
}

char *ctl_json_compact(const json_t *value)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));

    if (text == NULL) {
        ctl_fail(CTL_LOCAL, "out of memory");
    }

    return text;
}
