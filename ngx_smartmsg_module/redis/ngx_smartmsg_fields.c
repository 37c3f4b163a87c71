/*
 * A compact copy of a Redis hash.
 */

#include "redis/ngx_smartmsg_fields.h"


/* so few are found faster one by one than by halves */

#define NGX_SMARTMSG_FIELDS_FEW  16

/* bytes of a spare block; none for tools that look for its ends */

#if (NGX_DEBUG_PALLOC)
#define NGX_SMARTMSG_FIELDS_BLOCK  0
#else
#define NGX_SMARTMSG_FIELDS_BLOCK  1024
#endif


static ngx_smartmsg_fields_t *ngx_smartmsg_fields_copy(smartmsg_resp_t *reply,
    ngx_smartmsg_spare_t *spare, ngx_log_t *log);
static ngx_smartmsg_fields_t *ngx_smartmsg_fields_alloc(size_t size,
    ngx_smartmsg_spare_t *spare, ngx_log_t *log);
static ngx_uint_t ngx_smartmsg_fields_check(smartmsg_resp_t *reply);
static ngx_smartmsg_field_t *ngx_smartmsg_fields_find(
    ngx_smartmsg_fields_t *fields, const u_char *name, size_t len);
static void ngx_smartmsg_fields_sort(ngx_smartmsg_fields_t *fields);
static int ngx_libc_cdecl ngx_smartmsg_fields_cmp(const void *one,
    const void *two);
static ngx_inline ngx_int_t ngx_smartmsg_fields_compare(const u_char *a,
    size_t alen, const u_char *b, size_t blen);


ngx_smartmsg_fields_t *
ngx_smartmsg_fields_create(smartmsg_resp_t *reply, ngx_log_t *log)
{
    ngx_smartmsg_fields_t  *fields;

    fields = ngx_smartmsg_fields_copy(reply, NULL, log);

    if (fields) {
        ngx_smartmsg_fields_sort(fields);
    }

    return fields;
}


ngx_smartmsg_fields_t *
ngx_smartmsg_fields_take(smartmsg_resp_t *reply, ngx_smartmsg_spare_t *spare,
    ngx_log_t *log)
{
    ngx_smartmsg_fields_t  *fields;

    fields = ngx_smartmsg_fields_copy(reply, spare, log);

    if (fields && fields->nelts > NGX_SMARTMSG_FIELDS_FEW) {
        ngx_smartmsg_fields_sort(fields);
    }

    return fields;
}


/*
 * The texts are copied at once, with the few bytes of the protocol that stand
 * between them.
 */

static ngx_smartmsg_fields_t *
ngx_smartmsg_fields_copy(smartmsg_resp_t *reply, ngx_smartmsg_spare_t *spare,
    ngx_log_t *log)
{
    char                   *text;
    size_t                  size, total, head;
    u_char                 *p;
    ngx_uint_t              i, n;
    smartmsg_resp_t        *r, *last;
    ngx_smartmsg_field_t   *field;
    ngx_smartmsg_fields_t  *fields;

    if (!ngx_smartmsg_fields_check(reply)) {
        return NULL;
    }

    n = reply->number / 2;
    head = sizeof(ngx_smartmsg_fields_t) + n * sizeof(ngx_smartmsg_field_t);

    r = smartmsg_resp_first(reply);
    last = reply + 2 * n;

    text = n ? r->str : NULL;
    size = n ? last->str + last->len - text : 0;

    fields = ngx_smartmsg_fields_alloc(head + size, spare, log);
    if (fields == NULL) {
        return NULL;
    }

    field = (ngx_smartmsg_field_t *) (fields + 1);

    fields->elts = field;
    fields->nelts = n;

    p = (u_char *) fields + head;

    if (size) {
        ngx_memcpy(p, text, size);
    }

    total = 0;

    for (i = 0; i < n; i++) {
        field[i].name.data = p + (r[0].str - text);
        field[i].name.len = r[0].len;

        field[i].value.data = p + (r[1].str - text);
        field[i].value.len = r[1].len;

        total += r[0].len + r[1].len;
        r += 2;
    }

    fields->size = total;

    return fields;
}


static ngx_smartmsg_fields_t *
ngx_smartmsg_fields_alloc(size_t size, ngx_smartmsg_spare_t *spare,
    ngx_log_t *log)
{
    ngx_smartmsg_fields_t  *fields;

    if (spare == NULL || size > NGX_SMARTMSG_FIELDS_BLOCK) {
        spare = NULL;
        fields = ngx_alloc(size, log);

    } else {
        fields = ngx_smartmsg_spare_take_any(spare, NGX_SMARTMSG_FIELDS_BLOCK,
                                             log);
    }

    if (fields) {
        fields->spare = spare;
    }

    return fields;
}


void
ngx_smartmsg_fields_free(ngx_smartmsg_fields_t *fields)
{
    if (fields == NULL) {
        return;
    }

    if (fields->spare) {
        ngx_smartmsg_spare_give(fields->spare, fields);
        return;
    }

    ngx_free(fields);
}


ngx_int_t
ngx_smartmsg_fields_get(ngx_smartmsg_fields_t *fields, const u_char *name,
    size_t len, ngx_str_t *value)
{
    ngx_smartmsg_field_t  *field, *last;

    if (fields == NULL || len == 0) {
        return NGX_DECLINED;
    }

    if (fields->nelts > NGX_SMARTMSG_FIELDS_FEW) {
        field = ngx_smartmsg_fields_find(fields, name, len);

        if (field == NULL) {
            return NGX_DECLINED;
        }

        *value = field->value;
        return NGX_OK;
    }

    last = fields->elts + fields->nelts;

    for (field = fields->elts; field < last; field++) {

        if (field->name.len == len && *field->name.data == *name
            && ngx_memcmp(field->name.data, name, len) == 0)
        {
            *value = field->value;
            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


/* in a sorted copy */

static ngx_smartmsg_field_t *
ngx_smartmsg_fields_find(ngx_smartmsg_fields_t *fields, const u_char *name,
    size_t len)
{
    ngx_int_t              rc;
    ngx_uint_t             low, high, mid;
    ngx_smartmsg_field_t  *field;

    low = 0;
    high = fields->nelts;

    while (low < high) {
        mid = low + (high - low) / 2;
        field = &fields->elts[mid];

        rc = ngx_smartmsg_fields_compare(name, len, field->name.data,
                                         field->name.len);
        if (rc == 0) {
            return field;
        }

        if (rc < 0) {
            high = mid;

        } else {
            low = mid + 1;
        }
    }

    return NULL;
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


static ngx_uint_t
ngx_smartmsg_fields_check(smartmsg_resp_t *reply)
{
    int64_t  i;

    if (reply == NULL || reply->type != SMARTMSG_RESP_ARRAY
        || reply->number % 2 != 0)
    {
        return 0;
    }

    for (i = 1; i <= reply->number; i++) {
        if (reply[i].type != SMARTMSG_RESP_STRING) {
            return 0;
        }
    }

    return 1;
}


static void
ngx_smartmsg_fields_sort(ngx_smartmsg_fields_t *fields)
{
    qsort(fields->elts, fields->nelts, sizeof(ngx_smartmsg_field_t),
          ngx_smartmsg_fields_cmp);
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


static ngx_inline ngx_int_t
ngx_smartmsg_fields_compare(const u_char *a, size_t alen, const u_char *b,
    size_t blen)
{
    ngx_int_t  rc;

    /* mostly the first byte tells */

    if (alen && blen && *a != *b) {
        return (ngx_int_t) *a - *b;
    }

    rc = ngx_memcmp(a, b, ngx_min(alen, blen));

    if (rc != 0) {
        return rc;
    }

    return (alen > blen) - (alen < blen);
}
