/**
 * GA4 e-commerce events in the words of the endpoint. Names and members as Google documents them for gtag.js and Tag
 * Manager (developers.google.com/analytics/devguides/collection/ga4/ecommerce).
 */

const CART = { view_cart: 'set', begin_checkout: 'set', add_to_cart: 'add', remove_from_cart: 'remove' };
const CURRENCY = /^[A-Z]{3}$/;
const ORDER_ID = /^[\x20-\x7e]{1,64}$/;

/**
 * @param {object} entry one entry of the dataLayer: `{event, ecommerce}` or the arguments of `gtag('event', name, data)`
 * @returns {object|null} the cart or order event that it stands for, if any
 */
export function toEvent(entry) {
  const [name, data] = entry[0] === 'event' ? [entry[1], entry[2]] : [entry.event, entry.ecommerce];
  if (typeof data !== 'object' || data === null) return null;
  if (name === 'purchase') return toOrder(data);
  return Object.hasOwn(CART, name) ? toCart(CART[name], data) : null;
}

function toCart(op, data) {
  const lines = linesOf(data);
  const value = worthOf(data, lines);
  // A cart that is not described must not look like an emptied one.
  if (value === undefined && !lines) return null;
  const items = lines ? sum(lines, quantityOf) : Number(value > 0);
  return { event: 'cart', op, value: value ?? 0, items, currency: currencyOf(data, lines) };
}

function toOrder(data) {
  const id = String(data.transaction_id ?? '');
  if (!ORDER_ID.test(id)) return null;
  const lines = linesOf(data);
  return { event: 'order', id, value: worthOf(data, lines) ?? 0, currency: currencyOf(data, lines) };
}

function linesOf(data) {
  return Array.isArray(data.items) ? data.items.filter((line) => line && typeof line === 'object') : undefined;
}

function worthOf(data, lines) {
  return amount(data.value) ?? (lines && sum(lines, (line) => (amount(line.price) ?? 0) * quantityOf(line)));
}

function currencyOf(data, lines) {
  const currency = data.currency ?? lines?.[0]?.currency;
  return CURRENCY.test(currency) ? currency : undefined;
}

function quantityOf(line) {
  return amount(line.quantity) ?? 1;
}

/** Shops write numbers as text, too. */
function amount(value) {
  const number = typeof value === 'string' && value.trim() ? Number(value) : value;
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}

/** Rounded, because 0.1 + 0.2 is not what the cart says. */
function sum(lines, measure) {
  const total = lines.reduce((sofar, line) => sofar + measure(line), 0);
  return Math.round(total * 1e4) / 1e4;
}
