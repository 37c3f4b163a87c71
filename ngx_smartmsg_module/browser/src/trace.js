/**
 * Prints why each rule was or was not chosen for this page: for a colleague who has come by a preview link.
 *
 * @param {{preview: string, outcome: string, rules: Array<{rule: string, chosen: string, why: string}>}} trace
 */
export function printTrace({ preview, outcome, rules }) {
  console.log(`smartmsg preview: ${preview} ${outcome}. Without the link:`);
  console.table(rules);
}
