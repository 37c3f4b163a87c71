// Consent in the browser: the banner of the page is heard, and what nobody has agreed to is not reported.
import assert from 'node:assert/strict';
import { opens, settled, stopClock } from './lib/clock.mjs';
import { COUNT_VIEW, flags } from './lib/snippet.mjs';
import { suite } from './lib/suite.mjs';
import { BUBBLE } from './lib/visitor.mjs';

const test = suite();
const UNKNOWN = flags({ anonymous: 1, consent: 1 });
const DENIED = flags({ anonymous: 1 });
const GRANTED = flags({ consent: 1 });
const HELP = { rule: 'help', as: 'bubble', when: [{ on: 'load' }], title: 'Help' };
const unknown = { messages: [UNKNOWN] };

/** A banner that speaks the TCF: its first answer, and `window.answer(data)` for later ones. */
const tcf = (page, data) =>
  page.addInitScript((first) => {
    const listeners = [];
    window.asked = [];
    window.answer = (more) => {
      for (const listener of listeners) listener({ gdprApplies: true, ...more }, true);
    };
    window.__tcfapi = (command, version, listener) => {
      window.asked.push(`${command} ${version}`);
      listeners.push(listener);
      if (first) window.answer(first);
    };
  }, data);

const purposes = (...numbers) => ({ consents: Object.fromEntries(numbers.map((number) => [number, true])) });
const LOADED = { eventStatus: 'tcloaded', purpose: purposes(1, 5, 6) };

const mode = (page, ...calls) =>
  page.evaluate((list) => {
    window.dataLayer = window.dataLayer || [];
    function gtag() {
      // biome-ignore lint/complexity/noArguments: so does gtag.js, and an array is something else
      window.dataLayer.push(arguments);
    }
    for (const call of list) gtag('consent', ...call);
  }, calls);

const cart = (page) =>
  page.evaluate(() =>
    window.dataLayer.push({ event: 'add_to_cart', ecommerce: { value: 5, items: [{ quantity: 1 }] } }),
  );

/** What was said of consent, once all has arrived. */
async function said(page, stand) {
  await page.evaluate(() => dispatchEvent(new Event('pagehide')));
  await settled(page);
  return stand.of('consent').map(({ granted }) => granted);
}

const TCF = {
  'all purposes': [LOADED, [true]],
  'chosen now': [{ ...LOADED, eventStatus: 'useractioncomplete' }, [true]],
  'more than is needed': [{ ...LOADED, purpose: purposes(1, 2, 3, 4, 5, 6, 7) }, [true]],
  'nothing stored on the device': [{ ...LOADED, purpose: purposes(5, 6) }, []],
  'no profile': [{ ...LOADED, purpose: purposes(1, 6) }, []],
  'no personalised content': [{ ...LOADED, purpose: purposes(1, 5) }, []],
  'all refused': [{ ...LOADED, purpose: purposes() }, []],
  'the banner is open': [{ ...LOADED, eventStatus: 'cmpuishown' }, []],
  'the GDPR does not apply': [{ eventStatus: 'tcloaded', gdprApplies: false, purpose: purposes() }, [true]],
  'it is not known whether it does': [{ eventStatus: 'tcloaded', gdprApplies: undefined, purpose: purposes() }, []],
};
for (const [name, [data, expected]] of Object.entries(TCF)) {
  test(`TCF: ${name}`, unknown, async ({ page, stand, open }) => {
    await tcf(page, data);
    await open();
    await page.waitForFunction(() => window.asked.length);
    assert.deepEqual(await page.evaluate(() => window.asked), ['addEventListener 2']);
    assert.deepEqual(await said(page, stand), expected);
  });
}

test('TCF: a banner that comes late, refuses, then agrees, then withdraws', unknown, async ({ page, stand, open }) => {
  const wait = await stopClock(page);
  await open();
  await wait(2);
  await page.evaluate(() => {
    window.__tcfapi = (_command, _version, listener) => {
      window.answer = (...purposes) =>
        listener({ eventStatus: 'useractioncomplete', purpose: { consents: Object.fromEntries(purposes) } }, true);
    };
  });
  await wait(1.5);
  const answer = (...numbers) =>
    page.evaluate(
      (list) => window.answer(...list),
      numbers.map((number) => [number, true]),
    );
  await answer(1);
  await answer(1, 5, 6);
  await answer(1, 5, 6);
  await answer();
  assert.deepEqual(await said(page, stand), [true, false]);
});

test('TCF: a banner that fails, and one that throws', unknown, async ({ page, stand, open }) => {
  await page.addInitScript(() => {
    window.__tcfapi = (_command, _version, listener) => {
      listener(null, false);
      throw new Error('broken');
    };
  });
  await open();
  await page.locator('#add').waitFor();
  assert.deepEqual(await said(page, stand), []);
});

test('TCF: withdrawn where it was granted before', { messages: [GRANTED] }, async ({ page, stand, open }) => {
  await tcf(page, LOADED);
  await open();
  await page.waitForFunction(() => window.asked.length);
  await page.evaluate(() => window.answer({ eventStatus: 'useractioncomplete', purpose: { consents: {} } }));
  assert.deepEqual(await said(page, stand), [false], 'the first answer was nothing new');
});

for (const [name, messages] of Object.entries({ granted: [], denied: [DENIED] })) {
  test(`the banner is not asked where the server knows: ${name}`, { messages }, async ({ page, stand, open }) => {
    await tcf(page, { ...LOADED, purpose: name === 'denied' ? purposes(1, 5, 6) : purposes() });
    await open();
    const storage = name === 'denied' ? 'granted' : 'denied';
    await mode(page, ['update', { analytics_storage: storage, personalization_storage: storage }]);
    assert.deepEqual(await said(page, stand), []);
    assert.deepEqual(await page.evaluate(() => window.asked), []);
  });
}

const P = 'personalization_storage';
const A = 'analytics_storage';
const MODE = {
  'both granted': [[['update', { [P]: 'granted', [A]: 'granted' }]], [true]],
  'only statistics are spoken of': [[['update', { [A]: 'granted' }]], [true]],
  'only personalisation is spoken of': [[['update', { [P]: 'granted' }]], [true]],
  'statistics without personalisation': [[['update', { [P]: 'denied', [A]: 'granted' }]], []],
  'personalisation without statistics': [[['update', { [P]: 'granted', [A]: 'denied' }]], []],
  'advertising alone': [[['update', { ad_storage: 'granted', ad_personalization: 'granted' }]], []],
  'a default is no choice': [[['default', { [P]: 'granted', [A]: 'granted' }]], []],
  'what an update leaves out is as by default': [
    [
      ['default', { [P]: 'denied', [A]: 'denied' }],
      ['update', { [A]: 'granted' }],
    ],
    [],
  ],
  'an update of all': [
    [
      ['default', { [P]: 'denied', [A]: 'denied', wait_for_update: 500 }],
      ['update', { [P]: 'granted', [A]: 'granted' }],
    ],
    [true],
  ],
  'granted, then withdrawn': [
    [
      ['update', { [A]: 'granted' }],
      ['update', { [A]: 'denied' }],
    ],
    [true, false],
  ],
  'said again and again': [
    [
      ['update', { [A]: 'granted' }],
      ['update', { [A]: 'granted' }],
    ],
    [true],
  ],
  nonsense: [[['update'], ['update', null], [], ['update', { [A]: 7 }]], []],
};
for (const [name, [calls, expected]] of Object.entries(MODE)) {
  test(`Consent Mode: ${name}`, unknown, async ({ page, stand, open }) => {
    await open();
    await page.waitForFunction(() => document[Symbol.for('smartmsg.runtime')]);
    await mode(page, ...calls);
    assert.deepEqual(await said(page, stand), expected);
  });
}

test('Consent Mode: what was said before the runtime came', unknown, async ({ page, stand, open }) => {
  await page.addInitScript(() => {
    window.dataLayer = [];
    function gtag() {
      // biome-ignore lint/complexity/noArguments: so does gtag.js, and an array is something else
      window.dataLayer.push(arguments);
    }
    gtag('consent', 'default', { analytics_storage: 'denied' });
    gtag('consent', 'update', { analytics_storage: 'granted' });
  });
  await open();
  assert.deepEqual(
    (await stand.need('consent')).map(({ granted }) => granted),
    [true],
  );
});

test('a default does not take back what was granted before', { messages: [GRANTED] }, async ({ page, stand, open }) => {
  await open();
  await mode(page, ['default', { [P]: 'denied', [A]: 'denied' }]);
  assert.deepEqual(await said(page, stand), []);
  await mode(page, ['update', { [A]: 'denied' }]);
  assert.deepEqual(await said(page, stand), [false]);
});

test('a script of the shop agrees, and withdraws', unknown, async ({ page, stand, open }) => {
  await open();
  await page.waitForFunction(() => window.smartmsg?.consent);
  await page.evaluate(() => {
    window.smartmsg.consent(true);
    window.smartmsg.consent(true);
    window.smartmsg.consent(false);
    window.smartmsg.consent(1);
  });
  assert.deepEqual(await said(page, stand), [true, false, true]);
});

test('a script of the shop has agreed before the runtime came', unknown, async ({ page, stand, open }) => {
  await page.addInitScript(() => {
    window.smartmsg = [
      ['consent', true],
      ['track', 'hello'],
    ];
  });
  await open();
  await stand.need('track');
  assert.deepEqual(
    stand.events.map(({ event }) => event),
    ['consent', 'track'],
  );
});

test('what is tracked before there is consent is not told', unknown, async ({ page, stand, open }) => {
  await page.addInitScript(() => {
    window.smartmsg = [
      ['track', 'hello'],
      ['identify', 'c-4711'],
    ];
  });
  await open();
  assert.deepEqual(await said(page, stand), []);
  assert.deepEqual(stand.of('track').concat(stand.of('identify')), []);
});

test('a script may withdraw, but not give, what the server has decided', {
  messages: [DENIED],
}, async ({ page, stand, open }) => {
  await open();
  await page.waitForFunction(() => window.smartmsg?.consent);
  await page.evaluate(() => window.smartmsg.consent(true));
  await cart(page);
  assert.deepEqual(await said(page, stand), []);
  assert.deepEqual(stand.of('cart'), []);
  stand.messages = [];
  await open();
  await page.waitForFunction(() => window.smartmsg?.consent);
  await page.evaluate(() => window.smartmsg.consent(false));
  await stand.need('consent');
  assert.deepEqual(
    stand.of('consent').map(({ granted }) => granted),
    [false],
  );
});

test('all who speak must agree', unknown, async ({ page, stand, open }) => {
  await tcf(page, { ...LOADED, purpose: purposes() });
  await open();
  await mode(page, ['update', { [A]: 'granted' }]);
  await page.evaluate(() => window.answer({ eventStatus: 'useractioncomplete', purpose: { consents: { 1: true } } }));
  assert.deepEqual(await said(page, stand), []);
  await page.evaluate(() =>
    window.answer({ eventStatus: 'useractioncomplete', purpose: { consents: { 1: true, 5: true, 6: true } } }),
  );
  assert.deepEqual(await said(page, stand), [true]);
});

test('of somebody anonymous only messages are counted, until there is consent', {
  messages: [HELP, UNKNOWN, COUNT_VIEW],
}, async ({ page, stand, open }) => {
  await open();
  await cart(page);
  await page.locator(BUBBLE).waitFor();
  await page.locator(BUBBLE).getByRole('button', { name: 'Close' }).click();
  await stand.need('dismiss');
  assert.deepEqual(stand.claims, [], 'nothing to ask for');
  await page.evaluate(() => dispatchEvent(new Event('pagehide')));
  await mode(page, ['update', { [A]: 'granted' }]);
  await stand.need('consent');
  await cart(page);
  await stand.need('cart');
  assert.deepEqual(
    stand.events.map(({ event }) => event),
    ['impression', 'dismiss', 'consent', 'cart'],
  );
});

test('a message of somebody anonymous comes once, however often the address changes', {}, async ({
  page,
  stand,
  open,
}) => {
  const heading = page.locator(BUBBLE).getByRole('heading');
  const shown = async () => {
    assert.ok(await opens(page));
    return heading.textContent();
  };
  const close = async () => {
    await page.locator(BUBBLE).getByRole('button', { name: 'Close' }).click();
    await heading.waitFor({ state: 'detached' });
  };
  stand.mark = 'fetch';
  stand.decision = [HELP, UNKNOWN];
  const wait = await stopClock(page);
  await open();
  assert.equal(await shown(), 'Help');
  await close();
  stand.decision = [HELP, { ...HELP, rule: 'other', title: 'Other', when: [{ on: 'load', after: 9 }] }, UNKNOWN];
  await page.evaluate(() => history.pushState({}, '', '/elsewhere'));
  await wait(0.5);
  await stand.needAsked(2);
  await wait(9);
  assert.equal(await shown(), 'Other', 'the first one had its turn before');
  assert.deepEqual(stand.claims, []);
});

test('once there is consent the messages are asked for again, and none comes twice', {
  messages: [HELP, UNKNOWN],
}, async ({ page, stand, open }) => {
  await open();
  await page.locator(BUBBLE).waitFor();
  await page.locator(BUBBLE).getByRole('button', { name: 'Close' }).click();
  await stand.need('dismiss');
  stand.decision = [HELP, { ...HELP, rule: 'other', title: 'Other', when: [{ on: 'dwell', after: 0 }] }, GRANTED];
  await mode(page, ['update', { [A]: 'granted' }]);
  const [asked] = await stand.needAsked();
  assert.deepEqual(
    [asked.page, asked.view, stand.events.at(-1).event],
    ['/product/teapot', '1', 'consent'],
    'when the endpoint knew',
  );
  await page.locator(BUBBLE).waitFor();
  assert.equal(await page.locator(BUBBLE).getByRole('heading').textContent(), 'Other');
  assert.deepEqual(
    stand.claims.map(({ rule }) => rule),
    ['other'],
  );
  await mode(page, ['update', { [A]: 'denied' }]);
  await stand.need('consent', 2);
  assert.equal(stand.asked.length, 1, 'a withdrawal asks for nothing');
});

test('nothing is stored on the device', { messages: [HELP, UNKNOWN] }, async ({ page, open }) => {
  await open();
  const before = await page.context().cookies();
  await page.locator(BUBBLE).waitFor();
  await page.locator(BUBBLE).getByRole('button', { name: 'Close' }).click();
  await page.locator(BUBBLE).waitFor({ state: 'detached' });
  const stored = await page.evaluate(async () => [
    Object.keys(localStorage),
    Object.keys(sessionStorage),
    await indexedDB.databases(),
    await caches.keys(),
  ]);
  assert.deepEqual(stored.flat(), []);
  assert.deepEqual(await page.context().cookies(), before);
});
