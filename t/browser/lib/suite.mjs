import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, openContext, openPage } from './browser.mjs';
import { isStopped } from './clock.mjs';
import { Stand } from './stand.mjs';

/**
 * One browser and one stand for the tests of a file. A clock that was stopped stays so, also in the pages that come later:
 * the next test then has a new context.
 *
 * @param {{browser?: object, context?: object, shop?: string[]}} options  of launch() and openContext()
 * @returns {(name: string, options: object, body: (tools: {page: object, stand: Stand, open: Function}) => Promise<void>)
 *   => void} defines a test; `messages` in its options are armed on every page, `quiet: false` allows console problems
 */
export function suite({ browser: browserOptions, context: contextOptions, shop } = {}) {
  let browser;
  let context;
  let stand;
  let number = 0;

  async function newContext() {
    await context?.close();
    context = await openContext(browser, contextOptions);
  }

  before(async () => {
    [browser, stand] = await Promise.all([launch(browserOptions), Stand.start(shop)]);
    await newContext();
  });
  after(async () => {
    await browser?.close();
    await stand?.stop();
  });

  return (name, { messages = [], quiet = true }, body) => {
    test(name, { timeout: 180000 }, async () => {
      number += 1;
      stand.reset(messages, String(number));
      if (isStopped(context)) await newContext();
      await context.clearCookies();
      await context.addCookies([{ name: 'visitor', value: String(number), url: stand.url }]);
      const page = await openPage(context);
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
