// Shops whose pages are apps: their frameworks do not notice us, and we notice when they change the page. Started by
// t/apps.t, which says where everything is.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, openPage } from './lib/browser.mjs';
import { redis, until } from './lib/outside.mjs';
import { DIALOG, leave, leaveUntilShown, nothingOpens, siteUrl } from './lib/visitor.mjs';

const MODES = { inject: siteUrl(), fetch: process.env.SMARTMSG_FETCH_URL };
const DIRECT = process.env.SMARTMSG_APPS_URL;
const HYDRATED = ['react18/document', 'react18/root', 'react19/document', 'react19/root', 'vue'];
const OURS = '[data-smartmsg],script[src*="/smartmsg/"],smart-message';

let browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser?.close());

/** A test with a visitor of its own. `page.asked` are the decisions that its browser asks for. */
function visit(name, body, { quiet = true } = {}) {
  test(name, { timeout: 240000 }, async () => {
    await browser.context.clearCookies();
    const page = await openPage(browser.context);
    page.asked = [];
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.pathname === '/smartmsg/decide') page.asked.push(url.searchParams);
    });
    try {
      await body(page);
      if (quiet) assert.deepEqual(page.problems, [], 'the console stays empty');
    } finally {
      await page.close();
    }
  });
}

const isHydrated = () => window.isHydrated === true;
const isRunning = () => document[Symbol.for('smartmsg.runtime')] === true;
const hydrated = (page) => page.waitForFunction(isHydrated);
const running = (page) => page.waitForFunction(isRunning);

/** One of the two scripts comes when the other has done its work. */
const ORDERS = {
  'the app first': ['**/smartmsg/rt.*.js', isHydrated],
  'the runtime first': ['**/assets/*.js', isRunning],
};

async function openInOrder(page, url, [late, done]) {
  await page.route(late, async (route) => {
    await page.waitForFunction(done);
    await route.continue();
  });
  await page.goto(url);
  await hydrated(page);
  await running(page);
}

/** The document, without what is ours. */
function domOf(page) {
  return page.evaluate((ours) => {
    const copy = document.documentElement.cloneNode(true);
    for (const element of copy.querySelectorAll(ours)) element.remove();
    return copy.outerHTML;
  }, OURS);
}

async function domWithoutUs(path) {
  const page = await openPage(browser.context);
  try {
    await page.goto(new URL(path, DIRECT).href);
    await hydrated(page);
    return await domOf(page);
  } finally {
    await page.close();
  }
}

/** The message that the page "second" shows when it has loaded, and that there is but one. */
async function secondShows(page) {
  const dialog = page.locator(DIALOG);
  await dialog.waitFor();
  assert.equal(await dialog.count(), 1);
  assert.equal(await dialog.getByRole('heading').textContent(), 'Second');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await dialog.waitFor({ state: 'hidden' });
  assert.ok(await nothingOpens(page), 'once');
}

/** How often the server has seen this visitor look at a page. */
async function views(page) {
  const [cookie] = (await browser.context.cookies(page.url())).filter(({ name }) => name === 'smartmsg');
  const key = `smartmsg:{${cookie?.value}}:s`;
  return Number(await redis('HGET', key, 'views'));
}

const viewed = (page, count) => until(`${count} views`, async () => (await views(page)) === count);

/** The last decision that was asked for, once it is that of `path`: the driver hears of requests after the server. */
async function askedFor(page, path) {
  await until(`asked for ${path}`, () => page.asked.at(-1)?.get('page') === path);
  return page.asked.at(-1);
}

for (const app of HYDRATED) {
  for (const [mode, url] of Object.entries(MODES)) {
    for (const [order, scripts] of Object.entries(ORDERS)) {
      visit(`${app}, ${mode}, ${order}: hydrates, and shows the message`, async (page) => {
        await openInOrder(page, `${url}${app}/second`, scripts);
        await page.waitForFunction(() => document.readyState === 'complete');
        assert.equal(await domOf(page), await domWithoutUs(`${app}/second`), 'the document is the shop alone');
        await secondShows(page);
        await page.click('#count');
        assert.equal(await page.textContent('#count'), '1', 'the app works');
        await viewed(page, 1);
        if (mode === 'fetch') await askedFor(page, `/${app}/second`);
        assert.equal(page.asked.length, mode === 'fetch' ? 1 : 0);
      });
    }
  }

  for (const [mode, url] of Object.entries(MODES)) {
    visit(`${app}, ${mode}: another page of the app is another page view`, async (page) => {
      await page.goto(`${url}${app}/first`);
      await hydrated(page);
      await running(page);
      await viewed(page, 1);
      await page.click('#second');
      await page.locator('h1', { hasText: 'Page second' }).waitFor();
      await secondShows(page);
      await viewed(page, 2);
      const asked = await askedFor(page, `/${app}/second`);
      assert.equal(asked.get('referrer'), `${url}${app}/first`);
      await page.goBack();
      await viewed(page, 3);
      await askedFor(page, `/${app}/first`);
      await leaveUntilShown(page);
      assert.equal(await page.locator(DIALOG).getByRole('heading').textContent(), 'First', 'armed again');
    });
  }
}

for (const version of ['react18', 'react19']) {
  for (const [order, scripts] of Object.entries(ORDERS)) {
    const name = `${version} with a mismatch of its own throws away what is not its own, ${order}`;
    visit(
      name,
      async (page) => {
        await openInOrder(page, `${MODES.inject}${version}/document/second?mismatch`, scripts);
        await page.locator('p', { hasText: 'client' }).waitFor();
        const templates = await page.locator('template[data-smartmsg]').count();
        assert.equal(templates, 0, 'the templates have gone');
        await secondShows(page);
        await viewed(page, 1);
        if (order === 'the app first') await until('asked again', () => page.asked.length);
        const asked = page.asked.map((args) => args.get('view'));
        assert.deepEqual(asked, order === 'the app first' ? ['0'] : [], 'asked again, counted once');
        await page.click('#first');
        await viewed(page, 2);
        await leave(page);
      },
      { quiet: false },
    );
  }
}

for (const library of ['turbo', 'htmx']) {
  for (const [mode, url] of Object.entries(MODES)) {
    visit(`${library}, ${mode}: pages that take the place of each other`, async (page) => {
      await page.goto(`${url}${library}/first`);
      await hydrated(page);
      await running(page);
      await viewed(page, 1);
      await page.evaluate(() => {
        window.isSame = true;
      });
      await page.click('#second');
      await page.locator('h1', { hasText: 'Page second' }).waitFor();
      assert.ok(await page.evaluate(() => window.isSame), 'no page was loaded');
      await secondShows(page);
      await viewed(page, 2);
      await askedFor(page, `/${library}/second`);
      assert.equal(page.asked.length, mode === 'fetch' ? 2 : 1);
      await page.click('#first');
      await page.locator('h1', { hasText: 'Page first' }).waitFor();
      await viewed(page, 3);
      await leaveUntilShown(page);
      assert.equal(await page.locator(DIALOG).count(), 1);
      assert.equal(await page.locator(DIALOG).getByRole('heading').textContent(), 'First');
    });
  }
}
