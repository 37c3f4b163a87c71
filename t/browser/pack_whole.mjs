// A shop pack in Chromium, through nginx and Redis. Started by t/pack_browser.t, which says where they are.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, openPage } from './lib/browser.mjs';
import { redis, until } from './lib/outside.mjs';
import { siteUrl } from './lib/visitor.mjs';

const url = siteUrl();

let browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser?.close());

test('the cart in the page reaches the next page, an order its element', { timeout: 240000 }, async () => {
  const page = await openPage(browser.context);
  const open = async (path) => (await page.goto(new URL(path, url).href)).text();

  await open('');
  const cookie = (await browser.context.cookies()).find(({ name }) => name === 'smartmsg');
  const field = (kind, name) => redis('HGET', `smartmsg:{${cookie.value}}:${kind}`, name);

  assert.doesNotMatch(await open('cart/'), /rule&quot;/, 'nothing is known of the cart yet');
  await until('the cart is known', async () => (await field('s', 'cart.value')) === '61.5');
  assert.equal(await field('s', 'cart.items'), '2');
  const cart = await open('cart/');
  assert.match(cart, /rule&quot;:&quot;rich/, 'a rule sees it');
  assert.match(
    cart,
    /known&quot;:\{&quot;items&quot;:2,&quot;value&quot;:61.5\}/,
    'and the browser need not tell again',
  );

  await open('checkout/order-received/99/');
  await open('checkout/order-received/54/?key=wc_order_x');
  await until('the order is known', async () => (await field('v', 'orders')) === '1');
  assert.equal(await field('v', 'revenue'), '61.5');
  assert.equal(await redis('SMEMBERS', `smartmsg:{${cookie.value}}:o`), '54', 'the made up number is none');

  const told = page.waitForResponse('**/smartmsg/event');
  await open('checkout/order-received/54/');
  await told;
  assert.equal(await field('v', 'orders'), '1', 'a reload adds none');
  assert.deepEqual(page.problems, [], 'the console stays empty');
});
