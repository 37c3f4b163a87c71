// The exit trigger: the mouse leaves through the top of the window, and nothing that only looks like it.
import assert from 'node:assert/strict';
import { suite } from './lib/suite.mjs';
import { leave, leaveUntilShown, nothingOpens } from './lib/visitor.mjs';

const test = suite();
const at = (seconds) => [{ rule: 'exit-cart', when: [{ on: 'exit', after: seconds }], title: 'Can we help?' }];
const armed = { messages: at(0) };

/** Every harmless way out is followed by a real one, which proves that the trigger was armed all the time. */
async function harmless(page, way) {
  await way();
  assert.ok(await nothingOpens(page), 'nothing opens');
  await leaveUntilShown(page);
}

test('leaving through the top opens the dialog and counts one impression', armed, async ({ page, stand, open }) => {
  await open();
  await leaveUntilShown(page);
  const [impression] = await stand.need('impression');
  assert.deepEqual(impression, {
    event: 'impression',
    rule: 'exit-cart',
    on: 'exit',
    claimed: true,
    page: '/product/teapot',
  });
});

test('leaving at the left', armed, async ({ page, open }) => {
  await open();
  await harmless(page, () => leave(page, { x: -10, y: 100 }));
});

test('leaving at the right', armed, async ({ page, open }) => {
  await open();
  await harmless(page, () => leave(page, { x: 1250, y: 100 }));
});

test('leaving at the bottom', armed, async ({ page, open }) => {
  await open();
  await harmless(page, () => leave(page, { x: 400, y: 900 }));
});

test('dragging something out with the button down', armed, async ({ page, open }) => {
  await open();
  await harmless(page, async () => {
    await page.mouse.move(400, 500);
    await page.mouse.down();
    await leave(page);
    await page.mouse.up();
  });
});

for (const tag of ['select', 'input', 'textarea', 'iframe']) {
  test(`leaving over a ${tag}, whose pop-up takes the pointer`, armed, async ({ page, open }) => {
    await open();
    await page.evaluate((name) => {
      const field = document.createElement(name);
      field.id = 'edge';
      field.style.cssText = 'position:fixed;inset:0 0 auto;width:100%;height:280px;z-index:99';
      document.body.append(field);
      if (name !== 'iframe') field.focus();
    }, tag);
    await harmless(page, async () => {
      await leave(page);
      assert.ok(await nothingOpens(page));
      await page.evaluate(() => document.getElementById('edge').remove());
    });
  });
}

test('leaving over a text field that is not in use', armed, async ({ page, open }) => {
  await open();
  await page.evaluate(() => {
    document.querySelector('.search input').style.cssText = 'position:fixed;inset:0 0 auto;height:280px;z-index:99';
  });
  await leaveUntilShown(page);
});

test('while the page scrolls', armed, async ({ page, open }) => {
  await page.addInitScript(() => {
    let scrolledAt = Number.NEGATIVE_INFINITY;
    addEventListener('scroll', () => {
      scrolledAt = performance.now();
    });
    document.addEventListener('mouseout', (event) => {
      if (!event.relatedTarget) window.sinceScroll = performance.now() - scrolledAt;
    });
  });
  await open('big?kb=50');
  await harmless(page, async () => {
    // A busy machine may be too slow to scroll all the time; then it was a farewell, and the next one counts.
    let sinceScroll = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < 20 && !(sinceScroll < 250); tries += 1) {
      if (tries) await page.reload();
      await page.evaluate(() => {
        window.scrolling = setInterval(() => scrollBy(0, 1), 20);
      });
      await leave(page);
      await page.waitForFunction(() => window.sinceScroll !== undefined);
      sinceScroll = await page.evaluate(() => window.sinceScroll);
    }
    assert.ok(sinceScroll < 250, `${sinceScroll} ms since the page scrolled`);
    assert.ok(await nothingOpens(page));
    await page.evaluate(() => clearInterval(window.scrolling));
  });
});

test('drifting out slowly', armed, async ({ page, open }) => {
  await open();
  await harmless(page, async () => {
    for (let y = 9; y >= -1; y -= 2) {
      await page.mouse.move(420, y);
      await nothingOpens(page, 60);
    }
  });
});

test('resting at the edge before leaving', armed, async ({ page, open }) => {
  await open();
  await harmless(page, async () => {
    await page.mouse.move(420, 300);
    await page.mouse.move(420, 3, { steps: 4 });
    await nothingOpens(page, 350);
    // Two points in one jump: only the pause before it speaks against it.
    await page.mouse.move(420, -5);
  });
});

test('slipping over the edge and coming back at once', armed, async ({ page, open }) => {
  await page.addInitScript(() => {
    document.addEventListener('mouseout', (event) => {
      if (!event.relatedTarget) window.leftAt = event.timeStamp;
    });
    document.addEventListener('mouseover', (event) => {
      if (!event.relatedTarget) window.outFor = event.timeStamp - window.leftAt;
    });
  });
  await open();
  await harmless(page, async () => {
    // A busy machine may be too slow for this slip; then it was a farewell, and the next one counts.
    let outFor = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < 20 && !(outFor < 100); tries += 1) {
      await leave(page);
      await page.mouse.move(420, 200);
      await page.waitForFunction(() => window.outFor >= 0);
      outFor = await page.evaluate(() => window.outFor);
      if (!(outFor < 100)) await page.reload();
    }
    assert.ok(outFor < 100, `out for ${outFor} ms`);
  });
});

test('the window loses the focus while the pointer is out', armed, async ({ page, open }) => {
  await open();
  await harmless(page, async () => {
    await page.evaluate(() => {
      const blur = (event) => {
        if (event.relatedTarget) return;
        document.removeEventListener('mouseout', blur);
        setTimeout(() => window.dispatchEvent(new FocusEvent('blur')), 20);
      };
      document.addEventListener('mouseout', blur);
    });
    await leave(page);
  });
});

test('events that a script has made', armed, async ({ page, open }) => {
  await open();
  await harmless(page, () =>
    page.evaluate(() => {
      const options = { bubbles: true, pointerType: 'mouse', clientX: 400 };
      for (const y of [300, 200, 100])
        document.body.dispatchEvent(new PointerEvent('pointermove', { ...options, clientY: y }));
      document.body.dispatchEvent(new MouseEvent('mouseout', { ...options, clientY: -1 }));
    }),
  );
});

test('not before it is armed', { messages: at(1.5) }, async ({ page, stand, open }) => {
  await open();
  await leave(page);
  const ready = await page.evaluate(() => performance.now());
  if (ready < 1500) assert.ok(await nothingOpens(page, 200), 'nothing opens');
  await leaveUntilShown(page);
  assert.equal((await stand.need('impression')).length, 1);
});

test('three seconds unless told otherwise', { messages: at(undefined) }, async ({ page, open }) => {
  await open();
  await leaveUntilShown(page);
  assert.ok((await page.evaluate(() => performance.now())) > 3000);
});
