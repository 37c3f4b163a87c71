
#include "http/ngx_smartmsg_track.h"
#include "http/ngx_smartmsg_pack.h"

#include "core/number.h"
#include "core/query.h"


#define NGX_SMARTMSG_TRACK_VALUE   256
#define NGX_SMARTMSG_TRACK_AMOUNT  1e12


typedef struct {
    ngx_str_t                    key;
    ngx_http_complex_value_t     value;
} ngx_smartmsg_track_arg_t;


typedef struct {
    ngx_str_t                    name;
    smartmsg_pack_kind_e         kind;
    ngx_smartmsg_store_event_e   op;
    ngx_array_t                  args;  /* of ngx_smartmsg_track_arg_t */
} ngx_smartmsg_track_conf_t;


static char *ngx_smartmsg_track_parameter(ngx_conf_t *cf,
    ngx_smartmsg_track_conf_t *track, ngx_str_t *parameter);
static char *ngx_smartmsg_track_op(ngx_conf_t *cf,
    ngx_smartmsg_track_conf_t *track, ngx_str_t *op);
static ngx_uint_t ngx_smartmsg_track_allows(ngx_smartmsg_track_conf_t *track,
    ngx_str_t *key);
static ngx_uint_t ngx_smartmsg_track_has(ngx_smartmsg_track_conf_t *track,
    const char *key);
static char *ngx_smartmsg_track_check(ngx_conf_t *cf,
    ngx_smartmsg_track_conf_t *track);

static void ngx_smartmsg_track_location(ngx_http_request_t *r,
    ngx_array_t *tracks);
static ngx_int_t ngx_smartmsg_track_evaluate(ngx_http_request_t *r,
    ngx_smartmsg_track_conf_t *track, ngx_smartmsg_tracked_t *tracked);
static void ngx_smartmsg_track_set(ngx_smartmsg_tracked_t *tracked,
    ngx_str_t *key, ngx_str_t *value);
static ngx_uint_t ngx_smartmsg_track_amount(ngx_str_t *value,
    double *number);
static ngx_uint_t ngx_smartmsg_track_currency(ngx_str_t *value);
static ngx_uint_t ngx_smartmsg_track_complete(
    ngx_smartmsg_tracked_t *tracked);
static void ngx_smartmsg_track_pack(ngx_http_request_t *r);
static ngx_uint_t ngx_smartmsg_track_written(
    const smartmsg_pack_event_t *event, const smartmsg_pack_event_t **events,
    size_t n);


/* fields of the stream that say something else */

static ngx_str_t  ngx_smartmsg_track_taken[] = {
    ngx_string("event"),
    ngx_string("visitor"),
    ngx_string("page"),
    ngx_string("time"),
    ngx_string("rule"),
    ngx_string("variation"),
    ngx_string("on"),
    ngx_string("action"),
    ngx_string("op"),
    ngx_string("order"),
    ngx_null_string
};


/* smartmsg_track EVENT [key=value ...] */

char *
ngx_smartmsg_track_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_smartmsg_loc_conf_t  *lcf = conf;

    char                       *rv;
    ngx_str_t                  *value;
    ngx_uint_t                  i;
    ngx_smartmsg_track_conf_t  *track;

    if (lcf->tracks == NGX_CONF_UNSET_PTR) {
        lcf->tracks = ngx_array_create(cf->pool, 2,
                                       sizeof(ngx_smartmsg_track_conf_t));
        if (lcf->tracks == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    track = ngx_array_push(lcf->tracks);
    if (track == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    track->name = value[1];
    track->op = NGX_SMARTMSG_STORE_CART_SET;

    if (!smartmsg_pack_event_valid(ngx_smartmsg_str(&value[1]), &track->kind))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "smartmsg_track \"%V\": is no name for an event, "
                           "which has small letters, digits and \"_\", and is "
                           "none of those that the browser reports", &value[1]);
        return NGX_CONF_ERROR;
    }

    if (ngx_array_init(&track->args, cf->pool, 4,
                       sizeof(ngx_smartmsg_track_arg_t))
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    for (i = 2; i < cf->args->nelts; i++) {
        rv = ngx_smartmsg_track_parameter(cf, track, &value[i]);
        if (rv != NGX_CONF_OK) {
            return rv;
        }
    }

    return ngx_smartmsg_track_check(cf, track);
}


static char *
ngx_smartmsg_track_parameter(ngx_conf_t *cf, ngx_smartmsg_track_conf_t *track,
    ngx_str_t *parameter)
{
    u_char                            *p;
    ngx_str_t                          key, value;
    ngx_smartmsg_track_arg_t          *arg;
    ngx_http_compile_complex_value_t   ccv;

    p = ngx_strlchr(parameter->data, parameter->data + parameter->len, '=');

    if (p == NULL) {
        goto invalid;
    }

    key.data = parameter->data;
    key.len = p - parameter->data;
    value.data = p + 1;
    value.len = parameter->data + parameter->len - value.data;

    if (track->kind == SMARTMSG_PACK_CART
        && key.len == 2 && ngx_strncmp(key.data, "op", 2) == 0)
    {
        return ngx_smartmsg_track_op(cf, track, &value);
    }

    if (!ngx_smartmsg_track_allows(track, &key)
        || track->args.nelts == NGX_SMARTMSG_TRACK_FIELDS)
    {
        goto invalid;
    }

    arg = ngx_array_push(&track->args);
    if (arg == NULL) {
        return NGX_CONF_ERROR;
    }

    arg->key = key;

    ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));

    ccv.cf = cf;
    ccv.value = &value;
    ccv.complex_value = &arg->value;

    return (ngx_http_compile_complex_value(&ccv) == NGX_OK) ? NGX_CONF_OK
                                                            : NGX_CONF_ERROR;

invalid:

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid parameter \"%V\" of smartmsg_track \"%V\"",
                       parameter, &track->name);

    return NGX_CONF_ERROR;
}


static char *
ngx_smartmsg_track_op(ngx_conf_t *cf, ngx_smartmsg_track_conf_t *track,
    ngx_str_t *op)
{
    if (op->len == 3 && ngx_strncmp(op->data, "set", 3) == 0) {
        track->op = NGX_SMARTMSG_STORE_CART_SET;

    } else if (op->len == 3 && ngx_strncmp(op->data, "add", 3) == 0) {
        track->op = NGX_SMARTMSG_STORE_CART_ADD;

    } else if (op->len == 6 && ngx_strncmp(op->data, "remove", 6) == 0) {
        track->op = NGX_SMARTMSG_STORE_CART_REMOVE;

    } else {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid op \"%V\" of smartmsg_track \"cart\", it "
                           "must be \"set\", \"add\" or \"remove\"", op);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static ngx_uint_t
ngx_smartmsg_track_allows(ngx_smartmsg_track_conf_t *track, ngx_str_t *key)
{
    ngx_str_t             *taken;
    smartmsg_pack_kind_e   kind;

    switch (track->kind) {

    case SMARTMSG_PACK_ORDER:
        return (ngx_strncmp(key->data, "id=", 3) == 0
                || ngx_strncmp(key->data, "value=", 6) == 0
                || ngx_strncmp(key->data, "currency=", 9) == 0);

    case SMARTMSG_PACK_CART:
        return (ngx_strncmp(key->data, "items=", 6) == 0
                || ngx_strncmp(key->data, "value=", 6) == 0
                || ngx_strncmp(key->data, "currency=", 9) == 0);

    default:
        break;
    }

    for (taken = ngx_smartmsg_track_taken; taken->len; taken++) {

        if (taken->len == key->len
            && ngx_strncmp(taken->data, key->data, key->len) == 0)
        {
            return 0;
        }
    }

    return smartmsg_pack_event_valid(ngx_smartmsg_str(key), &kind);
}


static ngx_uint_t
ngx_smartmsg_track_has(ngx_smartmsg_track_conf_t *track, const char *key)
{
    ngx_uint_t                 i;
    ngx_smartmsg_track_arg_t  *arg;

    arg = track->args.elts;

    for (i = 0; i < track->args.nelts; i++) {
        if (arg[i].key.len == ngx_strlen(key)
            && ngx_strncmp(arg[i].key.data, key, arg[i].key.len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


static char *
ngx_smartmsg_track_check(ngx_conf_t *cf, ngx_smartmsg_track_conf_t *track)
{
    const char  *needs;

    needs = NULL;

    if (track->kind == SMARTMSG_PACK_ORDER
        && !ngx_smartmsg_track_has(track, "id"))
    {
        needs = "id=, one without a number is \"order_placed\"";

    } else if (track->kind == SMARTMSG_PACK_CART
               && !ngx_smartmsg_track_has(track, "items")
               && !ngx_smartmsg_track_has(track, "value"))
    {
        needs = "items= or value=";

    } else if (track->kind == SMARTMSG_PACK_CART
               && track->op != NGX_SMARTMSG_STORE_CART_SET
               && !(ngx_smartmsg_track_has(track, "items")
                    && ngx_smartmsg_track_has(track, "value")))
    {
        needs = "items= and value= with this op";
    }

    if (needs) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "smartmsg_track \"%V\" needs %s", &track->name,
                           needs);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


void
ngx_smartmsg_track(ngx_http_request_t *r, ngx_smartmsg_loc_conf_t *lcf)
{
    ngx_smartmsg_ctx_t  *ctx;

    /*
     * A page that was only asked about, or for a preview: nothing has
     * happened in the shop.
     */

    ctx = ngx_smartmsg_get_ctx(r);

    if (ctx && (ctx->asked || ctx->preview)) {
        return;
    }

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_POST|NGX_HTTP_PUT
                       |NGX_HTTP_PATCH|NGX_HTTP_DELETE))
        || r->headers_out.status < 200
        || ngx_http_test_predicates(r, lcf->bypass) != NGX_OK)
    {
        return;
    }

    if (lcf->tracks && r->headers_out.status < 400) {
        ngx_smartmsg_track_location(r, lcf->tracks);
    }

    if (lcf->pack && ngx_smartmsg_pack_watches(r)) {
        ngx_smartmsg_track_pack(r);
    }
}


static void
ngx_smartmsg_track_location(ngx_http_request_t *r, ngx_array_t *tracks)
{
    ngx_uint_t                  i;
    ngx_smartmsg_tracked_t      tracked;
    ngx_smartmsg_track_conf_t  *track;

    track = tracks->elts;

    for (i = 0; i < tracks->nelts; i++) {

        if (ngx_smartmsg_track_evaluate(r, &track[i], &tracked) != NGX_OK) {
            continue;
        }

        if (!ngx_smartmsg_track_complete(&tracked)) {
            ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                          "smartmsg: event \"%V\" is not complete",
                          &tracked.name);
            continue;
        }

        ngx_smartmsg_track_write(r, &tracked);
    }
}


static ngx_int_t
ngx_smartmsg_track_evaluate(ngx_http_request_t *r,
    ngx_smartmsg_track_conf_t *track, ngx_smartmsg_tracked_t *tracked)
{
    u_char                    *p;
    ngx_str_t                  value;
    ngx_uint_t                 i;
    ngx_smartmsg_track_arg_t  *arg;

    ngx_memzero(tracked, sizeof(ngx_smartmsg_tracked_t));

    tracked->name = track->name;
    tracked->kind = track->kind;
    tracked->op = track->op;

    arg = track->args.elts;

    for (i = 0; i < track->args.nelts; i++) {

        if (ngx_http_complex_value(r, &arg[i].value, &value) != NGX_OK) {
            return NGX_ERROR;
        }

        p = ngx_pnalloc(r->pool, NGX_SMARTMSG_TRACK_VALUE);
        if (p == NULL) {
            return NGX_ERROR;
        }

        value.len = smartmsg_query_clean(ngx_smartmsg_str(&value), (char *) p,
                                         NGX_SMARTMSG_TRACK_VALUE);
        value.data = p;

        if (value.len) {
            ngx_smartmsg_track_set(tracked, &arg[i].key, &value);
        }
    }

    return NGX_OK;
}


static void
ngx_smartmsg_track_set(ngx_smartmsg_tracked_t *tracked, ngx_str_t *key,
    ngx_str_t *value)
{
    if (tracked->kind == SMARTMSG_PACK_PLAIN
        || tracked->kind == SMARTMSG_PACK_PLACED)
    {
        tracked->fields[tracked->nfields].name = *key;
        tracked->fields[tracked->nfields++].value = *value;
        return;
    }

    switch (key->data[0]) {

    case 'v': /* value */
        tracked->has_value = ngx_smartmsg_track_amount(value,
                                                       &tracked->value);
        break;

    case 'c': /* currency */
        if (ngx_smartmsg_track_currency(value)) {
            tracked->currency = *value;
        }

        break;

    default: /* id, items */
        if (key->len == 2) {
            tracked->id = *value;

        } else {
            tracked->has_items = ngx_smartmsg_track_amount(value,
                                                           &tracked->items);
        }
    }
}


static ngx_uint_t
ngx_smartmsg_track_amount(ngx_str_t *value, double *number)
{
    double  amount;

    if (!smartmsg_number_parse(ngx_smartmsg_str(value), &amount)
        || amount < 0 || amount > NGX_SMARTMSG_TRACK_AMOUNT)
    {
        return 0;
    }

    *number = amount;

    return 1;
}


static ngx_uint_t
ngx_smartmsg_track_currency(ngx_str_t *value)
{
    return (value->len == 3
            && value->data[0] >= 'A' && value->data[0] <= 'Z'
            && value->data[1] >= 'A' && value->data[1] <= 'Z'
            && value->data[2] >= 'A' && value->data[2] <= 'Z');
}


static ngx_uint_t
ngx_smartmsg_track_complete(ngx_smartmsg_tracked_t *tracked)
{
    switch (tracked->kind) {

    case SMARTMSG_PACK_ORDER:
        return (tracked->id.len > 0 && tracked->id.len <= 64);

    case SMARTMSG_PACK_CART:
        return (tracked->op == NGX_SMARTMSG_STORE_CART_SET)
               ? (tracked->has_value || tracked->has_items)
               : (tracked->has_value && tracked->has_items);

    default:
        return 1;
    }
}


static void
ngx_smartmsg_track_pack(ngx_http_request_t *r)
{
    size_t                         i, n, looks, written;
    smartmsg_str_t                 name;
    ngx_smartmsg_tracked_t         tracked;
    ngx_smartmsg_headers_t         headers;
    smartmsg_pack_request_t        request;
    const smartmsg_pack_event_t   *events[SMARTMSG_PACK_EVENTS_MAX];
    const smartmsg_pack_event_t   *done[SMARTMSG_PACK_EVENTS_MAX];

    if (ngx_smartmsg_pack_request(r, &request) != NGX_OK) {
        return;
    }

    ngx_smartmsg_read_headers(r, &headers);

    /* a page that is fetched ahead is not seen yet */

    request.document = ngx_smartmsg_is_document(r, &headers)
                       && !ngx_smartmsg_contains(&headers.purpose, "prefetch");

    n = ngx_smartmsg_pack_events(r, &request, events);

    written = 0;

    for (i = 0; i < n; i++) {

        if (smartmsg_pack_event_wants_body(events[i])) {
            continue;
        }

        ngx_memzero(&tracked, sizeof(ngx_smartmsg_tracked_t));

        name = smartmsg_pack_event_name(events[i]);

        tracked.name.data = (u_char *) name.data;
        tracked.name.len = name.len;
        tracked.kind = smartmsg_pack_event_kind(events[i]);

        ngx_smartmsg_track_write(r, &tracked);

        done[written++] = events[i];
    }

    looks = 0;

    for (i = 0; i < n; i++) {

        if (smartmsg_pack_event_wants_body(events[i])
            && !ngx_smartmsg_track_written(events[i], done, written))
        {
            events[looks++] = events[i];
        }
    }

    if (looks) {
        ngx_smartmsg_track_look(r, events, looks);
    }
}


static ngx_uint_t
ngx_smartmsg_track_written(const smartmsg_pack_event_t *event,
    const smartmsg_pack_event_t **events, size_t n)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        if (smartmsg_str_eq(smartmsg_pack_event_name(event),
                            smartmsg_pack_event_name(events[i])))
        {
            return 1;
        }
    }

    return 0;
}
