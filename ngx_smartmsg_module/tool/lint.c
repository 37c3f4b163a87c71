#include "tool/lint.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/placeholder.h"
#include "core/rule.h"
#include "core/schema.h"
#include "tool/json.h"
#include "tool/lint_circle.h"
#include "tool/mend.h"

/* More errors than this in one file are not reported. */
#define ERRORS_MAX 100

/* Mending may take several attempts for an error. */
#define ATTEMPTS_MAX 400

typedef struct {
    const char *file;
    smartmsg_str_t text;
    const ctl_known_t *known;
    ctl_findings_t *out;
    smartmsg_path_t path;
} lint_t;

/* Whether the text is a rule; if not err says why. */
static bool is_rule(smartmsg_str_t text, smartmsg_error_t *err)
{
    smartmsg_names_t *names = smartmsg_names_create();
    smartmsg_rule_t *rule;

    if (names == NULL) {
        ctl_fail(CTL_LOCAL, "out of memory");
    }

    rule = smartmsg_rule_parse(SMARTMSG_STR("rule"), text, names, err);
    smartmsg_rule_unref(rule);
    smartmsg_names_destroy(names);
    return rule != NULL;
}

static void add_error(const lint_t *lint, const smartmsg_error_t *err,
    const char *path)
{
    ctl_finding_t *finding;

    ctl_findings_add(lint->out, lint->file, lint->text, path, "%s", err->text);
    finding = &lint->out->findings[lint->out->n - 1];

    if (path[0] == '\0') {
        finding->line = err->line;
        finding->column = err->column;
    }
}

/* Whether path is `of`, or leads to it. */
static bool is_within(const char *path, const char *of)
{
    size_t len = strlen(path);

    return strncmp(path, of, len) == 0 && strchr(".[", of[len]) != NULL;
}

/* Whether an error there was reported, or is the outcome of a cut. */
static bool is_known(const ctl_findings_t *found, size_t first,
    const ctl_words_t *cuts, const char *path)
{
    for (size_t i = first; i < found->n; i++) {
        if (strcmp(found->findings[i].path, path) == 0) {
            return true;
        }
    }

    for (size_t i = 0; i < cuts->n; i++) {
        if (is_within(path, cuts->words[i])) {
            return true;
        }
    }

    return false;
}

/* Reports err, mends the place, and so on until nothing is wrong. */
static void lint_errors(lint_t *lint, json_t *document, smartmsg_error_t *err)
{
    ctl_mend_t mend = { .document = ctl_json(json_deep_copy(document)) };
    ctl_words_t cuts = { NULL, 0 };
    size_t first = lint->out->n;
    bool wrong = true;
    bool cut;

    for (int i = 0; i < ATTEMPTS_MAX && wrong; i++) {
        char *path = ctl_mend_original(&mend, err->path);
        char *text;

        if (!is_known(lint->out, first, &cuts, path)) {
            add_error(lint, err, path);
        }

        if (lint->out->n - first >= ERRORS_MAX
            || !ctl_mend(&mend, err->path, &cut))
        {
            free(path);
            break;
        }

        if (cut) {
            ctl_words_add(&cuts, path);
        } else {
            free(path);
        }

        text = json_dumps(mend.document, JSON_COMPACT);
        wrong = text != NULL && !is_rule(ctl_str(text), err);
        free(text);
    }

    for (size_t i = 0; i < cuts.n; i++) {
        free((char *) cuts.words[i]);
    }

    free(cuts.words);
    ctl_mend_free(&mend);
}

static bool is_own_fact(const ctl_words_t *facts, const char *name)
{
    for (size_t i = 0; i < facts->n; i++) {
        size_t len = strcspn(facts->words[i], "=");

        if (len > 0 && strncmp(facts->words[i], name, len) == 0
            && (name[len] == '\0' || facts->words[i][len - 1] == '.'))
        {
            return true;
        }
    }

    return false;
}

static void lint_fact(lint_t *lint, const char *name)
{
    char meant[SMARTMSG_SCHEMA_NAME_SIZE];
    bool like;

    if (smartmsg_schema_find(ctl_str(name)) != NULL
        || is_own_fact(lint->known->facts, name))
    {
        return;
    }

    like = smartmsg_schema_suggest(ctl_str(name), meant);
    ctl_findings_add(lint->out, lint->file, lint->text, lint->path.text,
                     "unknown fact \"%s\"%s%s%s", name,
                     like ? ", did you mean " : "", like ? meant : "",
                     like ? "?" : "");
    lint->out->findings[lint->out->n - 1].fact = true;
    lint->out->n_errors--;
}

/* The name of the group that was probably meant, or NULL; the caller frees it. */
static char *similar_group(const json_t *groups, const char *name)
{
    const char *words[] = { NULL, NULL };
    const char *id;
    json_t *group;

    json_object_foreach((json_t *) groups, id, group) {
        words[0] = id;

        if (smartmsg_suggest(name, words) != NULL) {
            return ctl_strndup(id, strlen(id));
        }
    }

    return NULL;
}

/* id: of a group; may be no text, which is for the engine to say. */
static void lint_group(lint_t *lint, const json_t *id)
{
    const char *name = json_string_value(id);
    char *meant;

    if (lint->known->groups == NULL || name == NULL
        || json_object_get(lint->known->groups, name) != NULL)
    {
        return;
    }

    meant = similar_group(lint->known->groups, name);
    ctl_findings_add(lint->out, lint->file, lint->text, lint->path.text,
                     "unknown group \"%s\"%s%s%s", name,
                     meant ? ", did you mean " : "", meant ? meant : "",
                     meant ? "?" : "");
    lint->out->findings[lint->out->n - 1].fact = true;
    lint->out->n_errors--;
    free(meant);
}

/* The operators of a fact that name groups, under $not and $elemMatch, too. */
static void lint_tests(lint_t *lint, json_t *tests)
{
    const char *op;
    json_t *operand;

    json_object_foreach(tests, op, operand) {
        size_t former = smartmsg_path_key(&lint->path, op);

        if (strcmp(op, "$inGroup") == 0 || strcmp(op, "$notInGroup") == 0) {
            lint_group(lint, operand);
        } else {
            lint_tests(lint, operand);
        }

        smartmsg_path_pop(&lint->path, former);
    }
}

static void lint_condition(lint_t *lint, json_t *condition);

static void lint_list(lint_t *lint, json_t *list)
{
    size_t i;
    json_t *item;

    json_array_foreach(list, i, item) {
        size_t former = smartmsg_path_index(&lint->path, i);

        lint_condition(lint, item);
        smartmsg_path_pop(&lint->path, former);
    }
}

/* The depth of the document has been checked. */
static void lint_condition(lint_t *lint, json_t *condition)
{
    const char *key;
    json_t *value;

    json_object_foreach(condition, key, value) {
        size_t former = smartmsg_path_key(&lint->path, key);

        if (strcmp(key, "$not") == 0) {
            lint_condition(lint, value);
        } else if (strcmp(key, "$savedGroup") == 0) {
            lint_group(lint, json_object_get(value, "id"));
        } else if (key[0] == '$') {
            lint_list(lint, value);
        } else {
            lint_fact(lint, key);
            lint_tests(lint, value);
        }

        smartmsg_path_pop(&lint->path, former);
    }
}

static void lint_attribute(lint_t *lint, const json_t *object,
    const char *member)
{
    json_t *name = json_object_get(object, member);
    size_t former;

    if (json_string_length(name) == 0) {
        return;
    }

    former = smartmsg_path_key(&lint->path, member);
    lint_fact(lint, json_string_value(name));
    smartmsg_path_pop(&lint->path, former);
}

/* The facts in a text; a mistake in it has been reported. */
static void lint_text_facts(lint_t *lint, smartmsg_str_t text)
{
    smartmsg_names_t *names = smartmsg_names_create();

    if (names == NULL) {
        ctl_fail(CTL_LOCAL, "out of memory");
    }

    for (;;) {
        size_t at = smartmsg_placeholder_find(text);
        smartmsg_placeholder_t placeholder;
        smartmsg_str_t otherwise;
        const char *reason;
        size_t len;

        text = smartmsg_str(text.data + at, text.len - at);
        len = text.len == 0 ? 0
              : smartmsg_placeholder_parse(text, names, &placeholder,
                                           &otherwise, &reason);

        if (len == 0) {
            break;
        }

        lint_fact(lint, smartmsg_names_name(names, placeholder.slot).data);
        text = smartmsg_str(text.data + len, text.len - len);
    }

    smartmsg_names_destroy(names);
}

/* All texts in a value. */
static void lint_texts(lint_t *lint, json_t *value)
{
    size_t i;
    const char *key;
    json_t *member;

    if (json_is_string(value)) {
        lint_text_facts(lint, smartmsg_str(json_string_value(value),
                                           json_string_length(value)));
    }

    json_array_foreach(value, i, member) {
        size_t former = smartmsg_path_index(&lint->path, i);

        lint_texts(lint, member);
        smartmsg_path_pop(&lint->path, former);
    }

    json_object_foreach(value, key, member) {
        size_t former = smartmsg_path_key(&lint->path, key);

        lint_texts(lint, member);
        smartmsg_path_pop(&lint->path, former);
    }
}

static void lint_messages(lint_t *lint, const json_t *object,
    const char *member)
{
    size_t former = smartmsg_path_key(&lint->path, member);

    lint_texts(lint, json_object_get(object, member));
    smartmsg_path_pop(&lint->path, former);
}

static void lint_facts(lint_t *lint, const json_t *document)
{
    json_t *rules = json_object_get(document, "rules");
    size_t i;
    json_t *entry;

    lint_messages(lint, document, "defaultValue");
    (void) smartmsg_path_key(&lint->path, "rules");

    json_array_foreach(rules, i, entry) {
        size_t former = smartmsg_path_index(&lint->path, i);
        size_t outer;

        lint_attribute(lint, entry, "hashAttribute");
        lint_attribute(lint, entry, "fallbackAttribute");
        outer = smartmsg_path_key(&lint->path, "condition");
        lint_condition(lint, json_object_get(entry, "condition"));
        smartmsg_path_pop(&lint->path, outer);
        lint_messages(lint, entry, "force");
        lint_messages(lint, entry, "variations");
        smartmsg_path_pop(&lint->path, former);
    }
}

static int by_place(const void *a, const void *b)
{
    const ctl_finding_t *x = a, *y = b;

    return x->line != y->line ? x->line - y->line : x->column - y->column;
}

static void lint_text(lint_t *lint)
{
    smartmsg_error_t err;
    json_t *document;
    size_t first = lint->out->n;
    bool right = is_rule(lint->text, &err);

    if (!right && err.path[0] == '\0') {
        add_error(lint, &err, "");
        return;
    }

    document = json_loadb(lint->text.data, lint->text.len,
                          JSON_REJECT_DUPLICATES, NULL);
    if (document == NULL) {
        ctl_fail(CTL_LOCAL, "out of memory");
    }

    if (!right) {
        lint_errors(lint, document, &err);
    }

    lint_facts(lint, document);
    json_decref(document);

    if (lint->out->n > first) {
        qsort(lint->out->findings + first, lint->out->n - first,
              sizeof(lint->out->findings[0]), by_place);
    }
}

void ctl_lint_file(const ctl_file_t *file, const ctl_known_t *known,
    ctl_findings_t *out)
{
    lint_t lint = { .file = file->path, .known = known, .out = out };

    if (file->error != NULL) {
        ctl_findings_add(out, file->path, ctl_str(""), "", "%s", file->error);
        return;
    }

    if (!smartmsg_rule_id_valid(ctl_str(file->id))) {
        ctl_findings_add(out, file->path, ctl_str(""), "", "the name of the "
                         "file must be 1 to %d letters, digits, '.', '_' or "
                         "'-' before \".json\", and begin with a letter or "
                         "digit", SMARTMSG_RULE_ID_MAX);
    }

    if (file->size > SMARTMSG_RULE_TEXT_MAX) {
        ctl_findings_add(out, file->path, ctl_str(""), "", "the rule is too "
                         "long: %zu bytes, at most %d are allowed", file->size,
                         SMARTMSG_RULE_TEXT_MAX);
        return;
    }

    lint.text = smartmsg_str_without_bom(smartmsg_str(file->text, file->len));
    lint_text(&lint);
}

static void lint_twins(const ctl_files_t *files, ctl_findings_t *out)
{
    for (size_t i = 1; i < files->n; i++) {
        const ctl_file_t *other = ctl_files_find(files,
                                                 ctl_str(files->files[i].id));

        if (other != &files->files[i]) {
            ctl_findings_add(out, files->files[i].path, ctl_str(""), "",
                             "is the same rule as %s", other->path);
        }
    }
}

void ctl_lint_files(const ctl_files_t *files, const ctl_known_t *known,
    ctl_findings_t *out)
{
    memset(out, 0, sizeof(*out));

    for (size_t i = 0; i < files->n; i++) {
        ctl_lint_file(&files->files[i], known, out);
    }

    lint_twins(files, out);

    if (out->n_errors == 0) {
        ctl_lint_circles(files, out);
    }
}
