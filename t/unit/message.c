#include "support_names.h"
#include "support_html.h"

#include "core/message.h"

#define SHOW "'show': {'as': 'dialog', 'title': 'Hi'}"
#define WHEN "'when': [{'on': 'exit'}]"

static smartmsg_message_t *parse(const char *text)
{
    smartmsg_error_t err;
    json_t *value = J(text);
    smartmsg_message_t *message = smartmsg_message_parse(value, "", names, &err);

    json_decref(value);

    if (message == NULL) {
        fail_msg("%s: %s: %s", text, err.path, err.text);
    }

    return message;
}

static void check_error(const char *text, const char *path, const char *part)
{
    smartmsg_error_t err;
    json_t *value = J(text);
    smartmsg_message_t *message = smartmsg_message_parse(value, "v", names, &err);

    json_decref(value);

    if (message != NULL) {
        fail_msg("%s is accepted", text);
    }

    if (strcmp(err.path, path) != 0 || strstr(err.text, part) == NULL) {
        fail_msg("%s: error is at %s: %s", text, err.path, err.text);
    }
}

static void check_html(const char *text, const char *language,
                       const char *used, const char *html)
{
    smartmsg_message_t *message = parse(text);
    smartmsg_message_text_t pieces;

    smartmsg_message_text(message, S(language), &pieces);
    assert_str(pieces.language, used);

    char *filled = filled_html(&pieces);

    assert_string_equal(filled, html);
    free(filled);
    smartmsg_message_free(message);
}

static void test_cap(void **state)
{
    smartmsg_message_t *message = parse(
        "{" WHEN ", " SHOW ", 'cap': {'session': 3, 'days': 2}}");

    (void)state;
    assert_int_equal(smartmsg_message_cap(message)->session, 3);
    assert_int_equal(smartmsg_message_cap(message)->pause, 2 * 86400);
    smartmsg_message_free(message);

    message = parse("{" WHEN ", " SHOW "}");
    assert_int_equal(smartmsg_message_cap(message)->session, 1);
    smartmsg_message_free(message);
}

static void test_html(void **state)
{
    (void)state;

    check_html("{" WHEN "," SHOW "}", "en", "en",
               "<h2 class=\"title\">Hi</h2><button class=\"close\" "
               "type=\"button\" aria-label=\"Close\" data-close></button>");

    check_html(
        "{" WHEN ", 'show': {'as': 'bubble', 'title': 'A <b>',"
        "'text': 'one\\ntwo', 'actions': ["
        "{'label': 'Call', 'href': 'tel:+49'},"
        "{'label': 'No', 'close': true}], 'close': 'X \\u0022y\\u0022'}}",
        "en", "en",
        "<h2 class=\"title\">A &lt;b&gt;</h2>"
        "<p class=\"text\">one<br>two</p>"
        "<div class=\"actions\">"
        "<a class=\"action primary\" href=\"tel:+49\">Call</a>"
        "<button class=\"action\" type=\"button\" data-close>No</button></div>"
        "<button class=\"close\" type=\"button\" "
        "aria-label=\"X &quot;y&quot;\" data-close></button>");
}

static void check_actions(const char *actions, const char *html)
{
    char text[500];
    char expected[800];

    (void)snprintf(text, sizeof(text), "{" WHEN ", 'show': {'as': 'dialog', "
                   "'title': 'T', 'close': 'C', 'actions': %s}}", actions);
    (void)snprintf(expected, sizeof(expected), "<h2 class=\"title\">T</h2>%s"
                   "<button class=\"close\" type=\"button\" aria-label=\"C\" "
                   "data-close></button>", html);
    check_html(text, "", "", expected);
}

static void test_actions(void **state)
{
    (void)state;

    check_actions("[]", "");
    check_actions("[{'label': 'A', 'href': '/a?b=1&c=\\u0022'},"
                  " {'label': 'B', 'href': '/b', 'primary': true}]",
                  "<div class=\"actions\"><a class=\"action\" "
                  "href=\"/a?b=1&amp;c=&quot;\">A</a>"
                  "<a class=\"action primary\" href=\"/b\">B</a></div>");
    check_actions("[{'label': 'A', 'close': true, 'primary': false}]",
                  "<div class=\"actions\"><button class=\"action\" "
                  "type=\"button\" data-close>A</button></div>");
    check_actions("[{'label': 'A', 'close': true}]",
                  "<div class=\"actions\"><button class=\"action primary\" "
                  "type=\"button\" data-close>A</button></div>");
}

static void test_languages(void **state)
{
    const char *text = "{" WHEN ", 'show': {'as': 'dialog',"
        "'title': {'en': 'Help?', 'de': 'Hilfe?'},"
        "'text': {'en': 'Text', 'fr-CA': 'Texte'}}}";

    (void)state;

    check_html(text, "de-AT", "de",
               "<h2 class=\"title\">Hilfe?</h2><p class=\"text\">Text</p>"
               "<button class=\"close\" type=\"button\" "
               "aria-label=\"Schlie&#223;en\" data-close></button>");
    check_html(text, "fr", "fr-CA",
               "<h2 class=\"title\">Help?</h2><p class=\"text\">Texte</p>"
               "<button class=\"close\" type=\"button\" "
               "aria-label=\"Fermer\" data-close></button>");
    check_html(text, "ja", "en",
               "<h2 class=\"title\">Help?</h2><p class=\"text\">Text</p>"
               "<button class=\"close\" type=\"button\" "
               "aria-label=\"Close\" data-close></button>");
    check_html("{" WHEN ", 'show': {'as': 'dialog', 'title': "
               "{'pl': 'P', 'cs': 'C'}, 'close': 'x'}}", "", "pl",
               "<h2 class=\"title\">P</h2><button class=\"close\" "
               "type=\"button\" aria-label=\"x\" data-close></button>");
}

/* Texts that name no language are in the page's. */
static void test_no_language(void **state)
{
    (void)state;

    check_html("{" WHEN "," SHOW "}", "de-DE", "de-DE",
               "<h2 class=\"title\">Hi</h2><button class=\"close\" "
               "type=\"button\" aria-label=\"Schlie&#223;en\" data-close>"
               "</button>");
    check_html("{" WHEN "," SHOW "}", "ja", "ja",
               "<h2 class=\"title\">Hi</h2><button class=\"close\" "
               "type=\"button\" aria-label=\"Close\" data-close></button>");
    check_html("{" WHEN "," SHOW "}", "x\"><script>", "",
               "<h2 class=\"title\">Hi</h2><button class=\"close\" "
               "type=\"button\" aria-label=\"Close\" data-close></button>");
}

static void test_shape_errors(void **state)
{
    (void)state;

    check_error("[]", "v", "must be an object");
    check_error("'text'", "v", "not a text");
    check_error("true", "v", "not true");
    check_error("{" WHEN "," SHOW ", 'caps': {}}", "v.caps", "\"cap\"");
    check_error("{" WHEN "," SHOW ", 'foo': {}}", "v.foo", "no such member");
    check_error("{" SHOW "}", "v.when", "missing");
    check_error("{" WHEN "}", "v.show", "missing");
    check_error("{" WHEN ", 'show': 'x'}", "v.show", "must be an object");
}

static void test_cap_errors(void **state)
{
    (void)state;

    check_error("{" WHEN "," SHOW ", 'cap': {'total': 0}}", "v.cap.total",
                "whole number");
    check_error("{" WHEN "," SHOW ", 'cap': {'sesion': 1}}", "v.cap.sesion",
                "\"session\"");
}

static void show_error(const char *members, const char *path, const char *part)
{
    char text[6000];

    (void)snprintf(text, sizeof(text), "{" WHEN ", 'show': {%s}}", members);
    check_error(text, path, part);
}

#define HEAD "'as': 'dialog', 'title': 'T'"

static void test_show_errors(void **state)
{
    char members[5000];

    (void)state;

    show_error("'title': 'T'", "v.show.as", "missing");
    show_error("'as': 'popup', 'title': 'T'", "v.show.as", "\"bubble\"");
    show_error("'as': 'dialog'", "v.show.title", "missing");
    show_error("'as': 'dialog', 'titel': 'T'", "v.show.titel", "\"title\"");
    show_error("'as': 'dialog', 'title': 1", "v.show.title", "not a number");
    show_error("'as': 'dialog', 'title': null", "v.show.title", "not null");
    show_error("'as': 'dialog', 'title': ''", "v.show.title", "empty");
    show_error("'as': 'dialog', 'title': ' \\u00a0'", "v.show.title", "empty");
    show_error("'as': 'dialog', 'title': {}", "v.show.title", "no language");
    show_error("'as': 'dialog', 'title': {'en': 1}", "v.show.title.en",
               "must be a text");
    show_error("'as': 'dialog', 'title': {'english': 'T'}",
               "v.show.title.english", "language code");
    show_error("'as': 'dialog', 'title': {'en': 'T', 'EN': 'T'}",
               "v.show.title.EN", "twice");
    show_error(HEAD ", 'text': 'a\\u0001'", "v.show.text", "control");
    show_error(HEAD ", 'text': 'a\\u0085'", "v.show.text", "control");
    show_error(HEAD ", 'close': false", "v.show.close", "not false");

    memset(members, 0, sizeof(members));
    (void)snprintf(members, sizeof(members), HEAD ", 'text': '%04200d'", 0);
    show_error(members, "v.show.text", "too long");
}

static void test_action_errors(void **state)
{
    (void)state;

    show_error(HEAD ", 'actions': {}", "v.show.actions", "must be a list");
    show_error(HEAD ", 'actions': [1,2,3,4,5]", "v.show.actions", "at most 4");
    show_error(HEAD ", 'actions': [1]", "v.show.actions[0]", "an object");
    show_error(HEAD ", 'actions': [{'href': '/'}]",
               "v.show.actions[0].label", "missing");
    show_error(HEAD ", 'actions': [{'label': 'A'}]", "v.show.actions[0]",
               "does nothing");
    show_error(HEAD ", 'actions': [{'label': 'A', 'href': '/', 'close': true}]",
               "v.show.actions[0]", "both");
    show_error(HEAD ", 'actions': [{'label': 'A', 'close': false}]",
               "v.show.actions[0].close", "must be true");
    show_error(HEAD ", 'actions': [{'label': 'A', 'close': true}, "
               "{'label': 'B', 'href': 'javascript:x'}]",
               "v.show.actions[1].href", "not allowed");
    show_error(HEAD ", 'actions': [{'label': 'A', 'href': 7}]",
               "v.show.actions[0].href", "must be a text");
    show_error(HEAD ", 'actions': [{'label': 'A', 'url': '/'}]",
               "v.show.actions[0].url", "no such member");
    show_error(HEAD ", 'actions': [{'label': 'A', 'href': '/', 'primary': 1}]",
               "v.show.actions[0].primary", "true or false");
    show_error(HEAD ", 'actions': ["
               "{'label': 'A', 'href': '/', 'primary': true},"
               "{'label': 'B', 'href': '/', 'primary': true}]",
               "v.show.actions[1].primary", "only one");
}

/* As many languages as allowed, then one more. */
static void test_many_languages(void **state)
{
    smartmsg_error_t err;
    json_t *title = json_object();
    json_t *value = J("{" WHEN "," SHOW "}");
    char tag[3] = "aa";

    (void)state;
    assert_int_equal(json_object_set_new(json_object_get(value, "show"),
                                         "title", title), 0);

    for (int i = 0; i < 65; i++) {
        smartmsg_message_t *message;

        tag[0] = (char)('a' + i / 26);
        tag[1] = (char)('a' + i % 26);
        assert_int_equal(json_object_set_new(title, tag, json_string(tag)), 0);
        message = smartmsg_message_parse(value, "", names, &err);

        if (i < 64) {
            assert_non_null(message);
        } else {
            assert_null(message);
            assert_string_equal(err.path, "show.title.cm");
        }

        smartmsg_message_free(message);
    }

    json_decref(value);
}

static void test_no_err(void **state)
{
    json_t *value = J("{}");

    (void)state;
    assert_null(smartmsg_message_parse(value, "", names, NULL));
    json_decref(value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cap),
        cmocka_unit_test(test_html),
        cmocka_unit_test(test_actions),
        cmocka_unit_test(test_languages),
        cmocka_unit_test(test_no_language),
        cmocka_unit_test(test_shape_errors),
        cmocka_unit_test(test_cap_errors),
        cmocka_unit_test(test_show_errors),
        cmocka_unit_test(test_action_errors),
        cmocka_unit_test(test_many_languages),
        cmocka_unit_test(test_no_err),
    };

    return cmocka_run_group_tests(tests, make_names, drop_names);
}
