// The page of a preview link: its message is shown, nothing is told to anyone, and the console says why.
import assert from 'node:assert/strict';
import { COUNT_VIEW, flags } from './lib/snippet.mjs';
import { suite } from './lib/suite.mjs';
import { DIALOG } from './lib/visitor.mjs';

const test = suite();
const TRACE = {
  preview: 'hello',
  outcome: 'is shown at its moment, to you alone',
  rules: [
    { rule: 'hello', chosen: '', why: 'is switched off' },
    { rule: 'exit-cart', chosen: 'exit idle', why: '' },
  ],
};
const HELLO = {
  rule: 'hello',
  preview: 1,
  when: [{ on: 'load' }],
  title: 'Hello',
  actions: [{ label: 'X', close: true }],
};

test('the message is shown and nothing is sent', {
  messages: [HELLO, COUNT_VIEW, flags({ trace: TRACE })],
  quiet: false,
}, async ({ page, stand, open }) => {
  const sent = [];
  page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()));
  stand.answer = 200;
  await open();
  const dialog = page.locator(DIALOG);
  await dialog.waitFor({ state: 'visible' });
  await page.evaluate(() => {
    window.dataLayer = window.dataLayer ?? [];
    window.dataLayer.push({ event: 'purchase', ecommerce: { transaction_id: 'T-1', value: 9, currency: 'EUR' } });
  });
  await dialog.getByRole('button', { name: 'X' }).click();
  await dialog.waitFor({ state: 'hidden' });
  // what is reported leaves when the page does, at the latest
  await open('');
  assert.deepEqual(sent, []);
  assert.deepEqual([...stand.events, ...stand.claims], []);
});

test('the console tells of every rule', { messages: [flags({ trace: TRACE })], quiet: false }, async ({
  page,
  open,
}) => {
  const said = [];
  page.on('console', (message) => said.push(message));
  await open();
  await page.waitForFunction(() => document[Symbol.for('smartmsg.runtime')]);
  const [log, table] = said;
  assert.equal(log.text(), 'smartmsg preview: hello is shown at its moment, to you alone. Without the link:');
  assert.equal(table.type(), 'table');
  assert.deepEqual(await table.args()[0].jsonValue(), TRACE.rules);
});
