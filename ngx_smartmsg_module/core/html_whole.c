/*
 * Tags that a buffer holds from '<' to '>', or from there to its end: what
 * html_tag.c does with any piece of a tag, at once.  Long names are left to it.
 */

#include "core/html_private.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define FNV_BASIS 2166136261u
#define FNV_PRIME 16777619u

typedef struct {
    const unsigned char *name;
    const unsigned char *value; /* NULL: none */
    size_t name_len;
    size_t value_len;
} attr_t;

static inline const unsigned char *skip_space(const unsigned char *p,
                                              const unsigned char *end)
{
    while (p < end && (smartmsg_html_ends[*p] & HTML_IS_SPACE)) {
        p++;
    }

    return p;
}

/* The next a or b among the bytes before end, or end. */
static inline const unsigned char *find(const unsigned char *p,
                                        const unsigned char *end,
                                        unsigned char a, unsigned char b)
{
#ifdef __SSE2__
    for ( ; end - p >= 16; p += 16) {
        __m128i bytes = _mm_loadu_si128((const void *)p);
        unsigned found = (unsigned)_mm_movemask_epi8(
            _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)a)),
                         _mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)b))));

        if (found) {
            return p + __builtin_ctz(found);
        }
    }
#endif

    while (p < end && *p != a && *p != b) {
        p++;
    }

    return p;
}

/*
 * From p, behind an attribute's '=', behind its value, which may end at end;
 * NULL if a quoted one does not end.
 */
static inline const unsigned char *
read_value(const unsigned char *p, const unsigned char *end, attr_t *attr)
{
    p = skip_space(p, end);

    if (p < end && (*p == '"' || *p == '\'')) {
        attr->value = p + 1;
        p = find(p + 1, end, *p, *p);
        attr->value_len = (size_t)(p - attr->value);

        return p < end ? p + 1 : NULL;
    }

    attr->value = p;

    while (p < end && !(smartmsg_html_ends[*p] & HTML_ENDS_BARE)) {
        p++;
    }

    attr->value_len = (size_t)(p - attr->value);

    return p;
}

/* From p, before an attribute, the same. */
static const unsigned char *
read_attr(const unsigned char *p, const unsigned char *end, attr_t *attr)
{
    attr->name = p++; /* its first byte may be any other */

    while (p < end && !(smartmsg_html_ends[*p] & HTML_ENDS_ATTR)) {
        p++;
    }

    attr->name_len = (size_t)(p - attr->name);
    attr->value = NULL;
    attr->value_len = 0;
    p = skip_space(p, end);

    return p < end && *p == '=' ? read_value(p + 1, end, attr) : p;
}

/* May there be charset or http-equiv directly before end? */
static inline bool may_describe(const unsigned char *p,
                                const unsigned char *end)
{
    unsigned last = end[-1] | 0x20;

    return end - p >= 7
           && ((last == 't' && (end[-2] | 0x20) == 'e')
               || (last == 'v' && (end[-2] | 0x20) == 'i'));
}

/*
 * The state at end, where from p on, before an attribute, is neither '=' nor
 * '>'.
 */
static uint8_t state_in_name(const unsigned char *p, const unsigned char *end)
{
    const unsigned char *last = end;

    while (last > p && (smartmsg_html_ends[last[-1]] & HTML_IS_SPACE)) {
        last--;
    }

    if (last == p || last[-1] == '/') {
        return last > p && last == end ? HTML_SELF_CLOSING : HTML_BEFORE_ATTR;
    }

    return last == end ? HTML_ATTR_NAME : HTML_AFTER_ATTR;
}

/* The state at end, where an attribute has been read up to p. */
static uint8_t state_in_attr(const attr_t *attr, const unsigned char *p,
                              const unsigned char *end)
{
    if (attr->value == NULL) {
        return (smartmsg_html_ends[end[-1]] & HTML_IS_SPACE) ? HTML_AFTER_ATTR
                                                             : HTML_ATTR_NAME;
    }

    if (p == NULL) {
        return attr->value[-1] == '"' ? HTML_VALUE_DOUBLE : HTML_VALUE_SINGLE;
    }

    if (attr->value + attr->value_len < end) {
        return HTML_BEFORE_ATTR; /* white space is not required */
    }

    return attr->value_len > 0 ? HTML_VALUE_BARE : HTML_BEFORE_VALUE;
}

/*
 * Names are not read: of a '=' that directly follows a byte which belongs to
 * one it is clear what it is.
 */
const unsigned char *smartmsg_html_behind_attrs(const unsigned char *p,
                                                const unsigned char *end,
                                                smartmsg_html_attrs_t *attrs)
{
    const unsigned char *next;
    attr_t attr;

    while (p < end) {

        /* most often there is nothing behind the last value */
        next = (*p == '>') ? p : find(p, end, '=', '>');

        if (next == end) {
            attrs->state = state_in_name(p, end);
            return NULL;
        }

        if (*next == '>') {
            attrs->self_closing = next > p && next[-1] == '/';
            return next + 1;
        }

        if (next > p && !(smartmsg_html_ends[next[-1]] & HTML_ENDS_ATTR)) {
            attrs->meta |= may_describe(p, next);
            p = read_value(next + 1, end, &attr);

        } else {
            attrs->meta = true; /* perhaps */

            /* all up to that '=', else it would be looked for each time */
            do {
                while (smartmsg_html_ends[*p] & HTML_ENDS_NAME) {
                    p++;
                }

                p = read_attr(p, end, &attr);
            } while (p != NULL && p < next);
        }

        if (p == NULL || p == end) {
            attrs->state = state_in_attr(&attr, p, end);
            return NULL;
        }
    }

    attrs->state = HTML_BEFORE_ATTR;

    return NULL;
}

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

/*
 * Reads a name of at most eight letters, with a digit at the end or none: its
 * entry goes to *tag.  Returns where it ends, or NULL if it is another one.
 * Eight bytes and one more can be read at p.
 */
static const unsigned char *short_name(const unsigned char *p,
                                       const smartmsg_html_name_t **tag)
{
    uint64_t word, other;
    unsigned len;

    memcpy(&word, p, sizeof(word));

    /* letters are at 0x40 and above, what ends a name is below */
    other = ~word & 0x4040404040404040u;
    len = other ? (unsigned)__builtin_ctzll(other) / 8 : 8;

    if (len < 8 && p[len] >= '1' && p[len] <= '6') {
        len++;
    }

    if (!(smartmsg_html_ends[p[len]] & HTML_ENDS_NAME)) {
        return NULL;
    }

    /* capital letters become small ones, and no other byte a letter */
    word |= 0x2020202020202020u;

    if (len < 8) {
        word &= ((uint64_t)1 << 8 * len) - 1;
    }

    *tag = smartmsg_html_short_name(word, len);

    return p + len;
}

const smartmsg_html_name_t *smartmsg_html_name_at(const unsigned char *p)
{
    const smartmsg_html_name_t *tag = NULL;

    return short_name(p, &tag) != NULL ? tag : NULL;
}

static uint32_t name_hash(const unsigned char *p, const unsigned char *end)
{
    uint32_t hash = FNV_BASIS;

    for ( ; p < end; p++) {
        hash = (hash ^ smartmsg_html_lower(*p)) * FNV_PRIME;
    }

    return hash;
}

/* May the attributes of a start tag, or where it is, count? */
static bool is_wanted(const smartmsg_html_name_t *tag,
                      const smartmsg_html_attrs_t *attrs)
{
    switch (tag->tag) {
    case TAG_META:
        return attrs->meta;

    case TAG_HTML:
    case TAG_FONT:
    case TAG_ANNOTATION_XML:
        return true;

    default:
        return false;
    }
}

/* All attributes of a tag that ends before end. */
static void read_attrs(smartmsg_html_t *h, const unsigned char *p,
                       const unsigned char *end)
{
    attr_t attr;

    for (;;) {
        while (smartmsg_html_ends[*p] & HTML_IS_SPACE || *p == '/') {
            p++;
        }

        if (*p == '>') {
            return;
        }

        p = read_attr(p, end, &attr);
        smartmsg_html_attr(h, attr.name, attr.name_len, attr.value,
                           attr.value_len);
    }
}

/* What is known of a tag that goes on in the next piece, if that is enough. */
static bool begin_tag(smartmsg_html_t *h, const smartmsg_html_name_t *tag,
                      bool closing, const smartmsg_html_attrs_t *attrs)
{
    static const smartmsg_html_attrs_t any = { false, true, 0 };

    if (!closing && tag && is_wanted(tag, &any)) {
        return false;
    }

    h->closing = closing;
    h->tag = tag;
    h->attrs = 0;
    h->attr = ATTR_NONE;
    h->wanted = false;
    h->self_closing = false;
    h->state = attrs->state;

    if (closing) {
        smartmsg_html_end_tag(h);
    }

    return true;
}

const unsigned char *smartmsg_html_whole_tag(smartmsg_html_t *h,
                                             const unsigned char *p,
                                             const unsigned char *end)
{
    const unsigned char *name = p + 1 + (p[1] == '/'), *next;
    const smartmsg_html_name_t *tag;
    smartmsg_html_attrs_t attrs = { false, false, HTML_DATA };
    bool closing = (name[-1] == '/');

    if (end - name < 9 || (unsigned)(*name | 0x20) - 'a' >= 26) {
        return NULL;
    }

    next = short_name(name, &tag);

    if (next == NULL) {
        return NULL;
    }

    /* only where elements are followed, or will be */
    if (h->depth > h->templates
        || (tag && (tag->tag == TAG_SVG || tag->tag == TAG_MATH)))
    {
        h->hash = name_hash(name, next);
    }

    p = (*next == '>') ? next + 1
                       : smartmsg_html_behind_attrs(next, end, &attrs);

    if (p == NULL) {
        return begin_tag(h, tag, closing, &attrs) ? end : NULL;
    }

    h->closing = closing;
    h->tag = tag;
    h->attrs = 0;
    h->self_closing = attrs.self_closing;
    h->state = HTML_DATA;

    if (closing) {
        smartmsg_html_end_tag(h);
        return p;
    }

    if (tag && is_wanted(tag, &attrs)) {
        read_attrs(h, next, p);
    }

    smartmsg_html_start_tag(h);

    return p;
}

#else

const smartmsg_html_name_t *smartmsg_html_name_at(const unsigned char *p)
{
    (void)p;

    return NULL;
}

const unsigned char *smartmsg_html_whole_tag(smartmsg_html_t *h,
                                             const unsigned char *p,
                                             const unsigned char *end)
{
    (void)h;
    (void)p;
    (void)end;

    return NULL;
}

#endif
