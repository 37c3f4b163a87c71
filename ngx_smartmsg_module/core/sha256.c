#include "core/sha256.h"

#include <stdint.h>

#define BLOCK 64

/* A digest on its way: what has not filled a block yet waits. */
typedef struct {
    uint32_t state[8];
    unsigned char block[BLOCK];
    uint64_t len;
} hash_t;

/* The first 32 bits of the fractions of the cube roots of the first primes. */
static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
    0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
};

static uint32_t rotate(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

static void mix_block(uint32_t state[8], const unsigned char *block)
{
    uint32_t w[64], s[8];

    for (int i = 0; i < 16; i++) {
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16
               | (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    }

    for (int i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];

        w[i] = w[i - 16] + w[i - 7]
               + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3)
               + (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }

    memcpy(s, state, sizeof(s));

    for (int i = 0; i < 64; i++) {
        uint32_t one = s[7] + constants[i] + w[i]
                       + (rotate(s[4], 6) ^ rotate(s[4], 11)
                          ^ rotate(s[4], 25))
                       + ((s[4] & s[5]) ^ (~s[4] & s[6]));
        uint32_t two = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22))
                       + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));

        memmove(s + 1, s, 7 * sizeof(s[0]));
        s[4] += one;
        s[0] = one + two;
    }

    for (int i = 0; i < 8; i++) {
        state[i] += s[i];
    }
}

static void begin(hash_t *hash)
{
    /* of the square roots of the first primes */
    static const uint32_t first[8] = {
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
    };

    memcpy(hash->state, first, sizeof(first));
    hash->len = 0;
}

static void add(hash_t *hash, const void *data, size_t len)
{
    const unsigned char *bytes = data;

    for (size_t i = 0; i < len; i++) {
        hash->block[hash->len++ % BLOCK] = bytes[i];

        if (hash->len % BLOCK == 0) {
            mix_block(hash->state, hash->block);
        }
    }
}

static void end(hash_t *hash, unsigned char digest[SMARTMSG_SHA256_SIZE])
{
    uint64_t bits = hash->len * 8;
    unsigned char length[8];

    for (int i = 0; i < 8; i++) {
        length[i] = (unsigned char)(bits >> (56 - 8 * i));
    }

    add(hash, "\x80", 1);

    while (hash->len % BLOCK != BLOCK - sizeof(length)) {
        add(hash, "", 1);
    }

    add(hash, length, sizeof(length));

    for (int i = 0; i < SMARTMSG_SHA256_SIZE; i++) {
        digest[i] = (unsigned char)(hash->state[i / 4] >> (24 - i % 4 * 8));
    }
}

void smartmsg_sha256(smartmsg_str_t text,
                     unsigned char digest[SMARTMSG_SHA256_SIZE])
{
    hash_t hash;

    begin(&hash);
    add(&hash, text.data, text.len);
    end(&hash, digest);
}

/* The digest of the key with a pad, then a text. */
static void keyed(const unsigned char key[BLOCK], unsigned char pad,
                  smartmsg_str_t text,
                  unsigned char digest[SMARTMSG_SHA256_SIZE])
{
    unsigned char padded[BLOCK];
    hash_t hash;

    for (int i = 0; i < BLOCK; i++) {
        padded[i] = key[i] ^ pad;
    }

    begin(&hash);
    add(&hash, padded, sizeof(padded));
    add(&hash, text.data, text.len);
    end(&hash, digest);
}

void smartmsg_hmac_sha256(smartmsg_str_t key, smartmsg_str_t text,
                          unsigned char digest[SMARTMSG_SHA256_SIZE])
{
    unsigned char block[BLOCK] = {0};
    unsigned char inner[SMARTMSG_SHA256_SIZE];

    if (key.len > BLOCK) {
        smartmsg_sha256(key, block);
    } else if (key.len > 0) {
        memcpy(block, key.data, key.len);
    }

    keyed(block, 0x36, text, inner);
    keyed(block, 0x5c, smartmsg_str((char *)inner, sizeof(inner)), digest);
}
