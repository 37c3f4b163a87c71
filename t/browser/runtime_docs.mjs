// The examples of docs/javascript.md, run in a page.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite } from './lib/suite.mjs';

const test = suite();
const page = readFileSync(new URL('../../docs/javascript.md', import.meta.url), 'utf8');
const EXAMPLE = /^```js\n(.*?)^```\n(?:\n```json told\n(.*?)^```\n)?/gms;
const messages = [{ rule: 'exit-cart', when: [{ on: 'dwell', after: 3600 }], title: 'Can we help?' }];

for (const [index, [, code, told]] of [...page.matchAll(EXAMPLE)].entries()) {
  const [title] = page
    .slice(0, page.indexOf(code))
    .match(/^#+ .*$/gm)
    .slice(-1);
  test(`example ${index + 1}, ${title}`, { messages }, async ({ page, stand, open }) => {
    await open();
    await page.waitForFunction(() => document.readyState === 'complete');
    await page.evaluate(`(() => {${code}})()`);
    const wanted = told ? JSON.parse(told) : [];
    for (const { event } of wanted) await stand.need(event);
    const heard = stand.events.map(({ page, ...event }) => event);
    const byKind = (a, b) => a.event.localeCompare(b.event);
    assert.deepEqual(heard.sort(byKind), wanted.sort(byKind));
  });
}
