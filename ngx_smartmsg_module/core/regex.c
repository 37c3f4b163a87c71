#include "core/regex.h"

#include <stdio.h>
#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/*
 * A few milliseconds at worst.  Heap is in kibibytes; it is only used where the JIT
 * compiler is not available or has run out of its 32 KiB stack.
 */
#define MATCH_LIMIT  50000
#define DEPTH_LIMIT  20000
#define HEAP_LIMIT   2048

struct smartmsg_regex_s {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *context;
};

static uint32_t options(bool caseless)
{
    return PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_ALT_BSUX
           | PCRE2_DOLLAR_ENDONLY | PCRE2_ALLOW_EMPTY_CLASS
           | PCRE2_MATCH_UNSET_BACKREF | PCRE2_NEVER_BACKSLASH_C
           | (caseless ? PCRE2_CASELESS : 0);
}

static pcre2_code *compile(smartmsg_str_t pattern, bool caseless,
    bool lenient, int *error, size_t *offset)
{
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    pcre2_code *code;

    *error = PCRE2_ERROR_NOMEMORY;
    *offset = 0;

    if (context == NULL) {
        return NULL;
    }

    /* a dot does not match \r and \n; cannot fail for a valid value */
    (void) pcre2_set_newline(context, PCRE2_NEWLINE_ANYCRLF);

    if (lenient) {
        (void) pcre2_set_compile_extra_options(context,
                                     PCRE2_EXTRA_BAD_ESCAPE_IS_LITERAL);
    }

    code = pcre2_compile((PCRE2_SPTR) pattern.data, pattern.len,
                         options(caseless), error, offset, context);
    pcre2_compile_context_free(context);
    return code;
}

static void explain(int error, size_t offset, char *why, size_t size)
{
    PCRE2_UCHAR text[128];

    if (error == PCRE2_ERROR_NOMEMORY || error == PCRE2_ERROR_HEAP_FAILED) {
        why[0] = '\0';
        return;
    }

    if (pcre2_get_error_message(error, text, sizeof(text)) < 0) {
        text[0] = '\0';
    }

    (void) snprintf(why, size, "%s at position %zu", (char *) text, offset);
}

smartmsg_regex_t *smartmsg_regex_compile(smartmsg_str_t pattern,
    bool caseless, bool lenient, char *why, size_t size)
{
    smartmsg_regex_t *regex;
    int error;
    size_t offset;

    if (pattern.len > SMARTMSG_PATTERN_MAX) {
        (void) snprintf(why, size, "longer than %d bytes",
                        SMARTMSG_PATTERN_MAX);
        return NULL;
    }

    /* (*LIMIT_MATCH=...) and its like are settings, not an expression */
    if (pattern.len > 1 && memcmp(pattern.data, "(*", 2) == 0) {
        (void) snprintf(why, size, "nothing to repeat at position 1");
        return NULL;
    }

    regex = calloc(1, sizeof(*regex));
    if (regex == NULL) {
        why[0] = '\0';
        return NULL;
    }

    regex->code = compile(pattern, caseless, lenient, &error, &offset);
    if (regex->code == NULL) {
        explain(error, offset, why, size);
        goto failed;
    }

    regex->data = pcre2_match_data_create(1, NULL);
    regex->context = pcre2_match_context_create(NULL);
    if (regex->data == NULL || regex->context == NULL) {
        why[0] = '\0';
        goto failed;
    }

    (void) pcre2_set_match_limit(regex->context, MATCH_LIMIT);
    (void) pcre2_set_depth_limit(regex->context, DEPTH_LIMIT);
    (void) pcre2_set_heap_limit(regex->context, HEAP_LIMIT);

    /* without JIT the interpreter does it */
    (void) pcre2_jit_compile(regex->code, PCRE2_JIT_COMPLETE);

    return regex;

failed:

    smartmsg_regex_free(regex);
    return NULL;
}

void smartmsg_regex_free(smartmsg_regex_t *regex)
{
    if (regex == NULL) {
        return;
    }

    pcre2_match_context_free(regex->context);
    pcre2_match_data_free(regex->data);
    pcre2_code_free(regex->code);
    free(regex);
}

bool smartmsg_regex_match(smartmsg_regex_t *regex, smartmsg_str_t text)
{
    PCRE2_SPTR subject = (PCRE2_SPTR) (text.len > 0 ? text.data : "");
    int rc = pcre2_match(regex->code, subject, text.len, 0, 0, regex->data,
                         regex->context);

    if (rc == PCRE2_ERROR_JIT_STACKLIMIT) {
        rc = pcre2_match(regex->code, subject, text.len, 0, PCRE2_NO_JIT,
                         regex->data, regex->context);
    }

    return rc >= 0;
}
