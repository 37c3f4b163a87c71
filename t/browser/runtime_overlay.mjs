// The overlays: what is in them, how they are closed, where the focus goes.
import assert from 'node:assert/strict';
import { suite } from './lib/suite.mjs';
import { BUBBLE, DIALOG, focused, leave, leaveUntilShown } from './lib/visitor.mjs';

const test = suite();

const HELP = {
  rule: 'exit-cart',
  variation: '1',
  when: [{ on: 'exit', after: 0 }],
  title: 'Can we <help>?',
  text: 'Call us & ask.\nWe are here until 8 p.m.',
  actions: [
    { label: 'Call us', href: 'tel:+4930123456' },
    { label: 'No, thanks', close: true },
  ],
};
const GERMAN = { ...HELP, lang: 'de', title: 'Können wir helfen?', close: 'Schließen' };
const BUBBLE_HELP = { ...HELP, rule: 'help', as: 'bubble', when: [{ on: 'load' }] };
const LINK = { ...HELP, actions: [{ label: 'To the cart', href: '/cart' }] };

const modal = { messages: [HELP] };
const corner = { messages: [BUBBLE_HELP] };

async function openDialog(page, open) {
  await open();
  return leaveUntilShown(page);
}

async function openBubble(page, open) {
  await open();
  await page.locator(`${BUBBLE} [role=status] .title`).waitFor();
  return page.locator(BUBBLE);
}

const isGone = (page) => page.locator('smart-message').waitFor({ state: 'detached' });

test('dialog: names, language, words', { messages: [GERMAN] }, async ({ page, open }) => {
  await openDialog(page, open);
  const named = page.getByRole('dialog', { name: 'Können wir helfen?' });
  assert.equal(await named.count(), 1);
  assert.equal(await named.getAttribute('lang'), 'de');
  assert.equal(await page.getByRole('button', { name: 'Schließen' }).count(), 1);
  assert.equal(await page.getByRole('link', { name: 'Call us' }).getAttribute('href'), 'tel:+4930123456');
  assert.ok(await named.evaluate((element) => element.matches(':modal')));
});

test('dialog: text is text, and its lines are kept', modal, async ({ page, open }) => {
  const dialog = await openDialog(page, open);
  assert.equal(await dialog.locator('.title').textContent(), 'Can we <help>?');
  assert.equal(await dialog.locator('.text').innerText(), 'Call us & ask.\nWe are here until 8 p.m.');
  const described = await dialog.evaluate((element) => {
    return element.getRootNode().getElementById(element.getAttribute('aria-describedby')).className;
  });
  assert.equal(described, 'text');
});

const WAYS = {
  Esc: (page) => page.keyboard.press('Escape'),
  'the cross': (page) => page.click(`${DIALOG} .close`),
  'the declining button': (page) => page.click(`${DIALOG} button.action`),
  'a click beside it': (page) => page.mouse.click(20, 400),
};
for (const [way, act] of Object.entries(WAYS)) {
  test(`dialog: ${way} closes, is reported, and gives the focus back`, modal, async ({ page, stand, open }) => {
    await open();
    await page.focus('#add');
    await leaveUntilShown(page);
    assert.equal(await focused(page), 'title');
    await act(page);
    await isGone(page);
    assert.equal(await focused(page), 'add');
    const about = { rule: 'exit-cart', variation: '1', page: '/product/teapot' };
    assert.deepEqual(await stand.need('dismiss'), [{ event: 'dismiss', ...about }]);
    assert.deepEqual(stand.of('impression'), [{ event: 'impression', ...about, on: 'exit', claimed: true }]);
  });
}

test('dialog: selecting text beyond its edge does not close it', modal, async ({ page, open }) => {
  const dialog = await openDialog(page, open);
  const box = await dialog.locator('.text').boundingBox();
  await page.mouse.move(box.x + 20, box.y + 5);
  await page.mouse.down();
  await page.mouse.move(20, 400, { steps: 4 });
  await page.mouse.up();
  await dialog.click({ position: { x: 5, y: 5 } });
  assert.equal(await page.locator(DIALOG).count(), 1);
});

test('dialog: the keyboard stays inside', modal, async ({ page, open }) => {
  await openDialog(page, open);
  const seen = new Set();
  for (let times = 0; times < 12; times += 1) {
    await page.keyboard.press('Tab');
    seen.add(await focused(page));
  }
  for (const part of ['action primary', 'action', 'close']) assert.ok(seen.has(part), `${part} among ${[...seen]}`);
  for (const part of ['add', 'delivery', 'quantity', 'brand']) assert.ok(!seen.has(part), `${part} among ${[...seen]}`);
});

test('dialog: closed and followed by keyboard alone', { messages: [LINK] }, async ({ page, stand, open }) => {
  await openDialog(page, open);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/cart');
  assert.equal((await stand.need('click'))[0].action, 0);
  assert.deepEqual(stand.of('dismiss'), [], 'whoever follows has not declined');
});

test('a link is followed by the browser, and the click arrives', { messages: [LINK] }, async ({
  page,
  stand,
  open,
}) => {
  await openDialog(page, open);
  await page.evaluate(() => {
    document.addEventListener('click', (event) => {
      window.prevented = event.defaultPrevented;
    });
  });
  await page.click(`${DIALOG} a`);
  await page.waitForURL('**/cart');
  const [click] = await stand.need('click');
  assert.deepEqual(click, { event: 'click', rule: 'exit-cart', variation: '1', action: 0, page: '/product/teapot' });
});

test('a link that leaves the page open closes the dialog without a dismiss', modal, async ({ page, stand, open }) => {
  await openDialog(page, open);
  await page.click(`${DIALOG} a`);
  await isGone(page);
  await stand.need('click');
  assert.deepEqual(stand.of('dismiss'), []);
});

test('a link opened in a new tab counts, too', { messages: [LINK] }, async ({ page, stand, open }) => {
  await openDialog(page, open);
  const [tab] = await Promise.all([
    page.context().waitForEvent('page'),
    page.click(`${DIALOG} a`, { modifiers: ['ControlOrMeta'] }),
  ]);
  await tab.close();
  assert.equal((await stand.need('click')).length, 1);
  assert.match(page.url(), /teapot/);
});

test('bubble: in the corner, named, announced, without taking the focus', corner, async ({ page, open }) => {
  await page.addInitScript(() => addEventListener('DOMContentLoaded', () => document.getElementById('add').focus()));
  const bubble = await openBubble(page, open);
  assert.equal(await focused(page), 'add');
  assert.equal(await page.getByRole('dialog', { name: 'Can we <help>?' }).count(), 1);
  assert.match(await page.getByRole('status').innerText(), /Can we <help>\?\s+Call us & ask/);
  assert.ok(await bubble.evaluate((element) => element.matches(':popover-open') && !element.matches(':modal')));
  const { x, y, width, height } = await bubble.boundingBox();
  assert.ok(x > 600 && y > 400 && x + width < 1200 && y + height < 800, `${x} ${y} ${width} ${height}`);
  await page.click('#delivery');
  assert.ok(await page.locator('#delivery-dialog').isVisible(), 'the page can still be used');
});

test('bubble: Esc from anywhere closes and is reported', corner, async ({ page, stand, open }) => {
  await openBubble(page, open);
  await page.focus('#add');
  await page.keyboard.press('Escape');
  await isGone(page);
  assert.equal(await focused(page), 'add');
  assert.equal((await stand.need('dismiss'))[0].rule, 'help');
});

test('bubble: an Esc that the shop has used is not ours', corner, async ({ page, open }) => {
  await openBubble(page, open);
  await page.evaluate(() => document.addEventListener('keydown', (event) => event.preventDefault(), { once: true }));
  await page.keyboard.press('Escape');
  assert.equal(await page.locator(BUBBLE).count(), 1);
  await page.keyboard.press('Escape');
  await isGone(page);
});

test('bubble: reached by keyboard, it gives the focus back', corner, async ({ page, open }) => {
  await openBubble(page, open);
  await page.focus('#delivery');
  for (let times = 0; times < 10 && (await focused(page)) !== 'close'; times += 1) await page.keyboard.press('Tab');
  assert.equal(await focused(page), 'close');
  await page.keyboard.press('Enter');
  await isGone(page);
  assert.equal(await focused(page), 'delivery');
});

test('bubble: works where popovers are unknown', corner, async ({ page, open }) => {
  await page.addInitScript(() => {
    delete HTMLElement.prototype.showPopover;
    delete HTMLElement.prototype.hidePopover;
    delete HTMLElement.prototype.popover;
  });
  const bubble = await openBubble(page, open);
  assert.ok(await bubble.isVisible());
  await bubble.locator('.close').click();
  await isGone(page);
});

test('the shop does not style it, and what it takes over is the font', modal, async ({ page, open }) => {
  await open();
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
      * { color: red !important }
      html > :not(head, body) { display: none !important }
      body { font-family: "DejaVu Serif" }
    `);
    document.adoptedStyleSheets = [sheet];
  });
  await leaveUntilShown(page);
  const title = page.locator(`${DIALOG} .title`);
  const style = await title.evaluate((element) => {
    const { color, fontFamily } = getComputedStyle(element);
    return { color, fontFamily };
  });
  assert.equal(style.color, 'rgb(23, 24, 28)');
  assert.match(style.fontFamily, /DejaVu Serif/);
});

for (const [scheme, dark] of [
  ['light', false],
  ['dark', true],
]) {
  test(`a ${scheme} shop gets a ${scheme} dialog`, modal, async ({ page, open }) => {
    await page.emulateMedia({ colorScheme: scheme });
    const dialog = await openDialog(page, open);
    assert.equal(await dialog.evaluate((element) => element.classList.contains('dark')), dark);
  });
}

for (const [words, ground, dark] of [
  ['#eee', 'none', true],
  ['rgb(20 20 20 / 0.9)', '#000', false],
  ['oklch(0.9 0.03 250)', 'none', true],
  ['oklch(0.3 0.03 250)', 'none', false],
  ['lab(90 0 0)', 'none', true],
  ['lab(20 0 0)', 'none', false],
  ['color(display-p3 0.1 0.1 0.1)', 'none', false],
]) {
  test(`words of ${words} stand in a ${dark ? 'dark' : 'light'} shop`, modal, async ({ page, open }) => {
    await open();
    await page.evaluate((style) => Object.assign(document.body.style, style), { color: words, background: ground });
    const dialog = await leaveUntilShown(page);
    assert.equal(await dialog.evaluate((element) => element.classList.contains('dark')), dark);
  });
}

test('right to left when the words are', {
  messages: [{ ...GERMAN, title: 'هل يمكننا المساعدة؟', lang: 'ar' }],
}, async ({ page, open }) => {
  const dialog = await openDialog(page, open);
  assert.equal(await dialog.evaluate((element) => getComputedStyle(element).direction), 'rtl');
});

test('starts invisible, also with reduced motion', modal, async ({ page, open }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const dialog = await openDialog(page, open);
  const frames = await dialog.evaluate((element) => element.getAnimations().map((move) => move.effect.getKeyframes()));
  const [[first]] = frames;
  assert.equal(first.opacity, '0');
  assert.equal(first.transform, undefined);
  assert.equal(await dialog.evaluate((element) => getComputedStyle(element).animationName), 'fade');
});

test('nothing is left behind', modal, async ({ page, open }) => {
  await open();
  const snapshot = () => page.evaluate(() => document.documentElement.outerHTML);
  const before = await snapshot();
  await leaveUntilShown(page);
  await page.keyboard.press('Escape');
  await isGone(page);
  assert.equal(await snapshot(), before);
});

test('an unknown kind of overlay shows and reports nothing', { messages: [{ ...HELP, as: 'fireworks' }] }, async ({
  page,
  stand,
  open,
}) => {
  await open();
  await leave(page);
  await page.evaluate(() => new Promise((done) => setTimeout(done, 400)));
  assert.equal(await page.locator('smart-message').count(), 0);
  assert.deepEqual(stand.events, []);
});
