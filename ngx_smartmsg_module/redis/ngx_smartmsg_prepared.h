/*
 * Commands that are the same each time, but for whose they are and when: a
 * group of them is written out once, and then only the bytes that differ are.
 *
 *     ngx_smartmsg_prepare(&p, "HSET", 0);
 *     ngx_smartmsg_prepare_key(&p, prefix, 's');
 *     ngx_smartmsg_prepare_word(&p, "last");
 *     ngx_smartmsg_prepare_time(&p);
 *     ...
 *     ngx_smartmsg_prepared_visitor(&p, &visitor);
 *     ngx_smartmsg_prepared_time(&p, ngx_time());
 *     rc = ngx_smartmsg_prepared_send(&p, redis, NULL, NULL, 1, NULL);
 *
 * All other commands are those of ngx_smartmsg_cmd.h.
 */

#ifndef _NGX_SMARTMSG_PREPARED_H_INCLUDED_
#define _NGX_SMARTMSG_PREPARED_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "redis/ngx_smartmsg_redis.h"


/* bytes of a group; three commands with the longest prefix need 400 */

#define NGX_SMARTMSG_PREPARED_SIZE      512
#define NGX_SMARTMSG_PREPARED_VISITORS  3


typedef struct {
    ngx_smartmsg_redis_group_t    group;

    /* in the text: how many words the last command has, one digit */
    size_t                        nwords;

    /* where the visitor's id goes, and the time; 0: nowhere */
    size_t                        visitors[NGX_SMARTMSG_PREPARED_VISITORS];
    ngx_uint_t                    nvisitors;
    size_t                        time;

    /* the time that is written there */
    int64_t                       now;

    unsigned                      overflow:1;

    u_char                        text[NGX_SMARTMSG_PREPARED_SIZE];
} ngx_smartmsg_prepared_t;


/*
 * To be made from zeroed memory, command by command; those to whose replies
 * the callback is called (heard = 1) come last.  What does not fit is kept in
 * mind and reported by the sending.  A command has up to nine words, names and
 * words are literals, and the first name is that of the group in the log.
 */

void ngx_smartmsg_prepare(ngx_smartmsg_prepared_t *p, const char *name,
    ngx_uint_t heard);
void ngx_smartmsg_prepare_word(ngx_smartmsg_prepared_t *p, const char *word);
void ngx_smartmsg_prepare_number(ngx_smartmsg_prepared_t *p, ngx_int_t n);

/*
 * The key of a visitor, with a place for the id; at most
 * NGX_SMARTMSG_PREPARED_VISITORS in a group.
 */

void ngx_smartmsg_prepare_key(ngx_smartmsg_prepared_t *p,
    const ngx_str_t *prefix, int kind);

/*
 * A place for a time in seconds; one in a group.
 */

void ngx_smartmsg_prepare_time(ngx_smartmsg_prepared_t *p);

/*
 * Writes SMARTMSG_VISITOR_ID_LEN bytes.
 */

void ngx_smartmsg_prepared_visitor(ngx_smartmsg_prepared_t *p,
    const u_char *visitor);

/*
 * NGX_OK; NGX_DECLINED: there is place for ten digits, and that is another
 * number of them.
 */

ngx_int_t ngx_smartmsg_prepared_time(ngx_smartmsg_prepared_t *p, int64_t now);

/*
 * Results are those of ngx_smartmsg_redis_group(), and NGX_ERROR for a group
 * that was too long.
 */

ngx_int_t ngx_smartmsg_prepared_send(ngx_smartmsg_prepared_t *p,
    ngx_smartmsg_redis_t *redis, ngx_smartmsg_redis_reply_pt cb, void *data,
    ngx_uint_t lazy, ngx_smartmsg_redis_ticket_t **ticket);


#endif /* _NGX_SMARTMSG_PREPARED_H_INCLUDED_ */
