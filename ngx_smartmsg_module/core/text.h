/*
 * A text that is put together piece by piece; a short one needs no memory.
 */

#ifndef SMARTMSG_CORE_TEXT_H
#define SMARTMSG_CORE_TEXT_H

#include <stdint.h>

#include "core/str.h"

/*
 * Initialise with smartmsg_text_init(), end with smartmsg_text_free().  Once
 * memory is short, failed is set and everything further is dropped.
 */
typedef struct {
    char *data;
    size_t len;
    size_t size;
    bool failed;
    char small[128];
} smartmsg_text_t;

void smartmsg_text_init(smartmsg_text_t *text);
void smartmsg_text_free(smartmsg_text_t *text);

void smartmsg_text_add(smartmsg_text_t *text, smartmsg_str_t piece);

/* Appends the UTF-8 form of a code point. */
void smartmsg_text_add_char(smartmsg_text_t *text, uint32_t code);

/* The same with U+FFFD instead of bytes that are no UTF-8. */
void smartmsg_text_add_clean(smartmsg_text_t *text, smartmsg_str_t piece);

/* What is in it, borrowed until the text changes. */
smartmsg_str_t smartmsg_text_str(const smartmsg_text_t *text);

#endif
