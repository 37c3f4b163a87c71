#include "core/condition.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/program.h"

smartmsg_tree_t *smartmsg_tree_add(smartmsg_compiler_t *c,
    smartmsg_tree_t *parent, smartmsg_op_t op, uint32_t cost)
{
    smartmsg_tree_t *tree;

    if (c->n_nodes == SMARTMSG_NODES_MAX) {
        (void) smartmsg_refuse(c, "the condition is too large");
        return NULL;
    }

    tree = calloc(1, sizeof(*tree));
    if (tree == NULL) {
        smartmsg_error_no_memory(c->err);
        return NULL;
    }

    tree->node.op = (uint8_t) op;
    tree->node.slot = SMARTMSG_NO_SLOT;
    tree->order = c->n_nodes++;
    tree->cost = cost;

    if (parent != NULL && parent->last != NULL) {
        parent->last->next = tree;
    } else if (parent != NULL) {
        parent->child = tree;
    }

    if (parent != NULL) {
        parent->last = tree;
    }

    return tree;
}

/* Gives back the set, the expression or the JSON of a node. */
static void release(smartmsg_node_t *node)
{
    if (node->op == SMARTMSG_OP_IN) {
        smartmsg_set_free(node->u.set);

    } else if (node->op == SMARTMSG_OP_REGEX) {
        smartmsg_regex_free(node->u.regex);

    } else if (node->u.value.type == SMARTMSG_JSON) {
        json_decref((json_t *) node->u.value.u.json);
    }
}

static void tree_free(smartmsg_tree_t *tree)
{
    if (tree == NULL) {
        return;
    }

    for (smartmsg_tree_t *child = tree->child; child != NULL;) {
        smartmsg_tree_t *next = child->next;

        tree_free(child);
        child = next;
    }

    release(&tree->node);
    free(tree->text);
    free(tree);
}

bool smartmsg_wrong(smartmsg_compiler_t *c, smartmsg_tree_t *parent,
    const char *format, ...)
{
    char text[sizeof(c->err->text)];
    va_list args;

    if (c->with->lenient) {
        return smartmsg_tree_add(c, parent, SMARTMSG_OP_FALSE, 0) != NULL;
    }

    va_start(args, format);
    (void) vsnprintf(text, sizeof(text), format, args);
    va_end(args);

    return smartmsg_refuse(c, text);
}

bool smartmsg_refuse(smartmsg_compiler_t *c, const char *text)
{
    smartmsg_error_set(c->err, c->path.text, "%s", text);
    return false;
}

/*
 * Siblings by cost, the document's order among equals.  A test whose outcome
 * is certain comes first.
 */
static int cmp_cost(const void *a, const void *b)
{
    const smartmsg_tree_t *x = *(smartmsg_tree_t *const *) a;
    const smartmsg_tree_t *y = *(smartmsg_tree_t *const *) b;

    if (x->cost != y->cost) {
        return x->cost < y->cost ? -1 : 1;
    }

    return (x->order > y->order) - (x->order < y->order);
}

static void add_up(smartmsg_tree_t *tree)
{
    for (smartmsg_tree_t *child = tree->child; child; child = child->next) {
        add_up(child);
        tree->cost += child->cost;
    }
}

/* Puts all siblings in their order; false without memory. */
static bool sort(smartmsg_tree_t *tree)
{
    smartmsg_tree_t **list, **end;
    size_t n = 0;

    for (smartmsg_tree_t *child = tree->child; child; child = child->next) {
        if (!sort(child)) {
            return false;
        }
        n++;
    }

    if (n < 2) {
        return true;
    }

    list = malloc(n * sizeof(*list));
    if (list == NULL) {
        return false;
    }

    n = 0;
    for (smartmsg_tree_t *child = tree->child; child; child = child->next) {
        list[n++] = child;
    }

    qsort(list, n, sizeof(*list), cmp_cost);
    end = &tree->child;

    for (size_t i = 0; i < n; i++) {
        *end = list[i];
        end = &list[i]->next;
    }

    *end = NULL;
    free(list);
    return true;
}

/*
 * A fact with one test is a single node.  Other nodes with one child are as
 * good as the child, too, but rare.
 */
static smartmsg_tree_t *skip(smartmsg_tree_t *tree)
{
    smartmsg_tree_t *only = tree->child;

    if (tree->node.slot == SMARTMSG_NO_SLOT || only == NULL
        || only->next != NULL)
    {
        return tree;
    }

    only->node.slot = tree->node.slot;
    return only;
}

static bool has_string(const smartmsg_node_t *node)
{
    return node->op != SMARTMSG_OP_IN && node->op != SMARTMSG_OP_REGEX
           && node->u.value.type == SMARTMSG_STRING;
}

/* What a tree takes when it is laid out. */
typedef struct {
    size_t nodes;
    size_t slots;
    size_t bytes;
} extent_t;

static void measure(smartmsg_tree_t *tree, extent_t *extent)
{
    tree = skip(tree);
    extent->nodes++;
    extent->slots += tree->node.slot != SMARTMSG_NO_SLOT;

    if (has_string(&tree->node)) {
        extent->bytes += tree->node.u.value.u.string.len;
    }

    for (smartmsg_tree_t *child = tree->child; child; child = child->next) {
        measure(child, extent);
    }
}

/* Writes the tree behind the nodes that are there, its strings to *bytes. */
static void lay_out(smartmsg_condition_t *condition, smartmsg_tree_t *tree,
    char **bytes)
{
    uint32_t at = condition->n_nodes++;
    smartmsg_node_t *node = &condition->nodes[at];

    tree = skip(tree);
    *node = tree->node;

    /* what the node owns is the condition's now */
    tree->node.op = SMARTMSG_OP_FALSE;
    tree->node.u.value = smartmsg_value_missing();

    if (has_string(node)) {
        smartmsg_str_t *string = &node->u.value.u.string;

        memcpy(*bytes, string->len > 0 ? string->data : "", string->len);
        string->data = *bytes;
        *bytes += string->len;
    }

    for (smartmsg_tree_t *child = tree->child; child; child = child->next) {
        lay_out(condition, child, bytes);
    }

    node->below = (uint16_t) (condition->n_nodes - at - 1);
}

static int cmp_slots(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *) a;
    uint32_t y = *(const uint32_t *) b;

    return (x > y) - (x < y);
}

static void collect_slots(smartmsg_condition_t *condition)
{
    uint32_t *slots = condition->slots;
    size_t n = 0;

    for (uint32_t i = 0; i < condition->n_nodes; i++) {
        if (condition->nodes[i].slot != SMARTMSG_NO_SLOT) {
            slots[n++] = condition->nodes[i].slot;
        }
    }

    qsort(slots, n, sizeof(*slots), cmp_slots);

    for (size_t i = 0; i < n; i++) {
        if (condition->n_slots == 0
            || slots[condition->n_slots - 1] != slots[i])
        {
            slots[condition->n_slots++] = slots[i];
        }
    }
}

/* The condition that the tree is; NULL without memory. */
static smartmsg_condition_t *finish(smartmsg_tree_t *root)
{
    extent_t extent = { 0, 0, 0 };
    smartmsg_condition_t *condition;
    size_t slots, bytes;
    char *free_bytes;

    add_up(root);

    if (!sort(root)) {
        return NULL;
    }

    measure(root, &extent);
    slots = sizeof(*condition) + extent.nodes * sizeof(smartmsg_node_t);
    bytes = slots + extent.slots * sizeof(uint32_t);
    condition = malloc(bytes + extent.bytes);

    if (condition == NULL) {
        return NULL;
    }

    memset(condition, 0, sizeof(*condition));
    condition->slots = (void *) ((char *) condition + slots);
    free_bytes = (char *) condition + bytes;

    lay_out(condition, root, &free_bytes);
    collect_slots(condition);
    return condition;
}

smartmsg_condition_t *smartmsg_condition_compile(json_t *condition,
    const smartmsg_compile_t *with, smartmsg_error_t *err)
{
    smartmsg_compiler_t c = { .with = with, .err = err };
    smartmsg_place_t place = { NULL, false, NULL };
    smartmsg_condition_t *compiled = NULL;

    smartmsg_error_clear(err);

    if (with->path != NULL) {
        (void) smartmsg_path_key(&c.path, with->path);
    }

    place.parent = smartmsg_tree_add(&c, NULL, SMARTMSG_OP_AND, 0);

    if (place.parent != NULL
        && smartmsg_compile_condition(&c, place, condition))
    {
        compiled = finish(place.parent);

        if (compiled == NULL) {
            smartmsg_error_no_memory(err);
        }
    }

    tree_free(place.parent);
    return compiled;
}

void smartmsg_condition_free(smartmsg_condition_t *condition)
{
    if (condition == NULL) {
        return;
    }

    for (uint32_t i = 0; i < condition->n_nodes; i++) {
        release(&condition->nodes[i]);
    }

    free(condition);
}

const uint32_t *smartmsg_condition_slots(
    const smartmsg_condition_t *condition, size_t *count)
{
    *count = condition->n_slots;
    return condition->slots;
}
