// Takes a picture of the exit dialog over the cart of a running demo (make demo), for the documentation.
//   node screenshot.mjs URL FILE.png
import { openBrowser, openPage } from './lib/browser.mjs';
import { buy, leaveUntilShown } from './lib/visitor.mjs';

const [url, file] = process.argv.slice(2);
if (!file) {
  console.error('usage: node screenshot.mjs URL FILE.png');
  process.exit(2);
}

const browser = await openBrowser({ viewport: { width: 1280, height: 800 } });
try {
  const page = await openPage(browser.context);
  for (const slug of ['oak-chair', 'teapot']) await buy(page, url, slug);
  await page.reload();
  const dialog = await leaveUntilShown(page);
  await dialog.evaluate((element) => Promise.all(element.getAnimations().map(({ finished }) => finished)));
  await page.screenshot({ path: file });
} finally {
  await browser.close();
}
