/*
 * What tags mean: the part of the tree construction that decides how the
 * bytes after a tag are read.
 *
 * Elements of HTML need not be followed, with few exceptions.  A stack holds
 * templates and whatever lies within <svg> and <math>: foreign elements, the
 * integration points in which HTML is parsed again, and, only there, elements
 * of HTML.  Those must be well nested, since the rules for repairing them are
 * not modelled.
 */

#include "core/html_private.h"

enum {
    KIND_NONE, /* nothing is open */
    KIND_TEMPLATE,
    KIND_HTML,      /* an element within an integration point */
    KIND_POINT,     /* HTML integration point */
    KIND_MATH_TEXT, /* MathML text integration point */
    KIND_SVG,
    KIND_MATH,
    KIND_ANNOTATION_XML
};

/* h->flags, for the content of the page or of the innermost template */
enum {
    IN_SELECT = 1,
    IN_TABLE = 2,  /* of a template: <table> or <colgroup> was seen */
    IN_COLUMNS = 4 /* of a template: nothing but <col> counts */
};

void smartmsg_html_stop(smartmsg_html_t *h, smartmsg_html_stop_e why)
{
    h->result = SMARTMSG_HTML_STOP;
    h->stop = why;
}

bool smartmsg_html_insertable(const smartmsg_html_t *h)
{
    return h->document && h->depth == 0 && !(h->flags & IN_SELECT);
}

const unsigned char *smartmsg_html_skip_here(smartmsg_html_t *h,
                                             const unsigned char *p,
                                             const unsigned char *end)
{
    if (h->depth == h->templates) {
        return smartmsg_html_skip(p, end, h->depth > 0
                                          || (h->flags & IN_SELECT));
    }

    if (h->icon) {
        h->icon = false;
        return smartmsg_html_skip_icon(p, end, SMARTMSG_HTML_DEPTH - h->depth);
    }

    return p;
}

static unsigned top(const smartmsg_html_t *h)
{
    return h->depth ? h->level[h->depth - 1].kind : KIND_NONE;
}

static bool is_foreign(unsigned kind)
{
    return kind >= KIND_SVG;
}

/* HTML that is not followed: the page itself or the content of a template. */
static bool is_loose(unsigned kind)
{
    return kind <= KIND_TEMPLATE;
}

static void push(smartmsg_html_t *h, unsigned kind)
{
    smartmsg_html_level_t *level;

    if (h->depth > 0) {
        level = &h->level[h->depth - 1];

        /* many unclosed <path> are one level */
        if (level->kind == kind && level->hash == h->hash
            && kind != KIND_TEMPLATE && level->count < UINT16_MAX) {
            level->count++;
            return;
        }
    }

    if (h->depth == SMARTMSG_HTML_DEPTH) {
        smartmsg_html_stop(h, SMARTMSG_HTML_STOP_DEEP);
        return;
    }

    level = &h->level[h->depth++];
    level->hash = h->hash;
    level->count = 1;
    level->kind = (uint8_t)kind;
    level->flags = h->flags;

    if (kind == KIND_TEMPLATE) {
        h->templates++;
        h->flags = 0;
    }
}

/* Closes one element of level i and all above it. */
static void pop_to(smartmsg_html_t *h, unsigned i)
{
    h->depth = (uint8_t)(i + 1);

    if (--h->level[i].count == 0) {
        h->depth--;
    }
}

static void close_template(smartmsg_html_t *h)
{
    unsigned i = h->depth;

    if (h->templates == 0) {
        return;
    }

    do {
        i--;
    } while (h->level[i].kind != KIND_TEMPLATE);

    h->flags = h->level[i].flags;
    h->templates--;
    h->depth = (uint8_t)i;
}

static void break_out(smartmsg_html_t *h)
{
    while (is_foreign(top(h))) {
        h->depth--;
    }
}

/* Start tags whose content is text. */
static void start_text(smartmsg_html_t *h)
{
    if (((h->flags & IN_SELECT) && h->tag->tag != TAG_SCRIPT)
        || (h->flags & IN_COLUMNS)) {
        /* browsers differ in whether the tag counts there */
        smartmsg_html_stop(h, SMARTMSG_HTML_STOP_AMBIGUOUS);
        return;
    }

    h->text = h->tag;
    h->escape = 0;
    h->dashes = 0;
    h->state = HTML_TEXT;
}

static void start_foreign_root(smartmsg_html_t *h)
{
    if (h->flags & (IN_SELECT | IN_COLUMNS)) {
        smartmsg_html_stop(h, SMARTMSG_HTML_STOP_AMBIGUOUS);

    } else if (!h->self_closing) {
        /* an end tag without a start tag counts if the name is HTML's, too */
        h->icon = h->tag->tag == TAG_SVG && h->depth == h->templates
                  && !h->foreign_names;
        push(h, h->tag->tag == TAG_SVG ? KIND_SVG : KIND_MATH);
    }
}

static void start_select(smartmsg_html_t *h)
{
    if (!is_loose(top(h)) || (h->flags & IN_COLUMNS)) {
        smartmsg_html_stop(h, SMARTMSG_HTML_STOP_AMBIGUOUS);
        return;
    }

    h->flags ^= IN_SELECT; /* a second one closes the first */
}

/* Start tags that describe the document, where they can. */
static void start_document(smartmsg_html_t *h)
{
    if (h->depth > 0) {
        return;
    }

    if (h->tag->tag == TAG_META) {
        smartmsg_html_meta(h);
        return;
    }

    h->document = true;

    if (h->tag->tag == TAG_BODY) {
        h->body = true;

    } else if (h->attrs & (1 << ATTR_AMP)) {
        smartmsg_html_stop(h, SMARTMSG_HTML_STOP_AMP);
    }
}

/*
 * A tag that closes an open <select> only where that is within a table, and
 * only in parsers of a certain age.
 */
static bool is_doubtful(const smartmsg_html_t *h, unsigned tag)
{
    return (h->flags & IN_SELECT)
           && (tag == TAG_TABLE || tag == TAG_TABLE_PART);
}

/* Start tags in loose HTML without influence on the states around them. */
static void start_loose(smartmsg_html_t *h)
{
    if (h->tag->flags & NAME_FOREIGN) {
        h->foreign_names = true;
    }

    if (is_doubtful(h, h->tag->tag)) {
        smartmsg_html_stop(h, SMARTMSG_HTML_STOP_AMBIGUOUS);
        return;
    }

    switch (h->tag->tag) {
    case TAG_INPUT:
        h->flags &= (uint8_t)~IN_SELECT;
        break;

    case TAG_TABLE:
    case TAG_COLGROUP:
        if (h->templates > 0) {
            h->flags |= IN_TABLE;
        }
        break;

    case TAG_COL:
        if (h->templates > 0 && !(h->flags & IN_TABLE)) {
            h->flags |= IN_COLUMNS;
        }
        break;

    default:
        break;
    }
}

/* Start tags in an integration point without meaning of their own. */
static void start_followed(smartmsg_html_t *h)
{
    unsigned i;

    if (h->tag == NULL || !(h->tag->flags & (NAME_PLAIN | NAME_VOID))) {
        smartmsg_html_stop(h, SMARTMSG_HTML_STOP_AMBIGUOUS);
        return;
    }

    if (h->tag->flags & NAME_VOID) {
        return;
    }

    if (h->tag->tag == TAG_A) {
        /* a link within a link closes the outer one */
        for (i = h->depth; h->level[i - 1].kind == KIND_HTML; i--) {
            if (h->level[i - 1].hash == h->hash) {
                smartmsg_html_stop(h, SMARTMSG_HTML_STOP_AMBIGUOUS);
                return;
            }
        }
    }

    push(h, KIND_HTML);
}

static void start_html(smartmsg_html_t *h)
{
    unsigned tag = h->tag ? h->tag->tag : TAG_OTHER;

    switch (tag) {
    case TAG_BASE:
        /* a void element like others, but it moves relative addresses */
        h->base = h->base || h->templates == 0;
        break;

    case TAG_HTML:
    case TAG_HEAD:
    case TAG_BODY:
    case TAG_META:
        start_document(h);
        return;

    case TAG_TEMPLATE:
        push(h, KIND_TEMPLATE);
        return;

    case TAG_SVG:
    case TAG_MATH:
        start_foreign_root(h);
        return;

    case TAG_SELECT:
        start_select(h);
        return;

    case TAG_FRAMESET:
        smartmsg_html_stop(h, SMARTMSG_HTML_STOP_FRAMESET);
        return;

    case TAG_PLAINTEXT:
        smartmsg_html_stop(h, SMARTMSG_HTML_STOP_PLAINTEXT);
        return;

    default:
        break;
    }

    if (h->tag != NULL && (h->tag->flags & NAME_TEXT)) {
        start_text(h);

    } else if (!is_loose(top(h))) {
        start_followed(h);

    } else if (h->tag != NULL) {
        start_loose(h);
    }
}

static void push_foreign(smartmsg_html_t *h, unsigned tag)
{
    unsigned kind = top(h);

    if (kind == KIND_SVG) {
        if (tag == TAG_FOREIGNOBJECT || tag == TAG_DESC || tag == TAG_TITLE) {
            kind = KIND_POINT;
        }

    } else if (tag == TAG_ANNOTATION_XML) {
        kind = smartmsg_html_encoding_is_html(h) ? KIND_POINT
                                                 : KIND_ANNOTATION_XML;
    } else {
        kind = (tag == TAG_MATH_TEXT) ? KIND_MATH_TEXT : KIND_MATH;
    }

    push(h, kind);
}

void smartmsg_html_start_tag(smartmsg_html_t *h)
{
    unsigned kind = top(h);
    unsigned tag = h->tag ? h->tag->tag : TAG_OTHER;
    bool foreign = is_foreign(kind);

    if (kind == KIND_ANNOTATION_XML && tag == TAG_SVG) {
        foreign = false;

    } else if (kind == KIND_MATH_TEXT && tag == TAG_MGLYPH) {
        foreign = true;
    }

    if (foreign) {
        if ((h->tag == NULL || !(h->tag->flags & NAME_BREAKOUT))
            && (tag != TAG_FONT || !(h->attrs & (1 << ATTR_FONT)))) {
            if (!h->self_closing) {
                push_foreign(h, tag);
            }

            return;
        }

        break_out(h);

        if (tag == TAG_HEAD || tag == TAG_BODY || tag == TAG_META) {
            return; /* too late to describe the document */
        }
    }

    start_html(h);
}

/* An end tag in loose HTML. */
static void end_loose(smartmsg_html_t *h)
{
    unsigned tag = h->tag ? h->tag->tag : TAG_OTHER;

    switch (tag) {
    case TAG_TEMPLATE:
        close_template(h);
        return;

    case TAG_SELECT:
        h->flags &= (uint8_t)~IN_SELECT;
        return;

    case TAG_BODY:
        if (h->templates > 0) {
            return;
        }

        if (h->flags & IN_SELECT) {
            smartmsg_html_stop(h, SMARTMSG_HTML_STOP_AMBIGUOUS);

        } else if (!h->document) {
            smartmsg_html_stop(h, SMARTMSG_HTML_STOP_FRAGMENT);

        } else {
            h->insert = h->mark;
            h->result = SMARTMSG_HTML_FOUND;
        }

        return;

    default:
        if (is_doubtful(h, tag)) {
            smartmsg_html_stop(h, SMARTMSG_HTML_STOP_AMBIGUOUS);
        }

        return;
    }
}

/*
 * An end tag within foreign content that matches nothing there.  Names that
 * cannot be open as elements of HTML are ignored; any other one might close
 * an element outside, and the foreign content with it.
 */
static void end_unmatched(smartmsg_html_t *h)
{
    unsigned tag = h->tag ? h->tag->tag : TAG_OTHER;

    if (tag == TAG_TEMPLATE) {
        close_template(h);
        return;
    }

    if (tag == TAG_HTML || tag == TAG_HEAD
        || (tag == TAG_BODY && h->templates > 0)) {
        return;
    }

    if (h->tag != NULL
        && ((h->tag->flags & (NAME_TEXT | NAME_VOID))
            || ((h->tag->flags & NAME_FOREIGN) && !h->foreign_names))) {
        return;
    }

    smartmsg_html_stop(h, SMARTMSG_HTML_STOP_AMBIGUOUS);
}

/* An end tag where the innermost element is one of HTML that is followed. */
static void end_followed(smartmsg_html_t *h)
{
    unsigned i = h->depth;

    if (h->level[i - 1].hash == h->hash) {
        pop_to(h, i - 1);
        return;
    }

    for ( ; i > 0 && !is_loose(h->level[i - 1].kind); i--) {
        if (h->level[i - 1].hash == h->hash) {
            /* badly nested */
            smartmsg_html_stop(h, SMARTMSG_HTML_STOP_AMBIGUOUS);
            return;
        }
    }

    end_unmatched(h);
}

/* </p> and </br> act as start tags. */
static void end_breakout(smartmsg_html_t *h)
{
    break_out(h);

    if (top(h) == KIND_HTML) {
        end_followed(h);
    }
}

void smartmsg_html_end_tag(smartmsg_html_t *h)
{
    unsigned i, kind = top(h);
    unsigned tag = h->tag ? h->tag->tag : TAG_OTHER;

    if (is_loose(kind)) {
        end_loose(h);
        return;
    }

    if (kind == KIND_HTML) {
        end_followed(h);
        return;
    }

    if (tag == TAG_P || tag == TAG_BR) {
        end_breakout(h);
        return;
    }

    for (i = h->depth; i > 0 && h->level[i - 1].kind > KIND_HTML; i--) {
        if (h->level[i - 1].hash == h->hash) {
            pop_to(h, i - 1);
            return;
        }
    }

    end_unmatched(h);
}

bool smartmsg_html_cdata(smartmsg_html_t *h)
{
    unsigned kind = top(h);

    if (!is_loose(kind) && !is_foreign(kind)) {
        /* parsers differ at an integration point, and the element of HTML
           within one could have been closed by repairs not modelled here */
        smartmsg_html_stop(h, SMARTMSG_HTML_STOP_AMBIGUOUS);
    }

    return is_foreign(kind);
}
