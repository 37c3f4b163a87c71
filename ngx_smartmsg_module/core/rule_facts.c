#include "core/rule_facts.h"

#include <stdlib.h>

#define MOMENT_SLOTS 4

/* Adds a slot where it belongs, unless it is there. */
static void insert(smartmsg_rule_facts_t *facts, uint32_t slot)
{
    size_t at = facts->n;

    while (at > 0 && facts->slots[at - 1] > slot) {
        at--;
    }

    if (at > 0 && facts->slots[at - 1] == slot) {
        return;
    }

    memmove(&facts->slots[at + 1], &facts->slots[at],
            (facts->n - at) * sizeof(slot));
    facts->slots[at] = slot;
    facts->n++;
}

/* False without memory; nothing happens if it is not needed. */
static bool add(smartmsg_rule_facts_t *facts, bool needed,
                smartmsg_names_t *names, smartmsg_str_t name, uint32_t *slot)
{
    *slot = SMARTMSG_NO_SLOT;

    if (!needed) {
        return true;
    }

    *slot = smartmsg_names_intern(names, name.data, name.len);

    if (*slot == SMARTMSG_NO_SLOT) {
        return false;
    }

    insert(facts, *slot);

    return true;
}

bool smartmsg_rule_facts_init(smartmsg_rule_facts_t *facts,
                              const uint32_t *slots, size_t n, unsigned needs,
                              smartmsg_names_t *names)
{
    smartmsg_moment_slots_t *moments = &facts->moments;

    facts->n = n;
    facts->slots = malloc((n + MOMENT_SLOTS) * sizeof(slots[0]));

    if (facts->slots == NULL) {
        return false;
    }

    if (n > 0) {
        memcpy(facts->slots, slots, n * sizeof(slots[0]));
    }

    return add(facts, needs & SMARTMSG_WHEN_VIEWS, names,
               SMARTMSG_STR("session.views"), &moments->views)
           && add(facts, needs & SMARTMSG_WHEN_SECONDS, names,
                  SMARTMSG_STR("session.seconds"), &moments->seconds)
           && add(facts, needs & SMARTMSG_WHEN_CART, names,
                  SMARTMSG_STR("cart.items"), &moments->items)
           && add(facts, needs & SMARTMSG_WHEN_CART, names,
                  SMARTMSG_STR("cart.value"), &moments->value);
}

void smartmsg_rule_facts_free(smartmsg_rule_facts_t *facts)
{
    free(facts->slots);
    facts->slots = NULL;
}
