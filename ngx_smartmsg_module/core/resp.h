#ifndef SMARTMSG_CORE_RESP_H
#define SMARTMSG_CORE_RESP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Replies in the protocol of Redis, parsed in the buffer in which they arrive:
 * texts stay where they are, nothing is allocated for each of them, and a reply
 * that comes in pieces is not looked at from its beginning again. All of RESP2,
 * and of RESP3 what hashes and invalidations need: maps, pushes and its null.
 */

/* Limits of one reply: whatever a server says, no more memory is used. */
#define SMARTMSG_RESP_SIZE_MAX ((size_t)128 * 1024 * 1024)
#define SMARTMSG_RESP_ITEMS_MAX ((size_t)1024 * 1024)
#define SMARTMSG_RESP_LINE_MAX ((size_t)64 * 1024)
#define SMARTMSG_RESP_DEPTH_MAX 8

typedef enum {
    SMARTMSG_RESP_NIL = 0,
    SMARTMSG_RESP_STRING,
    SMARTMSG_RESP_STATUS,
    SMARTMSG_RESP_ERROR,
    SMARTMSG_RESP_INTEGER,

    /* a map is an array, too: of names, each with its value behind it */
    SMARTMSG_RESP_ARRAY,

    /* an array that is no reply: nobody has asked for it */
    SMARTMSG_RESP_PUSH
} smartmsg_resp_type_e;

/*
 * One item of a reply. Those of an array or a push follow it, each with what is
 * in it.
 */
typedef struct {
    smartmsg_resp_type_e type;

    /* items from here to the end of this one, itself included */
    uint32_t span;

    /*
     * Of an integer; of an array or push: how many items it has; of a text:
     * where it is in the buffer.
     */
    int64_t number;

    /* of string, status and error; a NUL follows */
    char *str;
    size_t len;
} smartmsg_resp_t;

typedef enum {
    SMARTMSG_RESP_DONE = 0,
    SMARTMSG_RESP_MORE,
    SMARTMSG_RESP_BROKEN,
    SMARTMSG_RESP_LARGE,
    SMARTMSG_RESP_NO_MEMORY
} smartmsg_resp_result_e;

/* An array that is not complete yet. */
typedef struct {
    size_t item;
    int64_t left;
} smartmsg_resp_level_t;

/* To be zeroed before its first use. */
typedef struct {
    smartmsg_resp_t *items;
    size_t n_items;
    size_t size;

    smartmsg_resp_level_t levels[SMARTMSG_RESP_DEPTH_MAX];
    size_t depth;

    /* bytes of the reply that have been understood */
    size_t pos;

    /* below so many bytes there is nothing new to be seen */
    size_t want;

    /* the reply has been looked at before */
    bool pieces;
} smartmsg_resp_parser_t;

/*
 * Looks at the bytes that have come so far, from the first byte of a reply on;
 * the buffer may have moved since the last call. When a reply is complete,
 * *reply is it, *used its length in bytes, and the parser is ready for the next
 * one; reply and buffer are to be left alone until it has been dealt with. The
 * buffer is written to: texts are ended in place.
 *
 * All results but DONE and MORE are final.
 */
smartmsg_resp_result_e smartmsg_resp_parse(smartmsg_resp_parser_t *parser,
                                           char *buf, size_t len,
                                           smartmsg_resp_t **reply,
                                           size_t *used);

/* Forgets what has come of a reply, and frees all memory. */
void smartmsg_resp_free(smartmsg_resp_parser_t *parser);

/* Why the result is final, in words. */
const char *smartmsg_resp_reason(smartmsg_resp_result_e result);

/* The first item of an array that has some, and the one behind an item. */
static inline smartmsg_resp_t *smartmsg_resp_first(smartmsg_resp_t *array)
{
    return array + 1;
}

static inline smartmsg_resp_t *smartmsg_resp_next(smartmsg_resp_t *item)
{
    return item + item->span;
}

#endif
