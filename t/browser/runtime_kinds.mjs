// Every kind of message and everything that can be in one, as the server renders it.
import assert from 'node:assert/strict';
import { opens, stopClock } from './lib/clock.mjs';
import { rendered } from './lib/rendered.mjs';
import { suite } from './lib/suite.mjs';
import { focused, needOverlay, nothingOpens } from './lib/visitor.mjs';

const test = suite();

const HELP = { title: 'Help?', text: 'Ask us.', actions: [{ label: 'Call', href: 'tel:+49' }] };
const shown = (show, options) => ({ messages: [rendered({ as: 'dialog', ...HELP, ...show }, options)] });
const isGone = (page) => page.locator('smart-message').waitFor({ state: 'detached' });
const boxOf = (overlay) => overlay.evaluate((element) => element.getBoundingClientRect().toJSON());

/** The overlay, at rest. */
async function openOverlay(page, open, path) {
  await open(path);
  const overlay = await needOverlay(page);
  await overlay.evaluate((element) => Promise.all(element.getAnimations().map(({ finished }) => finished)));
  return overlay;
}

const PLACES = {
  slide: ({ right, top }) => right === 1180 && top > 100,
  bar: ({ top, left, right }) => top === 0 && left === 0 && right === 1200,
  sheet: ({ bottom, left }) => bottom === 800 && left > 100,
  bubble: ({ bottom, right }) => bottom > 700 && bottom < 800 && right > 1100 && right < 1200,
  dialog: ({ top, bottom, left }) => Math.abs(top - (800 - bottom)) < 2 && left > 300,
};
for (const [as, fits] of Object.entries(PLACES)) {
  test(`${as}: in its place, named, closed by Esc`, shown({ as }), async ({ page, stand, open }) => {
    const overlay = await openOverlay(page, open);
    const box = await boxOf(overlay);
    assert.ok(fits(box), JSON.stringify(box));
    assert.equal(await page.getByRole('dialog', { name: 'Help?' }).count(), 1);
    await page.keyboard.press('Escape');
    await isGone(page);
    assert.equal((await stand.need('dismiss')).length, 1);
  });
}

test('bar: at the bottom', shown({ as: 'bar', at: 'bottom' }), async ({ page, open }) => {
  const { top, bottom } = await boxOf(await openOverlay(page, open));
  assert.ok(top > 700 && bottom === 800, `${top} ${bottom}`);
});

for (const as of ['slide', 'bar']) {
  test(`${as}: announced, and the focus stays`, shown({ as }), async ({ page, open }) => {
    await page.addInitScript(() => addEventListener('DOMContentLoaded', () => document.getElementById('add').focus()));
    await openOverlay(page, open);
    await page.getByRole('status').getByText('Help?').waitFor();
    assert.equal(await focused(page), 'add');
    await page.click('#delivery');
    assert.ok(await page.locator('#delivery-dialog').isVisible(), 'the page can still be used');
  });
}

test(
  'bubble: below its element, moves with it, else in the corner',
  shown({ as: 'bubble', beside: '.price' }),
  async ({ page, open }) => {
    const overlay = await openOverlay(page, open);
    const price = () => page.locator('.price').evaluate((element) => element.getBoundingClientRect().toJSON());
    const box = await boxOf(overlay);
    const { bottom, left } = await price();
    assert.ok(Math.abs(box.top - bottom - 8) < 2 && Math.abs(box.left - left) < 2, JSON.stringify(box));
    await page.setViewportSize({ width: 1200, height: Math.ceil(bottom) + 40 });
    await page.waitForFunction(
      (top) =>
        document.querySelector('smart-message').shadowRoot.querySelector('.message').getBoundingClientRect().bottom <
        top,
      bottom,
    );
    await page.setViewportSize({ width: 1200, height: 800 });
    await page.evaluate(() => document.querySelector('.price').remove());
    await page.setViewportSize({ width: 1201, height: 800 });
    await page.waitForFunction(
      () =>
        document.querySelector('smart-message').shadowRoot.querySelector('.message').getBoundingClientRect().bottom >
        700,
    );
  },
);

for (const beside of ['#nowhere', '!']) {
  test(`bubble: beside "${beside}" it is in the corner`, shown({ as: 'bubble', beside }), async ({ page, open }) => {
    assert.ok(PLACES.bubble(await boxOf(await openOverlay(page, open))));
  });
}

test(
  'inline: in the page, where it was told to be, and again if it is removed',
  shown({ as: 'inline', select: '#add', place: 'before' }),
  async ({ page, stand, open }) => {
    const overlay = await openOverlay(page, open);
    assert.equal(await page.getByRole('region', { name: 'Help?' }).count(), 1);
    assert.equal(
      await page.evaluate(() => document.getElementById('add').previousElementSibling.localName),
      'smart-message',
    );
    assert.ok((await boxOf(overlay)).height > 50);
    for (let times = 0; times < 3; times += 1) {
      await page.evaluate(() => document.querySelector('smart-message').remove());
      await page.locator('smart-message').waitFor({ state: 'attached' });
    }
    await page.evaluate(() => document.querySelector('smart-message').remove());
    assert.ok(await nothingOpens(page));
    assert.equal((await stand.need('impression')).length, 1);
  },
);

test(
  'inline: waits for its element, and asks for nothing before',
  shown({ as: 'inline', select: '#late', place: 'append' }),
  async ({ page, stand, open }) => {
    await open();
    assert.ok(await nothingOpens(page));
    assert.deepEqual(stand.claims, []);
    await page.evaluate(() => {
      const late = document.createElement('p');
      late.id = 'late';
      document.body.append(late);
    });
    await page.locator('#late > smart-message .message').waitFor();
  },
);

test(
  'inline: a link leaves it, the cross takes it away',
  // not "tel:": the browser asks what to do with that, and then takes no more clicks
  shown({ as: 'inline', select: 'h1', actions: [{ label: 'More', href: '#more' }] }),
  async ({ page, stand, open }) => {
    const overlay = await openOverlay(page, open);
    await overlay.locator('a').click();
    await stand.need('click');
    assert.equal(await page.locator('smart-message').count(), 1);
    await overlay.locator('.close').click();
    await isGone(page);
    await stand.need('dismiss');
  },
);

test('inline and tab are in nobody’s way', {
  messages: [
    rendered({ as: 'inline', select: 'h1', title: 'Inline' }),
    rendered({ as: 'tab', label: 'Help', title: 'Tab' }, { when: [{ on: 'dwell', after: 0 }] }),
    rendered({ as: 'bubble', title: 'Bubble' }, { when: [{ on: 'idle', after: 5 }] }),
  ],
}, async ({ page, open }) => {
  await open();
  await page.locator('smart-message .inline').waitFor();
  await page.locator('smart-message .tab').waitFor();
  await page.locator('smart-message .bubble').waitFor();
});

test(
  'tab: opened and folded by keyboard, then taken away',
  shown({ as: 'tab', label: 'Need help' }),
  async ({ page, stand, open }) => {
    const tab = await openOverlay(page, open);
    const title = tab.locator('.title');
    assert.ok(!(await title.isVisible()));
    await tab.locator('.open').focus();
    await page.keyboard.press('Enter');
    await title.waitFor();
    assert.equal(await focused(page), 'title');
    await page.keyboard.press('Escape');
    await title.waitFor({ state: 'hidden' });
    assert.equal(await focused(page), 'open');
    await page.keyboard.press('Escape');
    await tab.locator('.open').click();
    await tab.locator('.close').click();
    await title.waitFor({ state: 'hidden' });
    assert.deepEqual(stand.of('dismiss'), [], 'folding is no dismissal');
    await tab.locator('.close').click();
    await isGone(page);
    await stand.need('dismiss');
  },
);

test(
  'html, image and facts',
  shown({
    text: undefined,
    html: 'A <b>bold</b> <a href="/help">link</a> for {{profile.first_name}}<ul><li>one</li></ul>',
    image: { src: '/static/img/teapot.svg', alt: 'A teapot', width: 320, height: 320 },
  }),
  async ({ page, stand, open }) => {
    const overlay = await openOverlay(page, open);
    assert.equal(await overlay.locator('.text').innerText(), 'A bold link for Ada\none');
    const image = page.getByRole('img', { name: 'A teapot' });
    await image.evaluate((element) => element.decode());
    await overlay.locator('.text a').evaluate((link) => link.setAttribute('href', 'tel:1'));
    await overlay.locator('.text a').click();
    const [{ action, rule }] = await stand.need('click');
    assert.deepEqual([action, rule], [undefined, 'shown'], 'a click, but of no action');
  },
);

const COUPON = { actions: [{ label: 'Copy', coupon: { code: 'TEN-{{profile.first_name}}' } }] };

test('coupon: copied', shown(COUPON), async ({ page, stand, open }) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(stand.url).origin });
  const overlay = await openOverlay(page, open);
  await page.getByRole('button', { name: 'Copy' }).click();
  await page.getByRole('status').getByText('Copied').waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), 'TEN-Ada');
  assert.equal((await stand.need('click'))[0].action, 0);
  assert.ok(await overlay.isVisible());
});

test('coupon: selected where copying is not allowed', shown(COUPON), async ({ page, open }) => {
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'clipboard', { value: undefined });
  });
  const overlay = await openOverlay(page, open);
  await page.getByRole('button', { name: 'Copy' }).click();
  const code = overlay.locator('.code');
  await page.waitForFunction(
    () => document.querySelector('smart-message').shadowRoot.activeElement?.className === 'code',
  );
  assert.deepEqual(await code.evaluate(({ selectionStart, selectionEnd }) => [selectionStart, selectionEnd]), [0, 7]);
  assert.equal(await overlay.locator('.note').textContent(), '');
});

const CALL = {
  actions: [{ label: 'Add it', call: { path: '/cart/coupon?x=1', fields: { code: 'A B&C' } }, done: 'It is there' }],
};

for (const [status, said] of [
  [204, 'It is there'],
  [404, 'That did not work.'],
]) {
  test(`call: ${status}`, { ...shown(CALL), quiet: status < 400 }, async ({ page, stand, open }) => {
    const calls = [];
    await page.route('**/cart/coupon?x=1', (route) => {
      const request = route.request();
      calls.push([request.method(), request.headers()['content-type'], request.postData()]);
      return route.fulfill({ status });
    });
    await openOverlay(page, open);
    await page.getByRole('button', { name: 'Add it' }).click();
    await page.getByRole('status').getByText(said).waitFor();
    assert.deepEqual(calls, [['POST', 'application/x-www-form-urlencoded;charset=UTF-8', 'code=A+B%26C']]);
    assert.equal((await stand.need('click'))[0].action, 0);
  });
}

const FORM = {
  actions: undefined,
  form: {
    fields: [
      { type: 'email', name: 'email', label: 'E-mail' },
      { type: 'phone', name: 'phone', label: 'Phone', required: false },
      { type: 'rating', name: 'score', label: 'Score' },
      { type: 'choice', name: 'why', label: 'Why?', choices: ['Price', { value: 'b', label: 'Other' }] },
      { type: 'text', name: 'words', label: 'More', required: false },
    ],
    consent: 'I <a href="/privacy">agree</a>.',
    thanks: 'Thanks!',
  },
};

async function fill(page) {
  await page.getByLabel('E-mail').fill('ada@example.com');
  await page.getByRole('group', { name: 'Score' }).getByLabel('4').check();
  await page.getByLabel('Other').check();
}

test('form: sent as an answer, then thanked', shown(FORM), async ({ page, stand, open }) => {
  const overlay = await openOverlay(page, open);
  await fill(page);
  await page.getByLabel('More').fill('a "b" ü');
  await page.getByLabel('I agree.').check();
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByRole('status').getByText('Thanks!').waitFor();
  assert.equal(await focused(page), 'note');
  assert.equal(await overlay.locator('.form').count(), 0);
  const [answer] = await stand.need('answer');
  assert.deepEqual(answer, {
    event: 'answer',
    rule: 'shown',
    fields: { email: 'ada@example.com', score: 4, why: 'b', words: 'a "b" ü' },
    consent: 'I agree.',
    page: '/product/teapot',
  });
  await page.keyboard.press('Escape');
  await isGone(page);
});

test('form: nothing is sent before all is valid and agreed to', shown(FORM), async ({ page, stand, open }) => {
  const overlay = await openOverlay(page, open);
  await page.getByLabel('E-mail').fill('nobody');
  await page.keyboard.press('Enter');
  assert.equal(await overlay.locator('.form').count(), 1);
  await fill(page);
  await page.getByLabel('E-mail').press('Enter');
  assert.equal(
    await page.evaluate(() => document.querySelector('smart-message').shadowRoot.activeElement.type),
    'checkbox',
  );
  assert.equal(await overlay.locator('.form').count(), 1);
  assert.deepEqual(stand.of('answer'), []);
  assert.equal(await page.getByRole('link', { name: 'agree' }).getAttribute('target'), '_blank');
  await page.getByLabel('I agree.').check();
  await page.getByLabel('E-mail').press('Enter');
  await stand.need('answer');
});

test(
  'countdown: runs, says it is over, and the message stays',
  shown({ as: 'bubble', countdown: { seconds: 95, done: 'Over' } }),
  async ({ page, open }) => {
    const wait = await stopClock(page);
    await open();
    assert.ok(await opens(page));
    const clock = page.getByRole('timer');
    assert.equal(await clock.textContent(), '01:35');
    assert.equal(await clock.getAttribute('aria-live'), 'off');
    await wait(35);
    assert.equal(await clock.textContent(), '01:00');
    assert.equal(await clock.getAttribute('aria-live'), 'polite');
    await wait(61);
    assert.equal(await page.locator('smart-message .countdown').textContent(), 'Over');
    assert.ok(await page.locator('smart-message .title').isVisible());
  },
);

test('countdown: stopped', shown({ countdown: { until: '2099-12-24T18:00Z' } }), async ({ page, open }) => {
  const overlay = await openOverlay(page, open);
  assert.match(await page.getByRole('timer').textContent(), /2099/);
  await page.getByRole('button', { name: 'Stop the countdown' }).click();
  assert.match(await overlay.locator('.countdown').textContent(), /2099/);
  assert.equal(await page.getByRole('timer').count(), 0);
  assert.equal(await focused(page), 'countdown');
});

test(
  'theme: colours, corners, font',
  shown({
    theme: { accent: '#ffd500', paper: '#222', ink: '#fff', radius: '3px', font: 'Georgia, serif' },
  }),
  async ({ page, open }) => {
    const overlay = await openOverlay(page, open);
    const look = await overlay.evaluate((element) => {
      const { color, backgroundColor, borderTopLeftRadius, fontFamily } = getComputedStyle(element);
      const primary = getComputedStyle(element.querySelector('.primary'));
      return [color, backgroundColor, borderTopLeftRadius, fontFamily, primary.color, primary.backgroundColor];
    });
    assert.deepEqual(look, [
      'rgb(255, 255, 255)',
      'rgb(34, 34, 34)',
      '3px',
      'Georgia, serif',
      'rgb(0, 0, 0)',
      'rgb(255, 213, 0)',
    ]);
  },
);
