#ifndef SMARTMSG_CORE_LANGUAGE_H
#define SMARTMSG_CORE_LANGUAGE_H

#include <stdbool.h>

#include "core/str.h"

#define SMARTMSG_LANGUAGE_MAX 35    /* bytes of a language tag */

/*
 * Whether text looks like a language tag (RFC 5646): subtags of letters and
 * digits parted by '-', the first of two or three letters, at most
 * SMARTMSG_LANGUAGE_MAX bytes: "de", "pt-BR".
 */
bool smartmsg_language_valid(smartmsg_str_t text);

/*
 * Index of the tag, out of n, that serves best whoever asks for `asked`:
 * the same tag, else the bare primary subtag (de for de-AT), else another one
 * of that primary subtag (de-CH), else the same for "en", else the first.
 * Case does not matter; asked may be a locale (de_DE). n must not be 0.
 */
size_t smartmsg_language_choose(const smartmsg_str_t *tags, size_t n,
                                smartmsg_str_t asked);

/* The languages in which the module has words of its own; en is the first. */
const smartmsg_str_t *smartmsg_language_known(size_t *n);

#endif
