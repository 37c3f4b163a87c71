/*
 * Evaluation of a feature inside another evaluation.  Private to core/.
 */

#ifndef SMARTMSG_CORE_FEATURE_EVAL_H
#define SMARTMSG_CORE_FEATURE_EVAL_H

#include "core/feature.h"
#include "core/targeting.h"

/* feature may be NULL: then it is looked up. */
void smartmsg_feature_eval_in(smartmsg_str_t key,
    const smartmsg_feature_t *feature, const smartmsg_context_t *context,
    const smartmsg_stack_t *stack, smartmsg_feature_result_t *result);

#endif
