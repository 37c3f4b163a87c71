#include "core/rule.h"

#include <math.h>
#include <stdlib.h>

#include "core/date.h"
#include "core/groups.h"
#include "core/members.h"
#include "core/rule_check.h"
#include "core/rule_text.h"

/* A value of the feature, and the message that it was. */
typedef struct {
    size_t index;
    const json_t *value;
    smartmsg_message_t *message;
} value_t;

struct smartmsg_rule_s {
    unsigned references;
    double priority;
    int64_t start;              /* unix seconds, INT64_MIN: always */
    int64_t end;                /* INT64_MAX: never */
    smartmsg_trigger_set_t kinds;
    unsigned needs;             /* of its messages: SMARTMSG_WHEN_... */
    smartmsg_rule_facts_t facts;
    bool uses_cart;
    bool uses_groups;
    uint32_t page_slot;
    smartmsg_terms_t terms;     /* borrows from what the feature holds */
    smartmsg_feature_t *feature;
    size_t n_values;
    size_t values_size;
    value_t *values;
    smartmsg_str_t id;
    smartmsg_str_t text;
    char bytes[];               /* of id and text */
};

bool smartmsg_rule_id_valid(smartmsg_str_t id)
{
    return smartmsg_name_valid(id);
}

static smartmsg_rule_t *create(smartmsg_str_t id, smartmsg_str_t text,
                               smartmsg_error_t *err)
{
    smartmsg_rule_t *rule = malloc(sizeof(*rule) + id.len + text.len + 2);

    if (rule == NULL) {
        smartmsg_error_no_memory(err);
        return NULL;
    }

    memset(rule, 0, sizeof(*rule));
    rule->references = 1;
    rule->start = INT64_MIN;
    rule->end = INT64_MAX;

    memcpy(rule->bytes, id.data, id.len);
    rule->bytes[id.len] = '\0';
    rule->id = smartmsg_str(rule->bytes, id.len);

    char *copy = rule->bytes + id.len + 1;

    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    rule->text = smartmsg_str(copy, text.len);

    return rule;
}

static void destroy(smartmsg_rule_t *rule)
{
    for (size_t i = 0; i < rule->n_values; i++) {
        smartmsg_message_free(rule->values[i].message);
    }

    smartmsg_rule_facts_free(&rule->facts);
    smartmsg_feature_free(rule->feature);
    free(rule->values);
    free(rule);
}

static bool parse_priority(smartmsg_rule_t *rule, json_t *root,
                           smartmsg_error_t *err)
{
    json_t *value = json_object_get(root, "priority");

    if (value != NULL && !json_is_number(value)) {
        smartmsg_error_set(err, "priority", "must be a number, not %s",
                           smartmsg_members_kind(value));
        return false;
    }

    rule->priority = json_number_value(value);

    return true;
}

static bool parse_date(json_t *root, const char *key, int64_t *unix_time,
                       smartmsg_error_t *err)
{
    json_t *value = json_object_get(root, key);

    if (value == NULL) {
        return true;
    }

    if (json_is_number(value)) {
        double seconds = json_number_value(value);

        if (seconds >= 0 && seconds < 1e15) {
            *unix_time = (int64_t)ceil(seconds);
            return true;
        }
    }

    if (json_is_string(value)
        && smartmsg_date_parse(smartmsg_str(json_string_value(value),
                                            json_string_length(value)),
                               unix_time))
    {
        return true;
    }

    smartmsg_error_set(err, key, "must be a date such as 2030-12-24 or "
                       "2030-12-24T18:00Z (UTC), or unix seconds");

    return false;
}

static bool parse_season(smartmsg_rule_t *rule, json_t *root,
                         smartmsg_error_t *err)
{
    if (!parse_date(root, "start", &rule->start, err)
        || !parse_date(root, "end", &rule->end, err))
    {
        return false;
    }

    if (rule->start >= rule->end) {
        smartmsg_error_set(err, "end", "is not after start: the rule would "
                           "never be in force");
        return false;
    }

    return true;
}

static bool grow_values(smartmsg_rule_t *rule)
{
    size_t size = rule->values_size ? rule->values_size * 2 : 4;
    value_t *values = realloc(rule->values, size * sizeof(value_t));

    if (values == NULL) {
        return false;
    }

    rule->values = values;
    rule->values_size = size;

    return true;
}

static bool add_message(smartmsg_rule_t *rule, size_t index,
                        const json_t *value, const char *path,
                        smartmsg_names_t *names, smartmsg_error_t *err)
{
    if (rule->n_values == rule->values_size && !grow_values(rule)) {
        smartmsg_error_no_memory(err);
        return false;
    }

    smartmsg_message_t *message = smartmsg_message_parse(value, path, names,
                                                         err);

    if (message == NULL) {
        return false;
    }

    rule->values[rule->n_values++] = (value_t){index, value, message};
    rule->kinds |= smartmsg_message_kinds(message);
    rule->needs |= smartmsg_when_needs(
        smartmsg_message_when(message),
        smartmsg_when_all(smartmsg_message_when(message)));

    if (rule->terms.goal.len == 0
        && (smartmsg_message_cap(message)->until & SMARTMSG_UNTIL_CONVERT))
    {
        rule->terms.goal = SMARTMSG_STR("order");
    }

    return true;
}

static bool parse_messages(smartmsg_rule_t *rule, smartmsg_names_t *names,
                           smartmsg_error_t *err)
{
    for (size_t i = 0;; i++) {
        smartmsg_path_t path = {0};
        const json_t *value = smartmsg_feature_value(rule->feature, i, &path);

        if (value == NULL) {
            return true;
        }

        if (!json_is_null(value)
            && !add_message(rule, i, value, path.text, names, err))
        {
            return false;
        }
    }
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/*
 * The slots of conditions and texts, ascending, each once; to be freed. NULL
 * without memory.
 */
static uint32_t *collect_slots(const smartmsg_rule_t *rule, size_t *count)
{
    size_t n, total, kept = 0;
    const uint32_t *asked = smartmsg_feature_slots(rule->feature, &n);
    uint32_t *slots;

    total = n;

    for (size_t i = 0; i < rule->n_values; i++) {
        total += smartmsg_message_slots(rule->values[i].message, NULL);
    }

    slots = malloc((total + 1) * sizeof(slots[0]));

    if (slots == NULL) {
        return NULL;
    }

    if (n > 0) {
        memcpy(slots, asked, n * sizeof(slots[0]));
    }

    for (size_t i = 0; i < rule->n_values; i++) {
        n += smartmsg_message_slots(rule->values[i].message, slots + n);
    }

    qsort(slots, n, sizeof(slots[0]), by_number);

    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || slots[i] != slots[kept - 1]) {
            slots[kept++] = slots[i];
        }
    }

    *count = kept;

    return slots;
}

static bool starts_with(smartmsg_str_t text, smartmsg_str_t prefix)
{
    return text.len >= prefix.len
           && memcmp(text.data, prefix.data, prefix.len) == 0;
}

/* A fact that the shop's pages tell to the browser only. */
static bool is_signal(smartmsg_str_t name)
{
    return starts_with(name, SMARTMSG_STR("cart."))
           || smartmsg_str_eq(name, SMARTMSG_STR("session.orders"))
           || smartmsg_str_eq(name, SMARTMSG_STR("visitor.orders"))
           || smartmsg_str_eq(name, SMARTMSG_STR("visitor.revenue"))
           || smartmsg_str_eq(name, SMARTMSG_STR("visitor.last_order"));
}

/* Notes the facts that are needed, and those that matter before it is asked. */
static bool note_facts(smartmsg_rule_t *rule, smartmsg_names_t *names)
{
    size_t n;
    uint32_t *asked = collect_slots(rule, &n);
    bool good = asked != NULL
                && smartmsg_rule_facts_init(&rule->facts, asked, n,
                                            rule->needs, names);
    const uint32_t *slots;

    free(asked);

    if (!good) {
        return false;
    }

    slots = smartmsg_rule_slots(rule, &n);
    rule->page_slot = SMARTMSG_NO_SLOT;
    rule->uses_cart = smartmsg_str_eq(rule->terms.goal, SMARTMSG_STR("cart"))
                      || smartmsg_str_eq(rule->terms.goal,
                                         SMARTMSG_STR("order"));

    for (size_t i = 0; i < n; i++) {
        smartmsg_str_t name = smartmsg_names_name(names, slots[i]);

        if (is_signal(name)) {
            rule->uses_cart = true;
        } else if (smartmsg_str_eq(name, SMARTMSG_STR("page.type"))) {
            rule->page_slot = slots[i];
        }
    }

    return true;
}

/* The messages are all that is needed of the values. */
static bool shrink(smartmsg_rule_t *rule)
{
    if (!smartmsg_feature_shrink(rule->feature,
                                 smartmsg_str_without_bom(rule->text)))
    {
        return false;
    }

    for (size_t i = 0; i < rule->n_values; i++) {
        rule->values[i].value = smartmsg_feature_value(rule->feature,
                                                       rule->values[i].index,
                                                       NULL);
    }

    return true;
}

static bool compile(smartmsg_rule_t *rule, json_t *root,
                    smartmsg_names_t *names, json_t *groups,
                    smartmsg_error_t *err)
{
    smartmsg_compile_t with = {.names = names, .saved_groups = groups,
                               .open_groups = true, .path = ""};

    if (!parse_priority(rule, root, err) || !parse_season(rule, root, err)
        || !smartmsg_terms_parse(&rule->terms, root, err))
    {
        return false;
    }

    rule->feature = smartmsg_feature_compile(rule->id, root, &with, err);

    if (rule->feature == NULL || !smartmsg_rule_check(root, err)
        || !parse_messages(rule, names, err))
    {
        return false;
    }

    rule->uses_groups = smartmsg_groups_used(root);

    if (!note_facts(rule, names) || !shrink(rule)) {
        smartmsg_error_no_memory(err);
        return false;
    }

    return true;
}

smartmsg_rule_t *smartmsg_rule_parse(smartmsg_str_t id, smartmsg_str_t text,
                                     smartmsg_names_t *names,
                                     smartmsg_error_t *err)
{
    return smartmsg_rule_parse_with(id, text, names, NULL, err);
}

smartmsg_rule_t *smartmsg_rule_parse_with(smartmsg_str_t id,
                                          smartmsg_str_t text,
                                          smartmsg_names_t *names,
                                          json_t *groups,
                                          smartmsg_error_t *err)
{
    if (!smartmsg_rule_id_valid(id)) {
        smartmsg_error_set(err, NULL, "the rule's name must be 1 to %d "
                           "letters, digits, '.', '_' or '-', and begin with "
                           "a letter or digit", SMARTMSG_RULE_ID_MAX);
        return NULL;
    }

    json_t *root = smartmsg_rule_text_load(text, err);

    if (root == NULL) {
        return NULL;
    }

    smartmsg_rule_t *rule = create(id, text, err);

    if (rule != NULL && !compile(rule, root, names, groups, err)) {
        smartmsg_rule_text_locate(text, err);
        destroy(rule);
        rule = NULL;
    }

    json_decref(root);

    return rule;
}

smartmsg_rule_t *smartmsg_rule_ref(smartmsg_rule_t *rule)
{
    rule->references++;

    return rule;
}

void smartmsg_rule_unref(smartmsg_rule_t *rule)
{
    if (rule != NULL && --rule->references == 0) {
        destroy(rule);
    }
}

bool smartmsg_rule_uses_groups(const smartmsg_rule_t *rule)
{
    return rule->uses_groups;
}

smartmsg_str_t smartmsg_rule_id(const smartmsg_rule_t *rule)
{
    return rule->id;
}

smartmsg_str_t smartmsg_rule_text(const smartmsg_rule_t *rule)
{
    return rule->text;
}

json_t *smartmsg_rule_definition(const smartmsg_rule_t *rule)
{
    smartmsg_str_t text = smartmsg_str_without_bom(rule->text);

    return json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, NULL);
}

double smartmsg_rule_priority(const smartmsg_rule_t *rule)
{
    return rule->priority;
}

const smartmsg_feature_t *smartmsg_rule_feature(const smartmsg_rule_t *rule)
{
    return rule->feature;
}

smartmsg_trigger_set_t smartmsg_rule_kinds(const smartmsg_rule_t *rule)
{
    return rule->kinds;
}

int smartmsg_rule_order(const smartmsg_rule_t *a, const smartmsg_rule_t *b)
{
    if (a->priority != b->priority) {
        return a->priority > b->priority ? -1 : 1;
    }

    return smartmsg_str_cmp(a->id, b->id);
}

bool smartmsg_rule_in_season(const smartmsg_rule_t *rule, int64_t now)
{
    return now >= rule->start && now < rule->end;
}

bool smartmsg_rule_seasonal(const smartmsg_rule_t *rule)
{
    return rule->start != INT64_MIN || rule->end != INT64_MAX;
}

bool smartmsg_rule_is_early(const smartmsg_rule_t *rule, int64_t now)
{
    return now < rule->start;
}

bool smartmsg_rule_uses_cart(const smartmsg_rule_t *rule)
{
    return rule->uses_cart;
}

uint32_t smartmsg_rule_page_slot(const smartmsg_rule_t *rule)
{
    return rule->page_slot;
}

smartmsg_str_t smartmsg_rule_goal(const smartmsg_rule_t *rule)
{
    return rule->terms.goal;
}

smartmsg_str_t smartmsg_rule_group(const smartmsg_rule_t *rule)
{
    return rule->terms.group;
}

bool smartmsg_rule_urgent(const smartmsg_rule_t *rule)
{
    return rule->terms.urgent;
}

const uint32_t *smartmsg_rule_slots(const smartmsg_rule_t *rule, size_t *n)
{
    *n = rule->facts.n;

    return rule->facts.slots;
}

const smartmsg_moment_slots_t *smartmsg_rule_moments(
    const smartmsg_rule_t *rule)
{
    return &rule->facts.moments;
}

const smartmsg_message_t *smartmsg_rule_message(const smartmsg_rule_t *rule,
                                                const json_t *value)
{
    for (size_t i = 0; i < rule->n_values; i++) {
        if (rule->values[i].value == value) {
            return rule->values[i].message;
        }
    }

    return NULL;
}

size_t smartmsg_rule_message_number(const smartmsg_rule_t *rule,
                                    const smartmsg_message_t *message)
{
    size_t i = 0;

    while (i < rule->n_values && rule->values[i].message != message) {
        i++;
    }

    return i;
}

const smartmsg_message_t *smartmsg_rule_message_at(const smartmsg_rule_t *rule,
                                                   size_t number)
{
    return number < rule->n_values ? rule->values[number].message : NULL;
}
