// The runtime as a guest: strict policies, frameworks that rebuild the page, the back/forward cache, double injection.
import assert from 'node:assert/strict';
import { settled } from './lib/clock.mjs';
import { COUNT_VIEW } from './lib/snippet.mjs';
import { suite } from './lib/suite.mjs';
import { BUBBLE, DIALOG, leave, leaveUntilShown, nothingOpens } from './lib/visitor.mjs';

const test = suite();
const EXIT = {
  rule: 'exit-cart',
  when: [{ on: 'exit', after: 0 }],
  title: 'Can we help?',
  text: 'Ask us.',
  actions: [
    { label: 'Call us', href: 'tel:+4930123456' },
    { label: 'No, thanks', close: true },
  ],
};
const BUBBLE_NOW = { ...EXIT, rule: 'help', as: 'bubble', when: [{ on: 'load' }] };
const armed = { messages: [EXIT] };

for (const policy of ['self', 'inline', 'nonce', 'bare', 'strict', 'trusted', 'report']) {
  for (const [kind, message] of [
    ['dialog', EXIT],
    ['bubble', BUBBLE_NOW],
  ]) {
    test(`${kind} under the policy "${policy}" without a violation`, { messages: [message] }, async ({
      page,
      stand,
      open,
    }) => {
      const response = await open(`product/teapot?csp=${policy}`);
      const headers = response.headers();
      assert.ok(headers['content-security-policy'] ?? headers['content-security-policy-report-only']);
      if (kind === 'dialog') await leaveUntilShown(page);
      await page.locator(`smart-message .${kind} .text`).waitFor();
      const { position, borderRadius } = await page.locator(`smart-message .${kind}`).evaluate((element) => {
        const style = getComputedStyle(element);
        return { position: style.position, borderRadius: style.borderRadius };
      });
      assert.deepEqual({ position, borderRadius }, { position: 'fixed', borderRadius: '16px' }, 'the style applies');
      await page.click(`smart-message .${kind} button.action`);
      await stand.need('dismiss');
    });
  }
}

/** The files of the runtime that the page asks for from now on, the cache left out. */
async function watchFiles(page) {
  const asked = [];
  await page.route('**/smartmsg/*.js', (route) => {
    asked.push(new URL(route.request().url()).pathname);
    return route.continue();
  });
  return asked;
}

test('the overlays are asked for when the page has loaded, and once', armed, async ({ page, stand, open }) => {
  const asked = await watchFiles(page);
  await page.route('**/static/shop.js', async (route) => {
    await page.waitForFunction(() => document[Symbol.for('smartmsg.runtime')]);
    assert.deepEqual(asked, [stand.scriptUrl]);
    await route.continue();
  });
  const answered = page.waitForResponse((response) => response.url().endsWith(stand.uiUrl));
  await open();
  await answered;
  await leaveUntilShown(page);
  assert.deepEqual(asked, [stand.scriptUrl, stand.uiUrl]);
});

test('where no message waits the overlays stay where they are', { messages: [COUNT_VIEW] }, async ({
  page,
  stand,
  open,
}) => {
  const asked = await watchFiles(page);
  await open();
  await stand.need('view');
  await page.waitForFunction(() => document.readyState === 'complete');
  // Without an end to its patience Chromium may find no moment idle.
  await page.evaluate(() => new Promise((done) => requestIdleCallback(done, { timeout: 3000 })));
  assert.deepEqual(asked, [stand.scriptUrl]);
});

test('a browser that is never idle asks for the overlays nevertheless', armed, async ({ page, stand, open }) => {
  await page.addInitScript(() => {
    window.requestIdleCallback = (callback, options) => (options?.timeout ? setTimeout(callback, options.timeout) : 0);
  });
  const answered = page.waitForResponse((response) => response.url().endsWith(stand.uiUrl));
  await open();
  await answered;
});

test('a trigger that comes before the overlays brings them', armed, async ({ page, stand, open }) => {
  await page.addInitScript(() => {
    window.requestIdleCallback = () => {};
  });
  const asked = await watchFiles(page);
  await open();
  await leaveUntilShown(page);
  assert.deepEqual(asked, [stand.scriptUrl, stand.uiUrl]);
});

for (const [name, answer] of [
  ['are not there', { status: 404 }],
  ['are those of another time', { status: 200, contentType: 'text/javascript', body: 'export const other = 1' }],
  ['are broken', { status: 200, contentType: 'text/javascript', body: 'export const {' }],
]) {
  test(`overlays that ${name} cost the message and nothing else`, { ...armed, quiet: false }, async ({
    page,
    stand,
    open,
  }) => {
    await page.route(`**${stand.uiUrl}`, (route) => route.fulfill(answer));
    const answered = page.waitForResponse((response) => response.url().endsWith(stand.uiUrl));
    await page.addInitScript(() => {
      addEventListener('unhandledrejection', () => console.error('unhandled'));
    });
    await open();
    await answered;
    await leave(page);
    assert.ok(await nothingOpens(page));
    // What the browser itself says about a missing file cannot be helped.
    assert.deepEqual(
      page.problems.filter((text) => !text.startsWith('Failed to load resource')),
      [],
    );
    assert.deepEqual(stand.claims, []);
    await page.evaluate(() => window.dataLayer.push({ event: 'view_cart', ecommerce: { value: 5, items: [] } }));
    await stand.need('cart');
  });
}

test('two script tags are one runtime', armed, async ({ page, stand, open }) => {
  stand.scripts = 3;
  await open();
  await leaveUntilShown(page);
  await page.keyboard.press('Escape');
  await stand.need('dismiss');
  assert.equal(stand.events.length, 2);
  await leave(page);
  assert.ok(await nothingOpens(page));
});

/** Chromium does not keep a page that still waits for a file or an answer. */
async function finished(page) {
  await page.waitForFunction(() =>
    performance.getEntriesByType('resource').some(({ name }) => name.includes('/smartmsg/ui.')),
  );
  await settled(page);
}

test('back from the bfcache it is armed again', armed, async ({ page, stand, open }) => {
  await open();
  await finished(page);
  await page.evaluate(() => {
    addEventListener('pageshow', (event) => {
      window.restored = event.persisted;
    });
  });
  await open('product/notebook');
  await page.goBack({ waitUntil: 'commit' });
  await page.waitForFunction(() => window.restored === true);
  await leaveUntilShown(page);
  assert.equal((await stand.need('impression'))[0].page, '/product/teapot');
});

test('back from the bfcache a message is not shown again', armed, async ({ page, stand, open }) => {
  await open();
  await page.evaluate(() => {
    addEventListener('pageshow', (event) => {
      window.restored = event.persisted;
    });
  });
  await leaveUntilShown(page);
  await page.keyboard.press('Escape');
  await stand.need('dismiss');
  await page.evaluate(() => {
    window.closedAt = performance.now();
  });
  await finished(page);
  await open('big?kb=20');
  await page.goBack({ waitUntil: 'commit' });
  await page.waitForFunction(() => window.restored === true);
  // Not because of the rest that a visitor gets after a message.
  await page.waitForFunction(() => performance.now() > window.closedAt + 5000);
  await leave(page);
  assert.ok(await nothingOpens(page));
  assert.equal(stand.of('impression').length, 1);
});

/** Puts a fresh copy of the page in its place, as frameworks do when the server's page is not what they expected. */
function replaceDocument(page) {
  return page.evaluate(() => {
    const copy = document.documentElement.cloneNode(true);
    copy.querySelector('smart-message')?.remove();
    document.replaceChild(copy, document.documentElement);
  });
}

test('a framework that throws the templates away is too late', armed, async ({ page, open }) => {
  await open();
  await page.evaluate(() => {
    for (const template of document.querySelectorAll('template')) template.remove();
  });
  await leaveUntilShown(page);
  assert.equal(await page.locator(`${DIALOG} .title`).textContent(), 'Can we help?');
});

test('a framework that replaces the whole document before', armed, async ({ page, open }) => {
  await open();
  await replaceDocument(page);
  await leaveUntilShown(page);
});

test('a framework that replaces the whole document while it is open', armed, async ({ page, stand, open }) => {
  await open();
  await leaveUntilShown(page);
  await replaceDocument(page);
  await page.waitForFunction(() => {
    return document.querySelector('smart-message')?.shadowRoot?.querySelector('dialog').matches(':modal');
  });
  await page.keyboard.press('Escape');
  await page.locator('smart-message').waitFor({ state: 'detached' });
  assert.equal((await stand.need('dismiss')).length, 1);
  assert.equal(stand.of('impression').length, 1);
});

test('a shop that removes it again and again gets its way', { messages: [BUBBLE_NOW] }, async ({ page, open }) => {
  await open();
  await page.locator(BUBBLE).waitFor();
  const removals = await page.evaluate(async () => {
    let count = 0;
    new MutationObserver(() => {
      const host = document.querySelector('smart-message');
      if (!host) return;
      count += 1;
      host.remove();
    }).observe(document.documentElement, { childList: true });
    document.querySelector('smart-message').remove();
    await new Promise((done) => setTimeout(done, 300));
    return count;
  });
  assert.equal(removals, 3);
  assert.equal(await page.locator('smart-message').count(), 0);
});

test(
  'nothing is put into the page before something is shown, and then only under html',
  armed,
  async ({ page, open }) => {
    await open();
    await page.waitForFunction(() => document[Symbol.for('smartmsg.runtime')]);
    assert.equal(await page.locator('smart-message').count(), 0);
    await leaveUntilShown(page);
    const place = await page.evaluate(() => {
      const { documentElement, body } = document;
      const host = document.querySelector('smart-message');
      const own = ({ attributes }) => [...attributes].map(({ name }) => name);
      if (getComputedStyle(host).display !== 'contents') throw new Error('it takes part in the layout');
      return { parent: host.parentNode.localName, host: own(host), html: own(documentElement), body: own(body) };
    });
    assert.deepEqual(place, { parent: 'html', host: [], html: ['lang'], body: [] });
  },
);

test('the history and the globals of the shop stay as they are', armed, async ({ page, stand, open }) => {
  const globals = () => page.evaluate(() => Object.getOwnPropertyNames(window).sort());
  stand.scripts = 0;
  await open();
  const before = await globals();
  stand.scripts = 1;
  await page.reload();
  const length = await page.evaluate(() => history.length);
  await leaveUntilShown(page);
  await page.keyboard.press('Escape');
  assert.equal(await page.evaluate(() => history.length), length);
  assert.deepEqual(await globals(), [...before, 'smartmsg'].sort(), 'and one is ours');
});

test('broken and foreign templates are passed over', {
  messages: [
    '<template data-smartmsg="{oops"></template><template data-smartmsg="null"></template><template data-smartmsg="{&quot;rule&quot;:&quot;x&quot;}"></template>',
    EXIT,
  ],
}, async ({ page, open }) => {
  await open();
  await leaveUntilShown(page);
});
