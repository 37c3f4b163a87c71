/**
 * What the shop's pages and the visitors' answers tell, made such that the endpoint takes it: it refuses a whole batch for
 * one member that is wrong.
 */

/** Names of events and of members. */
export const WORD = /^[a-z][\w.-]{0,63}$/i;
const MEMBERS = 16;
const TEXT = 256;
const NUMBER = 1e15;
/** Bytes of all names and values, without what makes the endpoint's numbers longer than ours. */
const SIZE = 2000;

/** One line of text: control characters and halves of characters become spaces. */
export const line = (value, max = TEXT) => {
  return `${value}`.slice(0, max).replace(/[\p{Cc}\p{Cs}]/gu, ' ');
};

/** @returns {object} the members of `data` that may be told: numbers, booleans, and anything else as text */
export const flat = (data) => {
  const members = Object.entries(data ?? {}).filter(([name, value]) => WORD.test(name) && value != null);
  const kept = members.slice(0, MEMBERS).map(([name, value]) => [name, isPlain(value) ? value : line(value)]);
  return new Blob(/** @type {any} */ (kept)).size > SIZE ? {} : Object.fromEntries(kept);
};

const isPlain = (value) => /boolean|number/.test(typeof value) && Math.abs(value) <= NUMBER;
