/*
 * Names of elements that mean something to the scanner, and why.
 */

#include "core/html_private.h"

#include <string.h>

#define NAME(name, tag, flags) { name, sizeof(name) - 1, tag, flags }

/* Sorted by the first letter; of those with the same, the usual ones first. */
static const smartmsg_html_name_t names[] = {
    NAME("a", TAG_A, NAME_PLAIN),
    NAME("annotation", TAG_OTHER, NAME_FOREIGN),
    NAME("annotation-xml", TAG_ANNOTATION_XML, NAME_FOREIGN),
    NAME("area", TAG_OTHER, NAME_VOID),
    NAME("article", TAG_OTHER, NAME_PLAIN),
    NAME("br", TAG_BR, NAME_VOID | NAME_BREAKOUT),
    NAME("b", TAG_OTHER, NAME_BREAKOUT | NAME_PLAIN),
    NAME("base", TAG_BASE, NAME_VOID),
    NAME("basefont", TAG_OTHER, NAME_VOID),
    NAME("bgsound", TAG_OTHER, NAME_VOID),
    NAME("big", TAG_OTHER, NAME_BREAKOUT | NAME_PLAIN),
    NAME("blockquote", TAG_OTHER, NAME_BREAKOUT | NAME_PLAIN),
    NAME("body", TAG_BODY, NAME_BREAKOUT),
    NAME("circle", TAG_OTHER, NAME_FOREIGN),
    NAME("caption", TAG_TABLE_PART, 0),
    NAME("center", TAG_OTHER, NAME_BREAKOUT),
    NAME("clippath", TAG_OTHER, NAME_FOREIGN),
    NAME("code", TAG_OTHER, NAME_BREAKOUT | NAME_PLAIN),
    NAME("col", TAG_COL, 0),
    NAME("colgroup", TAG_COLGROUP, 0),
    NAME("div", TAG_OTHER, NAME_BREAKOUT | NAME_PLAIN),
    NAME("defs", TAG_OTHER, NAME_FOREIGN),
    NAME("dd", TAG_OTHER, NAME_BREAKOUT | NAME_PLAIN),
    NAME("desc", TAG_DESC, NAME_FOREIGN),
    NAME("dl", TAG_OTHER, NAME_BREAKOUT | NAME_PLAIN),
    NAME("dt", TAG_OTHER, NAME_BREAKOUT | NAME_PLAIN),
    NAME("ellipse", TAG_OTHER, NAME_FOREIGN),
    NAME("em", TAG_OTHER, NAME_BREAKOUT | NAME_PLAIN),
    NAME("embed", TAG_OTHER, NAME_VOID | NAME_BREAKOUT),
    NAME("feblend", TAG_OTHER, NAME_FOREIGN),
    NAME("fecolormatrix", TAG_OTHER, NAME_FOREIGN),
    NAME("fecomposite", TAG_OTHER, NAME_FOREIGN),
    NAME("feflood", TAG_OTHER, NAME_FOREIGN),
    NAME("fegaussianblur", TAG_OTHER, NAME_FOREIGN),
    NAME("femerge", TAG_OTHER, NAME_FOREIGN),
    NAME("femergenode", TAG_OTHER, NAME_FOREIGN),
    NAME("feoffset", TAG_OTHER, NAME_FOREIGN),
    NAME("filter", TAG_OTHER, NAME_FOREIGN),
    NAME("font", TAG_FONT, 0),
    NAME("footer", TAG_OTHER, NAME_PLAIN),
    NAME("foreignobject", TAG_FOREIGNOBJECT, NAME_FOREIGN),
    NAME("frame", TAG_OTHER, NAME_VOID),
    NAME("frameset", TAG_FRAMESET, 0),
    NAME("g", TAG_OTHER, NAME_FOREIGN),
    NAME("h1", TAG_OTHER, NAME_BREAKOUT | NAME_PLAIN),
    NAME("h2", TAG_OTHER, NAME_BREAKOUT | NAME_PLAIN),
    NAME("h3", TAG_OTHER, NAME_BREAKOUT | NAME_PLAIN),
    NAME("h4", TAG_OTHER, NAME_BREAKOUT | NAME_PLAIN),
    NAME("h5", TAG_OTHER, NAME_BREAKOUT | NAME_PLAIN),
    NAME("h6", TAG_OTHER, NAME_BREAKOUT | NAME_PLAIN),
    NAME("head", TAG_HEAD, NAME_BREAKOUT),
    NAME("header", TAG_OTHER, NAME_PLAIN),
    NAME("hr", TAG_OTHER, NAME_VOID | NAME_BREAKOUT),
    NAME("html", TAG_HTML, 0),
    NAME("iframe", TAG_OTHER, NAME_TEXT),
    NAME("input", TAG_INPUT, NAME_VOID),
    NAME("i", TAG_OTHER, NAME_BREAKOUT | NAME_PLAIN),
    NAME("img", TAG_OTHER, NAME_VOID | NAME_BREAKOUT),
    NAME("image", TAG_OTHER, NAME_VOID),
    NAME("keygen", TAG_OTHER, NAME_VOID),
    NAME("li", TAG_OTHER, NAME_BREAKOUT | NAME_PLAIN),
    NAME("link", TAG_OTHER, NAME_VOID),
    NAME("line", TAG_OTHER, NAME_FOREIGN),
    NAME("lineargradient", TAG_OTHER, NAME_FOREIGN),
    NAME("listing", TAG_OTHER, NAME_BREAKOUT),
    NAME("meta", TAG_META, NAME_VOID | NAME_BREAKOUT),
    NAME("malignmark", TAG_MGLYPH, NAME_FOREIGN),
    NAME("marker", TAG_OTHER, NAME_FOREIGN),
    NAME("mask", TAG_OTHER, NAME_FOREIGN),
    NAME("math", TAG_MATH, 0),
    NAME("menu", TAG_OTHER, NAME_BREAKOUT),
    NAME("metadata", TAG_OTHER, NAME_FOREIGN),
    NAME("mfrac", TAG_OTHER, NAME_FOREIGN),
    NAME("mglyph", TAG_MGLYPH, NAME_FOREIGN),
    NAME("mi", TAG_MATH_TEXT, NAME_FOREIGN),
    NAME("mn", TAG_MATH_TEXT, NAME_FOREIGN),
    NAME("mo", TAG_MATH_TEXT, NAME_FOREIGN),
    NAME("mrow", TAG_OTHER, NAME_FOREIGN),
    NAME("ms", TAG_MATH_TEXT, NAME_FOREIGN),
    NAME("msqrt", TAG_OTHER, NAME_FOREIGN),
    NAME("mstyle", TAG_OTHER, NAME_FOREIGN),
    NAME("msub", TAG_OTHER, NAME_FOREIGN),
    NAME("msup", TAG_OTHER, NAME_FOREIGN),
    NAME("mtable", TAG_OTHER, NAME_FOREIGN),
    NAME("mtd", TAG_OTHER, NAME_FOREIGN),
    NAME("mtext", TAG_MATH_TEXT, NAME_FOREIGN),
    NAME("mtr", TAG_OTHER, NAME_FOREIGN),
    NAME("noscript", TAG_OTHER, NAME_TEXT),
    NAME("nobr", TAG_OTHER, NAME_BREAKOUT),
    NAME("noembed", TAG_OTHER, NAME_TEXT),
    NAME("noframes", TAG_OTHER, NAME_TEXT),
    NAME("ol", TAG_OTHER, NAME_BREAKOUT | NAME_PLAIN),
    NAME("path", TAG_OTHER, NAME_FOREIGN),
    NAME("p", TAG_P, NAME_BREAKOUT | NAME_PLAIN),
    NAME("polygon", TAG_OTHER, NAME_FOREIGN),
    NAME("polyline", TAG_OTHER, NAME_FOREIGN),
    NAME("param", TAG_OTHER, NAME_VOID),
    NAME("pattern", TAG_OTHER, NAME_FOREIGN),
    NAME("plaintext", TAG_PLAINTEXT, 0),
    NAME("pre", TAG_OTHER, NAME_BREAKOUT | NAME_PLAIN),
    NAME("rect", TAG_OTHER, NAME_FOREIGN),
    NAME("radialgradient", TAG_OTHER, NAME_FOREIGN),
    NAME("ruby", TAG_OTHER, NAME_BREAKOUT),
    NAME("svg", TAG_SVG, 0),
    NAME("script", TAG_SCRIPT, NAME_TEXT),
    NAME("style", TAG_OTHER, NAME_TEXT),
    NAME("select", TAG_SELECT, 0),
    NAME("span", TAG_OTHER, NAME_BREAKOUT | NAME_PLAIN),
    NAME("strong", TAG_OTHER, NAME_BREAKOUT | NAME_PLAIN),
    NAME("small", TAG_OTHER, NAME_BREAKOUT | NAME_PLAIN),
    NAME("s", TAG_OTHER, NAME_BREAKOUT | NAME_PLAIN),
    NAME("section", TAG_OTHER, NAME_PLAIN),
    NAME("semantics", TAG_OTHER, NAME_FOREIGN),
    NAME("source", TAG_OTHER, NAME_VOID),
    NAME("stop", TAG_OTHER, NAME_FOREIGN),
    NAME("strike", TAG_OTHER, NAME_BREAKOUT),
    NAME("sub", TAG_OTHER, NAME_BREAKOUT | NAME_PLAIN),
    NAME("sup", TAG_OTHER, NAME_BREAKOUT | NAME_PLAIN),
    NAME("switch", TAG_OTHER, NAME_FOREIGN),
    NAME("symbol", TAG_OTHER, NAME_FOREIGN),
    NAME("template", TAG_TEMPLATE, 0),
    NAME("title", TAG_TITLE, NAME_TEXT),
    NAME("textarea", TAG_OTHER, NAME_TEXT),
    NAME("td", TAG_TABLE_PART, 0),
    NAME("tr", TAG_TABLE_PART, 0),
    NAME("th", TAG_TABLE_PART, 0),
    NAME("table", TAG_TABLE, NAME_BREAKOUT),
    NAME("tbody", TAG_TABLE_PART, 0),
    NAME("text", TAG_OTHER, NAME_FOREIGN),
    NAME("textpath", TAG_OTHER, NAME_FOREIGN),
    NAME("tfoot", TAG_TABLE_PART, 0),
    NAME("thead", TAG_TABLE_PART, 0),
    NAME("track", TAG_OTHER, NAME_VOID),
    NAME("tspan", TAG_OTHER, NAME_FOREIGN),
    NAME("tt", TAG_OTHER, NAME_BREAKOUT),
    NAME("use", TAG_OTHER, NAME_FOREIGN),
    NAME("u", TAG_OTHER, NAME_BREAKOUT | NAME_PLAIN),
    NAME("ul", TAG_OTHER, NAME_BREAKOUT | NAME_PLAIN),
    NAME("var", TAG_OTHER, NAME_BREAKOUT),
    NAME("view", TAG_OTHER, NAME_FOREIGN),
    NAME("wbr", TAG_OTHER, NAME_VOID),
    NAME("xmp", TAG_OTHER, NAME_TEXT),
};

/* Where each letter's names begin in the table. */
static const uint8_t letter[27] = {
    0, 5, 13, 20, 26, 29, 43, 44, 54, 59, 59, 60, 65, 87, 91, 92, 100, 100,
    103, 120, 135, 138, 140, 141, 142, 142, 142
};

const smartmsg_html_name_t *smartmsg_html_names(size_t *n)
{
    *n = sizeof(names) / sizeof(names[0]);

    return names;
}

const smartmsg_html_name_t *smartmsg_html_short_name(uint64_t name,
                                                     unsigned len)
{
    unsigned c = (unsigned)(name & 0xff) - 'a', i;

    if (c >= 26) {
        return NULL;
    }

    for (i = letter[c]; i < letter[c + 1]; i++) {
        uint64_t word;

        memcpy(&word, names[i].name, sizeof(word));

        if (word == name && names[i].len == len) {
            return &names[i];
        }
    }

    return NULL;
}

const smartmsg_html_name_t *smartmsg_html_name(const char *name, size_t len)
{
    unsigned c, i;

    if (len == 0 || name[0] < 'a' || name[0] > 'z') {
        return NULL;
    }

    c = (unsigned)(name[0] - 'a');

    for (i = letter[c]; i < letter[c + 1]; i++) {
        if (names[i].len == len && names[i].name[len - 1] == name[len - 1]
            && memcmp(names[i].name, name, len) == 0)
        {
            return &names[i];
        }
    }

    return NULL;
}
