#include "core/program.h"
#include "core/unicode.h"
#include "core/version.h"

static smartmsg_verdict_t eval_rest(const smartmsg_facts_t *facts,
    const smartmsg_node_t *node, const smartmsg_value_t *subject);

static smartmsg_verdict_t verdict(bool holds)
{
    return holds ? SMARTMSG_YES : SMARTMSG_NO;
}

static smartmsg_verdict_t invert(smartmsg_verdict_t v)
{
    return v == SMARTMSG_UNKNOWN ? v : verdict(v == SMARTMSG_NO);
}

static bool order_holds(unsigned cmp, double a, double b)
{
    return cmp & ((a < b ? SMARTMSG_CMP_LT : 0)
                  | (a == b ? SMARTMSG_CMP_EQ : 0)
                  | (a > b ? SMARTMSG_CMP_GT : 0));
}

/*
 * Nearly all that is tested is a text or a number, and nearly all these tests
 * compare it with one of its kind: here and at once, the rest elsewhere.
 */
static inline smartmsg_verdict_t eval(const smartmsg_facts_t *facts,
    const smartmsg_node_t *node, const smartmsg_value_t *subject)
{
    if (node->slot != SMARTMSG_NO_SLOT) {
        subject = smartmsg_fact(facts, node->slot);

        if (subject == NULL) {
            return SMARTMSG_UNKNOWN;
        }
    }

    if (node->op == SMARTMSG_OP_IS_STRING && subject->type == SMARTMSG_STRING)
    {
        return verdict(smartmsg_str_eq(subject->u.string,
                                       node->u.value.u.string));
    }

    if (node->op == SMARTMSG_OP_ORDER && subject->type == SMARTMSG_NUMBER
        && node->u.value.type == SMARTMSG_NUMBER)
    {
        return verdict(order_holds(node->cmp, subject->u.number,
                                   node->u.value.u.number));
    }

    return eval_rest(facts, node, subject);
}

/* Whether all children of the node hold. */
static smartmsg_verdict_t eval_all(const smartmsg_facts_t *facts,
    const smartmsg_node_t *node, const smartmsg_value_t *subject)
{
    smartmsg_verdict_t result = SMARTMSG_YES;
    const smartmsg_node_t *end = node + node->below;

    for (const smartmsg_node_t *child = node + 1; child <= end;
         child += child->below + 1)
    {
        smartmsg_verdict_t v = eval(facts, child, subject);

        if (v == SMARTMSG_NO) {
            return v;
        }

        if (v == SMARTMSG_UNKNOWN) {
            result = v;
        }
    }

    return result;
}

static smartmsg_verdict_t eval_any(const smartmsg_facts_t *facts,
    const smartmsg_node_t *node, const smartmsg_value_t *subject)
{
    smartmsg_verdict_t result = SMARTMSG_NO;
    const smartmsg_node_t *end = node + node->below;

    for (const smartmsg_node_t *child = node + 1; child <= end;
         child += child->below + 1)
    {
        smartmsg_verdict_t v = eval(facts, child, subject);

        if (v == SMARTMSG_YES) {
            return v;
        }

        if (v == SMARTMSG_UNKNOWN) {
            result = v;
        }
    }

    return result;
}

static const json_t *as_array(const smartmsg_value_t *subject)
{
    return subject->type == SMARTMSG_JSON && json_is_array(subject->u.json)
           ? subject->u.json : NULL;
}

static smartmsg_verdict_t eval_member(const smartmsg_facts_t *facts,
    const smartmsg_node_t *node, const smartmsg_value_t *subject)
{
    smartmsg_value_t member = smartmsg_value_missing();

    if (subject->type == SMARTMSG_JSON) {
        member = smartmsg_value_at(subject->u.json, node->u.value.u.string);
    }

    return eval_all(facts, node, &member);
}

static smartmsg_verdict_t eval_size(const smartmsg_facts_t *facts,
    const smartmsg_node_t *node, const smartmsg_value_t *subject)
{
    const json_t *array = as_array(subject);
    smartmsg_value_t size;

    if (array == NULL) {
        return SMARTMSG_NO;
    }

    size = smartmsg_value_number((double) json_array_size(array));
    return eval_all(facts, node, &size);
}

static smartmsg_verdict_t eval_element(const smartmsg_facts_t *facts,
    const smartmsg_node_t *node, const smartmsg_value_t *subject)
{
    const json_t *array = as_array(subject);
    size_t n;
    json_t *item;

    json_array_foreach(array, n, item) {
        smartmsg_value_t element = smartmsg_value_from_json(item);

        if (element.type != SMARTMSG_NULL
            && eval_all(facts, node, &element) == SMARTMSG_YES)
        {
            return SMARTMSG_YES;
        }
    }

    return SMARTMSG_NO;
}

/* Whether the node holds for some element. */
static bool some_element(const smartmsg_facts_t *facts,
    const smartmsg_node_t *node, const json_t *array)
{
    size_t n;
    json_t *item;

    json_array_foreach(array, n, item) {
        smartmsg_value_t element = smartmsg_value_from_json(item);

        if (eval(facts, node, &element) == SMARTMSG_YES) {
            return true;
        }
    }

    return false;
}

static smartmsg_verdict_t eval_each(const smartmsg_facts_t *facts,
    const smartmsg_node_t *node, const smartmsg_value_t *subject)
{
    const json_t *array = as_array(subject);
    const smartmsg_node_t *end = node + node->below;

    if (array == NULL) {
        return SMARTMSG_NO;
    }

    for (const smartmsg_node_t *child = node + 1; child <= end;
         child += child->below + 1)
    {
        if (!some_element(facts, child, array)) {
            return SMARTMSG_NO;
        }
    }

    return SMARTMSG_YES;
}

static bool is_string(const smartmsg_value_t *subject, smartmsg_str_t string)
{
    smartmsg_text_t text;
    bool equal;

    if (subject->type == SMARTMSG_STRING) {
        return smartmsg_str_eq(subject->u.string, string);
    }

    smartmsg_text_init(&text);
    smartmsg_add_string(&text, subject);
    equal = !text.failed && smartmsg_str_eq(smartmsg_text_str(&text), string);
    smartmsg_text_free(&text);
    return equal;
}

static bool is_string_caseless(const smartmsg_value_t *subject,
    smartmsg_str_t lower)
{
    smartmsg_text_t text, folded;
    bool equal;

    smartmsg_text_init(&text);
    smartmsg_text_init(&folded);
    smartmsg_add_string(&text, subject);
    smartmsg_add_lower(&folded, smartmsg_text_str(&text));
    equal = !text.failed && !folded.failed
            && smartmsg_str_eq(smartmsg_text_str(&folded), lower);
    smartmsg_text_free(&text);
    smartmsg_text_free(&folded);
    return equal;
}

static bool test_regex(smartmsg_regex_t *regex,
    const smartmsg_value_t *subject)
{
    smartmsg_text_t text;
    bool found;

    if (subject->type == SMARTMSG_STRING) {
        return smartmsg_regex_match(regex, subject->u.string);
    }

    smartmsg_text_init(&text);
    smartmsg_add_string(&text, subject);
    found = !text.failed
            && smartmsg_regex_match(regex, smartmsg_text_str(&text));
    smartmsg_text_free(&text);
    return found;
}

static bool test_order(const smartmsg_node_t *node,
    const smartmsg_value_t *subject)
{
    switch (smartmsg_order(subject, &node->u.value)) {
    case SMARTMSG_LESS:
        return node->cmp & SMARTMSG_CMP_LT;
    case SMARTMSG_EQUAL:
        return node->cmp & SMARTMSG_CMP_EQ;
    case SMARTMSG_GREATER:
        return node->cmp & SMARTMSG_CMP_GT;
    default:
        return false;
    }
}

static bool test_version(const smartmsg_node_t *node,
    const smartmsg_value_t *subject)
{
    smartmsg_text_t text;
    bool holds = false;

    smartmsg_text_init(&text);
    smartmsg_add_version(&text, subject);

    if (!text.failed) {
        int order = smartmsg_utf16_cmp(smartmsg_text_str(&text),
                                       node->u.value.u.string);

        holds = node->cmp & (order < 0 ? SMARTMSG_CMP_LT
                             : order > 0 ? SMARTMSG_CMP_GT : SMARTMSG_CMP_EQ);
    }

    smartmsg_text_free(&text);
    return holds;
}

static smartmsg_kind_t kind_of(const smartmsg_value_t *subject)
{
    switch (subject->type) {
    case SMARTMSG_BOOLEAN:
        return SMARTMSG_KIND_BOOLEAN;
    case SMARTMSG_NUMBER:
        return SMARTMSG_KIND_NUMBER;
    case SMARTMSG_STRING:
        return SMARTMSG_KIND_STRING;
    case SMARTMSG_JSON:
        return json_is_array(subject->u.json) ? SMARTMSG_KIND_ARRAY
                                              : SMARTMSG_KIND_OBJECT;
    default:
        return SMARTMSG_KIND_NULL;
    }
}

/* The other tests that have no children. */
static bool test_rest(const smartmsg_node_t *node,
    const smartmsg_value_t *subject)
{
    const smartmsg_value_t *operand = &node->u.value;

    switch (node->op) {
    case SMARTMSG_OP_IS_STRING:
        return is_string(subject, operand->u.string);
    case SMARTMSG_OP_IS_STRING_I:
        return is_string_caseless(subject, operand->u.string);
    case SMARTMSG_OP_IS_NUMBER:
        return smartmsg_to_number(subject) == operand->u.number;
    case SMARTMSG_OP_IS_BOOLEAN:
        return subject->type > SMARTMSG_NULL
               && smartmsg_to_boolean(subject) == operand->u.boolean;
    case SMARTMSG_OP_IS_JSON:
        return subject->type == SMARTMSG_JSON
               && smartmsg_json_equal(subject->u.json, operand->u.json);
    case SMARTMSG_OP_EXISTS:
        return (subject->type > SMARTMSG_NULL) == operand->u.boolean;
    case SMARTMSG_OP_EQUAL:
        return smartmsg_strict_equal(subject, operand);
    case SMARTMSG_OP_ORDER:
        return test_order(node, subject);
    case SMARTMSG_OP_VERSION:
        return test_version(node, subject);
    case SMARTMSG_OP_IN:
        return smartmsg_set_has(node->u.set, subject);
    case SMARTMSG_OP_REGEX:
        return test_regex(node->u.regex, subject);
    case SMARTMSG_OP_TYPE:
        return kind_of(subject) == node->cmp;
    default:
        return false;
    }
}

static smartmsg_verdict_t eval_rest(const smartmsg_facts_t *facts,
    const smartmsg_node_t *node, const smartmsg_value_t *subject)
{
    switch (node->op) {
    case SMARTMSG_OP_AND:
        return eval_all(facts, node, subject);
    case SMARTMSG_OP_OR:
        return eval_any(facts, node, subject);
    case SMARTMSG_OP_NOT:
        return invert(eval_all(facts, node, subject));
    case SMARTMSG_OP_MEMBER:
        return eval_member(facts, node, subject);
    case SMARTMSG_OP_SIZE:
        return eval_size(facts, node, subject);
    case SMARTMSG_OP_ELEMENT:
        return eval_element(facts, node, subject);
    case SMARTMSG_OP_ALL:
        return eval_each(facts, node, subject);
    default:
        return verdict(test_rest(node, subject));
    }
}

/*
 * Whether the test, the first of a condition, does not hold, as far as that is
 * seen at a glance: the fact is known, and a text of another length, or a
 * number that is too large or too small.
 */
static inline bool fails(const smartmsg_facts_t *facts,
    const smartmsg_node_t *node)
{
    const smartmsg_value_t *subject;

    if (node->slot >= facts->n || !facts->known[node->slot]) {
        return false;
    }

    subject = &facts->values[node->slot];

    if (node->op == SMARTMSG_OP_IS_STRING) {
        return subject->type == SMARTMSG_STRING
               && subject->u.string.len != node->u.value.u.string.len;
    }

    return node->op == SMARTMSG_OP_ORDER && subject->type == SMARTMSG_NUMBER
           && node->u.value.type == SMARTMSG_NUMBER
           && !order_holds(node->cmp, subject->u.number,
                           node->u.value.u.number);
}

smartmsg_verdict_t smartmsg_condition_eval(
    const smartmsg_condition_t *condition, const smartmsg_facts_t *facts)
{
    static const smartmsg_value_t none = { .type = SMARTMSG_MISSING };

    /* most conditions fail, and most of them with their first test */
    if (condition->nodes[0].below > 0 && fails(facts, &condition->nodes[1])) {
        return SMARTMSG_NO;
    }

    return eval_all(facts, condition->nodes, &none);
}
