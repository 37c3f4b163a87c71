/* Private parts of core/show*.c: what reading the members of `show` needs. */

#ifndef SMARTMSG_CORE_SHOW_INSIDE_H
#define SMARTMSG_CORE_SHOW_INSIDE_H

#include "core/show.h"

typedef struct {
    smartmsg_show_t *show;
    smartmsg_names_t *names;
    smartmsg_path_t *path;
    smartmsg_error_t *err;
} smartmsg_show_reader_t;

typedef enum {
    SMARTMSG_SHOW_OPTIONAL,
    SMARTMSG_SHOW_REQUIRED,
    SMARTMSG_SHOW_MAY_BE_EMPTY  /* required, but "" is good */
} smartmsg_show_need_e;

static inline smartmsg_str_t smartmsg_show_str(const json_t *string)
{
    return smartmsg_str(json_string_value(string), json_string_length(string));
}

/* Sets the error for the member key, or for where the path is if it is NULL. */
bool smartmsg_show_wrong(smartmsg_show_reader_t *r, const char *key,
                         const char *reason);

/* The same if something is of the wrong kind: "must be a list, not a text". */
bool smartmsg_show_kind(smartmsg_show_reader_t *r, const char *key,
                        const char *wanted, const json_t *value);

/* The text member key of an object, in any number of languages. */
bool smartmsg_show_text(smartmsg_show_reader_t *r, const json_t *object,
                        const char *key, smartmsg_show_need_e need,
                        const json_t **text);

/* A value that is such a text; html: see core/markup.h. */
bool smartmsg_show_check_text(smartmsg_show_reader_t *r, const json_t *value,
                              bool html, bool may_be_empty);

/* An optional member that is small HTML. */
bool smartmsg_show_html(smartmsg_show_reader_t *r, const json_t *object,
                        const char *key, const json_t **html);

/* A link; *href stays as it is if the member is not there. */
bool smartmsg_show_href(smartmsg_show_reader_t *r, const json_t *object,
                        const char *key, smartmsg_str_t *href);

/* A member that is true or false, if it is there. */
bool smartmsg_show_boolean(smartmsg_show_reader_t *r, const json_t *object,
                           const char *key, bool *yes);

/* One of a NULL terminated list of words. */
bool smartmsg_show_word(smartmsg_show_reader_t *r, const json_t *object,
                        const char *key, const char *const *words,
                        smartmsg_str_t *word);

/* A member that is a text of at most max bytes without control characters. */
bool smartmsg_show_line(smartmsg_show_reader_t *r, const json_t *object,
                        const char *key, size_t max, smartmsg_str_t *line);

bool smartmsg_show_parse_actions(smartmsg_show_reader_t *r,
                                 const json_t *list);
bool smartmsg_show_parse_form(smartmsg_show_reader_t *r, const json_t *form);

/* The string in a language, or in the nearest one that it exists in. */
smartmsg_str_t smartmsg_show_translate(const json_t *text,
                                       smartmsg_str_t language);

#endif
