// When no message may open, and that it opens once it may.
import assert from 'node:assert/strict';
import { opens, stopClock } from './lib/clock.mjs';
import { flags } from './lib/snippet.mjs';
import { suite } from './lib/suite.mjs';
import { BUBBLE, DIALOG, leave, leaveUntilShown, nothingOpens } from './lib/visitor.mjs';

const test = suite();
const exit = (more) => ({ rule: 'exit-cart', when: [{ on: 'exit', after: 0 }], title: 'Can we help?', ...more });
const armed = { messages: [exit()] };
const onLoad = (rule, more) => ({ rule, when: [{ on: 'load' }], as: 'bubble', title: 'Need help?', ...more });

test('not over the shop’s own modal dialog', armed, async ({ page, open }) => {
  await open();
  await page.click('#delivery');
  await leave(page);
  assert.ok(await nothingOpens(page));
  await page.keyboard.press('Escape');
  await leaveUntilShown(page);
});

/** Modals of home-made kinds: how they look when open, and how shops hide them. */
const MODALS = {
  shown: { style: 'position:fixed;inset:100px', blocks: true },
  'a wrapper without a size': { style: 'position:relative', blocks: true },
  'not displayed': { style: 'position:fixed;inset:100px;display:none' },
  invisible: { style: 'position:fixed;inset:100px;visibility:hidden' },
  transparent: { style: 'position:fixed;inset:100px;opacity:0' },
  'parked outside the window': { style: 'position:fixed;inset:0 0 0 auto;width:300px;right:-400px' },
  'hidden from assistive technology': { style: 'position:fixed;inset:100px', hidden: true },
};
for (const [look, { style, blocks, hidden }] of Object.entries(MODALS)) {
  const verb = blocks ? 'keeps the message away' : 'does not';
  test(`an aria-modal ${look} ${verb}`, armed, async ({ page, open }) => {
    await open();
    await page.evaluate(
      (how) => {
        const drawer = document.createElement('div');
        drawer.id = 'drawer';
        drawer.setAttribute('aria-modal', 'true');
        drawer.setAttribute('role', 'dialog');
        if (how.hidden) drawer.setAttribute('aria-hidden', 'true');
        drawer.style.cssText = `${how.style};pointer-events:none`;
        document.body.append(drawer);
      },
      { style, hidden },
    );
    if (blocks) {
      await leave(page);
      assert.ok(await nothingOpens(page));
      await page.evaluate(() => document.getElementById('drawer').remove());
    }
    await leaveUntilShown(page);
  });
}

test('not while the visitor types; some seconds later it comes', {
  messages: [onLoad('help', { when: [{ on: 'load', after: 3 }] })],
}, async ({ page, open }) => {
  const wait = await stopClock(page);
  await open();
  await wait(2);
  await page.locator('.search input').pressSequentially('tea');
  await wait(4);
  assert.equal(await page.locator(BUBBLE).count(), 0);
  await page.locator('.search input').pressSequentially('pot');
  await wait(4);
  assert.equal(await page.locator(BUBBLE).count(), 0);
  assert.ok(await opens(page));
  assert.ok(await page.locator('.search input').evaluate((field) => field === document.activeElement));
});

test('a field that only has the focus is not in use', armed, async ({ page, open }) => {
  await open();
  await page.focus('#quantity');
  await leaveUntilShown(page);
});

test('typing in a text editor of the shop', armed, async ({ page, open }) => {
  await open();
  await page.evaluate(() => {
    document.querySelector('.stock').contentEditable = 'true';
  });
  await page.locator('.stock').pressSequentially('hello');
  await leave(page);
  assert.ok(await nothingOpens(page));
  await page.evaluate(() => document.activeElement.blur());
  await leaveUntilShown(page);
});

test('not while a frame has the focus: it may be the payment form', armed, async ({ page, open }) => {
  await open();
  await page.evaluate(() => {
    const frame = document.createElement('iframe');
    document.querySelector('main').append(frame);
    frame.focus();
  });
  await leave(page);
  assert.ok(await nothingOpens(page));
  await page.evaluate(() => document.activeElement.blur());
  await leaveUntilShown(page);
});

test('not in fullscreen', armed, async ({ page, open }) => {
  await open();
  await page.evaluate(() => {
    Object.defineProperty(document, 'fullscreenElement', { value: document.body, configurable: true });
  });
  await leave(page);
  assert.ok(await nothingOpens(page));
  await page.evaluate(() => delete document.fullscreenElement);
  await leaveUntilShown(page);
});

test('not while the page is prerendered, nor is it viewed', {
  messages: ['<template data-smartmsg="{&quot;view&quot;:1}"></template>', onLoad('help')],
}, async ({ page, stand, open }) => {
  await page.addInitScript(() => {
    Object.defineProperty(document, 'prerendering', { value: true, configurable: true });
  });
  await open();
  assert.ok(await nothingOpens(page));
  assert.deepEqual(stand.events, []);
  await page.evaluate(() => {
    Object.defineProperty(document, 'prerendering', { value: false });
    document.dispatchEvent(new Event('prerenderingchange'));
  });
  await page.locator(BUBBLE).waitFor();
  await stand.need('impression');
  assert.equal((await stand.need('view')).length, 1);
});

test('one at a time, each once, with a rest in between', { messages: [onLoad('first'), onLoad('second')] }, async ({
  page,
  stand,
  open,
}) => {
  const wait = await stopClock(page);
  await open();
  assert.ok(await opens(page));
  assert.deepEqual(
    (await stand.need('impression')).map(({ rule }) => rule),
    ['first'],
  );
  await page.keyboard.press('Escape');
  await wait(4);
  assert.equal(await page.locator(BUBBLE).count(), 0, 'the visitor rests');
  assert.ok(await opens(page));
  assert.deepEqual(
    (await stand.need('impression', 2)).map(({ rule }) => rule),
    ['first', 'second'],
  );
  await page.keyboard.press('Escape');
  await wait(60);
  assert.equal(await page.locator(BUBBLE).count(), 0, 'never a second time');
});

test('with a mouse, the way from a search engine makes no difference', {
  messages: [flags({ search: 1 }), onLoad('help', { as: 'dialog' })],
}, async ({ page, open }) => {
  await open();
  await page.locator(DIALOG).waitFor();
});

test('several triggers show a message once', {
  messages: [onLoad('help', { when: [{ on: 'load' }, { on: 'dwell', after: 2 }, { on: 'idle', after: 2 }] })],
}, async ({ page, stand, open }) => {
  const wait = await stopClock(page);
  await open();
  assert.ok(await opens(page));
  await page.keyboard.press('Escape');
  await wait(60);
  assert.equal(await page.locator(BUBBLE).count(), 0);
  assert.equal(stand.of('impression').length, 1);
});

test('a script of the shop that fails makes no difference', { ...armed, quiet: false }, async ({ page, open }) => {
  await page.addInitScript(() => {
    window.dataLayer = [
      null,
      7,
      'x',
      () => {},
      {
        get event() {
          throw new Error('trap');
        },
      },
    ];
    addEventListener('pointermove', () => {
      throw new Error('shop');
    });
  });
  await open();
  await leaveUntilShown(page);
});
