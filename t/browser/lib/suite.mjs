import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, openPage } from './browser.mjs';
import { Stand } from './stand.mjs';

/**
 * One browser and one stand for the tests of a file.
 *
 * @param {{browser?: object, shop?: string[]}} options
 * @returns {(name: string, options: object, body: (tools: {page: object, stand: Stand, open: Function}) => Promise<void>)
 *   => void} defines a test; `messages` in its options are armed on every page, `quiet: false` allows console problems
 */
export function suite({ browser: browserOptions, shop } = {}) {
  let browser;
  let stand;
  let number = 0;

  before(async () => {
    [browser, stand] = await Promise.all([openBrowser(browserOptions), Stand.start(shop)]);
  });
  after(async () => {
    await browser?.close();
    await stand?.stop();
  });

  return (name, { messages = [], quiet = true }, body) => {
    test(name, { timeout: 60000 }, async () => {
      number += 1;
      stand.reset(messages, String(number));
      await browser.context.clearCookies();
      await browser.context.addCookies([{ name: 'visitor', value: String(number), url: stand.url }]);
      const page = await openPage(browser.context);
      try {
        const open = (path = 'product/teapot') => page.goto(new URL(path, stand.url).href);
        await body({ page, stand, open });
        assert.deepEqual(stand.broken, [], 'every batch keeps the contract');
        if (quiet) assert.deepEqual(page.problems, [], 'the console stays empty');
      } finally {
        await page.close();
      }
    });
  };
}
