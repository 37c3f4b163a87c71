#define _POSIX_C_SOURCE 200809L

#include "core/pack.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

typedef struct {
    const char *directory;
    char beside[1024];          /* directory of the file, with its slash */
    int depth;
    smartmsg_error_t *wrong;    /* of the file that has the mistake */
} place_t;

static smartmsg_pack_t *load(const char *file, place_t *place,
                             smartmsg_error_t *err);

/* Makes an error of the text one of its file. */
static void set_file_error(smartmsg_error_t *err, const char *file,
                           const smartmsg_error_t *from)
{
    smartmsg_error_set(err, file, "%s%s%s", from->path,
                       from->path[0] != '\0' ? ": " : "", from->text);

    if (err != NULL) {
        err->line = from->line;
        err->column = from->column;
    }
}

static bool exists(const char *file)
{
    struct stat info;

    return stat(file, &info) == 0;
}

/* Beside the pack that asks, or else where the ready ones are. */
static smartmsg_pack_t *find(void *data, smartmsg_str_t name,
                             smartmsg_error_t *err)
{
    const place_t *place = data;
    place_t next = {.directory = place->directory, .depth = place->depth + 1,
                    .wrong = place->wrong};
    smartmsg_error_t reason;
    smartmsg_pack_t *pack;
    char file[2048];

    if (place->depth >= SMARTMSG_PACK_BASES_MAX) {
        smartmsg_error_set(err, NULL, "packs extend each other too deep, or in "
                           "a circle");
        return NULL;
    }

    (void)snprintf(file, sizeof(file), "%s%.*s.json", place->beside,
                   (int)name.len, name.data);

    if (!exists(file)) {
        (void)snprintf(file, sizeof(file), "%s/%.*s.json", place->directory,
                       (int)name.len, name.data);
    }

    smartmsg_error_clear(&reason);
    pack = load(file, &next, &reason);

    if (pack == NULL) {
        smartmsg_error_set(err, NULL, "%s: %s", reason.path, reason.text);
    }

    return pack;
}

/* One byte more than allowed, so that a longer file is found out. */
static char *read_text(const char *file, size_t *len, smartmsg_error_t *err)
{
    struct stat info;
    FILE *stream;
    char *text;

    /* a pipe would stop nginx */
    if (stat(file, &info) == 0 && !S_ISREG(info.st_mode)) {
        smartmsg_error_set(err, file, "is no regular file");
        return NULL;
    }

    stream = fopen(file, "rb");
    if (stream == NULL) {
        smartmsg_error_set(err, file, "cannot open the file: %s",
                           strerror(errno));
        return NULL;
    }

    text = malloc(SMARTMSG_PACK_TEXT_MAX + 1);

    if (text == NULL) {
        smartmsg_error_no_memory(err);
    } else {
        *len = fread(text, 1, SMARTMSG_PACK_TEXT_MAX + 1, stream);
    }

    if (text != NULL && ferror(stream)) {
        smartmsg_error_set(err, file, "cannot read the file");
        free(text);
        text = NULL;
    }

    (void)fclose(stream);

    return text;
}

static smartmsg_pack_t *load(const char *file, place_t *place,
                             smartmsg_error_t *err)
{
    const char *slash = strrchr(file, '/');
    size_t dir = slash != NULL ? (size_t)(slash - file) + 1 : 0;
    smartmsg_error_t reason;
    smartmsg_pack_t *pack;
    size_t len = 0;
    char *text;

    if (dir >= sizeof(place->beside)) {
        smartmsg_error_set(err, file, "the name is too long");
        return NULL;
    }

    memcpy(place->beside, file, dir);
    place->beside[dir] = '\0';
    text = read_text(file, &len, err);

    if (text == NULL) {
        return NULL;
    }

    pack = smartmsg_pack_parse(smartmsg_str(text, len), find, place, &reason);

    if (pack == NULL) {
        set_file_error(err, file, &reason);
    }

    /* of packs that extend each other the first to fail has the mistake */
    if (pack == NULL && place->wrong->text[0] == '\0') {
        set_file_error(place->wrong, file, &reason);
    }

    free(text);

    return pack;
}

smartmsg_pack_t *smartmsg_pack_load(const char *file, const char *directory,
    smartmsg_error_t *err)
{
    smartmsg_error_t wrong;
    place_t place = {.directory = directory, .wrong = &wrong};
    smartmsg_pack_t *pack;

    smartmsg_error_clear(err);
    smartmsg_error_clear(&wrong);
    pack = load(file, &place, err);

    if (pack == NULL && err != NULL && wrong.text[0] != '\0') {
        *err = wrong;
    }

    return pack;
}
