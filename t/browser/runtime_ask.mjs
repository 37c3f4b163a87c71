// Messages that are not in the page: fetch mode, templates that a framework has thrown away, pages that change their
// address without being loaded.
import assert from 'node:assert/strict';
import { opens, settled, stopClock } from './lib/clock.mjs';
import { COUNT_VIEW, template } from './lib/snippet.mjs';
import { suite } from './lib/suite.mjs';
import { BUBBLE, DIALOG, leave, nothingOpens } from './lib/visitor.mjs';

const test = suite();
const hello = (title, on = 'load') => ({ rule: title.toLowerCase(), when: [{ on, after: 0 }], as: 'bubble', title });

/** Changes the address as routers do. */
const goTo = (page, url) => page.evaluate((to) => history.pushState({}, '', to), url);
const heading = (page) => page.locator(BUBBLE).getByRole('heading').textContent();

async function close(page) {
  await page.locator(BUBBLE).getByRole('button', { name: 'Close' }).click();
  await page.locator(BUBBLE).waitFor({ state: 'hidden' });
}

/** Gives a request that should not be made the time to be made. */
const quiet = (page) => page.evaluate(() => new Promise((done) => setTimeout(done, 500)));

function fetchMode(stand, decision) {
  stand.mark = 'fetch';
  stand.decision = decision;
}

test('fetch mode: the messages are asked for', {}, async ({ page, stand }) => {
  fetchMode(stand, [hello('Asked')]);
  const asked = stand.needAsked();
  await page.goto(new URL('product/oak-chair', stand.url).href);
  await page.evaluate((url) => location.assign(url), new URL('product/teapot?a=b%20c&d=%26%2B+e#part', stand.url).href);
  await asked;
  await stand.needAsked(2);
  assert.deepEqual(stand.asked[1], {
    page: '/product/teapot?a=b%20c&d=%26%2B+e',
    referrer: new URL('product/oak-chair', stand.url).href,
    lang: 'en',
    view: '1',
  });
  assert.equal(await heading(page), 'Asked');
  assert.equal((await stand.need('impression'))[0].rule, 'asked');
  assert.equal(await page.locator('template').count(), 0, 'nothing is put into the page');
});

test('fetch mode: a page in a frame is no page view', {}, async ({ page, stand, open }) => {
  fetchMode(stand, []);
  await open();
  await stand.needAsked();
  await page.evaluate(async () => {
    const frame = document.createElement('iframe');
    frame.src = '/product/oak-chair';
    document.body.append(frame);
    await new Promise((done) => frame.addEventListener('load', done));
  });
  await quiet(page);
  assert.equal(stand.asked.length, 1);
});

for (const policy of ['strict', 'trusted', 'self']) {
  test(`fetch mode under the policy "${policy}"`, {}, async ({ page, stand, open }) => {
    fetchMode(stand, [{ ...hello('Asked'), as: 'dialog' }]);
    await open(`product/teapot?csp=${policy}`);
    await page.locator(DIALOG).waitFor();
  });
}

test('fetch mode: no message, no signals', {}, async ({ page, stand, open }) => {
  fetchMode(stand);
  await open();
  await stand.needAsked();
  await page.evaluate(() => window.dataLayer.push({ event: 'add_to_cart', ecommerce: { value: 5 } }));
  assert.ok(await nothingOpens(page, 1200));
  assert.deepEqual(stand.events, []);
});

test('fetch mode: signals without a message', {}, async ({ page, stand, open }) => {
  fetchMode(stand, []);
  await open();
  await stand.needAsked();
  await page.evaluate(() => window.dataLayer.push({ event: 'add_to_cart', ecommerce: { value: 5 } }));
  await stand.need('cart');
});

test('fetch mode: an answer that is an error', { quiet: false }, async ({ page, stand, open }) => {
  fetchMode(stand, [hello('Asked')]);
  await page.route('**/smartmsg/decide*', (route) =>
    route.fulfill({ status: 502, contentType: 'text/html', body: template(hello('Asked')) }),
  );
  await open();
  assert.ok(await nothingOpens(page));
});

test('templates that are there are not asked for', { messages: [hello('Here')] }, async ({ page, stand, open }) => {
  await open();
  assert.equal(await heading(page), 'Here');
  assert.deepEqual(stand.asked, []);
});

const lost = { messages: [hello('Here'), hello('There', 'exit')] };

/** A framework that empties the body before the script runs. */
async function loseTemplates(page) {
  await page.addInitScript(() => {
    new MutationObserver(() => document.querySelector('template[data-smartmsg]')?.remove()).observe(document, {
      childList: true,
      subtree: true,
    });
  });
}

test('templates that were thrown away are asked for again', lost, async ({ page, stand, open }) => {
  await loseTemplates(page);
  stand.decision = [hello('Again')];
  await open();
  assert.equal(await heading(page), 'Again');
  assert.equal(stand.asked.length, 1);
  assert.equal(stand.asked[0].view, '0', 'the view has been counted');
});

test('a prefetched page that lost them has yet to be counted', {
  messages: [hello('Here'), COUNT_VIEW],
}, async ({ page, stand, open }) => {
  await loseTemplates(page);
  stand.mark = '2v';
  stand.decision = [hello('Again')];
  await open();
  assert.equal(await heading(page), 'Again');
  assert.equal(stand.asked[0].view, '1');
});

const first = { messages: [hello('First')] };

test('a change of the address: a new page view', first, async ({ page, stand, open }) => {
  await open();
  assert.equal(await heading(page), 'First');
  await close(page);
  stand.decision = [hello('Second')];
  // Longer than a visitor rests after a message.
  const wait = await stopClock(page);
  await goTo(page, '/product/oak-chair?color=red');
  await wait(0.3);
  await stand.needAsked();
  assert.deepEqual(stand.asked[0], {
    page: '/product/oak-chair?color=red',
    referrer: new URL('product/teapot', stand.url).href,
    lang: 'en',
    view: '1',
  });
  assert.ok(await opens(page));
  assert.equal(await heading(page), 'Second');
  assert.equal((await stand.need('impression', 2))[1].page, '/product/oak-chair');
});

const exit = { messages: [hello('Leaving', 'exit')] };

test('the triggers of the page before are silent', exit, async ({ page, stand, open }) => {
  await open();
  await page.waitForFunction(() => document[Symbol.for('smartmsg.runtime')]);
  await goTo(page, '/product/oak-chair');
  await stand.needAsked();
  await leave(page);
  assert.ok(await nothingOpens(page));
  assert.deepEqual(stand.claims, []);
});

test('an open message stays', first, async ({ page, stand, open }) => {
  await open();
  await page.locator(BUBBLE).waitFor();
  stand.decision = [hello('Second')];
  await goTo(page, '/product/oak-chair');
  await stand.needAsked();
  await quiet(page);
  assert.equal(await heading(page), 'First');
  assert.equal(await page.locator(BUBBLE).count(), 1);
});

test('only another path or query is another page, and only the last of many', exit, async ({ page, stand, open }) => {
  const wait = await stopClock(page);
  await open();
  await page.waitForFunction(() => document[Symbol.for('smartmsg.runtime')]);
  await goTo(page, '#reviews');
  await page.evaluate(() => history.replaceState({ scroll: 1 }, ''));
  await wait(5);
  await settled(page);
  assert.deepEqual(stand.asked, []);
  for (let price = 1; price <= 5; price += 1) {
    await goTo(page, `/?price=${price}`);
    await wait(0.15);
  }
  await wait(5);
  await settled(page);
  assert.deepEqual(
    stand.asked.map((args) => args.page),
    ['/?price=5'],
  );
});

test('back and forward', exit, async ({ page, stand, open }) => {
  await open();
  await goTo(page, '/product/oak-chair');
  await stand.needAsked();
  await page.goBack();
  await stand.needAsked(2);
  assert.equal(stand.asked[1].page, '/product/teapot');
  assert.equal(stand.asked[1].referrer, new URL('product/oak-chair', stand.url).href);
});

test('a late answer to the page before is dropped', exit, async ({ page, stand, open }) => {
  let answer;
  stand.decision = new Promise((done) => {
    answer = done;
  });
  await open();
  await page.waitForFunction(() => document[Symbol.for('smartmsg.runtime')]);
  await goTo(page, '/product/oak-chair');
  await stand.needAsked();
  const slow = stand.decision;
  stand.decision = [hello('Second')];
  await goTo(page, '/product/lamp');
  await stand.needAsked(2);
  answer([hello('Late')]);
  await slow;
  assert.equal(await heading(page), 'Second');
});

for (const [name, value] of Object.entries({ nothing: undefined, 'an element of the shop': 'element' })) {
  test(`browsers without the Navigation API, where its name is ${name}`, exit, async ({ page, stand, open }) => {
    await page.addInitScript((named) => {
      const element = document.createElement('nav');
      Object.defineProperty(window, 'navigation', { value: named && element });
    }, value);
    await open();
    await page.waitForFunction(() => document[Symbol.for('smartmsg.runtime')]);
    await goTo(page, '/product/oak-chair');
    await stand.needAsked();
    assert.equal(stand.asked[0].page, '/product/oak-chair');
    await goTo(page, '#reviews');
    await page.evaluate(() => new Promise((done) => setTimeout(done, 1500)));
    assert.equal(stand.asked.length, 1);
  });
}

test('the functions of the shop are its own', first, async ({ page, open }) => {
  await open();
  await page.locator(BUBBLE).waitFor();
  const native = () =>
    [history.pushState, history.replaceState, addEventListener, fetch, XMLHttpRequest.prototype.open].every((fn) =>
      /\[native code\]/.test(fn),
    );
  assert.ok(await page.evaluate(native));
});
