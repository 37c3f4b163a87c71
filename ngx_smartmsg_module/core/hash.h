/*
 * Who belongs to which share of the visitors: the hash of the GrowthBook SDKs
 * and the arithmetic of buckets around it.
 */

#ifndef SMARTMSG_CORE_HASH_H
#define SMARTMSG_CORE_HASH_H

#include "core/value.h"

/* Half open: lo <= n < hi. */
typedef struct {
    double lo;
    double hi;
} smartmsg_range_t;

/*
 * A number of [0, 1) for a value, the same in every SDK: 32 bit FNV-1a over
 * UTF-16 code units.  version 1 (1000 steps, biased) or 2 (10,000 steps).
 * Returns -1 for any other version.
 */
double smartmsg_hash(smartmsg_str_t seed, smartmsg_str_t value, int version);

bool smartmsg_in_range(double n, smartmsg_range_t range);

/* Whether value lies in lo..hi of the namespace id. */
bool smartmsg_in_namespace(smartmsg_str_t value, smartmsg_str_t id,
    smartmsg_range_t range);

/* The first of count ranges with n in it, -1 if there is none. */
int smartmsg_choose_variation(double n, const smartmsg_range_t *ranges,
    size_t count);

/*
 * Fills ranges[count].  coverage is brought into 0..1.  weights may be NULL;
 * they count only if there are weight_count == count of them and their sum is
 * 1 (0.99 to 1.01), otherwise all variations weigh the same.
 */
void smartmsg_bucket_ranges(smartmsg_range_t *ranges, size_t count,
    double coverage, const double *weights, size_t weight_count);

#endif
