/*
 * Reading the members of a JSON object whose types are known.
 */

#ifndef SMARTMSG_CORE_READER_H
#define SMARTMSG_CORE_READER_H

#include "core/condition.h"
#include "core/hash.h"

/* Path is where the object that is read stands. */
typedef struct {
    const smartmsg_compile_t *with;
    smartmsg_error_t *err;
    smartmsg_path_t path;
} smartmsg_reader_t;

/*
 * These leave *out alone when the member is absent (or null), set it when it
 * has the right type, and otherwise report an error and return false; a
 * lenient reader treats a member of the wrong type as absent.
 */
bool smartmsg_read_boolean(smartmsg_reader_t *r, const json_t *object,
    const char *name, bool *out);
bool smartmsg_read_number(smartmsg_reader_t *r, const json_t *object,
    const char *name, double *out);
bool smartmsg_read_integer(smartmsg_reader_t *r, const json_t *object,
    const char *name, int *out);

/* An empty string counts as absent; borrowed from the object. */
bool smartmsg_read_string(smartmsg_reader_t *r, const json_t *object,
    const char *name, smartmsg_str_t *out);

/* Of [lo, hi]; *found tells whether there is one. */
bool smartmsg_read_range(smartmsg_reader_t *r, const json_t *object,
    const char *name, smartmsg_range_t *out, bool *found);

/* A list of ranges; *out is the caller's to free, NULL if absent. */
bool smartmsg_read_ranges(smartmsg_reader_t *r, const json_t *object,
    const char *name, smartmsg_range_t **out, size_t *count);

/* A list of numbers, likewise. */
bool smartmsg_read_numbers(smartmsg_reader_t *r, const json_t *object,
    const char *name, double **out, size_t *count);

/* A list (true) or an object (false) or absent: *out is borrowed or NULL. */
bool smartmsg_read_json(smartmsg_reader_t *r, const json_t *object,
    const char *name, bool list, json_t **out);

/* The condition in a member, NULL if absent. */
bool smartmsg_read_condition(smartmsg_reader_t *r, const json_t *object,
    const char *name, smartmsg_condition_t **out);

/*
 * Reports that the member is not what it should be: error and false, or true
 * if the reader is lenient.
 */
bool smartmsg_read_wrong(smartmsg_reader_t *r, const char *name,
    const char *wanted);

/* Reports that there is no memory; false. */
bool smartmsg_read_no_memory(smartmsg_reader_t *r);

#endif
