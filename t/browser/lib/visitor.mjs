// What a visitor does and sees; the same for tests of the runtime alone and for tests of the whole.

export const DIALOG = 'smart-message dialog';
export const BUBBLE = 'smart-message .bubble';

/** Leaves the window with the mouse, through the top unless told otherwise. */
export async function leave(page, { x = 420, y = -5 } = {}) {
  await page.mouse.move(400, 500);
  await page.mouse.move(420, 300, { steps: 3 });
  await page.mouse.move(x, y, { steps: 6 });
}

/**
 * Leaves through the top until the dialog opens: the trigger is armed some seconds after the page has loaded, and a busy
 * machine may make the mouse too slow.
 *
 * @returns {Promise<import('playwright-core').Locator>} the dialog
 */
export async function leaveUntilShown(page) {
  const dialog = page.locator(DIALOG);
  for (let tries = 0; tries < 120; tries += 1) {
    await leave(page);
    const shown = dialog.waitFor({ state: 'visible', timeout: 500 });
    if (await shown.then(() => true).catch(() => false)) return dialog;
  }
  throw new Error('the dialog did not open');
}

/** Gives anything that was triggered the time to appear, in the page's own time, and tells whether it did. */
export async function nothingOpens(page, ms = 400) {
  await page.evaluate((pause) => new Promise((done) => setTimeout(done, pause)), ms);
  return (await page.locator('smart-message').count()) === 0;
}

/** The focused element inside of shadow roots, described by its class or name. */
export function focused(page) {
  return page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element?.id || element?.className || element?.localName;
  });
}

/** Puts goods into the cart as the product page's form does. */
export async function buy(page, url, slug = 'oak-chair') {
  await page.goto(new URL(`product/${slug}`, url).href);
  await page.click('#add');
  await page.waitForURL('**/cart');
}

/** The address of the site under test when it is not started by the test itself (SMARTMSG_URL), with a slash. */
export function siteUrl() {
  const url = process.env.SMARTMSG_URL;
  return url && `${url.replace(/\/$/, '')}/`;
}

/** Waits until a message is on screen with all its words and returns its element. */
export async function needOverlay(page) {
  const overlay = page.locator('smart-message .message');
  await overlay.waitFor();
  await page.locator('smart-message .message:not(:has(> div:empty)) .title').waitFor({ state: 'attached' });
  return overlay;
}
