#include <stdlib.h>

#include "core/program.h"
#include "core/unicode.h"
#include "core/version.h"

/*
 * What a test costs, roughly in comparisons, where those that hold for nearly
 * everybody cost more.  Siblings are tested in this order.
 */
#define COST_EQUAL   2
#define COST_SET     4
#define COST_SIMPLE  5
#define COST_LOWER   8
#define COST_VERSION 16
#define COST_DEEP    32
#define COST_LOOP    64
#define COST_REGEX   1000

typedef bool (*operator_pt)(smartmsg_compiler_t *c, smartmsg_place_t place,
    const json_t *operand, int how);

/* Appends a test with an operand. */
static bool add_test(smartmsg_compiler_t *c, smartmsg_place_t place,
    smartmsg_op_t op, uint32_t cost, int cmp, smartmsg_value_t operand)
{
    smartmsg_tree_t *tree = smartmsg_tree_add(c, place.parent, op, cost);

    if (tree == NULL) {
        return false;
    }

    tree->node.cmp = (uint8_t) cmp;
    tree->node.u.value = operand;

    if (operand.type == SMARTMSG_JSON) {
        (void) json_incref((json_t *) operand.u.json);  /* is only read */
    }

    return true;
}

/* Like add_test(); the operand is the text, which ends here. */
static bool add_text_test(smartmsg_compiler_t *c, smartmsg_place_t place,
    smartmsg_op_t op, uint32_t cost, int cmp, smartmsg_text_t *text)
{
    char *copy = text->failed ? NULL : malloc(text->len + 1);
    size_t len = text->len;

    if (copy != NULL) {
        memcpy(copy, text->data, len);
    }

    smartmsg_text_free(text);

    if (copy == NULL) {
        smartmsg_error_no_memory(c->err);
        return false;
    }

    if (!add_test(c, place, op, cost, cmp, smartmsg_value_string(copy, len))) {
        free(copy);
        return false;
    }

    place.parent->last->text = copy;
    return true;
}

/* Puts a NOT between place and what follows. */
static bool negate(smartmsg_compiler_t *c, smartmsg_place_t *place)
{
    place->parent = smartmsg_tree_add(c, place->parent, SMARTMSG_OP_NOT, 0);
    return place->parent != NULL;
}

static bool compile_string(smartmsg_compiler_t *c, smartmsg_place_t place,
    smartmsg_value_t value, bool caseless)
{
    smartmsg_text_t text;

    if (!caseless) {
        return add_test(c, place, SMARTMSG_OP_IS_STRING, COST_EQUAL, 0,
                        value);
    }

    smartmsg_text_init(&text);
    smartmsg_add_lower(&text, value.u.string);
    return add_text_test(c, place, SMARTMSG_OP_IS_STRING_I, COST_LOWER, 0,
                         &text);
}

static bool has_operator(const json_t *json)
{
    json_t *object = (json_t *) json;  /* is only read */
    const char *key;
    json_t *member;

    json_object_foreach(object, key, member) {
        if (key[0] == '$') {
            return true;
        }
    }

    return false;
}

static bool compile_operators(smartmsg_compiler_t *c, smartmsg_place_t place,
    const json_t *condition)
{
    json_t *object = (json_t *) condition;  /* is only read */
    const char *key;
    json_t *operand;

    if (c->depth == SMARTMSG_DEPTH_MAX) {
        return smartmsg_refuse(c, "conditions are nested too deeply");
    }

    c->depth++;

    json_object_foreach(object, key, operand) {
        size_t former = smartmsg_path_key(&c->path, key);

        if (!smartmsg_compile_operator(c, place, key, operand)) {
            return false;
        }

        smartmsg_path_pop(&c->path, former);
    }

    c->depth--;
    return true;
}

bool smartmsg_compile_value(smartmsg_compiler_t *c, smartmsg_place_t place,
    const json_t *condition, bool caseless)
{
    smartmsg_value_t value = smartmsg_value_from_json(condition);

    switch (value.type) {
    case SMARTMSG_STRING:
        return compile_string(c, place, value, caseless);
    case SMARTMSG_NUMBER:
        return add_test(c, place, SMARTMSG_OP_IS_NUMBER, COST_EQUAL, 0,
                        value);
    case SMARTMSG_BOOLEAN:
        return add_test(c, place, SMARTMSG_OP_IS_BOOLEAN, COST_SIMPLE, 0,
                        value);
    case SMARTMSG_JSON:
        break;
    default:
        return add_test(c, place, SMARTMSG_OP_EXISTS, COST_SIMPLE, 0,
                        smartmsg_value_boolean(false));
    }

    if (smartmsg_is_operators(condition)) {
        return compile_operators(c, place, condition);
    }

    if (!c->with->lenient && has_operator(condition)) {
        return smartmsg_refuse(c, "operators and other members are mixed");
    }

    return add_test(c, place, SMARTMSG_OP_IS_JSON, COST_DEEP, 0, value);
}

/* how: whether equal is asked for. */
static bool op_equal(smartmsg_compiler_t *c, smartmsg_place_t place,
    const json_t *operand, int how)
{
    smartmsg_value_t value = smartmsg_value_from_json(operand);

    if (value.type == SMARTMSG_JSON && !c->with->lenient) {
        return smartmsg_refuse(c, "arrays and objects are never equal here,"
                                  " leave out the operator");
    }

    return (how || negate(c, &place))
           && add_test(c, place, SMARTMSG_OP_EQUAL,
                       how ? COST_EQUAL : COST_SIMPLE, 0, value);
}

/* how: SMARTMSG_CMP_... */
static bool op_order(smartmsg_compiler_t *c, smartmsg_place_t place,
    const json_t *operand, int how)
{
    smartmsg_value_t value = smartmsg_value_from_json(operand);

    if (value.type != SMARTMSG_NUMBER && value.type != SMARTMSG_STRING
        && !c->with->lenient)
    {
        return smartmsg_refuse(c, "must be a number or a string");
    }

    return add_test(c, place, SMARTMSG_OP_ORDER, COST_SIMPLE, how, value);
}

static bool op_version(smartmsg_compiler_t *c, smartmsg_place_t place,
    const json_t *operand, int how)
{
    smartmsg_value_t value = smartmsg_value_from_json(operand);
    smartmsg_text_t text;

    if (value.type != SMARTMSG_NUMBER && value.type != SMARTMSG_STRING
        && !c->with->lenient)
    {
        return smartmsg_refuse(c, "must be a version such as \"1.2.3\"");
    }

    smartmsg_text_init(&text);
    smartmsg_add_version(&text, &value);
    return add_text_test(c, place, SMARTMSG_OP_VERSION, COST_VERSION, how,
                         &text);
}

static bool op_exists(smartmsg_compiler_t *c, smartmsg_place_t place,
    const json_t *operand, int how)
{
    smartmsg_value_t value = smartmsg_value_from_json(operand);

    (void) how;

    if (value.type != SMARTMSG_BOOLEAN && !c->with->lenient) {
        return smartmsg_refuse(c, "must be true or false");
    }

    return add_test(c, place, SMARTMSG_OP_EXISTS, COST_SIMPLE, 0,
                    smartmsg_value_boolean(smartmsg_to_boolean(&value)));
}

bool smartmsg_compile_set(smartmsg_compiler_t *c, smartmsg_place_t place,
    const json_t *list, bool caseless, bool negated)
{
    smartmsg_tree_t *tree;

    if (negated && !negate(c, &place)) {
        return false;
    }

    tree = smartmsg_tree_add(c, place.parent, SMARTMSG_OP_IN,
                             caseless ? COST_LOWER : COST_SET);
    if (tree == NULL) {
        return false;
    }

    tree->node.u.set = smartmsg_set_create(list, caseless);
    if (tree->node.u.set == NULL) {
        smartmsg_error_no_memory(c->err);
        return false;
    }

    return true;
}

#define IN_NOT      1
#define IN_CASELESS 2

static bool op_in(smartmsg_compiler_t *c, smartmsg_place_t place,
    const json_t *operand, int how)
{
    size_t i;
    json_t *item;

    if (!json_is_array(operand)) {
        return smartmsg_wrong(c, place.parent, "must be a list");
    }

    json_array_foreach(operand, i, item) {
        if ((json_is_object(item) || json_is_array(item)) && !c->with->lenient)
        {
            return smartmsg_refuse(c, "arrays and objects equal nothing in a"
                                      " list");
        }
    }

    return smartmsg_compile_set(c, place, operand, how & IN_CASELESS,
                                how & IN_NOT);
}

static bool op_in_group(smartmsg_compiler_t *c, smartmsg_place_t place,
    const json_t *operand, int how)
{
    const char *id = json_string_value(operand);
    const json_t *group = json_object_get(c->with->saved_groups, id);
    const char *type = json_string_value(json_object_get(group, "type"));

    if (!c->with->lenient
        && (id == NULL || (group == NULL && !c->with->open_groups)))
    {
        return smartmsg_wrong(c, place.parent, "no saved group \"%s\"",
                              id != NULL ? id : "");
    }

    if (type != NULL && strcmp(type, "list") == 0) {
        group = json_object_get(group, "values");

    } else if (group == NULL) {
        /* as an empty list */
        return smartmsg_compile_set(c, place, NULL, false, how & IN_NOT);
    }

    if (!json_is_array(group)) {
        return smartmsg_wrong(c, place.parent,
                              "saved group \"%s\" is not a list", id);
    }

    return smartmsg_compile_set(c, place, group, false, how & IN_NOT);
}

static bool op_not(smartmsg_compiler_t *c, smartmsg_place_t place,
    const json_t *operand, int how)
{
    (void) how;
    return negate(c, &place)
           && smartmsg_compile_value(c, place, operand, false);
}

static bool op_size(smartmsg_compiler_t *c, smartmsg_place_t place,
    const json_t *operand, int how)
{
    (void) how;

    if (!json_is_number(operand) && !smartmsg_is_operators(operand)
        && !c->with->lenient)
    {
        return smartmsg_refuse(c, "must be a number or an operator");
    }

    place.parent = smartmsg_tree_add(c, place.parent, SMARTMSG_OP_SIZE,
                                     COST_SIMPLE);
    return place.parent != NULL
           && smartmsg_compile_value(c, place, operand, false);
}

static bool op_element(smartmsg_compiler_t *c, smartmsg_place_t place,
    const json_t *operand, int how)
{
    (void) how;

    if (!json_is_object(operand)) {
        return smartmsg_wrong(c, place.parent,
                              "must be an operator or a condition");
    }

    place.parent = smartmsg_tree_add(c, place.parent, SMARTMSG_OP_ELEMENT,
                                     COST_LOOP);
    place.local = true;

    if (place.parent == NULL) {
        return false;
    }

    return smartmsg_is_operators(operand)
           ? smartmsg_compile_value(c, place, operand, false)
           : smartmsg_compile_condition(c, place, operand);
}

static bool op_all(smartmsg_compiler_t *c, smartmsg_place_t place,
    const json_t *operand, int how)
{
    smartmsg_place_t each = place;
    size_t i;
    json_t *item;

    if (!json_is_array(operand)) {
        return smartmsg_wrong(c, place.parent, "must be a list");
    }

    place.parent = smartmsg_tree_add(c, place.parent, SMARTMSG_OP_ALL,
                                     COST_LOOP);
    if (place.parent == NULL) {
        return false;
    }

    json_array_foreach(operand, i, item) {
        size_t former = smartmsg_path_index(&c->path, i);

        each.parent = smartmsg_tree_add(c, place.parent, SMARTMSG_OP_AND, 0);

        if (each.parent == NULL
            || !smartmsg_compile_value(c, each, item, how & IN_CASELESS))
        {
            return false;
        }

        smartmsg_path_pop(&c->path, former);
    }

    return true;
}

static bool op_regex(smartmsg_compiler_t *c, smartmsg_place_t place,
    const json_t *operand, int how)
{
    char why[160];
    smartmsg_tree_t *tree;
    smartmsg_regex_t *regex;

    if (!json_is_string(operand)) {
        return smartmsg_wrong(c, place.parent, "must be a string");
    }

    regex = smartmsg_regex_compile(smartmsg_str(json_string_value(operand),
                                                json_string_length(operand)),
                                   how & IN_CASELESS, c->with->lenient, why,
                                   sizeof(why));
    if (regex == NULL && why[0] == '\0') {
        smartmsg_error_no_memory(c->err);
        return false;
    }

    if (regex == NULL) {
        return smartmsg_wrong(c, place.parent, "bad regular expression: %s",
                              why);
    }

    tree = smartmsg_tree_add(c, place.parent, SMARTMSG_OP_REGEX, COST_REGEX);
    if (tree == NULL) {
        smartmsg_regex_free(regex);
        return false;
    }

    tree->node.u.regex = regex;
    return true;
}

/* By smartmsg_kind_t. */
static const char *const kind_names[] = {
    "null", "boolean", "number", "string", "array", "object", NULL
};

static bool op_type(smartmsg_compiler_t *c, smartmsg_place_t place,
    const json_t *operand, int how)
{
    const char *name = json_string_value(operand);
    int kind = SMARTMSG_KIND_NULL;

    (void) how;

    while (name != NULL && kind_names[kind] != NULL
           && strcmp(kind_names[kind], name) != 0)
    {
        kind++;
    }

    if (name == NULL || kind_names[kind] == NULL) {
        return smartmsg_wrong(c, place.parent, "must be null, boolean, number,"
                                               " string, array or object");
    }

    return add_test(c, place, SMARTMSG_OP_TYPE, COST_SIMPLE, kind,
                    smartmsg_value_missing());
}

static const struct {
    operator_pt compile;
    int how;
} operators[] = {
    { op_equal, 1 }, { op_equal, 0 },
    { op_order, SMARTMSG_CMP_GT }, { op_order, SMARTMSG_CMP_GT
                                               | SMARTMSG_CMP_EQ },
    { op_order, SMARTMSG_CMP_LT }, { op_order, SMARTMSG_CMP_LT
                                               | SMARTMSG_CMP_EQ },
    { op_version, SMARTMSG_CMP_EQ }, { op_version, SMARTMSG_CMP_LT
                                                   | SMARTMSG_CMP_GT },
    { op_version, SMARTMSG_CMP_GT }, { op_version, SMARTMSG_CMP_GT
                                                   | SMARTMSG_CMP_EQ },
    { op_version, SMARTMSG_CMP_LT }, { op_version, SMARTMSG_CMP_LT
                                                   | SMARTMSG_CMP_EQ },
    { op_in, 0 }, { op_in, IN_NOT },
    { op_in, IN_CASELESS }, { op_in, IN_NOT | IN_CASELESS },
    { op_in_group, 0 }, { op_in_group, IN_NOT },
    { op_exists, 0 }, { op_not, 0 }, { op_size, 0 }, { op_element, 0 },
    { op_all, 0 }, { op_all, IN_CASELESS },
    { op_regex, 0 }, { op_regex, IN_CASELESS }, { op_type, 0 }
};

/* In the order of operators[]. */
static const char *const operator_names[] = {
    "$eq", "$ne", "$gt", "$gte", "$lt", "$lte",
    "$veq", "$vne", "$vgt", "$vgte", "$vlt", "$vlte",
    "$in", "$nin", "$ini", "$nini", "$inGroup", "$notInGroup",
    "$exists", "$not", "$size", "$elemMatch", "$all", "$alli",
    "$regex", "$regexi", "$type", NULL
};

bool smartmsg_compile_operator(smartmsg_compiler_t *c, smartmsg_place_t place,
    const char *name, const json_t *operand)
{
    const char *meant;

    for (size_t i = 0; operator_names[i] != NULL; i++) {
        if (strcmp(operator_names[i], name) == 0) {
            return operators[i].compile(c, place, operand, operators[i].how);
        }
    }

    if (strcmp(name, "$and") == 0 || strcmp(name, "$or") == 0
        || strcmp(name, "$nor") == 0)
    {
        return smartmsg_wrong(c, place.parent,
                              "combines conditions, not tests of one value");
    }

    meant = smartmsg_suggest(name, operator_names);
    return smartmsg_wrong(c, place.parent, "unknown operator%s%s%s",
                          meant ? ", did you mean " : "", meant ? meant : "",
                          meant ? "?" : "");
}
