// The whole way: Chromium, nginx with the module, the demo shop and Redis. Started by t/whole.t, which says where they are.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { openBrowser, openPage } from './lib/browser.mjs';
import { redis, until } from './lib/outside.mjs';
import { BUBBLE, buy, DIALOG, focused, leave, leaveUntilShown, nothingOpens, siteUrl } from './lib/visitor.mjs';

const run = promisify(execFile);
const url = siteUrl();

const day = () => new Date().toISOString().slice(0, 10).replaceAll('-', '');
const counted = async (rule, field) => Number(await redis('HGET', `smartmsg:stats:${rule}:${day()}`, field));

/** The rules whose messages are in the page as it comes from nginx, whichever worker answers. */
async function armedIn(page, path) {
  const response = await page.request.get(new URL(path, url).href, {
    headers: { Accept: 'text/html', 'Sec-Fetch-Dest': 'document', Connection: 'close' },
  });
  const html = await response.text();
  return [...html.matchAll(/<template data-smartmsg="[^"]*rule&quot;:&quot;([\w.-]+)/g)].map(([, rule]) => rule);
}

let browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser?.close());

/** A test with a visitor of its own, whose console must stay empty. */
function visit(name, body) {
  test(name, { timeout: 240000 }, async () => {
    await browser.context.clearCookies();
    const page = await openPage(browser.context);
    try {
      await body(page);
      assert.deepEqual(page.problems, [], 'the console stays empty');
    } finally {
      await page.close();
    }
  });
}

visit('a full cart is about to be left: the dialog opens, once', async (page) => {
  const before = await counted('exit-cart', 'impression:');
  await buy(page, url);
  await page.focus('main a, main button');
  const where = await focused(page);

  const dialog = await leaveUntilShown(page);
  assert.equal(await dialog.getByRole('heading').textContent(), 'Can we help?');
  assert.equal(await dialog.getAttribute('aria-labelledby').then((id) => Boolean(id)), true);

  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  assert.equal(await focused(page), where, 'the focus is back');

  await until('the impression is counted', async () => (await counted('exit-cart', 'impression:')) === before + 1);
  await until('so is the dismissal', async () => (await counted('exit-cart', 'dismiss:')) >= 1);

  await until('the cap is in force', async () => !(await armedIn(page, 'cart')).includes('exit-cart'));
  await page.goto(new URL('cart', url).href);
  await leave(page);
  assert.ok(await nothingOpens(page), 'not a second time in this session');
});

visit('the close button and the link', async (page) => {
  await buy(page, url);
  let dialog = await leaveUntilShown(page);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await dialog.waitFor({ state: 'hidden' });

  await browser.context.clearCookies();
  await buy(page, url);
  dialog = await leaveUntilShown(page);
  const link = dialog.getByRole('link', { name: 'Write to us' });
  assert.equal(await link.getAttribute('href'), 'mailto:help@shop.example');
});

visit('in the language of the page', async (page) => {
  await page.goto(new URL('?lang=de', url).href);
  await buy(page, url);
  const dialog = await leaveUntilShown(page);
  assert.equal(await dialog.getByRole('heading').textContent(), 'Können wir helfen?');
  await dialog.getByRole('button', { name: 'Schließen' }).waitFor();
});

visit('idle in the checkout: the help bubble opens', async (page) => {
  const rule = JSON.parse(process.env.SMARTMSG_HELP_RULE);
  rule.rules[0].force.when[0].after = 1;
  await redis('HSET', 'smartmsg:rules', 'help-checkout', JSON.stringify(rule));

  await buy(page, url);
  await until('the faster rule is in force', async () => (await armedIn(page, 'checkout')).includes('help-checkout'));
  await page.goto(new URL('checkout', url).href);
  const bubble = page.locator(BUBBLE);
  await bubble.waitFor({ state: 'visible' });
  assert.equal(await bubble.getByRole('heading').textContent(), 'Need a hand?');
  await bubble.getByRole('button', { name: 'Close' }).click();
  await bubble.waitFor({ state: 'hidden' });
  await redis('HDEL', 'smartmsg:rules', 'help-checkout');
});

visit('the switch acts on every worker, off and on', async (page) => {
  await buy(page, url);
  const seen = async () => (await Promise.all(Array.from({ length: 8 }, () => armedIn(page, 'cart')))).flat();

  assert.ok((await seen()).includes('exit-cart'));
  await redis('HSET', 'smartmsg:switch', 'exit-cart', 'off');
  await until('it is off', async () => !(await seen()).includes('exit-cart'));
  await page.goto(new URL('cart', url).href);
  await leave(page);
  assert.ok(await nothingOpens(page), 'no message after the switch');

  await redis('HSET', 'smartmsg:switch', 'exit-cart', 'on');
  await until('it is on', async () => (await seen()).filter((rule) => rule === 'exit-cart').length === 8);
  await page.goto(new URL('cart', url).href);
  await leaveUntilShown(page);
});

visit('a rule that is added live, and one that is broken', async (page) => {
  const rule = (title) =>
    JSON.stringify({ rules: [{ force: { when: [{ on: 'load' }], show: { as: 'dialog', title } } }] });

  await page.goto(url);
  await redis('HSET', 'smartmsg:rules', 'hello', rule('Hello'));
  await until('it is armed', async () => (await armedIn(page, '')).includes('hello'));

  await redis('HSET', 'smartmsg:rules', 'hello', '{"rules": [');
  await until('its status tells', async () =>
    /"state": ?"error"/.test(await redis('HGET', 'smartmsg:status', 'hello')),
  );
  await page.goto(url);
  const dialog = page.locator(DIALOG);
  await dialog.waitFor({ state: 'visible' });
  assert.equal(await dialog.getByRole('heading').textContent(), 'Hello', 'the last good version');
  await redis('HDEL', 'smartmsg:rules', 'hello');
  await until('it is gone', async () => !(await armedIn(page, '')).includes('hello'));
});

visit('the cart as the browser knows it reaches the next page', async (page) => {
  const rule = {
    rules: [
      {
        condition: { 'cart.items': { $gte: 2 }, 'cart.currency': 'EUR', 'page.type': 'browser-cart' },
        force: { when: [{ on: 'load' }], show: { as: 'bubble', title: 'Two of them' } },
      },
    ],
  };
  await redis('HSET', 'smartmsg:rules', 'two', JSON.stringify(rule));
  await until('it needs the runtime', async () => (await page.goto(url)).text().then((html) => html.includes('/rt.')));
  await page.goto(new URL('product/teapot', url).href);
  for (let n = 0; n < 2; n += 1) {
    await page.evaluate(() => {
      window.dataLayer.push({
        event: 'add_to_cart',
        ecommerce: { currency: 'EUR', value: 20, items: [{ item_id: 'x', price: 20, quantity: 1 }] },
      });
    });
  }
  await until('the cart is known', async () => (await armedIn(page, 'browser-cart')).includes('two'));
  await redis('HDEL', 'smartmsg:rules', 'two');
});

visit('what the page tells is known on the next one', async (page) => {
  const rule = {
    goal: 'signup',
    rules: [
      {
        condition: { 'event.guide': { $gte: 2 }, 'visitor.id': 'c-4711', 'traits.tier': 'gold' },
        force: { when: [{ on: 'dwell', after: 3600 }], show: { as: 'bubble', title: 'Your size' } },
      },
    ],
  };
  await redis('HSET', 'smartmsg:rules', 'guided', JSON.stringify(rule));
  await redis('HSET', 'smartmsg:config', 'runtime', 'always', 'ga4', 'on');
  await until('the runtime is there', async () => (await page.goto(url)).text().then((html) => html.includes('/rt.')));
  await page.goto(new URL('product/teapot', url).href);
  await page.evaluate(() => {
    window.smartmsg = window.smartmsg || [];
    window.smartmsg.push(['track', 'guide', { size: '38' }], ['track', 'guide']);
    window.smartmsg.push(['identify', 'c-4711', { tier: 'gold' }]);
  });
  await until('all is known', async () => (await armedIn(page, '')).includes('guided'));

  const before = await counted('guided', 'convert:');
  await page.goto(url);
  await page.waitForFunction(() => document.readyState === 'complete');
  const shown = () =>
    page.evaluate(
      () =>
        new Promise((done) => {
          window.smartmsg.push(['on', 'ready', (api) => api.show('guided').then(done)]);
        }),
    );
  await until('it is shown', shown);
  await page.locator(BUBBLE).waitFor({ state: 'visible' });
  const names = await page.evaluate(() => window.dataLayer.map(({ event }) => event));
  assert.ok(names.includes('view_promotion'), 'analytics is told');
  await until('it is counted', async () => (await counted('guided', 'impression:')) === 1);
  await page.evaluate(() => window.smartmsg.track('signup'));
  await until('the goal is reached', async () => (await counted('guided', 'convert:')) === before + 1);
  await redis('HDEL', 'smartmsg:rules', 'guided');
  await redis('DEL', 'smartmsg:config');
});

visit('an order ends the exit message', async (page) => {
  await buy(page, url);
  await until('it is armed', async () => (await armedIn(page, 'cart')).includes('exit-cart'));
  await page.evaluate(() => {
    window.dataLayer.push({ event: 'purchase', ecommerce: { transaction_id: 'T-1', value: 99, currency: 'EUR' } });
  });
  await until('the order is known', async () => !(await armedIn(page, 'cart')).includes('exit-cart'));
});

visit('a preview link shows a message that is off, and why', async (page) => {
  await redis('HSET', 'smartmsg:switch', 'exit-cart', 'off');
  await page.goto(url);
  await until('it is off', async () => !(await armedIn(page, 'cart')).includes('exit-cart'));
  const { stdout } = await run(process.env.SMARTMSGCTL, ['preview', 'exit-cart', '--url', new URL('cart', url).href]);

  let rows;
  page.on('console', async (message) => {
    if (message.type() === 'table') rows = await message.args()[0].jsonValue();
  });
  const before = await redis('XLEN', 'smartmsg:events');
  await until('the secret is known', async () =>
    (await page.goto(stdout.trim())).text().then((html) => html.includes('trace')),
  );
  const dialog = await leaveUntilShown(page);
  assert.equal(await dialog.getByRole('heading').textContent(), 'Can we help?');
  await until('the reasons are printed', () => rows);
  assert.equal(rows.find(({ rule }) => rule === 'exit-cart').why, 'is switched off');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await page.goto(url);
  assert.equal(await redis('XLEN', 'smartmsg:events'), before, 'nothing was reported');
  await redis('HSET', 'smartmsg:switch', 'exit-cart', 'on');
});

for (const policy of ['strict', 'self']) {
  visit(`under the policy "${policy}"`, async (page) => {
    await page.goto(new URL(`?csp=${policy}`, url).href);
    await buy(page, url);
    const dialog = await leaveUntilShown(page);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  });
}
