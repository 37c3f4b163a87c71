import { totals } from './cart.mjs';

// What the shop tells its analytics, in the words of GA4.

const CURRENCY = 'EUR';

function line(item, quantity = 1) {
  return { item_id: item.slug, item_name: item.name.en, price: item.cents / 100, quantity };
}

function lines(cart) {
  return cart.map(({ item, quantity }) => line(item, quantity));
}

function ecommerce(event, value, items) {
  return { event, ecommerce: { currency: CURRENCY, value, items } };
}

export const viewItemList = (goods) => ({
  event: 'view_item_list',
  ecommerce: { item_list_name: 'home', items: goods.map((item) => line(item)) },
});

export const viewItem = (item) => ecommerce('view_item', item.cents / 100, [line(item)]);

export const addToCart = (item, quantity) =>
  ecommerce('add_to_cart', (item.cents * quantity) / 100, [line(item, quantity)]);

export const removeFromCart = (item, quantity) =>
  ecommerce('remove_from_cart', (item.cents * quantity) / 100, [line(item, quantity)]);

export const viewCart = (cart) => ecommerce('view_cart', totals(cart).value, lines(cart));

export const beginCheckout = (cart) => ecommerce('begin_checkout', totals(cart).value, lines(cart));

export const addPaymentInfo = (cart) => ecommerce('add_payment_info', totals(cart).value, lines(cart));

export const purchase = (order) => ({
  event: 'purchase',
  ecommerce: {
    transaction_id: order.number,
    currency: CURRENCY,
    value: order.value,
    items: lines(order.lines),
  },
});
