// The page's clock, turned by hand: what a test says of time is then true on every machine.
import { PATIENCE } from './patience.mjs';
import { BUBBLE } from './visitor.mjs';

/** ms of the page's: how often, and how long in all, it is turned while something is waited for. */
const TICK = 50;
const TICKS = 100;

const stopped = new WeakSet();

/** Whether the pages of this context, also those to come, have a clock that was stopped. */
export const isStopped = (context) => stopped.has(context);

/**
 * Stops the clock of the page that is opened next, or of the one that is there, which loses a minute at once.
 *
 * @returns {Promise<(seconds: number) => Promise<void>>} lets so much time pass
 */
export async function stopClock(page) {
  stopped.add(page.context());
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 60000);
  return (seconds) => page.clock.runFor(seconds * 1000);
}

/** Waits until the endpoint has answered all that the page has told and asked it so far. */
export async function settled(page) {
  const end = Date.now() + PATIENCE;
  do {
    // What it is told comes in order: afterwards we know of every request, and the page of every answer.
    await page.evaluate(() => {});
    if (Date.now() > end) throw new Error('the endpoint does not answer');
  } while (page.unanswered.size);
  await page.evaluate(() => {});
}

/**
 * The message opens: the page's clock is turned, but never while the endpoint owes an answer, so that it is not late.
 *
 * @returns {Promise<boolean>} whether it does
 */
export async function opens(page, selector = BUBBLE) {
  const end = Date.now() + PATIENCE;
  for (let ticks = 0; Date.now() < end; ticks += 1) {
    await settled(page);
    if (await page.locator(selector).count()) return true;
    if (ticks < TICKS) await page.clock.runFor(TICK);
    else await new Promise((done) => setTimeout(done, TICK));
  }
  return false;
}
