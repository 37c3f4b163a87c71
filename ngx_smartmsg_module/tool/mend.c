#include "tool/mend.h"

#include <stdio.h>
#include <stdlib.h>

#include "tool/json.h"

/* What is right for a member; for "NAME[]", for an element of such a list. */
static const struct {
    const char *name;
    const char *json;
} good_values[] = {
    { "title", "\"x\"" },
    { "text", "\"x\"" },
    { "label", "\"x\"" },
    { "html", "\"x\"" },
    { "select", "\"x\"" },
    { "code", "\"x\"" },
    { "path", "\"/x\"" },
    { "src", "\"/x\"" },
    { "alt", "\"x\"" },
    { "width", "1" },
    { "height", "1" },
    { "type", "\"text\"" },
    { "value", "\"x\"" },
    { "as", "\"dialog\"" },
    { "on", "\"exit\"" },
    { "when", "[{\"on\":\"exit\"}]" },
    { "when[]", "{\"on\":\"exit\"}" },
    { "actions[]", "{\"label\":\"x\",\"close\":true}" },
    { "show", "{\"as\":\"dialog\",\"title\":\"x\"}" },
    { "force", "{\"when\":[{\"on\":\"exit\"}],"
               "\"show\":{\"as\":\"dialog\",\"title\":\"x\"}}" },
    { "rules[]", "{\"force\":{\"when\":[{\"on\":\"exit\"}],"
                 "\"show\":{\"as\":\"dialog\",\"title\":\"x\"}}}" },
    { "variations[]", "{\"when\":[{\"on\":\"exit\"}],"
                      "\"show\":{\"as\":\"dialog\",\"title\":\"x\"}}" },
};

/* A place in the document, reached step by step. */
typedef struct {
    json_t *parent;         /* NULL at the top */
    json_t *value;
    const char *list;       /* name of the list that the value is in */
    const char *key;        /* of the value in an object; NULL in a list */
    size_t index;           /* of the value in a list */
} place_t;

/* The longest member name that text begins with; NULL if there is none. */
static const char *match_key(json_t *object, const char *text)
{
    const char *best = NULL;
    const char *key;
    json_t *member;

    json_object_foreach(object, key, member) {
        size_t len = strlen(key);

        if (strncmp(text, key, len) == 0 && strchr(".[", text[len]) != NULL
            && (best == NULL || len > strlen(best)))
        {
            best = key;
        }
    }

    return best;
}

/* Follows one step of a path; NULL if it leads to nothing. */
static const char *step(place_t *place, const char *path)
{
    json_t *value;
    char *end;

    if (path[0] == '[' && json_is_array(place->value)) {
        size_t index = strtoul(path + 1, &end, 10);

        value = json_array_get(place->value, index);

        if (value == NULL || *end != ']') {
            return NULL;
        }

        place->list = place->key;
        place->parent = place->value;
        place->value = value;
        place->index = index;
        place->key = NULL;
        return end + 1;
    }

    path += path[0] == '.';

    if (json_is_object(place->value)) {
        const char *key = match_key(place->value, path);

        if (key == NULL) {
            return NULL;
        }

        place->list = NULL;
        place->parent = place->value;
        place->value = json_object_get(place->parent, key);
        place->key = key;
        return path + strlen(key);
    }

    return NULL;
}

static size_t original_index(const ctl_mend_t *mend, const json_t *list,
    size_t index)
{
    /* the cuts of a list are sorted by index */
    for (size_t i = 0; i < mend->n_cuts; i++) {
        if (mend->cuts[i].list == list && mend->cuts[i].index <= index) {
            index++;
        }
    }

    return index;
}

char *ctl_mend_original(const ctl_mend_t *mend, const char *path)
{
    place_t place = { .value = mend->document };
    char *out = ctl_strndup("", 0);
    const char *rest = path;

    while (*rest != '\0') {
        const json_t *list = place.value;
        const char *next = step(&place, rest);
        char *longer;

        if (next == NULL) {
            break;
        }

        longer = place.key != NULL
            ? ctl_format("%s%.*s", out, (int) (next - rest), rest)
            : ctl_format("%s[%zu]", out, original_index(mend, list,
                                                        place.index));
        free(out);
        out = longer;
        rest = next;
    }

    if (*rest != '\0') {
        char *longer = ctl_format("%s%s", out, rest);

        free(out);
        out = longer;
    }

    return out;
}

static json_t *good_value(const char *name)
{
    for (size_t i = 0; i < sizeof(good_values) / sizeof(good_values[0]); i++) {
        if (strcmp(good_values[i].name, name) == 0) {
            return ctl_json(json_loads(good_values[i].json, JSON_DECODE_ANY,
                                       NULL));
        }
    }

    return NULL;
}

static json_t *good_for(const place_t *place)
{
    char name[64];

    (void) snprintf(name, sizeof(name), "%s%s",
                    place->key != NULL ? place->key
                                       : place->list ? place->list : "",
                    place->key != NULL ? "" : "[]");
    return good_value(name);
}

/* Adds what an object lacks; false if it lacks nothing. */
static bool complete(json_t *object, const json_t *good)
{
    size_t before = json_object_size(object);

    if (!json_is_object(object) || !json_is_object(good)) {
        return false;
    }

    if (json_object_update_missing(object, (json_t *) good) != 0) {
        ctl_fail(CTL_LOCAL, "out of memory");
    }

    return json_object_size(object) > before;
}

static void replace(const place_t *place, json_t *good)
{
    if (place->key != NULL) {
        ctl_json_set(place->parent, place->key, json_incref(good));

    } else if (json_array_set(place->parent, place->index, good) != 0) {
        ctl_fail(CTL_LOCAL, "out of memory");
    }
}

static void note_cut(ctl_mend_t *mend, json_t *list, size_t index)
{
    size_t at = mend->n_cuts;

    index = original_index(mend, list, index);
    mend->cuts = ctl_realloc(mend->cuts,
                             (mend->n_cuts + 1) * sizeof(mend->cuts[0]));

    while (at > 0 && mend->cuts[at - 1].index > index) {
        mend->cuts[at] = mend->cuts[at - 1];
        at--;
    }

    /* kept, so that no other list gets its address */
    mend->cuts[at].list = json_incref(list);
    mend->cuts[at].index = index;
    mend->n_cuts++;
}

static void cut_out(ctl_mend_t *mend, const place_t *place)
{
    if (place->key != NULL) {
        (void) json_object_del(place->parent, place->key);
        return;
    }

    note_cut(mend, place->parent, place->index);
    (void) json_array_remove(place->parent, place->index);
}

/* A member that is missing is added if it is known what is right. */
static bool add_missing(const place_t *place, const char *name)
{
    json_t *good = NULL;

    name += name[0] == '.';

    if (json_is_object(place->value) && strpbrk(name, ".[") == NULL) {
        good = good_value(name);
    }

    if (good == NULL) {
        return false;
    }

    ctl_json_set(place->value, name, good);
    return true;
}

bool ctl_mend(ctl_mend_t *mend, const char *path, bool *cut)
{
    place_t place = { .value = mend->document };
    const char *next;
    json_t *good;

    *cut = false;

    while (*path != '\0' && (next = step(&place, path)) != NULL) {
        path = next;
    }

    if (*path != '\0' && add_missing(&place, path)) {
        return true;
    }

    if (place.parent == NULL) {
        return false;
    }

    good = good_for(&place);

    if (good != NULL && complete(place.value, good)) {
        json_decref(good);
        return true;
    }

    if (good != NULL && !json_equal(good, place.value)) {
        replace(&place, good);
    } else {
        cut_out(mend, &place);
        *cut = true;
    }

    json_decref(good);
    return true;
}

void ctl_mend_free(ctl_mend_t *mend)
{
    for (size_t i = 0; i < mend->n_cuts; i++) {
        json_decref(mend->cuts[i].list);
    }

    free(mend->cuts);
    json_decref(mend->document);
    memset(mend, 0, sizeof(*mend));
}
