// Takes the picture of the README: the exit message over the demo shop.
//
//   make demo DETACH=1 PORT=18080
//   SMARTMSG_URL=http://127.0.0.1:18080/ node t/browser/screenshot.mjs docs/images/exit-dialog.png
//   make demo-stop
import { openBrowser, openPage } from './lib/browser.mjs';
import { buy, leaveUntilShown, siteUrl } from './lib/visitor.mjs';

const url = siteUrl();
const [path] = process.argv.slice(2);

if (!url || !path) {
  console.error('usage: SMARTMSG_URL=URL node screenshot.mjs FILE.png');
  process.exit(2);
}

const browser = await openBrowser({ viewport: { width: 1080, height: 640 }, locale: 'en-GB' });
try {
  const page = await openPage(browser.context);
  await buy(page, url, 'desk-lamp');
  await buy(page, url, 'oak-chair');
  const dialog = await leaveUntilShown(page);
  await dialog.evaluate((box) => Promise.all(box.getAnimations({ subtree: true }).map(({ finished }) => finished)));
  await page.screenshot({ path });
  if (page.problems.length) throw new Error(page.problems.join('\n'));
} finally {
  await browser.close();
}
