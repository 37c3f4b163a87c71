#include "support.h"

#include "core/names.h"

static void test_slots(void **state)
{
    smartmsg_names_t *names = smartmsg_names_create();

    (void) state;
    assert_int_equal(smartmsg_names_count(names), 0);
    assert_int_equal(smartmsg_names_lookup(names, "a", 1), SMARTMSG_NO_SLOT);
    assert_int_equal(smartmsg_names_intern(names, "a", 1), 0);
    assert_int_equal(smartmsg_names_intern(names, "ab", 2), 1);
    assert_int_equal(smartmsg_names_intern(names, "ab", 1), 0);
    assert_int_equal(smartmsg_names_intern(names, "", 0), 2);
    assert_int_equal(smartmsg_names_intern(names, "a\0b", 3), 3);
    assert_int_equal(smartmsg_names_lookup(names, "a\0b", 3), 3);
    assert_int_equal(smartmsg_names_lookup(names, "a\0c", 3),
                     SMARTMSG_NO_SLOT);
    assert_int_equal(smartmsg_names_count(names), 4);
    assert_str(smartmsg_names_name(names, 1), "ab");
    assert_int_equal(smartmsg_names_name(names, 1).data[2], '\0');
    assert_int_equal(smartmsg_names_name(names, 4).len, 0);
    smartmsg_names_destroy(names);
    smartmsg_names_destroy(NULL);
}

/* Names and slots survive all growing. */
static void test_many(void **state)
{
    smartmsg_names_t *names = smartmsg_names_create();
    const char *first;
    char text[16];

    (void) state;
    (void) smartmsg_names_intern(names, "fact.0", 6);
    first = smartmsg_names_name(names, 0).data;

    for (uint32_t i = 0; i < 10000; i++) {
        int n = snprintf(text, sizeof(text), "fact.%u", i);

        assert_int_equal(smartmsg_names_intern(names, text, (size_t) n), i);
    }

    for (uint32_t i = 0; i < 10000; i++) {
        int n = snprintf(text, sizeof(text), "fact.%u", i);

        assert_int_equal(smartmsg_names_lookup(names, text, (size_t) n), i);
        assert_str(smartmsg_names_name(names, i), text);
    }

    assert_ptr_equal(smartmsg_names_name(names, 0).data, first);
    smartmsg_names_destroy(names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slots),
        cmocka_unit_test(test_many)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
