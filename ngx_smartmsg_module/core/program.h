/*
 * The inside of a compiled condition.  Private to core/condition*.c.
 *
 * A condition is a tree of tests.  While it is compiled the tree consists of
 * linked nodes; then it is laid out in one array in which a node is followed
 * by its descendants and knows how many these are.
 */

#ifndef SMARTMSG_CORE_PROGRAM_H
#define SMARTMSG_CORE_PROGRAM_H

#include "core/coerce.h"
#include "core/condition.h"
#include "core/regex.h"
#include "core/set.h"

/*
 * Every node is evaluated for a subject: the value under test, or the object
 * whose members are tested.  A node with a slot brings that fact as its own;
 * below it there is no other such node.
 */
typedef enum {
    /* of other nodes */
    SMARTMSG_OP_AND,
    SMARTMSG_OP_OR,          /* at least one child */
    SMARTMSG_OP_NOT,         /* not all children */
    SMARTMSG_OP_FALSE,

    /* these choose the subject of their children, which must all hold */
    SMARTMSG_OP_MEMBER,      /* u.value: a path into the subject */
    SMARTMSG_OP_SIZE,        /* the length of an array */
    SMARTMSG_OP_ELEMENT,     /* some element of an array that is not null */
    SMARTMSG_OP_ALL,         /* each child holds for some element */

    /* implicit equality */
    SMARTMSG_OP_IS_STRING,
    SMARTMSG_OP_IS_STRING_I, /* u.value is in lower case */
    SMARTMSG_OP_IS_NUMBER,
    SMARTMSG_OP_IS_BOOLEAN,
    SMARTMSG_OP_IS_JSON,
    SMARTMSG_OP_EXISTS,      /* u.value: boolean */

    /* operators */
    SMARTMSG_OP_EQUAL,
    SMARTMSG_OP_ORDER,       /* compare with u.value */
    SMARTMSG_OP_VERSION,     /* compare with u.value, a padded version */
    SMARTMSG_OP_IN,          /* u.set */
    SMARTMSG_OP_REGEX,       /* u.regex */
    SMARTMSG_OP_TYPE         /* u.value: boolean, number ... by type */
} smartmsg_op_t;

/* Which outcomes of a comparison hold, ORed. */
#define SMARTMSG_CMP_LT 1
#define SMARTMSG_CMP_EQ 2
#define SMARTMSG_CMP_GT 4

/* What SMARTMSG_OP_TYPE compares with. */
typedef enum {
    SMARTMSG_KIND_NULL,
    SMARTMSG_KIND_BOOLEAN,
    SMARTMSG_KIND_NUMBER,
    SMARTMSG_KIND_STRING,
    SMARTMSG_KIND_ARRAY,
    SMARTMSG_KIND_OBJECT
} smartmsg_kind_t;

typedef struct {
    uint8_t op;
    uint8_t cmp;             /* SMARTMSG_CMP_... or smartmsg_kind_t */
    uint16_t below;          /* how many descendants follow it */
    uint32_t slot;           /* the fact that is the subject, or none: then
                                it is that of the parent */
    union {
        smartmsg_value_t value;
        smartmsg_set_t *set;
        smartmsg_regex_t *regex;
    } u;
} smartmsg_node_t;

/* One piece of memory, but for sets, expressions and JSON of the nodes. */
struct smartmsg_condition_s {
    uint32_t n_nodes;
    uint32_t n_slots;
    uint32_t *slots;
    smartmsg_node_t nodes[]; /* then the slots, then their strings */
};

/* A node while the tree grows; a string of its value is borrowed. */
typedef struct smartmsg_tree_s {
    smartmsg_node_t node;
    char *text;              /* owned: its value's string, if nobody else's */
    uint32_t order;          /* in the document */
    uint32_t cost;
    struct smartmsg_tree_s *child;
    struct smartmsg_tree_s *last;
    struct smartmsg_tree_s *next;
} smartmsg_tree_t;

/*
 * A fact.  That of the page's type is asked for late, as rules for other types
 * are sorted out before (core/page_index.h).
 */
#define SMARTMSG_COST_FACT      1
#define SMARTMSG_COST_PAGE_TYPE 6

/* A condition may not have more nodes than this, saved groups included. */
#define SMARTMSG_NODES_MAX 65536

typedef struct {
    const smartmsg_compile_t *with;
    smartmsg_error_t *err;
    smartmsg_path_t path;
    int depth;
    uint32_t n_nodes;
} smartmsg_compiler_t;

/* The groups around a node, to find circles. */
typedef struct smartmsg_group_chain_s {
    const struct smartmsg_group_chain_s *outer;
    const char *id;
} smartmsg_group_chain_t;

/* Where a node stands. */
typedef struct {
    smartmsg_tree_t *parent;
    bool local;              /* members of an element, not facts */
    const smartmsg_group_chain_t *groups;
} smartmsg_place_t;

/* Appends a child, NULL on error (which is set). */
smartmsg_tree_t *smartmsg_tree_add(smartmsg_compiler_t *c,
    smartmsg_tree_t *parent, smartmsg_op_t op, uint32_t cost);

/*
 * What is wrong: an error at the current path, and false; if the compiler is
 * lenient a test that never holds instead, and true.
 */
bool smartmsg_wrong(smartmsg_compiler_t *c, smartmsg_tree_t *parent,
    const char *format, ...) SMARTMSG_PRINTF(3, 4);

/* An error even if lenient; false. */
bool smartmsg_refuse(smartmsg_compiler_t *c, const char *text);

/* Compiles a condition / the tests of a value into place.parent. */
bool smartmsg_compile_condition(smartmsg_compiler_t *c,
    smartmsg_place_t place, const json_t *condition);
bool smartmsg_compile_value(smartmsg_compiler_t *c, smartmsg_place_t place,
    const json_t *condition, bool caseless);
bool smartmsg_compile_operator(smartmsg_compiler_t *c, smartmsg_place_t place,
    const char *name, const json_t *operand);
bool smartmsg_compile_saved_group(smartmsg_compiler_t *c,
    smartmsg_place_t place, const json_t *reference);

/* Whether every member of a not empty object begins with $. */
bool smartmsg_is_operators(const json_t *json);

/* Tests the subject against the scalars of list. */
bool smartmsg_compile_set(smartmsg_compiler_t *c, smartmsg_place_t place,
    const json_t *list, bool caseless, bool negate);

#endif
