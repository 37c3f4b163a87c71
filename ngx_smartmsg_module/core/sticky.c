#include "core/sticky.h"

#include <stdio.h>

#include "core/coerce.h"

static int add_dump(const char *buffer, size_t size, void *data)
{
    smartmsg_text_add(data, smartmsg_str(buffer, size));
    return 0;
}

/* The text form of an attribute's value: as it is, or as JSON. */
static void add_value(smartmsg_text_t *text, const smartmsg_value_t *value)
{
    if (value->type != SMARTMSG_JSON) {
        smartmsg_add_string(text, value);
        return;
    }

    if (json_dump_callback(value->u.json, add_dump, text, JSON_COMPACT) != 0) {
        text->failed = true;
    }
}

static void add_experiment(smartmsg_text_t *text,
    const smartmsg_sticky_rule_t *rule, int version)
{
    char suffix[24];
    int n = snprintf(suffix, sizeof(suffix), "__%d", version);

    smartmsg_text_add(text, rule->experiment);
    smartmsg_text_add(text, smartmsg_str(suffix, (size_t) n));
}

/* Asks for the assignment of one attribute; true if there is one. */
static bool ask(const smartmsg_sticky_rule_t *rule,
    const smartmsg_sticky_t *store, smartmsg_str_t attribute,
    const smartmsg_value_t *value, int version, smartmsg_str_t *variation)
{
    smartmsg_text_t text, experiment;
    smartmsg_sticky_key_t key;
    bool found = false;

    smartmsg_text_init(&text);
    smartmsg_text_init(&experiment);
    add_value(&text, value);
    add_experiment(&experiment, rule, version);

    if (!text.failed && !experiment.failed) {
        key.attribute = attribute;
        key.value = smartmsg_text_str(&text);
        key.experiment = smartmsg_text_str(&experiment);
        found = store->get(store->data, &key, variation);
    }

    smartmsg_text_free(&text);
    smartmsg_text_free(&experiment);
    return found;
}

/* The assignment of the attribute, else that of the fallback. */
static bool find(const smartmsg_sticky_rule_t *rule,
    const smartmsg_sticky_t *store, const smartmsg_facts_t *facts,
    int version, smartmsg_str_t *variation)
{
    smartmsg_value_t value = smartmsg_attribute_value(&rule->attribute, facts);

    if (ask(rule, store, rule->attribute.name, &value, version, variation)) {
        return true;
    }

    value = smartmsg_attribute_value(&rule->fallback, facts);
    return smartmsg_attribute_present(&value)
           && ask(rule, store, rule->fallback.name, &value, version,
                  variation);
}

smartmsg_sticky_verdict_t smartmsg_sticky_find(
    const smartmsg_sticky_rule_t *rule, const smartmsg_sticky_t *store,
    const smartmsg_facts_t *facts, smartmsg_text_t *variation)
{
    smartmsg_str_t found;

    for (int i = 0; i < rule->min_version; i++) {
        if (find(rule, store, facts, i, &found)) {
            return SMARTMSG_STICKY_BLOCKED;
        }
    }

    if (!find(rule, store, facts, rule->version, &found)) {
        return SMARTMSG_STICKY_NONE;
    }

    smartmsg_text_add(variation, found);
    return SMARTMSG_STICKY_FOUND;
}

void smartmsg_sticky_save(const smartmsg_sticky_rule_t *rule,
    const smartmsg_sticky_t *store, smartmsg_str_t attribute,
    const smartmsg_value_t *value, smartmsg_str_t variation)
{
    smartmsg_text_t text, experiment;
    smartmsg_sticky_key_t key;
    smartmsg_str_t found;

    if (ask(rule, store, attribute, value, rule->version, &found)
        && smartmsg_str_eq(found, variation))
    {
        return;
    }

    smartmsg_text_init(&text);
    smartmsg_text_init(&experiment);
    add_value(&text, value);
    add_experiment(&experiment, rule, rule->version);

    if (!text.failed && !experiment.failed) {
        key.attribute = attribute;
        key.value = smartmsg_text_str(&text);
        key.experiment = smartmsg_text_str(&experiment);
        store->put(store->data, &key, variation);
    }

    smartmsg_text_free(&text);
    smartmsg_text_free(&experiment);
}
