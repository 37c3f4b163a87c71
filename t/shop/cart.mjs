import { find } from './catalogue.mjs';
import { setCookie } from './session.mjs';

/** @returns {Array<{item: object, quantity: number}>} in the order in which the goods were put in */
export function cartOf(session) {
  return [...(session?.lines ?? [])].map(([slug, quantity]) => ({ item: find(slug), quantity }));
}

export function addToCart(visit, item, quantity) {
  const { lines } = visit.session;
  lines.set(item.slug, (lines.get(item.slug) ?? 0) + quantity);
  update(visit);
}

export function removeFromCart(visit, item) {
  visit.session.lines.delete(item.slug);
  update(visit);
}

/** Prices are kept in cents. */
export function totals(cart) {
  const items = cart.reduce((sum, { quantity }) => sum + quantity, 0);
  const cents = cart.reduce((sum, { item, quantity }) => sum + item.cents * quantity, 0);
  return { items, value: cents / 100 };
}

/** As many shops do, the cart's size and value are told to scripts and caches by two plain cookies. */
function update(visit) {
  visit.cart = cartOf(visit.session);
  const { items, value } = totals(visit.cart);
  const gone = items ? '' : '; Max-Age=0';
  setCookie(visit, 'cart_items', items, gone);
  setCookie(visit, 'cart_value', value.toFixed(2), gone);
}

export class Orders {
  #last = 10000;

  /** Turns the visit's cart into an order and empties it. */
  place(visit) {
    const { session, cart } = visit;
    this.#last += 1;
    session.order = { number: `A-${this.#last}`, lines: cart, ...totals(cart), name: session.address.name };
    session.lines.clear();
    update(visit);
  }
}
