/**
 * Prints why each rule was or was not chosen for this page: for a colleague who has come by a preview link.
 *
 * @param {{preview: string, outcome: string, rules: Array<{rule: string, chosen: string, why: string}>}} trace
 */
export const printTrace = (trace) => {
  console.log(`smartmsg preview: ${trace.preview} ${trace.outcome}. Without the link:`);
  console.table(trace.rules);
};
