#define _POSIX_C_SOURCE 200809L

#include "core/timezone.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "core/calendar.h"
#include "core/posix_tz.h"

#define DATABASE     "/usr/share/zoneinfo/"
#define HEADER_SIZE  44
#define TYPE_SIZE    6
#define DAY          86400

/* Of a type of local time, RFC 8536, 3.2: more is no place on this earth. */
#define OFFSET_MIN   (-25 * 3600)
#define OFFSET_MAX   (26 * 3600)

#define TIME_MIN     (-62104060800)     /* 0002-01-01T00:00:00 */
#define TIME_MAX     253370764799       /* 9998-12-31T23:59:59 */

typedef struct {
    int64_t time;
    int32_t offset;
} change_t;

struct smartmsg_timezone_s {
    int32_t before;             /* the offset before the first change */
    bool has_rule;              /* for what comes after the last change */
    smartmsg_posix_tz_t rule;
    size_t n;
    change_t changes[];         /* by time */
};

/* The counts of a header, in the order of the file. */
typedef struct {
    uint32_t utc;
    uint32_t standard;
    uint32_t leaps;
    uint32_t times;
    uint32_t types;
    uint32_t chars;
} counts_t;

static uint32_t read_u32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8
           | p[3];
}

static int64_t read_i64(const unsigned char *p)
{
    uint64_t n = (uint64_t)read_u32(p) << 32 | read_u32(p + 4);

    return n <= INT64_MAX ? (int64_t)n : -(int64_t)(UINT64_MAX - n) - 1;
}

static int32_t read_i32(const unsigned char *p)
{
    uint32_t n = read_u32(p);

    return n <= INT32_MAX ? (int32_t)n : -(int32_t)(UINT32_MAX - n) - 1;
}

static void skip(smartmsg_str_t *data, size_t n)
{
    data->data += n;
    data->len -= n;
}

static bool take_header(smartmsg_str_t *data, counts_t *counts, char *version)
{
    const unsigned char *p = (const unsigned char *)data->data;

    if (data->len < HEADER_SIZE || memcmp(p, "TZif", 4) != 0) {
        return false;
    }

    *version = (char)p[4];
    counts->utc = read_u32(p + 20);
    counts->standard = read_u32(p + 24);
    counts->leaps = read_u32(p + 28);
    counts->times = read_u32(p + 32);
    counts->types = read_u32(p + 36);
    counts->chars = read_u32(p + 40);
    skip(data, HEADER_SIZE);

    return true;
}

/* The size of what follows a header; width: bytes of a time. */
static uint64_t block_size(const counts_t *counts, unsigned width)
{
    return (uint64_t)counts->times * (width + 1)
           + (uint64_t)counts->types * TYPE_SIZE + counts->chars
           + (uint64_t)counts->leaps * (width + 4) + counts->standard
           + counts->utc;
}

static bool read_changes(smartmsg_timezone_t *zone, const unsigned char *p,
    const counts_t *counts)
{
    const unsigned char *indexes = p + (size_t)counts->times * 8;
    const unsigned char *types = indexes + counts->times;

    for (uint32_t i = 0; i < counts->types; i++) {
        int32_t offset = read_i32(types + (size_t)i * TYPE_SIZE);

        if (offset < OFFSET_MIN || offset > OFFSET_MAX) {
            return false;
        }
    }

    zone->before = read_i32(types);

    for (uint32_t i = 0; i < counts->times; i++) {
        change_t *change = &zone->changes[zone->n++];

        if (indexes[i] >= counts->types) {
            return false;
        }

        change->time = read_i64(p + (size_t)i * 8);
        change->offset = read_i32(types + (size_t)indexes[i] * TYPE_SIZE);

        if (i > 0 && change->time <= change[-1].time) {
            return false;
        }
    }

    return true;
}

/* "\nRULE\n"; an empty one: the last change was the last one for ever. */
static bool read_footer(smartmsg_timezone_t *zone, smartmsg_str_t data)
{
    const char *end;

    if (data.len < 2 || data.data[0] != '\n') {
        return false;
    }

    skip(&data, 1);
    end = memchr(data.data, '\n', data.len);

    if (end == NULL) {
        return false;
    }

    data.len = (size_t)(end - data.data);

    if (data.len == 0) {
        return true;
    }

    zone->has_rule = true;

    return smartmsg_posix_tz_parse(data, &zone->rule);
}

static smartmsg_timezone_t *damaged(smartmsg_error_t *err)
{
    smartmsg_error_set(err, NULL, "the time zone file is damaged");

    return NULL;
}

/* data is behind the second header. */
static smartmsg_timezone_t *read_block(smartmsg_str_t data,
    const counts_t *counts, smartmsg_error_t *err)
{
    uint64_t size = block_size(counts, 8);
    smartmsg_timezone_t *zone;

    if (counts->leaps > 0) {
        smartmsg_error_set(err, NULL, "the time zone file counts leap "
                           "seconds");
        return NULL;
    }

    if (counts->types == 0 || size > data.len) {
        return damaged(err);
    }

    zone = calloc(1, sizeof(*zone) + counts->times * sizeof(change_t));

    if (zone == NULL) {
        smartmsg_error_no_memory(err);
        return NULL;
    }

    if (!read_changes(zone, (const unsigned char *)data.data, counts)
        || !read_footer(zone, smartmsg_str(data.data + size,
                                           data.len - (size_t)size)))
    {
        smartmsg_timezone_free(zone);
        return damaged(err);
    }

    return zone;
}

smartmsg_timezone_t *smartmsg_timezone_parse(smartmsg_str_t data,
    smartmsg_error_t *err)
{
    counts_t counts;
    char version;

    if (data.len > SMARTMSG_TIMEZONE_SIZE_MAX
        || !take_header(&data, &counts, &version))
    {
        smartmsg_error_set(err, NULL, "this is no time zone file");
        return NULL;
    }

    if (version < '2') {
        smartmsg_error_set(err, NULL, "the time zone file is of version 1");
        return NULL;
    }

    /* First comes the same for 32 bits. */
    if (block_size(&counts, 4) > data.len) {
        return damaged(err);
    }

    skip(&data, (size_t)block_size(&counts, 4));

    if (!take_header(&data, &counts, &version)) {
        return damaged(err);
    }

    return read_block(data, &counts, err);
}

void smartmsg_timezone_free(smartmsg_timezone_t *zone)
{
    free(zone);
}

/* No way out of the database, and nothing that is no name of a zone. */
static bool is_zone_name(smartmsg_str_t name)
{
    if (name.len == 0 || name.data[0] == '/') {
        return false;
    }

    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z')
            && !(c >= '0' && c <= '9') && c != '_' && c != '-' && c != '+'
            && c != '/')
        {
            return false;
        }
    }

    return true;
}

static smartmsg_timezone_t *read_stream(FILE *file, smartmsg_error_t *err)
{
    smartmsg_timezone_t *zone = NULL;
    struct stat info;
    char *data;
    size_t len;

    /* A directory can be opened, too: "Europe". */
    if (fstat(fileno(file), &info) != 0 || !S_ISREG(info.st_mode)) {
        smartmsg_error_set(err, NULL, "this is no time zone");
        return NULL;
    }

    data = malloc(SMARTMSG_TIMEZONE_SIZE_MAX + 1);

    if (data == NULL) {
        smartmsg_error_no_memory(err);
        return NULL;
    }

    len = fread(data, 1, SMARTMSG_TIMEZONE_SIZE_MAX + 1, file);

    if (ferror(file)) {
        smartmsg_error_set(err, NULL, "the time zone file cannot be read");
    } else {
        zone = smartmsg_timezone_parse(smartmsg_str(data, len), err);
    }

    free(data);

    return zone;
}

smartmsg_timezone_t *smartmsg_timezone_load(smartmsg_str_t name,
    smartmsg_error_t *err)
{
    char path[sizeof(DATABASE) + SMARTMSG_TIMEZONE_NAME_MAX];
    bool is_path = name.len > 0 && name.data[0] == '/';
    smartmsg_timezone_t *zone;
    FILE *file;

    if (name.len > SMARTMSG_TIMEZONE_NAME_MAX
        || (is_path ? memchr(name.data, '\0', name.len) != NULL
                    : !is_zone_name(name)))
    {
        smartmsg_error_set(err, NULL, "this is no time zone");
        return NULL;
    }

    (void)snprintf(path, sizeof(path), "%s%.*s", is_path ? "" : DATABASE,
                   (int)name.len, name.data);
    file = fopen(path, "rbe");

    if (file == NULL) {
        smartmsg_error_set(err, NULL, "%s cannot be opened: %s", path,
                           strerror(errno));
        return NULL;
    }

    zone = read_stream(file, err);
    (void)fclose(file);

    return zone;
}

/* The change in force at a time: how many are not later. */
static size_t changes_until(const smartmsg_timezone_t *zone, int64_t time)
{
    size_t low = 0, high = zone->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (zone->changes[mid].time <= time) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }

    return low;
}

static int32_t offset_at(const smartmsg_timezone_t *zone, int64_t time)
{
    size_t n;

    if (zone == NULL) {
        return 0;
    }

    n = changes_until(zone, time);

    if (n == zone->n && zone->has_rule) {
        return smartmsg_posix_tz_offset(&zone->rule, time);
    }

    return n > 0 ? zone->changes[n - 1].offset : zone->before;
}

void smartmsg_timezone_local(const smartmsg_timezone_t *zone,
    int64_t unix_time, smartmsg_localtime_t *local)
{
    int64_t days, seconds;

    unix_time = unix_time < TIME_MIN ? TIME_MIN : unix_time;
    unix_time = unix_time > TIME_MAX ? TIME_MAX : unix_time;

    local->offset = offset_at(zone, unix_time);
    unix_time += local->offset;

    days = unix_time / DAY - (unix_time % DAY < 0);
    seconds = unix_time - days * DAY;

    smartmsg_calendar_date(days, &local->year, &local->month, &local->day);
    local->weekday = smartmsg_calendar_weekday(days);
    local->hour = (int)(seconds / 3600);
    local->minute = (int)(seconds / 60 % 60);
    local->second = (int)(seconds % 60);
}
