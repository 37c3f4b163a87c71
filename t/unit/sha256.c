#include "support.h"

#include "core/sha256.h"

static void check_hex(const unsigned char *digest, const char *expected)
{
    char hex[2 * SMARTMSG_SHA256_SIZE + 1];

    for (int i = 0; i < SMARTMSG_SHA256_SIZE; i++) {
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    }

    assert_string_equal(hex, expected);
}

/* The examples of FIPS 180-4, and the lengths around a block. */
static void test_digest(void **state)
{
    static const struct {
        size_t len;
        const char *digest;
    } lengths[] = {
        {55, "d5e285683cd4efc02d021a5c62014694"
             "958901005d6f71e89e0989fac77e4072"},
        {56, "04c26261370ee7541549d16dee320c72"
             "3e3fd14671e66a099afe0a377c16888e"},
        {63, "75220b47218278e656f2013bb8f0c455"
             "a25eaf01e86c64924e9d48d89776d6f2"},
        {64, "7ce100971f64e7001e8fe5a51973ecdf"
             "e1ced42befe7ee8d5fd6219506b5393c"},
        {65, "9537c5fdf120482f7d58d25e9ed583f5"
             "2c02b4e304ea814db1633ad565aed7e9"},
        {119, "000b48d4edf0fa7bee3c6236ecd2785b"
             "aa5db4eeb8bb54341b029e0d9fa5fb0c"},
        {120, "13f05a0b594787f5ecd315edc96141bd"
             "3243203d1b7d4f0836f37308b276ba98"},
    };
    unsigned char digest[SMARTMSG_SHA256_SIZE];
    char *million = malloc(1000000);
    char text[130];

    (void)state;
    assert_non_null(million);
    smartmsg_sha256(S(""), digest);
    check_hex(digest, "e3b0c44298fc1c149afbf4c8996fb924"
                      "27ae41e4649b934ca495991b7852b855");
    smartmsg_sha256(S("abc"), digest);
    check_hex(digest, "ba7816bf8f01cfea414140de5dae2223"
                      "b00361a396177a9cb410ff61f20015ad");
    smartmsg_sha256(S("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnop"
                      "nopq"), digest);
    check_hex(digest, "248d6a61d20638b8e5c026930c3e6039"
                      "a33ce45964ff2167f6ecedd419db06c1");
    memset(million, 'a', 1000000);
    smartmsg_sha256(smartmsg_str(million, 1000000), digest);
    check_hex(digest, "cdc76e5c9914fb9281a1c7e284d73e67"
                      "f1809a48a497200e046d39ccc7112cd0");
    free(million);

    memset(text, 'x', sizeof(text));

    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        smartmsg_sha256(smartmsg_str(text, lengths[i].len), digest);
        check_hex(digest, lengths[i].digest);
    }
}

/* RFC 4231, test cases 1, 2 and 6. */
static void test_hmac(void **state)
{
    unsigned char digest[SMARTMSG_SHA256_SIZE];
    char key[131];

    (void)state;
    memset(key, 0x0b, 20);
    smartmsg_hmac_sha256(smartmsg_str(key, 20), S("Hi There"), digest);
    check_hex(digest, "b0344c61d8db38535ca8afceaf0bf12b"
                      "881dc200c9833da726e9376c2e32cff7");
    smartmsg_hmac_sha256(S("Jefe"), S("what do ya want for nothing?"), digest);
    check_hex(digest, "5bdcc146bf60754e6a042426089575c7"
                      "5a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof(key));
    smartmsg_hmac_sha256(smartmsg_str(key, sizeof(key)),
                         S("Test Using Larger Than Block-Size Key - Hash Key "
                           "First"), digest);
    check_hex(digest, "60e431591ee0b67f0d8a26aacbf5b77f"
                      "8e0bc6213728c5140546040f0ee37f54");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_digest),
        cmocka_unit_test(test_hmac),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
