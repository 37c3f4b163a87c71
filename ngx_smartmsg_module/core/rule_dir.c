#define _POSIX_C_SOURCE 200809L

#include "core/rule_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX      ".json"
#define SUFFIX_LEN  (sizeof(SUFFIX) - 1)

/* The names of files, each of them and the array allocated. */
typedef struct {
    char **names;
    size_t n;
    size_t size;
} name_list_t;

static void free_names(name_list_t *list)
{
    for (size_t i = 0; i < list->n; i++) {
        free(list->names[i]);
    }

    free(list->names);
}

static bool add_name(name_list_t *list, const char *name)
{
    if (list->n == list->size) {
        size_t size = list->size ? list->size * 2 : 16;
        char **names = realloc(list->names, size * sizeof(char *));

        if (names == NULL) {
            return false;
        }

        list->names = names;
        list->size = size;
    }

    list->names[list->n] = strdup(name);

    if (list->names[list->n] == NULL) {
        return false;
    }

    list->n++;

    return true;
}

static bool is_rule_file(const char *name)
{
    size_t len = strlen(name);

    return name[0] != '.' && len > SUFFIX_LEN
           && strcmp(name + len - SUFFIX_LEN, SUFFIX) == 0;
}

/* In the order of ids: "a.json" before "a-b.json", as "a" before "a-b". */
static int by_id(const void *a, const void *b)
{
    const char *left = *(const char *const *)a;
    const char *right = *(const char *const *)b;

    return smartmsg_str_cmp(smartmsg_str(left, strlen(left) - SUFFIX_LEN),
                            smartmsg_str(right, strlen(right) - SUFFIX_LEN));
}

static bool read_names(DIR *dir, const char *path, name_list_t *list,
                       smartmsg_error_t *err)
{
    for (;;) {
        errno = 0;

        const struct dirent *entry = readdir(dir);

        if (entry == NULL && errno != 0) {
            smartmsg_error_set(err, path, "cannot read the directory: %s",
                               strerror(errno));
            return false;
        }

        if (entry == NULL) {
            return true;
        }

        if (is_rule_file(entry->d_name) && !add_name(list, entry->d_name)) {
            smartmsg_error_no_memory(err);
            return false;
        }
    }
}

static bool list_names(const char *path, name_list_t *list,
                       smartmsg_error_t *err)
{
    DIR *dir = opendir(path);

    if (dir == NULL) {
        smartmsg_error_set(err, path, "cannot open the directory: %s",
                           strerror(errno));
        return false;
    }

    bool read = read_names(dir, path, list, err);

    (void)closedir(dir);

    if (read && list->n > 1) {
        qsort(list->names, list->n, sizeof(char *), by_id);
    }

    return read;
}

/* Fills buf from a file; -1 with errno set on error. */
static ssize_t read_all(int fd, char *buf, size_t size)
{
    size_t len = 0;

    while (len < size) {
        ssize_t n = read(fd, buf + len, size - len);

        if (n < 0 && errno == EINTR) {
            continue;
        }

        if (n < 0) {
            return -1;
        }

        if (n == 0) {
            break;
        }

        len += (size_t)n;
    }

    return (ssize_t)len;
}

/*
 * Reads a file, one byte more than a rule may have at most, so that a longer
 * one is found out. Not blocking: a pipe in the directory must not stop nginx.
 */
static ssize_t read_file(const char *file, char *buf, smartmsg_error_t *err)
{
    struct stat info;
    ssize_t len = -1;
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0 || fstat(fd, &info) != 0) {
        smartmsg_error_set(err, file, "cannot open the file: %s",
                           strerror(errno));
    } else if (!S_ISREG(info.st_mode)) {
        smartmsg_error_set(err, file, "is no regular file");
    } else {
        len = read_all(fd, buf, SMARTMSG_RULE_TEXT_MAX + 1);

        if (len < 0) {
            smartmsg_error_set(err, file, "cannot read the file: %s",
                               strerror(errno));
        }
    }

    if (fd >= 0) {
        (void)close(fd);
    }

    return len;
}

/* Makes the error of a rule one of its file. */
static void set_file_error(smartmsg_error_t *err, const char *file,
                           const smartmsg_error_t *from)
{
    bool at = from->path[0] != '\0';

    smartmsg_error_set(err, file, "%s%s%s", from->path, at ? ": " : "",
                       from->text);

    if (err != NULL) {
        err->line = from->line;
        err->column = from->column;
    }
}

static smartmsg_rule_t *load_rule(const char *dir, const char *name, char *buf,
                                  smartmsg_names_t *names, json_t *groups,
                                  smartmsg_error_t *err)
{
    smartmsg_error_t reason;
    size_t size = strlen(dir) + strlen(name) + 2;
    char *file = malloc(size);
    smartmsg_rule_t *rule = NULL;

    if (file == NULL) {
        smartmsg_error_no_memory(err);
        return NULL;
    }

    (void)snprintf(file, size, "%s/%s", dir, name);

    ssize_t len = read_file(file, buf, err);

    if (len >= 0) {
        rule = smartmsg_rule_parse_with(smartmsg_str(name, strlen(name)
                                                           - SUFFIX_LEN),
                                        smartmsg_str(buf, (size_t)len),
                                        names, groups, &reason);

        if (rule == NULL) {
            set_file_error(err, file, &reason);
        }
    }

    free(file);

    return rule;
}

static bool load_rules(const char *path, const name_list_t *files,
                       smartmsg_names_t *names, json_t *groups,
                       smartmsg_rule_list_t *list, smartmsg_error_t *err)
{
    char *buf = malloc(SMARTMSG_RULE_TEXT_MAX + 1);

    list->rules = malloc((files->n + 1) * sizeof(list->rules[0]));

    if (buf == NULL || list->rules == NULL) {
        free(buf);
        smartmsg_error_no_memory(err);
        return false;
    }

    for (size_t i = 0; i < files->n; i++) {
        smartmsg_rule_t *rule = load_rule(path, files->names[i], buf, names,
                                          groups, err);

        if (rule == NULL) {
            break;
        }

        list->rules[list->n++] = rule;
    }

    free(buf);

    return list->n == files->n;
}

bool smartmsg_rule_dir_load(const char *path, smartmsg_names_t *names,
                            json_t *groups, smartmsg_rule_list_t *list,
                            smartmsg_error_t *err)
{
    name_list_t files = {0};

    memset(list, 0, sizeof(*list));

    bool loaded = list_names(path, &files, err)
                  && load_rules(path, &files, names, groups, list,
                                err);

    free_names(&files);

    if (!loaded) {
        smartmsg_rule_list_free(list);
    }

    return loaded;
}

void smartmsg_rule_list_free(smartmsg_rule_list_t *list)
{
    for (size_t i = 0; i < list->n; i++) {
        smartmsg_rule_unref(list->rules[i]);
    }

    free(list->rules);
    memset(list, 0, sizeof(*list));
}
