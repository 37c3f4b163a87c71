#ifndef SMARTMSG_CORE_SHOW_H
#define SMARTMSG_CORE_SHOW_H

#include <jansson.h>
#include <stdbool.h>

#include "core/draft.h"
#include "core/error.h"
#include "core/str.h"
#include "core/theme.h"

#define SMARTMSG_SHOW_ACTIONS    4
#define SMARTMSG_SHOW_FIELDS     5      /* of a form */
#define SMARTMSG_SHOW_CHOICES    8      /* of a field */
#define SMARTMSG_SHOW_CALL       16     /* fields of a call */
#define SMARTMSG_SHOW_LANGUAGES  64
#define SMARTMSG_SHOW_TEXT_MAX   4096   /* bytes of one text */
#define SMARTMSG_SHOW_HREF_MAX   2048
#define SMARTMSG_SHOW_SELECT_MAX 256    /* of a CSS selector */

/* What a button or link does. */
typedef enum {
    SMARTMSG_SHOW_LINK,     /* to href */
    SMARTMSG_SHOW_CLOSE,
    SMARTMSG_SHOW_COPY,     /* the code of a coupon */
    SMARTMSG_SHOW_CALL_PATH /* posts fields to href */
} smartmsg_show_does_e;

typedef struct {
    smartmsg_show_does_e does;
    const json_t *label;
    smartmsg_str_t href;
    const json_t *code;
    const json_t *fields;   /* object of texts, or NULL */
    const json_t *done;     /* said when it has worked; NULL: the usual word */
    bool primary;
} smartmsg_show_action_t;

typedef enum {
    SMARTMSG_SHOW_EMAIL,
    SMARTMSG_SHOW_PHONE,
    SMARTMSG_SHOW_TEXT,
    SMARTMSG_SHOW_RATING,
    SMARTMSG_SHOW_CHOICE
} smartmsg_show_type_e;

/* A question of a form. */
typedef struct {
    smartmsg_show_type_e type;
    smartmsg_str_t name;
    const json_t *label;
    const json_t *choices;  /* list of texts, or of {"value", "label"} */
    bool required;
} smartmsg_show_field_t;

typedef struct {
    size_t n_fields;        /* 0: no form */
    smartmsg_show_field_t fields[SMARTMSG_SHOW_FIELDS];
    const json_t *consent;  /* HTML; NULL: no such box */
    const json_t *send;     /* NULL: the usual words */
    const json_t *thanks;
} smartmsg_show_form_t;

typedef struct {
    smartmsg_str_t src;     /* empty: no image */
    const json_t *alt;
    unsigned width;         /* pixels */
    unsigned height;
} smartmsg_show_image_t;

typedef struct {
    bool given;
    long long until;        /* unix seconds; 0: seconds from when it is shown */
    long long seconds;
    const json_t *label;    /* NULL: the usual words */
    const json_t *done;
} smartmsg_show_countdown_t;

/*
 * What a message looks like: its `show` member, validated. Borrows all from
 * that; each text is a string or an object language -> string, NULL if there
 * is none.
 */
typedef struct {
    smartmsg_str_t as;              /* "dialog", "bar" ... */
    smartmsg_str_t at;              /* of a bar: "top" or "bottom" */
    smartmsg_str_t beside;          /* of a bubble: CSS selector, or empty */
    smartmsg_str_t select;          /* of an inline one, the same */
    smartmsg_str_t place;           /* "before", "after" ... */
    const json_t *label;            /* of a tab */
    const json_t *title;
    const json_t *text;             /* one of these two, or none */
    const json_t *html;
    const json_t *close;
    smartmsg_show_image_t image;
    smartmsg_show_countdown_t countdown;
    smartmsg_show_form_t form;
    size_t n_actions;
    smartmsg_show_action_t actions[SMARTMSG_SHOW_ACTIONS];
    smartmsg_theme_t theme;

    /* Every language that a text names, once, in order of appearance. */
    size_t n_languages;
    smartmsg_str_t languages[SMARTMSG_SHOW_LANGUAGES];
} smartmsg_show_t;

/*
 * Validates value and fills show; facts in its texts get slots in names. path
 * is that of value; on error it is used up. Returns false on error and says in
 * err what is wrong.
 */
bool smartmsg_show_parse(const json_t *value, smartmsg_names_t *names,
                         smartmsg_path_t *path, smartmsg_show_t *show,
                         smartmsg_error_t *err);

/*
 * Puts the HTML of the message in a language. A text that does not exist in
 * that language is taken in the one that comes nearest.
 */
void smartmsg_show_render(const smartmsg_show_t *show, smartmsg_str_t language,
                          smartmsg_draft_t *draft);

/*
 * Puts the members of the template's JSON that say where it is shown, each
 * with a comma in front, escaped for an attribute. The theme is not among them.
 */
void smartmsg_show_members(const smartmsg_show_t *show, smartmsg_sink_t *sink);

#endif
