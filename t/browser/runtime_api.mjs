// window.smartmsg: what the shop's scripts may call, before and after the runtime is there.
import assert from 'node:assert/strict';
import { suite } from './lib/suite.mjs';
import { DIALOG } from './lib/visitor.mjs';

const test = suite();
const plain = {};
const HELLO = { rule: 'hello', variation: 'b', when: [{ on: 'dwell', after: 3600 }], title: 'Hello' };
const armed = { messages: [HELLO] };
const tell = ({ page, ...event }) => event;

/** Runs before the page's own scripts. */
const early = (page, script) => page.addInitScript(script);
const ready = (page) => page.evaluate(() => new Promise((done) => window.smartmsg.push(['on', 'ready', () => done()])));

test('what was queued is made up for, what follows is told at once', plain, async ({ page, stand, open }) => {
  await early(page, () => {
    window.smartmsg = window.smartmsg || [];
    window.kept = window.smartmsg;
    window.smartmsg.push(['track', 'first', { size: '38', n: 1.5, sale: true }], ['identify', 'c-1']);
  });
  await open();
  await stand.need('identify');
  await page.evaluate(() => {
    window.smartmsg.track('second');
    window.smartmsg.push(['track', 'third', { a: 1 }]);
    window.kept.push(['track', 'fourth']);
    window.kept.identify(4711, { tier: 'gold' });
  });
  const told = await stand.need('track', 4);
  assert.deepEqual(told.map(tell), [
    { event: 'track', name: 'first', data: { size: '38', n: 1.5, sale: true } },
    { event: 'track', name: 'second', data: {} },
    { event: 'track', name: 'third', data: { a: 1 } },
    { event: 'track', name: 'fourth', data: {} },
  ]);
  assert.equal(told[0].page, '/product/teapot');
  assert.deepEqual((await stand.need('identify', 2)).map(tell), [
    { event: 'identify', id: 'c-1', traits: {} },
    { event: 'identify', id: '4711', traits: { tier: 'gold' } },
  ]);
});

test('what the endpoint would refuse is mended or left out', plain, async ({ page, stand, open }) => {
  await open();
  await ready(page);
  await page.evaluate(() => {
    const { smartmsg } = window;
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`m${i}`, i]));
    const large = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`m${i}`, 'x'.repeat(250)]));
    smartmsg.track('many', many);
    smartmsg.track('large', large);
    smartmsg.track('wide', { a: '€'.repeat(250), b: '€'.repeat(250), c: '€'.repeat(250) });
    smartmsg.track('odd', {
      'a b': 1,
      1: 1,
      none: null,
      nothing: undefined,
      list: [1, 2],
      infinite: 1 / 0,
      huge: 1e300,
      lines: 'a\nb\u0007',
      half: 'x\ud83d',
      whole: '😀',
      long: 'y'.repeat(300),
      ok: -1e15,
    });
    smartmsg.track('a text', {});
    smartmsg.track('text', 'text');
    smartmsg.track('nothing', null);
    smartmsg.identify('x'.repeat(200));
    smartmsg.identify('');
    smartmsg.identify();
  });
  const [many, large, wide, odd, text, nothing] = await stand.need('track', 6);
  assert.equal(Object.keys(many.data).length, 16);
  assert.deepEqual(large.data, {});
  assert.deepEqual(wide.data, {});
  assert.deepEqual(odd.data, {
    list: '1,2',
    infinite: 'Infinity',
    huge: '1e+300',
    lines: 'a b ',
    half: 'x ',
    whole: '😀',
    long: 'y'.repeat(256),
    ok: -1e15,
  });
  assert.deepEqual(text.data, {});
  assert.deepEqual(nothing.data, {});
  assert.equal((await stand.need('identify')).length, 1);
});

test('nothing that goes wrong comes back', plain, async ({ page, stand, open }) => {
  await open();
  await ready(page);
  const thrown = await page.evaluate(() => {
    const { smartmsg } = window;
    const calls = [
      () => smartmsg.track(),
      () => smartmsg.track(Symbol('x')),
      () =>
        smartmsg.track('bad', {
          get x() {
            throw new Error('shop');
          },
        }),
      () => smartmsg.track('bad', { x: Symbol('x') }),
      () => smartmsg.identify(Symbol('x')),
      () => smartmsg.show(),
      () => smartmsg.on('track'),
      () => smartmsg.on('ready', 'no function'),
      () =>
        smartmsg.on('track', () => {
          throw new Error('shop');
        }),
      () => smartmsg.push(['no such'], ['constructor', 1], ['sort'], [], null, 7, ['track', 'after']),
      () => smartmsg.push(['track', 'last']),
    ];
    return calls.flatMap((call) => {
      try {
        call();
        return [];
      } catch (error) {
        return [`${call}: ${error}`];
      }
    });
  });
  assert.deepEqual(thrown, []);
  await stand.need('track', 3);
  assert.deepEqual(
    stand.of('track').map(({ name }) => name),
    ['undefined', 'after', 'last'],
  );
});

test('a foreign smartmsg stays what it is', { messages: [{ ...HELLO, when: [{ on: 'load' }] }] }, async (tools) => {
  const { page, stand, open } = tools;
  await early(page, () => {
    window.smartmsg = { version: 1 };
  });
  await open();
  await stand.need('impression');
  assert.deepEqual(await page.evaluate(() => window.smartmsg), { version: 1 });
});

test('a frozen queue does no harm', { messages: [{ ...HELLO, when: [{ on: 'load' }] }] }, async (tools) => {
  const { page, stand, open } = tools;
  await early(page, () => {
    Object.defineProperty(window, 'smartmsg', { value: Object.freeze([]) });
  });
  await open();
  await stand.need('impression');
});

test('two runtimes are one interface', plain, async ({ page, stand, open }) => {
  stand.scripts = 2;
  await open();
  await ready(page);
  await page.evaluate(() => window.smartmsg.track('once'));
  await page.evaluate(() => window.smartmsg.track('last'));
  await stand.need('track', 2);
  assert.deepEqual(
    stand.of('track').map(({ name }) => name),
    ['once', 'last'],
  );
});

test('show: an armed message, once, if manners allow', armed, async ({ page, stand, open }) => {
  await open();
  const show = (rule) => page.evaluate((name) => window.smartmsg.show(name), rule);
  await ready(page);
  await page.evaluate(() =>
    window.smartmsg.push([
      'on',
      'impression',
      (event) => {
        window.heard = event;
      },
    ]),
  );
  await page.waitForFunction(() => document.readyState === 'complete');
  assert.equal(await show('other'), false, 'no such message');
  assert.equal(await show('hello'), true);
  await page.locator(DIALOG).waitFor({ state: 'visible' });
  const [impression] = await stand.need('impression');
  assert.deepEqual(tell(impression), { event: 'impression', rule: 'hello', variation: 'b', claimed: true });
  assert.deepEqual(await page.evaluate(() => JSON.parse(JSON.stringify(window.heard))), tell(impression));
  assert.equal(await show('hello'), false, 'it is on screen');
  assert.equal(stand.claims.length, 1);
});

test('show waits until messages are armed, and takes a no of the server', armed, async ({ page, stand, open }) => {
  stand.answer = 200;
  await early(page, () => {
    window.smartmsg = [];
    window.addEventListener('load', () => window.smartmsg.push(['track', 'loaded']));
  });
  await open();
  assert.equal(await page.evaluate(() => window.smartmsg.show('hello')), false);
  assert.equal((await stand.needClaims()).length, 1);
  assert.equal(await page.locator('smart-message').count(), 0);
});

test('not over a modal of the shop', armed, async ({ page, stand, open }) => {
  await open();
  await ready(page);
  await page.evaluate(() => {
    const dialog = document.createElement('dialog');
    dialog.id = 'modal-of-the-shop';
    document.body.append(dialog);
    dialog.showModal();
  });
  assert.equal(await page.evaluate(() => window.smartmsg.show('hello')), false);
  assert.equal(stand.claims.length, 0);
  await page.evaluate(() => document.querySelector('#modal-of-the-shop').close());
  assert.equal(await page.evaluate(() => window.smartmsg.show('hello')), true, 'later it may');
});

test('on: what is reported is heard, whoever throws', armed, async ({ page, stand, open }) => {
  await early(page, () => {
    window.heard = [];
    const hear = (event) => {
      window.heard.push(event.event);
      event.event = 'changed';
    };
    window.smartmsg = [
      ['on', 'ready', () => window.heard.push('ready')],
      [
        'on',
        'impression',
        () => {
          throw new Error('shop');
        },
      ],
      ...['impression', 'dismiss', 'track', 'cart'].map((name) => ['on', name, hear]),
      ['on', 'impression', () => window.heard.push('again')],
    ];
  });
  await open();
  await ready(page);
  await page.waitForFunction(() => document.readyState === 'complete');
  await page.evaluate(() => window.dataLayer.push({ event: 'view_cart', ecommerce: { value: 0, items: [] } }));
  assert.equal(await page.evaluate(() => window.smartmsg.show('hello')), true);
  await page.keyboard.press('Escape');
  await stand.need('dismiss');
  await page.evaluate(() => window.smartmsg.track('done'));
  const heard = await page.evaluate(() => window.heard);
  assert.deepEqual(heard, ['ready', 'cart', 'impression', 'again', 'dismiss', 'track']);
  assert.equal(stand.of('dismiss')[0].event, 'dismiss', 'what handlers do to an event stays with them');
});

const GA4 = '<template data-smartmsg="{&quot;ga4&quot;:1}"></template>';

test('messages are told to the dataLayer if that is asked for, and not read back', {
  messages: [
    { ...HELLO, actions: [{ label: 'More', href: '#more' }] },
    { ...HELLO, rule: 'other', variation: '' },
    GA4,
  ],
}, async ({ page, stand, open }) => {
  await early(page, () => {
    window.dataLayer = [{ event: 'page', ecommerce: { items: [] } }];
    window.heard = [];
    window.smartmsg = [['on', 'cart', (event) => window.heard.push(event)]];
  });
  await open();
  await ready(page);
  await page.waitForFunction(() => document.readyState === 'complete');
  const before = await page.evaluate(() => window.dataLayer.length);
  assert.equal(await page.evaluate(() => window.smartmsg.show('hello')), true);
  await page.getByRole('link', { name: 'More' }).click();
  await stand.need('click');
  const told = await page.evaluate((start) => JSON.parse(JSON.stringify(window.dataLayer.slice(start))), before);
  assert.deepEqual(told, [
    { ecommerce: null },
    { event: 'view_promotion', ecommerce: { promotion_id: 'hello', creative_name: 'b' } },
    { ecommerce: null },
    { event: 'select_promotion', ecommerce: { promotion_id: 'hello', creative_name: 'b' } },
  ]);
});

test('our own entries are no event to wait for', {
  messages: [
    HELLO,
    { rule: 'waits', when: [{ on: 'event', name: 'view_promotion' }], title: 'No' },
    { rule: 'other', when: [{ on: 'event', name: 'other' }], title: 'Yes' },
    GA4,
  ],
}, async ({ page, stand, open }) => {
  await open();
  await ready(page);
  await page.waitForFunction(() => document.readyState === 'complete');
  assert.equal(await page.evaluate(() => window.smartmsg.show('hello')), true);
  await page.evaluate(() => window.smartmsg.track('other'));
  const names = await page.evaluate(() => window.dataLayer.map(({ event }) => event));
  assert.ok(names.includes('view_promotion'));
  await page.keyboard.press('Escape');
  // What happened first is offered first, when the visitor has had some rest.
  await stand.need('impression', 2);
  assert.deepEqual(
    stand.of('impression').map(({ rule }) => rule),
    ['hello', 'other'],
  );
});

test('without being asked nothing is told', armed, async ({ page, stand, open }) => {
  await open();
  await ready(page);
  await page.waitForFunction(() => document.readyState === 'complete');
  assert.equal(await page.evaluate(() => window.smartmsg.show('hello')), true);
  await stand.need('impression');
  assert.ok(!(await page.evaluate(() => window.dataLayer.map(({ event }) => event))).includes('view_promotion'));
});

for (const [how, early] of [
  ['was queued', true],
  ['is told later', false],
]) {
  const messages = [{ rule: 'waits', when: [{ on: 'event', name: 'guide' }], title: 'Your size' }];
  test(`what ${how} opens a message that waits for it`, { messages }, async ({ page, stand, open }) => {
    if (early) {
      await page.addInitScript(() => {
        window.smartmsg = [
          ['track', 'other'],
          ['track', 'guide'],
        ];
      });
    }
    await open();
    await ready(page);
    if (!early) await page.evaluate(() => window.smartmsg.track('guide'));
    await page.locator(DIALOG).waitFor({ state: 'visible' });
    const [impression] = await stand.need('impression');
    assert.equal(impression.on, 'event');
  });
}
