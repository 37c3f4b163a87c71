#include "core/set.h"

#include <stdlib.h>

#include "core/unicode.h"

struct smartmsg_set_s {
    bool caseless;
    bool null;
    bool yes;
    bool no;
    double *numbers;
    size_t n_numbers;
    smartmsg_str_t *strings;
    size_t n_strings;
    char *lower;  /* what strings points to if caseless */
};

static int cmp_numbers(const void *a, const void *b)
{
    double x = *(const double *) a;
    double y = *(const double *) b;

    return (x > y) - (x < y);
}

/* Any order will do: lengths first is the fastest. */
static int cmp_strings(const void *a, const void *b)
{
    const smartmsg_str_t *x = a;
    const smartmsg_str_t *y = b;

    if (x->len != y->len) {
        return x->len < y->len ? -1 : 1;
    }

    return x->len > 0 ? memcmp(x->data, y->data, x->len) : 0;
}

static void add(smartmsg_set_t *set, const json_t *item)
{
    smartmsg_value_t value = smartmsg_value_from_json(item);

    switch (value.type) {
    case SMARTMSG_NULL:
        set->null = true;
        break;
    case SMARTMSG_BOOLEAN:
        set->yes |= value.u.boolean;
        set->no |= !value.u.boolean;
        break;
    case SMARTMSG_NUMBER:
        set->numbers[set->n_numbers++] = value.u.number;
        break;
    case SMARTMSG_STRING:
        set->strings[set->n_strings++] = value.u.string;
        break;
    default:
        break;
    }
}

/* Replaces the strings by their lower case form. */
static bool fold(smartmsg_set_t *set)
{
    smartmsg_text_t text;
    size_t from = 0;

    smartmsg_text_init(&text);

    for (size_t i = 0; i < set->n_strings; i++) {
        smartmsg_add_lower(&text, set->strings[i]);
        set->strings[i].len = text.len - from;
        from = text.len;
    }

    set->lower = text.failed ? NULL : malloc(text.len + 1);
    if (set->lower == NULL) {
        smartmsg_text_free(&text);
        return false;
    }

    memcpy(set->lower, text.data, text.len);
    smartmsg_text_free(&text);
    from = 0;

    for (size_t i = 0; i < set->n_strings; i++) {
        set->strings[i].data = set->lower + from;
        from += set->strings[i].len;
    }

    return true;
}

smartmsg_set_t *smartmsg_set_create(const json_t *list, bool caseless)
{
    smartmsg_set_t *set = calloc(1, sizeof(*set));
    size_t size = json_array_size(list);
    size_t i;
    json_t *item;

    if (set == NULL) {
        return NULL;
    }

    set->caseless = caseless;
    set->numbers = malloc((size + 1) * sizeof(*set->numbers));
    set->strings = malloc((size + 1) * sizeof(*set->strings));

    if (set->numbers == NULL || set->strings == NULL) {
        goto failed;
    }

    json_array_foreach(list, i, item) {
        add(set, item);
    }

    if (caseless && !fold(set)) {
        goto failed;
    }

    qsort(set->numbers, set->n_numbers, sizeof(*set->numbers), cmp_numbers);
    qsort(set->strings, set->n_strings, sizeof(*set->strings), cmp_strings);
    return set;

failed:

    smartmsg_set_free(set);
    return NULL;
}

void smartmsg_set_free(smartmsg_set_t *set)
{
    if (set == NULL) {
        return;
    }

    free(set->numbers);
    free(set->strings);
    free(set->lower);
    free(set);
}

static bool has_string(const smartmsg_set_t *set, smartmsg_str_t string)
{
    smartmsg_text_t lower;
    const void *found = NULL;

    if (set->n_strings == 0) {
        return false;
    }

    if (!set->caseless) {
        return bsearch(&string, set->strings, set->n_strings, sizeof(string),
                       cmp_strings) != NULL;
    }

    smartmsg_text_init(&lower);
    smartmsg_add_lower(&lower, string);

    if (!lower.failed) {
        string = smartmsg_text_str(&lower);
        found = bsearch(&string, set->strings, set->n_strings, sizeof(string),
                        cmp_strings);
    }

    smartmsg_text_free(&lower);
    return found != NULL;
}

static bool has_scalar(const smartmsg_set_t *set,
    const smartmsg_value_t *value)
{
    switch (value->type) {
    case SMARTMSG_MISSING:
    case SMARTMSG_NULL:
        return set->null;
    case SMARTMSG_BOOLEAN:
        return value->u.boolean ? set->yes : set->no;
    case SMARTMSG_NUMBER:
        /* NaN equals nothing, but the order above cannot tell */
        return set->n_numbers > 0 && value->u.number == value->u.number
               && bsearch(&value->u.number, set->numbers, set->n_numbers,
                          sizeof(double), cmp_numbers) != NULL;
    case SMARTMSG_STRING:
        return has_string(set, value->u.string);
    default:
        return false;
    }
}

bool smartmsg_set_has(const smartmsg_set_t *set,
    const smartmsg_value_t *value)
{
    size_t i;
    json_t *item;

    if (value->type != SMARTMSG_JSON || !json_is_array(value->u.json)) {
        return has_scalar(set, value);
    }

    json_array_foreach(value->u.json, i, item) {
        smartmsg_value_t element = smartmsg_value_from_json(item);

        if (has_scalar(set, &element)) {
            return true;
        }
    }

    return false;
}
