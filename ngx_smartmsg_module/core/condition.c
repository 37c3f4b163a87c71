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

void smartmsg_tree_free(smartmsg_tree_t *tree)
{
    if (tree == NULL) {
        return;
    }

    for (smartmsg_tree_t *child = tree->child; child != NULL;) {
        smartmsg_tree_t *next = child->next;

        smartmsg_tree_free(child);
        child = next;
    }

    free(tree);
}

static void resource_free(smartmsg_resource_t *resource)
{
    smartmsg_set_free(resource->set);
    smartmsg_regex_free(resource->regex);
    free(resource->text);
    free(resource);
}

bool smartmsg_own(smartmsg_compiler_t *c, smartmsg_set_t *set,
    smartmsg_regex_t *regex, char *text)
{
    smartmsg_resource_t *resource = calloc(1, sizeof(*resource));

    if (resource == NULL || (set == NULL && regex == NULL && text == NULL)) {
        smartmsg_set_free(set);
        smartmsg_regex_free(regex);
        free(text);
        free(resource);
        smartmsg_error_no_memory(c->err);
        return false;
    }

    resource->set = set;
    resource->regex = regex;
    resource->text = text;
    resource->next = c->condition->resources;
    c->condition->resources = resource;
    return true;
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

/* Writes the tree to nodes from *at on; false without memory. */
static bool lay_out(const smartmsg_tree_t *tree, smartmsg_node_t *nodes,
    uint32_t *at)
{
    uint32_t self = (*at)++;
    smartmsg_tree_t **list;
    size_t n = 0;
    bool done = true;

    nodes[self] = tree->node;

    for (smartmsg_tree_t *child = tree->child; child; child = child->next) {
        n++;
    }

    if (n > 0) {
        list = malloc(n * sizeof(*list));
        if (list == NULL) {
            return false;
        }

        n = 0;
        for (smartmsg_tree_t *child = tree->child; child; child = child->next)
        {
            list[n++] = child;
        }

        qsort(list, n, sizeof(*list), cmp_cost);

        for (size_t i = 0; i < n && done; i++) {
            done = lay_out(list[i], nodes, at);
        }

        free(list);
    }

    nodes[self].end = *at;
    return done;
}

static int cmp_slots(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *) a;
    uint32_t y = *(const uint32_t *) b;

    return (x > y) - (x < y);
}

static bool collect_slots(smartmsg_condition_t *condition)
{
    uint32_t *slots = malloc((condition->n_nodes + 1) * sizeof(*slots));
    size_t n = 0;
    size_t unique = 0;

    if (slots == NULL) {
        return false;
    }

    for (uint32_t i = 0; i < condition->n_nodes; i++) {
        if (condition->nodes[i].op == SMARTMSG_OP_FACT) {
            slots[n++] = condition->nodes[i].u.slot;
        }
    }

    qsort(slots, n, sizeof(*slots), cmp_slots);

    for (size_t i = 0; i < n; i++) {
        if (unique == 0 || slots[unique - 1] != slots[i]) {
            slots[unique++] = slots[i];
        }
    }

    condition->slots = slots;
    condition->n_slots = unique;
    return true;
}

static bool finish(smartmsg_compiler_t *c, smartmsg_tree_t *root)
{
    smartmsg_condition_t *condition = c->condition;
    uint32_t at = 0;

    condition->nodes = malloc(c->n_nodes * sizeof(*condition->nodes));
    if (condition->nodes == NULL) {
        return false;
    }

    add_up(root);

    if (!lay_out(root, condition->nodes, &at)) {
        return false;
    }

    condition->n_nodes = at;
    return collect_slots(condition);
}

smartmsg_condition_t *smartmsg_condition_compile(json_t *condition,
    const smartmsg_compile_t *with, smartmsg_error_t *err)
{
    smartmsg_compiler_t c = { .with = with, .err = err };
    smartmsg_place_t place = { NULL, false, NULL };
    bool done = false;

    smartmsg_error_clear(err);

    if (with->path != NULL) {
        (void) smartmsg_path_key(&c.path, with->path);
    }

    c.condition = calloc(1, sizeof(*c.condition));
    place.parent = smartmsg_tree_add(&c, NULL, SMARTMSG_OP_AND, 0);

    if (c.condition == NULL || place.parent == NULL) {
        smartmsg_error_no_memory(err);

    } else {
        c.condition->source = json_incref(condition);
        c.condition->saved_groups = json_incref(with->saved_groups);

        if (smartmsg_compile_condition(&c, place, condition)) {
            done = finish(&c, place.parent);
            if (!done) {
                smartmsg_error_no_memory(err);
            }
        }
    }

    smartmsg_tree_free(place.parent);

    if (!done) {
        smartmsg_condition_free(c.condition);
        return NULL;
    }

    return c.condition;
}

void smartmsg_condition_free(smartmsg_condition_t *condition)
{
    if (condition == NULL) {
        return;
    }

    while (condition->resources != NULL) {
        smartmsg_resource_t *next = condition->resources->next;

        resource_free(condition->resources);
        condition->resources = next;
    }

    free(condition->nodes);
    free(condition->slots);
    json_decref(condition->source);
    json_decref(condition->saved_groups);
    free(condition);
}

const uint32_t *smartmsg_condition_slots(
    const smartmsg_condition_t *condition, size_t *count)
{
    *count = condition->n_slots;
    return condition->slots;
}
