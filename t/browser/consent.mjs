// Consent the whole way: Chromium, nginx with the module and Redis. Started by t/consent.t.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, openPage } from './lib/browser.mjs';
import { redis, until } from './lib/outside.mjs';
import { DIALOG, nothingOpens, siteUrl } from './lib/visitor.mjs';

const url = siteUrl();

let browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser?.close());

/** A visitor of his own, in an empty Redis; the console must stay empty. */
function visit(name, body) {
  test(name, { timeout: 240000 }, async () => {
    await browser.context.clearCookies();
    await redis('FLUSHALL');
    const page = await openPage(browser.context);
    try {
      await body(page);
      assert.deepEqual(page.problems, [], 'the console stays empty');
    } finally {
      await page.close();
    }
  });
}

const open = (page, path = '') => page.goto(new URL(path, url).href);
const cookies = async () => (await browser.context.cookies()).filter(({ name }) => name === 'smartmsg');
const keys = async () => (await redis('--raw', 'KEYS', 'smartmsg:{*')).split('\n').filter(Boolean);
const untilKeys = (count, what) => until(what, async () => (await keys()).length === count);

/** Does what makes the runtime tell of consent, and waits until it has. */
async function tells(page, act) {
  const told = page.waitForResponse(
    (response) => response.url().endsWith('/event') && response.request().postData().includes('"consent"'),
  );
  await act();
  assert.equal((await told).status(), 204);
}

/** What the banner of a shop with Google's Consent Mode does. */
const choose = (page, storage) =>
  page.evaluate((value) => {
    window.dataLayer = window.dataLayer || [];
    function gtag() {
      // biome-ignore lint/complexity/noArguments: so does gtag.js, and an array is something else
      window.dataLayer.push(arguments);
    }
    gtag('consent', 'update', { analytics_storage: value, personalization_storage: value });
  }, storage);

/** A banner that speaks the TCF and remembers the choice, as such banners do, in its own cookie. */
const tcf = (page) =>
  page.addInitScript(() => {
    const agreed = () => document.cookie.includes('banner=yes');
    const data = (eventStatus) => ({
      eventStatus,
      gdprApplies: true,
      purpose: { consents: agreed() ? { 1: true, 5: true, 6: true } : {} },
    });
    const listeners = [];
    window.__tcfapi = (_command, _version, listener) => {
      listeners.push(listener);
      listener(data('tcloaded'), true);
    };
    window.choose = (word) => {
      document.cookie = `banner=${word}`;
      for (const listener of listeners) listener(data('useractioncomplete'), true);
    };
  });

visit('nothing before consent; a message that needs nothing is shown and counted', async (page) => {
  await open(page, 'open');
  const dialog = page.locator(DIALOG);
  await dialog.waitFor({ state: 'visible' });
  assert.equal(await dialog.getByRole('heading').textContent(), 'For everybody');
  await page.keyboard.press('Escape');
  await until('it is counted', async () => (await redis('KEYS', 'smartmsg:stats:open:*')) !== '');
  assert.deepEqual(await cookies(), []);
  assert.deepEqual(await keys(), []);
  const entries = await redis('--raw', 'XRANGE', 'smartmsg:events', '-', '+');
  assert.match(entries, /impression/);
  assert.doesNotMatch(entries, /visitor/);

  await open(page, 'open');
  await page.locator(DIALOG).waitFor({ state: 'visible' });
  await open(page, 'x');
  assert.deepEqual([await cookies(), await keys()], [[], []], 'nor on the next pages');
});

visit('granted: the cookie comes, this page begins the session, a reload changes nothing', async (page) => {
  await open(page, 'land?utm_source=mail');
  await tells(page, () => choose(page, 'granted'));
  const [cookie] = await cookies();
  assert.ok(cookie.httpOnly);
  assert.equal(cookie.sameSite, 'Lax');

  await untilKeys(2, 'the visit is counted');
  const field = (name) => redis('HGET', `smartmsg:{${cookie.value}}:s`, name);
  assert.deepEqual([await field('views'), await field('entry'), await field('utm.source')], ['1', '/land', 'mail']);
  await choose(page, 'granted');
  await page.reload();
  await page.locator(DIALOG).waitFor({ state: 'visible' });
  assert.equal(await page.locator(DIALOG).getByRole('heading').textContent(), 'Welcome back');
  assert.deepEqual((await cookies())[0].value, cookie.value, 'the same visitor');
});

visit('granted: a message that waited for it comes at once', async (page) => {
  await open(page, 'open');
  await page.locator(DIALOG).waitFor({ state: 'visible' });
  await page.keyboard.press('Escape');
  await page.locator(DIALOG).waitFor({ state: 'hidden' });
  await tells(page, () => choose(page, 'granted'));
  await untilKeys(2, 'the visit is counted');
  await page.locator(DIALOG).waitFor({ state: 'visible' });
  assert.equal(await page.locator(DIALOG).getByRole('heading').textContent(), 'Thank you');
});

visit('withdrawn: cookie and keys are deleted', async (page) => {
  await open(page);
  await tells(page, () => choose(page, 'granted'));
  await open(page);
  await untilKeys(2, 'something is known');
  await tells(page, () => choose(page, 'denied'));
  assert.deepEqual(await cookies(), []);
  await untilKeys(0, 'nothing is known any more');
  await open(page);
  await page.reload();
  assert.ok(await nothingOpens(page));
  assert.deepEqual([await cookies(), await keys()], [[], []], 'and so it stays');
});

visit('a banner that speaks the TCF, over several pages', async (page) => {
  await tcf(page);
  await open(page);
  await tells(page, () => page.evaluate(() => window.choose('yes')));
  const [{ value }] = await cookies();
  await untilKeys(2, 'the visit is counted');
  await open(page);
  await page.locator(DIALOG).waitFor({ state: 'visible' });
  assert.equal((await cookies())[0].value, value);
  await tells(page, () => page.evaluate(() => window.choose('no')));
  assert.deepEqual(await cookies(), []);
  await open(page);
  await untilKeys(0, 'nothing is left');
});

visit('a script of the shop speaks', async (page) => {
  await page.addInitScript(() => {
    window.smartmsg = [['consent', true]];
  });
  await tells(page, () => open(page));
  await page.reload();
  await untilKeys(2, 'the view is counted');
  await tells(page, () => page.evaluate(() => window.smartmsg.consent(false)));
  assert.deepEqual(await cookies(), []);
  await untilKeys(0, 'nothing is left');
});

visit('in fetch mode', async (page) => {
  const decided = () => page.waitForResponse((response) => response.url().includes('/smartmsg/decide'));
  let decision = decided();
  await open(page, 'fetch/');
  assert.equal((await decision).status(), 200);
  assert.deepEqual([await cookies(), await keys()], [[], []]);
  await tells(page, () => choose(page, 'granted'));
  assert.equal((await cookies()).length, 1);

  decision = decided();
  await open(page, 'fetch/');
  await decision;
  await untilKeys(2, 'the view is counted');
  await tells(page, () => choose(page, 'denied'));
  assert.deepEqual(await cookies(), []);
  await untilKeys(0, 'nothing is left');

  decision = decided();
  await open(page, 'fetch/?said=no');
  assert.equal((await decision).status(), 204);
  assert.deepEqual(await cookies(), []);
});

visit('a visitor who agreed before the module came', async (page) => {
  await tcf(page);
  await browser.context.addCookies([{ name: 'banner', value: 'yes', url }]);
  await tells(page, () => open(page));
  assert.equal((await cookies()).length, 1);
});

visit('Sec-GPC counts more than the banner, and takes back what was granted before', async (page) => {
  await open(page);
  await tells(page, () => choose(page, 'granted'));
  await open(page);
  await untilKeys(2, 'something is known');

  await page.setExtraHTTPHeaders({ 'Sec-GPC': '1' });
  await open(page, 'open');
  assert.deepEqual(await cookies(), []);
  await untilKeys(0, 'the keys are deleted');
  await page.locator(DIALOG).waitFor({ state: 'visible' });
  await choose(page, 'granted');
  await page.keyboard.press('Escape');
  await open(page);
  assert.deepEqual([await cookies(), await keys()], [[], []]);
});

visit('where the operator’s value says no the banner is not heard', async (page) => {
  await tcf(page);
  await browser.context.addCookies([{ name: 'banner', value: 'yes', url }]);
  const posted = [];
  page.on('request', (request) => request.method() === 'POST' && posted.push(request.postData()));
  await open(page, 'open?said=no');
  await page.locator(DIALOG).waitFor({ state: 'visible' });
  await choose(page, 'granted');
  await page.keyboard.press('Escape');
  await until('something was reported', () => posted.length === 2);
  assert.doesNotMatch(posted.join(), /consent/);
  assert.deepEqual(await cookies(), []);
});
