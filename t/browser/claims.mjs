// Several tabs of one visitor at once: Chromium, nginx with the module and Redis. Started by t/claims.t.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, openPage } from './lib/browser.mjs';
import { until } from './lib/outside.mjs';
import { DIALOG, siteUrl } from './lib/visitor.mjs';

const TABS = 5;
const url = siteUrl();

let browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser?.close());

/** Opens a page in several tabs at once; each has asked for its message before any of them goes on. */
async function openTabs(path) {
  await browser.context.clearCookies();
  const pages = await Promise.all(Array.from({ length: TABS }, () => openPage(browser.context)));
  // the cookie comes with the first page
  await pages[0].goto(new URL('?first', url).href);
  let asked = 0;
  let release;
  const all = new Promise((done) => {
    release = done;
  });
  const answers = [];
  for (const page of pages) {
    // a tab in the background shows nothing: all of them claim to be in front
    await page.addInitScript(() => Object.defineProperty(document, 'hidden', { get: () => false }));
    await page.route('**/smartmsg/event', async (route) => {
      if (!route.request().postData().includes('"claim"')) {
        await route.continue();
        return;
      }
      asked += 1;
      if (asked === TABS) release();
      await all;
      const answer = await route.fetch();
      answers.push(answer.status());
      await route.fulfill({ response: answer });
    });
  }
  await Promise.all(pages.map((page) => page.goto(new URL(path, url).href)));
  await all;
  return { pages, answers };
}

async function shownIn(pages) {
  const counts = await Promise.all(pages.map((page) => page.locator(DIALOG).count()));
  return counts.filter((count) => count > 0).length;
}

const CASES = { once: 1, thrice: 3 };
for (const [path, cap] of Object.entries(CASES)) {
  test(`${TABS} tabs at once, a cap of ${cap}`, { timeout: 240000 }, async () => {
    const { pages, answers } = await openTabs(path);
    try {
      await until('every tab has an answer', () => answers.length === TABS);
      assert.equal(answers.filter((status) => status === 204).length, cap, 'the answers');
      await until('the messages are open', async () => (await shownIn(pages)) === cap);
      await Promise.all(pages.map((page) => page.evaluate(() => new Promise((done) => setTimeout(done, 300)))));
      assert.equal(await shownIn(pages), cap, 'and no more come');
      for (const page of pages) assert.deepEqual(page.problems, [], 'the console stays empty');
    } finally {
      await Promise.all(pages.map((page) => page.close()));
    }
  });
}
