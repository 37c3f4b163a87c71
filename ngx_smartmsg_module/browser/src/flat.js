/**
 * What the shop's pages and the visitors' answers tell, made such that the endpoint takes it: it refuses a whole batch for
 * one member that is wrong.
 */

/** Names of events and of members. */
export const WORD = /^[a-z][\w.-]{0,63}$/i;
const MEMBERS = 16;
const TEXT = 256;
const NUMBER = 1e15;
/** Bytes of all names and values; their JSON has never less. */
const SIZE = 2048;

/** JSON in ASCII, so that its length is its size on the wire. */
export function encode(value) {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** One line of text: control characters and halves of characters become spaces. */
export function line(value, max = TEXT) {
  return `${value}`.slice(0, max).replace(/[\p{Cc}\p{Cs}]/gu, ' ');
}

/** @returns {object} the members of `data` that may be told: numbers, booleans, and anything else as text */
export function flat(data) {
  const members = Object.entries(data ?? {}).filter(([name, value]) => WORD.test(name) && value != null);
  const kept = members.slice(0, MEMBERS).map(([name, value]) => [name, isPlain(value) ? value : line(value)]);
  return encode(kept).length > SIZE ? {} : Object.fromEntries(kept);
}

function isPlain(value) {
  return typeof value === 'boolean' || (typeof value === 'number' && Math.abs(value) <= NUMBER);
}
