#ifndef SMARTMSG_CORE_DRAFT_H
#define SMARTMSG_CORE_DRAFT_H

#include "core/placeholder.h"
#include "core/sink.h"

/*
 * A hole in HTML, which each request fills with a fact: in place of the `len`
 * bytes at `at`, which stand there if there is no such fact.
 */
typedef struct {
    size_t at;
    size_t len;
    bool attribute;     /* inside the value of an attribute */
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
} smartmsg_draft_t;

/*
 * Puts a text with placeholders, escaped for a place between tags or, if
 * attribute, between the double quotes of an attribute. Returns NULL, or a
 * static reason if a placeholder is none.
 */
const char *smartmsg_draft_text(smartmsg_draft_t *draft, smartmsg_str_t text,
                                bool attribute);

/*
 * The finished HTML for one request: with the facts in its holes, escaped.
 * facts may be NULL: none is known. Writes to out when it is not NULL; returns
 * the number of bytes.
 */
size_t smartmsg_draft_fill(smartmsg_str_t html, const smartmsg_hole_t *holes,
                           size_t n, const smartmsg_facts_t *facts,
                           smartmsg_str_t language, char *out);

#endif
