/*
 * Tags that a buffer holds from '<' to '>': what html_tag.c does with any
 * piece of a tag, at once.  Left to it are the tags whose attributes are read,
 * and long names.
 */

#include "core/html_private.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define FNV_BASIS 2166136261u
#define FNV_PRIME 16777619u

static inline const unsigned char *skip_space(const unsigned char *p,
                                              const unsigned char *end)
{
    while (p < end && (smartmsg_html_ends[*p] & HTML_IS_SPACE)) {
        p++;
    }

    return p;
}

/* Behind the next c; NULL if there is none. */
static inline const unsigned char *behind(const unsigned char *p,
                                          const unsigned char *end,
                                          unsigned char c)
{
#ifdef __SSE2__
    /* most values are shorter than a call of memchr() is worth */
    for (unsigned i = 0; i < 4 && end - p >= 16; i++, p += 16) {
        unsigned bits = (unsigned)_mm_movemask_epi8(
            _mm_cmpeq_epi8(_mm_loadu_si128((const void *)p),
                           _mm_set1_epi8((char)c)));

        if (bits) {
            return p + __builtin_ctz(bits) + 1;
        }
    }
#endif

    p = memchr(p, c, (size_t)(end - p));

    return p ? p + 1 : NULL;
}

/* Is it charset or http-equiv, perhaps? */
static inline bool may_describe(const unsigned char *name, size_t len)
{
    return (len == 7 && (name[1] | 0x20) == 'h') || len == 10;
}

const unsigned char *smartmsg_html_behind_attrs(const unsigned char *p,
                                                const unsigned char *end,
                                                smartmsg_html_attrs_t *attrs)
{
    for (;;) {
        const unsigned char *name;

        p = skip_space(p, end);

        if (end - p < 2) {
            return p < end && *p == '>' ? p + 1 : NULL;
        }

        if (*p == '>') {
            return p + 1;
        }

        if (*p == '/') {
            if (p[1] == '>') {
                attrs->self_closing = true;
                return p + 2;
            }

            p++;
            continue;
        }

        name = p++; /* its first byte may be any other */

        while (p < end && !(smartmsg_html_ends[*p] & HTML_ENDS_ATTR)) {
            p++;
        }

        attrs->meta |= may_describe(name, (size_t)(p - name));
        p = skip_space(p, end);

        if (p == end || *p != '=') {
            continue;
        }

        p = skip_space(p + 1, end);

        if (p < end && (*p == '"' || *p == '\'')) {
            p = behind(p + 1, end, *p);

            if (p == NULL) {
                return NULL;
            }

            continue;
        }

        while (p < end && !(smartmsg_html_ends[*p] & HTML_ENDS_BARE)) {
            p++;
        }
    }
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

const unsigned char *smartmsg_html_whole_tag(smartmsg_html_t *h,
                                             const unsigned char *p,
                                             const unsigned char *end)
{
    const unsigned char *name = p + 1 + (p[1] == '/'), *next;
    const smartmsg_html_name_t *tag;
    smartmsg_html_attrs_t attrs = { false, false };
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

    if (p == NULL || (tag && !closing && is_wanted(tag, &attrs))) {
        return NULL;
    }

    h->closing = closing;
    h->tag = tag;
    h->attrs = 0;
    h->self_closing = attrs.self_closing;
    h->state = HTML_DATA;

    if (closing) {
        smartmsg_html_end_tag(h);
    } else {
        smartmsg_html_start_tag(h);
    }

    return p;
}

#else

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
