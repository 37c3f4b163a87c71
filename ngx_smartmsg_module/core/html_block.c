/*
 * Blocks of 64 bytes of a page, as bits: which of them belong to tags, without
 * a branch for each tag, and which tags may have a meaning.
 *
 * The end of a tag is the first '>' that is not in a quoted value.  A quote
 * begins a value only behind '=', or behind '=' and white space.  In a tag in
 * which no '=' is followed by a single quote or white space, only a double
 * quote directly behind a '=' may begin one.  There the first '>' is the end if
 * the last quote before it is not such a quote: it begins no value, and any
 * value begun before ends with it.  Nothing else may seem to begin a tag before
 * that '>'.
 *
 * What looks like a tag and is none ("1 < 2", "<?", "</1") has no effect,
 * either, and is over at the first '>' or before it.
 *
 * All this is arithmetic on words with a bit for each of the 64 bytes: where a
 * '>' follows each '<', subtracting the ones from the others gives the bits
 * between them, and the same way those behind a quote that may begin a value
 * up to the next quote that does not.
 */

#include "core/html_private.h"

/*
 * Names with a meaning, of start tags as long as all that is open is not
 * followed, and "/body", "!--" and "!doctype".  Each belongs to one of eight
 * groups, a bit in the rows below.  They tell for the lower half of each of the
 * first four bytes which groups have no name with it there.
 *
 *   0x01  ellipse feblend fegaussianblur filter frameset head iframe plaintext
 *         /body
 *   0x02  circle feoffset html malignmark marker mask math meta metadata
 *         mglyph noframes script semantics
 *   0x04  base defs desc feflood rect template text textarea textpath tspan
 *         !--
 *   0x08  annotation annotation-xml clippath fecolormatrix fecomposite mrow
 *         symbol view
 *   0x10  body mfrac mi ms msqrt mstyle msub msup mtable mtd mtext mtr polygon
 *         polyline use
 *   0x20  g mn mo noscript xmp
 *   0x40  femerge femergenode foreignobject line lineargradient select
 *   0x80  noembed path pattern radialgradient stop style svg switch title
 *         !doctype
 *
 * The groups are such that few of the usual names seem to have a meaning, and
 * are then looked up in vain: <header>, for one, which begins as <head> does.
 */
const smartmsg_html_groups_t smartmsg_html_page_groups = { {
    { 0x6e, 0x73, 0x6b, 0x35, 0x7b, 0xee, 0xb0, 0xdf, 0xdc, 0xfe, 0xff, 0xff,
      0xbf, 0xc5, 0x5d, 0xfe },
    { 0xdf, 0x79, 0xf6, 0xe9, 0x6d, 0xb0, 0x6e, 0x7d, 0xff, 0x04, 0xdf, 0xff,
      0xd6, 0xdb, 0xd7, 0x0d },
    { 0xcb, 0xce, 0x8c, 0xd1, 0x4d, 0x47, 0xd9, 0x5e, 0xdb, 0x47, 0xcf, 0xdf,
      0x8c, 0x81, 0x87, 0x44 },
    { 0x43, 0xc8, 0xc1, 0x49, 0x4a, 0x8b, 0xc9, 0xc3, 0x49, 0x48, 0x4b, 0xc9,
      0x48, 0x4a, 0x4b, 0x43 }
} };

/*
 * Within <select> and templates also those of tables, "input" and some end
 * tags.
 *
 *   0x01  body caption circle colgroup malignmark math mglyph mstyle mtext
 *         polygon polyline radialgradient script table title !doctype
 *   0x02  clippath ellipse filter meta metadata msub path pattern semantics
 *         symbol view
 *   0x04  g mi mn noembed noframes xmp
 *   0x08  base defs desc feblend feflood femerge femergenode html iframe mask
 *         mfrac msqrt mtable mtr rect template text textarea textpath thead
 *         !--
 *   0x10  col mo ms noscript stop style svg switch td tfoot th tr tspan
 *   0x20  annotation annotation-xml fecolormatrix fecomposite foreignobject
 *         input line lineargradient select
 *   0x40  fegaussianblur feoffset frameset head mrow tbody /body /table /tfoot
 *         /thead
 *   0x80  marker msup mtd plaintext use /caption /select /tbody /td /template
 *         /th /tr
 */
const smartmsg_html_groups_t smartmsg_html_inner_groups = { {
    { 0x7c, 0xd6, 0xf6, 0xcc, 0xa6, 0x7d, 0x95, 0xfb, 0xb3, 0xd7, 0xff, 0xff,
      0xdf, 0x20, 0xeb, 0x3f },
    { 0xfb, 0x74, 0xaf, 0x64, 0x26, 0x95, 0xe7, 0xee, 0xe7, 0xd8, 0xfb, 0xff,
      0x79, 0xf3, 0xdb, 0xca },
    { 0xca, 0x33, 0x52, 0xc3, 0x78, 0x70, 0xb3, 0xab, 0x33, 0xe9, 0xeb, 0xfb,
      0xc8, 0xe1, 0xcb, 0xaa },
    { 0x61, 0xa1, 0xa1, 0xe2, 0xa0, 0x83, 0xa3, 0xa0, 0xe0, 0x60, 0x63, 0x63,
      0x62, 0x23, 0x63, 0x03 }
} };

/* Any name: no group lacks one. */
const smartmsg_html_groups_t smartmsg_html_icon_groups = { { { 0 } } };

static smartmsg_html_width_e width = SMARTMSG_HTML_WIDTH_64;

void smartmsg_html_skip_width(smartmsg_html_width_e most)
{
    width = most;
}

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#define BLOCK HTML_BLOCK
#define AHEAD HTML_AHEAD

#define INLINE            __attribute__((always_inline)) static inline
#define INLINE_WITH(with) __attribute__((target(with))) INLINE

/* Bits for the bytes of a block. */
typedef struct {
    uint64_t open;  /* behind '<' */
    uint64_t close; /* '>' */
    uint64_t quote; /* '"' */
    uint64_t value; /* behind '=': '"', '\'', white space, and some others */
    uint64_t odd;   /* behind '<': may be a name that is looked for */
} bits_t;

typedef bits_t (*read_t)(const unsigned char *p,
                         const smartmsg_html_groups_t *groups);

#define VALUE 0x28 /* '"', '\'' and white space are below it */

/*
 * The compiler would compute with the bits where they come from, which takes
 * longer, and would read two halves of a block at once, for which there are too
 * few registers.
 */
#define COMPUTED(bits)                                                        \
    __asm__("" : "+r"((bits).open), "+r"((bits).close), "+r"((bits).quote),   \
                 "+r"((bits).value), "+r"((bits).odd))

static inline uint64_t odd_names(const unsigned char *p, uint64_t open,
                                 const smartmsg_html_groups_t *groups)
{
    uint64_t odd = 0;

    for ( ; open; open &= open - 1) {
        if (smartmsg_html_is_odd(p + __builtin_ctzll(open), groups)) {
            odd |= open & -open;
        }
    }

    return odd;
}

INLINE_WITH("sse2") bits_t read_sse2(const unsigned char *p,
                                     const smartmsg_html_groups_t *groups)
{
    bits_t bits = { 0, 0, 0, 0, 0 };

#define LOAD(p)     _mm_loadu_si128((const void *)(p))
#define EQUAL(v, c) _mm_cmpeq_epi8(v, _mm_set1_epi8(c))
#define BITS(bytes) ((uint64_t)(unsigned)_mm_movemask_epi8(bytes) << i)

    for (unsigned i = 0; i < BLOCK; i += 16) {
        __m128i here = LOAD(p + i);
        __m128i before = LOAD(p + i - 1);
        __m128i low = _mm_cmplt_epi8(here, _mm_set1_epi8(VALUE));

        bits.open |= BITS(EQUAL(before, '<'));
        bits.close |= BITS(EQUAL(here, '>'));
        bits.quote |= BITS(EQUAL(here, '"'));
        bits.value |= BITS(_mm_and_si128(EQUAL(before, '='), low));
    }

#undef LOAD
#undef EQUAL
#undef BITS

    bits.odd = odd_names(p, bits.open, groups);

    return bits;
}

/* Half a block. */
INLINE_WITH("avx2") bits_t half_avx2(const unsigned char *p,
                                     const smartmsg_html_groups_t *groups)
{
#define LOAD(p)     _mm256_loadu_si256((const void *)(p))
#define EQUAL(v, c) _mm256_cmpeq_epi8(v, _mm256_set1_epi8(c))
#define BITS(bytes) (unsigned)_mm256_movemask_epi8(bytes)
#define USUAL(v, i)                                                           \
    _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(                          \
                            _mm_loadu_si128((const void *)groups->usual[i])), v)

    __m256i here = LOAD(p);
    __m256i before = LOAD(p - 1);
    __m256i low = _mm256_cmpgt_epi8(_mm256_set1_epi8(VALUE), here);
    /* bytes from 0x80 give 0, as if any name had them there */
    __m256i usual = _mm256_or_si256(
        _mm256_or_si256(USUAL(here, 0), USUAL(LOAD(p + 1), 1)),
        _mm256_or_si256(USUAL(LOAD(p + 2), 2), USUAL(LOAD(p + 3), 3)));
    bits_t half;

    half.open = BITS(EQUAL(before, '<'));
    half.close = BITS(EQUAL(here, '>'));
    half.quote = BITS(EQUAL(here, '"'));
    half.value = BITS(_mm256_and_si256(EQUAL(before, '='), low));
    /* those that are not */
    half.odd = BITS(EQUAL(usual, -1));

#undef LOAD
#undef EQUAL
#undef BITS
#undef USUAL

    COMPUTED(half);

    return half;
}

INLINE_WITH("avx2") bits_t read_avx2(const unsigned char *p,
                                     const smartmsg_html_groups_t *groups)
{
    bits_t bits = half_avx2(p, groups), more = half_avx2(p + 32, groups);

    bits.open |= more.open << 32;
    bits.close |= more.close << 32;
    bits.quote |= more.quote << 32;
    bits.value |= more.value << 32;
    bits.odd = bits.open & ~(bits.odd | more.odd << 32);

    return bits;
}

INLINE_WITH("avx512bw") bits_t read_avx512(const unsigned char *p,
                                           const smartmsg_html_groups_t *groups)
{
#define LOAD(p)     _mm512_loadu_si512((const void *)(p))
#define EQUAL(v, c) _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(c))
#define USUAL(v, i)                                                           \
    _mm512_shuffle_epi8(_mm512_broadcast_i32x4(                               \
                            _mm_loadu_si128((const void *)groups->usual[i])), v)

    __m512i here = LOAD(p);
    __m512i before = LOAD(p - 1);
    /* as in half_avx2() */
    __m512i usual = _mm512_or_si512(
        _mm512_or_si512(USUAL(here, 0), USUAL(LOAD(p + 1), 1)),
        _mm512_or_si512(USUAL(LOAD(p + 2), 2), USUAL(LOAD(p + 3), 3)));
    bits_t bits;

    bits.open = EQUAL(before, '<');
    bits.close = EQUAL(here, '>');
    bits.quote = EQUAL(here, '"');
    bits.value = _mm512_mask_cmplt_epi8_mask(EQUAL(before, '='), here,
                                             _mm512_set1_epi8(VALUE));
    bits.odd = _mm512_mask_cmpneq_epi8_mask(bits.open, usual,
                                            _mm512_set1_epi8(-1));

#undef LOAD
#undef EQUAL
#undef USUAL

    COMPUTED(bits);

    return bits;
}

/* The bits from the one at n on. */
static inline bits_t shift(bits_t bits, unsigned n)
{
    bits.open >>= n;
    bits.close >>= n;
    bits.quote >>= n;
    bits.value >>= n;
    bits.odd >>= n;

    return bits;
}

/* What follows from the bits of a block. */
INLINE void check(smartmsg_html_block_t *block, const bits_t *bits)
{
    uint64_t inside, quote, opening, value;

    /* borrowed from the bits above: what goes on in the next block */
    block->tag = bits->close - bits->open - block->in_tag;
    inside = block->tag & ~bits->close;
    quote = bits->quote & block->tag;
    opening = quote & bits->value;
    value = (quote ^ opening) - opening - block->in_value;

    block->wrong = (bits->open & ~inside) | (bits->close & value)
                   | (bits->value & block->tag & ~quote);

    block->in_tag_next = inside >> 63;
    block->in_value_next = (value | opening) >> 63;
    block->open = bits->open;
    block->odd = bits->odd;
}

INLINE const unsigned char *
read_blocks(const unsigned char *p, const unsigned char *end, read_t read,
            const smartmsg_html_groups_t *groups, smartmsg_html_block_t *at)
{
    smartmsg_html_block_t block = *at; /* kept in registers */
    bits_t bits;

    for ( ; end - p > BLOCK + AHEAD; p += BLOCK) {

        bits = read(p, groups);
        check(&block, &bits);

        if (block.wrong | block.odd) {
            *at = block;
            return p;
        }

        block.in_tag = block.in_tag_next;
        block.in_value = block.in_value_next;
    }

    bits = shift(read(end - BLOCK - AHEAD, groups),
                 (unsigned)(BLOCK + AHEAD - (end - p)));
    check(&block, &bits);
    *at = block;

    return p;
}

/*
 * While the upper halves of registers are in use, code that knows nothing of
 * them is several times slower, like zlib's; compilers do not clear them on
 * every way out.
 */
#define BLOCKS(name, with, read, clear_upper)                                 \
    __attribute__((target(with))) static const unsigned char *name(           \
        const unsigned char *p, const unsigned char *end,                     \
        const smartmsg_html_groups_t *groups, smartmsg_html_block_t *block)     \
    {                                                                         \
        p = read_blocks(p, end, read, groups, block);                          \
        clear_upper;                                                          \
                                                                              \
        return p;                                                             \
    }

BLOCKS(blocks_sse2, "sse2", read_sse2, (void)0)
BLOCKS(blocks_avx2, "avx2,bmi", read_avx2, _mm256_zeroupper())
BLOCKS(blocks_avx512, "avx512bw,bmi", read_avx512, _mm256_zeroupper())

smartmsg_html_blocks_t smartmsg_html_blocks(void)
{
    if (width >= SMARTMSG_HTML_WIDTH_32 && __builtin_cpu_supports("bmi")) {

        if (width >= SMARTMSG_HTML_WIDTH_64
            && __builtin_cpu_supports("avx512bw"))
        {
            return blocks_avx512;
        }

        if (__builtin_cpu_supports("avx2")) {
            return blocks_avx2;
        }
    }

    return width >= SMARTMSG_HTML_WIDTH_16 ? blocks_sse2 : NULL;
}

#else

smartmsg_html_blocks_t smartmsg_html_blocks(void)
{
    return NULL;
}

#endif
