/* The HTML of a message. What it is made of is what the runtime looks for. */

#include "core/show_inside.h"

#include "core/escape.h"
#include "core/markup.h"
#include "core/words.h"

typedef struct {
    smartmsg_draft_t *draft;
    smartmsg_str_t language;
} page_t;

static void put(page_t *page, const char *text)
{
    smartmsg_sink_puts(&page->draft->sink, text);
}

static void put_attribute(page_t *page, smartmsg_str_t value)
{
    smartmsg_sink_t *sink = &page->draft->sink;

    sink->len += smartmsg_escape_attribute(value, smartmsg_sink_end(sink));
}

/* What has been read can be put: no placeholder in it is a wrong one. */
static void put_text(page_t *page, const json_t *text, bool attribute)
{
    (void)smartmsg_draft_text(page->draft,
                              smartmsg_show_translate(text, page->language),
                              attribute);
}

static void put_html(page_t *page, const json_t *html)
{
    (void)smartmsg_markup_put(page->draft,
                              smartmsg_show_translate(html, page->language),
                              "", NULL);
}

/* A text of the message, or one of the module's own words. */
static void put_words(page_t *page, const json_t *text, smartmsg_word_e word,
                      bool attribute)
{
    if (text != NULL) {
        put_text(page, text, attribute);
    } else {
        smartmsg_draft_word(page->draft, word, page->language, attribute);
    }
}

/* name="text" */
static void put_data(page_t *page, const char *name, const json_t *text,
                     smartmsg_word_e word)
{
    put(page, " ");
    put(page, name);
    put(page, "=\"");
    put_words(page, text, word, true);
    put(page, "\"");
}

static void put_image(page_t *page, const smartmsg_show_image_t *image)
{
    if (image->src.len == 0) {
        return;
    }

    put(page, "<img class=\"image\" src=\"");
    put_attribute(page, image->src);
    put(page, "\" alt=\"");
    put_text(page, image->alt, true);
    put(page, "\" width=\"");
    smartmsg_sink_number(&page->draft->sink, image->width);
    put(page, "\" height=\"");
    smartmsg_sink_number(&page->draft->sink, image->height);
    put(page, "\" decoding=\"async\">");
}

static void put_texts(page_t *page, const smartmsg_show_t *show)
{
    put(page, "<h2 class=\"title\">");
    put_text(page, show->title, false);
    put(page, "</h2>");

    if (show->text != NULL) {
        put(page, "<p class=\"text\">");
        put_text(page, show->text, false);
        put(page, "</p>");
    }

    if (show->html != NULL) {
        put(page, "<div class=\"text\">");
        put_html(page, show->html);
        put(page, "</div>");
    }
}

static void put_countdown(page_t *page,
                          const smartmsg_show_countdown_t *countdown)
{
    if (!countdown->given) {
        return;
    }

    put(page, countdown->until > 0 ? "<p class=\"countdown\" data-until=\""
                                   : "<p class=\"countdown\" data-seconds=\"");
    smartmsg_sink_number(&page->draft->sink,
                         (unsigned long)(countdown->until > 0
                                         ? countdown->until
                                         : countdown->seconds));
    put(page, "\"");
    put_data(page, "data-done", countdown->done, SMARTMSG_WORD_ENDED);
    put(page, "><span>");
    put_words(page, countdown->label, SMARTMSG_WORD_LEFT, false);
    put(page, "</span> <span class=\"clock\" role=\"timer\"></span>"
        "<button class=\"stop\" type=\"button\"");
    put_data(page, "aria-label", NULL, SMARTMSG_WORD_STOP);
    put(page, "></button></p>");
}

static void put_input(page_t *page, const char *type,
                      const smartmsg_show_field_t *field)
{
    put(page, "<input type=\"");
    put(page, type);
    put(page, "\" name=\"");
    put_attribute(page, field->name);
    put(page, field->required ? "\" required" : "\"");
}

/* One radio button; a text alone is value and label in one. */
static void put_choice(page_t *page, const smartmsg_show_field_t *field,
                       const json_t *choice)
{
    bool text = json_is_string(choice);

    put(page, "<label>");
    put_input(page, "radio", field);
    put(page, " value=\"");

    if (text) {
        put_text(page, choice, true);
    } else {
        put_attribute(page, smartmsg_show_str(json_object_get(choice,
                                                              "value")));
    }

    put(page, "\">");
    put_text(page, text ? choice : json_object_get(choice, "label"), false);
    put(page, "</label>");
}

static void put_rating(page_t *page, const smartmsg_show_field_t *field)
{
    for (char c = '1'; c <= '5'; c++) {
        char digit[2] = {c, '\0'};

        put(page, "<label>");
        put_input(page, "radio", field);
        put(page, " value=\"");
        put(page, digit);
        put(page, "\">");
        put(page, digit);
        put(page, "</label>");
    }
}

static void put_choices(page_t *page, const smartmsg_show_field_t *field)
{
    size_t i;
    json_t *choice;

    json_array_foreach(field->choices, i, choice) {
        put_choice(page, field, choice);
    }
}

/* Several buttons are a group with a legend, all else one thing to fill. */
static void put_field(page_t *page, const smartmsg_show_field_t *field)
{
    bool group = field->type >= SMARTMSG_SHOW_RATING;

    put(page, !group ? "<label class=\"field\"><span>"
              : field->type == SMARTMSG_SHOW_RATING
                ? "<fieldset class=\"rating\"><legend>"
                : "<fieldset><legend>");
    put_text(page, field->label, false);
    put(page, group ? "</legend>" : "</span>");

    switch (field->type) {
    case SMARTMSG_SHOW_EMAIL:
        put_input(page, "email", field);
        put(page, " autocomplete=\"email\" maxlength=\"254\">");
        break;
    case SMARTMSG_SHOW_PHONE:
        put_input(page, "tel", field);
        put(page, " autocomplete=\"tel\" maxlength=\"40\">");
        break;
    case SMARTMSG_SHOW_TEXT:
        put(page, "<textarea rows=\"2\" maxlength=\"250\" name=\"");
        put_attribute(page, field->name);
        put(page, field->required ? "\" required></textarea>"
                                  : "\"></textarea>");
        break;
    case SMARTMSG_SHOW_RATING:
        put_rating(page, field);
        break;
    case SMARTMSG_SHOW_CHOICE:
        put_choices(page, field);
    }

    put(page, group ? "</fieldset>" : "</label>");
}

static void put_form(page_t *page, const smartmsg_show_form_t *form)
{
    if (form->n_fields == 0) {
        return;
    }

    put(page, "<div class=\"form\">");

    for (size_t i = 0; i < form->n_fields; i++) {
        put_field(page, &form->fields[i]);
    }

    if (form->consent != NULL) {
        put(page, "<label class=\"consent\"><input type=\"checkbox\" required>"
            "<span>");

        /* what one agrees to is read without leaving the form */
        page->draft->new_tabs = true;
        put_html(page, form->consent);
        page->draft->new_tabs = false;
        put(page, "</span></label>");
    }

    put(page, "<button class=\"send\" type=\"button\"");
    put_data(page, "data-done", form->thanks, SMARTMSG_WORD_THANKS);
    put(page, ">");
    put_words(page, form->send, SMARTMSG_WORD_SEND, false);
    put(page, "</button></div>");
}

/* As forms are sent: application/x-www-form-urlencoded (WHATWG URL, 5.2). */
static void put_encoded(page_t *page, smartmsg_str_t text)
{
    static const char hex[] = "0123456789ABCDEF";

    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                     || (c >= '0' && c <= '9') || c == '-' || c == '.'
                     || c == '_' || c == '*';
        char code[4] = {'%', hex[c >> 4], hex[c & 15], '\0'};
        char self[2] = {(char)c, '\0'};

        put(page, plain ? self : c == ' ' ? "+" : code);
    }
}

static void put_call(page_t *page, const smartmsg_show_action_t *action)
{
    const char *key;
    json_t *value;
    bool first = true;

    put(page, " data-call=\"");
    put_attribute(page, action->href);
    put(page, "\" data-body=\"");

    json_object_foreach((json_t *)action->fields, key, value) {
        put(page, first ? "" : "&amp;");
        put_encoded(page, smartmsg_str(key, strlen(key)));
        put(page, "=");
        put_encoded(page, smartmsg_show_str(value));
        first = false;
    }

    put(page, "\"");
    put_data(page, "data-done", action->done, SMARTMSG_WORD_DONE);
    put_data(page, "data-failed", NULL, SMARTMSG_WORD_FAILED);
    put(page, ">");
}

/* The code stands in a field, so that it can be selected and copied by hand. */
static void put_coupon(page_t *page, const smartmsg_show_action_t *action)
{
    put(page, "<input class=\"code\" readonly");
    put_data(page, "aria-label", NULL, SMARTMSG_WORD_CODE);
    put(page, " value=\"");
    put_text(page, action->code, true);
    put(page, "\">");
}

static void put_action(page_t *page, const smartmsg_show_action_t *action)
{
    bool link = action->does == SMARTMSG_SHOW_LINK;

    if (action->does == SMARTMSG_SHOW_COPY) {
        put_coupon(page, action);
    }

    put(page, link ? "<a class=\"action" : "<button class=\"action");
    put(page, action->primary ? " primary\"" : "\"");
    put(page, link ? " href=\"" : " type=\"button\"");

    switch (action->does) {
    case SMARTMSG_SHOW_LINK:
        put_attribute(page, action->href);
        put(page, "\">");
        break;
    case SMARTMSG_SHOW_CLOSE:
        put(page, " data-close>");
        break;
    case SMARTMSG_SHOW_COPY:
        put_data(page, "data-done", action->done, SMARTMSG_WORD_COPIED);
        put(page, " data-copy>");
        break;
    case SMARTMSG_SHOW_CALL_PATH:
        put_call(page, action);
    }

    put_text(page, action->label, false);
    put(page, link ? "</a>" : "</button>");
}

static void put_actions(page_t *page, const smartmsg_show_t *show)
{
    bool told = show->form.n_fields > 0;

    if (show->n_actions > 0) {
        put(page, "<div class=\"actions\">");

        for (size_t i = 0; i < show->n_actions; i++) {
            put_action(page, &show->actions[i]);
            told = told || show->actions[i].does > SMARTMSG_SHOW_CLOSE;
        }

        put(page, "</div>");
    }

    /* what came of it is said here, to screen readers as well */
    put(page, told ? "<p class=\"note\" role=\"status\"></p>" : "");
}

void smartmsg_show_render(const smartmsg_show_t *show, smartmsg_str_t language,
                          smartmsg_draft_t *draft)
{
    page_t page = {draft, language};

    if (show->label != NULL) {
        put(&page, "<button class=\"open\" type=\"button\">");
        put_text(&page, show->label, false);
        put(&page, "</button>");
    }

    put_image(&page, &show->image);
    put_texts(&page, show);
    put_countdown(&page, &show->countdown);
    put_form(&page, &show->form);
    put_actions(&page, show);

    put(&page, "<button class=\"close\" type=\"button\"");
    put_data(&page, "aria-label", show->close, SMARTMSG_WORD_CLOSE);
    put(&page, " data-close></button>");
}
