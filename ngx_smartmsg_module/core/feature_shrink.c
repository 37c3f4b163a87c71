#include "core/experiment_inside.h"
#include "core/feature_inside.h"

/* What of a definition is used after it has been compiled. */
static const char *const kept[] = {
    "defaultValue", "rules", "goal", "group", NULL
};

/* What of a rule is no longer used. */
static const char *const spent[] = {
    "condition", "description", "name", "coverage", "weights", "ranges", NULL
};

static void drop_members(json_t *definition)
{
    const char *key;
    json_t *member;
    void *next;

    json_object_foreach_safe(definition, next, key, member) {
        size_t i = 0;

        while (kept[i] != NULL && strcmp(kept[i], key) != 0) {
            i++;
        }

        if (kept[i] == NULL) {
            (void) json_object_del(definition, key);
        }
    }
}

/* Whether the value is replaced, or is null, or there is none. */
static bool shrink_member(json_t *object, const char *key, json_int_t number,
    const json_t **value)
{
    if (*value == NULL || json_is_null(*value)) {
        return true;
    }

    if (json_object_set_new(object, key, json_integer(number)) != 0) {
        return false;
    }

    *value = json_object_get(object, key);
    return true;
}

static bool shrink_list(json_t *list, json_int_t number)
{
    size_t i;
    json_t *value;

    json_array_foreach(list, i, value) {
        if (!json_is_null(value)
            && json_array_set_new(list, i,
                                  json_integer(number + (json_int_t) i)) != 0)
        {
            return false;
        }
    }

    return true;
}

bool smartmsg_feature_shrink(smartmsg_feature_t *feature, smartmsg_str_t text)
{
    json_t *rules = json_object_get(feature->source, "rules");
    json_int_t number = 1;

    feature->text = text;
    drop_members(feature->source);

    if (!shrink_member(feature->source, "defaultValue", 0,
                       &feature->default_value))
    {
        return false;
    }

    for (size_t i = 0; i < feature->n_rules; i++) {
        smartmsg_feature_rule_t *rule = &feature->rules[i];
        json_t *object = json_array_get(rules, i);

        for (size_t j = 0; spent[j] != NULL; j++) {
            (void) json_object_del(object, spent[j]);
        }

        if (rule->force != NULL) {
            if (!shrink_member(object, "force", number++, &rule->force)) {
                return false;
            }

        } else if (rule->experiment != NULL) {
            if (!shrink_list(rule->experiment->values, number)) {
                return false;
            }

            number += (json_int_t) rule->experiment->n_variations;
        }
    }

    return true;
}

/* Whether the value is one that was put in place of another. */
static bool is_own(const smartmsg_feature_t *feature, const json_t *value)
{
    const json_t *own;

    for (size_t i = 0; (own = smartmsg_feature_value(feature, i, NULL)); i++) {
        if (own == value) {
            return !json_is_null(value);
        }
    }

    return false;
}

/* The value of that number; NULL if there are not so many. */
static const json_t *find(const json_t *definition, json_int_t number)
{
    const json_t *rules = json_object_get(definition, "rules");
    size_t i;
    const json_t *rule;

    if (number-- == 0) {
        return json_object_get(definition, "defaultValue");
    }

    json_array_foreach(rules, i, rule) {
        const json_t *force = json_object_get(rule, "force");
        const json_t *list = json_object_get(rule, "variations");
        json_int_t n = force != NULL ? 1 : (json_int_t) json_array_size(list);

        if (number < n) {
            return force != NULL ? force : json_array_get(list,
                                                          (size_t) number);
        }

        number -= n;
    }

    return NULL;
}

const json_t *smartmsg_feature_contents(const smartmsg_feature_t *feature,
    const json_t *value)
{
    if (feature->text.data == NULL || !is_own(feature, value)) {
        return value;
    }

    if (feature->whole == NULL) {
        /* the feature stays what it was, it only remembers */
        ((smartmsg_feature_t *) feature)->whole =
            json_loadb(feature->text.data, feature->text.len,
                       JSON_REJECT_DUPLICATES, NULL);
    }

    return find(feature->whole, json_integer_value(value));
}
