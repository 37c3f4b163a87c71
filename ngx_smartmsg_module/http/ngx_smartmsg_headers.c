
#include "http/ngx_smartmsg_headers.h"


ngx_str_t *
ngx_smartmsg_find_header(ngx_list_t *list, ngx_str_t *name)
{
    ngx_table_elt_t      *header;
    ngx_smartmsg_iter_t   iter;

    ngx_smartmsg_iter_init(&iter, list);

    while ((header = ngx_smartmsg_iter_next(&iter)) != NULL) {

        if (header->hash && header->value.len
            && ngx_smartmsg_header_is(header, name))
        {
            return &header->value;
        }
    }

    return NULL;
}


ngx_uint_t
ngx_smartmsg_contains(ngx_str_t *value, const char *word)
{
    size_t  len;

    if (value->len == 0) {
        return 0;
    }

    len = ngx_strlen(word);

    if (value->len < len) {
        return 0;
    }

    return ngx_strlcasestrn(value->data, value->data + value->len,
                            (u_char *) word, len - 1)
           != NULL;
}


ngx_int_t
ngx_smartmsg_add_header(ngx_http_request_t *r, const char *name,
    ngx_str_t *value)
{
    return ngx_smartmsg_push_header(r, name, value) ? NGX_OK : NGX_ERROR;
}


ngx_table_elt_t *
ngx_smartmsg_push_header(ngx_http_request_t *r, const char *name,
    ngx_str_t *value)
{
    ngx_table_elt_t  *header;

    header = ngx_list_push(&r->headers_out.headers);
    if (header == NULL) {
        return NULL;
    }

    header->hash = 1;
#if (nginx_version >= 1023000)
    header->next = NULL;
#endif
    header->key.len = ngx_strlen(name);
    header->key.data = (u_char *) name;
    header->value = *value;
    header->lowcase_key = NULL;

    return header;
}
