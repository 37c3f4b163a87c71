/*
 * A compact copy of a Redis hash.
 */

#include "redis/ngx_smartmsg_fields.h"


static ngx_int_t ngx_smartmsg_fields_check(redisReply *reply, size_t *size);
static int ngx_libc_cdecl ngx_smartmsg_fields_cmp(const void *one,
    const void *two);
static ngx_int_t ngx_smartmsg_fields_compare(const u_char *a, size_t alen,
    const u_char *b, size_t blen);


ngx_smartmsg_fields_t *
ngx_smartmsg_fields_create(redisReply *reply, ngx_log_t *log)
{
    u_char                 *p;
    size_t                  size, head, i;
    redisReply             *r;
    ngx_str_t              *s;
    ngx_smartmsg_fields_t  *fields;

    if (ngx_smartmsg_fields_check(reply, &size) != NGX_OK) {
        return NULL;
    }

    head = sizeof(ngx_smartmsg_fields_t)
           + reply->elements / 2 * sizeof(ngx_smartmsg_field_t);

    fields = ngx_alloc(head + size, log);
    if (fields == NULL) {
        return NULL;
    }

    fields->elts = (ngx_smartmsg_field_t *) (fields + 1);
    fields->nelts = reply->elements / 2;
    fields->size = size;

    p = (u_char *) fields + head;

    for (i = 0; i < reply->elements; i++) {
        r = reply->element[i];
        s = (i % 2) ? &fields->elts[i / 2].value : &fields->elts[i / 2].name;

        s->data = p;
        s->len = r->len;

        p = ngx_cpymem(p, r->str, r->len);
    }

    qsort(fields->elts, fields->nelts, sizeof(ngx_smartmsg_field_t),
          ngx_smartmsg_fields_cmp);

    return fields;
}


void
ngx_smartmsg_fields_free(ngx_smartmsg_fields_t *fields)
{
    if (fields) {
        ngx_free(fields);
    }
}


ngx_int_t
ngx_smartmsg_fields_get(ngx_smartmsg_fields_t *fields, const u_char *name,
    size_t len, ngx_str_t *value)
{
    ngx_int_t              rc;
    ngx_uint_t             low, high, mid;
    ngx_smartmsg_field_t  *field;

    low = 0;
    high = fields ? fields->nelts : 0;

    while (low < high) {
        mid = low + (high - low) / 2;
        field = &fields->elts[mid];

        rc = ngx_smartmsg_fields_compare(name, len, field->name.data,
                                         field->name.len);
        if (rc == 0) {
            *value = field->value;
            return NGX_OK;
        }

        if (rc < 0) {
            high = mid;

        } else {
            low = mid + 1;
        }
    }

    return NGX_DECLINED;
}


void
ngx_smartmsg_fields_digest(ngx_smartmsg_fields_t *fields, ngx_md5_t *md5)
{
    ngx_int_t              count;
    ngx_uint_t             i;
    ngx_smartmsg_field_t  *field;

    count = fields ? (ngx_int_t) fields->nelts : -1;

    ngx_md5_update(md5, &count, sizeof(count));

    for (i = 0; fields && i < fields->nelts; i++) {
        field = &fields->elts[i];

        /* with their lengths, lest two fields look like one */

        ngx_md5_update(md5, &field->name.len, sizeof(size_t));
        ngx_md5_update(md5, field->name.data, field->name.len);
        ngx_md5_update(md5, &field->value.len, sizeof(size_t));
        ngx_md5_update(md5, field->value.data, field->value.len);
    }
}


static ngx_int_t
ngx_smartmsg_fields_check(redisReply *reply, size_t *size)
{
    size_t  i;

    if (reply == NULL || reply->type != REDIS_REPLY_ARRAY
        || reply->elements % 2 != 0)
    {
        return NGX_ERROR;
    }

    *size = 0;

    for (i = 0; i < reply->elements; i++) {
        if (reply->element[i]->type != REDIS_REPLY_STRING) {
            return NGX_ERROR;
        }

        *size += reply->element[i]->len;
    }

    return NGX_OK;
}


static int ngx_libc_cdecl
ngx_smartmsg_fields_cmp(const void *one, const void *two)
{
    const ngx_smartmsg_field_t  *a, *b;

    a = one;
    b = two;

    return ngx_smartmsg_fields_compare(a->name.data, a->name.len,
                                       b->name.data, b->name.len);
}


static ngx_int_t
ngx_smartmsg_fields_compare(const u_char *a, size_t alen, const u_char *b,
    size_t blen)
{
    ngx_int_t  rc;

    rc = ngx_memcmp(a, b, ngx_min(alen, blen));

    if (rc != 0) {
        return rc;
    }

    return (alen > blen) - (alen < blen);
}
