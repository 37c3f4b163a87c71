/*
 * A compact copy of a Redis hash.
 */

#include "redis/ngx_smartmsg_fields.h"


/* so few are sorted faster without a call for each comparison */

#define NGX_SMARTMSG_FIELDS_FEW  16


static ngx_uint_t ngx_smartmsg_fields_check(smartmsg_resp_t *reply);
static void ngx_smartmsg_fields_sort(ngx_smartmsg_fields_t *fields);
static int ngx_libc_cdecl ngx_smartmsg_fields_cmp(const void *one,
    const void *two);
static ngx_inline ngx_int_t ngx_smartmsg_fields_compare(const u_char *a,
    size_t alen, const u_char *b, size_t blen);


/*
 * The texts are copied at once, with the few bytes of the protocol that stand
 * between them.
 */

ngx_smartmsg_fields_t *
ngx_smartmsg_fields_create(smartmsg_resp_t *reply, ngx_log_t *log)
{
    char                   *text;
    size_t                  size, head;
    u_char                 *p;
    ngx_uint_t              i, n;
    smartmsg_resp_t        *r, *last;
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

    fields = ngx_alloc(head + size, log);
    if (fields == NULL) {
        return NULL;
    }

    fields->elts = (ngx_smartmsg_field_t *) (fields + 1);
    fields->nelts = n;
    fields->size = 0;

    p = (u_char *) fields + head;

    if (size) {
        ngx_memcpy(p, text, size);
    }

    for (i = 0; i < n; i++) {
        fields->elts[i].name.data = p + (r->str - text);
        fields->elts[i].name.len = r->len;
        fields->size += r->len;
        r++;

        fields->elts[i].value.data = p + (r->str - text);
        fields->elts[i].value.len = r->len;
        fields->size += r->len;
        r++;
    }

    ngx_smartmsg_fields_sort(fields);

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
    ngx_uint_t             i, k;
    ngx_smartmsg_field_t   field, *elts;

    elts = fields->elts;

    if (fields->nelts > NGX_SMARTMSG_FIELDS_FEW) {
        qsort(elts, fields->nelts, sizeof(ngx_smartmsg_field_t),
              ngx_smartmsg_fields_cmp);
        return;
    }

    for (i = 1; i < fields->nelts; i++) {
        field = elts[i];

        for (k = i;
             k > 0
             && ngx_smartmsg_fields_compare(field.name.data, field.name.len,
                                            elts[k - 1].name.data,
                                            elts[k - 1].name.len) < 0;
             k--)
        {
            elts[k] = elts[k - 1];
        }

        elts[k] = field;
    }
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
