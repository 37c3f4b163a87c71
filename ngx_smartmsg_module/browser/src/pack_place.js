/**
 * Places in a page, as shop packs name them: a selector, or an object with a selector, an attribute and a pattern.
 */

/** @returns {string|undefined} the text at a place, if there is one */
export function textAt(place) {
  if (!place) return undefined;
  const { select, attr, pattern } = typeof place === 'string' ? { select: place } : place;
  const element = document.querySelector(select);
  const text = (attr ? element?.getAttribute(attr) : element?.textContent)?.trim();
  return pattern && text ? match(pattern, text) : text;
}

/** @returns {number|undefined} the number at a place; one in an attribute is written for machines */
export function numberAt(place) {
  const text = textAt(place);
  if (!text) return undefined;
  return place.attr && Number.isFinite(Number(text)) ? Math.abs(Number(text)) : toNumber(text);
}

/** The first group of a pattern, or all that it finds. */
export function match(pattern, text) {
  const found = new RegExp(pattern).exec(text);
  return found?.[1] ?? found?.[0];
}

/**
 * "1.234,50 €", "$1,234.50" and "CHF 1'234.-" as people write them: a point or comma with one or two digits behind it
 * parts the cents, any other the thousands.
 */
function toNumber(text) {
  const digits = /\d[\d.,'\u2019\s]*/.exec(text)?.[0].replace(/[^\d.,]/g, '');
  if (!digits) return undefined;
  const [, whole, cents = '0'] = /^(.*?)(?:[.,](\d{1,2}))?$/.exec(digits);
  return Number(`${whole.replace(/\D/g, '')}.${cents}`);
}
