// The scroll trigger: scrolling by the visitor's hand, and nothing that only looks like it.
import assert from 'node:assert/strict';
import { suite } from './lib/suite.mjs';
import { BUBBLE, nothingOpens } from './lib/visitor.mjs';

// With scroll bars, which headless browsers hide.
const test = suite({ browser: { scrollbars: true } });
const armed = (trigger) => ({
  messages: [{ rule: 'help', when: [{ on: 'scroll', ...trigger }], as: 'bubble', title: 'Need help?' }],
});
const LONG = 'big?kb=20';

const shown = (page) => page.locator(BUBBLE).waitFor();
const share = (page) => page.evaluate(() => ((scrollY + innerHeight) * 100) / document.documentElement.scrollHeight);

async function start(page, open, path = LONG) {
  await open(path);
  await page.waitForFunction(() => document[Symbol.for('smartmsg.runtime')] && document.readyState === 'complete');
  await page.mouse.move(600, 400);
}

/** Turns the wheel until the window's lower edge is so far down the page, or the upper edge at the top. */
async function wheelTo(page, percent) {
  for (let tries = 0; tries < 200; tries += 1) {
    const now = await share(page);
    if (percent > 0 ? now >= percent : (await page.evaluate(() => scrollY)) === 0) return;
    await page.mouse.wheel(0, percent > 0 ? 100 : -100);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  throw new Error('the wheel does not scroll');
}

/**
 * Turns the wheel until the message opens, each time from so far down the page. A busy machine may scroll so long after
 * the turn that it does not look like the visitor's hand any more.
 */
async function wheelUntilShown(page, pixels, from = 0) {
  for (let tries = 0; tries < 60; tries += 1) {
    if (from) await wheelTo(page, from);
    await page.mouse.wheel(0, pixels);
    const open = page.locator(BUBBLE).waitFor({ timeout: 1000 });
    if (await open.then(() => true).catch(() => false)) return;
  }
  throw new Error('the bubble did not open');
}

/** Waits until the page has come to rest. */
function atRest(page) {
  return page.evaluate(async () => {
    let before;
    do {
      before = scrollY;
      await new Promise((done) => setTimeout(done, 600));
    } while (before !== scrollY);
  });
}

test('the wheel, down to half of the page', armed({}), async ({ page, stand, open }) => {
  await start(page, open);
  await wheelTo(page, 35);
  assert.ok(await nothingOpens(page));
  await wheelTo(page, 50);
  await wheelUntilShown(page, 20);
  assert.ok((await share(page)) >= 50);
  assert.equal((await stand.need('impression'))[0].on, 'scroll');
});

test('as deep as the rule says', armed({ depth: 90 }), async ({ page, open }) => {
  await start(page, open);
  await wheelTo(page, 75);
  assert.ok(await nothingOpens(page));
  await wheelTo(page, 95);
  await wheelUntilShown(page, -10);
});

test('the key for the end of the page', armed({ depth: 100 }), async ({ page, open }) => {
  await start(page, open);
  for (let tries = 0; tries < 20 && !(await page.locator(BUBBLE).count()); tries += 1) {
    await page.keyboard.press(tries % 2 ? 'Home' : 'End');
    await atRest(page);
  }
  await shown(page);
});

test('the scroll bar', armed({}), async ({ page, open }) => {
  await start(page, open);
  const width = await page.evaluate(() => innerWidth - document.documentElement.clientWidth);
  assert.ok(width > 0, 'there is one');
  await page.mouse.move(1200 - width / 2, 40);
  await page.mouse.down();
  // Slowly: whoever reads on the way holds the bar without moving it.
  await page.mouse.move(1200 - width / 2, 60, { steps: 4 });
  await nothingOpens(page, 700);
  await page.mouse.move(1200 - width / 2, 600, { steps: 10 });
  await page.mouse.up();
  assert.ok((await share(page)) > 50);
  await shown(page);
});

test('not in the first seconds', armed({ after: 1.5 }), async ({ page, open }) => {
  await start(page, open);
  await wheelTo(page, 60);
  await page.waitForFunction(() => performance.now() > 4000);
  await wheelUntilShown(page, 50);
});

test('upwards, after having been down', armed({ direction: 'up' }), async ({ page, open }) => {
  await start(page, open);
  await wheelTo(page, 70);
  assert.ok(await nothingOpens(page));
  await page.mouse.wheel(0, -100);
  assert.ok(await nothingOpens(page), 'a little is nothing');
  await wheelUntilShown(page, -600, 70);
});

test('upwards without having been down', armed({ direction: 'up', depth: 90 }), async ({ page, open }) => {
  await start(page, open);
  await wheelTo(page, 60);
  await wheelTo(page, 0);
  assert.ok(await nothingOpens(page));
});

/** What moves the page without the visitor; afterwards the wheel proves that the trigger was armed all the time. */
async function harmless(page, act) {
  await act();
  await atRest(page);
  assert.ok((await share(page)) > 50, 'the page has moved');
  assert.ok(await nothingOpens(page));
  await wheelUntilShown(page, -20);
}

/** A button of the shop, always in the same place. */
async function addButton(page, act) {
  await page.evaluate((code) => {
    const button = document.createElement('button');
    button.id = 'jump';
    button.style.cssText = 'position:fixed;top:200px;left:200px';
    button.textContent = 'Go';
    button.onclick = new Function(`(${code})()`);
    document.body.append(button);
  }, String(act));
}

test('a script that scrolls at once', armed({}), async ({ page, open }) => {
  await start(page, open);
  await harmless(page, () => page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight * 0.6)));
});

test('a script that scrolls smoothly', armed({}), async ({ page, open }) => {
  await start(page, open);
  await harmless(page, () =>
    page.evaluate(() => scrollTo({ top: document.documentElement.scrollHeight * 0.6, behavior: 'smooth' })),
  );
});

test('a button that scrolls, pressed by mouse', armed({}), async ({ page, open }) => {
  await start(page, open);
  await addButton(page, () => scrollTo({ top: document.documentElement.scrollHeight * 0.6, behavior: 'smooth' }));
  await harmless(page, () => page.click('#jump'));
});

test('a link to another place of the page', armed({}), async ({ page, open }) => {
  await start(page, open);
  await page.evaluate(() => {
    const goal = [...document.querySelectorAll('p')].at(-2);
    goal.id = 'goal';
    const link = document.createElement('a');
    link.href = '#goal';
    link.id = 'link';
    link.textContent = 'down';
    link.style.cssText = 'position:fixed;top:200px;left:200px';
    document.body.append(link);
  });
  await harmless(page, () => page.click('#link'));
});

test('the way back to where the visitor was', armed({}), async ({ page, open }) => {
  await start(page, open);
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight * 0.6));
  await atRest(page);
  await page.reload();
  await page.waitForFunction(() => scrollY > 1000);
  await page.mouse.move(610, 410);
  await harmless(page, async () => {});
});

test('a "back to top" button is no scrolling up', armed({ direction: 'up' }), async ({ page, open }) => {
  await start(page, open);
  await addButton(page, () => scrollTo({ top: 0, behavior: 'smooth' }));
  await wheelTo(page, 70);
  await page.click('#jump');
  await page.waitForFunction(() => scrollY === 0);
  assert.ok(await nothingOpens(page));
  await wheelUntilShown(page, -600, 70);
});

test('an element that scrolls by itself', armed({ depth: 1 }), async ({ page, open }) => {
  await start(page, open);
  await page.evaluate(() => {
    const box = document.createElement('div');
    box.style.cssText = 'position:fixed;inset:100px;overflow:auto;background:#fff';
    box.append(document.createElement('div'));
    box.firstChild.style.height = '5000px';
    document.body.append(box);
    window.moved = new Promise((done) => box.addEventListener('scroll', done, { once: true }));
  });
  await page.mouse.wheel(0, 300);
  await page.evaluate(() => window.moved.then(() => {}));
  assert.ok(await nothingOpens(page));
});

test('events that a script has made', armed({}), async ({ page, open }) => {
  await start(page, open);
  await harmless(page, () =>
    page.evaluate(() => {
      document.body.dispatchEvent(new WheelEvent('wheel', { bubbles: true, deltaY: 100 }));
      document.body.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, key: 'End' }));
      scrollTo(0, document.documentElement.scrollHeight * 0.6);
    }),
  );
});

test('zooming with the wheel', armed({}), async ({ page, open }) => {
  await start(page, open);
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, 10);
  await page.keyboard.up('Control');
  await harmless(page, () => page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight * 0.6)));
});
