#include "core/snippet.h"

#include "core/escape.h"
#include "core/message.h"
#include "core/sink.h"

#define NONCE_MAX 256

/* What our own words take at most, with all numbers in them. */
#define MESSAGE_ROOM 384
#define PAGE_ROOM    512    /* the page as a whole, pack, trace and script */

/* Bytes that one byte can become when it is escaped: &#65533; */
#define ESCAPED_MAX 8

static void put_json(smartmsg_sink_t *sink, smartmsg_str_t text)
{
    sink->len += smartmsg_escape_json(text, smartmsg_sink_end(sink));
}

static void put_attribute(smartmsg_sink_t *sink, smartmsg_str_t text)
{
    sink->len += smartmsg_escape_attribute(text, smartmsg_sink_end(sink));
}

static void put_count(smartmsg_sink_t *sink, const char *member, uint32_t n)
{
    smartmsg_sink_puts(sink, member);
    smartmsg_sink_number(sink, n);
    smartmsg_sink_puts(sink, ",");
}

/* The first message of a rule, nearly always the only one, needs none. */
static void put_number(smartmsg_sink_t *sink, const smartmsg_armed_t *armed)
{
    size_t number = smartmsg_rule_message_number(armed->rule, armed->message);

    if (number > 0) {
        put_count(sink, "&quot;message&quot;:", (uint32_t)number);
    }
}

/* The moments, and what only the server knows of them. */
static void put_when(smartmsg_sink_t *sink, const smartmsg_armed_t *armed)
{
    const smartmsg_when_t *when = smartmsg_message_when(armed->message);
    unsigned needs = smartmsg_when_needs(when, armed->entries);

    if (needs & SMARTMSG_WHEN_SECONDS) {
        put_count(sink, "&quot;seconds&quot;:", armed->seconds);
    }

    if (needs & SMARTMSG_WHEN_CART) {
        put_count(sink, "&quot;items&quot;:", armed->items);
    }

    smartmsg_sink_puts(sink, "&quot;when&quot;:[");
    sink->len += smartmsg_when_write(when, armed->entries,
                                     smartmsg_sink_end(sink));
    smartmsg_sink_puts(sink, "],");
}

static void put_message(smartmsg_sink_t *sink,
                        const smartmsg_snippet_t *snippet,
                        const smartmsg_armed_t *armed)
{
    smartmsg_message_text_t text;

    smartmsg_message_text(armed->message, snippet->language, &text);

    smartmsg_fill_t with = {snippet->facts, text.language, text.words};

    smartmsg_sink_puts(sink, "<template data-smartmsg=\""
                       "{&quot;rule&quot;:&quot;");
    smartmsg_sink_put(sink, smartmsg_rule_id(armed->rule));
    smartmsg_sink_puts(sink, "&quot;,&quot;variation&quot;:&quot;");
    put_json(sink, armed->variation);
    smartmsg_sink_puts(sink, "&quot;,");
    put_number(sink, armed);

    if (snippet->preview) {
        smartmsg_sink_puts(sink, "&quot;preview&quot;:1,");
    }

    put_when(sink, armed);
    smartmsg_sink_puts(sink, "&quot;as&quot;:&quot;");
    smartmsg_sink_put(sink, text.as);
    smartmsg_sink_puts(sink, "&quot;,&quot;lang&quot;:&quot;");
    put_json(sink, text.language);
    smartmsg_sink_puts(sink, "&quot;");
    smartmsg_sink_put(sink, text.members);
    sink->len += smartmsg_theme_write(text.theme, snippet->theme,
                                      smartmsg_sink_end(sink));
    smartmsg_sink_puts(sink, "}\">");
    sink->len += smartmsg_draft_fill(text.html, text.holes, text.n_holes,
                                     &with, smartmsg_sink_end(sink));
    smartmsg_sink_puts(sink, "</template>");
}

/*
 * What the page as a whole is told: {"anonymous":1,"consent":1}. False if there
 * is nothing to tell.
 */
static bool put_page(smartmsg_sink_t *sink, const smartmsg_snippet_t *snippet)
{
    const struct {
        const char *name;
        bool is_set;
    } flags[] = {
        {"view", snippet->view},
        {"anonymous", snippet->anonymous},
        {"consent", snippet->consent},
        {"ga4", snippet->ga4},
        {"search", snippet->search},
    };
    const char *before = "<template data-smartmsg=\"{&quot;";
    bool any = false;

    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        if (flags[i].is_set) {
            smartmsg_sink_puts(sink, before);
            smartmsg_sink_puts(sink, flags[i].name);
            smartmsg_sink_puts(sink, "&quot;:1");
            before = ",&quot;";
            any = true;
        }
    }

    if (any) {
        smartmsg_sink_puts(sink, "}\"></template>");
    }

    return any;
}

/* The script waits for so many templates, or fetches its messages. */
static void put_mark(smartmsg_sink_t *sink, const smartmsg_snippet_t *snippet,
                     size_t templates)
{
    if (snippet->fetch) {
        smartmsg_sink_puts(sink, "\" data-smartmsg=\"fetch");

    } else if (templates > 0) {
        smartmsg_sink_puts(sink, "\" data-smartmsg=\"");
        smartmsg_sink_number(sink, templates);
        smartmsg_sink_puts(sink, snippet->view ? "v" : "");
    }
}

static void put_script(smartmsg_sink_t *sink, const smartmsg_snippet_t *snippet,
                       size_t templates)
{
    if (snippet->script_url.len == 0) {
        return;
    }

    smartmsg_sink_puts(sink, "<script async src=\"");
    put_attribute(sink, snippet->script_url);
    put_mark(sink, snippet, templates);

    if (snippet->nonce.len > 0) {
        smartmsg_sink_puts(sink, "\" nonce=\"");
        put_attribute(sink, snippet->nonce);
    }

    smartmsg_sink_puts(sink, "\"></script>");
}

size_t smartmsg_snippet_write(const smartmsg_snippet_t *snippet, char *buf)
{
    smartmsg_sink_t sink = {buf, 0};
    size_t templates = snippet->n;

    for (size_t i = 0; i < snippet->n; i++) {
        put_message(&sink, snippet, &snippet->armed[i]);
    }

    templates += put_page(&sink, snippet) ? 1 : 0;

    if (snippet->pack.len > 0) {
        smartmsg_sink_puts(&sink, "<template data-smartmsg=\"");
        smartmsg_sink_put(&sink, snippet->pack);
        smartmsg_sink_puts(&sink, "\"></template>");
        templates++;
    }

    if (snippet->trace.len > 0) {
        smartmsg_sink_puts(&sink, "<template data-smartmsg=\""
                           "{&quot;trace&quot;:");
        smartmsg_sink_put(&sink, snippet->trace);
        smartmsg_sink_puts(&sink, "}\"></template>");
        templates++;
    }

    put_script(&sink, snippet, templates);

    return sink.len;
}

static size_t message_room(const smartmsg_snippet_t *snippet,
                           const smartmsg_armed_t *armed)
{
    smartmsg_message_text_t text;

    smartmsg_message_text(armed->message, snippet->language, &text);

    smartmsg_fill_t with = {snippet->facts, text.language, text.words};

    return MESSAGE_ROOM + smartmsg_rule_id(armed->rule).len
           + ESCAPED_MAX * (armed->variation.len + text.language.len)
           + smartmsg_when_room(smartmsg_message_when(armed->message))
           + text.as.len + text.members.len
           + smartmsg_theme_write(text.theme, snippet->theme, NULL)
           + smartmsg_draft_room(text.html, text.holes, text.n_holes, &with);
}

size_t smartmsg_snippet_room(const smartmsg_snippet_t *snippet)
{
    size_t room = PAGE_ROOM + snippet->pack.len + snippet->trace.len
                  + ESCAPED_MAX * (snippet->script_url.len
                                   + snippet->nonce.len);

    for (size_t i = 0; i < snippet->n; i++) {
        room += message_room(snippet, &snippet->armed[i]);
    }

    return room;
}

bool smartmsg_snippet_nonce_valid(smartmsg_str_t nonce)
{
    size_t end = nonce.len;

    if (nonce.len > NONCE_MAX) {
        return false;
    }

    for (int i = 0; i < 2 && end > 0 && nonce.data[end - 1] == '='; i++) {
        end--;
    }

    for (size_t i = 0; i < end; i++) {
        char c = nonce.data[i];

        if (!(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z')
            && !(c >= '0' && c <= '9') && c != '+' && c != '/' && c != '-'
            && c != '_')
        {
            return false;
        }
    }

    return end > 0;
}
