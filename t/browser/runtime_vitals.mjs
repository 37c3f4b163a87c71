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

/** A processor that is so slow that a short timer rings late. */
function ringLate() {
  const set = window.setTimeout;
  window.setTimeout = (fn, ms, ...more) => set(fn, ms === 100 ? 700 : ms, ...more);
}

function watch() {
  window.entries = { 'layout-shift': [], 'largest-contentful-paint': [] };
  for (const [type, seen] of Object.entries(window.entries)) {
    new PerformanceObserver((list) => seen.push(...list.getEntries())).observe({ type, buffered: true });
  }
}

/** The page has loaded, and nothing more is told of its layout and paint. */
async function settled(page) {
  await page.waitForFunction(
    () => document.readyState === 'complete' && window.entries['largest-contentful-paint'].length > 0,
  );
  await page.evaluate(async () => {
    const count = () => Object.values(window.entries).flat().length;
    let before;
    do {
      before = count();
      await new Promise((done) => setTimeout(done, 500));
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    } while (before !== count());
  });
}

/** Puts a block into the page that is larger than any message, and waits until its paint has been told. */
async function paintLarger(page, position) {
  await page.evaluate(
    ([text, place]) => {
      const block = document.createElement('p');
      block.id = 'larger';
      block.style.cssText = `position: ${place}; inset: 0; margin: 0; font-size: 80px;`;
      block.textContent = text;
      document.body.prepend(block);
    },
    [LONG_TEXT, position],
  );
  await page.waitForFunction(() =>
    window.entries['largest-contentful-paint'].some(({ element }) => element?.id === 'larger'),
  );
}

const shifts = (page) => page.evaluate(() => window.entries['layout-shift'].length);
const paints = (page) =>
  page.evaluate(() =>
    window.entries['largest-contentful-paint'].map(({ element }) => element?.id || element?.localName),
  );

for (const [as, late] of [['dialog'], ['sheet'], ['slide'], ['bar'], ['bubble'], ['bar', 'its words come late']]) {
  const messages = [{ ...HUGE, rule: as, as, when: [{ on: 'dwell', after: 3600 }] }];
  const name = `${as}: opens and closes without a trace in layout and paint${late ? `, though ${late}` : ''}`;
  test(name, { messages }, async ({ page, stand, open }) => {
    await page.addInitScript(watch);
    if (late) await page.addInitScript(ringLate);
    await open();
    await page.evaluate(() => new Promise((done) => window.smartmsg.push(['on', 'ready', () => done()])));
    await settled(page);
    const before = [await shifts(page), await paints(page)];
    assert.equal(await page.evaluate((rule) => window.smartmsg.show(rule), as), true);
    await page.locator(`smart-message .${as} .title`).waitFor({ state: 'visible' });
    await page.waitForFunction(() =>
      document
        .querySelector('smart-message')
        .shadowRoot.getAnimations()
        .every(({ playState }) => playState === 'finished'),
    );
    await paintLarger(page, 'fixed');
    assert.equal(await shifts(page), before[0], 'while it is open');
    assert.deepEqual(await paints(page), [...before[1], 'larger'], 'nothing else was painted that counts');
    await page.keyboard.press('Escape');
    await stand.need('dismiss');
    assert.equal(await shifts(page), before[0], 'when it has gone');
  });
}

test('the measurement sees what it is made for', { messages: [] }, async ({ page, open }) => {
  await page.addInitScript(watch);
  await open();
  await settled(page);
  await paintLarger(page, 'static');
  await page.waitForFunction(() => window.entries['layout-shift'].length > 0);
});
