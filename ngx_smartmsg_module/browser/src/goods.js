/**
 * What is told of carts and orders, made such that the endpoint takes it: it refuses a whole batch for one member that is
 * wrong.
 */

/** ISO 4217 */
const CURRENCY = /^[A-Z]{3}$/;
const ORDER_ID = /^[ -~]{1,64}$/;
const MAX_AMOUNT = 1e12;

/** @returns {number|undefined} the amount that a number or text stands for, if it does */
export const amount = (value) => {
  return /\d/.test(value) && value >= 0 && value <= MAX_AMOUNT ? +value : undefined;
};

/** @returns {string|undefined} the text, if it is a currency */
export const currencyOf = (text) => {
  return CURRENCY.exec(text)?.[0];
};

/** @returns {object|undefined} the event of an order, if that has a number */
export const toOrder = (number, value, currency) => {
  const id = ORDER_ID.exec(number ?? '')?.[0];
  return id && { event: 'order', id, value: amount(value) ?? 0, currency: currencyOf(currency) };
};
