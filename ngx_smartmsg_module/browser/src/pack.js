import { afterLoad, listen, safely } from './border.js';
import { currencyOf } from './goods.js';
import { findOrder } from './pack_order.js';
import { numberAt, textAt } from './pack_place.js';

/** ms between a change of the page and the look at it: shops redraw a cart in many steps. */
const PAUSE = 500;

/**
 * Looks at what the shop pack tells to look at: the cart that the page shows, now and whenever it changes, and the
 * order that it confirms.
 *
 * @param {{cart?: object, order?: object, jsonld: boolean, known?: {items?: number, value?: number}}} pack  as the
 *   server put it into the page; `known` is what it need not be told
 * @param {(event: object) => void} report receives cart and order events for the endpoint
 * @returns {(event: object) => void} takes what the dataLayer says: the page counts more than that
 */
export const watchPack = (pack, report) => {
  const known = pack.known ?? {};
  let hasCart = false;
  let hasOrder = false;
  let settled = false;
  let waiting;
  const held = [];

  const lookForCart = safely(() => {
    const cart = readCart(pack.cart);
    const said = COUNTED.filter((name) => cart[name] != null);
    const news = said.filter((name) => cart[name] !== known[name]);
    if (said[0]) hasCart = true;
    for (const name of news) known[name] = cart[name];
    if (news[0]) report({ event: 'cart', op: 'set', ...cart });
  });

  const lookForOrder = safely(() => {
    const order = findOrder(pack);
    if (!order) return;
    hasOrder = true;
    report(order);
  });

  const look = () => {
    waiting = 0;
    lookForCart();
    if (!hasOrder) lookForOrder();
  };

  const settle = () => {
    look();
    settled = true;
    held.splice(0).forEach(hear);
  };

  // An order in the page and one in the dataLayer are the same, even if they call it by different numbers.
  const hear = (event) => {
    const isOrder = event.event === 'order';
    if (isOrder && !settled) held.push(event);
    else if (!(isOrder ? hasOrder : hasCart)) report(event);
  };

  look();
  new MutationObserver(() => {
    if (!waiting) waiting = setTimeout(look, PAUSE);
  }).observe(document, {
    subtree: true,
    childList: true,
    characterData: true,
    attributeFilter: attributesOf(pack),
  });
  afterLoad(settle);
  listen(window, 'pagehide', settle);
  return hear;
};

/** What is compared: what the page does not say is not another. */
const COUNTED = ['items', 'value'];

const readCart = (cart) => {
  const number = numberAt(cart.items);
  return { items: number, value: number === 0 ? 0 : numberAt(cart.value), currency: currencyOf(textAt(cart.currency)) };
};

const attributesOf = ({ cart = {}, order = {} }) => {
  const places = [...Object.values(cart), ...Object.values(order)];
  return places.map((place) => place.attr ?? 'class');
};
