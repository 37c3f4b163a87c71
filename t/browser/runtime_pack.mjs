// What the runtime finds in a page when a shop pack tells it where to look: the cart's counter, the order, JSON-LD.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { scriptTag } from './lib/snippet.mjs';
import { suite } from './lib/suite.mjs';

const test = suite();
const plain = {};

/** The browser's part of a ready pack; `pages` stays on the server. */
function packOf(name) {
  const file = new URL(`../../rules/shops/${name}.json`, import.meta.url);
  const { cart, order, jsonld = false } = JSON.parse(readFileSync(file, 'utf8')).browser;
  if (order) delete order.pages;
  return { cart, order, jsonld };
}

const tell = ({ page, ...event }) => event;

/** Opens a hand-made page at an address, with the pack's template and the runtime at its end. */
async function show({ page, stand, open }, body, { pack, at = 'made', before = '' }) {
  const json = JSON.stringify({ pack }).replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');
  const html = `<!doctype html><html><head><title>x</title>${before}</head><body>${body}<template data-smartmsg="${json}"></template>${scriptTag(stand.scriptUrl)}</body></html>`;
  await page.route(`**/${at.split('?')[0]}*`, (route) =>
    route.fulfill({ contentType: 'text/html; charset=utf-8', body: html }),
  );
  await open(at);
  await page.waitForFunction(() => document[Symbol.for('smartmsg.runtime')]);
}

/** Nothing more comes, although the page has been looked at. */
async function quiet(page, stand, count) {
  await page.evaluate(() => new Promise((done) => setTimeout(done, 1700)));
  assert.equal(stand.events.length, count, JSON.stringify(stand.events));
}

/** pack → [page, event]: carts as the shops draw them */
const CARTS = {
  woocommerce: [
    '<a class="cart-contents" href="/cart"><span class="amount"><bdi>59,90&nbsp;€</bdi></span> <span class="count">2 Artikel</span></a>',
    { items: 2, value: 59.9 },
  ],
  opencart: ['<div id="cart"><button>1 item(s) - $1,123.20</button></div>', { items: 1, value: 1123.2 }],
  evershop: ['<a href="/cart" aria-label="Shopping cart with 2 items"><svg></svg></a>', { items: 2 }],
  zencart: ['<div class="cartBoxTotal">Total: $39.99</div>', { value: 39.99 }],
  abantecart: ['<span class="cart_counter">3</span>', { items: 3 }],
  shopware: ['<span class="header-cart-total">1.299,00 €*</span>', { value: 1299 }],
  magento: ['<div class="minicart-wrapper"><span class="counter-number">4</span></div>', { items: 4 }],
  prestashop: ['<span class="cart-products-count">(5)</span>', { items: 5 }],
};
for (const [name, [body, cart]] of Object.entries(CARTS)) {
  test(`${name}: the cart that the page shows`, plain, async (tools) => {
    const { cart: places } = packOf(name);
    await show(tools, body, { pack: { cart: places, jsonld: false, known: {} } });
    assert.deepEqual((await tools.stand.need('cart')).map(tell), [{ event: 'cart', op: 'set', ...cart }]);
  });
}

/** pack → [address, page, event]: orders as the shops confirm them */
const ORDERS = {
  'woocommerce, classic': [
    'checkout/order-received/54/?key=wc_order_x',
    '<ul><li class="woocommerce-order-overview__order order">Order number: <strong>2024-0054</strong></li><li class="woocommerce-order-overview__total total">Total: <strong><span class="amount">$61.50</span></strong></li></ul>',
    { id: '54', value: 61.5 },
  ],
  'woocommerce, blocks': [
    'checkout/order-received/55/?key=wc_order_x',
    '<ul><li class="wc-block-order-confirmation-summary-list-item"><span>Order #:</span> <span>55</span></li></ul>',
    { id: '55', value: 0 },
  ],
  zencart: [
    'index.php?main_page=checkout_success',
    '<div id="checkoutSuccessOrderNumber">Your Order Number is: 17</div>',
    { id: '17', value: 0 },
  ],
  shopware: [
    'checkout/finish?orderId=0a',
    '<p class="finish-ordernumber" data-order-number="10001">Your order number: #10001</p><div class="hidden-line-items-information" data-currency="EUR" data-value="199.9800"></div>',
    { id: '10001', value: 199.98, currency: 'EUR' },
  ],
  magento: [
    'checkout/onepage/success/',
    '<div class="checkout-success"><p>Your order # is: <span>000000012</span>.</p><p>We email you <span>soon</span></p></div>',
    { id: '000000012', value: 0 },
  ],
  prestashop: [
    'order-confirmation?id_order=4&key=x',
    '<ul><li id="order-reference-value">Order reference: XKBKNABJK</li></ul><div class="order-confirmation-table"><table><tr class="total-value"><td>Total</td><td>€47.10</td></tr></table></div>',
    { id: 'XKBKNABJK', value: 47.1 },
  ],
};
for (const [name, [at, body, order]] of Object.entries(ORDERS)) {
  test(`${name}: the order that the page confirms`, plain, async (tools) => {
    await show(tools, body, { pack: { ...packOf(name.split(',')[0]), cart: undefined }, at });
    assert.deepEqual((await tools.stand.need('order')).map(tell), [{ event: 'order', ...order }]);
  });
}

test('woocommerce: "Thank you" without the element is no order', plain, async (tools) => {
  const at = 'checkout/order-received/99999/?key=';
  await show(tools, '<h1>Order received</h1><p>Thank you.</p>', { pack: packOf('woocommerce'), at });
  await quiet(tools.page, tools.stand, 0);
});

test('zen cart: the page without the number is no order', plain, async (tools) => {
  await show(tools, '<div id="checkoutSuccessOrderNumber"></div>', { pack: packOf('zencart'), at: 'index.php' });
  await quiet(tools.page, tools.stand, 0);
});

test('what the server knows is not reported again', plain, async (tools) => {
  const { page, stand } = tools;
  const cart = { items: '.n', value: '.v' };
  const body = '<b class="n">2</b><b class="v">10,00</b>';
  await show(tools, body, { pack: { cart, jsonld: false, known: { items: 2, value: 10 } } });
  await quiet(page, stand, 0);
  await page.evaluate(() => {
    document.querySelector('.n').textContent = '3';
  });
  assert.deepEqual((await stand.need('cart')).map(tell), [{ event: 'cart', op: 'set', items: 3, value: 10 }]);
  await page.evaluate(() => {
    document.querySelector('.n').textContent = '0';
  });
  assert.deepEqual(tell((await stand.need('cart', 2))[1]), { event: 'cart', op: 'set', items: 0, value: 0 });
});

test('a cart that is drawn later, and changes in an attribute', plain, async (tools) => {
  const { page, stand } = tools;
  await show(tools, '<div id="app"></div>', { pack: { cart: packOf('evershop').cart, jsonld: false } });
  await page.evaluate(() => {
    document.querySelector('#app').innerHTML = '<a aria-label="Shopping cart with 1 items"></a>';
  });
  await stand.need('cart');
  await page.evaluate(() => document.querySelector('#app a').setAttribute('aria-label', 'Shopping cart with 2 items'));
  assert.deepEqual(
    (await stand.need('cart', 2)).map(({ items }) => items),
    [1, 2],
  );
});

test('the page counts more than the dataLayer', plain, async (tools) => {
  const { page, stand } = tools;
  const before = `<script>dataLayer = [
    {event: 'view_cart', ecommerce: {value: 70, items: []}},
    {event: 'purchase', ecommerce: {transaction_id: '2024-7', value: 9}}]</script>`;
  const pack = { cart: { items: '.n' }, order: { id: '.o', value: '.v' }, jsonld: false };
  await show(tools, '<b class="n">1</b><b class="o">7</b><b class="v">8</b>', { pack, before });
  await page.evaluate(() => window.dataLayer.push({ event: 'add_to_cart', ecommerce: { value: 5 } }));
  await page.evaluate(() => window.dataLayer.push({ event: 'purchase', ecommerce: { transaction_id: '8' } }));
  await quiet(page, stand, 2);
  assert.deepEqual(stand.of('order').map(tell), [{ event: 'order', id: '7', value: 8 }]);
  assert.deepEqual(stand.of('cart').map(tell), [{ event: 'cart', op: 'set', items: 1 }]);
});

test('without them in the page the dataLayer counts', plain, async (tools) => {
  const before = `<script>dataLayer = [{event: 'purchase', ecommerce: {transaction_id: 'A7', value: 9}}]</script>`;
  await show(tools, '<p>x</p>', { pack: { cart: { items: '.n' }, order: { id: '.o' }, jsonld: true }, before });
  await tools.page.evaluate(() => window.dataLayer.push({ event: 'add_to_cart', ecommerce: { value: 5 } }));
  assert.deepEqual((await tools.stand.need('order')).map(tell), [{ event: 'order', id: 'A7', value: 9 }]);
  await tools.stand.need('cart');
});

/** name → [JSON-LD, the order in it] */
const DATA = {
  'as it should be': [
    { '@type': 'Order', orderNumber: 'J-1', price: '12.50', priceCurrency: 'EUR' },
    { id: 'J-1', value: 12.5, currency: 'EUR' },
  ],
  'in a graph': [
    { '@graph': [{ '@type': 'WebPage' }, { '@type': ['Order'], orderNumber: 5, totalPaymentDue: { price: 3 } }] },
    { id: '5', value: 3 },
  ],
  'in a list, without a value': [[{ '@type': 'Order', orderNumber: 'x', price: 'much' }], { id: 'x', value: 0 }],
};
for (const [name, [data, order]] of Object.entries(DATA)) {
  test(`JSON-LD: ${name}`, plain, async (tools) => {
    const script = `<script type="application/ld+json">{"broken</script><script type="application/ld+json">${JSON.stringify(data)}</script>`;
    await show(tools, script, { pack: packOf('generic') });
    assert.deepEqual((await tools.stand.need('order')).map(tell), [{ event: 'order', ...order }]);
    await quiet(tools.page, tools.stand, 1);
  });
}

for (const [name, data] of Object.entries({
  'products are no orders': { '@type': 'Product', offers: { '@type': 'Offer', price: 5 }, orderNumber: '7' },
  'an order that a delivery speaks of': {
    '@graph': [{ '@type': 'ParcelDelivery', partOfOrder: { '@type': 'Order', orderNumber: '7', price: 5 } }],
  },
})) {
  test(`JSON-LD: ${name}`, plain, async (tools) => {
    const script = `<script type="application/ld+json">${JSON.stringify(data)}</script>`;
    await show(tools, script, { pack: packOf('generic') });
    await quiet(tools.page, tools.stand, 0);
  });
}

test('a pack with mistakes harms nobody', plain, async (tools) => {
  const pack = { cart: { items: '][' }, order: { id: { select: '.o', pattern: '(' } }, jsonld: false };
  await show(tools, '<b class="o">7</b>', { pack });
  await tools.page.evaluate(() => {
    window.dataLayer = [];
  });
  await quiet(tools.page, tools.stand, 0);
});

/** text → amount */
const AMOUNTS = {
  '1.234,50 €': 1234.5,
  '$1,234.50': 1234.5,
  '1 234,5 zł': 1234.5,
  "CHF 1'234.-": 1234,
  1.234: 1234,
  '12,00': 12,
  '0,5': 0.5,
  '¥12000': 12000,
  'Rs. 1,00,000.00': 100000,
};
test('amounts as people write them', plain, async (tools) => {
  const { page, stand } = tools;
  await show(tools, '<b class="v"></b>', { pack: { cart: { value: '.v' }, jsonld: false } });
  let count = 0;
  for (const [text, value] of Object.entries(AMOUNTS)) {
    await page.evaluate(async (shown) => {
      document.querySelector('.v').textContent = '77,77';
      await new Promise((done) => setTimeout(done, 600));
      document.querySelector('.v').textContent = shown;
    }, text);
    count += 2;
    const events = await stand.need('cart', count);
    assert.equal(events[count - 1].value, value, text);
  }
});
