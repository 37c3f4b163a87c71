/*
 * Rule files.
 */

#ifndef SMARTMSG_TOOL_FILE_H
#define SMARTMSG_TOOL_FILE_H

#include "tool/ctl.h"

/* A file NAME.json.  error is NULL, or why text is not there. */
typedef struct {
    char *path;
    char *id;               /* NAME */
    char *text;             /* NUL terminated; at most one byte too long */
    size_t len;
    size_t size;            /* of the file; may be more than len */
    char *error;
} ctl_file_t;

typedef struct {
    ctl_file_t *files;
    size_t n;
} ctl_files_t;

/*
 * Reads the files that the arguments name, of a directory all *.json whose
 * names do not begin with a dot.  What cannot be read is a file with an error.
 */
void ctl_files_read(const ctl_words_t *args, ctl_files_t *out);
void ctl_files_free(ctl_files_t *files);

/* A file by its id, or NULL. */
const ctl_file_t *ctl_files_find(const ctl_files_t *files, smartmsg_str_t id);

/*
 * Writes a file so that it is there as a whole or not at all; ends the
 * program when that fails.
 */
void ctl_file_write(const char *path, smartmsg_str_t text);

/* Reads all of a file, or of stdin for "-"; ends the program on failure. */
char *ctl_file_slurp(const char *path, size_t max, size_t *len);

#endif
