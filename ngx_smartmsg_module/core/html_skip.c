/*
 * The way through most of a page: text and tags that mean nothing to the
 * scanner are skipped 64 bytes at a time, without a branch for each tag.
 *
 * Only for HTML outside of all that is followed, and for icons, see
 * smartmsg_html_skip().  There an end tag other than </body> has no effect, and
 * neither has a start tag without a meaning; nothing but the end of such a tag
 * has to be found.
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
 * up to the next quote that does not.  A tag that does not fit is passed by its
 * attributes, and what is not known to be a tag is left to the tokenizer.
 */

#include "core/html_private.h"

#include <string.h>

static smartmsg_html_width_e width = SMARTMSG_HTML_WIDTH_64;

void smartmsg_html_skip_width(smartmsg_html_width_e most)
{
    width = most;
}

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

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

/* What to look for in a block, as often as the narrowest register holds it. */
typedef struct {
    unsigned char odd[4][16];
    unsigned char open[16];
    unsigned char close[16];
    unsigned char quote[16];
    unsigned char equals[16];
    unsigned char most[16]; /* '"', '\'' and white space are below it */
    unsigned char ascii[16];
} bytes_t;

typedef block_t (*read_t)(const unsigned char *p, const bytes_t *look_for);

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
 *   0x40  g mi mn mo ms* mtable mtd mtext mtr noembed noframes noscript
 *   0x80  ellipse malignmark marker mask math mfrac pat* plaintext script
 *
 * The groups are such that few of the usual names seem to have a meaning, and
 * are then looked up in vain.
 */
#define ALL(c) { c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c }
#define BESIDES_NAMES                                                         \
    ALL('<'), ALL('>'), ALL('"'), ALL('='), ALL(0x28), ALL(0x7f)

static const bytes_t page_bytes = { {
    { 0x82, 0x11, 0x14, 0xaa, 0x14, 0x88, 0x2e, 0x40, 0x22, 0x08, 0x00, 0x00,
      0x10, 0xe9, 0x40, 0x01 },
    { 0x40, 0x94, 0x09, 0xcc, 0x61, 0x0e, 0x88, 0x28, 0x00, 0x72, 0x40, 0x00,
      0xe0, 0x61, 0x50, 0x52 },
    { 0x64, 0xca, 0xce, 0xc4, 0xd8, 0x68, 0x44, 0x4c, 0x44, 0x68, 0x40, 0x40,
      0xea, 0x6d, 0x50, 0x65 },
    { 0x6c, 0x8c, 0x60, 0x46, 0x8e, 0x1e, 0x04, 0x21, 0xc0, 0xfa, 0x68, 0x80,
      0x7c, 0x68, 0x68, 0x7c }
}, BESIDES_NAMES };

/*
 * Within <select> and templates also those of tables, "input" and some end
 * tags.
 *
 *   0x01  fe* filter foreignobject frameset g m*
 *   0x02  base body line* radialgradient rect use
 *   0x04  defs desc noembed noframes noscript /ca /se /ta /te /tf
 *   0x08  caption circle clippath col* s*
 *   0x10  iframe input xmp /tb /td /th /tr
 *   0x20  annotation* /body !-- !d
 *   0x40  ta* tb* td template text* tf* th* title tr tspan view
 *   0x80  ellipse head html p*
 *
 * m*, s* and p* are the names above that begin so.
 */
static const bytes_t inner_bytes = { {
    { 0x80, 0x20, 0x02, 0x08, 0x44, 0x82, 0x41, 0x01, 0x90, 0x10, 0x00, 0x00,
      0x02, 0x01, 0x04, 0x34 },
    { 0x01, 0xcb, 0x61, 0x4f, 0xfd, 0xcf, 0x59, 0x09, 0x40, 0x4b, 0x01, 0x00,
      0x89, 0x31, 0x31, 0x8f },
    { 0x59, 0x85, 0x59, 0x07, 0xd3, 0x47, 0x05, 0x09, 0x51, 0x49, 0x41, 0x01,
      0xc9, 0xe9, 0x63, 0x69 },
    { 0x5b, 0x59, 0x0d, 0x0c, 0xcb, 0x1b, 0x01, 0x49, 0x81, 0x9b, 0x1b, 0x01,
      0xdb, 0x1f, 0x1b, 0x7b }
}, BESIDES_NAMES };

/* The groups that have the first three letters. */
static inline unsigned odd_groups(const unsigned char *p,
                                  const bytes_t *look_for)
{
    return look_for->odd[0][p[0] & 15] & look_for->odd[1][p[1] & 15]
           & look_for->odd[2][p[2] & 15];
}

static inline uint64_t odd_names(const unsigned char *p, uint64_t open,
                                 const bytes_t *look_for)
{
    uint64_t odd = 0;

    for ( ; open; open &= open - 1) {
        if (odd_groups(p + __builtin_ctzll(open), look_for)) {
            odd |= open & -open;
        }
    }

    return odd;
}

#define INLINE(with) __attribute__((always_inline, target(with))) static inline

INLINE("sse2") block_t read_sse2(const unsigned char *p,
                                 const bytes_t *look_for)
{
    block_t block = { 0, 0, 0, 0, 0 };

#define LOAD(p)     _mm_loadu_si128((const void *)(p))
#define EQUAL(v, c) _mm_cmpeq_epi8(v, LOAD(c))
#define BITS(bytes) ((uint64_t)(unsigned)_mm_movemask_epi8(bytes) << i)

    for (unsigned i = 0; i < BLOCK; i += 16) {
        __m128i here = LOAD(p + i);
        __m128i before = LOAD(p + i - 1);
        __m128i low = _mm_cmplt_epi8(here, LOAD(look_for->most));

        block.open |= BITS(EQUAL(before, look_for->open));
        block.close |= BITS(EQUAL(here, look_for->close));
        block.quote |= BITS(EQUAL(here, look_for->quote));
        block.value |= BITS(_mm_and_si128(EQUAL(before, look_for->equals),
                                          low));
    }

#undef LOAD
#undef EQUAL
#undef BITS

    block.odd = odd_names(p, block.open, look_for);

    return block;
}

/* Half a block. */
INLINE("avx2") block_t half_avx2(const unsigned char *p,
                                 const bytes_t *look_for)
{
#define LOAD(p)     _mm256_loadu_si256((const void *)(p))
#define ALL_OF(c)                                                             \
    _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)(c)))
#define EQUAL(v, c) _mm256_cmpeq_epi8(v, ALL_OF(c))
#define BITS(bytes) (unsigned)_mm256_movemask_epi8(bytes)
#define ODD(v, i)   _mm256_shuffle_epi8(ALL_OF(look_for->odd[i]), v)

    __m256i here = LOAD(p);
    __m256i before = LOAD(p - 1);
    __m256i low = _mm256_cmpgt_epi8(ALL_OF(look_for->most), here);
    /* bytes from 0x80 give 0: no name with a meaning has them, but what is
       behind the '>' of <g> may be one */
    __m256i third = _mm256_and_si256(LOAD(p + 2), ALL_OF(look_for->ascii));
    __m256i odd = _mm256_and_si256(
        _mm256_and_si256(ODD(here, 0), ODD(LOAD(p + 1), 1)), ODD(third, 2));
    block_t half;

    half.open = BITS(EQUAL(before, look_for->open));
    half.close = BITS(EQUAL(here, look_for->close));
    half.quote = BITS(EQUAL(here, look_for->quote));
    half.value = BITS(_mm256_and_si256(EQUAL(before, look_for->equals), low));
    /* those that are not */
    half.odd = BITS(_mm256_cmpeq_epi8(odd, _mm256_setzero_si256()));

#undef LOAD
#undef ALL_OF
#undef EQUAL
#undef BITS
#undef ODD

    return half;
}

INLINE("avx2") block_t read_avx2(const unsigned char *p,
                                 const bytes_t *look_for)
{
    block_t block = half_avx2(p, look_for), more = half_avx2(p + 32, look_for);

    block.open |= more.open << 32;
    block.close |= more.close << 32;
    block.quote |= more.quote << 32;
    block.value |= more.value << 32;
    block.odd = block.open & ~(block.odd | more.odd << 32);

    return block;
}

INLINE("avx512bw") block_t read_avx512(const unsigned char *p,
                                       const bytes_t *look_for)
{
#define LOAD(p)     _mm512_loadu_si512((const void *)(p))
#define ALL_OF(c)                                                             \
    _mm512_broadcast_i32x4(_mm_loadu_si128((const void *)(c)))
#define EQUAL(v, c) _mm512_cmpeq_epi8_mask(v, ALL_OF(c))
#define ODD(v, i)   _mm512_shuffle_epi8(ALL_OF(look_for->odd[i]), v)

    __m512i here = LOAD(p);
    __m512i before = LOAD(p - 1);
    /* as in half_avx2() */
    __m512i third = _mm512_and_si512(LOAD(p + 2), ALL_OF(look_for->ascii));
    __m512i odd = _mm512_and_si512(
        _mm512_and_si512(ODD(here, 0), ODD(LOAD(p + 1), 1)), ODD(third, 2));
    block_t block;

    block.open = EQUAL(before, look_for->open);
    block.close = EQUAL(here, look_for->close);
    block.quote = EQUAL(here, look_for->quote);
    block.value = _mm512_mask_cmplt_epi8_mask(EQUAL(before, look_for->equals),
                                              here, ALL_OF(look_for->most));
    block.odd = _mm512_mask_test_epi8_mask(block.open, odd, odd);

#undef LOAD
#undef ALL_OF
#undef EQUAL
#undef ODD

    return block;
}

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

static inline bool is_letter(unsigned char c)
{
    return (unsigned)(c | 0x20) - 'a' < 26;
}

/* Has a name that seems odd none of the meanings? */
static bool is_usual(const unsigned char *name, const unsigned char *end,
                     const bytes_t *look_for)
{
    if (!is_letter(*name) || end - name < 4) {
        return false;
    }

    if (!is_letter(name[1])) {
        return (*name | 0x20) != 'g';
    }

    if (!is_letter(name[2])) {
        return (*name | 0x20) != 'm' && (*name | 0x20) != 't';
    }

    return !(odd_groups(name, look_for) & look_for->odd[3][name[3] & 15]);
}

/* What follows from the bits of a block. */
typedef struct {
    uint64_t in_tag;        /* 1 if the byte before the block is in a tag */
    uint64_t in_value;      /* 1 if it seems to be in a value */
    uint64_t in_tag_next;   /* the same of its last byte */
    uint64_t in_value_next;
    uint64_t tag;           /* bytes in a tag, from its name on */
    uint64_t wrong;         /* the lowest bit: nothing is sure from there on */
} state_t;

__attribute__((always_inline)) static inline void check(state_t *state,
                                                        const block_t *block)
{
    uint64_t inside, quote, opening, value;

    /* borrowed from the bits above: what goes on in the next block */
    state->tag = block->close - block->open - state->in_tag;
    inside = state->tag & ~block->close;
    quote = block->quote & state->tag;
    opening = quote & block->value;
    value = (quote ^ opening) - opening - state->in_value;

    state->wrong = (block->open & ~inside) | (block->close & value)
                   | (block->value & state->tag & ~quote);

    state->in_tag_next = inside >> 63;
    state->in_value_next = (value | opening) >> 63;
}

/* To the next block. */
static inline void go_on(state_t *state)
{
    state->in_tag = state->in_tag_next;
    state->in_value = state->in_value_next;
}

/*
 * Is a name SVG's alone?  Within an icon the tag has no effect then, but on the
 * others of its kind.  *room tells how many more the tokenizer could follow.
 */
static bool is_of_icon(const unsigned char *name, const unsigned char *end,
                       unsigned *room)
{
    const smartmsg_html_name_t *tag;
    bool closing = (*name == '/');

    if (end - name < 10 || (!closing && *room == 0)) {
        return false;
    }

    *room -= !closing;

    tag = smartmsg_html_name_at(name + closing);

    return tag != NULL && tag->flags == NAME_FOREIGN && tag->tag == TAG_OTHER;
}

/*
 * Of the bits of names that seem odd, those from the first one on that may have
 * a meaning.  room is NULL but for icons.
 */
static inline uint64_t from_odd(uint64_t odd, const unsigned char *p,
                                const unsigned char *end,
                                const bytes_t *look_for, unsigned *room)
{
    for ( ; odd; odd &= odd - 1) {
        const unsigned char *name = p + __builtin_ctzll(odd);

        if (!(room ? is_of_icon(name, end, room)
                   : is_usual(name, end, look_for)))
        {
            break;
        }
    }

    return odd;
}

/*
 * Block by block, up to a '<' or end.  *usual tells that it is the '<' of a tag
 * without a meaning, in which something does not fit.
 */
__attribute__((always_inline)) static inline const unsigned char *
skip_blocks(const unsigned char *p, const unsigned char *end, read_t read,
            const bytes_t *look_for, unsigned *room, bool *usual)
{
    state_t state = { 0, 0, 0, 0, 0, 0 };
    block_t block;
    uint64_t bad;
    bool last;

    *usual = false;

    if (end - p <= BLOCK + AHEAD) {
        return p;
    }

    for (p++;; p += BLOCK, go_on(&state)) {
        while (end - p >= BLOCK + AHEAD) {
            block = read(p, look_for);
            check(&state, &block);

            if (state.wrong | (room ? block.open : block.odd)) {
                break;
            }

            p += BLOCK;
            go_on(&state);
        }

        last = (end - p < BLOCK + AHEAD);

        if (last) {
            if (end - p <= AHEAD) {
                return state.in_tag ? last_open(p, 0) : p - 1;
            }

            block = shift(read(end - BLOCK - AHEAD, look_for),
                          (unsigned)(BLOCK + AHEAD - (end - p)));
            check(&state, &block);
        }

        bad = state.wrong | from_odd(room ? block.open : block.odd, p, end,
                                     look_for, room);

        if (bad) {
            /* all is as it should be below the lowest bit */
            bad &= -bad;
            *usual = (bad == 1 ? state.in_tag : state.tag & bad >> 1);

            return *usual ? last_open(p, block.open & (bad - 1))
                          : p + __builtin_ctzll(bad) - 1;
        }

        if (last) {
            /* a '<' is seen behind it */
            return state.in_tag_next ? last_open(p, block.open)
                                     : end - AHEAD - 1;
        }
    }
}

/*
 * Behind the tag at p, as the tokenizer reads it; NULL if it is none after all,
 * or does not end before end.
 */
static const unsigned char *behind_tag(const unsigned char *p,
                                       const unsigned char *end)
{
    smartmsg_html_attrs_t attrs = { false, false };

    p += p[1] == '/' ? 2 : 1;

    if (!is_letter(*p)) {
        return NULL;
    }

    while (p < end && !(smartmsg_html_ends[*p] & HTML_ENDS_NAME)) {
        p++;
    }

    return smartmsg_html_behind_attrs(p, end, &attrs);
}

__attribute__((always_inline)) static inline const unsigned char *
skip(const unsigned char *p, const unsigned char *end, read_t read,
     const bytes_t *look_for, unsigned *room)
{
    const unsigned char *next;
    bool usual;

    /* without knowing what they are, compilers keep them in registers */
    __asm__("" : "+r"(look_for));

    for (;;) {
        p = skip_blocks(p, end, read, look_for, room, &usual);

        if (!usual || (next = behind_tag(p, end)) == NULL) {
            return p;
        }

        p = next;
    }
}

typedef const unsigned char *(*skip_t)(const unsigned char *p,
                                       const unsigned char *end,
                                       const bytes_t *look_for, unsigned *room);

/*
 * While the upper halves of registers are in use, code that knows nothing of
 * them is several times slower, like zlib's; compilers do not clear them on
 * every way out.
 */
#define SKIP(name, with, read, clear_upper)                                   \
    __attribute__((target(with))) static const unsigned char *name(           \
        const unsigned char *p, const unsigned char *end,                     \
        const bytes_t *look_for, unsigned *room)                              \
    {                                                                         \
        p = room ? skip(p, end, read, look_for, room)                         \
                 : skip(p, end, read, look_for, NULL);                        \
        clear_upper;                                                          \
                                                                              \
        return p;                                                             \
    }

SKIP(skip_sse2, "sse2", read_sse2, (void)0)
SKIP(skip_avx2, "avx2,bmi", read_avx2, _mm256_zeroupper())
SKIP(skip_avx512, "avx512bw,bmi", read_avx512, _mm256_zeroupper())

/* NULL: nothing is skipped. */
static skip_t widest(void)
{
    if (width >= SMARTMSG_HTML_WIDTH_32 && __builtin_cpu_supports("bmi")) {

        if (width >= SMARTMSG_HTML_WIDTH_64
            && __builtin_cpu_supports("avx512bw"))
        {
            return skip_avx512;
        }

        if (__builtin_cpu_supports("avx2")) {
            return skip_avx2;
        }
    }

    return width >= SMARTMSG_HTML_WIDTH_16 ? skip_sse2 : NULL;
}

/* Is there a tag with a meaning, as often behind another one? */
static inline bool is_odd(const unsigned char *p, const unsigned char *end,
                          const bytes_t *look_for)
{
    return end - p > 4 && *p == '<' && odd_groups(p + 1, look_for)
           && !is_usual(p + 1, end, look_for);
}

const unsigned char *smartmsg_html_skip(const unsigned char *p,
                                        const unsigned char *end, bool inner)
{
    const bytes_t *look_for = inner ? &inner_bytes : &page_bytes;
    const unsigned char *next = p;
    skip_t run = widest();

    if (run == NULL) {
        return p;
    }

    while (next < end && (smartmsg_html_ends[*next] & HTML_IS_SPACE)) {
        next++;
    }

    return is_odd(next, end, look_for) ? next : run(p, end, look_for, NULL);
}

const unsigned char *smartmsg_html_skip_icon(const unsigned char *p,
                                             const unsigned char *end,
                                             unsigned room)
{
    const unsigned char *next;
    skip_t run = widest();

    if (run == NULL) {
        return p;
    }

    next = run(p, end, &page_bytes, &room);

    if (end - next < 6 || memcmp(next, "</svg", 5) != 0
        || !(smartmsg_html_ends[next[5]] & HTML_ENDS_NAME))
    {
        return p;
    }

    return next;
}

#else

const unsigned char *smartmsg_html_skip(const unsigned char *p,
                                        const unsigned char *end, bool inner)
{
    (void)end;
    (void)inner;

    return p;
}

const unsigned char *smartmsg_html_skip_icon(const unsigned char *p,
                                             const unsigned char *end,
                                             unsigned room)
{
    (void)end;
    (void)room;

    return p;
}

#endif
