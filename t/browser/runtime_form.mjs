// The form trigger: hesitation, abandonment and repeated errors.
import assert from 'node:assert/strict';
import { opens, settled, stopClock } from './lib/clock.mjs';
import { suite } from './lib/suite.mjs';
import { BUBBLE } from './lib/visitor.mjs';

const test = suite();
const armed = (trigger) => ({
  messages: [{ rule: 'help', when: [{ on: 'form', after: 20, ...trigger }], as: 'bubble', title: 'Need help?' }],
});

const isShown = async (page) => (await page.locator(BUBBLE).count()) > 0;

/** A page with an address form, whose time passes by `wait(seconds)`. */
async function start(page, open) {
  const wait = await stopClock(page);
  await open();
  await page.waitForFunction(() => document[Symbol.for('smartmsg.runtime')]);
  await page.evaluate(() => {
    const form = document.createElement('form');
    form.id = 'address';
    form.innerHTML =
      '<input id="name" name="name" required><input id="street" name="street" required>' +
      '<label><input type="checkbox" id="gift">gift</label><button id="send">Send</button>';
    form.addEventListener('submit', (event) => event.preventDefault());
    document.querySelector('.facts').append(form);
  });
  return wait;
}

async function staysClosed(page, wait, seconds) {
  await wait(seconds);
  await settled(page);
  await wait(1);
  assert.ok(!(await isShown(page)));
}

test('hesitation: in a field, and nothing more', armed(), async ({ page, stand, open }) => {
  const wait = await start(page, open);
  await page.click('#name');
  await staysClosed(page, wait, 14);
  await page.keyboard.type('Ada');
  await staysClosed(page, wait, 14);
  await wait(5.5);
  assert.ok(await opens(page));
  assert.equal((await stand.need('impression'))[0].on, 'form');
});

test('hesitation: a field that the shop has focused by itself', armed({ sign: 'hesitate' }), async ({ page, open }) => {
  const wait = await start(page, open);
  await page.evaluate(() => document.querySelector('#name').focus());
  await staysClosed(page, wait, 60);
  await page.keyboard.press('A');
  await wait(21);
  assert.ok(await opens(page));
});

test('hesitation: the visitor has gone on elsewhere', armed({ sign: 'hesitate' }), async ({ page, open }) => {
  const wait = await start(page, open);
  await page.fill('#name', 'Ada');
  await page.click('#name');
  await page.evaluate(() => document.activeElement.blur());
  await staysClosed(page, wait, 60);
});

test('hesitation: a form that was filled by the browser or a script', armed(), async ({ page, open }) => {
  const wait = await start(page, open);
  await page.evaluate(() => {
    const field = document.querySelector('#name');
    field.focus();
    field.value = 'Ada';
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await staysClosed(page, wait, 60);
});

test('hesitation: in another form', armed({ select: '#address' }), async ({ page, open }) => {
  const wait = await start(page, open);
  await page.click('.search input');
  await page.keyboard.type('lamp');
  await staysClosed(page, wait, 60);
  await page.click('#street');
  await wait(21);
  assert.ok(await opens(page));
});

test(
  'abandonment: something was entered, and the visitor reads on',
  armed({ sign: 'abandon' }),
  async ({ page, open }) => {
    const wait = await start(page, open);
    await page.click('#name');
    await page.keyboard.type('Ada');
    await staysClosed(page, wait, 60);
    await page.keyboard.type(' L');
    await page.click('h1');
    await staysClosed(page, wait, 14);
    await wait(5.5);
    assert.ok(await opens(page));
  },
);

test('abandonment: nothing was entered', armed({ sign: 'abandon' }), async ({ page, open }) => {
  const wait = await start(page, open);
  await page.click('#name');
  await page.click('h1');
  await staysClosed(page, wait, 60);
});

test('abandonment: it was sent', armed({ sign: 'abandon' }), async ({ page, open }) => {
  const wait = await start(page, open);
  await page.click('#name');
  await page.keyboard.type('Ada');
  await page.click('#street');
  await page.keyboard.type('High Street 1');
  await page.click('#send');
  await page.click('h1');
  await staysClosed(page, wait, 60);
  await page.click('#street');
  await page.keyboard.type('2');
  await page.click('h1');
  await wait(21);
  assert.ok(await opens(page), 'what is entered later is not sent');
});

test('errors: the browser refuses for the second time', armed({ sign: 'errors' }), async ({ page, open }) => {
  const wait = await start(page, open);
  await page.click('#send');
  await staysClosed(page, wait, 2);
  await page.fill('#name', 'Ada');
  await page.click('#send');
  await wait(2);
  await page.evaluate(() => document.activeElement.blur());
  assert.ok(await opens(page));
});

test('errors: by the enter key, and found by the shop', armed({ sign: 'errors' }), async ({ page, open }) => {
  const wait = await start(page, open);
  await page.evaluate(() => {
    const form = document.querySelector('#address');
    form.noValidate = true;
    form.addEventListener('submit', () => {
      setTimeout(() => document.querySelector('#street').setAttribute('aria-invalid', 'true'), 300);
    });
  });
  for (let times = 0; times < 2; times += 1) {
    assert.ok(!(await isShown(page)));
    await page.click('#name');
    await page.keyboard.press('Enter');
    await wait(2);
  }
  await page.evaluate(() => document.activeElement.blur());
  assert.ok(await opens(page));
});

test('errors: a script that checks while the visitor types', armed({ sign: 'errors' }), async ({ page, open }) => {
  const wait = await start(page, open);
  await page.evaluate(() => {
    const form = document.querySelector('#address');
    form.addEventListener('input', () => form.checkValidity());
  });
  await page.click('#name');
  for (const word of ['Ada', 'King', 'Lovelace']) {
    await page.keyboard.type(word);
    await wait(2);
  }
  await page.click('#gift');
  await page.keyboard.press('Enter');
  await staysClosed(page, wait, 5);
});

test('errors: sending it twice is none', armed({ sign: 'errors' }), async ({ page, open }) => {
  const wait = await start(page, open);
  await page.fill('#name', 'Ada');
  await page.fill('#street', 'High Street 1');
  for (let times = 0; times < 3; times += 1) {
    await page.click('#send');
    await wait(2);
  }
  await staysClosed(page, wait, 5);
});
