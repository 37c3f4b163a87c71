// Takes the pictures of docs/messages.md again, one for each example.
//   node pictures.mjs [NAME...]
import { openBrowser, openPage } from './lib/browser.mjs';
import { documented, pictureOf, rendered } from './lib/rendered.mjs';
import { Stand } from './lib/stand.mjs';
import { needOverlay } from './lib/visitor.mjs';

/** Of the window, in pixels: small pictures, in which text can be read all the same. */
const VIEWPORT = { width: 720, height: 450 };

/** What countdowns count from. */
const NOW = new Date('2039-12-24T10:28:30Z');

async function take(page, stand, name, show) {
  stand.reset([rendered(show)], '1');
  await page.goto(`${stand.url}product/oak-chair`);
  const overlay = await needOverlay(page);
  if (show.as === 'inline') await overlay.evaluate((element) => element.scrollIntoView({ block: 'center' }));
  if (show.as === 'tab') await overlay.locator('.open').click();
  await overlay.evaluate((element) => Promise.all(element.getAnimations().map(({ finished }) => finished)));
  await page.screenshot({ path: pictureOf(name), caret: 'hide' });
}

const wanted = process.argv.slice(2);
const browser = await openBrowser({ viewport: VIEWPORT, colorScheme: 'light' });
const stand = await Stand.start();
try {
  await browser.context.addCookies([{ name: 'visitor', value: '1', url: stand.url }]);
  const page = await openPage(browser.context);
  await page.clock.setFixedTime(NOW);
  for (const [name, show] of documented()) {
    if (!wanted.length || wanted.includes(name)) await take(page, stand, name, show);
  }
} finally {
  await browser.close();
  await stand.stop();
}
