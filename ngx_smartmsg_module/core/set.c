#include "core/set.h"

#include <stdint.h>
#include <stdlib.h>

#include "core/unicode.h"

/*
 * The strings of a longer list stay where they are: such lists are groups,
 * which several rules share.
 */
#define COPY_MAX 64

/* A list as short as this is looked through. */
#define FEW 6

struct smartmsg_set_s {
    json_t *list;  /* what strings points to if it is not copied */
    uint32_t n_numbers;
    uint32_t n_strings;
    bool caseless;
    bool null;
    bool yes;
    bool no;
    double *numbers;
    smartmsg_str_t strings[];  /* then the numbers, then the bytes */
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

/* The set with room for what list holds. */
static smartmsg_set_t *make_room(const json_t *list)
{
    size_t numbers = 0, strings = 0, i;
    json_t *item;
    smartmsg_set_t *set;

    json_array_foreach(list, i, item) {
        numbers += json_is_number(item);
        strings += json_is_string(item);
    }

    set = malloc(sizeof(*set) + strings * sizeof(smartmsg_str_t)
                 + numbers * sizeof(double));

    if (set != NULL) {
        memset(set, 0, sizeof(*set));
        set->numbers = (void *) &set->strings[strings];
    }

    return set;
}

/* Of a string that is to be copied, in text, data is not known yet. */
static void add_string(smartmsg_set_t *set, smartmsg_str_t string,
    smartmsg_text_t *text)
{
    size_t from = text->len;

    if (set->caseless) {
        smartmsg_add_lower(text, string);
    } else if (set->list == NULL) {
        smartmsg_text_add(text, string);
    }

    if (set->list == NULL) {
        string = smartmsg_str(NULL, text->len - from);
    }

    set->strings[set->n_strings++] = string;
}

static void add(smartmsg_set_t *set, const json_t *item,
    smartmsg_text_t *text)
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
        add_string(set, value.u.string, text);
        break;
    default:
        break;
    }
}

/* Puts the text behind the rest, and the strings to it; NULL without memory. */
static smartmsg_set_t *append(smartmsg_set_t *set, const smartmsg_text_t *text)
{
    size_t numbers = sizeof(*set) + set->n_strings * sizeof(smartmsg_str_t);
    size_t bytes = numbers + set->n_numbers * sizeof(double);
    smartmsg_set_t *longer = text->failed ? NULL
        : realloc(set, bytes + text->len);

    if (longer == NULL) {
        return NULL;
    }

    memcpy((char *) longer + bytes, text->data, text->len);
    longer->numbers = (void *) ((char *) longer + numbers);

    for (uint32_t i = 0; i < longer->n_strings; i++) {
        longer->strings[i].data = (char *) longer + bytes;
        bytes += longer->strings[i].len;
    }

    return longer;
}

smartmsg_set_t *smartmsg_set_create(const json_t *list, bool caseless)
{
    smartmsg_set_t *set = make_room(list), *longer;
    smartmsg_text_t text;
    size_t i;
    json_t *item;

    if (set == NULL) {
        return NULL;
    }

    set->caseless = caseless;

    if (!caseless && json_array_size(list) > COPY_MAX) {
        set->list = json_incref((json_t *) list);  /* is only read */
    }

    smartmsg_text_init(&text);

    json_array_foreach(list, i, item) {
        add(set, item, &text);
    }

    if (set->list == NULL) {
        longer = append(set, &text);
        if (longer == NULL) {
            free(set);
        }
        set = longer;
    }

    smartmsg_text_free(&text);

    if (set != NULL) {
        qsort(set->numbers, set->n_numbers, sizeof(*set->numbers),
              cmp_numbers);
        qsort(set->strings, set->n_strings, sizeof(*set->strings),
              cmp_strings);
    }

    return set;
}

void smartmsg_set_free(smartmsg_set_t *set)
{
    if (set != NULL) {
        json_decref(set->list);
        free(set);
    }
}

static bool find_string(const smartmsg_set_t *set, smartmsg_str_t string)
{
    if (set->n_strings > FEW) {
        return bsearch(&string, set->strings, set->n_strings, sizeof(string),
                       cmp_strings) != NULL;
    }

    for (uint32_t i = 0; i < set->n_strings; i++) {
        if (smartmsg_str_eq(set->strings[i], string)) {
            return true;
        }
    }

    return false;
}

static bool has_string(const smartmsg_set_t *set, smartmsg_str_t string)
{
    smartmsg_text_t lower;
    bool found;

    if (set->n_strings == 0 || !set->caseless) {
        return find_string(set, string);
    }

    smartmsg_text_init(&lower);
    smartmsg_add_lower(&lower, string);
    found = !lower.failed && find_string(set, smartmsg_text_str(&lower));
    smartmsg_text_free(&lower);
    return found;
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
