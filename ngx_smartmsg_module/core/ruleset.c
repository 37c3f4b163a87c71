#include "core/ruleset.h"

#include <stdlib.h>

#include "core/page_index.h"

struct smartmsg_ruleset_s {
    unsigned references;
    bool main_switch;
    bool uses_cart;
    smartmsg_trigger_set_t kinds;       /* of all rules in asked[] */
    size_t n_slots;
    uint32_t *slots;
    size_t n_asked;
    smartmsg_asked_t *asked;            /* those on, in the order of asking */
    uint32_t page_slot;                 /* of "page.type", or none */
    smartmsg_page_index_t *pages;       /* NULL: no rule asks for that */
    size_t n;
    smartmsg_ruleset_entry_t entries[]; /* all, by id */
};

static int by_id(const void *a, const void *b)
{
    const smartmsg_ruleset_entry_t *left = a, *right = b;

    return smartmsg_str_cmp(smartmsg_rule_id(left->rule),
                            smartmsg_rule_id(right->rule));
}

static int by_priority(const void *a, const void *b)
{
    return smartmsg_rule_order(((const smartmsg_asked_t *)a)->rule,
                               ((const smartmsg_asked_t *)b)->rule);
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static void select_asked(smartmsg_ruleset_t *set)
{
    for (size_t i = 0; i < set->n; i++) {
        smartmsg_rule_t *rule = set->entries[i].rule;

        if (set->main_switch && set->entries[i].on
            && smartmsg_rule_kinds(rule) != 0)
        {
            set->asked[set->n_asked++] = (smartmsg_asked_t){
                rule, smartmsg_feature_gate(smartmsg_rule_feature(rule)),
                smartmsg_rule_kinds(rule), smartmsg_rule_seasonal(rule)
            };
            set->kinds |= smartmsg_rule_kinds(rule);

            if (set->page_slot == SMARTMSG_NO_SLOT) {
                set->page_slot = smartmsg_rule_page_slot(rule);
            }
        }
    }

    qsort(set->asked, set->n_asked, sizeof(set->asked[0]), by_priority);
}

/*
 * A rule without a message of its own may be the prerequisite of another one:
 * all that are on count.
 */
static size_t append_slots(smartmsg_ruleset_t *set, uint32_t *out)
{
    size_t total = 0;

    for (size_t i = 0; i < set->n; i++) {
        size_t n;
        const uint32_t *slots = smartmsg_rule_slots(set->entries[i].rule, &n);

        if (!set->entries[i].on) {
            continue;
        }

        set->uses_cart = set->uses_cart
                         || smartmsg_rule_uses_cart(set->entries[i].rule);

        if (out != NULL && n > 0) {
            memcpy(out + total, slots, n * sizeof(out[0]));
        }

        total += n;
    }

    return total;
}

static bool collect_slots(smartmsg_ruleset_t *set)
{
    size_t total = append_slots(set, NULL);

    if (total == 0) {
        return true;
    }

    set->slots = malloc(total * sizeof(set->slots[0]));

    if (set->slots == NULL) {
        return false;
    }

    (void)append_slots(set, set->slots);
    qsort(set->slots, total, sizeof(set->slots[0]), by_number);

    for (size_t i = 0; i < total; i++) {
        if (set->n_slots == 0 || set->slots[set->n_slots - 1] != set->slots[i])
        {
            set->slots[set->n_slots++] = set->slots[i];
        }
    }

    return true;
}

static smartmsg_ruleset_t *create(const smartmsg_ruleset_entry_t *entries,
                                  size_t n)
{
    smartmsg_ruleset_t *set = malloc(sizeof(*set) + n * sizeof(entries[0]));

    if (set == NULL) {
        return NULL;
    }

    memset(set, 0, sizeof(*set));
    set->references = 1;
    set->page_slot = SMARTMSG_NO_SLOT;
    set->asked = malloc((n + 1) * sizeof(set->asked[0]));

    if (set->asked == NULL) {
        free(set);
        return NULL;
    }

    for (size_t i = 0; i < n; i++) {
        set->entries[i].rule = smartmsg_rule_ref(entries[i].rule);
        set->entries[i].on = entries[i].on;
    }

    set->n = n;

    return set;
}

smartmsg_ruleset_t *smartmsg_ruleset_new(
    const smartmsg_ruleset_entry_t *entries, size_t n, bool main_switch)
{
    smartmsg_ruleset_t *set = create(entries, n);

    if (set == NULL) {
        return NULL;
    }

    set->main_switch = main_switch;
    qsort(set->entries, n, sizeof(set->entries[0]), by_id);
    select_asked(set);

    if (set->page_slot != SMARTMSG_NO_SLOT) {
        set->pages = smartmsg_page_index_new();
    }

    if ((set->page_slot != SMARTMSG_NO_SLOT && set->pages == NULL)
        || (set->n_asked > 0 && !collect_slots(set)))
    {
        smartmsg_ruleset_unref(set);
        return NULL;
    }

    return set;
}

smartmsg_ruleset_t *smartmsg_ruleset_ref(smartmsg_ruleset_t *set)
{
    set->references++;

    return set;
}

void smartmsg_ruleset_unref(smartmsg_ruleset_t *set)
{
    if (set == NULL || --set->references > 0) {
        return;
    }

    for (size_t i = 0; i < set->n; i++) {
        smartmsg_rule_unref(set->entries[i].rule);
    }

    smartmsg_page_index_free(set->pages);
    free(set->slots);
    free(set->asked);
    free(set);
}

bool smartmsg_ruleset_empty(const smartmsg_ruleset_t *set)
{
    return set->n_asked == 0;
}

bool smartmsg_ruleset_uses_cart(const smartmsg_ruleset_t *set)
{
    return set->uses_cart;
}

const uint32_t *smartmsg_ruleset_slots(const smartmsg_ruleset_t *set,
                                       size_t *n)
{
    *n = set->n_slots;

    return set->slots;
}

size_t smartmsg_ruleset_size(const smartmsg_ruleset_t *set)
{
    return set->n;
}

const smartmsg_rule_t *smartmsg_ruleset_at(const smartmsg_ruleset_t *set,
                                           size_t i)
{
    return set->entries[i].rule;
}

bool smartmsg_ruleset_main_switch(const smartmsg_ruleset_t *set)
{
    return set->main_switch;
}

static int id_against_entry(const void *key, const void *entry)
{
    const smartmsg_ruleset_entry_t *other = entry;

    return smartmsg_str_cmp(*(const smartmsg_str_t *)key,
                            smartmsg_rule_id(other->rule));
}

const smartmsg_rule_t *smartmsg_ruleset_find(const smartmsg_ruleset_t *set,
                                             smartmsg_str_t id, bool *on)
{
    const smartmsg_ruleset_entry_t *entry;

    entry = bsearch(&id, set->entries, set->n, sizeof(set->entries[0]),
                    id_against_entry);

    if (entry == NULL) {
        return NULL;
    }

    if (on != NULL) {
        *on = entry->on;
    }

    return entry->rule;
}

const smartmsg_feature_t *smartmsg_ruleset_resolve(void *set,
                                                   smartmsg_str_t key)
{
    bool on = false;
    const smartmsg_rule_t *rule = smartmsg_ruleset_find(set, key, &on);

    return rule != NULL && on ? smartmsg_rule_feature(rule) : NULL;
}

size_t smartmsg_ruleset_goals(const smartmsg_ruleset_t *set,
                              smartmsg_str_t event, smartmsg_str_t *ids)
{
    size_t n = 0;

    for (size_t i = 0; i < set->n; i++) {
        const smartmsg_ruleset_entry_t *entry = &set->entries[i];

        if (!entry->on || !set->main_switch
            || !smartmsg_str_eq(smartmsg_rule_goal(entry->rule), event))
        {
            continue;
        }

        if (ids != NULL) {
            ids[n] = smartmsg_rule_id(entry->rule);
        }

        n++;
    }

    return n;
}

/* Whether a message of the rule's group is in the page already. */
static bool is_excluded(const smartmsg_rule_t *rule,
                        const smartmsg_decision_t *decision)
{
    smartmsg_str_t group = smartmsg_rule_group(rule);

    for (size_t i = 0; group.len > 0 && i < decision->n; i++) {
        if (smartmsg_str_eq(smartmsg_rule_group(decision->armed[i].rule),
                            group))
        {
            return true;
        }
    }

    return false;
}

/* The message that the rule has for this page view, NULL for none. */
static const smartmsg_message_t *ask(const smartmsg_rule_t *rule,
                                     const smartmsg_context_t *context,
                                     smartmsg_str_t *variation)
{
    smartmsg_feature_result_t result;

    *variation = smartmsg_str(NULL, 0);

    if (context->personal != NULL) {
        *context->personal = false;
    }

    smartmsg_feature_eval(smartmsg_rule_feature(rule), context, &result);

    if (context->personal != NULL && *context->personal) {
        return NULL;
    }

    if (result.source == SMARTMSG_SOURCE_EXPERIMENT
        && result.assignment.key != NULL)
    {
        *variation = smartmsg_str(result.assignment.key,
                                  strlen(result.assignment.key));
    }

    return smartmsg_rule_message(rule, result.value);
}

/*
 * What is forced does not depend on conditions, so that no rule can be ruled
 * out by them.
 */
static bool is_forced(const smartmsg_context_t *context)
{
    return context->forced_features != NULL
           || context->forced_variations != NULL || context->url.len > 0;
}

static smartmsg_rules_t rules_for(smartmsg_ruleset_t *set,
                                  const smartmsg_context_t *context)
{
    smartmsg_rules_t all = {set->asked, set->n_asked};

    if (set->pages == NULL || is_forced(context)) {
        return all;
    }

    return smartmsg_page_index_select(set->pages, all, set->page_slot,
                                      context->facts);
}

/*
 * The next rule of which it cannot be said at once that it has no message, and
 * none of these kinds; end if there is none.
 */
static const smartmsg_asked_t *next_rule(const smartmsg_asked_t *asked,
                                         const smartmsg_asked_t *end,
                                         smartmsg_trigger_set_t kinds,
                                         const smartmsg_facts_t *facts,
                                         bool forced, int64_t now)
{
    for (; asked < end; asked++) {
        if ((asked->kinds & kinds) != 0
            && (!asked->seasonal || smartmsg_rule_in_season(asked->rule, now))
            && (asked->gate == NULL || forced
                || smartmsg_condition_eval(asked->gate, facts)
                   == SMARTMSG_YES))
        {
            break;
        }
    }

    return asked;
}

/* A fact that is a number, rounded down; 0 if it is none or there is no slot. */
static uint32_t count(const smartmsg_context_t *context, uint32_t slot)
{
    const smartmsg_value_t *value = NULL;

    if (slot != SMARTMSG_NO_SLOT) {
        value = smartmsg_fact(context->facts, slot);
    }

    if (value == NULL || value->type != SMARTMSG_NUMBER
        || !(value->u.number > 0))
    {
        return 0;
    }

    return value->u.number < UINT32_MAX ? (uint32_t)value->u.number
                                        : UINT32_MAX;
}

smartmsg_armed_t smartmsg_ruleset_arm(const smartmsg_rule_t *rule,
                                      const smartmsg_message_t *message,
                                      const smartmsg_context_t *context,
                                      smartmsg_when_set_t entries)
{
    const smartmsg_moment_slots_t *slots = smartmsg_rule_moments(rule);
    const smartmsg_when_t *when = smartmsg_message_when(message);
    unsigned needs = smartmsg_when_needs(when, entries);
    smartmsg_armed_t armed = {
        .rule = rule, .message = message, .entries = entries,
        .kinds = smartmsg_when_kinds(when, entries),
    };

    if (needs & SMARTMSG_WHEN_SECONDS) {
        armed.seconds = count(context, slots->seconds);
    }

    if (needs & SMARTMSG_WHEN_CART) {
        armed.items = count(context, slots->items);

        /* some shops tell what a cart is worth, and not what is in it */
        if (armed.items == 0 && count(context, slots->value) > 0) {
            armed.items = 1;
        }
    }

    return armed;
}

void smartmsg_ruleset_decide(smartmsg_ruleset_t *set,
                             const smartmsg_context_t *context,
                             const smartmsg_seen_t *seen, int64_t now,
                             smartmsg_decision_t *decision)
{
    smartmsg_context_t inner = *context;
    smartmsg_trigger_set_t free_kinds = set->kinds;
    smartmsg_rules_t rules = rules_for(set, context);
    const smartmsg_asked_t *end = rules.list + rules.n;
    bool forced = is_forced(context);

    decision->set = NULL;
    decision->n = 0;
    inner.resolve = smartmsg_ruleset_resolve;
    inner.resolve_data = set;

    for (const smartmsg_asked_t *asked = rules.list; free_kinds != 0;
         asked++)
    {
        smartmsg_str_t variation;

        asked = next_rule(asked, end, free_kinds, context->facts, forced, now);

        if (asked == end) {
            break;
        }

        const smartmsg_rule_t *rule = asked->rule;

        /* what was asked of an unknown visitor must show once more */
        inner.holds = forced || context->personal != NULL ? NULL : asked->gate;

        const smartmsg_message_t *message = ask(rule, &inner, &variation);

        if (message == NULL || is_excluded(rule, decision)
            || !smartmsg_limits_allow(rule, message, seen, now))
        {
            continue;
        }

        smartmsg_when_set_t entries = smartmsg_when_choose(
            smartmsg_message_when(message), free_kinds,
            count(&inner, smartmsg_rule_moments(rule)->views));

        if (entries != 0) {
            smartmsg_armed_t *armed = &decision->armed[decision->n++];

            *armed = smartmsg_ruleset_arm(rule, message, &inner, entries);
            armed->variation = variation;
            free_kinds &= ~armed->kinds;
        }
    }

    if (decision->n > 0) {
        decision->set = smartmsg_ruleset_ref(set);
    }
}

void smartmsg_decision_release(smartmsg_decision_t *decision)
{
    smartmsg_ruleset_unref(decision->set);
    decision->set = NULL;
    decision->n = 0;
}
