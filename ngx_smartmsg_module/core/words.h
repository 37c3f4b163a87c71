#ifndef SMARTMSG_CORE_WORDS_H
#define SMARTMSG_CORE_WORDS_H

#include "core/str.h"

/* What a message says in the module's own words. */
typedef enum {
    SMARTMSG_WORD_CLOSE,
    SMARTMSG_WORD_COPIED,
    SMARTMSG_WORD_DONE,     /* a call has worked */
    SMARTMSG_WORD_FAILED,   /* it has not */
    SMARTMSG_WORD_CODE,     /* name of the field that a coupon stands in */
    SMARTMSG_WORD_SEND,
    SMARTMSG_WORD_THANKS,   /* for answers */
    SMARTMSG_WORD_LEFT,     /* time */
    SMARTMSG_WORD_ENDED,    /* it is over */
    SMARTMSG_WORD_STOP      /* name of the button that stops a countdown */
} smartmsg_word_e;

/* No word takes more bytes, escaped. */
#define SMARTMSG_WORD_ROOM 64

/* It in the language of the tag, in English if that is not known. UTF-8. */
smartmsg_str_t smartmsg_word(smartmsg_word_e word, smartmsg_str_t language);

#endif
