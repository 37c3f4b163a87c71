#ifndef SMARTMSG_CORE_MESSAGE_H
#define SMARTMSG_CORE_MESSAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/cap.h"
#include "core/draft.h"
#include "core/error.h"
#include "core/language.h"
#include "core/str.h"
#include "core/theme.h"
#include "core/when.h"

/*
 * A message: the value of a rule, {"when": ..., "cap": ..., "show": ...}.
 * Immutable; its HTML is rendered once, when it is parsed, for each language
 * that its texts name.
 */
typedef struct smartmsg_message_s smartmsg_message_t;

/*
 * Parses and renders a message. Strict: an unknown member, a wrong type, a
 * value out of range or a link that is not allowed fails, with the JSON path
 * (`rules[0].force.show.actions[1].href`) and the reason in err, which may be
 * NULL. path is the value's own (`rules[0].force`), "" for a value that
 * stands alone. Nothing of value is kept. The facts in its texts get slots in
 * facts. Returns NULL on error; free the result with smartmsg_message_free().
 */
smartmsg_message_t *smartmsg_message_parse(const json_t *value,
                                           const char *path,
                                           smartmsg_names_t *facts,
                                           smartmsg_error_t *err);

/* Does nothing for NULL. */
void smartmsg_message_free(smartmsg_message_t *message);

const smartmsg_when_t *smartmsg_message_when(const smartmsg_message_t *message);

/* The kinds of trigger that the message has, at least one. */
smartmsg_trigger_set_t smartmsg_message_kinds(
    const smartmsg_message_t *message);

const smartmsg_cap_t *smartmsg_message_cap(const smartmsg_message_t *message);

/* The address of its image, as the rule has it; empty: it has none. */
smartmsg_str_t smartmsg_message_image(const smartmsg_message_t *message);

/*
 * The slots of the facts in its texts, of all languages, some perhaps more than
 * once. Writes to out when it is not NULL; returns their number.
 */
size_t smartmsg_message_slots(const smartmsg_message_t *message, uint32_t *out);

/*
 * A message in one language, as it goes into a page. The pieces are ASCII,
 * escaped, and live as long as the message.
 */
typedef struct {
    smartmsg_str_t as;          /* "dialog", "bar" ... */
    smartmsg_str_t members;     /* more of the template's JSON, or empty */
    const smartmsg_theme_t *theme;  /* NULL: it has none of its own */
    smartmsg_str_t language;    /* tag of the language used; may be empty */
    smartmsg_str_t words;       /* that of the module's own words */
    smartmsg_str_t html;        /* contents of the template element, */
    const smartmsg_hole_t *holes;   /* for smartmsg_draft_fill() */
    size_t n_holes;
} smartmsg_message_text_t;

/*
 * Chooses the language. Asked for "de-AT", the message's own de-AT is taken,
 * else one of the same primary subtag (de, de-CH), else en, else the first
 * language that the message names; case does not matter. A message whose
 * texts name no language is in whatever language was asked for: then the tag
 * borrows from `language`, and is empty if that is no valid tag.
 */
void smartmsg_message_text(const smartmsg_message_t *message,
                           smartmsg_str_t language,
                           smartmsg_message_text_t *text);

#endif
