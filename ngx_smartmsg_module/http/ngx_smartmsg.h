
/*
 * The nginx side of the module, as seen by its own files: configuration,
 * the context of a request, and who calls whom.
 *
 *   ngx_smartmsg_module.c         directives and hooks
 *   ngx_smartmsg_conf.c           parsing and merging of directives
 *   ngx_smartmsg_conf_redis.c     parsing of smartmsg_redis
 *   ngx_smartmsg_conf_timezone.c  parsing of smartmsg_timezone
 *   ngx_smartmsg_site.c           rules and Redis of a group of servers
 *   ngx_smartmsg_site_config.c    its settings
 *   ngx_smartmsg_site_groups.c    its saved groups
 *   ngx_smartmsg_headers.c        lists of headers
 *   ngx_smartmsg_document.c       is this request a page view?
 *   ngx_smartmsg_cookie.c         the visitor's cookie
 *   ngx_smartmsg_consent.c        may anything be remembered?
 *   ngx_smartmsg_request.c        precontent phase: visitor and Redis read
 *   ngx_smartmsg_upstream.c       what the shop is asked
 *   ngx_smartmsg_session.c        session and visitor, as Redis has them
 *   ngx_smartmsg_facts.c          what rules may ask about a page view
 *   ngx_smartmsg_sources*.c       where each fact comes from
 *   ngx_smartmsg_decision.c       facts and caps in, armed messages out
 *   ngx_smartmsg_sticky.c         variations that visitors keep
 *   ngx_smartmsg_preview.c        pages of preview links
 *   ngx_smartmsg_header_filter.c  may the response carry a message?
 *   ngx_smartmsg_csp.c            the page's security policies
 *   ngx_smartmsg_cache.c          Cache-Control of a personal page
 *   ngx_smartmsg_inflate.c        gzip'ed upstream
 *   ngx_smartmsg_body_filter.c    scan, insert
 *   ngx_smartmsg_body_hold.c      the page waits for the decision
 *   ngx_smartmsg_fetch.c          fetch mode: the same page for everyone
 *   ngx_smartmsg_decide.c         a decision without its page
 *   ngx_smartmsg_decide_page.c    the page that such a question names
 *   ngx_smartmsg_body_file.c      pages in files
 *   ngx_smartmsg_body_put.c       chains and buffers that go on
 *   ngx_smartmsg_place.c          where the place is in which file
 *   ngx_smartmsg_endpoint.c       location of the runtime and of events
 *   ngx_smartmsg_event.c          events of the browser
 *   ngx_smartmsg_event_write.c    what they leave in Redis
 *   ngx_smartmsg_claim.c          may this message be shown now?
 *   ngx_smartmsg_goal.c           what impressions and goals mean for rules
 *   ngx_smartmsg_pack.c           smartmsg_shop: what a shop pack says
 *   ngx_smartmsg_track.c          smartmsg_track, and the pack's events
 *   ngx_smartmsg_track_look.c     events that a response's JSON confirms
 *   ngx_smartmsg_track_write.c    what tracked events leave in Redis
 *   ngx_smartmsg_variables.c      $smartmsg_...
 */


#ifndef _NGX_SMARTMSG_H_INCLUDED_
#define _NGX_SMARTMSG_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <ngx_http.h>

#include "core/cookie.h"
#include "core/html.h"
#include "core/ruleset.h"
#include "core/timezone.h"
#include "core/useragent.h"
#include "core/visitor_id.h"

#include "http/ngx_smartmsg_headers.h"
#include "http/ngx_smartmsg_site.h"


/* r->buffered is four bits wide; 1, 2 and 4 belong to SSI, SUB and COPY */
#define NGX_SMARTMSG_BUFFERED        0x08

/* ends the ETag of a page in fetch mode, before the quote */
#define NGX_SMARTMSG_TAG             "-sm%08xD"
#define NGX_SMARTMSG_TAG_LEN         (sizeof("-sm00000000") - 1)

/* larger pages are neither held as a whole nor read at once */
#define NGX_SMARTMSG_WHOLE_SIZE      262144

#define NGX_SMARTMSG_META_CSP        1024
#define NGX_SMARTMSG_MAX_POLICIES    16


/* why something was or was not put into the page: $smartmsg_status */
typedef enum {
    NGX_SMARTMSG_NONE = 0,         /* no message applies */
    NGX_SMARTMSG_INJECTED,         /* at least one message */
    NGX_SMARTMSG_SCRIPT,           /* the runtime alone, for its signals */
    NGX_SMARTMSG_FETCH,            /* the runtime, which asks for the rest */
    NGX_SMARTMSG_PREVIEW,          /* what a preview link asks for */
    NGX_SMARTMSG_OFF,
    NGX_SMARTMSG_BYPASS,
    NGX_SMARTMSG_EXCLUDED,         /* the shop pack wants nothing here */
    NGX_SMARTMSG_NOT_DOCUMENT,     /* the request is no page view */
    NGX_SMARTMSG_NO_ENDPOINT,
    NGX_SMARTMSG_NO_REDIS,
    NGX_SMARTMSG_NO_RULES,
    NGX_SMARTMSG_NOT_HTML,         /* the response is no page */
    NGX_SMARTMSG_ENCODED,          /* an encoding that stays */
    NGX_SMARTMSG_CSP,              /* the page's policy forbids the script */
    NGX_SMARTMSG_NO_MARKUP,        /* a fragment of a page */
    NGX_SMARTMSG_UNSAFE,           /* no place found that is surely right */
    NGX_SMARTMSG_INCOMPLETE,       /* the page broke off before the place */
    NGX_SMARTMSG_LATE,             /* the decision came too late */
    NGX_SMARTMSG_REDIS_DOWN,
    NGX_SMARTMSG_ERROR
} ngx_smartmsg_status_e;


typedef enum {
    NGX_SMARTMSG_FACT_AUTO = 0,    /* number or boolean where it reads so */
    NGX_SMARTMSG_FACT_STRING,
    NGX_SMARTMSG_FACT_NUMBER,
    NGX_SMARTMSG_FACT_BOOLEAN
} ngx_smartmsg_fact_type_e;


typedef struct {
    ngx_str_t                    name;
    ngx_http_complex_value_t     value;
    ngx_smartmsg_fact_type_e     type;
} ngx_smartmsg_fact_conf_t;


typedef enum {
    NGX_SMARTMSG_SECURE_AUTO = 0,
    NGX_SMARTMSG_SECURE_ON,
    NGX_SMARTMSG_SECURE_OFF
} ngx_smartmsg_secure_e;


/* smartmsg_mode */
typedef enum {
    NGX_SMARTMSG_MODE_INJECT = 0,  /* messages are put into the page */
    NGX_SMARTMSG_MODE_FETCH        /* the browser asks for them */
} ngx_smartmsg_mode_e;


typedef struct {
    ngx_str_t                    name;
    ngx_str_t                    domain;
    ngx_str_t                    path;
    smartmsg_samesite_e          samesite;
    time_t                       max_age;
    ngx_smartmsg_secure_e        secure;
} ngx_smartmsg_cookie_conf_t;


typedef struct {
    ngx_array_t                  sites;   /* of ngx_smartmsg_site_t * */
    ngx_int_t                    request_uri;  /* index of the variable */
} ngx_smartmsg_main_conf_t;


typedef struct {
    ngx_smartmsg_redis_conf_t   *redis;
    ngx_str_t                    rules;
    ngx_smartmsg_cookie_conf_t  *cookie;

    ngx_str_t                    endpoint;  /* without the closing slash */
    ngx_str_t                    script;    /* URI of the runtime */
    ngx_str_t                    ui;        /* of the module that it imports */
    uint32_t                     tag;       /* of pages in fetch mode */
    ngx_smartmsg_site_t         *site;

    /* smartmsg_consent is given for pages, but not for the endpoint */
    unsigned                     consent:1;
    unsigned                     no_consent:1;
} ngx_smartmsg_srv_conf_t;


typedef struct ngx_smartmsg_pack_conf_s     ngx_smartmsg_pack_conf_t;
typedef struct ngx_smartmsg_consent_conf_s  ngx_smartmsg_consent_conf_t;


typedef struct {
    ngx_flag_t                   enable;
    ngx_flag_t                   endpoint;
    ngx_uint_t                   mode;    /* ngx_smartmsg_mode_e */
    ngx_msec_t                   timeout;
    ngx_http_complex_value_t    *page;
    ngx_array_t                 *facts;   /* of ngx_smartmsg_fact_conf_t */
    smartmsg_timezone_t         *timezone;  /* NULL: UTC */
    ngx_array_t                 *bypass;
    ngx_array_t                 *tracks;  /* of smartmsg_track */
    ngx_smartmsg_pack_conf_t    *pack;
    ngx_smartmsg_consent_conf_t *consent; /* NULL: nobody was asked */
} ngx_smartmsg_loc_conf_t;


typedef enum {
    NGX_SMARTMSG_IMPLIED = 0,      /* the operator does not ask */
    NGX_SMARTMSG_GRANTED,
    NGX_SMARTMSG_UNKNOWN,
    NGX_SMARTMSG_DENIED
} ngx_smartmsg_consent_e;


typedef struct {
    ngx_smartmsg_consent_e       state;

    /* as it came in; not to be used of somebody anonymous */
    ngx_str_t                    visitor;

    unsigned                     anonymous:1; /* nothing is remembered */
    unsigned                     open:1;      /* the browser has a say */
} ngx_smartmsg_consent_t;


/* the request headers that matter here, found in one pass */
typedef struct {
    ngx_str_t                    accept;
    ngx_str_t                    accept_encoding;
    ngx_str_t                    accept_language;
    ngx_str_t                    dnt;
    ngx_str_t                    fetch_dest;
    ngx_str_t                    fetch_site;
    ngx_str_t                    forwarded_proto;
    ngx_str_t                    gpc;
    ngx_str_t                    origin;
    ngx_str_t                    purpose;
    ngx_str_t                    range;
    ngx_str_t                    referer;
    ngx_str_t                    requested_with;
    ngx_str_t                    upgrade;

    /* how many there are of these, and where in the list the first one is */
    ngx_uint_t                   cookies;
    ngx_table_elt_t             *cookie;
    ngx_uint_t                   encodings;
    ngx_table_elt_t             *encoding;
} ngx_smartmsg_headers_t;


typedef enum {
    NGX_SMARTMSG_BODY_PASS = 0,
    NGX_SMARTMSG_BODY_SCAN,
    NGX_SMARTMSG_BODY_HOLD
} ngx_smartmsg_body_e;


typedef struct ngx_smartmsg_inflate_s  ngx_smartmsg_inflate_t;
typedef struct ngx_smartmsg_csp_s      ngx_smartmsg_csp_t;
typedef struct ngx_smartmsg_look_s     ngx_smartmsg_look_t;
typedef struct ngx_smartmsg_preview_s  ngx_smartmsg_preview_t;


typedef struct {
    ngx_http_request_t          *request;
    ngx_smartmsg_site_t         *site;
    smartmsg_ruleset_t          *rules;     /* a reference */
    ngx_smartmsg_headers_t       headers;
    ngx_smartmsg_status_e        status;

    /* zero if nothing may be remembered of him */
    u_char                       visitor[SMARTMSG_VISITOR_ID_LEN];
    ngx_smartmsg_consent_t       consent;
    bool                         personal;  /* a rule asks for what is not */

    /* what Redis knows; read is NULL unless the reply is outstanding */
    ngx_smartmsg_store_read_t   *read;
    ngx_smartmsg_fields_t       *session;
    ngx_smartmsg_fields_t       *profile;
    double                       views;     /* of the session; 0: none */
    ngx_smartmsg_field_t        *entry;     /* of a session that begins here */
    ngx_uint_t                   nentry;
    smartmsg_value_t            *values;    /* facts by slot */
    u_char                      *known;     /* is values[slot] set? */
    ngx_uint_t                   nslots;
    smartmsg_device_t           *device;    /* NULL: nobody has asked */
    ngx_str_t                    language;  /* what the browser says of the
                                               page that is asked about */

    smartmsg_facts_t             facts;     /* as it was decided with */
    ngx_array_t                 *sticky;    /* to be kept; NULL: nothing */

    ngx_smartmsg_preview_t      *preview;   /* NULL: no valid link */
    ngx_str_t                    token;     /* of a preview link */
    ngx_str_t                    trace;     /* for the page, escaped */

    ngx_event_t                  timer;     /* of holding the page */
    ngx_msec_t                   patience;  /* its end may wait longer */
    ngx_smartmsg_waiter_t        waiter;    /* for the rules */

    /* body */
    u_char                      *meta_csp;
    ngx_smartmsg_csp_t          *csp;       /* NULL: the page has none */
    ngx_str_t                    nonce;
    off_t                        added;     /* bytes put into the page */
    ngx_chain_t                 *beginning; /* of a page held as a whole */
    ngx_chain_t                 *held;      /* from the insertion point on */
    ngx_chain_t                 *free;
    ngx_chain_t                 *busy;
    ngx_smartmsg_inflate_t      *inflate;
    ngx_smartmsg_look_t         *look;      /* at a tracked response */

    u_char                       tail[SMARTMSG_HTML_HELD];
    unsigned                     tail_len:4;

    unsigned                     body:2;    /* ngx_smartmsg_body_e */
    unsigned                     whole:1;   /* it is held with its header */
    unsigned                     off:1;     /* leave the response alone */
    unsigned                     starved:1; /* no room to inflate into */
    unsigned                     minted:1;  /* no valid cookie came in */
    unsigned                     prefetch:1;
    unsigned                     page:1;    /* the response is a page */
    unsigned                     viewed:1;  /* its view was counted */
    unsigned                     waiting:1; /* the rules are not known yet */
    unsigned                     blind:1;   /* they were not to be had */
    unsigned                     ready:1;   /* Redis has answered or failed */
    unsigned                     failed:1;
    unsigned                     decided:1;
    unsigned                     inserted:1;
    unsigned                     late:1;

    /* fetch mode */
    unsigned                     neutral:1; /* the page is everyone's */
    unsigned                     tagged:1;  /* asked for with our validator */

    /* a decision without its page */
    unsigned                     asked:1;
    unsigned                     met:1;     /* it was found out who asks */
    unsigned                     again:1;   /* the view has been counted */
    unsigned                     asking:1;  /* it waits for Redis */
    unsigned                     answered:1;
    unsigned                     deferred:1;  /* the header is kept back */

    /* what is above is zero at first, armed messages and html are not */
    smartmsg_decision_t          decision;
    smartmsg_html_t              html;        /* see ngx_smartmsg_prepare() */
} ngx_smartmsg_ctx_t;


extern ngx_module_t  ngx_smartmsg_module;

/* "data" of timers: the debug log wants a connection with a descriptor */
extern ngx_connection_t  ngx_smartmsg_no_connection;


/* conf */
void *ngx_smartmsg_create_main_conf(ngx_conf_t *cf);
void *ngx_smartmsg_create_srv_conf(ngx_conf_t *cf);
char *ngx_smartmsg_merge_srv_conf(ngx_conf_t *cf, void *parent, void *child);
void *ngx_smartmsg_create_loc_conf(ngx_conf_t *cf);
char *ngx_smartmsg_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child);
void ngx_smartmsg_check_sites(ngx_conf_t *cf);
void ngx_smartmsg_check_consent(ngx_conf_t *cf);
char *ngx_smartmsg_redis_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_smartmsg_rules_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_smartmsg_cookie_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_smartmsg_fact_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_smartmsg_timezone_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_smartmsg_endpoint_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

char *ngx_smartmsg_consent_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_smartmsg_shop_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_smartmsg_track_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* document: pure questions about the request, nothing is changed */
void ngx_smartmsg_read_headers(ngx_http_request_t *r,
    ngx_smartmsg_headers_t *h);
ngx_uint_t ngx_smartmsg_is_document(ngx_http_request_t *r,
    ngx_smartmsg_headers_t *h);
ngx_uint_t ngx_smartmsg_is_https(ngx_http_request_t *r,
    ngx_smartmsg_headers_t *h);
ngx_uint_t ngx_smartmsg_accepts_gzip(ngx_str_t *value);

/*
 * The visitor's id as a cookie of that name has it, NGX_DECLINED if there is
 * none that is well-formed.  Whether it may be used ngx_smartmsg_consent()
 * knows.
 */
ngx_int_t ngx_smartmsg_find_visitor(ngx_http_request_t *r,
    ngx_smartmsg_headers_t *h, ngx_str_t *name, ngx_str_t *visitor);

/* sets the cookie by a header of the response; NULL: deletes it */
ngx_int_t ngx_smartmsg_send_cookie(ngx_http_request_t *r,
    ngx_str_t *visitor);

/* request */
ngx_int_t ngx_smartmsg_precontent_handler(ngx_http_request_t *r);
ngx_smartmsg_ctx_t *ngx_smartmsg_get_ctx(ngx_http_request_t *r);

/* NULL: no memory */
ngx_smartmsg_ctx_t *ngx_smartmsg_create_ctx(ngx_http_request_t *r);

/*
 * A context for a request that is no page view, to keep something in: nothing
 * is done to its response.
 */
ngx_smartmsg_ctx_t *ngx_smartmsg_create_idle_ctx(ngx_http_request_t *r);

/* why a request is left alone, NGX_SMARTMSG_NONE if it is not */
ngx_smartmsg_status_e ngx_smartmsg_refusal(ngx_http_request_t *r,
    ngx_smartmsg_headers_t *h);

/*
 * Changes the headers that go to the shop, see ngx_smartmsg_upstream.c.  In
 * fetch mode validators of our own are turned back into the shop's; others go
 * on unless the request is known to be for a page.  NGX_OK: the request asks
 * with a validator of ours; NGX_DECLINED: it does not.
 */
ngx_int_t ngx_smartmsg_ask_upstream(ngx_http_request_t *r,
    ngx_smartmsg_headers_t *h);
ngx_int_t ngx_smartmsg_ask_upstream_neutral(ngx_http_request_t *r,
    ngx_smartmsg_headers_t *h);

/* facts, lazily computed from the request and from what Redis knows */
ngx_int_t ngx_smartmsg_facts(ngx_smartmsg_ctx_t *ctx,
    smartmsg_facts_t *facts);

/*
 * Decides once, as soon as the facts are complete; later calls return at once.
 * Sets ctx->status if nothing is to be inserted.
 */
void ngx_smartmsg_decide(ngx_smartmsg_ctx_t *ctx);

/*
 * Looks whether Redis has answered meanwhile.  Not while the page is held or
 * somebody waits for the decision: they would go on from within.
 */
void ngx_smartmsg_read_poll(ngx_smartmsg_ctx_t *ctx);

/*
 * Writes the page view to Redis, once, as soon as it is known that the
 * response is a page and what Redis knew before.  A prefetched page only
 * leaves what a session begins with; it is counted when the browser reports
 * it.
 */
void ngx_smartmsg_view(ngx_smartmsg_ctx_t *ctx);

/*
 * The same for a request that ends before Redis has answered: the view counts
 * all the same, but what a new session begins with is not known to be missing.
 */
void ngx_smartmsg_view_unread(ngx_smartmsg_ctx_t *ctx);

/* does the page get anything? only after ngx_smartmsg_decide() */
ngx_uint_t ngx_smartmsg_wants_snippet(ngx_smartmsg_ctx_t *ctx);

/*
 * The snippet for this page, from r->pool; NULL on errors.  The page's
 * language is taken from what the scanner has seen.
 */
ngx_int_t ngx_smartmsg_sort_out(ngx_smartmsg_ctx_t *ctx);
ngx_buf_t *ngx_smartmsg_render(ngx_smartmsg_ctx_t *ctx);

/*
 * Content-Security-Policy: NGX_OK if the script may run in the page, then
 * ctx->nonce is set if it needs one; else NGX_DECLINED.  The policies of the
 * headers first, then, at the insertion point, those of the page's <meta>.
 */
ngx_int_t ngx_smartmsg_csp_headers(ngx_smartmsg_ctx_t *ctx);
ngx_int_t ngx_smartmsg_csp_page(ngx_smartmsg_ctx_t *ctx);
ngx_int_t ngx_smartmsg_csp_image(ngx_smartmsg_ctx_t *ctx,
    const smartmsg_message_t *message);

/* filters */
void ngx_smartmsg_header_filter_init(void);
void ngx_smartmsg_body_filter_init(void);

/* a page that comes gzip'ed: ngx_smartmsg_body_page() gets it inflated */
ngx_int_t ngx_smartmsg_inflate_start(ngx_smartmsg_ctx_t *ctx);
ngx_int_t ngx_smartmsg_inflate(ngx_smartmsg_ctx_t *ctx, ngx_chain_t *in);
ngx_int_t ngx_smartmsg_body_page(ngx_smartmsg_ctx_t *ctx, ngx_chain_t *in);

/* sends the header of a page that was kept back until its body began */
ngx_int_t ngx_smartmsg_send_header(ngx_smartmsg_ctx_t *ctx);

/* what is kept of a page is not wanted any more */
void ngx_smartmsg_body_drop(ngx_smartmsg_ctx_t *ctx);

/* tells nginx whether some of the page is still kept here */
void ngx_smartmsg_set_buffered(ngx_smartmsg_ctx_t *ctx);

/*
 * Called when the decision has come, or will not come.  If the page is not
 * held, the filter finds it when the page goes on.
 */
void ngx_smartmsg_resume(ngx_smartmsg_ctx_t *ctx);

/* called when the page, or its beginning, has waited for long enough */
void ngx_smartmsg_overdue(ngx_smartmsg_ctx_t *ctx);

/* Cache-Control: private, unless it is stricter already */
ngx_int_t ngx_smartmsg_make_private(ngx_http_request_t *r);

/*
 * Set-Cookie, if the visitor came without a cookie, or denies consent and came
 * with one; NGX_DECLINED: neither, or NGX_ERROR.
 */
ngx_int_t ngx_smartmsg_send_id(ngx_smartmsg_ctx_t *ctx);

/*
 * Fetch mode: what the shop is asked, and, in the header filter, the context
 * of a response that may be a page, NULL for any other.
 */
void ngx_smartmsg_fetch_request(ngx_http_request_t *r);
ngx_smartmsg_ctx_t *ngx_smartmsg_fetch_response(ngx_http_request_t *r);

/* the validators of such a page: they change with what is put into it */
ngx_int_t ngx_smartmsg_fetch_validators(ngx_smartmsg_ctx_t *ctx);

/* Content-Type: text/html */
ngx_uint_t ngx_smartmsg_is_html(ngx_http_request_t *r);

/* endpoint */
ngx_int_t ngx_smartmsg_endpoint_handler(ngx_http_request_t *r);
ngx_int_t ngx_smartmsg_event_handler(ngx_http_request_t *r);

/*
 * GET .../decide: the request goes on as one for the page it names; where the
 * shop would be asked, the last handler of the precontent phase answers.
 */
ngx_int_t ngx_smartmsg_decide_init(ngx_conf_t *cf);
ngx_int_t ngx_smartmsg_decide_handler(ngx_http_request_t *r);

/* goes on with one that has waited, once the decision is there or overdue */
void ngx_smartmsg_answer_resume(ngx_smartmsg_ctx_t *ctx);

/* nothing but our own answer leaves, whatever the page's location says */
ngx_int_t ngx_smartmsg_answer_header(ngx_smartmsg_ctx_t *ctx);

/*
 * Makes the request one for the page that its arguments name, as far as
 * configuration and facts can see; NGX_DECLINED: they name none, NGX_ERROR:
 * no memory.
 */
ngx_int_t ngx_smartmsg_decide_page(ngx_smartmsg_ctx_t *ctx);

/* only pages of the shop may ask: by Sec-Fetch-Site, Origin or, last, Referer */
ngx_uint_t ngx_smartmsg_same_origin(ngx_http_request_t *r);

/* 204 that nobody keeps */
ngx_int_t ngx_smartmsg_no_content(ngx_http_request_t *r);

/* 405 with the header Allow */
ngx_int_t ngx_smartmsg_not_allowed(ngx_http_request_t *r,
    const char *methods);

/* variables */
ngx_int_t ngx_smartmsg_add_variables(ngx_conf_t *cf);


#endif /* _NGX_SMARTMSG_H_INCLUDED_ */
