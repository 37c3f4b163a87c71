#ifndef SMARTMSG_CORE_SHOW_H
#define SMARTMSG_CORE_SHOW_H

#include <jansson.h>
#include <stdbool.h>

#include "core/error.h"
#include "core/str.h"

#define SMARTMSG_SHOW_ACTIONS    4
#define SMARTMSG_SHOW_LANGUAGES  64
#define SMARTMSG_SHOW_TEXT_MAX   4096   /* bytes of one text */
#define SMARTMSG_SHOW_HREF_MAX   2048

/* A button or a link. */
typedef struct {
    const json_t *label;
    smartmsg_str_t href;    /* empty: the action closes the message */
    bool primary;
} smartmsg_show_action_t;

/*
 * What a message looks like: its `show` member, validated. Borrows all from
 * that; each text is a string or an object language -> string, NULL if there
 * is none.
 */
typedef struct {
    smartmsg_str_t as;              /* "dialog" or "bubble" */
    const json_t *title;
    const json_t *text;
    const json_t *close;
    size_t n_actions;
    smartmsg_show_action_t actions[SMARTMSG_SHOW_ACTIONS];

    /* Every language that a text names, once, in order of appearance. */
    size_t n_languages;
    smartmsg_str_t languages[SMARTMSG_SHOW_LANGUAGES];
} smartmsg_show_t;

/*
 * Validates value and fills show. path is that of value; on error it is used
 * up. Returns false on error and says in err what is wrong.
 */
bool smartmsg_show_parse(const json_t *value, smartmsg_path_t *path,
                         smartmsg_show_t *show, smartmsg_error_t *err);

/*
 * Writes the HTML of the message in a language to out, or only measures it if
 * out is NULL; returns the number of bytes. A text that does not exist in that
 * language is taken in the one that comes nearest.
 */
size_t smartmsg_show_render(const smartmsg_show_t *show,
                            smartmsg_str_t language, char *out);

#endif
