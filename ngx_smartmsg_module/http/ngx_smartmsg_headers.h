
/*
 * Walking and extending the header lists of a request, the same way for every
 * version of nginx (1.23 turned some arrays of headers into linked lists).
 */


#ifndef _NGX_SMARTMSG_HEADERS_H_INCLUDED_
#define _NGX_SMARTMSG_HEADERS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/str.h"


typedef struct {
    ngx_list_part_t  *part;
    ngx_uint_t        next;
} ngx_smartmsg_iter_t;


static ngx_inline smartmsg_str_t
ngx_smartmsg_str(ngx_str_t *s)
{
    return smartmsg_str((char *) s->data, s->len);
}


/* does what begins there, and is long enough, begin with this literal? */
#define ngx_smartmsg_same(p, word)                                            \
    (ngx_memcmp(p, word, sizeof(word) - 1) == 0)

/* the same in any case; as a rule it is written as it is here */
#define ngx_smartmsg_same_word(p, word)                                       \
    (ngx_smartmsg_same(p, word)                                               \
     || ngx_strncasecmp(p, (u_char *) word, sizeof(word) - 1) == 0)


static ngx_inline void
ngx_smartmsg_iter_init(ngx_smartmsg_iter_t *iter, ngx_list_t *list)
{
    iter->part = &list->part;
    iter->next = 0;
}


/* NULL at the end; headers that were removed (hash 0) are not left out */

static ngx_inline ngx_table_elt_t *
ngx_smartmsg_iter_next(ngx_smartmsg_iter_t *iter)
{
    ngx_table_elt_t  *header;

    while (iter->next >= iter->part->nelts) {

        if (iter->part->next == NULL) {
            return NULL;
        }

        iter->part = iter->part->next;
        iter->next = 0;
    }

    header = iter->part->elts;

    return &header[iter->next++];
}


/*
 * Compares without regard to case.  Nearly always the length or the first
 * letter tells.
 */
static ngx_inline ngx_uint_t
ngx_smartmsg_header_is(ngx_table_elt_t *header, ngx_str_t *name)
{
    return (header->key.len == name->len
            && (header->key.data[0] | 0x20) == (name->data[0] | 0x20)
            && ngx_strncasecmp(header->key.data, name->data, name->len) == 0);
}

/*
 * The value of the first header of a name, given in any case, that is not
 * empty; NULL if there is none.
 */
ngx_str_t *ngx_smartmsg_find_header(ngx_list_t *list, ngx_str_t *name);

/* does a comma or semicolon separated value hold this, anywhere, any case? */
ngx_uint_t ngx_smartmsg_contains(ngx_str_t *value, const char *word);

/* adds a response header; name is a literal, value is kept, not copied */
ngx_int_t ngx_smartmsg_add_header(ngx_http_request_t *r, const char *name,
    ngx_str_t *value);

/* the same, for one that r->headers_out points to as well; NULL: no memory */
ngx_table_elt_t *ngx_smartmsg_push_header(ngx_http_request_t *r,
    const char *name, ngx_str_t *value);


#endif /* _NGX_SMARTMSG_HEADERS_H_INCLUDED_ */
