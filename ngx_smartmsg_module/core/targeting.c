#include "core/targeting.h"

#include <stdlib.h>

#include "core/coerce.h"

bool smartmsg_attribute_read(smartmsg_reader_t *r, const json_t *object,
    const char *name, const char *absent, smartmsg_attribute_t *out)
{
    out->name = absent != NULL ? smartmsg_str(absent, strlen(absent))
                               : smartmsg_str("", 0);
    out->slot = SMARTMSG_NO_SLOT;

    if (!smartmsg_read_string(r, object, name, &out->name)) {
        return false;
    }

    if (out->name.len == 0) {
        return true;
    }

    out->slot = smartmsg_names_intern(r->with->names, out->name.data,
                                      out->name.len);
    return out->slot != SMARTMSG_NO_SLOT || smartmsg_read_no_memory(r);
}

smartmsg_value_t smartmsg_attribute_value(
    const smartmsg_attribute_t *attribute, const smartmsg_facts_t *facts)
{
    const smartmsg_value_t *value = NULL;

    if (attribute->slot != SMARTMSG_NO_SLOT) {
        value = smartmsg_fact(facts, attribute->slot);
    }

    return value != NULL && smartmsg_to_boolean(value)
           ? *value : smartmsg_value_string("", 0);
}

bool smartmsg_attribute_present(const smartmsg_value_t *value)
{
    return smartmsg_to_boolean(value);
}

double smartmsg_attribute_hash(smartmsg_str_t seed,
    const smartmsg_value_t *value, int version)
{
    smartmsg_text_t text;
    double n;

    if (value->type == SMARTMSG_STRING) {
        return smartmsg_hash(seed, value->u.string, version);
    }

    smartmsg_text_init(&text);
    smartmsg_add_string(&text, value);
    n = text.failed ? -1
                    : smartmsg_hash(seed, smartmsg_text_str(&text), version);
    smartmsg_text_free(&text);
    return n;
}

static bool read_filter(smartmsg_reader_t *r, const json_t *object,
    smartmsg_filter_t *out)
{
    out->version = 0;

    if (!smartmsg_attribute_read(r, object, "attribute", "id",
                                 &out->attribute)
        || !smartmsg_read_string(r, object, "seed", &out->seed)
        || !smartmsg_read_integer(r, object, "hashVersion", &out->version)
        || !smartmsg_read_ranges(r, object, "ranges", &out->ranges,
                                 &out->n_ranges))
    {
        return false;
    }

    if (out->version == 0) {
        out->version = 2;
    }

    return true;
}

bool smartmsg_filters_read(smartmsg_reader_t *r, const json_t *object,
    smartmsg_filters_t *out)
{
    json_t *list;
    size_t outer, i;
    json_t *item;

    memset(out, 0, sizeof(*out));

    if (!smartmsg_read_json(r, object, "filters", true, &list)) {
        return false;
    }

    if (list == NULL) {
        return true;
    }

    out->list = calloc(json_array_size(list) + 1, sizeof(*out->list));
    if (out->list == NULL) {
        return smartmsg_read_no_memory(r);
    }

    out->present = true;
    outer = smartmsg_path_key(&r->path, "filters");

    json_array_foreach(list, i, item) {
        size_t former = smartmsg_path_index(&r->path, i);

        if (!json_is_object(item) && !r->with->lenient) {
            smartmsg_error_set(r->err, r->path.text, "must be an object");
            return false;
        }

        out->count = i + 1;
        if (!read_filter(r, item, &out->list[i])) {
            return false;
        }

        smartmsg_path_pop(&r->path, former);
    }

    smartmsg_path_pop(&r->path, outer);
    return true;
}

void smartmsg_filters_free(smartmsg_filters_t *filters)
{
    for (size_t i = 0; i < filters->count; i++) {
        free(filters->list[i].ranges);
    }

    free(filters->list);
}

static bool filter_passes(const smartmsg_filter_t *filter,
    const smartmsg_facts_t *facts)
{
    smartmsg_value_t value = smartmsg_attribute_value(&filter->attribute,
                                                      facts);

    if (!smartmsg_attribute_present(&value)) {
        return false;
    }

    return smartmsg_choose_variation(
               smartmsg_attribute_hash(filter->seed, &value, filter->version),
               filter->ranges, filter->n_ranges) >= 0;
}

bool smartmsg_filters_pass(const smartmsg_filters_t *filters,
    const smartmsg_facts_t *facts)
{
    for (size_t i = 0; i < filters->count; i++) {
        if (!filter_passes(&filters->list[i], facts)) {
            return false;
        }
    }

    return true;
}

void smartmsg_filters_slots(const smartmsg_filters_t *filters,
    uint32_t *slots, size_t *count)
{
    for (size_t i = 0; i < filters->count; i++) {
        slots[(*count)++] = filters->list[i].attribute.slot;
    }
}
