/*
 * Shop packs: how a shop system is recognised from outside.  Which page is the
 * cart, which request puts something into it, what proves an order, and where
 * the browser finds the cart in a page.  docs/shop-packs.md describes the
 * format.
 */

#ifndef SMARTMSG_CORE_PACK_H
#define SMARTMSG_CORE_PACK_H

#include <jansson.h>
#include <stdbool.h>

#include "core/error.h"
#include "core/str.h"

#define SMARTMSG_PACK_TEXT_MAX   65536  /* bytes of JSON */
#define SMARTMSG_PACK_DEPTH_MAX  16     /* arrays and objects in each other */
#define SMARTMSG_PACK_BASES_MAX  4      /* packs that extend each other */
#define SMARTMSG_PACK_EVENTS_MAX 8      /* events that one response may mean */
#define SMARTMSG_PACK_BODY_MAX   65536  /* bytes of a response worth reading */
#define SMARTMSG_PACK_BODY_DEPTH 64
#define SMARTMSG_PACK_NAME_MAX   32     /* of page types and events */

typedef struct smartmsg_pack_s smartmsg_pack_t;
typedef struct smartmsg_pack_event_s smartmsg_pack_event_t;

/*
 * Finds the pack that another one extends.  Returns NULL with the reason in
 * err; otherwise the result belongs to the pack that asked.
 */
typedef smartmsg_pack_t *(*smartmsg_pack_find_t)(void *data,
    smartmsg_str_t name, smartmsg_error_t *err);

/*
 * Compiles the text of a pack, which is not needed afterwards.  find may be
 * NULL: then no pack can be extended.  On error returns NULL; err has line,
 * column, JSON path and reason.
 */
smartmsg_pack_t *smartmsg_pack_parse(smartmsg_str_t text,
    smartmsg_pack_find_t find, void *data, smartmsg_error_t *err);

/*
 * Reads a pack from a file.  One that it extends is looked for beside it, then
 * in the directory.  Blocks.  On error the path in err is that of the file,
 * and the JSON path stands in the text.
 */
smartmsg_pack_t *smartmsg_pack_load(const char *file, const char *directory,
    smartmsg_error_t *err);

/* With all that it extends.  NULL is allowed. */
void smartmsg_pack_free(smartmsg_pack_t *pack);

/* Whether name is [a-z][a-z0-9_-]*, short enough for a pack or a page type. */
bool smartmsg_pack_name_valid(smartmsg_str_t name);

/* Request methods, one bit each. */
#define SMARTMSG_METHOD_GET    1u
#define SMARTMSG_METHOD_POST   2u
#define SMARTMSG_METHOD_PUT    4u
#define SMARTMSG_METHOD_PATCH  8u
#define SMARTMSG_METHOD_DELETE 16u
#define SMARTMSG_METHOD_ALL    31u

/*
 * A request as a pack sees it, and, for events, its response.  The functions
 * look a header or cookie up by its name, headers without regard to case, and
 * return false if there is none; those of the response are asked for events
 * only.
 */
typedef struct {
    unsigned method;            /* SMARTMSG_METHOD_... */
    smartmsg_str_t path;        /* decoded, begins with a slash */
    smartmsg_str_t args;        /* as they came, without the '?' */
    int status;
    bool document;              /* the request is a page view */
    void *data;
    bool (*cookie)(void *data, smartmsg_str_t name, smartmsg_str_t *value);
    bool (*header)(void *data, smartmsg_str_t name, smartmsg_str_t *value);
    bool (*set_cookie)(void *data, smartmsg_str_t name, smartmsg_str_t *value);
} smartmsg_pack_request_t;

/* Whether nothing is to be put into this page: an admin page, a frame. */
bool smartmsg_pack_ignores(const smartmsg_pack_t *pack,
    const smartmsg_pack_request_t *request);

/* The type of the page, borrowed from the pack; false if it has none. */
bool smartmsg_pack_page_type(const smartmsg_pack_t *pack,
    const smartmsg_pack_request_t *request, smartmsg_str_t *type);

/* What cookies tell of the cart; what they do not tell is not set. */
typedef struct {
    bool has_items;
    bool has_value;
    bool has_filled;
    bool filled;                /* there is at least one item in it */
    double items;
    double value;
} smartmsg_pack_cart_t;

void smartmsg_pack_cart(const smartmsg_pack_t *pack,
    const smartmsg_pack_request_t *request, smartmsg_pack_cart_t *cart);

typedef enum {
    SMARTMSG_PACK_PLAIN,        /* only counted */
    SMARTMSG_PACK_CART,         /* tells items or value of the cart */
    SMARTMSG_PACK_ORDER,        /* has a number */
    SMARTMSG_PACK_PLACED        /* an order whose number is not known */
} smartmsg_pack_kind_e;

/*
 * Whether a name may be that of an event, [a-z][a-z0-9_]* and none of those
 * that the browser reports of messages; if so, kind is set.
 */
bool smartmsg_pack_event_valid(smartmsg_str_t name, smartmsg_pack_kind_e *kind);

/*
 * The cheap question before smartmsg_pack_events(): can any request with this
 * method, with or without arguments, be an event?
 */
bool smartmsg_pack_watches(const smartmsg_pack_t *pack, unsigned method,
    bool args);

/*
 * The events that a response means as far as its header tells, at most one of
 * each name; returns how many.  Those that want the body are events only if
 * smartmsg_pack_event_read() says so.
 */
size_t smartmsg_pack_events(const smartmsg_pack_t *pack,
    const smartmsg_pack_request_t *request,
    const smartmsg_pack_event_t *events[SMARTMSG_PACK_EVENTS_MAX]);

smartmsg_str_t smartmsg_pack_event_name(const smartmsg_pack_event_t *event);
smartmsg_pack_kind_e smartmsg_pack_event_kind(
    const smartmsg_pack_event_t *event);
bool smartmsg_pack_event_wants_body(const smartmsg_pack_event_t *event);

/*
 * The JSON of a response; NULL if it is none, or longer or deeper than what is
 * looked at.  The result is a reference of the caller's.
 */
json_t *smartmsg_pack_body_parse(smartmsg_str_t text);

/* What the body says; texts are empty and numbers unknown if it does not. */
typedef struct {
    bool has_value;
    bool has_items;
    double value;               /* >= 0 */
    double items;               /* >= 0 */
    char currency[4];           /* three capitals and a NUL, or empty */
    char id[64];                /* of an order */
    size_t id_len;
} smartmsg_pack_facts_t;

/*
 * Whether the JSON of the response confirms the event; then facts are set.
 * An order without its number is none, nor is a cart without a number.
 */
bool smartmsg_pack_event_read(const smartmsg_pack_event_t *event,
    const json_t *body, smartmsg_pack_facts_t *facts);

/* Parts of a pack that are for the browser. */
#define SMARTMSG_PACK_BROWSER_CART  1u
#define SMARTMSG_PACK_BROWSER_ORDER 2u

/* The parts that there are for a page of this type, empty if it has none. */
unsigned smartmsg_pack_browser_parts(const smartmsg_pack_t *pack,
    smartmsg_str_t type);

/*
 * Writes the JSON {"pack":{...}} of these parts, as an attribute in double
 * quotes has it, with what is already known of the cart, so that the browser
 * reports only what has changed.  Returns its length; out may be NULL.
 */
size_t smartmsg_pack_browser(const smartmsg_pack_t *pack, unsigned parts,
    const smartmsg_pack_cart_t *known, char *out);

#endif
