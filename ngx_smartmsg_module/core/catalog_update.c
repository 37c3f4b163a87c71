#include "core/catalog_inside.h"

#include <stdio.h>
#include <stdlib.h>

typedef smartmsg_catalog_entry_t entry_t;
typedef smartmsg_catalog_state_t state_t;
typedef smartmsg_catalog_print_t print_t;

/* What is to be reported once an update has succeeded. */
typedef struct {
    const smartmsg_kv_t *good;          /* newly good text */
    smartmsg_error_t *error;            /* of a newly broken text; owned */
    const char *in_force;
    const smartmsg_kv_t *bad_switch;
} news_t;

/* An update on its way: the hashes sorted by key, the new state, the news. */
typedef struct {
    smartmsg_catalog_t *catalog;
    smartmsg_kv_t *rules;
    smartmsg_kv_t *switches;
    smartmsg_kv_t *good;
    size_t n_rules;
    size_t n_switches;
    size_t n_good;
    state_t state;
    smartmsg_rule_list_t files;         /* compiled anew, else empty */
    size_t n_news;
    news_t *news;                       /* of the entry of the same index */
} update_t;

static print_t print_of(smartmsg_str_t text)
{
    /* FNV-1a, 64 bits */
    print_t print = {text.len, 14695981039346656037u};

    for (size_t i = 0; i < text.len; i++) {
        print.hash = (print.hash ^ (unsigned char)text.data[i])
                     * 1099511628211u;
    }

    return print;
}

static bool same_print(print_t a, print_t b)
{
    return a.len == b.len && a.hash == b.hash;
}

static int by_key(const void *a, const void *b)
{
    return smartmsg_str_cmp(((const smartmsg_kv_t *)a)->key,
                            ((const smartmsg_kv_t *)b)->key);
}

static int key_against_kv(const void *key, const void *kv)
{
    return smartmsg_str_cmp(*(const smartmsg_str_t *)key,
                            ((const smartmsg_kv_t *)kv)->key);
}

static bool copy_sorted(const smartmsg_kv_t *from, size_t n, smartmsg_kv_t **to)
{
    *to = malloc((n + 1) * sizeof(smartmsg_kv_t));

    if (*to == NULL) {
        return false;
    }

    if (n > 0) {
        memcpy(*to, from, n * sizeof(smartmsg_kv_t));
        qsort(*to, n, sizeof(smartmsg_kv_t), by_key);
    }

    return true;
}

static void end_update(update_t *update)
{
    for (size_t i = 0; update->news != NULL && i < update->n_news; i++) {
        free(update->news[i].error);
    }

    free(update->news);
    smartmsg_catalog_free_state(&update->state);
    smartmsg_rule_list_free(&update->files);
    free(update->rules);
    free(update->switches);
    free(update->good);
}

static bool begin_update(update_t *update, smartmsg_catalog_t *catalog,
                         const smartmsg_catalog_input_t *input)
{
    size_t size = input->n_rules + input->n_switches;

    memset(update, 0, sizeof(*update));
    update->catalog = catalog;
    update->n_rules = input->n_rules;
    update->n_switches = input->n_switches;
    update->n_good = input->n_good;

    update->state.entries = calloc(size + 1, sizeof(entry_t));
    update->n_news = size;
    update->news = calloc(size + 1, sizeof(news_t));

    return update->state.entries != NULL && update->news != NULL
           && copy_sorted(input->rules, input->n_rules, &update->rules)
           && copy_sorted(input->switches, input->n_switches,
                          &update->switches)
           && copy_sorted(input->good, input->n_good, &update->good);
}

static const smartmsg_kv_t *find_good(const update_t *update, smartmsg_str_t id)
{
    if (update->n_good == 0) {
        return NULL;
    }

    return bsearch(&id, update->good, update->n_good, sizeof(smartmsg_kv_t),
                   key_against_kv);
}

/* Parses; false only if memory is short. Then, as on error, *rule is NULL. */
static bool parse(const update_t *update, const smartmsg_kv_t *kv,
                  smartmsg_rule_t **rule, smartmsg_error_t *err)
{
    smartmsg_error_t no_memory;

    *rule = smartmsg_rule_parse_with(kv->key, kv->value,
                                     update->catalog->names,
                                     update->catalog->groups, err);
    smartmsg_error_no_memory(&no_memory);

    return *rule != NULL || strcmp(err->text, no_memory.text) != 0;
}

/*
 * A reference to the rule, or, if its groups have changed, to what it is now.
 * False only if memory is short.
 */
static bool keep(const update_t *update, smartmsg_rule_t *rule,
                 smartmsg_rule_t **kept)
{
    smartmsg_error_t ignored;

    *kept = NULL;

    if (update->catalog->regroup && smartmsg_rule_uses_groups(rule)) {
        smartmsg_kv_t kv = {smartmsg_rule_id(rule), smartmsg_rule_text(rule)};

        if (!parse(update, &kv, kept, &ignored)) {
            return false;
        }
    }

    /* with groups in a circle, say, the former ones stay in force */
    if (*kept == NULL) {
        *kept = smartmsg_rule_ref(rule);
    }

    return true;
}

/* The rules of the directory, if their groups have changed. */
static bool keep_files(update_t *update)
{
    const smartmsg_rule_list_t *files = &update->catalog->files;
    smartmsg_rule_list_t *kept = &update->files;

    if (!update->catalog->regroup) {
        return true;
    }

    kept->rules = malloc((files->n + 1) * sizeof(kept->rules[0]));

    if (kept->rules == NULL) {
        return false;
    }

    while (kept->n < files->n) {
        if (!keep(update, files->rules[kept->n], &kept->rules[kept->n])) {
            return false;
        }

        kept->n++;
    }

    return true;
}

/* The best that there is instead of a broken text. */
static bool fall_back(const update_t *update, entry_t *entry,
                      const entry_t *old, news_t *news)
{
    smartmsg_str_t id = smartmsg_catalog_entry_id(entry);
    const smartmsg_kv_t *good = find_good(update, id);
    smartmsg_error_t ignored;

    if (old != NULL && old->rule != NULL) {
        news->in_force = "the last good version";
        return keep(update, old->rule, &entry->rule);
    }

    if (good != NULL && !parse(update, good, &entry->rule, &ignored)) {
        return false;
    }

    if (entry->rule != NULL) {
        news->in_force = "the good version kept in Redis";
    } else if (smartmsg_catalog_has_file(&update->catalog->files, id)) {
        news->in_force = "the file";
    } else {
        news->in_force = "nothing";
    }

    return true;
}

static char *copy_text(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);

    return copy != NULL ? memcpy(copy, text, size) : NULL;
}

/* "LINE:COLUMN: PATH: REASON"; NULL without memory. */
static char *error_text(const smartmsg_error_t *err)
{
    char where[32] = "";
    char *text;
    size_t size;

    if (err->line > 0) {
        (void)snprintf(where, sizeof(where), "%d:%d: ", err->line,
                       err->column);
    }

    size = strlen(where) + strlen(err->path) + 2 + strlen(err->text) + 1;
    text = malloc(size);

    if (text != NULL) {
        (void)snprintf(text, size, "%s%s%s%s", where, err->path,
                       err->path[0] ? ": " : "", err->text);
    }

    return text;
}

static bool note_broken(const update_t *update, entry_t *entry,
                        const entry_t *old, const smartmsg_kv_t *kv,
                        const smartmsg_error_t *err, news_t *news)
{
    entry->broken = true;
    entry->text = print_of(kv->value);
    entry->error = error_text(err);
    news->error = malloc(sizeof(*err));

    if (entry->error == NULL || news->error == NULL) {
        return false;
    }

    *news->error = *err;

    return fall_back(update, entry, old, news);
}

/* Is it worth saying that the text is good? See smartmsg_catalog_report_t. */
static bool is_news(const update_t *update, const smartmsg_kv_t *kv)
{
    const smartmsg_kv_t *good = find_good(update, kv->key);

    return update->catalog->updated || good == NULL
           || !smartmsg_str_eq(good->value, kv->value);
}

static bool take_rule(const update_t *update, entry_t *entry,
                      const entry_t *old, const smartmsg_kv_t *kv, news_t *news)
{
    smartmsg_error_t err;
    bool known = old != NULL && old->rule != NULL
                 && smartmsg_str_eq(smartmsg_rule_text(old->rule), kv->value);

    entry->has_text = true;

    if (known) {
        news->good = old->broken ? kv : NULL;
        return keep(update, old->rule, &entry->rule);
    }

    if (old != NULL && old->broken
        && same_print(old->text, print_of(kv->value)))
    {
        entry->broken = true;
        entry->text = old->text;
        entry->error = copy_text(old->error);
        return entry->error != NULL
               && (old->rule == NULL
                   || keep(update, old->rule, &entry->rule));
    }

    if (!parse(update, kv, &entry->rule, &err)) {
        return false;
    }

    if (entry->rule == NULL) {
        return note_broken(update, entry, old, kv, &err, news);
    }

    news->good = is_news(update, kv) ? kv : NULL;

    return true;
}

static void take_switch(entry_t *entry, const entry_t *old,
                        const smartmsg_kv_t *kv, news_t *news)
{
    if (smartmsg_str_case_eq(kv->value, SMARTMSG_STR("on"))) {
        entry->on = true;
        return;
    }

    if (smartmsg_str_case_eq(kv->value, SMARTMSG_STR("off"))) {
        entry->on = false;
        return;
    }

    entry->on = old == NULL || old->on;
    entry->bad_switch = true;
    entry->switch_text = print_of(kv->value);

    if (old == NULL || !old->bad_switch
        || !same_print(old->switch_text, entry->switch_text))
    {
        news->bad_switch = kv;
    }
}

/* One id with its field of the hash of rules, of switches, or both. */
static bool take_id(update_t *update, const smartmsg_kv_t *rule,
                    const smartmsg_kv_t *position)
{
    smartmsg_str_t id = rule ? rule->key : position->key;
    const entry_t *old = smartmsg_catalog_find(&update->catalog->state, id);
    entry_t *entry = &update->state.entries[update->state.n];
    news_t *news = &update->news[update->state.n];

    entry->id = malloc(id.len + 1);

    if (entry->id == NULL) {
        return false;
    }

    if (id.len > 0) {
        memcpy(entry->id, id.data, id.len);
    }

    entry->id_len = id.len;
    entry->on = true;
    update->state.n++;

    if (rule != NULL && !take_rule(update, entry, old, rule, news)) {
        return false;
    }

    if (position != NULL) {
        take_switch(entry, old, position, news);
    }

    return true;
}

/* Walks through both sorted hashes at once. */
static bool take_all(update_t *update)
{
    size_t r = 0, s = 0;

    while (r < update->n_rules || s < update->n_switches) {
        const smartmsg_kv_t *rule = &update->rules[r];
        const smartmsg_kv_t *position = &update->switches[s];
        int order = r == update->n_rules ? 1
                    : s == update->n_switches ? -1
                    : by_key(rule, position);

        if (!take_id(update, order <= 0 ? rule : NULL,
                     order >= 0 ? position : NULL))
        {
            return false;
        }

        r += order <= 0;
        s += order >= 0;
    }

    return true;
}

static void tell_news(const update_t *update,
                      const smartmsg_catalog_report_t *report)
{
    for (size_t i = 0; i < update->state.n; i++) {
        const news_t *news = &update->news[i];
        const entry_t *entry = &update->state.entries[i];
        smartmsg_str_t id = smartmsg_catalog_entry_id(entry);

        if (news->error != NULL && report->broken != NULL) {
            report->broken(report->data, id, news->error, news->in_force);
        }

        if (news->good != NULL && report->good != NULL) {
            report->good(report->data, id, news->good->value);
        }

        if (news->bad_switch != NULL && report->bad_switch != NULL) {
            report->bad_switch(report->data, id, news->bad_switch->value);
        }
    }
}

static void tell_gone(const update_t *update,
                      const smartmsg_catalog_report_t *report)
{
    const state_t *old = &update->catalog->state;

    for (size_t i = 0; i < old->n && report->gone != NULL; i++) {
        smartmsg_str_t id = smartmsg_catalog_entry_id(&old->entries[i]);
        const entry_t *entry = smartmsg_catalog_find(&update->state, id);

        if (old->entries[i].has_text && (entry == NULL || !entry->has_text)) {
            report->gone(report->data, id);
        }
    }
}

bool smartmsg_catalog_update(smartmsg_catalog_t *catalog,
                             const smartmsg_catalog_input_t *input,
                             const smartmsg_catalog_report_t *report)
{
    update_t update;
    smartmsg_ruleset_t *set = NULL;

    if (begin_update(&update, catalog, input) && keep_files(&update)
        && take_all(&update))
    {
        set = smartmsg_catalog_make_set(catalog->regroup ? &update.files
                                                         : &catalog->files,
                                        &update.state, catalog->set);
    }

    if (set == NULL) {
        end_update(&update);
        return false;
    }

    if (report != NULL) {
        tell_news(&update, report);
        tell_gone(&update, report);
    }

    state_t former = catalog->state;

    catalog->state = update.state;
    catalog->updated = true;
    smartmsg_catalog_replace_set(catalog, set);

    if (catalog->regroup) {
        smartmsg_rule_list_t files = catalog->files;

        catalog->files = update.files;
        catalog->regroup = false;
        update.files = files;
    }

    /* The former state is freed in its place. */
    update.state = former;
    end_update(&update);

    return true;
}
