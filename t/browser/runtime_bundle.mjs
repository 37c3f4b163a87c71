// The checked-in bundle: made of its sources, small, and free of what a shop's policy or good manners forbid.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { BUNDLE, bundle, sizes } from './runtime_build.mjs';

const MAX_GZIP = 8 * 1024;

const checkedIn = readFileSync(BUNDLE, 'utf8');

test('the bundle is what its sources give (else: make runtime)', async () => {
  assert.ok((await bundle()) === checkedIn, 'rt.min.js is out of date');
});

test('it is small', (t) => {
  const { minified, gzip } = sizes(checkedIn);
  t.diagnostic(`${minified} bytes, ${gzip} bytes with gzip`);
  assert.ok(gzip <= MAX_GZIP, `${gzip} bytes`);
});

test('it is plain ASCII and can stand inside a script element', () => {
  assert.match(checkedIn, /^[\t\n -~]*$/);
  assert.doesNotMatch(checkedIn, /<\/script|<!--/i);
});

const FORBIDDEN = [
  'innerHTML',
  'outerHTML',
  'insertAdjacentHTML',
  'document.write',
  'eval(',
  'new Function',
  'DOMParser',
  'pushState',
  'replaceState',
  'history.go',
  'beforeunload',
  'localStorage',
  'sessionStorage',
  'document.cookie',
  'preventDefault',
];
for (const word of FORBIDDEN) {
  test(`it does without ${word}`, () => assert.ok(!checkedIn.includes(word)));
}
