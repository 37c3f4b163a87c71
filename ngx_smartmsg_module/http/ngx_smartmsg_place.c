
#include "http/ngx_smartmsg_place.h"


/* a worker remembers so many files: SETS times WAYS */

#define NGX_SMARTMSG_PLACE_SETS   64
#define NGX_SMARTMSG_PLACE_WAYS   4

#define NGX_SMARTMSG_PLACE_BLOCK  32768

/* seconds: a file that is younger may change without its times changing */

#define NGX_SMARTMSG_PLACE_AGE    2

/* bytes around the place that have to be the same */

#define NGX_SMARTMSG_PLACE_SAME   (2 * NGX_SMARTMSG_PLACE_BEFORE)


/*
 * Which bytes they are.  A file that was written to has another ctime,
 * whatever its mtime was set to; one that took its place another inode.
 */

typedef struct {
    dev_t                        dev;
    ino_t                        ino;
    off_t                        size;
    struct timespec              mtime;
    struct timespec              ctime;

    /* the part of the file */
    off_t                        start;
    off_t                        end;
} ngx_smartmsg_place_id_t;


typedef struct {
    ngx_smartmsg_place_id_t      id;
    ngx_uint_t                   used;

    smartmsg_html_t              html;

    /* around the place */
    u_char                       same[NGX_SMARTMSG_PLACE_SAME];
    size_t                       nsame;

    /* of html.csp_len bytes */
    u_char                       csp[];
} ngx_smartmsg_place_t;


static ngx_int_t ngx_smartmsg_place_identify(ngx_buf_t *b,
    ngx_smartmsg_place_id_t *id);
static ngx_smartmsg_place_t **ngx_smartmsg_place_lookup(
    ngx_smartmsg_place_id_t *id);
static ngx_int_t ngx_smartmsg_place_scan(ngx_smartmsg_ctx_t *ctx,
    ngx_buf_t *b);
static ngx_uint_t ngx_smartmsg_place_offset(smartmsg_html_t *html,
    off_t *offset);
static ngx_int_t ngx_smartmsg_place_read(ngx_smartmsg_ctx_t *ctx,
    smartmsg_html_t *html, ngx_buf_t *b, ngx_str_t *around,
    ngx_smartmsg_place_tail_t *tail);
static void ngx_smartmsg_place_restore(ngx_smartmsg_ctx_t *ctx,
    ngx_smartmsg_place_t *place);
static void ngx_smartmsg_place_keep(ngx_smartmsg_ctx_t *ctx,
    ngx_smartmsg_place_t **slot, ngx_smartmsg_place_id_t *id,
    ngx_str_t *around);


/* of this worker */

static ngx_smartmsg_place_t
    *ngx_smartmsg_places[NGX_SMARTMSG_PLACE_SETS][NGX_SMARTMSG_PLACE_WAYS];

static ngx_uint_t  ngx_smartmsg_place_clock;


ngx_int_t
ngx_smartmsg_place_find(ngx_smartmsg_ctx_t *ctx, ngx_buf_t *b,
    ngx_smartmsg_place_tail_t *tail)
{
    ngx_str_t                 around;
    ngx_smartmsg_place_t    **slot, *place;
    ngx_smartmsg_place_id_t   id;

    if (ngx_smartmsg_place_identify(b, &id) != NGX_OK) {
        return NGX_ERROR;
    }

    slot = ngx_smartmsg_place_lookup(&id);
    place = *slot;

    if (place && ngx_memcmp(&place->id, &id, sizeof(id)) == 0) {

        if (ngx_smartmsg_place_read(ctx, &place->html, b, &around, tail)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        if (around.len >= place->nsame
            && (place->nsame == 0
                || ngx_memcmp(around.data, place->same, place->nsame) == 0))
        {
            place->used = ++ngx_smartmsg_place_clock;
            ngx_smartmsg_place_restore(ctx, place);
            return NGX_OK;
        }
    }

    if (ngx_smartmsg_place_scan(ctx, b) != NGX_OK
        || ngx_smartmsg_place_read(ctx, &ctx->html, b, &around, tail)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_smartmsg_place_keep(ctx, slot, &id, &around);

    return NGX_OK;
}


static ngx_int_t
ngx_smartmsg_place_identify(ngx_buf_t *b, ngx_smartmsg_place_id_t *id)
{
    ngx_file_info_t  fi;

    if (ngx_fd_info(b->file->fd, &fi) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_ERR, b->file->log, ngx_errno,
                      ngx_fd_info_n " \"%V\" failed", &b->file->name);
        return NGX_ERROR;
    }

    /* compared bytewise, padding included */

    ngx_memzero(id, sizeof(ngx_smartmsg_place_id_t));

    id->dev = fi.st_dev;
    id->ino = fi.st_ino;
    id->size = fi.st_size;
    id->mtime = fi.st_mtim;
    id->ctime = fi.st_ctim;
    id->start = b->file_pos;
    id->end = b->file_last;

    return NGX_OK;
}


/* where this file is, or the one that was not used for the longest time */

static ngx_smartmsg_place_t **
ngx_smartmsg_place_lookup(ngx_smartmsg_place_id_t *id)
{
    ngx_uint_t              i;
    ngx_smartmsg_place_t  **set, **oldest;

    set = ngx_smartmsg_places[(id->ino ^ id->dev) % NGX_SMARTMSG_PLACE_SETS];
    oldest = set;

    for (i = 0; i < NGX_SMARTMSG_PLACE_WAYS; i++) {

        if (set[i] == NULL) {
            return &set[i];
        }

        if (set[i]->id.ino == id->ino && set[i]->id.dev == id->dev) {
            return &set[i];
        }

        if (set[i]->used < (*oldest)->used) {
            oldest = &set[i];
        }
    }

    return oldest;
}


static ngx_int_t
ngx_smartmsg_place_scan(ngx_smartmsg_ctx_t *ctx, ngx_buf_t *b)
{
    off_t    pos;
    size_t   size;
    ssize_t  n;

    static u_char  block[NGX_SMARTMSG_PLACE_BLOCK];

    for (pos = b->file_pos; pos < b->file_last; pos += n) {

        size = (size_t) ngx_min(b->file_last - pos,
                                NGX_SMARTMSG_PLACE_BLOCK);

        n = ngx_read_file(b->file, block, size, pos);

        if (n == NGX_ERROR || n == 0) {
            return NGX_ERROR;
        }

        if (smartmsg_html_feed(&ctx->html, block, n) != SMARTMSG_HTML_MORE) {
            return NGX_OK;
        }
    }

    return NGX_OK;
}


/* is there a place, counted from the start? */

static ngx_uint_t
ngx_smartmsg_place_offset(smartmsg_html_t *html, off_t *offset)
{
    if (html->result == SMARTMSG_HTML_FOUND) {
        *offset = (off_t) html->insert;
        return 1;
    }

    *offset = (off_t) html->total;

    return html->result == SMARTMSG_HTML_MORE;
}


/* one read for both: the bytes to compare, and those to be sent */

static ngx_int_t
ngx_smartmsg_place_read(ngx_smartmsg_ctx_t *ctx, smartmsg_html_t *html,
    ngx_buf_t *b, ngx_str_t *around, ngx_smartmsg_place_tail_t *tail)
{
    off_t    start, place, end;
    u_char  *p;

    ngx_str_null(around);
    ngx_memzero(tail, sizeof(ngx_smartmsg_place_tail_t));

    if (!ngx_smartmsg_place_offset(html, &place)) {
        return NGX_OK;
    }

    place += b->file_pos;
    start = ngx_max(place - NGX_SMARTMSG_PLACE_BEFORE, b->file_pos);
    end = ngx_min(place + NGX_SMARTMSG_PLACE_AFTER, b->file_last);

    p = ngx_pnalloc(ctx->request->pool, end - start);
    if (p == NULL) {
        return NGX_ERROR;
    }

    if (ngx_read_file(b->file, p, end - start, start) != end - start) {
        return NGX_ERROR;
    }

    around->data = p;
    around->len = end - start;

    tail->tail = p + (place - start);
    tail->len = end - place;
    tail->whole = (end == b->file_last);

    return NGX_OK;
}


static void
ngx_smartmsg_place_restore(ngx_smartmsg_ctx_t *ctx,
    ngx_smartmsg_place_t *place)
{
    ctx->html = place->html;
    ctx->html.csp = (char *) ctx->meta_csp;

    ngx_memcpy(ctx->meta_csp, place->csp, place->html.csp_len);
}


static void
ngx_smartmsg_place_keep(ngx_smartmsg_ctx_t *ctx, ngx_smartmsg_place_t **slot,
    ngx_smartmsg_place_id_t *id, ngx_str_t *around)
{
    time_t                 now;
    ngx_smartmsg_place_t  *place;

    now = ngx_time();

    if (now - id->ctime.tv_sec < NGX_SMARTMSG_PLACE_AGE
        || now - id->mtime.tv_sec < NGX_SMARTMSG_PLACE_AGE)
    {
        return;
    }

    place = ngx_alloc(sizeof(ngx_smartmsg_place_t) + ctx->html.csp_len,
                      ngx_cycle->log);
    if (place == NULL) {
        return;
    }

    place->id = *id;
    place->used = ++ngx_smartmsg_place_clock;
    place->html = ctx->html;
    place->html.csp = NULL;
    place->nsame = ngx_min(around->len, NGX_SMARTMSG_PLACE_SAME);

    if (place->nsame) {
        ngx_memcpy(place->same, around->data, place->nsame);
    }

    if (ctx->html.csp_len) {
        ngx_memcpy(place->csp, ctx->html.csp, ctx->html.csp_len);
    }

    if (*slot) {
        ngx_free(*slot);
    }

    *slot = place;
}
