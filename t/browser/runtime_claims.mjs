// The runtime asks before it shows a message, and takes no for an answer.
import assert from 'node:assert/strict';
import { opens, settled, stopClock } from './lib/clock.mjs';
import { suite } from './lib/suite.mjs';
import { BUBBLE, nothingOpens } from './lib/visitor.mjs';

const test = suite();
const onLoad = (rule, more) => ({ rule, as: 'bubble', when: [{ on: 'load' }], title: rule, ...more });
const one = { messages: [onLoad('help', { variation: 'b', number: 2 })] };

test('it asks for the message it was sent, then shows and reports it', one, async ({ page, stand, open }) => {
  await open();
  await page.locator(BUBBLE).waitFor();
  const about = { rule: 'help', variation: 'b', page: '/product/teapot' };
  assert.deepEqual(stand.claims, [{ event: 'claim', ...about, message: 2 }]);
  assert.deepEqual(await stand.need('impression'), [{ event: 'impression', ...about, on: 'load', claimed: true }]);
});

test('a no is final, and nothing is reported', one, async ({ page, stand, open }) => {
  stand.answer = 200;
  const wait = await stopClock(page);
  await open();
  await wait(1);
  await stand.needClaims();
  await settled(page);
  await wait(30);
  assert.ok(await page.evaluate(() => document.querySelector('smart-message') === null));
  assert.equal(stand.claims.length, 1, 'asked once');
  assert.deepEqual(stand.events, []);
});

test('one that is refused makes room for the next', { messages: [onLoad('first'), onLoad('second')] }, async ({
  page,
  stand,
  open,
}) => {
  let refuse;
  stand.answer = new Promise((done) => {
    refuse = () => done(200);
  });
  const wait = await stopClock(page);
  await open();
  await wait(1);
  await stand.needClaims();
  await wait(0.5);
  assert.equal(stand.claims.length, 1, 'one question at a time');
  refuse();
  stand.answer = 204;
  assert.ok(await opens(page));
  assert.equal(await page.locator(BUBBLE).getByRole('heading').textContent(), 'second');
  assert.deepEqual(
    stand.claims.map(({ rule }) => rule),
    ['first', 'second'],
  );
});

test('no answer in time is a no', one, async ({ page, stand, open }) => {
  let late;
  stand.answer = new Promise((done) => {
    late = () => done(204);
  });
  const wait = await stopClock(page);
  await open();
  await wait(1);
  await stand.needClaims();
  await wait(2.5);
  late();
  await settled(page);
  await wait(10);
  assert.equal(await page.locator(BUBBLE).count(), 0);
  assert.equal(stand.claims.length, 1);
});

test('nor is an endpoint that cannot be reached a yes', { ...one, quiet: false }, async ({ page, open }) => {
  await page.route('**/smartmsg/event', (route) => route.abort());
  await open();
  assert.ok(await nothingOpens(page));
});

test('a yes that comes at a bad moment is kept for a better one', one, async ({ page, stand, open }) => {
  let grant;
  stand.answer = new Promise((done) => {
    grant = () => done(204);
  });
  const wait = await stopClock(page);
  await open();
  await wait(1);
  await stand.needClaims();
  await page.evaluate(() => {
    const modal = document.createElement('dialog');
    modal.id = 'shop-modal';
    modal.textContent = 'x';
    document.body.append(modal);
    modal.showModal();
  });
  grant();
  await settled(page);
  await wait(3);
  assert.equal(await page.locator(BUBBLE).count(), 0, 'the shop has a modal window open');
  await page.evaluate(() => document.querySelector('#shop-modal').remove());
  assert.ok(await opens(page));
  assert.equal(stand.claims.length, 1, 'it did not ask again');
});
