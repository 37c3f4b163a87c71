import { amount, currencyOf, toOrder } from './goods.js';

/**
 * GA4 e-commerce events in the words of the endpoint. Names and members as Google documents them for gtag.js and Tag
 * Manager (developers.google.com/analytics/devguides/collection/ga4/ecommerce).
 */

const CART = /^(?:view_cart|begin_checkout|(add)_to_cart|(remove)_from_cart)$/;

/**
 * @param {string} name of an event
 * @param {object} data what it says of goods
 * @returns {object|undefined} the cart or order event that it stands for, if any; throws if there is no data
 */
export const toEvent = (name, data) => {
  const lines = data.items?.filter?.(Boolean);
  const value = amount(data.value) ?? (lines && sum(lines, (line) => (amount(line.price) ?? 0) * quantityOf(line)));
  const currency = data.currency ?? lines?.[0]?.currency;
  if (name === 'purchase') return toOrder(data.transaction_id, value, currency);
  const cart = CART.exec(name);
  // A cart that is not described must not look like an emptied one.
  if (!cart || value === undefined) return undefined;
  const items = lines ? sum(lines, quantityOf) : +(value > 0);
  return { event: 'cart', op: cart[1] ?? cart[2] ?? 'set', value, items, currency: currencyOf(currency) };
};

const quantityOf = (line) => {
  return amount(line.quantity) ?? 1;
};

/** Rounded, because 0.1 + 0.2 is not what the cart says. */
const sum = (lines, measure) => {
  return +lines.reduce((sofar, line) => sofar + measure(line), 0).toFixed(4);
};
