/*
 * A parser stops at the first error.  Here the place of an error is mended,
 * so that it goes on to the next.
 */

#ifndef SMARTMSG_TOOL_MEND_H
#define SMARTMSG_TOOL_MEND_H

#include "tool/ctl.h"

/* Begins with a document of its own, and no cuts. */
typedef struct {
    json_t *document;       /* changes */

    /* elements that were cut out of lists: the list, its original index */
    struct {
        json_t *list;
        size_t index;
    } *cuts;
    size_t n_cuts;
} ctl_mend_t;

/*
 * The path of the original document that one of the changed document means;
 * the caller frees it.
 */
char *ctl_mend_original(const ctl_mend_t *mend, const char *path);

/*
 * Changes the value at path, or what surrounds it, to something that is right,
 * or cuts it out: then *cut is true.  False if there is nothing to change.
 */
bool ctl_mend(ctl_mend_t *mend, const char *path, bool *cut);

void ctl_mend_free(ctl_mend_t *mend);

#endif
