// What the runtime reports: the dataLayer's cart and orders, page views, and how batches leave the page.
import assert from 'node:assert/strict';
import { COUNT_VIEW } from './lib/snippet.mjs';
import { suite } from './lib/suite.mjs';
import { buy } from './lib/visitor.mjs';

const test = suite();
const plain = {};

const push = (page, ...entries) => page.evaluate((list) => window.dataLayer.push(...list), entries);
const tell = ({ page, ...event }) => event;
const LINE = { item_id: 'x', price: 10.1, quantity: 3 };

test('a page without anything to say is silent', plain, async ({ stand, open }) => {
  await open();
  await open('cart');
  await stand.need('cart');
  assert.deepEqual(stand.events.map(tell), [{ event: 'cart', op: 'set', value: 0, items: 0, currency: 'EUR' }]);
});

test('the shop’s whole way: cart, checkout, order', plain, async ({ page, stand }) => {
  await buy(page, stand.url, 'teapot');
  await stand.need('cart', 2);
  await page.click('#to-checkout');
  await page.waitForURL('**/checkout');
  await stand.need('cart', 3);
  for (const name of ['name', 'street', 'city']) await page.fill(`[name=${name}]`, 'x');
  await page.fill('[name=email]', 'x@example.org');
  await page.click('main .button');
  await page.waitForURL('**/checkout/payment');
  await page.click('main .button');
  await page.waitForURL('**/checkout/done');
  const number = await page.textContent('#order-number');
  const [order] = await stand.need('order');
  assert.deepEqual(order, { event: 'order', id: number, value: 64.5, currency: 'EUR', page: '/checkout/done' });
  const expected = ['add', 'set', 'set'].map((op) => ({ event: 'cart', op, value: 64.5, items: 1, currency: 'EUR' }));
  assert.deepEqual(stand.of('cart').map(tell), expected);
});

test('goods bought without leaving the page', plain, async ({ page, stand, open }) => {
  await open('');
  await page.click('.card button');
  await page.locator('#minicart ul').waitFor();
  assert.deepEqual((await stand.need('cart')).map(tell), [
    { event: 'cart', op: 'add', value: 89, items: 1, currency: 'EUR' },
  ]);
});

/** name → [dataLayer entries, events] */
const ENTRIES = {
  'the value is what the shop says': [
    [{ event: 'add_to_cart', ecommerce: { currency: 'EUR', value: 25, items: [LINE] } }],
    [{ op: 'add', value: 25, items: 3, currency: 'EUR' }],
  ],
  'else the sum of its lines': [
    [{ event: 'add_to_cart', ecommerce: { items: [LINE, { price: '0.2' }] } }],
    [{ op: 'add', value: 30.5, items: 4 }],
  ],
  'numbers as text': [
    [{ event: 'view_cart', ecommerce: { value: '12.50', items: [{ price: '6.25', quantity: '2' }] } }],
    [{ op: 'set', value: 12.5, items: 2 }],
  ],
  'the currency of a line, if it is one': [
    [
      { event: 'remove_from_cart', ecommerce: { value: 1, items: [{ currency: 'USD' }] } },
      { event: 'remove_from_cart', ecommerce: { currency: 'euro', value: 1, items: [{}] } },
    ],
    [
      { op: 'remove', value: 1, items: 1, currency: 'USD' },
      { op: 'remove', value: 1, items: 1 },
    ],
  ],
  'an emptied cart': [
    [{ event: 'view_cart', ecommerce: { value: 0, items: [] } }],
    [{ op: 'set', value: 0, items: 0 }],
  ],
  'a value without lines': [
    [{ event: 'begin_checkout', ecommerce: { value: 9, currency: 'EUR' } }],
    [{ op: 'set', value: 9, items: 1, currency: 'EUR' }],
  ],
  'nonsense is nothing': [
    [
      { event: 'view_cart' },
      { event: 'view_cart', ecommerce: {} },
      { event: 'view_cart', ecommerce: { value: 'much', items: 'many' } },
      { event: 'purchase', ecommerce: { value: 3 } },
      { event: 'purchase', ecommerce: { transaction_id: 'x'.repeat(65), value: 3 } },
      { event: 'toString', ecommerce: { value: 3 } },
      { event: 'view_cart', ecommerce: { value: 1e13 } },
      { event: 'view_cart', ecommerce: { value: [] } },
      { event: 'view_cart', ecommerce: { value: '' } },
      { ecommerce: { value: 3 } },
      [],
      null,
      'view_cart',
      { event: 'view_cart', ecommerce: { value: -5, items: [null, LINE] } },
    ],
    [{ op: 'set', value: 30.3, items: 3 }],
  ],
};
for (const [name, [entries, expected]] of Object.entries(ENTRIES)) {
  test(`dataLayer: ${name}`, plain, async ({ page, stand, open }) => {
    await open();
    await push(page, ...entries);
    const events = await stand.need('cart', expected.length);
    assert.deepEqual(
      events.map(tell),
      expected.map((event) => ({ event: 'cart', ...event })),
    );
  });
}

test('dataLayer: the arguments of gtag()', plain, async ({ page, stand, open }) => {
  await open();
  await page.evaluate(() => {
    function gtag() {
      // biome-ignore lint/complexity/noArguments: this is how gtag.js does it
      window.dataLayer.push(arguments);
    }
    gtag('js', new Date());
    gtag('event', 'purchase', { transaction_id: 4711, value: 20, currency: 'EUR' });
  });
  assert.deepEqual((await stand.need('order')).map(tell), [{ event: 'order', id: '4711', value: 20, currency: 'EUR' }]);
});

test('dataLayer: push works as before, also when it is wrapped again', plain, async ({ page, stand, open }) => {
  await open();
  const result = await page.evaluate(() => {
    const seen = [];
    const layer = window.dataLayer;
    const before = layer.length;
    const inner = layer.push;
    layer.push = (...entries) => {
      seen.push(...entries);
      return inner.apply(layer, entries);
    };
    const length = layer.push({ event: 'add_to_cart', ecommerce: { value: 5 } }, { event: 'other' });
    return { grown: length - before, stored: layer.length - before, seen: seen.length };
  });
  assert.deepEqual(result, { grown: 2, stored: 2, seen: 2 });
  assert.equal((await stand.need('cart'))[0].value, 5);
});

test('dataLayer: what the shop’s push throws is the shop’s', plain, async ({ page, open }) => {
  await page.addInitScript(() => {
    window.dataLayer = [];
    window.dataLayer.push = () => {
      throw new Error('full');
    };
  });
  await page.route('**/product/teapot', async (route) => {
    const answer = await route.fetch();
    const body = (await answer.text()).replace(/<script>window\.dataLayer.*?<\/script>/, '');
    await route.fulfill({ response: answer, body });
  });
  await open();
  await page.waitForFunction(() => document[Symbol.for('smartmsg.runtime')]);
  const error = await page.evaluate(() => {
    try {
      window.dataLayer.push({});
      return null;
    } catch (thrown) {
      return thrown.message;
    }
  });
  assert.equal(error, 'full');
});

test(
  'dataLayer: one that comes late or is replaced is found, and nothing is read twice',
  plain,
  async ({ page, stand, open }) => {
    await page.addInitScript(() => {
      const item = { event: 'add_to_cart', ecommerce: { value: 7 } };
      addEventListener('load', () => {
        const old = window.dataLayer;
        window.dataLayer = [...old, item];
      });
    });
    await open('cart');
    await stand.need('cart', 2);
    await page.evaluate(() => window.dataLayer.push({ event: 'add_to_cart', ecommerce: { value: 8 } }));
    await stand.need('cart', 3);
    assert.deepEqual(
      stand.of('cart').map(({ op, value }) => [op, value]),
      [
        ['set', 0],
        ['add', 7],
        ['add', 8],
      ],
    );
  },
);

test('dataLayer: never made by us', plain, async ({ page, open }) => {
  await open('slow?ms=1');
  await page.waitForFunction(() => document[Symbol.for('smartmsg.runtime')]);
  assert.equal(await page.evaluate(() => 'dataLayer' in window), false);
});

test('events still waiting leave with the page', plain, async ({ page, stand, open }) => {
  await open();
  await push(page, { event: 'add_to_cart', ecommerce: { value: 5 } });
  await open('product/notebook');
  assert.equal((await stand.need('cart'))[0].page, '/product/teapot');
});

test('a page that is hidden sends its events by beacon', plain, async ({ page, stand, open }) => {
  await open();
  await page.evaluate(() => {
    window.beacons = 0;
    const send = navigator.sendBeacon.bind(navigator);
    navigator.sendBeacon = (...args) => {
      window.beacons += 1;
      return send(...args);
    };
    window.dataLayer.push({ event: 'add_to_cart', ecommerce: { value: 5 } });
    Object.defineProperty(document, 'hidden', { value: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await stand.need('cart');
  assert.equal(await page.evaluate(() => window.beacons), 1);
});

test('many events go in batches that the endpoint takes', { quiet: false }, async ({ page, stand, open }) => {
  await page.addInitScript(() => {
    window.dataLayer = [];
  });
  await open('x'.repeat(300));
  await page.evaluate(() => {
    for (let value = 1; value <= 100; value += 1) {
      window.dataLayer.push({ event: 'add_to_cart', ecommerce: { value } });
    }
  });
  const values = (await stand.need('cart', 100)).map(({ value }) => value).sort((a, b) => a - b);
  assert.deepEqual(
    values,
    Array.from({ length: 100 }, (_, place) => place + 1),
  );
});

test('a view is reported once, when the page is on screen', { messages: [COUNT_VIEW] }, async ({
  page,
  stand,
  open,
}) => {
  await page.addInitScript(() => Object.defineProperty(document, 'hidden', { value: true, configurable: true }));
  await open();
  await page.waitForFunction(() => document[Symbol.for('smartmsg.runtime')]);
  await page.evaluate(async () => {
    document.dispatchEvent(new Event('visibilitychange'));
    await new Promise((done) => setTimeout(done, 1200));
  });
  assert.deepEqual(stand.events, []);
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { value: false });
    for (let times = 0; times < 2; times += 1) document.dispatchEvent(new Event('visibilitychange'));
  });
  assert.deepEqual(await stand.need('view'), [{ event: 'view', page: '/product/teapot' }]);
});

test('an endpoint that fails is no concern of the shop', { quiet: false }, async ({ page, open }) => {
  const errors = [];
  page.on('pageerror', (error) => errors.push(error));
  await page.route('**/smartmsg/event', (route) => route.abort());
  await open();
  const failed = page.waitForEvent('requestfailed');
  await push(page, { event: 'add_to_cart', ecommerce: { value: 5 } });
  await failed;
  await page.evaluate(() => new Promise((done) => setTimeout(done)));
  assert.deepEqual(errors, []);
});
