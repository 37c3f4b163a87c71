import { amount } from './goods.js';

/**
 * Places in a page, as shop packs name them: a selector, or an object with a selector, an attribute and a pattern.
 */

/** @returns {string|undefined} the text at a place, if there is one */
export const textAt = (place) => {
  // A text has none of these members, and is the selector itself.
  const { select = place, attr, pattern } = place ?? {};
  const element = select && document.querySelector(select);
  const text = (attr ? element?.getAttribute(attr) : element?.textContent)?.trim();
  return pattern && text ? match(pattern, text) : text;
};

/** @returns {number|undefined} the amount at a place; one in an attribute is written for machines */
export const numberAt = (place) => {
  const text = textAt(place);
  return (place?.attr && amount(text)) ?? amount(toNumber(text));
};

/** The first group of a pattern, or all that it finds. */
export const match = (pattern, text) => {
  const found = new RegExp(pattern).exec(text);
  return found?.[1] ?? found?.[0];
};

/**
 * "1.234,50 €", "$1,234.50" and "CHF 1'234.-" as people write them: a point or comma with one or two digits behind it
 * parts the cents, any other the thousands.
 */
const toNumber = (text) => {
  const digits = /\d[\d.,'\u2019\s]*/.exec(text)?.[0];
  return digits
    ?.split(/[.,](?=\d\d?\D*$)/)
    .map((part) => part.replace(/\D/g, ''))
    .join('.');
};
