#include "tool/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/rule.h"

#define SUFFIX      ".json"
#define SUFFIX_LEN  (sizeof(SUFFIX) - 1)

/* Reads up to max bytes; false with errno set. */
static bool read_all(int fd, size_t max, char **text, size_t *len)
{
    size_t room = 0;

    *text = NULL;
    *len = 0;

    for (;;) {
        ssize_t n;

        if (*len == room) {
            room = room ? room * 2 : 8192;
            room = room > max ? max : room;
            *text = ctl_realloc(*text, room + 1);
        }

        n = *len < max ? read(fd, *text + *len, room - *len) : 0;

        if (n < 0 && errno == EINTR) {
            continue;
        }

        if (n <= 0) {
            (*text)[*len] = '\0';
            return n == 0;
        }

        *len += (size_t) n;
    }
}

char *ctl_file_slurp(const char *path, size_t max, size_t *len)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    char *text;

    if (fd < 0 || !read_all(fd, max + 1, &text, len)) {
        ctl_fail(CTL_LOCAL, "cannot read %s: %s", path, strerror(errno));
    }

    if (*len > max) {
        ctl_fail(CTL_LOCAL, "%s has more than %zu bytes", path, max);
    }

    if (!standard) {
        (void) close(fd);
    }

    return text;
}

static char *id_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    size_t len = strlen(name);

    if (len > SUFFIX_LEN && strcmp(name + len - SUFFIX_LEN, SUFFIX) == 0) {
        len -= SUFFIX_LEN;
    }

    return ctl_strndup(name, len);
}

/* Not blocking: a pipe must not stop us. */
static void read_file(ctl_file_t *file)
{
    int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info;

    if (fd < 0 || fstat(fd, &info) != 0) {
        file->error = ctl_format("cannot open the file: %s", strerror(errno));

    } else if (!S_ISREG(info.st_mode)) {
        file->error = ctl_format("is no regular file");

    } else if (!read_all(fd, SMARTMSG_RULE_TEXT_MAX + 1, &file->text,
                         &file->len))
    {
        file->error = ctl_format("cannot read the file: %s", strerror(errno));
    } else {
        file->size = info.st_size > (off_t) file->len ? (size_t) info.st_size
                                                      : file->len;
    }

    if (fd >= 0) {
        (void) close(fd);
    }
}

static ctl_file_t *add(ctl_files_t *out, char *path)
{
    ctl_file_t *file;

    out->files = ctl_realloc(out->files, (out->n + 1) * sizeof(*file));
    file = &out->files[out->n++];
    memset(file, 0, sizeof(*file));
    file->path = path;
    file->id = id_of(path);
    return file;
}

static bool is_rule_name(const char *name)
{
    size_t len = strlen(name);

    return name[0] != '.' && len > SUFFIX_LEN
           && strcmp(name + len - SUFFIX_LEN, SUFFIX) == 0;
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const ctl_file_t *) a)->id, ((const ctl_file_t *) b)->id);
}

static void read_dir(const char *path, ctl_files_t *out)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;
    size_t first = out->n;
    size_t len = strlen(path);

    if (dir == NULL) {
        add(out, ctl_strndup(path, len))->error =
            ctl_format("cannot open the directory: %s", strerror(errno));
        return;
    }

    while ((entry = readdir(dir)) != NULL) {
        if (is_rule_name(entry->d_name)) {
            read_file(add(out, ctl_format("%s%s%s", path,
                                          path[len - 1] == '/' ? "" : "/",
                                          entry->d_name)));
        }
    }

    (void) closedir(dir);

    if (out->n > first) {
        qsort(out->files + first, out->n - first, sizeof(out->files[0]),
              by_id);
    }
}

void ctl_files_read(const ctl_words_t *args, ctl_files_t *out)
{
    struct stat info;

    memset(out, 0, sizeof(*out));

    for (size_t i = 0; i < args->n; i++) {
        const char *path = args->words[i];

        if (path[0] == '\0') {
            ctl_fail(CTL_USAGE, "the name of a file is empty");
        }

        if (stat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
            read_dir(path, out);
        } else {
            read_file(add(out, ctl_strndup(path, strlen(path))));
        }
    }
}

void ctl_files_free(ctl_files_t *files)
{
    for (size_t i = 0; i < files->n; i++) {
        free(files->files[i].path);
        free(files->files[i].id);
        free(files->files[i].text);
        free(files->files[i].error);
    }

    free(files->files);
    memset(files, 0, sizeof(*files));
}

const ctl_file_t *ctl_files_find(const ctl_files_t *files, smartmsg_str_t id)
{
    for (size_t i = 0; i < files->n; i++) {
        if (smartmsg_str_eq(ctl_str(files->files[i].id), id)) {
            return &files->files[i];
        }
    }

    return NULL;
}

static bool write_all(int fd, smartmsg_str_t text)
{
    while (text.len > 0) {
        ssize_t n = write(fd, text.data, text.len);

        if (n < 0 && errno == EINTR) {
            continue;
        }

        if (n <= 0) {
            return false;
        }

        text.data += n;
        text.len -= (size_t) n;
    }

    return true;
}

void ctl_file_write(const char *path, smartmsg_str_t text)
{
    char *draft = ctl_format("%s.XXXXXX", path);
    int fd = mkostemp(draft, O_CLOEXEC);
    bool written;

    if (fd < 0) {
        ctl_fail(CTL_LOCAL, "cannot write %s: %s", path, strerror(errno));
    }

    /* mkostemp() gives the owner alone rights */
    written = write_all(fd, text) && fchmod(fd, 0644) == 0;

    if (close(fd) != 0 || !written || rename(draft, path) != 0) {
        int error = errno;

        (void) unlink(draft);
        ctl_fail(CTL_LOCAL, "cannot write %s: %s", path, strerror(error));
    }

    free(draft);
}
