/*
 * Shared by the parts of the HTML scanner:
 *
 *   html.c         the interface, text, comments and declarations
 *   html_block.c   64 bytes at a time: where tags end, and which may count
 *   html_skip.c    fast, over tags without a meaning
 *   html_whole.c   fast, tags that are whole
 *   html_tag.c     tags and their attributes
 *   html_tree.c    what a tag means: templates, select, foreign content
 *   html_meta.c    values of attributes: language, charset, policies
 *   html_names.c   names of elements
 */

#ifndef SMARTMSG_CORE_HTML_PRIVATE_H
#define SMARTMSG_CORE_HTML_PRIVATE_H

#include "core/html.h"

/* States; the standard's names where it has one. */
enum {
    HTML_DATA,
    HTML_TAG_OPEN,     /* < */
    HTML_END_TAG_OPEN, /* </ */
    HTML_TAG_NAME,
    HTML_BEFORE_ATTR,
    HTML_ATTR_NAME,
    HTML_AFTER_ATTR,
    HTML_BEFORE_VALUE,
    HTML_VALUE_DOUBLE,
    HTML_VALUE_SINGLE,
    HTML_VALUE_BARE,
    HTML_SELF_CLOSING,

    HTML_MARKUP,      /* <! */
    HTML_MARKUP_DASH, /* <!- */
    HTML_DOCTYPE,     /* <!d, match counts the letters */
    HTML_CDATA_OPEN,  /* <![, match counts the characters */
    HTML_UNTIL_GT,    /* bogus comment or rest of a doctype */
    HTML_CDATA,
    HTML_CDATA_BRACKET, /* ] */
    HTML_CDATA_END,     /* ]] */

    HTML_COMMENT_START,      /* <!-- */
    HTML_COMMENT_START_DASH, /* <!--- */
    HTML_COMMENT,
    HTML_COMMENT_DASH, /* - */
    HTML_COMMENT_END,  /* -- */
    HTML_COMMENT_BANG, /* --! */

    HTML_TEXT,           /* RCDATA, RAWTEXT and script data */
    HTML_TEXT_LT,        /* < */
    HTML_TEXT_END,       /* </, match counts the name's letters */
    HTML_TEXT_BANG,      /* <! in a script */
    HTML_TEXT_BANG_DASH, /* <!- in a script */
    HTML_TEXT_SCRIPT     /* < in an escaped script, match as above */
};

/* Elements that are more than their properties. */
enum {
    TAG_OTHER,
    TAG_A,
    TAG_ANNOTATION_XML,
    TAG_BASE,
    TAG_BODY,
    TAG_BR,
    TAG_COL,
    TAG_COLGROUP,
    TAG_DESC,
    TAG_FONT,
    TAG_FOREIGNOBJECT,
    TAG_FRAMESET,
    TAG_HEAD,
    TAG_HTML,
    TAG_INPUT,
    TAG_MATH,
    TAG_MATH_TEXT,
    TAG_META,
    TAG_MGLYPH,
    TAG_P,
    TAG_PLAINTEXT,
    TAG_SCRIPT,
    TAG_SELECT,
    TAG_SVG,
    TAG_TABLE,
    TAG_TABLE_PART,
    TAG_TEMPLATE,
    TAG_TITLE
};

/* Properties of elements. */
enum {
    NAME_TEXT = 0x01,     /* holds text as an HTML element */
    NAME_VOID = 0x02,     /* has no content as an HTML element */
    NAME_BREAKOUT = 0x04, /* as a start tag ends foreign content */
    NAME_PLAIN = 0x08,    /* closed by its own end tag when well nested,
                             no influence on the insertion mode */
    NAME_FOREIGN = 0x10   /* a name of SVG or MathML, not of HTML */
};

typedef struct smartmsg_html_name_s {
    char name[16]; /* filled up with zeros */
    uint8_t len;
    uint8_t tag;
    uint8_t flags;
} smartmsg_html_name_t;

/* html_names.c */

/*
 * The entry of a lower-case name of len bytes, or NULL.
 */
const smartmsg_html_name_t *smartmsg_html_name(const char *name, size_t len);

/*
 * The same for a name of len <= 8 bytes, the lowest one first, that begins with
 * a letter; the bytes above are 0.
 */
const smartmsg_html_name_t *smartmsg_html_short_name(uint64_t name,
                                                     unsigned len);

/*
 * For tests: all entries.
 */
const smartmsg_html_name_t *smartmsg_html_names(size_t *n);

/* html_block.c */

/* How many bytes the processor is asked to take at once. */
typedef enum {
    SMARTMSG_HTML_WIDTH_NONE, /* nothing is skipped */
    SMARTMSG_HTML_WIDTH_16,
    SMARTMSG_HTML_WIDTH_32,
    SMARTMSG_HTML_WIDTH_64
} smartmsg_html_width_e;

#define HTML_BLOCK 64
#define HTML_AHEAD 3 /* bytes read behind a block; one is read before it */

/*
 * The names that are looked for, in groups, a bit each: which of them have none
 * with that lower half of its first, second, third and fourth byte.
 */
typedef struct {
    unsigned char usual[4][16];
} smartmsg_html_groups_t;

/*
 * A block: what is known before it is read, and what its bits say then, the
 * lowest one for the first byte.
 */
typedef struct {
    uint64_t in_tag;        /* 1 if the byte before the block is in a tag */
    uint64_t in_value;      /* 1 if it seems to be in a value */
    uint64_t in_tag_next;   /* the same of its last byte */
    uint64_t in_value_next;
    uint64_t open;          /* behind '<' */
    uint64_t odd;           /* of these, what may be looked for */
    uint64_t tag;           /* bytes in a tag, from its name on */
    uint64_t wrong;         /* the lowest bit: nothing is sure from there on */
} smartmsg_html_block_t;

/*
 * Reads block by block from p, of which in_tag and in_value tell, up to one in
 * which something is odd or wrong, or to the last one.  That ends HTML_AHEAD
 * bytes before end, and is what is left, at most HTML_BLOCK bytes, and one at
 * least.  Returns where the block begins.
 *
 * p + HTML_AHEAD is before end; of the bytes before end as many can be read as
 * for a block, with the one before it.
 */
typedef const unsigned char *(*smartmsg_html_blocks_t)(
    const unsigned char *p, const unsigned char *end,
    const smartmsg_html_groups_t *groups, smartmsg_html_block_t *block);

/*
 * The fastest that the processor can do; NULL if nothing is to be skipped.
 */
smartmsg_html_blocks_t smartmsg_html_blocks(void);

/*
 * For tests: never wider than that, in the whole process.
 */
void smartmsg_html_skip_width(smartmsg_html_width_e most);

/*
 * Of a page, of what is within <select> and templates, and of icons: any name.
 */
extern const smartmsg_html_groups_t smartmsg_html_page_groups;
extern const smartmsg_html_groups_t smartmsg_html_inner_groups;
extern const smartmsg_html_groups_t smartmsg_html_icon_groups;

/*
 * May the name be one that is looked for?  Four bytes are read.
 */
static inline bool smartmsg_html_is_odd(const unsigned char *name,
                                        const smartmsg_html_groups_t *groups)
{
    return (groups->usual[0][name[0] & 15] | groups->usual[1][name[1] & 15]
            | groups->usual[2][name[2] & 15] | groups->usual[3][name[3] & 15])
           != 0xff;
}

/* html_skip.c */

/*
 * From p < end, in the state HTML_DATA, behind text and tags that have no
 * influence outside of foreign content, and where not inner, of templates and
 * <select>.  Returns where the tokenizer has to go on, in the same state: at a
 * '<', or end.
 */
const unsigned char *smartmsg_html_skip(const unsigned char *p,
                                        const unsigned char *end, bool inner);

/*
 * From p < end, behind an <svg>, to its end tag, if between are only elements
 * that have no influence but on each other, and not more than room; else p.
 */
const unsigned char *smartmsg_html_skip_icon(const unsigned char *p,
                                             const unsigned char *end,
                                             unsigned room);

/* html_whole.c */

typedef struct {
    bool self_closing;
    bool meta;     /* charset or http-equiv may be among them */
    uint8_t state; /* the tokenizer's, where the tag does not end */
} smartmsg_html_attrs_t;

/*
 * From p, behind a tag's name or an attribute, behind the tag's '>'; NULL if
 * that is not before end: attrs->state is what the tokenizer would be in there.
 */
const unsigned char *smartmsg_html_behind_attrs(const unsigned char *p,
                                                const unsigned char *end,
                                                smartmsg_html_attrs_t *attrs);

/*
 * The entry of a name of at most eight letters that ends there, or NULL.  Nine
 * bytes can be read at p.
 */
const smartmsg_html_name_t *smartmsg_html_name_at(const unsigned char *p);

/*
 * Processes the tag that begins at p, at its '<' and before end - 1, and
 * returns what is behind it, in the state that follows, or end, if the tag goes
 * on there; NULL if the tokenizer has to read it.
 */
const unsigned char *smartmsg_html_whole_tag(smartmsg_html_t *h,
                                             const unsigned char *p,
                                             const unsigned char *end);

/* html_tree.c */

/*
 * From p < end, in the state HTML_DATA, where the tokenizer has to go on, in
 * the same state.
 */
const unsigned char *smartmsg_html_skip_here(smartmsg_html_t *h,
                                             const unsigned char *p,
                                             const unsigned char *end);

/*
 * Processes the start tag just read: sets the next state, may stop.
 */
void smartmsg_html_start_tag(smartmsg_html_t *h);

/*
 * Processes the end tag whose name was just read: may find or stop.
 */
void smartmsg_html_end_tag(smartmsg_html_t *h);

/*
 * True if <![CDATA[ opens a section here.  May stop.
 */
bool smartmsg_html_cdata(smartmsg_html_t *h);

/*
 * True if a </body> here would be an insertion point.
 */
bool smartmsg_html_insertable(const smartmsg_html_t *h);

/*
 * Ends the scan without an insertion point.
 */
void smartmsg_html_stop(smartmsg_html_t *h, smartmsg_html_stop_e why);

/* html_tag.c */

/* Bytes that end something within a tag. */
enum {
    HTML_ENDS_NAME = 1,
    HTML_ENDS_ATTR = 2,
    HTML_ENDS_BARE = 4,
    HTML_IS_SPACE = 8
};

extern const uint8_t smartmsg_html_ends[256];

static inline unsigned char smartmsg_html_lower(unsigned char c)
{
    return (unsigned)c - 'A' < 26 ? c | 0x20 : c;
}

/*
 * Consumes bytes in one of the states TAG_OPEN to SELF_CLOSING.  p < end;
 * returns the first byte not consumed.
 */
const unsigned char *smartmsg_html_tag(smartmsg_html_t *h,
                                       const unsigned char *p,
                                       const unsigned char *end);

/*
 * Leaves the tag's name: sets the state after c, which must be white space,
 * '/' or '>'.
 */
void smartmsg_html_name_end(smartmsg_html_t *h, unsigned char c);

/* html_meta.c */

/* Attributes of interest, also numbers of bits in h->attrs. */
enum {
    ATTR_NONE,
    ATTR_LANG,
    ATTR_AMP,
    ATTR_CHARSET,
    ATTR_CONTENT,
    ATTR_EQUIV,
    ATTR_ENCODING,
    ATTR_FONT
};

/*
 * At the end of an attribute's name: sets h->attr if its value is wanted.
 */
void smartmsg_html_attr_name(smartmsg_html_t *h);

/*
 * Keeps n more bytes of the value of h->attr.
 */
void smartmsg_html_attr_value(smartmsg_html_t *h, const unsigned char *p,
                              size_t n);

/*
 * At the end of the value of h->attr, which becomes ATTR_NONE.
 */
void smartmsg_html_attr_end(smartmsg_html_t *h);

/*
 * An attribute as a whole, of a start tag whose attributes are of interest;
 * value is NULL if it has none.
 */
void smartmsg_html_attr(smartmsg_html_t *h, const unsigned char *name,
                        size_t name_len, const unsigned char *value,
                        size_t value_len);

/*
 * True if the annotation-xml tag just read is an HTML integration point.
 */
bool smartmsg_html_encoding_is_html(const smartmsg_html_t *h);

/*
 * At the end of a <meta> tag of the document: keeps charset and policy.
 */
void smartmsg_html_meta(smartmsg_html_t *h);

#endif /* SMARTMSG_CORE_HTML_PRIVATE_H */
