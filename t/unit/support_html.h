/* What a message looks like to a visitor of whom no fact is known. */

#ifndef T_UNIT_SUPPORT_HTML_H
#define T_UNIT_SUPPORT_HTML_H

#include "support.h"

#include "core/message.h"

/* NUL terminated; to be freed. */
static inline char *filled_html(const smartmsg_message_text_t *text)
{
    smartmsg_fill_t with = {NULL, text->language, text->words};
    size_t len = smartmsg_draft_fill(text->html, text->holes, text->n_holes,
                                     &with, NULL);
    char *html = malloc(len + 1);

    assert_non_null(html);
    assert_int_equal(smartmsg_draft_fill(text->html, text->holes,
                                         text->n_holes, &with, html), len);
    html[len] = '\0';

    return html;
}

#endif
