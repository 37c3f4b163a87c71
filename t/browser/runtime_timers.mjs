// The triggers that wait: idle, dwell and load. The page's clock is turned by hand.
import assert from 'node:assert/strict';
import { opens, stopClock } from './lib/clock.mjs';
import { suite } from './lib/suite.mjs';
import { BUBBLE } from './lib/visitor.mjs';

const test = suite();
const armed = (on, after) => ({
  messages: [{ rule: 'help', when: [{ on, after }], as: 'bubble', title: 'Need help?' }],
});

const isShown = async (page) => (await page.locator(BUBBLE).count()) > 0;

/** Opens a page whose time stands still but for `wait(seconds)`. */
async function openStopped(page, open, path) {
  const wait = await stopClock(page);
  await open(path);
  await page.waitForFunction(() => document[Symbol.for('smartmsg.runtime')]);
  return wait;
}

/** Pretends that the tab goes to the background or comes back. */
async function setHidden(page, hidden) {
  await page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
}

test('idle: after so many seconds without any input', armed('idle', 20), async ({ page, stand, open }) => {
  const wait = await openStopped(page, open);
  await wait(19);
  assert.ok(!(await isShown(page)));
  await wait(2);
  assert.ok(await opens(page));
  const [impression] = await stand.need('impression');
  assert.equal(impression.on, 'idle');
});

const INPUTS = {
  'the mouse moves': (page) => page.mouse.move(50, 60),
  'a button is pressed': (page) => page.mouse.down(),
  'a key is pressed': (page) => page.keyboard.press('Shift'),
  'the wheel turns': turnWheel,
};

/** The driver does not wait for the page to notice. */
async function turnWheel(page) {
  await page.evaluate(() => {
    window.turned = new Promise((done) => addEventListener('wheel', () => done(), { once: true }));
  });
  await page.mouse.wheel(0, 5);
  await page.evaluate(() => window.turned);
}

for (const [what, act] of Object.entries(INPUTS)) {
  test(`idle: starts again when ${what}`, armed('idle', 20), async ({ page, open }) => {
    const wait = await openStopped(page, open);
    await wait(15);
    await act(page);
    await wait(15);
    assert.ok(!(await isShown(page)));
    await wait(6);
    assert.ok(await opens(page));
  });
}

test('idle: a carousel is no visitor', armed('idle', 20), async ({ page, open }) => {
  const wait = await openStopped(page, open, 'big?kb=50');
  await wait(15);
  await page.evaluate(() => {
    scrollBy(0, 50);
    window.dispatchEvent(new PointerEvent('pointermove', { screenX: 7 }));
  });
  await page.waitForFunction(() => scrollY > 0);
  await wait(6);
  assert.ok(await opens(page));
});

test('idle: a mouse at rest is no visitor', armed('idle', 20), async ({ page, open }) => {
  const wait = await openStopped(page, open);
  await page.evaluate(() => {
    window.moves = 0;
    addEventListener('pointermove', () => {
      window.moves += 1;
    });
  });
  await page.mouse.move(50, 60);
  await wait(15);
  await page.mouse.move(50, 60);
  assert.equal(await page.evaluate(() => window.moves), 2);
  await wait(6);
  assert.ok(await opens(page));
});

test('idle: coming back to the tab is a sign of life', armed('idle', 20), async ({ page, open }) => {
  const wait = await openStopped(page, open);
  await setHidden(page, true);
  await wait(60);
  assert.ok(!(await isShown(page)), 'not in the background');
  await setHidden(page, false);
  await wait(19);
  assert.ok(!(await isShown(page)));
  await wait(2);
  assert.ok(await opens(page));
});

test('dwell: counts the time in which the page was visible', armed('dwell', 20), async ({ page, stand, open }) => {
  const wait = await openStopped(page, open);
  await wait(15);
  await setHidden(page, true);
  await wait(60);
  await setHidden(page, false);
  await page.mouse.move(50, 60);
  await wait(4);
  assert.ok(!(await isShown(page)));
  await wait(2);
  assert.ok(await opens(page));
  assert.equal((await stand.need('impression'))[0].on, 'dwell');
});

for (const on of ['idle', 'dwell']) {
  test(`${on}: 30 seconds unless told otherwise`, armed(on), async ({ page, open }) => {
    const wait = await openStopped(page, open);
    await wait(29);
    assert.ok(!(await isShown(page)));
    await wait(2);
    assert.ok(await opens(page));
  });
}

test('load: at once', armed('load'), async ({ page, stand, open }) => {
  await open();
  await page.locator(BUBBLE).waitFor();
  assert.equal((await stand.need('impression'))[0].on, 'load');
});

test('load: after a delay', armed('load', 5), async ({ page, open }) => {
  const wait = await openStopped(page, open);
  await wait(4);
  assert.ok(!(await isShown(page)));
  await wait(2);
  assert.ok(await opens(page));
});

test('load: not before the page has loaded', armed('load'), async ({ page, open }) => {
  let release;
  const held = new Promise((done) => {
    release = done;
  });
  await page.route('**/static/img/teapot.svg', async (route) => {
    await held;
    await route.continue();
  });
  const wait = await stopClock(page);
  const opened = open();
  await page.waitForFunction(() => document[Symbol.for('smartmsg.runtime')]);
  await wait(5);
  assert.ok(!(await isShown(page)));
  release();
  await opened;
  assert.ok(await opens(page));
});

test('an unknown trigger is passed over', armed('full-moon', 1), async ({ page, open }) => {
  const wait = await openStopped(page, open);
  await wait(100);
  assert.ok(!(await isShown(page)));
});
