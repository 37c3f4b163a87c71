/*
 * The way through most of a page: text and tags that mean nothing to the
 * scanner are skipped 64 bytes at a time, without a branch for each tag.
 *
 * Only for HTML outside of all that is followed, see smartmsg_html_skip().
 * There an end tag other than </body> has no effect, and neither has a start
 * tag without a meaning; nothing but the end of such a tag has to be found.
 *
 * It is the first '>' that is not in a quoted value.  A quote begins a value
 * only behind '=', or behind '=' and white space.  In a tag in which no '=' is
 * followed by a single quote or white space, only a double quote directly
 * behind a '=' may begin one.  There the first '>' is the end if the last
 * quote before it is not such a quote: it begins no value, and any value begun
 * before ends with it.  Nothing else may seem to begin a tag before that '>'.
 *
 * What looks like a tag and is none ("1 < 2", "<?", "</1") has no effect,
 * either, and is over at the first '>' or before it.
 *
 * All this is arithmetic on words with a bit for each of the 64 bytes: where a
 * '>' follows each '<', subtracting the ones from the others gives the bits
 * between them, and the same way those behind a quote that may begin a value
 * up to the next quote that does not.  Whatever does not fit is left to the
 * tokenizer.
 */

#include "core/html_private.h"

#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define HTML_X86 1
#include <immintrin.h>
#else
#define HTML_X86 0
#endif

#define BLOCK 64
#define AHEAD 2 /* bytes read behind a block; one is read before it */

/* Bits for the bytes of a block, the first byte's is the lowest. */
typedef struct {
    uint64_t open;  /* behind '<' */
    uint64_t close; /* '>' */
    uint64_t quote; /* '"' */
    uint64_t value; /* behind '=': '"', '\'', white space, and some others */
    uint64_t odd;   /* behind '<': may be a name with a meaning, or "!--" */
} block_t;

typedef block_t (*read_t)(const unsigned char *p);

#define MAX_VALUE 0x27 /* '"', '\'' and white space are not above it */

/*
 * Names with a meaning, of start tags as long as all that is open is not
 * followed, and "/body", "!--" and "!doctype".  Each belongs to one of eight
 * groups, a bit in the rows below.  They tell for the lower half of the first
 * four bytes whether a name of the group has it there; the fourth one is looked
 * at if the others have it.
 *
 *   0x01  mrow /body !-- !d
 *   0x02  circle filter foreignobject head polygon polyline
 *   0x04  base defs desc fe* rect template text* tspan
 *   0x08  frameset iframe meta* select semantics svg switch use
 *   0x10  annotation* body line* radialgradient title
 *   0x20  clippath html mglyph stop style symbol view xmp
 *   0x40  g mi mn mo ms* mtable mtd mtext mtr noembed noframes noscript, msub
 *         and others of ms*
 *   0x80  ellipse malignmark marker mask math mfrac pat* plaintext script
 *
 * The groups are such that few of the usual names seem to have a meaning, and
 * are then looked up in vain.
 */
static const unsigned char odd_name[4][16] = {
    { 0x82, 0x11, 0x14, 0xaa, 0x14, 0x88, 0x2e, 0x40, 0x22, 0x08, 0x00, 0x00,
      0x10, 0xe9, 0x40, 0x01 },
    { 0x40, 0x94, 0x09, 0xcc, 0x61, 0x0e, 0x88, 0x28, 0x00, 0x72, 0x40, 0x00,
      0xe0, 0x61, 0x50, 0x52 },
    { 0x64, 0xca, 0xce, 0xc4, 0xd8, 0x68, 0x44, 0x4c, 0x44, 0x68, 0x40, 0x40,
      0xea, 0x6d, 0x50, 0x65 },
    { 0x6d, 0xcd, 0x61, 0x47, 0xcf, 0x5f, 0x45, 0x61, 0xc1, 0xfb, 0x69, 0xc1,
      0x7d, 0x69, 0x69, 0x7d }
};

static inline uint64_t odd_names(const unsigned char *p, uint64_t open)
{
    uint64_t odd = 0;

    for ( ; open; open &= open - 1) {
        const unsigned char *name = p + __builtin_ctzll(open);

        if (odd_name[0][name[0] & 15] & odd_name[1][name[1] & 15]
            & odd_name[2][name[2] & 15])
        {
            odd |= open & -open;
        }
    }

    return odd;
}

#if HTML_X86

__attribute__((always_inline)) static inline block_t
read_sse2(const unsigned char *p)
{
    const __m128i max = _mm_set1_epi8(MAX_VALUE);
    block_t block = { 0, 0, 0, 0, 0 };

#define BITS(bytes) ((uint64_t)(unsigned)_mm_movemask_epi8(bytes) << i)

    for (unsigned i = 0; i < BLOCK; i += 16) {
        __m128i bytes = _mm_loadu_si128((const void *)(p + i));
        __m128i before = _mm_loadu_si128((const void *)(p + i - 1));
        __m128i value = _mm_and_si128(
            _mm_cmpeq_epi8(before, _mm_set1_epi8('=')),
            _mm_cmpeq_epi8(_mm_min_epu8(bytes, max), bytes));

        block.open |= BITS(_mm_cmpeq_epi8(before, _mm_set1_epi8('<')));
        block.close |= BITS(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('>')));
        block.quote |= BITS(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
        block.value |= BITS(value);
    }

#undef BITS

    block.odd = odd_names(p, block.open);

    return block;
}

/* Half a block. */
__attribute__((always_inline, target("avx2"))) static inline block_t
half_avx2(const unsigned char *p)
{
#define LOAD(p)     _mm256_loadu_si256((const void *)(p))
#define EQUAL(v, c) _mm256_cmpeq_epi8(v, _mm256_set1_epi8(c))
#define BITS(bytes) (unsigned)_mm256_movemask_epi8(bytes)
#define ROW(i)                                                                \
    _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)odd_name[i]))

    __m256i bytes = LOAD(p);
    __m256i before = LOAD(p - 1);
    __m256i value = _mm256_and_si256(
        EQUAL(before, '='),
        _mm256_cmpgt_epi8(_mm256_set1_epi8(MAX_VALUE + 1), bytes));
    /* bytes from 0x80 give 0: no name with a meaning has them */
    __m256i odd = _mm256_and_si256(
        _mm256_and_si256(_mm256_shuffle_epi8(ROW(0), bytes),
                         _mm256_shuffle_epi8(ROW(1), LOAD(p + 1))),
        _mm256_shuffle_epi8(ROW(2), LOAD(p + 2)));
    block_t half;

    half.open = BITS(EQUAL(before, '<'));
    half.close = BITS(EQUAL(bytes, '>'));
    half.quote = BITS(EQUAL(bytes, '"'));
    half.value = BITS(value);
    half.odd = BITS(EQUAL(odd, 0)); /* inverted */

#undef LOAD
#undef EQUAL
#undef BITS
#undef ROW

    return half;
}

__attribute__((always_inline, target("avx2"))) static inline block_t
read_avx2(const unsigned char *p)
{
    block_t block = half_avx2(p), more = half_avx2(p + 32);

    block.open |= more.open << 32;
    block.close |= more.close << 32;
    block.quote |= more.quote << 32;
    block.value |= more.value << 32;
    block.odd = block.open & ~(block.odd | more.odd << 32);

    return block;
}

__attribute__((always_inline, target("avx512bw"))) static inline block_t
read_avx512(const unsigned char *p)
{
    block_t block;

#define LOAD(p)     _mm512_loadu_si512((const void *)(p))
#define EQUAL(v, c) _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(c))
#define ROW(i)      _mm512_broadcast_i32x4(                                   \
                        _mm_loadu_si128((const void *)odd_name[i]))

    __m512i bytes = LOAD(p);
    __m512i before = LOAD(p - 1);
    __m512i odd = _mm512_and_si512(
        _mm512_and_si512(_mm512_shuffle_epi8(ROW(0), bytes),
                         _mm512_shuffle_epi8(ROW(1), LOAD(p + 1))),
        _mm512_shuffle_epi8(ROW(2), LOAD(p + 2)));

    block.open = EQUAL(before, '<');
    block.close = EQUAL(bytes, '>');
    block.quote = EQUAL(bytes, '"');
    block.value = _mm512_mask_cmple_epu8_mask(EQUAL(before, '='), bytes,
                                              _mm512_set1_epi8(MAX_VALUE));
    block.odd = _mm512_mask_test_epi8_mask(block.open, odd, odd);

#undef LOAD
#undef EQUAL
#undef ROW

    return block;
}

#endif

/*
 * The '<' of the tag that p is in.  open tells of those in front of the bytes
 * from p; without any, the tag has begun before.
 */
static const unsigned char *last_open(const unsigned char *p, uint64_t open)
{
    if (open) {
        return p + 62 - __builtin_clzll(open);
    }

    for (p -= 2; *p != '<'; p--) { /* void */ }

    return p;
}

/* The bits from the one at n on. */
static inline block_t shift(block_t block, unsigned n)
{
    block.open >>= n;
    block.close >>= n;
    block.quote >>= n;
    block.value >>= n;
    block.odd >>= n;

    return block;
}

/* Has a name that seems odd none of the meanings, by its fourth letter? */
static bool is_usual(const unsigned char *name, const unsigned char *end)
{
    return (unsigned)(*name | 0x20) - 'a' < 26 && end - name > 3
           && !(odd_name[0][name[0] & 15] & odd_name[1][name[1] & 15]
                & odd_name[2][name[2] & 15] & odd_name[3][name[3] & 15]);
}

__attribute__((always_inline)) static inline const unsigned char *
skip(const unsigned char *p, const unsigned char *end, read_t read)
{
    uint64_t in_tag = 0, in_value = 0; /* is the byte before p? */

    if (end - p <= BLOCK + AHEAD) {
        return p;
    }

    for (p++; end - p > AHEAD;) {
        uint64_t tag, value, opening, bad;
        block_t block;

        if (end - p >= BLOCK + AHEAD) {
            block = read(p);
        } else {
            block = shift(read(end - BLOCK - AHEAD),
                          (unsigned)(BLOCK + AHEAD - (end - p)));
        }

        /* borrowed from the bits above: what goes on in the next block */
        tag = block.close - block.open - in_tag;
        block.quote &= tag;
        opening = block.quote & block.value;
        value = (block.quote ^ opening) - opening - in_value;

        bad = (block.open & (~tag | block.close)) | (block.close & value)
              | (block.value & tag & ~block.quote) | block.odd;

        if (bad == 0) {
            in_tag = (tag & ~block.close) >> 63;
            in_value = (value | opening) >> 63;

            if (end - p >= BLOCK + AHEAD) {
                p += BLOCK;
                continue;
            }

            /* a '<' is seen behind it */
            return in_tag ? last_open(p, block.open) : end - AHEAD - 1;
        }

        /* all is as it should be below the lowest bit */
        bad &= -bad;

        if (bad == 1 ? in_tag : tag & bad >> 1) {
            return last_open(p, block.open & (bad - 1));
        }

        /* at the first letter of a tag */
        p += __builtin_ctzll(bad);

        if (!(block.odd & bad) || !is_usual(p, end)) {
            return p - 1;
        }

        in_tag = 1;
        in_value = 0;
        p++;
    }

    return in_tag ? last_open(p, 0) : p - 1;
}

#if HTML_X86

static const unsigned char *skip_sse2(const unsigned char *p,
                                      const unsigned char *end)
{
    return skip(p, end, read_sse2);
}

__attribute__((target("avx2,bmi,lzcnt"))) static const unsigned char *
skip_avx2(const unsigned char *p, const unsigned char *end)
{
    return skip(p, end, read_avx2);
}

__attribute__((target("avx512bw,bmi,lzcnt"))) static const unsigned char *
skip_avx512(const unsigned char *p, const unsigned char *end)
{
    return skip(p, end, read_avx512);
}

#endif

static smartmsg_html_width_e width = SMARTMSG_HTML_WIDTH_64;

void smartmsg_html_skip_width(smartmsg_html_width_e most)
{
    width = most;
}

const unsigned char *smartmsg_html_skip(const unsigned char *p,
                                        const unsigned char *end)
{
#if HTML_X86

    if (width >= SMARTMSG_HTML_WIDTH_64 && __builtin_cpu_supports("avx512bw"))
    {
        return skip_avx512(p, end);
    }

    if (width >= SMARTMSG_HTML_WIDTH_32 && __builtin_cpu_supports("avx2")) {
        return skip_avx2(p, end);
    }

    if (width >= SMARTMSG_HTML_WIDTH_16) {
        return skip_sse2(p, end);
    }

#endif

    (void)end;

    return p;
}
