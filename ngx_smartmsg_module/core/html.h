/*
 * Streaming HTML scanner: finds the place before </body>.
 *
 * The scanner follows the tokenizer of the HTML standard, section 13.2.5, and
 * of the tree construction, section 13.2.6, exactly those parts that change
 * the tokenizer's state: text elements, <template>, <select> and foreign
 * content.  Where a browser's state would depend on more than that, it stops:
 * a page without a message is better than a broken page.
 *
 * Scripting is taken as enabled, so <noscript> holds text.
 */

#ifndef SMARTMSG_CORE_HTML_H
#define SMARTMSG_CORE_HTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SMARTMSG_HTML_LANG 35    /* longest lang kept, bytes */
#define SMARTMSG_HTML_CHARSET 40 /* longest charset kept, bytes */
#define SMARTMSG_HTML_DEPTH 48   /* templates and foreign elements */
#define SMARTMSG_HTML_HELD 8     /* total - safe is never more */

typedef enum {
    SMARTMSG_HTML_MORE,  /* feed the next bytes */
    SMARTMSG_HTML_FOUND, /* insert at h->insert */
    SMARTMSG_HTML_STOP   /* never insert, see h->stop */
} smartmsg_html_result_e;

typedef enum {
    SMARTMSG_HTML_STOP_NONE,
    SMARTMSG_HTML_STOP_FRAGMENT, /* </body> without any document markup */
    SMARTMSG_HTML_STOP_FRAMESET,
    SMARTMSG_HTML_STOP_AMP,       /* <html amp>: foreign scripts forbidden */
    SMARTMSG_HTML_STOP_PLAINTEXT, /* <plaintext>: nothing is markup again */
    SMARTMSG_HTML_STOP_AMBIGUOUS, /* state depends on what is not modelled */
    SMARTMSG_HTML_STOP_DEEP,      /* more than SMARTMSG_HTML_DEPTH levels */
    SMARTMSG_HTML_STOP_CHARSET    /* '<' may be half of a character */
} smartmsg_html_stop_e;

/* One level of the scanner's stack, private. */
typedef struct {
    uint32_t hash;  /* of the element's name */
    uint16_t count; /* equal levels directly above each other */
    uint8_t kind;
    uint8_t flags; /* of the content around a template */
} smartmsg_html_level_t;

/*
 * A scanner, to be held by value for as long as the page lasts.  It owns no
 * memory.  Everything below "private" belongs to the scanner alone.
 */
typedef struct {
    uint64_t total;  /* bytes fed so far */
    uint64_t insert; /* FOUND: absolute offset of '<' of </body> */
    uint64_t safe;   /* bytes before this offset may be forwarded:
                        no insertion point can lie before it */
    char *csp;       /* policies of <meta>, see smartmsg_html_csp_buffer() */
    size_t csp_len;
    size_t csp_size;

    smartmsg_html_stop_e stop; /* STOP: why */
    bool document;             /* doctype, <html>, <head> or <body> seen */
    bool base;                 /* a <base>: addresses are relative to it */
    bool csp_overflow;         /* a policy did not fit into the buffer */
    uint8_t lang_len;          /* 0: none, or longer than can be kept */
    uint8_t charset_len;
    char lang[SMARTMSG_HTML_LANG];       /* of <html>, as written */
    char charset[SMARTMSG_HTML_CHARSET]; /* of <meta>, as written */

    /* private */
    uint64_t mark; /* offset of the '<' of the tag being read */
    smartmsg_html_result_e result;
    uint32_t hash; /* of the tag's name so far */
    uint8_t state;
    uint8_t match; /* bytes of a keyword seen so far */
    bool closing;  /* the tag is an end tag */
    bool self_closing;
    bool body;           /* a <body> start tag was seen */
    bool icon;           /* directly behind an <svg> in HTML */
    bool foreign_names;  /* <path> or the like as an HTML element */
    uint8_t flags;       /* select, table, columns; see html_tree.c */
    uint8_t escape;      /* in script: 1 escaped, 2 double escaped */
    uint8_t dashes;      /* in script: dashes directly before */
    uint8_t depth;       /* levels in use */
    uint8_t templates;   /* of them templates */
    uint8_t name_len;    /* capped at sizeof(name) + 1 */
    uint8_t attr_len;    /* capped at sizeof(attr) + 1 */
    uint8_t attr;        /* attribute whose value is being read */
    uint8_t attrs;       /* attributes seen in this tag, a bit each */
    uint8_t equiv;       /* kind of http-equiv in this tag */
    uint8_t value_len;   /* capped at sizeof(value) + 1 */
    uint8_t content_len; /* capped at sizeof(content) + 1 */
    bool wanted;         /* the tag's attributes are of interest */
    size_t policy_len;   /* content= as far as it went into csp */
    const struct smartmsg_html_name_s *tag;  /* NULL: any other name */
    const struct smartmsg_html_name_s *text; /* whose end tag is awaited */
    char name[16];
    char attr_name[12];
    char value[64];
    char content[96];
    smartmsg_html_level_t level[SMARTMSG_HTML_DEPTH];
} smartmsg_html_t;

/*
 * Makes h ready for the first byte of a page.  Cannot fail.
 */
void smartmsg_html_init(smartmsg_html_t *h);

/*
 * Gives the scanner size bytes at buf to keep the policies of
 * <meta http-equiv="Content-Security-Policy"> in: references decoded, several
 * joined with ','.  A policy that does not fit sets h->csp_overflow and is
 * left out; without a buffer each one does.  Only tags before <body> count.
 * The buffer stays the caller's and must outlive h; call before the first
 * feed.  The free part of the buffer is used as scratch memory.
 */
void smartmsg_html_csp_buffer(smartmsg_html_t *h, char *buf, size_t size);

/*
 * Scans the next n bytes of the page, n >= 0, any split gives the same
 * result.  Afterwards:
 *
 *   MORE   forward everything before h->safe, hold the rest, which is at most
 *          SMARTMSG_HTML_HELD bytes of a possible "</body";
 *   FOUND  insert at h->insert, which is never before an earlier h->safe;
 *   STOP   h->stop tells why, h->safe equals h->total, pass the page through.
 *
 * After FOUND and STOP feeding does nothing and returns the same again.
 *
 * FOUND comes with the first byte after "</body": should the page end within
 * that tag, the place is still good.  A </body> which the tree construction
 * ignores because a table or object is open counts: scripts and templates
 * work there as well.
 */
smartmsg_html_result_e smartmsg_html_feed(smartmsg_html_t *h,
                                          const unsigned char *p, size_t n);

/*
 * At the end of a page whose last result was MORE: true if a snippet appended
 * to it would be parsed as markup of the document.
 */
bool smartmsg_html_end(const smartmsg_html_t *h);

/*
 * A short lower-case word for a reason, for logs: "ambiguous".  Static.
 */
const char *smartmsg_html_stop_name(smartmsg_html_stop_e stop);

#endif /* SMARTMSG_CORE_HTML_H */
