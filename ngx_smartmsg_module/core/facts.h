/*
 * Where a condition gets its facts from.
 */

#ifndef SMARTMSG_CORE_FACTS_H
#define SMARTMSG_CORE_FACTS_H

#include <stdint.h>

#include "core/names.h"
#include "core/value.h"

/*
 * get() answers with the fact of a slot.  It is called only for what a
 * decision needs, possibly several times for one slot, so it should remember.
 * The answer stays valid until the end of the evaluation.  A fact that does
 * not exist is a value of type SMARTMSG_MISSING; NULL means "not known (yet)",
 * see smartmsg_verdict_t.
 *
 * What it remembers it may show: for slots below n, values[slot] is the answer
 * if known[slot] is not 0, and get() need not be called.
 */
typedef struct {
    const smartmsg_value_t *(*get)(void *data, uint32_t slot);
    void *data;
    const smartmsg_value_t *values;
    const unsigned char *known;
    uint32_t n;
} smartmsg_facts_t;

static inline const smartmsg_value_t *smartmsg_fact(
    const smartmsg_facts_t *facts, uint32_t slot)
{
    return slot < facts->n && facts->known[slot]
           ? &facts->values[slot] : facts->get(facts->data, slot);
}

/*
 * Facts out of one JSON object of attributes: the name of a slot is a dotted
 * path into it.  Borrows both arguments.  The answer of get() is only good
 * until the next get(), which is enough for this library's evaluations.
 */
typedef struct {
    const smartmsg_names_t *names;
    const json_t *attributes;
    smartmsg_value_t last;
} smartmsg_json_facts_t;

smartmsg_facts_t smartmsg_json_facts(smartmsg_json_facts_t *from,
    const smartmsg_names_t *names, const json_t *attributes);

#endif
