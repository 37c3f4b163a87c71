#include "tool/lint_circle.h"

#include <stdlib.h>

typedef struct {
    const ctl_files_t *files;
    ctl_findings_t *out;
    json_t **documents;
    char *state;            /* by file: NEW, ACTIVE, DONE */
} walk_t;

enum { NEW, ACTIVE, DONE };

static void visit(walk_t *walk, size_t i);

static void follow(walk_t *walk, size_t from, const json_t *parent,
    const char *path)
{
    const ctl_file_t *file = &walk->files->files[from];
    const ctl_file_t *to;
    const char *id = json_string_value(json_object_get(parent, "id"));

    to = id != NULL ? ctl_files_find(walk->files, ctl_str(id)) : NULL;

    if (to == NULL) {
        return;
    }

    if (walk->state[to - walk->files->files] == ACTIVE) {
        ctl_findings_add(walk->out, file->path,
                         smartmsg_str(file->text, file->len), path,
                         "prerequisites in a circle: \"%s\" needs \"%s\"",
                         to->id, file->id);
        return;
    }

    visit(walk, (size_t) (to - walk->files->files));
}

static void visit(walk_t *walk, size_t i)
{
    json_t *rules = json_object_get(walk->documents[i], "rules");
    size_t r, p;
    json_t *entry, *parent;

    if (walk->state[i] != NEW) {
        return;
    }

    walk->state[i] = ACTIVE;

    json_array_foreach(rules, r, entry) {
        json_t *parents = json_object_get(entry, "parentConditions");

        json_array_foreach(parents, p, parent) {
            char *path = ctl_format("rules[%zu].parentConditions[%zu].id", r,
                                    p);

            follow(walk, i, parent, path);
            free(path);
        }
    }

    walk->state[i] = DONE;
}

void ctl_lint_circles(const ctl_files_t *files, ctl_findings_t *out)
{
    walk_t walk = { files, out, NULL, NULL };

    walk.documents = ctl_alloc(files->n * sizeof(json_t *));
    walk.state = ctl_alloc(files->n);

    for (size_t i = 0; i < files->n; i++) {
        const ctl_file_t *file = &files->files[i];
        smartmsg_str_t text = smartmsg_str_without_bom(
            smartmsg_str(file->text, file->len));

        walk.documents[i] = json_loadb(text.data, text.len, 0, NULL);
    }

    for (size_t i = 0; i < files->n; i++) {
        visit(&walk, i);
    }

    for (size_t i = 0; i < files->n; i++) {
        json_decref(walk.documents[i]);
    }

    free(walk.documents);
    free(walk.state);
}
