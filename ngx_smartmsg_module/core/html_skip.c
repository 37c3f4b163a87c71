/*
 * The way through most of a page: text and tags that mean nothing to the
 * scanner are skipped by blocks, see html_block.c.
 *
 * Only for HTML outside of all that is followed, and for icons, see
 * smartmsg_html_skip().  There an end tag other than </body> has no effect, and
 * neither has a start tag without a meaning; nothing but the end of such a tag
 * has to be found.  One in which something does not fit is passed by its
 * attributes, and what is not known to be a tag is left to the tokenizer.
 */

#include "core/html_private.h"

#include <string.h>

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

static inline bool is_letter(unsigned char c)
{
    return (unsigned)(c | 0x20) - 'a' < 26;
}

/*
 * Is a name that may be looked for none after all?  What is behind a short one
 * does not count.
 */
static bool is_usual(const unsigned char *name, const unsigned char *end)
{
    if (!is_letter(*name) || end - name < 4) {
        return false;
    }

    if (!is_letter(name[1])) {
        return (*name | 0x20) != 'g';
    }

    return !is_letter(name[2]) && (*name | 0x20) != 'm'
           && (*name | 0x20) != 't';
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
                                const unsigned char *end, unsigned *room)
{
    for ( ; odd; odd &= odd - 1) {
        const unsigned char *name = p + __builtin_ctzll(odd);

        if (!(room ? is_of_icon(name, end, room) : is_usual(name, end)))
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
static const unsigned char *
skip_blocks(const unsigned char *p, const unsigned char *end,
            smartmsg_html_blocks_t blocks, const smartmsg_html_groups_t *groups,
            unsigned *room, bool *usual)
{
    smartmsg_html_block_t block = { 0, 0, 0, 0, 0, 0, 0, 0 };
    uint64_t bad;

    *usual = false;

    if (end - p <= HTML_BLOCK + HTML_AHEAD) {
        return p;
    }

    for (p++;; p += HTML_BLOCK) {

        p = blocks(p, end, groups, &block);
        bad = block.wrong | from_odd(block.odd, p, end, room);

        if (bad) {
            /* all is as it should be below the lowest bit */
            bad &= -bad;
            *usual = (bad == 1 ? block.in_tag : block.tag & bad >> 1);

            return *usual ? last_open(p, block.open & (bad - 1))
                          : p + __builtin_ctzll(bad) - 1;
        }

        if (end - p <= HTML_BLOCK + HTML_AHEAD) {
            /* a '<' is seen behind it */
            return block.in_tag_next ? last_open(p, block.open)
                                     : end - HTML_AHEAD - 1;
        }

        block.in_tag = block.in_tag_next;
        block.in_value = block.in_value_next;
    }
}

/*
 * Behind the tag at p, as the tokenizer reads it; NULL if it is none after all,
 * or does not end before end.
 */
static const unsigned char *behind_tag(const unsigned char *p,
                                       const unsigned char *end)
{
    smartmsg_html_attrs_t attrs = { false, false, HTML_DATA };

    p += p[1] == '/' ? 2 : 1;

    if (!is_letter(*p)) {
        return NULL;
    }

    while (p < end && !(smartmsg_html_ends[*p] & HTML_ENDS_NAME)) {
        p++;
    }

    return smartmsg_html_behind_attrs(p, end, &attrs);
}

static const unsigned char *
skip(const unsigned char *p, const unsigned char *end, smartmsg_html_blocks_t blocks,
     const smartmsg_html_groups_t *groups, unsigned *room)
{
    const unsigned char *next;
    bool usual;

    for (;;) {
        p = skip_blocks(p, end, blocks, groups, room, &usual);

        if (!usual || (next = behind_tag(p, end)) == NULL) {
            return p;
        }

        p = next;
    }
}

/* Is there a tag with a meaning, as often behind another one? */
static inline bool is_odd(const unsigned char *p, const unsigned char *end,
                          const smartmsg_html_groups_t *groups)
{
    return end - p > 4 && *p == '<' && smartmsg_html_is_odd(p + 1, groups)
           && !is_usual(p + 1, end);
}

const unsigned char *smartmsg_html_skip(const unsigned char *p,
                                        const unsigned char *end, bool inner)
{
    const smartmsg_html_groups_t *groups = inner ? &smartmsg_html_inner_groups
                                               : &smartmsg_html_page_groups;
    const unsigned char *next = p;
    smartmsg_html_blocks_t blocks = smartmsg_html_blocks();

    if (blocks == NULL) {
        return p;
    }

    while (next < end && (smartmsg_html_ends[*next] & HTML_IS_SPACE)) {
        next++;
    }

    return is_odd(next, end, groups) ? next : skip(p, end, blocks, groups, NULL);
}

const unsigned char *smartmsg_html_skip_icon(const unsigned char *p,
                                             const unsigned char *end,
                                             unsigned room)
{
    const unsigned char *next;
    smartmsg_html_blocks_t blocks = smartmsg_html_blocks();

    if (blocks == NULL) {
        return p;
    }

    next = skip(p, end, blocks, &smartmsg_html_icon_groups, &room);

    if (end - next < 6 || memcmp(next, "</svg", 5) != 0
        || !(smartmsg_html_ends[next[5]] & HTML_ENDS_NAME))
    {
        return p;
    }

    return next;
}
