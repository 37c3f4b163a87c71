/*
 * The way through most of a page: text and tags that mean nothing to the
 * scanner are skipped sixteen bytes at a time.
 *
 * Only for HTML outside of all that is followed, see smartmsg_html_skip().
 * There an end tag other than </body> has no effect, and neither has a start
 * tag of the names below; nothing but the end of such a tag has to be found.
 *
 * It is the first '>' that is not in a quoted value.  A quote begins a value
 * only behind '=' and white space.  So, in a tag without single quotes, the
 * first '>' of all is the end if the last quote before it follows neither:
 * that one begins no value, and any value begun before ends with it.  Tags
 * for which this does not tell are left to the tokenizer.
 */

#include "core/html_private.h"

#ifdef __SSE2__

#include <emmintrin.h>
#include <string.h>

#define WIDTH  16
#define HASH   0xfa72e53dd6e1e96fu

/*
 * Names without any influence, each at its hash: smartmsg_html_name() knows
 * none of them, or only properties that count in foreign content.
 */
static const char plain[256][8] = {
    [0] = "label", [4] = "input", [5] = "form", [7] = "small", [10] = "br",
    [16] = "ol", [21] = "h4", [24] = "caption", [33] = "link", [41] = "th",
    [44] = "abbr", [45] = "pre", [47] = "h2", [50] = "legend", [52] = "span",
    [58] = "figure", [66] = "fieldset", [70] = "picture", [77] = "dl",
    [79] = "sup", [87] = "option", [93] = "td", [103] = "footer",
    [118] = "u", [119] = "aside", [120] = "header", [124] = "wbr",
    [129] = "s", [134] = "button", [136] = "h5", [146] = "p",
    [150] = "tbody", [157] = "time", [159] = "div", [162] = "h3",
    [166] = "tr", [174] = "video", [177] = "strong", [182] = "dd",
    [185] = "i", [186] = "em", [188] = "h1", [196] = "main", [198] = "sub",
    [199] = "bdi", [200] = "li", [205] = "article", [208] = "nav",
    [215] = "tfoot", [220] = "source", [223] = "b", [224] = "img",
    [228] = "dt", [229] = "a", [230] = "section", [232] = "hr",
    [239] = "ul", [249] = "thead", [251] = "h6", [252] = "address"
};

/* A bit for each of the bytes that is c. */
static inline unsigned equal(__m128i bytes, char c)
{
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes,
                                                      _mm_set1_epi8(c)));
}

static inline __m128i load(const unsigned char *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

static inline bool is_space(unsigned char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

static inline uint64_t lower_word(const unsigned char *p)
{
    uint64_t word;

    memcpy(&word, p, sizeof(word));

    return word | 0x2020202020202020u;
}

/* Is it, at p, the name of a start tag that may be skipped? */
static inline bool is_plain(const unsigned char *p)
{
    __m128i bytes = load(p);
    uint64_t word, name;
    unsigned len, ends;

    /* white space and what else is below '!', as signed bytes */
    ends = (unsigned)_mm_movemask_epi8(_mm_cmplt_epi8(bytes,
                                                      _mm_set1_epi8('!')));
    ends |= equal(bytes, '/') | equal(bytes, '>') | 0x100;

    len = (unsigned)__builtin_ctz(ends);

    if (p[len] != '>' && p[len] != '/' && !is_space(p[len])) {
        return false;
    }

    /* capital letters become small ones, and no other byte a letter */
    word = lower_word(p) & (len < 8 ? ((uint64_t)1 << 8 * len) - 1
                                    : UINT64_MAX);

    memcpy(&name, plain[word * HASH >> 56], sizeof(name));

    return word == name;
}

/*
 * Behind the '>' of the tag whose name begins at p; NULL if that is not
 * certain, or not before end.
 */
static inline const unsigned char *skip_tag(const unsigned char *p,
                                            const unsigned char *end)
{
    const unsigned char *quote = NULL;

    for ( ; end - p >= WIDTH; p += WIDTH) {
        __m128i bytes = load(p);
        unsigned close = equal(bytes, '>');
        unsigned single = equal(bytes, '\'');
        unsigned quotes = equal(bytes, '"');

        if (close) {
            /* those before the first '>' */
            quotes &= close ^ (close - 1);
            single &= close ^ (close - 1);
        }

        if (single) {
            return NULL;
        }

        if (quotes) {
            quote = p + 31 - __builtin_clz(quotes);
        }

        if (close) {
            p += __builtin_ctz(close) + 1;
            return quote && (quote[-1] == '=' || is_space(quote[-1])) ? NULL
                                                                      : p;
        }
    }

    return NULL;
}

const unsigned char *smartmsg_html_skip_tag(const unsigned char *p,
                                            const unsigned char *end)
{
    return skip_tag(p, end);
}

const unsigned char *smartmsg_html_skip(const unsigned char *p,
                                        const unsigned char *end)
{
    while (end - p >= WIDTH) {
        unsigned open = equal(load(p), '<');
        const unsigned char *tag, *next;

        if (open == 0) {
            p += WIDTH;
            continue;
        }

        p += __builtin_ctz(open);

        if (end - p < 2 * WIDTH) {
            break;
        }

        tag = p + 1;

        if (*tag == '/') {
            tag++;

            if ((unsigned)(*tag | 0x20) - 'a' >= 26
                || (uint32_t)lower_word(tag) == 0x79646f62) /* body */
            {
                break;
            }

        } else if (!is_plain(tag)) {
            break;
        }

        next = skip_tag(tag, end);

        if (next == NULL) {
            break;
        }

        p = next;
    }

    return p;
}

#else

const unsigned char *smartmsg_html_skip(const unsigned char *p,
                                        const unsigned char *end)
{
    (void)end;

    return p;
}

const unsigned char *smartmsg_html_skip_tag(const unsigned char *p,
                                            const unsigned char *end)
{
    (void)p;
    (void)end;

    return NULL;
}

#endif
