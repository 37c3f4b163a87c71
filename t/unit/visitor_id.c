#include "support.h"

#include "core/visitor_id.h"

static void test_new_is_valid(void **state)
{
    char id[SMARTMSG_VISITOR_ID_LEN];
    char other[SMARTMSG_VISITOR_ID_LEN];

    (void)state;

    for (int i = 0; i < 1000; i++) {
        assert_true(smartmsg_visitor_id_new(id));
        assert_true(smartmsg_visitor_id_valid(smartmsg_str(id, sizeof(id))));
        assert_true(smartmsg_visitor_id_new(other));
        assert_memory_not_equal(id, other, sizeof(id));
    }
}

/* Each bit of an id is set in about half of many ids. */
static void test_new_is_random(void **state)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    enum { IDS = 2000 };
    int ones[SMARTMSG_VISITOR_ID_LEN * 6] = {0};

    (void)state;

    for (int i = 0; i < IDS; i++) {
        char id[SMARTMSG_VISITOR_ID_LEN];

        assert_true(smartmsg_visitor_id_new(id));

        for (int bit = 0; bit < (int)sizeof(id) * 6; bit++) {
            long value = strchr(alphabet, id[bit / 6]) - alphabet;

            ones[bit] += value >> (5 - bit % 6) & 1;
        }
    }

    for (int bit = 0; bit < 128; bit++) {
        /* 8 standard deviations */
        assert_in_range(ones[bit], IDS / 2 - 180, IDS / 2 + 180);
    }

    for (int bit = 128; bit < 132; bit++) {
        assert_int_equal(ones[bit], 0);
    }
}

static void test_valid(void **state)
{
    (void)state;

    assert_true(smartmsg_visitor_id_valid(S("AAAAAAAAAAAAAAAAAAAAAA")));
    assert_true(smartmsg_visitor_id_valid(S("_-9zZaA0bBcCdDeEfFgGhw")));
    assert_false(smartmsg_visitor_id_valid(S("")));
    assert_false(smartmsg_visitor_id_valid(S("AAAAAAAAAAAAAAAAAAAAA")));
    assert_false(smartmsg_visitor_id_valid(S("AAAAAAAAAAAAAAAAAAAAAAA")));
    assert_false(smartmsg_visitor_id_valid(S("AAAAAAAAAAAAAAAAAAAAAB")));
    assert_false(smartmsg_visitor_id_valid(S("AAAAAAAAAAAAAAAAAAAA+A")));
    assert_false(smartmsg_visitor_id_valid(S("AAAAAAAAA}AAAAAAAAAAAA")));
    assert_false(smartmsg_visitor_id_valid(
        smartmsg_str("AAAAAAAAAA\0AAAAAAAAAAA", 22)));
    assert_false(smartmsg_visitor_id_valid(
        smartmsg_str("AAAAAAAAAAAAAAAAAAAAA\0", 22)));
    assert_false(smartmsg_visitor_id_valid(smartmsg_str(NULL, 0)));
}

/* Every byte, at every place. */
static void test_valid_bytes(void **state)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    (void)state;

    for (size_t at = 0; at < SMARTMSG_VISITOR_ID_LEN; at++) {
        for (int byte = 0; byte < 256; byte++) {
            char id[SMARTMSG_VISITOR_ID_LEN];
            const char *known = byte ? strchr(alphabet, byte) : NULL;
            bool last = at == SMARTMSG_VISITOR_ID_LEN - 1;

            memset(id, 'A', sizeof(id));
            id[at] = (char)byte;

            /* the last one stands for two bits and four zeros */
            assert_int_equal(
                smartmsg_visitor_id_valid(smartmsg_str(id, sizeof(id))),
                known != NULL && (!last || (known - alphabet) % 16 == 0));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new_is_valid),
        cmocka_unit_test(test_new_is_random),
        cmocka_unit_test(test_valid),
        cmocka_unit_test(test_valid_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
