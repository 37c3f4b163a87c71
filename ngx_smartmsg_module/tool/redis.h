/*
 * Redis, synchronously: a failure ends the program with CTL_AWAY or
 * CTL_REFUSED.  Every operation has a time limit of two seconds.
 */

#ifndef SMARTMSG_TOOL_REDIS_H
#define SMARTMSG_TOOL_REDIS_H

#include <hiredis/hiredis.h>

#include "tool/ctl.h"

/* Reads the options that say where Redis is; ends the program if they err. */
void ctl_redis_options(ctl_t *ctl);

/* Connects if that has not been done. */
void ctl_redis_connect(ctl_t *ctl);
void ctl_redis_close(ctl_t *ctl);

/* Room for any key. */
#define CTL_KEY_SIZE 256

/* The prefix and the rest of a key; returns out. */
const char *ctl_key(const ctl_t *ctl, char out[CTL_KEY_SIZE],
    const char *format, ...) SMARTMSG_PRINTF(3, 4);

/*
 * Sends a command of NUL terminated words, the last one NULL.  ctl_command()
 * also receives the reply, which must be of this type; free it with
 * freeReplyObject().
 */
redisReply *ctl_command(ctl_t *ctl, int type, ...);
redisReply *ctl_command_words(ctl_t *ctl, int type, const ctl_words_t *words);
void ctl_send(ctl_t *ctl, ...);

/*
 * Receives a reply of what was sent; `what` names it for errors.  Type 0:
 * any but an error.
 */
redisReply *ctl_receive(ctl_t *ctl, int type, const char *what);

/* HGETALL, sorted by field. */
redisReply *ctl_hash(ctl_t *ctl, const char *key);

/* Replies of type STRING: the text. */
smartmsg_str_t ctl_reply_str(const redisReply *reply);

/* The string of a list at i; empty if there is none. */
smartmsg_str_t ctl_reply_at(const redisReply *list, size_t i);


#endif
