#ifndef SMARTMSG_CORE_DRAFT_H
#define SMARTMSG_CORE_DRAFT_H

#include "core/placeholder.h"
#include "core/sink.h"
#include "core/words.h"

/*
 * A hole in HTML, which each request fills with a fact, or with one of the
 * module's own words in its language: in place of the `len` bytes at `at`,
 * which stand there if there is no such fact.
 */
typedef struct {
    uint32_t at;
    uint32_t len;
    bool attribute;     /* inside the value of an attribute */
    bool is_word;       /* then `what` has no slots */
    smartmsg_word_e word;
    smartmsg_placeholder_t what;
} smartmsg_hole_t;

/*
 * HTML in the making, with its holes. As a sink, it is made twice: first with
 * sink.out and holes NULL, to learn how much there will be.
 */
typedef struct {
    smartmsg_sink_t sink;
    smartmsg_hole_t *holes;
    size_t n_holes;
    smartmsg_names_t *names;    /* of the facts in the holes */
    bool new_tabs;              /* small HTML: links leave the page open */
    bool any_language;          /* own words are holes */
} smartmsg_draft_t;

/*
 * Puts a text with placeholders, escaped for a place between tags or, if
 * attribute, between the double quotes of an attribute. Returns NULL, or a
 * static reason if a placeholder is none.
 */
const char *smartmsg_draft_text(smartmsg_draft_t *draft, smartmsg_str_t text,
                                bool attribute);

/* Puts one of the module's own words in that language, or a hole for it. */
void smartmsg_draft_word(smartmsg_draft_t *draft, smartmsg_word_e word,
                         smartmsg_str_t language, bool attribute);

/* What holes are filled with. */
typedef struct {
    const smartmsg_facts_t *facts;  /* NULL: none is known */
    smartmsg_str_t language;        /* of the message, as numbers are written */
    smartmsg_str_t words;           /* the language of the module's own words */
} smartmsg_fill_t;

/*
 * The finished HTML for one request: with all that is in its holes, escaped.
 * Writes to out when it is not NULL; returns the number of bytes.
 */
size_t smartmsg_draft_fill(smartmsg_str_t html, const smartmsg_hole_t *holes,
                           size_t n, const smartmsg_fill_t *with,
                           char *out);

/* The bytes that this gives at most. */
size_t smartmsg_draft_room(smartmsg_str_t html, const smartmsg_hole_t *holes,
                           size_t n, const smartmsg_fill_t *with);

#endif
