/*
 * Input: a condition, a line feed, attributes.  Whatever compiles must
 * evaluate, and the verdicts have to fit together.
 */

#include <stdint.h>
#include <stdlib.h>

#include "core/condition.h"

/* No fact is known yet. */
static const smartmsg_value_t *unknown(void *data, uint32_t slot)
{
    (void) data;
    (void) slot;
    return NULL;
}

static smartmsg_verdict_t verdict(json_t *condition, json_t *attributes,
    bool lenient, bool *compiled)
{
    smartmsg_names_t *names = smartmsg_names_create();
    smartmsg_compile_t with = { .names = names, .lenient = lenient,
                                .saved_groups = attributes };
    smartmsg_facts_t nothing = { .get = unknown, .data = NULL };
    smartmsg_verdict_t result = SMARTMSG_NO;
    smartmsg_json_facts_t from;
    smartmsg_facts_t facts = smartmsg_json_facts(&from, names, attributes);
    smartmsg_error_t err;
    smartmsg_condition_t *c = smartmsg_condition_compile(condition, &with,
                                                         &err);

    *compiled = c != NULL;

    if (c != NULL) {
        smartmsg_verdict_t early = smartmsg_condition_eval(c, &nothing);

        result = smartmsg_condition_eval(c, &facts);

        if (result == SMARTMSG_UNKNOWN
            || (early != SMARTMSG_UNKNOWN && early != result))
        {
            abort();
        }

    } else if (err.text[0] == '\0') {
        abort();
    }

    smartmsg_condition_free(c);
    smartmsg_names_destroy(names);
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *) data;
    const char *line = size > 0 ? memchr(text, '\n', size) : NULL;
    size_t first = line != NULL ? (size_t) (line - text) : size;
    json_t *condition = json_loadb(text, first, JSON_DECODE_ANY, NULL);
    json_t *attributes = NULL;
    bool strict, lenient;

    if (line != NULL) {
        attributes = json_loadb(line + 1, size - first - 1, JSON_DECODE_ANY,
                                NULL);
    }

    if (condition != NULL) {
        smartmsg_verdict_t a = verdict(condition, attributes, false, &strict);
        smartmsg_verdict_t b = verdict(condition, attributes, true, &lenient);

        /* what is right is right for the SDKs too */
        if (strict && (!lenient || a != b)) {
            abort();
        }
    }

    json_decref(condition);
    json_decref(attributes);
    return 0;
}
