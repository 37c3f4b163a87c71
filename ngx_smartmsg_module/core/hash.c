#include "core/hash.h"

#include <stdint.h>
#include <stdio.h>

#include "core/unicode.h"

#define FNV_START 0x811C9DC5u
#define FNV_PRIME 0x01000193u

static uint32_t fnv_unit(uint32_t hash, uint32_t unit)
{
    return (hash ^ unit) * FNV_PRIME;
}

static uint32_t fnv(uint32_t hash, smartmsg_str_t text)
{
    while (text.len > 0) {
        uint32_t code = smartmsg_next_char(&text);

        if (code > 0xFFFF) {
            hash = fnv_unit(hash, 0xD800 + ((code - 0x10000) >> 10));
            code = 0xDC00 + ((code - 0x10000) & 0x3FF);
        }

        hash = fnv_unit(hash, code);
    }

    return hash;
}

double smartmsg_hash(smartmsg_str_t seed, smartmsg_str_t value, int version)
{
    char digits[16];
    uint32_t hash;
    int n;

    if (version == 1) {
        hash = fnv(fnv(FNV_START, value), seed);
        return (hash % 1000) / 1000.0;
    }

    if (version == 2) {
        hash = fnv(fnv(FNV_START, seed), value);
        n = snprintf(digits, sizeof(digits), "%lu", (unsigned long) hash);
        hash = fnv(FNV_START, smartmsg_str(digits, (size_t) n));
        return (hash % 10000) / 10000.0;
    }

    return -1;
}

bool smartmsg_in_range(double n, smartmsg_range_t range)
{
    return n >= range.lo && n < range.hi;
}

bool smartmsg_in_namespace(smartmsg_str_t value, smartmsg_str_t id,
    smartmsg_range_t range)
{
    uint32_t hash = fnv(FNV_START, value);

    hash = fnv(fnv(hash, SMARTMSG_STR("__")), id);
    return smartmsg_in_range((hash % 1000) / 1000.0, range);
}

int smartmsg_choose_variation(double n, const smartmsg_range_t *ranges,
    size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (smartmsg_in_range(n, ranges[i])) {
            return (int) i;
        }
    }

    return -1;
}

static bool weights_valid(size_t count, const double *weights,
    size_t weight_count)
{
    double sum = 0;

    if (weights == NULL || weight_count != count) {
        return false;
    }

    for (size_t i = 0; i < count; i++) {
        sum += weights[i];
    }

    return sum >= 0.99 && sum <= 1.01;
}

void smartmsg_bucket_ranges(smartmsg_range_t *ranges, size_t count,
    double coverage, const double *weights, size_t weight_count)
{
    bool weighted = weights_valid(count, weights, weight_count);
    double start = 0;

    coverage = coverage < 0 ? 0 : coverage > 1 ? 1 : coverage;

    for (size_t i = 0; i < count; i++) {
        double weight = weighted ? weights[i] : 1.0 / (double) count;

        ranges[i].lo = start;
        ranges[i].hi = start + coverage * weight;
        start += weight;
    }
}
