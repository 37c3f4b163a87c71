#include "core/names.h"

#include <stdlib.h>

/* Twice as many buckets as names at most; both are powers of two. */
#define NAMES_FIRST 64
#define NAMES_MAX   (1u << 30)

struct smartmsg_names_s {
    smartmsg_str_t *names;   /* by slot */
    uint32_t *hashes;        /* by slot */
    uint32_t *buckets;       /* slot + 1, 0 = empty; open addressing */
    uint32_t count;
    uint32_t size;           /* of names and hashes; buckets: twice this */
};

/* FNV-1a: names are short and come from the site's own rules. */
static uint32_t hash_name(const char *name, size_t len)
{
    uint32_t h = 2166136261u;

    for (size_t i = 0; i < len; i++) {
        h = (h ^ (unsigned char) name[i]) * 16777619u;
    }

    return h;
}

static void put_bucket(uint32_t *buckets, uint32_t n_buckets, uint32_t hash,
    uint32_t slot)
{
    uint32_t i = hash & (n_buckets - 1);

    while (buckets[i] != 0) {
        i = (i + 1) & (n_buckets - 1);
    }

    buckets[i] = slot + 1;
}

/* Makes room for one more name; leaves the table as it was on failure. */
static bool grow(smartmsg_names_t *names)
{
    uint32_t size = names->size > 0 ? names->size * 2 : NAMES_FIRST;
    smartmsg_str_t *list;
    uint32_t *hashes;
    uint32_t *buckets;

    if (size > NAMES_MAX) {
        return false;
    }

    list = realloc(names->names, size * sizeof(*list));
    if (list == NULL) {
        return false;
    }
    names->names = list;

    hashes = realloc(names->hashes, size * sizeof(*hashes));
    if (hashes == NULL) {
        return false;
    }
    names->hashes = hashes;

    buckets = calloc((size_t) size * 2, sizeof(*buckets));
    if (buckets == NULL) {
        return false;
    }

    for (uint32_t slot = 0; slot < names->count; slot++) {
        put_bucket(buckets, size * 2, names->hashes[slot], slot);
    }

    free(names->buckets);
    names->buckets = buckets;
    names->size = size;
    return true;
}

smartmsg_names_t *smartmsg_names_create(void)
{
    return calloc(1, sizeof(smartmsg_names_t));
}

void smartmsg_names_destroy(smartmsg_names_t *names)
{
    if (names == NULL) {
        return;
    }

    for (uint32_t slot = 0; slot < names->count; slot++) {
        free((char *) names->names[slot].data);
    }

    free(names->names);
    free(names->hashes);
    free(names->buckets);
    free(names);
}

static uint32_t find(const smartmsg_names_t *names, smartmsg_str_t name,
    uint32_t hash)
{
    uint32_t mask = names->size * 2 - 1;

    if (names->size == 0) {
        return SMARTMSG_NO_SLOT;
    }

    for (uint32_t i = hash & mask; names->buckets[i] != 0; i = (i + 1) & mask) {
        uint32_t slot = names->buckets[i] - 1;

        if (names->hashes[slot] == hash
            && smartmsg_str_eq(names->names[slot], name))
        {
            return slot;
        }
    }

    return SMARTMSG_NO_SLOT;
}

uint32_t smartmsg_names_lookup(const smartmsg_names_t *names,
    const char *name, size_t len)
{
    return find(names, smartmsg_str(name, len), hash_name(name, len));
}

uint32_t smartmsg_names_intern(smartmsg_names_t *names, const char *name,
    size_t len)
{
    uint32_t hash = hash_name(name, len);
    uint32_t slot = find(names, smartmsg_str(name, len), hash);
    char *copy;

    if (slot != SMARTMSG_NO_SLOT) {
        return slot;
    }

    if (names->count == names->size && !grow(names)) {
        return SMARTMSG_NO_SLOT;
    }

    copy = malloc(len + 1);
    if (copy == NULL) {
        return SMARTMSG_NO_SLOT;
    }

    if (len > 0) {
        memcpy(copy, name, len);
    }
    copy[len] = '\0';

    slot = names->count++;
    names->names[slot] = smartmsg_str(copy, len);
    names->hashes[slot] = hash;
    put_bucket(names->buckets, names->size * 2, hash, slot);
    return slot;
}

uint32_t smartmsg_names_count(const smartmsg_names_t *names)
{
    return names->count;
}

smartmsg_str_t smartmsg_names_name(const smartmsg_names_t *names,
    uint32_t slot)
{
    return slot < names->count ? names->names[slot] : smartmsg_str("", 0);
}
