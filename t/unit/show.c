/* What a message shows: kinds, image, countdown, form, actions, theme. */

#include "support_names.h"
#include "support_html.h"

#include "core/message.h"

static smartmsg_message_t *parse(const char *show, smartmsg_error_t *err)
{
    char text[6000];
    json_t *value;
    smartmsg_message_t *message;

    (void)snprintf(text, sizeof(text),
                   "{'when': [{'on': 'load'}], 'show': {%s}}", show);
    value = J(text);
    message = smartmsg_message_parse(value, "v", names, err);
    json_decref(value);

    return message;
}

/* Members of the template's JSON, and the HTML in English. */
static void check(const char *show, const char *as, const char *members,
                  const char *html)
{
    smartmsg_error_t err;
    smartmsg_message_t *message = parse(show, &err);
    smartmsg_message_text_t text;

    if (message == NULL) {
        fail_msg("%s: %s: %s", show, err.path, err.text);
    }

    smartmsg_message_text(message, S("en"), &text);
    assert_str(text.as, as);
    assert_str(text.members, members);
    assert_str(text.html, html);
    smartmsg_message_free(message);
}

static void check_error(const char *show, const char *path, const char *part)
{
    smartmsg_error_t err;
    smartmsg_message_t *message = parse(show, &err);

    if (message != NULL) {
        fail_msg("%s is accepted", show);
    }

    if (strcmp(err.path, path) != 0 || strstr(err.text, part) == NULL) {
        fail_msg("%s: error is at %s: %s", show, err.path, err.text);
    }
}

#define TITLE "<h2 class=\"title\">T</h2>"
#define CLOSE                                                                 \
    "<button class=\"close\" type=\"button\" aria-label=\"C\" data-close>"    \
    "</button>"
#define NOTE "<p class=\"note\" role=\"status\"></p>"
#define HEAD "'title': 'T', 'close': 'C'"
#define DIALOG "'as': 'dialog', " HEAD

static void test_kinds(void **state)
{
    static const char *const plain[] = {"dialog", "slide", "sheet", "bubble"};
    char show[100];

    (void)state;

    for (size_t i = 0; i < 4; i++) {
        (void)snprintf(show, sizeof(show), "'as': '%s', " HEAD, plain[i]);
        check(show, plain[i], "", TITLE CLOSE);
    }

    check("'as': 'bar', " HEAD, "bar", ",&quot;at&quot;:&quot;top&quot;",
          TITLE CLOSE);
    check("'as': 'bar', 'at': 'bottom', " HEAD, "bar",
          ",&quot;at&quot;:&quot;bottom&quot;", TITLE CLOSE);
    check("'as': 'bubble', 'beside': '#a > b', " HEAD, "bubble",
          ",&quot;beside&quot;:&quot;#a &gt; b&quot;", TITLE CLOSE);
    check("'as': 'inline', 'select': '[a=\\u0022b\\u0022]', " HEAD, "inline",
          ",&quot;select&quot;:&quot;[a=\\&quot;b\\&quot;]&quot;"
          ",&quot;place&quot;:&quot;after&quot;", TITLE CLOSE);
    check("'as': 'inline', 'select': 'b', 'place': 'prepend', " HEAD, "inline",
          ",&quot;select&quot;:&quot;b&quot;"
          ",&quot;place&quot;:&quot;prepend&quot;", TITLE CLOSE);
    check("'as': 'tab', 'label': 'He<lp', " HEAD, "tab", "",
          "<button class=\"open\" type=\"button\">He&lt;lp</button>"
          TITLE CLOSE);
}

static void test_kind_errors(void **state)
{
    (void)state;
    check_error("'as': 'popup', " HEAD, "v.show.as", "\"inline\" or \"tab\"");
    check_error("'at': 'top', " DIALOG, "v.show.at", "belongs to a bar");
    check_error("'beside': 'b', " DIALOG, "v.show.beside", "bubble");
    check_error("'select': 'b', " DIALOG, "v.show.select", "inline");
    check_error("'place': 'after', " DIALOG, "v.show.place", "inline");
    check_error("'label': 'x', " DIALOG, "v.show.label", "tab");
    check_error("'as': 'bar', 'at': 'left', " HEAD, "v.show.at",
                "\"top\" or \"bottom\"");
    check_error("'as': 'inline', " HEAD, "v.show.select", "missing");
    check_error("'as': 'inline', 'select': '', " HEAD, "v.show.select",
                "empty");
    check_error("'as': 'inline', 'select': 'a', 'place': 'in', " HEAD,
                "v.show.place", "\"append\"");
    check_error("'as': 'tab', " HEAD, "v.show.label", "missing");
    check_error("'as': 'bubble', 'beside': 'a\\u0001', " HEAD,
                "v.show.beside", "control");
}

static void test_texts(void **state)
{
    (void)state;
    check(DIALOG ", 'html': 'A <b>b</b>'", "dialog", "",
          TITLE "<div class=\"text\">A <b>b</b></div>" CLOSE);
    check(DIALOG ", 'text': 'A {{cart.items|or:<0>}}'", "dialog", "",
          TITLE "<p class=\"text\">A &lt;0&gt;</p>" CLOSE);
    check_error(DIALOG ", 'html': '<b>'", "v.show.html", "not closed");
    check_error(DIALOG ", 'html': {'en': 'x', 'de': '<i>'}", "v.show.html.de",
                "not closed");
    check_error(DIALOG ", 'html': 'x', 'text': 'y'", "v.show.html", "both");
    check_error(DIALOG ", 'text': '{{'", "v.show.text", "not closed");
    check_error(DIALOG ", 'text': {'de': '{{a|b}}'}", "v.show.text.de",
                "unknown format");
}

static void test_image(void **state)
{
    (void)state;
    check(DIALOG ", 'image': {'src': '/a?b&c', 'alt': '\\u0022x\\u0022',"
          " 'width': 20, 'height': 10}", "dialog", "",
          "<img class=\"image\" src=\"/a?b&amp;c\" alt=\"&quot;x&quot;\" "
          "width=\"20\" height=\"10\" decoding=\"async\">" TITLE CLOSE);
    check(DIALOG ", 'image': {'src': 'https://a/b', 'alt': '',"
          " 'width': 1, 'height': 4096}", "dialog", "",
          "<img class=\"image\" src=\"https://a/b\" alt=\"\" width=\"1\" "
          "height=\"4096\" decoding=\"async\">" TITLE CLOSE);

#define SIZE ", 'width': 1, 'height': 1"
    check_error(DIALOG ", 'image': 'x'", "v.show.image", "object");
    check_error(DIALOG ", 'image': {'src': '/a'" SIZE "}", "v.show.image.alt",
                "missing");
    check_error(DIALOG ", 'image': {'alt': ''" SIZE "}", "v.show.image.src",
                "not missing");
    check_error(DIALOG ", 'image': {'src': 'data:x', 'alt': ''" SIZE "}",
                "v.show.image.src", "not allowed");
    check_error(DIALOG ", 'image': {'src': 'tel:1', 'alt': ''" SIZE "}",
                "v.show.image.src", "images are at");
    check_error(DIALOG ", 'image': {'src': '/a', 'alt': '', 'width': 0,"
                " 'height': 1}", "v.show.image.width", "pixels");
    check_error(DIALOG ", 'image': {'src': '/a', 'alt': '', 'width': 1}",
                "v.show.image.height", "pixels");
}

static void test_countdown(void **state)
{
#define CLOCK(data, done, label)                                              \
    "<p class=\"countdown\" data-" data " data-done=\"" done "\"><span>"      \
    label "</span> <span class=\"clock\" role=\"timer\"></span>"              \
    "<button class=\"stop\" type=\"button\" "                                 \
    "aria-label=\"Stop the countdown\"></button></p>"

    (void)state;
    check(DIALOG ", 'countdown': {'seconds': 90}", "dialog", "",
          TITLE CLOCK("seconds=\"90\"", "Time is up", "Time left") CLOSE);
    check(DIALOG ", 'countdown': {'until': '2030-12-24T18:00Z', 'label': 'L',"
          " 'done': 'D'}", "dialog", "",
          TITLE CLOCK("until=\"1924365600\"", "D", "L") CLOSE);
    check_error(DIALOG ", 'countdown': {}", "v.show.countdown", "either");
    check_error(DIALOG ", 'countdown': {'until': '2030-12-24', 'seconds': 1}",
                "v.show.countdown", "either");
    check_error(DIALOG ", 'countdown': {'until': 'soon'}",
                "v.show.countdown.until", "must be a date");
    check_error(DIALOG ", 'countdown': {'seconds': 0}",
                "v.show.countdown.seconds", "whole number");
    check_error(DIALOG ", 'countdown': {'seconds': 86401}",
                "v.show.countdown.seconds", "whole number");
}

static void test_coupon(void **state)
{
    (void)state;
    check(DIALOG ", 'actions': [{'label': 'Copy', 'coupon': {'code': 'X-5'}}]",
          "dialog", "",
          TITLE "<div class=\"actions\"><input class=\"code\" readonly "
          "aria-label=\"Code\" value=\"X-5\"><button class=\"action primary\" "
          "type=\"button\" data-done=\"Copied\" data-copy>Copy</button></div>"
          NOTE CLOSE);
    check_error(DIALOG ", 'actions': [{'label': 'A', 'coupon': 'X'}]",
                "v.show.actions[0].coupon", "object");
    check_error(DIALOG ", 'actions': [{'label': 'A', 'coupon': {}}]",
                "v.show.actions[0].coupon.code", "missing");
    check_error(DIALOG ", 'actions': [{'label': 'A', 'coupon': {'code': 'X'},"
                " 'href': '/'}]", "v.show.actions[0]", "only do one thing");
    check_error(DIALOG ", 'actions': [{'label': 'A', 'href': '/',"
                " 'done': 'x'}]", "v.show.actions[0].done", "coupon or a call");
}

static void test_call(void **state)
{
#define CALL(call) DIALOG ", 'actions': [{'label': 'A', 'call': " call "}]"

    (void)state;
    check(DIALOG ", 'actions': [{'label': 'A', 'done': 'D', 'call': {'path':"
          " '/cart?a=1&b', 'fields': {'co de': 'X 5&\xc3\xa4', 'e': ''}}}]",
          "dialog", "",
          TITLE "<div class=\"actions\"><button class=\"action primary\" "
          "type=\"button\" data-call=\"/cart?a=1&amp;b\" "
          "data-body=\"co+de=X+5%26%C3%A4&amp;e=\" data-done=\"D\" "
          "data-failed=\"That did not work.\">A</button></div>" NOTE CLOSE);
    check(CALL("{'path': '/a'}"), "dialog", "",
          TITLE "<div class=\"actions\"><button class=\"action primary\" "
          "type=\"button\" data-call=\"/a\" data-body=\"\" data-done=\"Done\" "
          "data-failed=\"That did not work.\">A</button></div>" NOTE CLOSE);

    check_error(CALL("'/a'"), "v.show.actions[0].call", "object");
    check_error(CALL("{}"), "v.show.actions[0].call.path", "not missing");
    check_error(CALL("{'path': '//evil'}"), "v.show.actions[0].call.path",
                "path of this site");
    check_error(CALL("{'path': '/\\\\evil'}"), "v.show.actions[0].call.path",
                "no backslash");
    check_error(CALL("{'path': 'https://a/b'}"), "v.show.actions[0].call.path",
                "path of this site");
    check_error(CALL("{'path': '/a', 'fields': {'b': 1}}"),
                "v.show.actions[0].call.fields.b", "a text");
    check_error(CALL("{'path': '/a', 'fields': {'b': '{{x}}'}}"),
                "v.show.actions[0].call.fields.b", "not filled");
    check_error(DIALOG ", 'actions': [{'label': 'A', 'href': '/{{x}}'}]",
                "v.show.actions[0].href", "not filled");
}

static void test_form(void **state)
{
    (void)state;
    check(DIALOG ", 'form': {'fields': ["
          "{'type': 'email', 'name': 'mail', 'label': 'M'},"
          "{'type': 'phone', 'name': 'tel', 'label': 'P', 'required': false},"
          "{'type': 'text', 'name': 'q', 'label': 'Q'},"
          "{'type': 'choice', 'name': 'c', 'label': 'C', 'choices':"
          " ['<A>', {'value': 'b', 'label': {'en': 'B'}}]}],"
          " 'consent': 'I <a href=\\u0022/p\\u0022>agree</a>',"
          " 'send': 'Go', 'thanks': 'Fine'}", "dialog", "",
          TITLE "<div class=\"form\">"
          "<label class=\"field\"><span>M</span><input type=\"email\" "
          "name=\"mail\" required autocomplete=\"email\" maxlength=\"254\">"
          "</label>"
          "<label class=\"field\"><span>P</span><input type=\"tel\" "
          "name=\"tel\" autocomplete=\"tel\" maxlength=\"40\"></label>"
          "<label class=\"field\"><span>Q</span><textarea rows=\"2\" "
          "maxlength=\"250\" name=\"q\" required></textarea></label>"
          "<fieldset><legend>C</legend><label><input type=\"radio\" "
          "name=\"c\" required value=\"&lt;A&gt;\">&lt;A&gt;</label>"
          "<label><input type=\"radio\" name=\"c\" required value=\"b\">B"
          "</label></fieldset>"
          "<label class=\"consent\"><input type=\"checkbox\" required><span>"
          "I <a href=\"/p\" target=\"_blank\">agree</a></span></label>"
          "<button class=\"send\" type=\"button\" data-done=\"Fine\">Go"
          "</button></div>" NOTE CLOSE);
}

static void test_rating(void **state)
{
    smartmsg_error_t err;
    smartmsg_message_text_t text;
    smartmsg_message_t *message = parse(
        DIALOG ", 'form': {'fields': [{'type': 'rating', 'name': 'score',"
        " 'label': 'How?'}]}", &err);

    (void)state;
    assert_non_null(message);
    smartmsg_message_text(message, S("de"), &text);

    char *html = filled_html(&text);

    assert_non_null(strstr(html, "<fieldset class=\"rating\"><legend>How?"));
    assert_non_null(strstr(html, "name=\"score\" required value=\"5\">5</lab"));
    assert_null(strstr(html, "value=\"6\""));
    assert_non_null(strstr(html, "data-done=\"Vielen Dank!\">Senden</button>"));
    free(html);
    smartmsg_message_free(message);
}

static void form_error(const char *fields, const char *path, const char *part)
{
    char show[1000];

    (void)snprintf(show, sizeof(show), DIALOG ", 'form': {'fields': %s}",
                   fields);
    check_error(show, path, part);
}

static void test_form_errors(void **state)
{
#define AT "v.show.form.fields"
#define MAIL "{'type': 'email', 'name': 'a', 'label': 'A'}"

    (void)state;
    check_error(DIALOG ", 'form': []", "v.show.form", "object");
    check_error(DIALOG ", 'form': {}", AT, "1 to 5");
    form_error("[]", AT, "1 to 5");
    form_error("[1]", AT "[0]", "object");
    form_error("[{'type': 'date'}]", AT "[0].type", "\"rating\"");
    form_error("[{'type': 'email', 'label': 'A'}]", AT "[0].name", "missing");
    form_error("[{'type': 'email', 'name': '1', 'label': 'A'}]",
               AT "[0].name", "a letter");
    form_error("[" MAIL ", " MAIL "]", AT "[1].name", "another field");
    form_error("[{'type': 'email', 'name': 'a'}]", AT "[0].label", "missing");
    form_error("[{'type': 'choice', 'name': 'a', 'label': 'A'}]",
               AT "[0].choices", "missing");
    form_error("[{'type': 'choice', 'name': 'a', 'label': 'A', 'choices':"
               " ['x']}]", AT "[0].choices", "2 to 8");
    form_error("[{'type': 'choice', 'name': 'a', 'label': 'A', 'choices':"
               " ['x', {'value': 'y'}]}]", AT "[0].choices[1].label",
               "missing");
    form_error("[{'type': 'email', 'name': 'a', 'label': 'A', 'choices':"
               " ['x', 'y']}]", AT "[0].choices", "of the type choice");
    form_error("[{'type': 'email', 'name': 'a', 'label': 'A', 'required':"
               " 1}]", AT "[0].required", "true or false");
    check_error(DIALOG ", 'form': {'fields': [" MAIL "], 'consent': '<b>'}",
                "v.show.form.consent", "not closed");
}

static void test_theme(void **state)
{
    (void)state;
    check_error(DIALOG ", 'theme': []", "v.show.theme", "object");
    check_error(DIALOG ", 'theme': {'accent': 1}", "v.show.theme.accent",
                "a text");
    check_error(DIALOG ", 'theme': {'accent': 'red'}", "v.show.theme.accent",
                "colour");
    check_error(DIALOG ", 'theme': {'accnt': '#fff'}", "v.show.theme.accnt",
                "no property");
    check_error(DIALOG ", 'theme': {'ink': '#fff'}", "v.show.theme.paper",
                "missing");
    check(DIALOG ", 'theme': {'accent': '#fff'}", "dialog", "", TITLE CLOSE);
}

/* Each language has its own holes; the rule set asks for all. */
static void test_slots(void **state)
{
    smartmsg_error_t err;
    smartmsg_message_text_t text;
    uint32_t slots[8];
    smartmsg_message_t *message = parse(
        "'as': 'dialog', 'close': 'C', 'title': {'en': '{{slot.a}}',"
        " 'de': '{{slot.b|money}}{{slot.a}}', 'fr': 'x'}", &err);

    (void)state;
    assert_non_null(message);
    assert_int_equal(smartmsg_message_slots(message, NULL), 4);
    assert_int_equal(smartmsg_message_slots(message, slots), 4);
    assert_str(smartmsg_names_name(names, slots[0]), "slot.a");
    assert_str(smartmsg_names_name(names, slots[1]), "slot.b");
    assert_str(smartmsg_names_name(names, slots[2]), "cart.currency");
    assert_int_equal(slots[3], slots[0]);

    smartmsg_message_text(message, S("de"), &text);
    assert_int_equal(text.n_holes, 2);
    smartmsg_message_text(message, S("fr"), &text);
    assert_int_equal(text.n_holes, 0);
    smartmsg_message_free(message);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_kind_errors),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_image),
        cmocka_unit_test(test_countdown),
        cmocka_unit_test(test_coupon),
        cmocka_unit_test(test_call),
        cmocka_unit_test(test_form),
        cmocka_unit_test(test_rating),
        cmocka_unit_test(test_form_errors),
        cmocka_unit_test(test_theme),
        cmocka_unit_test(test_slots),
    };

    return cmocka_run_group_tests(tests, make_names, drop_names);
}
