#include "core/page_index.h"

#include <stdlib.h>

/* The rules for one type of pages. */
typedef struct {
    smartmsg_value_t type;       /* its text is in bytes */
    char bytes[SMARTMSG_PAGE_TYPE_MAX];
    uint64_t used;               /* when, by the index' own clock */
    smartmsg_asked_t *rules;
    size_t n;
} page_t;

struct smartmsg_page_index_s {
    uint64_t clock;
    size_t n;
    page_t pages[SMARTMSG_PAGE_TYPES_MAX];
};

/* All that is known while rules are ruled out. */
typedef struct {
    uint32_t slot;
    const smartmsg_value_t *type;
} known_t;

smartmsg_page_index_t *smartmsg_page_index_new(void)
{
    return calloc(1, sizeof(smartmsg_page_index_t));
}

void smartmsg_page_index_free(smartmsg_page_index_t *index)
{
    if (index == NULL) {
        return;
    }

    for (size_t i = 0; i < index->n; i++) {
        free(index->pages[i].rules);
    }

    free(index);
}

static bool same(const smartmsg_value_t *a, const smartmsg_value_t *b)
{
    if (a->type != b->type) {
        return false;
    }

    switch (a->type) {

    case SMARTMSG_STRING:
        return smartmsg_str_eq(a->u.string, b->u.string);

    case SMARTMSG_NUMBER:
        return a->u.number == b->u.number;

    case SMARTMSG_BOOLEAN:
        return a->u.boolean == b->u.boolean;

    default:
        return true;
    }
}

/* A page for a type that is not there yet, NULL without memory. */
static page_t *make_room(smartmsg_page_index_t *index, size_t n_rules)
{
    page_t *page = &index->pages[0];
    smartmsg_asked_t *rules = malloc((n_rules + 1) * sizeof(rules[0]));

    if (rules == NULL) {
        return NULL;
    }

    if (index->n < SMARTMSG_PAGE_TYPES_MAX) {
        page = &index->pages[index->n++];
    } else {
        for (size_t i = 1; i < index->n; i++) {
            if (index->pages[i].used < page->used) {
                page = &index->pages[i];
            }
        }
    }

    free(page->rules);
    page->rules = rules;
    page->n = 0;

    return page;
}

static const smartmsg_value_t *get_known(void *data, uint32_t slot)
{
    const known_t *known = data;

    return slot == known->slot ? known->type : NULL;
}

static void fill(page_t *page, smartmsg_rules_t all, uint32_t slot,
    const smartmsg_value_t *type)
{
    known_t known = { slot, &page->type };
    smartmsg_facts_t facts = { .get = get_known, .data = &known };
    smartmsg_asked_t *fitting;

    page->type = *type;

    if (type->type == SMARTMSG_STRING) {
        if (type->u.string.len > 0) {
            memcpy(page->bytes, type->u.string.data, type->u.string.len);
        }
        page->type.u.string.data = page->bytes;
    }

    for (size_t i = 0; i < all.n; i++) {
        const smartmsg_rule_t *rule = all.list[i].rule;

        if (smartmsg_feature_possible(smartmsg_rule_feature(rule), &facts)) {
            page->rules[page->n++] = all.list[i];
        }
    }

    /* What was set aside for all rules is mostly too much. */
    fitting = realloc(page->rules, (page->n + 1) * sizeof(fitting[0]));

    if (fitting != NULL) {
        page->rules = fitting;
    }
}

smartmsg_rules_t smartmsg_page_index_select(smartmsg_page_index_t *index,
    smartmsg_rules_t all, uint32_t slot, const smartmsg_facts_t *facts)
{
    const smartmsg_value_t *type = smartmsg_fact(facts, slot);
    page_t *page = NULL;

    if (type == NULL || type->type == SMARTMSG_JSON
        || (type->type == SMARTMSG_STRING
            && type->u.string.len > SMARTMSG_PAGE_TYPE_MAX))
    {
        return all;
    }

    for (size_t i = 0; i < index->n && page == NULL; i++) {
        if (same(&index->pages[i].type, type)) {
            page = &index->pages[i];
        }
    }

    if (page == NULL) {
        page = make_room(index, all.n);

        if (page == NULL) {
            return all;
        }

        fill(page, all, slot, type);
    }

    page->used = ++index->clock;

    return (smartmsg_rules_t){ page->rules, page->n };
}
