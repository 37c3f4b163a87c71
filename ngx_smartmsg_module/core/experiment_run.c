#include <stdlib.h>

#include "core/coerce.h"
#include "core/experiment_inside.h"

typedef struct {
    const smartmsg_experiment_t *e;
    const smartmsg_context_t *context;
    const smartmsg_stack_t *stack;
    smartmsg_assignment_t *out;
    bool sticky;
    smartmsg_attribute_t attribute;  /* the one in use */
    smartmsg_value_t value;
    double n;
} run_t;

/* Finds the attribute that is hashed: the fallback if the first is empty. */
static void find_attribute(run_t *run)
{
    const smartmsg_facts_t *facts = run->context->facts;

    run->attribute = run->e->attribute;
    run->value = smartmsg_attribute_value(&run->attribute, facts);

    if (!smartmsg_attribute_present(&run->value) && run->sticky
        && run->e->fallback.name.len > 0)
    {
        smartmsg_value_t value = smartmsg_attribute_value(&run->e->fallback,
                                                          facts);

        if (smartmsg_attribute_present(&value)) {
            run->attribute = run->e->fallback;
            run->value = value;
        }
    }
}

static void result(run_t *run, int variation)
{
    const smartmsg_experiment_t *e = run->e;
    smartmsg_assignment_t *out = run->out;
    const smartmsg_variation_t *v;

    memset(out, 0, sizeof(*out));
    out->in_experiment = variation >= 0 && (size_t) variation < e->n_variations;
    out->variation = out->in_experiment ? variation : 0;
    v = &e->variations[out->variation];
    out->key = e->n_variations > 0 ? v->key : "0";
    out->name = v->name;
    out->passthrough = v->passthrough;
    out->value = json_array_get(e->values, (size_t) out->variation);
    out->bucket = -1;
    out->hash_attribute = run->attribute.name;
    out->hash_value = run->value;
}

/* "?KEY=1" in the URL: the number, or -1. */
static int variation_of_url(const smartmsg_experiment_t *e,
    smartmsg_str_t url)
{
    const char *p = url.len > 0 ? memchr(url.data, '?', url.len) : NULL;
    const char *end;
    size_t len;

    if (p == NULL) {
        return -1;
    }

    p++;
    len = (size_t) (url.data + url.len - p);

    /* the query ends at a second question mark or the fragment */
    for (end = p; end < p + len && *end != '?' && *end != '#'; end++) {
        continue;
    }

    while (p < end) {
        const char *amp = memchr(p, '&', (size_t) (end - p));
        const char *stop = amp != NULL ? amp : end;
        const char *is = memchr(p, '=', (size_t) (stop - p));
        smartmsg_str_t name = { p, (size_t) ((is ? is : stop) - p) };

        if (smartmsg_str_eq(name, smartmsg_str(e->key, e->key_len))) {
            long number = 0;
            const char *digit = is != NULL ? is + 1 : stop;
            const char *first;

            /* parseInt(): leading digits count */
            while (digit < stop && *digit == ' ') {
                digit++;
            }

            for (first = digit; digit < stop && *digit >= '0' && *digit <= '9'
                                && number < 100000; digit++)
            {
                number = number * 10 + (*digit - '0');
            }

            return digit > first && number < (long) e->n_variations
                   ? (int) number : -1;
        }

        p = amp != NULL ? amp + 1 : end;
    }

    return -1;
}

/* Forced by URL or context; false if not. */
static bool forced(run_t *run)
{
    const json_t *wanted;
    int variation = variation_of_url(run->e, run->context->url);

    if (variation >= 0) {
        result(run, variation);
        return true;
    }

    wanted = json_object_get(run->context->forced_variations, run->e->key);
    if (wanted == NULL) {
        return false;
    }

    result(run, json_is_integer(wanted)
                && json_integer_value(wanted) < (json_int_t)
                                                run->e->n_variations
                && json_integer_value(wanted) >= 0
                ? (int) json_integer_value(wanted) : -1);
    return true;
}

/* The variation whose meta key was remembered, -1 if there is none. */
static int remembered(const run_t *run, smartmsg_str_t key)
{
    const smartmsg_experiment_t *e = run->e;

    for (size_t i = 0; i < e->n_variations; i++) {
        const smartmsg_variation_t *v = &e->variations[i];

        if (v->key != v->index
            && smartmsg_str_eq(smartmsg_str(v->key, strlen(v->key)), key))
        {
            return (int) i;
        }
    }

    return -1;
}

/* -1 if there is no sticky bucket; *blocked: the visitor must stay out. */
static int find_sticky(const run_t *run, bool *blocked)
{
    smartmsg_text_t key;
    int variation = -1;

    if (!run->sticky) {
        return -1;
    }

    smartmsg_text_init(&key);

    switch (smartmsg_sticky_find(&run->e->sticky, run->context->sticky,
                                 run->context->facts, &key))
    {
    case SMARTMSG_STICKY_FOUND:
        variation = key.failed ? -1 : remembered(run, smartmsg_text_str(&key));
        break;
    case SMARTMSG_STICKY_BLOCKED:
        *blocked = true;
        break;
    default:
        break;
    }

    smartmsg_text_free(&key);
    return variation;
}

static bool in_namespace(const run_t *run)
{
    const smartmsg_experiment_t *e = run->e;
    smartmsg_text_t text;
    bool inside;

    smartmsg_text_init(&text);
    smartmsg_add_string(&text, &run->value);
    inside = !text.failed
             && smartmsg_in_namespace(smartmsg_text_str(&text),
                                      e->namespace_id, e->namespace_range);
    smartmsg_text_free(&text);
    return inside;
}

static bool targeted(const run_t *run)
{
    const smartmsg_experiment_t *e = run->e;

    if (e->filters.present) {
        if (!smartmsg_filters_pass(&e->filters, run->context->facts)) {
            return false;
        }

    } else if (e->has_namespace && !in_namespace(run)) {
        return false;
    }

    if (e->condition != NULL && e->condition != run->context->holds
        && smartmsg_condition_eval(e->condition, run->context->facts)
           != SMARTMSG_YES)
    {
        return false;
    }

    return smartmsg_parents_eval(&e->parents, run->context, run->stack)
           == SMARTMSG_PARENTS_PASS;
}

/* Gives the visitor the variation and remembers it. */
static void assign(run_t *run, int variation, bool by_sticky)
{
    result(run, variation);
    run->out->hash_used = true;
    run->out->bucket = run->n;
    run->out->sticky_used = by_sticky;

    if (run->sticky) {
        smartmsg_sticky_save(&run->e->sticky, run->context->sticky,
                             run->attribute.name, &run->value,
                             smartmsg_str(run->out->key,
                                          strlen(run->out->key)));
    }
}

/* Decides by attribute, targeting and hash. */
static void decide(run_t *run)
{
    const smartmsg_experiment_t *e = run->e;
    bool blocked = false;
    int variation = find_sticky(run, &blocked);
    bool by_sticky = variation >= 0;

    if (!by_sticky && !targeted(run)) {
        result(run, -1);
        return;
    }

    run->n = smartmsg_attribute_hash(e->seed, &run->value, e->hash_version);

    if (run->n < 0 || blocked) {
        result(run, -1);
        run->out->sticky_used = run->n >= 0;
        return;
    }

    if (!by_sticky) {
        variation = smartmsg_choose_variation(run->n, e->ranges, e->n_ranges);
    }

    if (variation < 0) {
        result(run, -1);

    } else if (e->forced) {
        result(run, e->force);

    } else if (run->context->qa_mode || e->stopped) {
        result(run, -1);

    } else {
        assign(run, variation, by_sticky);
    }
}

void smartmsg_experiment_run_in(const smartmsg_experiment_t *experiment,
    const smartmsg_context_t *context, const smartmsg_stack_t *stack,
    smartmsg_assignment_t *assignment)
{
    run_t run = { .e = experiment, .context = context, .stack = stack,
                  .out = assignment };

    run.sticky = context->sticky != NULL && !experiment->no_sticky;
    find_attribute(&run);

    if (experiment->n_variations < 2 || context->disabled) {
        result(&run, -1);

    } else if (forced(&run)) {
        return;

    } else if (experiment->inactive
               || !smartmsg_attribute_present(&run.value))
    {
        result(&run, -1);

    } else {
        decide(&run);
    }
}

void smartmsg_experiment_run(const smartmsg_experiment_t *experiment,
    const smartmsg_context_t *context, smartmsg_assignment_t *assignment)
{
    unsigned budget = SMARTMSG_PARENT_EVALS_MAX;
    smartmsg_stack_t stack = { NULL, { NULL, 0 }, 0, &budget };

    smartmsg_experiment_run_in(experiment, context, &stack, assignment);
}
