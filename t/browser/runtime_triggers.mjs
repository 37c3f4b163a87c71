// The triggers view, click, event, copy, rage, cart and dwell over the session; groups of triggers.
import assert from 'node:assert/strict';
import { opens, settled, stopClock } from './lib/clock.mjs';
import { suite } from './lib/suite.mjs';
import { BUBBLE, nothingOpens } from './lib/visitor.mjs';

const test = suite();
const message = (...when) => ({ rule: 'help', when, as: 'bubble', title: 'Need help?' });
const armed = (...when) => ({ messages: [message(...when)] });

const shown = (page) => page.locator(BUBBLE).waitFor();
const isShown = async (page) => (await page.locator(BUBBLE).count()) > 0;

async function start(page, open, path) {
  await open(path);
  await page.waitForFunction(() => document[Symbol.for('smartmsg.runtime')] && document.readyState === 'complete');
}

/** Opens a page whose time stands still but for `wait(seconds)`. */
async function startStopped(page, open, path) {
  const wait = await stopClock(page);
  await start(page, open, path);
  return wait;
}

async function setHidden(page, hidden) {
  await page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
}

/** An element of the shop, far below what is in view at first. */
function addBelow(page, { id = 'goal', height = 100 } = {}) {
  return page.evaluate(
    ([name, size]) => {
      const space = document.createElement('div');
      space.style.height = '3000px';
      const element = document.createElement('div');
      element.id = name;
      element.style.height = `${size}px`;
      const end = document.createElement('div');
      end.style.height = '3000px';
      document.body.append(space, element, end);
    },
    [id, height],
  );
}

const scrollTo = (page, where) =>
  page.evaluate(
    (to) => (to ? document.querySelector(to).scrollIntoView({ block: 'center' }) : window.scrollTo(0, 0)),
    where,
  );

test(
  'view: an element that comes into view',
  armed({ on: 'view', select: '#goal', after: 0.2 }),
  async ({ page, stand, open }) => {
    await start(page, open);
    // Later than the runtime, as frameworks do.
    await addBelow(page);
    assert.ok(await nothingOpens(page, 1500));
    await scrollTo(page, '#goal');
    await shown(page);
    assert.equal((await stand.need('impression'))[0].on, 'view');
  },
);

test(
  'view: an element larger than the window',
  armed({ on: 'view', select: '#goal', after: 0 }),
  async ({ page, open }) => {
    await start(page, open);
    await addBelow(page, { height: 4000 });
    await scrollTo(page, '#goal');
    await shown(page);
  },
);

test('view: an edge of it is not enough', armed({ on: 'view', select: '#goal', after: 0 }), async ({ page, open }) => {
  await start(page, open);
  await addBelow(page, { height: 300 });
  await page.evaluate(() => {
    const { top } = document.querySelector('#goal').getBoundingClientRect();
    window.scrollTo(0, top + scrollY - innerHeight + 100);
  });
  assert.ok(await nothingOpens(page, 1500));
  await page.evaluate(() => scrollBy(0, 120));
  await shown(page);
});

/** Waits until the browser has told all who look at it where the element is. */
function noticed(page) {
  return page.evaluate(
    () =>
      new Promise((done) => {
        const observer = new IntersectionObserver(() => {
          observer.disconnect();
          done();
        });
        observer.observe(document.querySelector('#goal'));
      }),
  );
}

test('view: passing by is no looking at', armed({ on: 'view', select: '#goal', after: 2 }), async ({ page, open }) => {
  const wait = await startStopped(page, open);
  await addBelow(page);
  await wait(1);
  for (let times = 0; times < 3; times += 1) {
    await scrollTo(page, '#goal');
    await noticed(page);
    await wait(1.5);
    await scrollTo(page);
    await noticed(page);
    await wait(0.2);
  }
  await settled(page);
  assert.ok(!(await isShown(page)));
  await scrollTo(page, '#goal');
  await noticed(page);
  await wait(2);
  assert.ok(await opens(page));
});

test(
  'view: not in a tab in the background',
  armed({ on: 'view', select: '#goal', after: 1.5 }),
  async ({ page, open }) => {
    const wait = await startStopped(page, open);
    await addBelow(page);
    await wait(1);
    await setHidden(page, true);
    await scrollTo(page, '#goal');
    await noticed(page);
    await wait(2);
    assert.ok(!(await isShown(page)));
    await setHidden(page, false);
    await wait(1.4);
    await settled(page);
    assert.ok(!(await isShown(page)), 'the time before does not count');
    await wait(0.1);
    assert.ok(await opens(page));
  },
);

test(
  'view: what is not displayed is not in view',
  armed({ on: 'view', select: '#goal', after: 0 }),
  async ({ page, open }) => {
    await start(page, open);
    await page.evaluate(() => {
      const element = document.createElement('p');
      element.id = 'goal';
      element.hidden = true;
      element.textContent = 'Sold out';
      document.querySelector('h1').after(element);
    });
    assert.ok(await nothingOpens(page, 1500));
    await page.evaluate(() => {
      document.querySelector('#goal').hidden = false;
    });
    await shown(page);
  },
);

test(
  'click: on what is selected, and inside of it',
  armed({ on: 'click', select: '.facts' }),
  async ({ page, stand, open }) => {
    await start(page, open);
    await page.click('header', { position: { x: 5, y: 5 } });
    await page.evaluate(() => document.querySelector('.stock').click());
    await page.evaluate(() =>
      document.querySelector('.stock').dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true })),
    );
    assert.ok(await nothingOpens(page), 'not elsewhere, and not by a script');
    await page.click('.stock');
    await shown(page);
    assert.equal((await stand.need('impression'))[0].on, 'click');
  },
);

test(
  'click: in a shadow tree, where the shop stops the event',
  armed(
    { on: 'click', select: 'shop-box button' },
    {
      on: 'click',
      select: '.inner',
    },
  ),
  async ({ page, open }) => {
    await start(page, open);
    await page.evaluate(() => {
      const host = document.createElement('div');
      const button = document.createElement('button');
      button.className = 'inner';
      button.textContent = 'Size guide';
      button.addEventListener('click', (event) => event.stopImmediatePropagation());
      host.attachShadow({ mode: 'open' }).append(button);
      document.querySelector('.facts').append(host);
    });
    await page.click('.inner');
    await shown(page);
  },
);

test(
  'click: some time after, once the window that it opened has gone',
  armed({
    on: 'click',
    select: '#delivery',
    after: 0.3,
  }),
  async ({ page, open }) => {
    await start(page, open);
    await page.click('#delivery');
    await page.locator('#delivery-dialog').waitFor();
    assert.ok(await nothingOpens(page, 1000));
    await page.click('#delivery-dialog button');
    await shown(page);
  },
);

test('a selector that is none harms nobody else', {
  messages: [message({ on: 'view', select: '5' }, { on: 'click', select: '!!' }, { on: 'load' })],
}, async ({ page, open }) => {
  await start(page, open);
  await page.click('h1');
  await shown(page);
});

test(
  'event: what is pushed to the dataLayer',
  armed({ on: 'event', name: 'size_guide' }),
  async ({ page, stand, open }) => {
    await start(page, open);
    await page.evaluate(() => window.dataLayer.push({ event: 'size' }, { size_guide: 1 }, null, 'size_guide'));
    assert.ok(await nothingOpens(page));
    await page.evaluate(() => window.dataLayer.push({ event: 'size_guide' }));
    await shown(page);
    assert.equal((await stand.need('impression'))[0].on, 'event');
  },
);

test(
  'event: by gtag, before the runtime has come',
  armed({ on: 'event', name: 'size_guide', after: 0.2 }),
  async ({ page, open }) => {
    await page.addInitScript(() => {
      window.dataLayer = [];
      const gtag = (...args) => window.dataLayer.push(Object.assign({ length: args.length }, args));
      gtag('event', 'size_guide', { size: 'M' });
    });
    await start(page, open);
    await shown(page);
  },
);

/** Selects the text of an element by mouse and copies it by key. */
async function copyFrom(page, selector) {
  await page.evaluate((name) => {
    getSelection().selectAllChildren(document.querySelector(name));
  }, selector);
  await page.keyboard.press('Control+C');
}

test('copy: some words of the page', armed({ on: 'copy' }), async ({ page, stand, open }) => {
  await start(page, open);
  await page.evaluate(() => document.querySelector('h1').dispatchEvent(new ClipboardEvent('copy', { bubbles: true })));
  await page.keyboard.press('Control+C');
  assert.ok(await nothingOpens(page), 'nothing was copied');
  await copyFrom(page, 'h1');
  await shown(page);
  assert.equal((await stand.need('impression'))[0].on, 'copy');
});

test('copy: of something else than the rule says', armed({ on: 'copy', select: 'h1' }), async ({ page, open }) => {
  await start(page, open);
  await copyFrom(page, '.stock');
  assert.ok(await nothingOpens(page));
  await copyFrom(page, 'h1');
  await shown(page);
});

test('copy: out of a field, an essay, and what a script does', armed({ on: 'copy' }), async ({ page, open }) => {
  await start(page, open);
  await page.fill('.search input', 'my own words');
  await page.locator('.search input').selectText();
  await page.keyboard.press('Control+C');
  await page.evaluate(() => {
    document.querySelector('.search input').blur();
    const essay = document.createElement('p');
    essay.id = 'essay';
    essay.textContent = 'long '.repeat(60);
    document.querySelector('.facts').append(essay);
  });
  await copyFrom(page, '#essay');
  await page.evaluate(() => {
    const area = document.createElement('textarea');
    area.value = 'WELCOME10';
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  });
  assert.ok(await nothingOpens(page));
  await copyFrom(page, 'h1');
  await shown(page);
});

const clickAt = (page, x, y, times) =>
  page.mouse.click(x, y, { clickCount: 1, delay: 0 }).then(() => times > 1 && clickAt(page, x, y, times - 1));

/** A picture that looks as if it were a button. */
async function addDead(page) {
  await page.evaluate(() => {
    const dead = document.createElement('div');
    dead.id = 'dead';
    dead.style.cssText = 'position:fixed;top:300px;left:300px;width:80px;height:80px;background:red;user-select:none';
    document.querySelector('.facts').append(dead);
  });
}

test(
  'rage: three clicks at one place, and nothing comes of it',
  armed({ on: 'rage' }),
  async ({ page, stand, open }) => {
    await start(page, open);
    await addDead(page);
    await clickAt(page, 330, 330, 2);
    assert.ok(await nothingOpens(page, 1100), 'two are not enough');
    await clickAt(page, 330, 330, 1);
    await clickAt(page, 360, 360, 2);
    assert.ok(await nothingOpens(page, 1100), 'not one place');
    await page.evaluate(() => {
      for (let times = 0; times < 4; times += 1) document.querySelector('#dead').click();
    });
    assert.ok(await nothingOpens(page), 'not by a script');
    await rageUntilShown(page);
    assert.equal((await stand.need('impression'))[0].on, 'rage');
  },
);

/** A busy machine may be too slow for three clicks in a second. */
async function rageUntilShown(page) {
  for (let tries = 0; tries < 10; tries += 1) {
    await clickAt(page, 330, 330, 3);
    const open = page.locator(BUBBLE).waitFor({ timeout: 500 });
    if (await open.then(() => true).catch(() => false)) return;
  }
  throw new Error('the bubble did not open');
}

test('rage: a stepper that works', armed({ on: 'rage' }), async ({ page, open }) => {
  await start(page, open);
  await addDead(page);
  await page.evaluate(() => {
    const step = document.createElement('span');
    step.innerHTML = '<input id="pieces" value="1"><button type="button" id="more">+</button>';
    step.querySelector('button').onclick = () => {
      step.querySelector('input').value = String(Number(step.querySelector('input').value) + 1);
    };
    document.querySelector('.facts').append(step);
  });
  for (let times = 0; times < 6; times += 1) await page.click('#more');
  assert.equal(await page.inputValue('#pieces'), '7');
  assert.ok(await nothingOpens(page));
  await rageUntilShown(page);
});

test('rage: a carousel that turns', armed({ on: 'rage' }), async ({ page, open }) => {
  await start(page, open);
  await addDead(page);
  await page.evaluate(() => {
    const box = document.createElement('div');
    box.innerHTML =
      '<div class="slides" style="height:20px"></div><div><button type="button" id="next">Next</button></div>';
    let slide = 0;
    box.querySelector('button').onclick = () => {
      slide += 1;
      box.firstChild.style.transform = `translateX(${slide}px)`;
    };
    document.querySelector('.facts').append(box);
  });
  for (let times = 0; times < 6; times += 1) await page.click('#next');
  assert.ok(await nothingOpens(page));
  await rageUntilShown(page);
});

test('rage: three clicks that select a paragraph', armed({ on: 'rage' }), async ({ page, open }) => {
  await start(page, open);
  await addDead(page);
  await page.locator('.stock').click({ clickCount: 3 });
  assert.ok(await page.evaluate(() => String(getSelection()).length > 3), 'it is selected');
  assert.ok(await nothingOpens(page));
  await page.evaluate(() => getSelection().removeAllRanges());
  await rageUntilShown(page);
});

const pushCart = (page, event, items) =>
  page.evaluate(
    ([name, list]) => window.dataLayer.push({ event: name, ecommerce: { currency: 'EUR', items: list } }),
    [event, items],
  );

test('cart: left alone for so long', { messages: [{ ...message({ on: 'cart', after: 20 }), items: 2 }] }, async ({
  page,
  stand,
  open,
}) => {
  const wait = await startStopped(page, open);
  await wait(15);
  await pushCart(page, 'add_to_cart', [{ price: 5, quantity: 1 }]);
  await wait(15);
  await page.fill('.search input', 'lamp');
  await page.evaluate(() => document.activeElement.blur());
  await wait(15);
  await setHidden(page, true);
  await wait(60);
  await setHidden(page, false);
  await wait(15);
  assert.ok(!(await isShown(page)));
  await page.mouse.move(40, 50);
  await wait(6);
  assert.ok(await opens(page));
  assert.equal((await stand.need('impression'))[0].on, 'cart');
});

test('cart: an empty one is none', armed({ on: 'cart', after: 20 }), async ({ page, open }) => {
  const wait = await startStopped(page, open);
  await wait(60);
  await pushCart(page, 'add_to_cart', [{ price: 5, quantity: 2 }]);
  await pushCart(page, 'remove_from_cart', [{ price: 5, quantity: 2 }]);
  await wait(60);
  await pushCart(page, 'view_cart', [{ price: 5, quantity: 2 }]);
  await page.evaluate(() =>
    window.dataLayer.push({
      event: 'purchase',
      ecommerce: { transaction_id: 'a1', value: 10, currency: 'EUR', items: [] },
    }),
  );
  await wait(60);
  assert.ok(!(await isShown(page)));
  await pushCart(page, 'view_cart', [{ price: 5, quantity: 1 }]);
  await wait(15);
  assert.ok(!(await isShown(page)));
  await wait(6);
  assert.ok(await opens(page));
});

test('dwell: with the session before this page', {
  messages: [{ ...message({ on: 'dwell', after: 100, session: true }), seconds: 80 }],
}, async ({ page, open }) => {
  const wait = await startStopped(page, open);
  await wait(15);
  assert.ok(!(await isShown(page)));
  await wait(6);
  assert.ok(await opens(page));
});

const GROUP = { all: [{ on: 'event', name: 'a' }, { on: 'click', select: 'h1' }, { on: 'load' }] };

test('a group: when the last of them has happened, in any order', armed(GROUP), async ({ page, stand, open }) => {
  await start(page, open);
  await page.click('h1');
  await page.click('h1');
  assert.ok(await nothingOpens(page, 1500));
  await page.evaluate(() => window.dataLayer.push({ event: 'a' }));
  await shown(page);
  assert.match((await stand.need('impression'))[0].on, /^(event|load)$/);
});

test('a group with a trigger that nobody knows never comes, another entry does', {
  messages: [message({ all: [{ on: 'load' }, { on: 'full-moon' }] }, { on: 'click', select: 'h1' })],
}, async ({ page, stand, open }) => {
  await start(page, open);
  assert.ok(await nothingOpens(page, 1500));
  await page.click('h1');
  await shown(page);
  assert.equal((await stand.need('impression'))[0].on, 'click');
});
