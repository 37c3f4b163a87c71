// Exit on a touch screen: the page thrown upwards from its depth, and the return to the tab.
import assert from 'node:assert/strict';
import { stopClock } from './lib/clock.mjs';
import { flags } from './lib/snippet.mjs';
import { suite } from './lib/suite.mjs';
import { BUBBLE, DIALOG, nothingOpens } from './lib/visitor.mjs';

const HEIGHT = 700;
const test = suite({
  context: { viewport: { width: 390, height: HEIGHT }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
});
const armed = (trigger) => ({
  messages: [{ rule: 'exit', when: [{ on: 'exit', after: 0, ...trigger }], title: 'Can we help?' }],
});

const shown = (page) => page.locator(DIALOG).waitFor();

async function start(page, open) {
  await open('big?kb=20');
  await page.waitForFunction(() => document[Symbol.for('smartmsg.runtime')] && document.readyState === 'complete');
}

/** A finger that moves by `distance` px in `ms`, downwards if that is positive; more fingers side by side. */
async function swipe(page, distance, ms, fingers = 1) {
  const client = await page.context().newCDPSession(page);
  const at = (y) => Array.from({ length: fingers }, (_, id) => ({ x: 100 + 120 * id, y, id }));
  const from = distance > 0 ? 120 : 620;
  const steps = 8;
  const send = (type, touchPoints) => client.send('Input.dispatchTouchEvent', { type, touchPoints });
  const begin = Date.now();
  await send('touchStart', at(from));
  for (let step = 1; step <= steps; step += 1) {
    const late = begin + (ms * step) / steps - Date.now();
    if (late > 0) await new Promise((done) => setTimeout(done, late));
    await send('touchMove', at(from + (distance * step) / steps));
  }
  await send('touchEnd', []);
  await client.detach();
}

async function goDown(page, to = 2 * HEIGHT) {
  for (let tries = 0; tries < 40 && (await page.evaluate(() => scrollY)) < to; tries += 1) await swipe(page, -450, 250);
  assert.ok((await page.evaluate(() => scrollY)) >= to, 'the page has moved');
  await atRest(page);
}

/** The page stands still for longer than it is taken to go on by what the finger has done. */
function atRest(page) {
  return page.evaluate(async () => {
    let before;
    do {
      before = scrollY;
      await new Promise((done) => setTimeout(done, 600));
    } while (before !== scrollY);
  });
}

/** A busy machine may be too slow for a flick. */
async function flickUntilShown(page) {
  for (let tries = 0; tries < 20; tries += 1) {
    await goDown(page);
    await swipe(page, 480, 100);
    const open = page.locator(DIALOG).waitFor({ timeout: 700 });
    if (await open.then(() => true).catch(() => false)) return;
  }
  throw new Error('the dialog did not open');
}

test('a flick upwards from the depth of the page', armed(), async ({ page, stand, open }) => {
  await start(page, open);
  await goDown(page);
  assert.ok(await nothingOpens(page), 'going down is harmless');
  await flickUntilShown(page);
  assert.equal((await stand.need('impression'))[0].on, 'exit');
});

test('a flick near the top of the page', armed(), async ({ page, open }) => {
  await start(page, open);
  await goDown(page, 300);
  if ((await page.evaluate(() => scrollY)) < HEIGHT) {
    await swipe(page, 480, 100);
    assert.ok(await nothingOpens(page));
  }
  await flickUntilShown(page);
});

test('scrolling upwards to read again', armed(), async ({ page, open }) => {
  await start(page, open);
  await goDown(page);
  // So slow that it does not look like a flick even if a busy machine is late and then does much of it at once.
  await swipe(page, 450, 3000);
  await swipe(page, 450, 3000);
  assert.ok(await nothingOpens(page));
  await flickUntilShown(page);
});

test('a script that scrolls to the top', armed(), async ({ page, open }) => {
  await start(page, open);
  await goDown(page);
  await page.evaluate(() => scrollTo({ top: 0, behavior: 'smooth' }));
  await page.waitForFunction(() => scrollY === 0);
  assert.ok(await nothingOpens(page));
  await goDown(page);
  await page.evaluate(() => scrollTo(0, 0));
  assert.ok(await nothingOpens(page));
  await flickUntilShown(page);
});

test('two fingers that zoom', armed(), async ({ page, open }) => {
  await start(page, open);
  await goDown(page);
  await swipe(page, 480, 100, 2);
  assert.ok(await nothingOpens(page));
  await flickUntilShown(page);
});

test('a tap on the page', armed(), async ({ page, open }) => {
  await start(page, open);
  await goDown(page);
  await page.touchscreen.tap(200, 300);
  assert.ok(await nothingOpens(page));
});

test('not in the first seconds', armed({ after: 600 }), async ({ page, open }) => {
  await start(page, open);
  for (let tries = 0; tries < 3; tries += 1) {
    await goDown(page);
    await swipe(page, 480, 100);
  }
  assert.ok(await nothingOpens(page));
});

/** Pretends that the tab goes to the background or comes back. */
async function setHidden(page, hidden) {
  await page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
}

test('the return to the tab', armed(), async ({ page, open }) => {
  const wait = await stopClock(page);
  await start(page, open);
  await setHidden(page, true);
  await wait(2);
  await setHidden(page, false);
  assert.equal(await page.locator(DIALOG).count(), 0, 'a glance elsewhere is none');
  await setHidden(page, true);
  await wait(4);
  assert.equal(await page.locator(DIALOG).count(), 0);
  await setHidden(page, false);
  await page.clock.resume();
  await shown(page);
});

const onLoad = (as) => ({ rule: as, when: [{ on: 'load' }], as, title: 'Can we help?' });
const FROM_SEARCH = flags({ search: 1 });

test('a page that a search engine has led to is not covered', { messages: [FROM_SEARCH, onLoad('dialog')] }, async ({
  page,
  stand,
  open,
}) => {
  await start(page, open);
  assert.ok(await nothingOpens(page, 1500));
  assert.deepEqual(stand.claims, []);
  // The next page.
  stand.messages = [onLoad('dialog')];
  await open('product/notebook');
  await shown(page);
});

test('a bubble covers nothing', { messages: [FROM_SEARCH, onLoad('dialog'), onLoad('bubble')] }, async ({
  page,
  open,
}) => {
  await start(page, open);
  await page.locator(BUBBLE).waitFor();
});
