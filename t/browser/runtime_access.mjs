// Every kind of message can be used by everybody: axe-core, and what WCAG 2.2 asks for beyond it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { rendered } from './lib/rendered.mjs';
import { suite } from './lib/suite.mjs';
import { focused, needOverlay } from './lib/visitor.mjs';

const test = suite();
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const ALL = {
  title: 'Can we help you with anything today?',
  html: 'Some words, a <a href="/help">link</a> and a list:<ul><li>one</li></ul>',
  image: { src: '/static/img/teapot.svg', alt: 'A teapot', width: 80, height: 80 },
  countdown: { seconds: 3000 },
  form: {
    fields: [
      { type: 'email', name: 'email', label: 'E-mail' },
      { type: 'rating', name: 'score', label: 'How was it?' },
      { type: 'choice', name: 'why', label: 'Why?', choices: ['Price', 'Other'] },
      { type: 'text', name: 'words', label: 'Anything else?', required: false },
    ],
    consent: 'I have read <a href="/privacy">this</a>.',
  },
  actions: [
    { label: 'Copy', coupon: { code: 'TEN' } },
    { label: 'Add it', call: { path: '/cart/coupon' } },
    { label: 'No, thanks', close: true },
  ],
};
const SHORT = { title: 'Free delivery', text: 'Until Sunday.', actions: [{ label: 'More', href: '/delivery' }] };
const STATES = {
  dialog: { as: 'dialog', ...ALL },
  sheet: { as: 'sheet', ...ALL },
  slide: { as: 'slide', ...ALL },
  bar: { as: 'bar', ...SHORT, countdown: { seconds: 3000 } },
  bubble: { as: 'bubble', beside: '.price', ...SHORT },
  inline: { as: 'inline', select: 'h1', ...ALL },
  tab: { as: 'tab', label: 'Help', ...SHORT },
  'open tab': { as: 'tab', label: 'Help', ...ALL },
};
const SCREENS = {
  light: { scheme: 'light', width: 1200, height: 800 },
  dark: { scheme: 'dark', width: 1200, height: 800 },
  mobile: { scheme: 'light', width: 390, height: 760 },
  '400% zoom': { scheme: 'dark', width: 320, height: 256 },
};
const MODAL = /dialog|sheet/;

/** The message at rest, fully opaque. */
async function openState(page, open, name) {
  await open();
  const overlay = await needOverlay(page);
  if (name === 'open tab') await overlay.locator('.open').click();
  await overlay.evaluate((element) => Promise.all(element.getAnimations().map(({ finished }) => finished)));
  return overlay;
}

async function violations(page) {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run(document.querySelector('smart-message'));
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
  });
}

/** Contrast of each text with its ground, WCAG 2.2, 1.4.3; texts below what is asked for. */
function faint(overlay) {
  return overlay.evaluate((root) => {
    const rgb = (color) => color.match(/[\d.]+/g).map(Number);
    const light = (color) => {
      const [r, g, b] = rgb(color).map((part) => {
        const one = part / 255;
        return one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (element) => {
      const { backgroundColor } = getComputedStyle(element);
      return rgb(backgroundColor)[3] === 0 && element !== root ? ground(element.parentNode) : backgroundColor;
    };
    return [root, ...root.querySelectorAll('*')]
      .filter(({ childNodes }) => [...childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
      .map((element) => {
        const [high, low] = [light(getComputedStyle(element).color), light(ground(element))].sort((a, b) => b - a);
        return [element.textContent, (high + 0.05) / (low + 0.05)];
      })
      .filter(([, ratio]) => ratio < 4.5);
  });
}

/** Controls smaller than 24 by 24 pixels, WCAG 2.2, 2.5.8; links in a sentence are excepted. */
function tiny(overlay) {
  return overlay.evaluate((root) =>
    [...root.querySelectorAll('button,input,textarea,a')]
      .filter((control) => control.checkVisibility() && !control.closest('.text,.consent span'))
      .map((control) => [control.outerHTML.slice(0, 80), control.getBoundingClientRect()])
      .filter(([, { width, height }]) => width < 23.9 || height < 23.9),
  );
}

/** Whether all of it can be reached by scrolling down only, WCAG 2.2, 1.4.10. */
function reflows(overlay) {
  return overlay.evaluate((root) => {
    const { left, right, top, bottom } = root.getBoundingClientRect();
    const fits = left >= 0 && right <= innerWidth && (root.matches('.inline') || (top >= 0 && bottom <= innerHeight));
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    return { fits, sideways: Math.max(root.scrollWidth - root.clientWidth, wide) };
  });
}

for (const [screen, { scheme, width, height }] of Object.entries(SCREENS)) {
  for (const [name, show] of Object.entries(STATES)) {
    test(`${name}, ${screen}`, { messages: [rendered(show)] }, async ({ page, open }) => {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: scheme });
      const overlay = await openState(page, open, name);
      assert.deepEqual(await violations(page), []);
      assert.deepEqual(await faint(overlay), []);
      assert.deepEqual(await tiny(overlay), []);
      assert.deepEqual(await reflows(overlay), { fits: true, sideways: 0 });
    });
  }
}

for (const [name, show] of Object.entries(STATES)) {
  test(`${name}: the order of the focus is that of the eye`, { messages: [rendered(show)] }, async ({ page, open }) => {
    const overlay = await openState(page, open, name);
    if (!MODAL.test(name) && name !== 'open tab') await overlay.evaluate((root) => root.focus());
    const tops = await overlay.evaluate((root) => {
      const controls = [...root.querySelectorAll('a,button,input,textarea')].filter((one) => one.checkVisibility());
      return controls.slice(0, -1).map((control) => control.getBoundingClientRect().top + root.scrollTop);
    });
    for (const [place, top] of tops.entries()) {
      assert.ok(place === 0 || top >= tops[place - 1] - 40, `${place}: ${tops}`);
    }
    assert.equal(
      await overlay.locator(':not(.code)[tabindex]:not([tabindex="-1"])').count(),
      0,
      'nothing jumps the queue',
    );
  });

  test(`${name}: visible focus, forced colours, print`, { messages: [rendered(show)] }, async ({ page, open }) => {
    await page.emulateMedia({ forcedColors: 'active' });
    const overlay = await openState(page, open, name);
    const close = overlay.locator('.close');
    await close.focus();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'close');
    const ring = await close.evaluate((element) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return [outlineStyle, outlineWidth, getComputedStyle(element, '::before').borderTopStyle];
    });
    assert.deepEqual(ring, ['solid', '3px', 'solid']);
    await page.emulateMedia({ media: 'print' });
    assert.ok(!(await overlay.isVisible()));
  });
}

for (const as of ['slide', 'bar', 'bubble']) {
  test(`${as}: less motion`, { messages: [rendered({ as, ...SHORT })] }, async ({ page, open }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await open();
    const overlay = await needOverlay(page);
    assert.equal(await overlay.evaluate((element) => getComputedStyle(element).animationName), 'fade');
  });
}

test('right to left: a bar and its cross change sides', {
  messages: [rendered({ as: 'slide', title: 'هل يمكننا المساعدة؟' }, { lang: 'ar' })],
}, async ({ page, open }) => {
  const overlay = await openState(page, open, 'slide');
  const [box, cross] = [await overlay.boundingBox(), await overlay.locator('.close').boundingBox()];
  assert.ok(box.x < 100 && cross.x < box.x + 60, `${box.x} ${cross.x}`);
});

test('a wide screen', { messages: [rendered({ as: 'bar', ...SHORT })] }, async ({ page, open }) => {
  await page.setViewportSize({ width: 3840, height: 2160 });
  const overlay = await openState(page, open, 'bar');
  const { width, height } = await overlay.boundingBox();
  assert.ok(width === 3840 && height < 100, `${width} ${height}`);
});
