#include "core/program.h"

static const char *const logical_names[] = {
    "$and", "$or", "$nor", "$not", "$savedGroup", NULL
};

bool smartmsg_is_operators(const json_t *json)
{
    json_t *object = (json_t *) json;  /* is only read */
    const char *key;
    json_t *member;

    if (!json_is_object(json) || json_object_size(json) == 0) {
        return false;
    }

    json_object_foreach(object, key, member) {
        if (key[0] != '$') {
            return false;
        }
    }

    return true;
}

/* $and, $or, $nor: a list of conditions into parent, each a child. */
static bool compile_list(smartmsg_compiler_t *c, smartmsg_place_t place,
    const json_t *list)
{
    size_t i;
    json_t *item;

    json_array_foreach(list, i, item) {
        size_t former = smartmsg_path_index(&c->path, i);
        smartmsg_place_t inside = place;

        inside.parent = smartmsg_tree_add(c, place.parent, SMARTMSG_OP_AND, 0);

        if (inside.parent == NULL
            || !smartmsg_compile_condition(c, inside, item))
        {
            return false;
        }

        smartmsg_path_pop(&c->path, former);
    }

    return true;
}

static bool compile_and(smartmsg_compiler_t *c, smartmsg_place_t place,
    const json_t *list)
{
    if (!json_is_array(list)) {
        return smartmsg_wrong(c, place.parent, "must be a list of conditions");
    }

    return compile_list(c, place, list);
}

static bool compile_or(smartmsg_compiler_t *c, smartmsg_place_t place,
    const json_t *list, bool negate)
{
    if (!json_is_array(list)) {
        return smartmsg_wrong(c, place.parent, "must be a list of conditions");
    }

    if (json_array_size(list) == 0) {
        /* an empty $or holds, so an empty $nor does not */
        return !negate
               || smartmsg_tree_add(c, place.parent, SMARTMSG_OP_FALSE, 0);
    }

    if (negate) {
        place.parent = smartmsg_tree_add(c, place.parent, SMARTMSG_OP_NOT, 0);
        if (place.parent == NULL) {
            return false;
        }
    }

    place.parent = smartmsg_tree_add(c, place.parent, SMARTMSG_OP_OR, 0);
    return place.parent != NULL && compile_list(c, place, list);
}

static bool compile_not(smartmsg_compiler_t *c, smartmsg_place_t place,
    const json_t *condition)
{
    place.parent = smartmsg_tree_add(c, place.parent, SMARTMSG_OP_NOT, 0);
    return place.parent != NULL
           && smartmsg_compile_condition(c, place, condition);
}

/* Adds the node that makes name's value the subject. */
static smartmsg_tree_t *add_subject(smartmsg_compiler_t *c,
    smartmsg_place_t place, const char *name, size_t len)
{
    bool late = smartmsg_str_eq(smartmsg_str(name, len),
                                SMARTMSG_STR("page.type"));
    smartmsg_tree_t *tree;

    tree = smartmsg_tree_add(c, place.parent, place.local ? SMARTMSG_OP_MEMBER
                                                          : SMARTMSG_OP_AND,
                             late ? SMARTMSG_COST_PAGE_TYPE
                                  : SMARTMSG_COST_FACT);
    if (tree == NULL) {
        return NULL;
    }

    if (place.local) {
        tree->node.u.value = smartmsg_value_string(name, len);
        return tree;
    }

    tree->node.slot = smartmsg_names_intern(c->with->names, name, len);
    if (tree->node.slot == SMARTMSG_NO_SLOT) {
        smartmsg_error_no_memory(c->err);
        return NULL;
    }

    return tree;
}

static bool compile_field(smartmsg_compiler_t *c, smartmsg_place_t place,
    const char *name, size_t len, const json_t *condition)
{
    const char *meant;

    if (name[0] == '$' && !c->with->lenient) {
        meant = smartmsg_suggest(name, logical_names);
        return smartmsg_wrong(c, place.parent, "unknown operator%s%s%s",
                              meant ? ", did you mean " : " here",
                              meant ? meant : "", meant ? "?" : "");
    }

    place.parent = add_subject(c, place, name, len);
    return place.parent != NULL
           && smartmsg_compile_value(c, place, condition, false);
}

static bool compile_member(smartmsg_compiler_t *c, smartmsg_place_t place,
    const char *key, size_t len, const json_t *value)
{
    if (strcmp(key, "$and") == 0) {
        return compile_and(c, place, value);
    }

    if (strcmp(key, "$or") == 0) {
        return compile_or(c, place, value, false);
    }

    if (strcmp(key, "$nor") == 0) {
        return compile_or(c, place, value, true);
    }

    if (strcmp(key, "$not") == 0) {
        return compile_not(c, place, value);
    }

    if (strcmp(key, "$savedGroup") == 0) {
        return smartmsg_compile_saved_group(c, place, value);
    }

    return compile_field(c, place, key, len, value);
}

bool smartmsg_compile_condition(smartmsg_compiler_t *c,
    smartmsg_place_t place, const json_t *condition)
{
    json_t *object = (json_t *) condition;  /* is only read */
    const char *key;
    size_t len;
    json_t *value;

    if (!json_is_object(condition)) {
        return smartmsg_wrong(c, place.parent,
                              "a condition must be an object");
    }

    if (c->depth == SMARTMSG_DEPTH_MAX) {
        return smartmsg_refuse(c, "conditions are nested too deeply");
    }

    c->depth++;

    json_object_keylen_foreach(object, key, len, value) {
        size_t former = smartmsg_path_key(&c->path, key);

        if (!compile_member(c, place, key, len, value)) {
            return false;
        }

        smartmsg_path_pop(&c->path, former);
    }

    c->depth--;
    return true;
}

/* The group's list has to contain what attribute names. */
static bool compile_group_list(smartmsg_compiler_t *c,
    smartmsg_place_t place, const json_t *group, const json_t *attribute)
{
    const json_t *values = json_object_get(group, "values");

    if (attribute == NULL) {
        attribute = json_object_get(group, "attributeKey");
    }

    if (!json_is_string(attribute) || !json_is_array(values)) {
        return smartmsg_wrong(c, place.parent, "the saved group is broken");
    }

    place.parent = add_subject(c, place, json_string_value(attribute),
                               json_string_length(attribute));
    return place.parent != NULL
           && smartmsg_compile_set(c, place, values, false, false);
}

static bool in_chain(const smartmsg_group_chain_t *chain, const char *id)
{
    for (; chain != NULL; chain = chain->outer) {
        if (strcmp(chain->id, id) == 0) {
            return true;
        }
    }

    return false;
}

bool smartmsg_compile_saved_group(smartmsg_compiler_t *c,
    smartmsg_place_t place, const json_t *reference)
{
    const char *id = json_string_value(json_object_get(reference, "id"));
    const json_t *attribute = json_object_get(reference, "attributeKey");
    const json_t *group;
    const char *type;
    smartmsg_group_chain_t chain = { place.groups, id };

    if (id == NULL || (attribute != NULL && !json_is_string(attribute))) {
        return smartmsg_wrong(c, place.parent,
                              "must be an object with the id of a saved group");
    }

    if (in_chain(place.groups, id)) {
        return smartmsg_wrong(c, place.parent, "saved groups in a circle");
    }

    group = json_object_get(c->with->saved_groups, id);
    type = json_string_value(json_object_get(group, "type"));

    if (group == NULL && c->with->open_groups) {
        return smartmsg_tree_add(c, place.parent, SMARTMSG_OP_FALSE, 0)
               != NULL;
    }

    if (type == NULL) {
        return smartmsg_wrong(c, place.parent, "no saved group \"%s\"", id);
    }

    if (strcmp(type, "list") == 0) {
        return compile_group_list(c, place, group, attribute);
    }

    if (strcmp(type, "condition") != 0) {
        return smartmsg_wrong(c, place.parent,
                              "saved group \"%s\" has an unknown type", id);
    }

    place.groups = &chain;
    return smartmsg_compile_condition(c, place,
                                      json_object_get(group, "condition"));
}
