import { match, numberAt, textAt } from './pack_place.js';

const ORDER_ID = /^[\x20-\x7e]{1,64}$/;
const CURRENCY = /^[A-Z]{3}$/;

/** @returns {object|null} the event of the order that this page confirms: by an element, or in JSON-LD */
export function findOrder({ order, jsonld }) {
  return (order && inPage(order)) || (jsonld && inData()) || null;
}

/** The address of a confirmation can be opened by anybody, so there is always an element, too. */
function inPage({ proof, id, value, currency }) {
  if (proof && !textAt(proof)) return null;
  const number = id.url ? match(id.url, location.pathname + location.search) : textAt(id);
  return toOrder(number, numberAt(value), textAt(currency));
}

/** Orders as schema.org describes them (schema.org/Order). */
function inData() {
  for (const script of document.querySelectorAll('script[type="application/ld+json"]')) {
    const order = ordersIn(parse(script.textContent)).find(Boolean);
    if (order) return order;
  }
  return null;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function ordersIn(data) {
  if (Array.isArray(data)) return data.flatMap(ordersIn);
  if (typeof data !== 'object' || data === null) return [];
  if (data['@graph']) return ordersIn(data['@graph']);
  if (![data['@type']].flat().includes('Order')) return [];
  const due = data.totalPaymentDue ?? data;
  const value = Number(due.price ?? due.value ?? data.price);
  return [toOrder(String(data.orderNumber ?? ''), value, due.priceCurrency ?? due.currency ?? data.priceCurrency)];
}

function toOrder(id, value, currency) {
  if (!ORDER_ID.test(id ?? '')) return null;
  return {
    event: 'order',
    id,
    value: value >= 0 ? value : 0,
    currency: CURRENCY.test(currency) ? currency : undefined,
  };
}
