#include "support.h"

#include "core/escape.h"
#include "core/language.h"
#include "core/words.h"

static void test_valid(void **state)
{
    (void)state;

    assert_true(smartmsg_language_valid(S("de")));
    assert_true(smartmsg_language_valid(S("gsw")));
    assert_true(smartmsg_language_valid(S("pt-BR")));
    assert_true(smartmsg_language_valid(S("zh-Hant-TW")));
    assert_true(smartmsg_language_valid(S("es-419")));
    assert_false(smartmsg_language_valid(S("")));
    assert_false(smartmsg_language_valid(S("d")));
    assert_false(smartmsg_language_valid(S("german")));
    assert_false(smartmsg_language_valid(S("d1")));
    assert_false(smartmsg_language_valid(S("de_DE")));
    assert_false(smartmsg_language_valid(S("de-")));
    assert_false(smartmsg_language_valid(S("de--AT")));
    assert_false(smartmsg_language_valid(S("de-ninechars")));
    assert_false(smartmsg_language_valid(S("de\"")));
    assert_false(smartmsg_language_valid(
        S("de-aaaaaaaa-bbbbbbbb-cccccccc-dddddddd")));
}

static void check(const char *asked, const char *expected)
{
    static const char *const names[] = {"fr", "de-CH", "DE", "pt-BR", "en-GB"};
    smartmsg_str_t tags[5];

    for (size_t i = 0; i < 5; i++) {
        tags[i] = S(names[i]);
    }

    assert_str(tags[smartmsg_language_choose(tags, 5, S(asked))], expected);
}

static void test_choose(void **state)
{
    smartmsg_str_t few[2] = {S("pl"), S("cs")};

    (void)state;

    check("fr", "fr");
    check("FR-ca", "fr");
    check("de-ch", "de-CH");
    check("de-AT", "DE");
    check("de", "DE");
    check("de_DE", "DE");
    check("pt", "pt-BR");
    check("pt-PT", "pt-BR");
    check("ja", "en-GB");
    check("", "en-GB");
    check("f", "en-GB");
    assert_int_equal(smartmsg_language_choose(few, 2, S("ja")), 0);
    assert_int_equal(smartmsg_language_choose(few, 2, S("cs-CZ")), 1);
}

static void test_words(void **state)
{
    (void)state;

    assert_str(smartmsg_word(SMARTMSG_WORD_CLOSE, S("de-AT")), "Schlie\xc3\x9f" "en");
    assert_str(smartmsg_word(SMARTMSG_WORD_CLOSE, S("fr")), "Fermer");
    assert_str(smartmsg_word(SMARTMSG_WORD_CLOSE, S("es-419")), "Cerrar");
    assert_str(smartmsg_word(SMARTMSG_WORD_CLOSE, S("it")), "Chiudi");
    assert_str(smartmsg_word(SMARTMSG_WORD_CLOSE, S("nl")), "Sluiten");
    assert_str(smartmsg_word(SMARTMSG_WORD_CLOSE, S("ja")), "Close");
    assert_str(smartmsg_word(SMARTMSG_WORD_CLOSE, S("")), "Close");
    assert_str(smartmsg_word(SMARTMSG_WORD_THANKS, S("es")),
               "\xc2\xa1Gracias!");

    for (int word = 0; word <= SMARTMSG_WORD_STOP; word++) {
        size_t n;
        const smartmsg_str_t *known = smartmsg_language_known(&n);

        for (size_t i = 0; i < n; i++) {
            assert_true(smartmsg_word((smartmsg_word_e)word, known[i]).len > 2);
        }
    }
}

/* There is room for each word in each language. */
static void test_word_room(void **state)
{
    size_t n, longest = 0;
    const smartmsg_str_t *known = smartmsg_language_known(&n);

    (void)state;

    for (int word = SMARTMSG_WORD_CLOSE; word <= SMARTMSG_WORD_STOP; word++) {
        for (size_t i = 0; i < n; i++) {
            smartmsg_str_t text = smartmsg_word((smartmsg_word_e)word,
                                                known[i]);
            size_t len = smartmsg_escape_attribute(text, NULL);

            longest = len > longest ? len : longest;
            len = smartmsg_escape_text(text, NULL);
            longest = len > longest ? len : longest;
        }
    }

    assert_in_range(longest, 1, SMARTMSG_WORD_ROOM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_valid),
        cmocka_unit_test(test_choose),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_word_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
