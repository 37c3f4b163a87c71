/*
 * smartmsgctl: what its files have in common.
 */

#ifndef SMARTMSG_TOOL_CTL_H
#define SMARTMSG_TOOL_CTL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"
#include "core/str.h"

/* Exit codes, documented in docs/smartmsgctl.md. */
typedef enum {
    CTL_OK = 0,
    CTL_FINDINGS = 1,   /* errors, differences, broken or unknown rules */
    CTL_USAGE = 2,      /* the command line is wrong */
    CTL_AWAY = 3,       /* Redis cannot be reached, or does not answer */
    CTL_REFUSED = 4,    /* Redis answers with an error */
    CTL_LOCAL = 5       /* files, memory, output */
} ctl_exit_e;

/* A list of borrowed words. */
typedef struct {
    const char **words;
    size_t n;
} ctl_words_t;

/* What the command line says. */
typedef struct {
    const char *redis;
    const char *user;
    char *password;
    const char *prefix;
    const char *db;
    bool json;
    const char *color;
    bool help;
    bool version;

    /* of some commands only */
    bool all;
    bool offline;
    const char *rules;
    const char *at;
    const char *timezone;
    const char *visitor;
    const char *count;
    const char *since;
    const char *days;
    const char *url;
    const char *ttl;
    const char *variation;
    const char *groups;
    ctl_words_t facts;

    ctl_words_t args;
} ctl_options_t;

struct redisContext;

typedef struct {
    ctl_options_t options;
    bool color;                     /* stdout takes colours */
    struct redisContext *redis;     /* NULL until it is needed */
} ctl_t;

typedef struct {
    const char *name;
    const char *arguments;          /* "FILE..." */
    const char *summary;
    const char *details;            /* of --help; may be NULL */
    const char *options;            /* the names of its own: "rules at" */
    size_t min_args;
    size_t max_args;
    int (*run)(ctl_t *ctl);         /* returns the exit code */
} ctl_command_t;

/* The table of commands ends with an entry without a name. */
extern const ctl_command_t ctl_commands[];

int ctl_check(ctl_t *ctl);
int ctl_list(ctl_t *ctl);
int ctl_push(ctl_t *ctl);
int ctl_pull(ctl_t *ctl);
int ctl_on(ctl_t *ctl);
int ctl_off(ctl_t *ctl);
int ctl_rm(ctl_t *ctl);
int ctl_diff(ctl_t *ctl);
int ctl_explain(ctl_t *ctl);
int ctl_visitor(ctl_t *ctl);
int ctl_tail(ctl_t *ctl);
int ctl_preview(ctl_t *ctl);
int ctl_stats(ctl_t *ctl);

/* Prints "smartmsgctl: ..." to stderr and ends the program. */
_Noreturn void ctl_fail(ctl_exit_e code, const char *format, ...)
    SMARTMSG_PRINTF(2, 3);

/* Prints a line to stderr. */
void ctl_warn(const char *format, ...) SMARTMSG_PRINTF(1, 2);

/* These end the program when there is no memory. */
void *ctl_alloc(size_t size);               /* all zero */
void *ctl_realloc(void *old, size_t size);
char *ctl_strndup(const char *data, size_t len);
char *ctl_format(const char *format, ...) SMARTMSG_PRINTF(1, 2);

/* Appends a borrowed word. */
void ctl_words_add(ctl_words_t *words, const char *word);

smartmsg_str_t ctl_str(const char *text);

/* A number of an option, within bounds; ends the program if it is none. */
long ctl_number(const char *option, const char *text, long min, long max);

/*
 * A moment: unix seconds, or a date as rules have it, or how long ago ("90s",
 * "10m", "2h", "3d").  Ends the program if it is none of these.
 */
long long ctl_moment(const char *option, const char *text);

#endif
