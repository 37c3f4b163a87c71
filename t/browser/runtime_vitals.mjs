// What messages must not do to the Core Web Vitals of a page: shift its layout, or become its largest contentful paint.
import assert from 'node:assert/strict';
import { suite } from './lib/suite.mjs';

const test = suite();
const LONG_TEXT = 'We are here for you, on weekdays from nine to five. '.repeat(12);
const HUGE = {
  title: 'Can we help?',
  text: LONG_TEXT,
  actions: [{ label: 'Write to us', href: 'mailto:x@example.org' }],
};

function watch() {
  window.entries = { 'layout-shift': [], 'largest-contentful-paint': [] };
  for (const [type, seen] of Object.entries(window.entries)) {
    new PerformanceObserver((list) => seen.push(...list.getEntries())).observe({ type, buffered: true });
  }
}

const settled = (page) =>
  page.waitForFunction(
    () => document.readyState === 'complete' && window.entries['largest-contentful-paint'].length > 0,
  );

/** After some frames all that was painted has been told. */
const seen = (page) =>
  page.evaluate(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    for (let i = 0; i < 3; i += 1) await frame();
    const { 'layout-shift': shifts, 'largest-contentful-paint': paints } = window.entries;
    return { shifts: shifts.length, paints: paints.length, largest: paints.at(-1)?.element?.localName };
  });

for (const as of ['dialog', 'bubble']) {
  const messages = [{ ...HUGE, rule: as, as, when: [{ on: 'dwell', after: 3600 }] }];
  test(`${as}: opens and closes without a trace in layout and paint`, { messages }, async ({ page, stand, open }) => {
    await page.addInitScript(watch);
    await open();
    await page.evaluate(() => new Promise((done) => window.smartmsg.push(['on', 'ready', () => done()])));
    await settled(page);
    const before = await seen(page);
    assert.equal(await page.evaluate((rule) => window.smartmsg.show(rule), as), true);
    await page.locator(`smart-message .${as}`).waitFor({ state: 'visible' });
    await page.waitForFunction(() =>
      document
        .querySelector('smart-message')
        .shadowRoot.getAnimations()
        .every(({ playState }) => playState === 'finished'),
    );
    assert.deepEqual(await seen(page), before, 'while it is open');
    await page.keyboard.press('Escape');
    await stand.need('dismiss');
    assert.equal((await seen(page)).shifts, before.shifts, 'when it has gone');
  });
}

test('the measurement sees what it is made for', { messages: [] }, async ({ page, open }) => {
  await page.addInitScript(watch);
  await open();
  await settled(page);
  const before = await seen(page);
  await page.evaluate((text) => {
    const block = document.createElement('p');
    block.style.fontSize = '80px';
    block.textContent = text;
    document.body.prepend(block);
  }, LONG_TEXT);
  const after = await seen(page);
  assert.ok(after.shifts > before.shifts, 'a shift');
  assert.ok(after.paints > before.paints, 'a larger paint');
});
