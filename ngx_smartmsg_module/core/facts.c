#include "core/facts.h"

static const smartmsg_value_t *json_fact(void *data, uint32_t slot)
{
    smartmsg_json_facts_t *from = data;

    from->last = smartmsg_value_at(from->attributes,
                                   smartmsg_names_name(from->names, slot));
    return &from->last;
}

smartmsg_facts_t smartmsg_json_facts(smartmsg_json_facts_t *from,
    const smartmsg_names_t *names, const json_t *attributes)
{
    smartmsg_facts_t facts = { .get = json_fact, .data = from };

    from->names = names;
    from->attributes = attributes;
    from->last = smartmsg_value_missing();
    return facts;
}
