import { listen, safely } from './border.js';
import { findOrder } from './pack_order.js';
import { numberAt, textAt } from './pack_place.js';

/** ms between a change of the page and the look at it: shops redraw a cart in many steps. */
const PAUSE = 500;
const CURRENCY = /^[A-Z]{3}$/;

/**
 * Looks at what the shop pack tells to look at: the cart that the page shows, now and whenever it changes, and the
 * order that it confirms.
 *
 * @param {{cart?: object, order?: object, jsonld: boolean, known?: {items?: number, value?: number}}} pack  as the
 *   server put it into the page; `known` is what it need not be told
 * @param {(event: object) => void} report receives cart and order events for the endpoint
 * @returns {(event: object) => void} takes what the dataLayer says: the page counts more than that
 */
export function watchPack(pack, report) {
  let known = pack.known ?? {};
  let hasCart = false;
  let hasOrder = false;
  let settled = false;
  let waiting = false;
  const held = [];

  const lookForCart = safely(() => {
    const cart = readCart(pack.cart);
    if (!cart) return;
    hasCart = true;
    if (isSame(cart.items, known.items) && isSame(cart.value, known.value)) return;
    known = { ...known, ...defined(cart) };
    report({ event: 'cart', op: 'set', ...cart });
  });

  const lookForOrder = safely(() => {
    const order = findOrder(pack);
    if (!order) return;
    hasOrder = true;
    report(order);
  });

  function look() {
    waiting = false;
    if (pack.cart) lookForCart();
    if (!hasOrder) lookForOrder();
  }

  function settle() {
    look();
    settled = true;
    for (const order of held.splice(0)) {
      if (!hasOrder) report(order);
    }
  }

  // An order in the page and one in the dataLayer are the same, even if they call it by different numbers.
  function hear(event) {
    if (event.event === 'cart' ? hasCart : hasOrder) return;
    if (event.event === 'order' && !settled) held.push(event);
    else report(event);
  }

  look();
  new MutationObserver(() => {
    if (!waiting) setTimeout(look, PAUSE);
    waiting = true;
  }).observe(document, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
    attributeFilter: attributesOf(pack),
  });
  if (document.readyState === 'complete') settle();
  else listen(window, 'load', settle);
  listen(window, 'pagehide', settle);
  return hear;
}

function readCart({ items, value, currency }) {
  const number = numberAt(items);
  const worth = number === 0 ? 0 : numberAt(value);
  if (number === undefined && worth === undefined) return null;
  const code = textAt(currency);
  return { items: number, value: worth, currency: CURRENCY.test(code) ? code : undefined };
}

/** What the page does not say is not another. */
function isSame(seen, known) {
  return seen === undefined || seen === known;
}

function defined({ items, value }) {
  return { ...(items !== undefined && { items }), ...(value !== undefined && { value }) };
}

function attributesOf({ cart = {}, order = {} }) {
  const places = [...Object.values(cart), ...Object.values(order)];
  return ['class', ...places.map((place) => place.attr).filter(Boolean)];
}
