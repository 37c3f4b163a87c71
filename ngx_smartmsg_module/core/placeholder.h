#ifndef SMARTMSG_CORE_PLACEHOLDER_H
#define SMARTMSG_CORE_PLACEHOLDER_H

#include <stdint.h>

#include "core/facts.h"
#include "core/names.h"
#include "core/str.h"

/*
 * A fact in a text: {{cart.value|money}}, {{profile.first_name|or:there}}.
 * After the name of the fact, filters parted by '|': one of "money", "money:"
 * and a currency, "number", "upper", "lower"; and "or:" with the text that
 * stands there when there is no such fact.
 */

#define SMARTMSG_PLACEHOLDER_NAME   128     /* bytes of a fact's name */
#define SMARTMSG_PLACEHOLDER_VALUE  512     /* bytes of a value, the rest goes */

typedef enum {
    SMARTMSG_FORMAT_PLAIN,
    SMARTMSG_FORMAT_UPPER,
    SMARTMSG_FORMAT_LOWER,
    SMARTMSG_FORMAT_NUMBER,
    SMARTMSG_FORMAT_MONEY
} smartmsg_format_e;

typedef struct {
    uint32_t slot;
    uint32_t currency_slot;     /* money without a currency of its own */
    char currency[4];           /* "EUR", or "" */
    smartmsg_format_e format;
} smartmsg_placeholder_t;

/* The reason that is no fault of the text; compare the pointer. */
extern const char smartmsg_placeholder_no_memory[];

/*
 * Reads the placeholder that text begins with ("{{"); its facts get slots in
 * names. Returns its length in bytes and what `or:` says (borrowed, empty if
 * it is not there), or 0 with a static reason.
 */
size_t smartmsg_placeholder_parse(smartmsg_str_t text, smartmsg_names_t *names,
                                  smartmsg_placeholder_t *placeholder,
                                  smartmsg_str_t *otherwise,
                                  const char **reason);

/* Where the first "{{" of a text is; its length if there is none. */
size_t smartmsg_placeholder_find(smartmsg_str_t text);

/*
 * What stands in the place of it for a reader of a language: UTF-8, not
 * escaped, at most SMARTMSG_PLACEHOLDER_VALUE bytes in out. Returns 0 if the
 * fact is missing, not known, empty, a list or an object, or no number where
 * one is wanted.
 */
size_t smartmsg_placeholder_value(const smartmsg_placeholder_t *placeholder,
                                  const smartmsg_facts_t *facts,
                                  smartmsg_str_t language, char *out);

#endif
