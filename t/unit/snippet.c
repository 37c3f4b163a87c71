#include "support_names.h"
#include "support_rules.h"

#include "core/snippet.h"

#define SCRIPT "<script async src=\"/smartmsg/rt.0123abcd.js\"></script>"
#define SCRIPT_OF(mark) "<script async src=\"/smartmsg/rt.0123abcd.js\" " \
                        "data-smartmsg=\"" mark "\"></script>"

/* The snippet, not longer than announced; to be freed. */
static char *write_snippet(const smartmsg_snippet_t *snippet)
{
    size_t room = smartmsg_snippet_room(snippet);
    char *buf = malloc(room);
    char *text;

    assert_non_null(buf);

    size_t size = smartmsg_snippet_write(snippet, buf);

    assert_true(size <= room);
    text = malloc(size + 1);
    assert_non_null(text);
    memcpy(text, buf, size);
    text[size] = '\0';
    free(buf);

    return text;
}

static void check(const smartmsg_snippet_t *snippet, const char *expected)
{
    char *text = write_snippet(snippet);

    assert_string_equal(text, expected);
    free(text);
}

/* Arms what the rule says for everybody and checks the snippet. */
static void check_rule(const char *rule_text, const char *language,
                       const char *expected)
{
    smartmsg_decision_t decision;
    smartmsg_ruleset_entry_t entry = {
        make_rule(names, "exit-cart", rule_text), true
    };
    smartmsg_ruleset_t *set = smartmsg_ruleset_new(&entry, 1, true);

    assert_non_null(set);
    smartmsg_rule_unref(entry.rule);
    decide(set, names, "{'id': 'someone'}", NULL, 0, &decision);

    smartmsg_snippet_t snippet = {
        .armed = decision.armed,
        .n = decision.n,
        .language = S(language),
        .script_url = S("/smartmsg/rt.0123abcd.js"),
    };

    check(&snippet, expected);
    smartmsg_decision_release(&decision);
    smartmsg_ruleset_unref(set);
}

static void test_script(void **state)
{
    smartmsg_snippet_t snippet = {
        .script_url = S("/smartmsg/rt.0123abcd.js"),
    };

    (void)state;
    check(&snippet, SCRIPT);

    snippet.nonce = S("r4nd0m+/==");
    check(&snippet, "<script async src=\"/smartmsg/rt.0123abcd.js\" "
          "nonce=\"r4nd0m+/==\"></script>");

    /* even what should have been refused cannot break out */
    snippet.nonce = S("\"><script>");
    snippet.script_url = S("/a\"b&<c>\xc3\xa4");
    check(&snippet, "<script async src=\"/a&quot;b&amp;&lt;c&gt;&#228;\" "
          "nonce=\"&quot;&gt;&lt;script&gt;\"></script>");
}

static void test_view(void **state)
{
    smartmsg_snippet_t snippet = {
        .script_url = S("/smartmsg/rt.0123abcd.js"),
        .view = true,
    };

    (void)state;
    check(&snippet, "<template data-smartmsg=\"{&quot;view&quot;:1}\">"
          "</template>" SCRIPT_OF("1v"));
}

/* The script knows what there should be. */
static void test_mark(void **state)
{
    smartmsg_snippet_t snippet = {
        .script_url = S("/smartmsg/rt.0123abcd.js"),
        .view = true,
        .pack = S("x"),
    };

    (void)state;
    check(&snippet, "<template data-smartmsg=\"{&quot;view&quot;:1}\">"
          "</template><template data-smartmsg=\"x\"></template>"
          SCRIPT_OF("2v"));

    snippet.view = false;
    check(&snippet, "<template data-smartmsg=\"x\"></template>"
          SCRIPT_OF("1"));

    snippet.script_url = S("");
    check(&snippet, "<template data-smartmsg=\"x\"></template>");

    smartmsg_snippet_t neutral = {
        .script_url = S("/smartmsg/rt.0123abcd.js"),
        .fetch = true,
    };

    check(&neutral, SCRIPT_OF("fetch"));
}

static void test_flags_of_the_page(void **state)
{
    smartmsg_snippet_t snippet = {
        .script_url = S("/smartmsg/rt.0123abcd.js"),
        .anonymous = true,
    };

    (void)state;
    check(&snippet, "<template data-smartmsg=\"{&quot;anonymous&quot;:1}\">"
          "</template>" SCRIPT_OF("1"));

    snippet.consent = true;
    check(&snippet, "<template data-smartmsg=\"{&quot;anonymous&quot;:1,"
          "&quot;consent&quot;:1}\"></template>" SCRIPT_OF("1"));

    snippet.ga4 = snippet.search = true;
    check(&snippet, "<template data-smartmsg=\"{&quot;anonymous&quot;:1,"
          "&quot;consent&quot;:1,&quot;ga4&quot;:1,&quot;search&quot;:1}\">"
          "</template>" SCRIPT_OF("1"));
    snippet.ga4 = snippet.search = false;

    snippet.anonymous = false;
    snippet.view = true;
    check(&snippet, "<template data-smartmsg=\"{&quot;view&quot;:1,"
          "&quot;consent&quot;:1}\"></template>" SCRIPT_OF("1v"));
}

static void test_message(void **state)
{
    static const char rule[] =
        "{'rules': [{'force': {"
        "'when': [{'on': 'exit', 'after': 5}],"
        "'cap': {'session': 1, 'days': 7},"
        "'show': {'as': 'dialog',"
        " 'title': {'en': 'Can we help?', 'de': 'K\xc3\xb6nnen wir helfen?'},"
        " 'text': {'en': 'Call <us> & \\u0022ask\\u0022\\n\xf0\x9f\x98\x80'},"
        " 'actions': [{'label': {'en': 'Call us'}, 'href': 'tel:+4930'},"
        "  {'label': 'No, thanks', 'close': true}],"
        " 'close': {'en': 'Close', 'de': 'Zu'}}}}]}";

    (void)state;
    check_rule(rule, "de-DE",
        "<template data-smartmsg=\"{&quot;rule&quot;:&quot;exit-cart&quot;,"
        "&quot;variation&quot;:&quot;&quot;,&quot;when&quot;:["
        "{&quot;on&quot;:&quot;exit&quot;,&quot;after&quot;:5}],"
        "&quot;as&quot;:&quot;dialog&quot;,&quot;lang&quot;:&quot;de&quot;}\">"
        "<h2 class=\"title\">K&#246;nnen wir helfen?</h2>"
        "<p class=\"text\">Call &lt;us&gt; &amp; &quot;ask&quot;<br>&#128512;"
        "</p><div class=\"actions\">"
        "<a class=\"action primary\" href=\"tel:+4930\">Call us</a>"
        "<button class=\"action\" type=\"button\" data-close>No, thanks"
        "</button></div><button class=\"close\" type=\"button\" "
        "aria-label=\"Zu\" data-close></button></template>" SCRIPT_OF("1"));
}

static void test_variation(void **state)
{
    (void)state;
    check_rule(
        "{'rules': [{'variations': [null, {'when': [" LOAD "], "
        "'show': {'as': 'bubble', 'title': 'T'}}], 'weights': [0, 1], "
        "'meta': [{'key': 'a'}, {'key': 'big \\u0022\xc3\xa4\\u0022'}]}]}",
        "en",
        "<template data-smartmsg=\"{&quot;rule&quot;:&quot;exit-cart&quot;,"
        "&quot;variation&quot;:&quot;big \\&quot;\\u00e4\\&quot;&quot;,"
        "&quot;when&quot;:[{&quot;on&quot;:&quot;load&quot;,"
        "&quot;after&quot;:0}],&quot;as&quot;:&quot;bubble&quot;,"
        "&quot;lang&quot;:&quot;en&quot;}\"><h2 class=\"title\">T</h2>"
        "<button class=\"close\" type=\"button\" aria-label=\"Close\" "
        "data-close></button></template>" SCRIPT_OF("1"));
}

/* Which of the messages of the rule it is, unless it is the first one. */
static void test_number(void **state)
{
    (void)state;
    check_rule(
        "{'defaultValue': " MESSAGE(IDLE) ", 'rules': [{'force': {'when': ["
        LOAD "], 'show': {'as': 'bubble', 'title': 'T'}}}]}", "en",
        "<template data-smartmsg=\"{&quot;rule&quot;:&quot;exit-cart&quot;,"
        "&quot;variation&quot;:&quot;&quot;,&quot;message&quot;:1,"
        "&quot;when&quot;:[{&quot;on&quot;:&quot;load&quot;,"
        "&quot;after&quot;:0}],&quot;as&quot;:&quot;bubble&quot;,"
        "&quot;lang&quot;:&quot;en&quot;}\"><h2 class=\"title\">T</h2>"
        "<button class=\"close\" type=\"button\" aria-label=\"Close\" "
        "data-close></button></template>" SCRIPT_OF("1"));
}

/* Only the armed entries of `when` are told to the browser. */
static void test_armed_entries(void **state)
{
    smartmsg_rule_t *rule = make_rule(names, "a", "{'defaultValue': "
                                      MESSAGE(EXIT "," IDLE "," LOAD) "}");
    const json_t *value;

    (void)state;
    value = smartmsg_feature_value(smartmsg_rule_feature(rule), 0, NULL);

    smartmsg_armed_t armed = {
        .rule = rule,
        .message = smartmsg_rule_message(rule, value),
        .entries = 2 | 4,
    };
    smartmsg_snippet_t snippet = {
        .armed = &armed, .n = 1, .script_url = S("/rt.js"),
    };
    char *text = write_snippet(&snippet);

    assert_null(strstr(text, "&quot;exit&quot;"));
    assert_non_null(strstr(text, "&quot;when&quot;:[{&quot;on&quot;:&quot;idle"
                           "&quot;,&quot;after&quot;:30},{&quot;on&quot;:&quot;"
                           "load&quot;,&quot;after&quot;:0}]"));
    free(text);
    smartmsg_rule_unref(rule);
}

/* What only the server knows of a moment, and only where it is asked for. */
static void test_session(void **state)
{
    smartmsg_rule_t *rule = make_rule(names, "a", "{'defaultValue': "
        MESSAGE(EXIT ", {'on': 'dwell', 'session': true}, {'on': 'cart'}") "}");
    const json_t *value = smartmsg_feature_value(smartmsg_rule_feature(rule),
                                                 0, NULL);
    smartmsg_armed_t armed = {
        .rule = rule, .message = smartmsg_rule_message(rule, value),
        .seconds = 95, .items = 2,
    };
    smartmsg_snippet_t snippet = {
        .armed = &armed, .n = 1, .script_url = S("/rt.js"),
    };
    static const char *const expected[] = {
        [1] = "&quot;&quot;,&quot;when&quot;:[{&quot;on&quot;:&quot;exit",
        [2] = "&quot;&quot;,&quot;seconds&quot;:95,&quot;when&quot;:[{",
        [4] = "&quot;&quot;,&quot;items&quot;:2,&quot;when&quot;:[{",
        [7] = "&quot;&quot;,&quot;seconds&quot;:95,&quot;items&quot;:2,"
              "&quot;when&quot;:[{",
    };

    (void)state;

    for (unsigned i = 1; i < 8; i++) {
        armed.entries = i;

        char *text = write_snippet(&snippet);

        if (expected[i] != NULL) {
            assert_non_null(strstr(text, expected[i]));
        }

        free(text);
    }

    smartmsg_rule_unref(rule);
}

static void test_several(void **state)
{
    smartmsg_rule_t *rule = make_rule(names, "a", "{'defaultValue': "
                                      MESSAGE(LOAD) "}");
    const json_t *value = smartmsg_feature_value(smartmsg_rule_feature(rule),
                                                 0, NULL);
    const smartmsg_message_t *message = smartmsg_rule_message(rule, value);
    smartmsg_armed_t armed[2] = {
        {.rule = rule, .message = message, .entries = 1},
        {.rule = rule, .message = message, .entries = 1},
    };
    smartmsg_snippet_t snippet = {
        .armed = armed, .n = 2, .script_url = S("/rt.js"), .view = true,
    };
    char *text = write_snippet(&snippet);
    char *second = strstr(text + 1, "</template><template data-smartmsg=\"{&"
                          "quot;rule");

    (void)state;
    assert_non_null(second);
    assert_non_null(strstr(second, "</template><template data-smartmsg=\""
                           "{&quot;view&quot;:1}\"></template><script"));
    free(text);
    smartmsg_rule_unref(rule);
}

/* Facts and the site's theme are put in for each page. */
static void test_facts(void **state)
{
    smartmsg_rule_t *rule = make_rule(names, "r", "{'defaultValue': {'when': ["
        LOAD "], 'show': {'as': 'bar', 'close': 'C', 'theme': {'radius': '0px'},"
        " 'title': 'Hi {{profile.name|or:you}}'}}}");
    smartmsg_armed_t armed = {
        .rule = rule, .message = smartmsg_rule_message_at(rule, 0), .entries = 1,
    };
    smartmsg_theme_t theme = {0};
    smartmsg_json_facts_t from;
    json_t *object = J("{'profile': {'name': '</template>'}}");
    smartmsg_facts_t facts = smartmsg_json_facts(&from, names, object);
    smartmsg_snippet_t snippet = {
        .armed = &armed, .n = 1, .script_url = S("/rt.js"), .theme = &theme,
    };
    const char *reason;
    size_t n;

#define FACTS_HEAD                                                            \
    "<template data-smartmsg=\"{&quot;rule&quot;:&quot;r&quot;,"              \
    "&quot;variation&quot;:&quot;&quot;,&quot;when&quot;:["                   \
    "{&quot;on&quot;:&quot;load&quot;,&quot;after&quot;:0}],"                 \
    "&quot;as&quot;:&quot;bar&quot;,&quot;lang&quot;:&quot;&quot;,"           \
    "&quot;at&quot;:&quot;top&quot;,&quot;theme&quot;:{"
#define FACTS_TAIL                                                            \
    "</h2><button class=\"close\" type=\"button\" aria-label=\"C\" "         \
    "data-close></button></template>"                                         \
    "<script async src=\"/rt.js\" data-smartmsg=\"1\"></script>"

    (void)state;
    check(&snippet, FACTS_HEAD "&quot;radius&quot;:&quot;0px&quot;}}\">"
          "<h2 class=\"title\">Hi you" FACTS_TAIL);

    snippet.facts = &facts;
    assert_true(smartmsg_theme_set(&theme, S("accent"), S("#123"), &reason));
    check(&snippet, FACTS_HEAD "&quot;accent&quot;:&quot;#123&quot;,"
          "&quot;radius&quot;:&quot;0px&quot;}}\">"
          "<h2 class=\"title\">Hi &lt;/template&gt;" FACTS_TAIL);

    assert_int_equal(*smartmsg_rule_slots(rule, &n),
                     smartmsg_names_lookup(names, "profile.name", 12));
    assert_int_equal(n, 1);

    json_decref(object);
    smartmsg_rule_unref(rule);
}

static void test_nonce(void **state)
{
    char longest[257];

    (void)state;
    memset(longest, 'A', sizeof(longest));

    assert_true(smartmsg_snippet_nonce_valid(S("abcXYZ019+/-_")));
    assert_true(smartmsg_snippet_nonce_valid(S("YQ==")));
    assert_true(smartmsg_snippet_nonce_valid(smartmsg_str(longest, 256)));
    assert_false(smartmsg_snippet_nonce_valid(smartmsg_str(longest, 257)));
    assert_false(smartmsg_snippet_nonce_valid(S("")));
    assert_false(smartmsg_snippet_nonce_valid(S("==")));
    assert_false(smartmsg_snippet_nonce_valid(S("a===")));
    assert_false(smartmsg_snippet_nonce_valid(S("a=b")));
    assert_false(smartmsg_snippet_nonce_valid(S("a\"b")));
    assert_false(smartmsg_snippet_nonce_valid(S("a b")));
    assert_false(smartmsg_snippet_nonce_valid(smartmsg_str("a\0b", 3)));
}

/* --- what a browser makes of it: a parser of the forms used here --- */

static void add_utf8(char **out, unsigned long code)
{
    char *p = *out;

    if (code < 0x80) {
        *p++ = (char)code;
    } else if (code < 0x800) {
        *p++ = (char)(0xc0 | code >> 6);
        *p++ = (char)(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        *p++ = (char)(0xe0 | code >> 12);
        *p++ = (char)(0x80 | (code >> 6 & 0x3f));
        *p++ = (char)(0x80 | (code & 0x3f));
    } else {
        *p++ = (char)(0xf0 | code >> 18);
        *p++ = (char)(0x80 | (code >> 12 & 0x3f));
        *p++ = (char)(0x80 | (code >> 6 & 0x3f));
        *p++ = (char)(0x80 | (code & 0x3f));
    }

    *out = p;
}

/* Resolves the character references of text up to the character end. */
static char *unescape(const char *text, char end)
{
    static const struct {
        const char *name;
        char value;
    } named[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'},
    };
    char *result = malloc(strlen(text) + 1);
    char *out = result;

    assert_non_null(result);

    while (*text != end && *text != '\0') {
        size_t i;

        if (strncmp(text, "<br>", 4) == 0) {
            *out++ = '\n';
            text += 4;
            continue;
        }

        if (strncmp(text, "&#", 2) == 0) {
            char *after;

            add_utf8(&out, strtoul(text + 2, &after, 10));
            assert_int_equal(*after, ';');
            text = after + 1;
            continue;
        }

        for (i = 0; i < 4; i++) {
            if (strncmp(text, named[i].name, strlen(named[i].name)) == 0) {
                *out++ = named[i].value;
                text += strlen(named[i].name);
                break;
            }
        }

        if (i == 4) {
            assert_int_not_equal(*text, '&');
            *out++ = *text++;
        }
    }

    *out = '\0';

    return result;
}

/* Replaces <br> first, so that '<' can end the text. */
static char *text_after(const char *snippet, const char *tag)
{
    const char *start = strstr(snippet, tag);
    const char *end;
    char *piece;
    char *text;

    assert_non_null(start);
    start += strlen(tag);
    end = strstr(start, "</");
    assert_non_null(end);
    piece = strndup(start, (size_t)(end - start));
    assert_non_null(piece);
    text = unescape(piece, '\0');
    free(piece);

    return text;
}

static json_t *random_text(unsigned *seed)
{
    static const char *const pieces[] = {
        "a", "Z", " ", "<", ">", "&", "\"", "'", "\\", "&amp;", "<!--#", "-->",
        "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xe2\x80\xa8", "\n",
        "</template>", "<script>", "]]>", "{x}}", "\xf4\x8f\xbf\xbd", "%00",
    };
    char text[400] = "x";

    for (int i = rand_r(seed) % 20; i > 0; i--) {
        (void)strcat(text, pieces[(size_t)rand_r(seed)
                                  % (sizeof(pieces) / sizeof(pieces[0]))]);
    }

    return json_string(text);
}

static void check_round_trip(unsigned *seed)
{
    json_t *title = random_text(seed), *text = random_text(seed),
           *key = random_text(seed);
    json_t *root = json_pack(
        "{s:[{s:[{s:[{s:s}],s:{s:s,s:O,s:O}},n],s:[f,f],s:[{s:O},{s:s}]}]}",
        "rules", "variations", "when", "on", "exit", "show", "as", "dialog",
        "title", title, "text", text, "weights", 1.0, 0.0, "meta", "key", key,
        "key", "other");
    char *rule_text = json_dumps(root, 0);
    smartmsg_rule_t *rule = smartmsg_rule_parse(S("r"), S(rule_text), names,
                                                NULL);

    assert_non_null(rule);

    const json_t *value = smartmsg_feature_value(smartmsg_rule_feature(rule),
                                                 1, NULL);
    smartmsg_armed_t armed = {
        .rule = rule,
        .message = smartmsg_rule_message(rule, value),
        .variation = smartmsg_str(json_string_value(key),
                                  json_string_length(key)),
        .entries = 1,
    };
    smartmsg_snippet_t snippet = {
        .armed = &armed, .n = 1, .script_url = S("/rt.js"),
    };
    char *written = write_snippet(&snippet);

    for (char *p = written; *p; p++) {
        assert_in_range(*p, 0x20, 0x7e);
    }

    assert_null(strstr(written, "<!"));
    assert_null(strstr(written + 1, "<template"));
    assert_string_equal(strstr(written, "</template>"),
                        "</template><script async src=\"/rt.js\" "
                        "data-smartmsg=\"1\"></script>");

    char *got = text_after(written, "<h2 class=\"title\">");

    assert_string_equal(got, json_string_value(title));
    free(got);

    got = text_after(written, "<p class=\"text\">");
    assert_string_equal(got, json_string_value(text));
    free(got);

    got = unescape(written + strlen("<template data-smartmsg=\""), '"');

    json_t *data = json_loads(got, JSON_REJECT_DUPLICATES, NULL);

    assert_non_null(data);
    assert_true(json_equal(json_object_get(data, "variation"), key));
    assert_string_equal(json_string_value(json_object_get(data, "rule")), "r");
    assert_int_equal(json_object_size(data), 5);

    json_decref(data);
    free(got);
    free(written);
    free(rule_text);
    smartmsg_rule_unref(rule);
    json_decref(root);
    json_decref(title);
    json_decref(text);
    json_decref(key);
}

/*
 * There is room for all that can be said at once, and for bytes that get as
 * long as any when they are escaped.
 */
static void test_room(void **state)
{
    smartmsg_rule_t *rule = make_rule(names, "r", "{'rules': [{'variations': ["
        MESSAGE(EXIT) ", {'when': [{'on': 'dwell', 'after': 60, "
        "'session': true}, {'on': 'cart'}], 'show': {'as': 'dialog', "
        "'title': 'x', 'theme': {'font': 'x'}}}]}]}");
    const smartmsg_message_t *message = smartmsg_rule_message_at(rule, 1);
    smartmsg_armed_t armed = {
        .rule = rule, .message = message, .seconds = UINT32_MAX,
        .items = UINT32_MAX, .entries = 3,
    };
    smartmsg_snippet_t snippet = {
        .armed = &armed, .n = 1, .script_url = S("/"), .nonce = S("n"),
        .preview = true, .view = true, .anonymous = true, .consent = true,
        .ga4 = true, .search = true, .pack = S("p"), .trace = S("t"),
    };
    char bytes[300];

    (void)state;
    assert_non_null(message);

    smartmsg_armed_t many[] = {armed, armed, armed, armed, armed, armed, armed,
                               armed};

    snippet.armed = many;
    snippet.n = 8;
    free(write_snippet(&snippet));

    snippet.n = 0;
    free(write_snippet(&snippet));

    memset(bytes, 0xff, sizeof(bytes));
    snippet.armed = &armed;
    snippet.n = 1;
    armed.variation = smartmsg_str(bytes, sizeof(bytes));
    snippet.script_url = armed.variation;
    snippet.nonce = armed.variation;
    free(write_snippet(&snippet));
    smartmsg_rule_unref(rule);
}

static void test_round_trip(void **state)
{
    unsigned seed = 1;

    (void)state;

    for (int i = 0; i < 2000; i++) {
        check_round_trip(&seed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_script),
        cmocka_unit_test(test_view),
        cmocka_unit_test(test_flags_of_the_page),
        cmocka_unit_test(test_mark),
        cmocka_unit_test(test_message),
        cmocka_unit_test(test_variation),
        cmocka_unit_test(test_number),
        cmocka_unit_test(test_armed_entries),
        cmocka_unit_test(test_session),
        cmocka_unit_test(test_several),
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_nonce),
        cmocka_unit_test(test_room),
        cmocka_unit_test(test_round_trip),
    };

    return cmocka_run_group_tests(tests, make_names, drop_names);
}
