// The checked-in bundle: made of its sources, small, and free of what a shop's policy or good manners forbid.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { bundle, pathOf, served, sizes } from './runtime_build.mjs';

/** Bytes of all files together: 10 KB, however one counts them. */
const MAX_GZIP = 10000;

const checkedIn = { rt: readFileSync(pathOf('rt'), 'utf8'), ui: readFileSync(pathOf('ui'), 'utf8') };

test('the bundle is what its sources give (else: make runtime)', async () => {
  const fresh = await bundle();
  for (const name of ['rt', 'ui']) assert.ok(fresh[name] === checkedIn[name], `${name}.min.js is out of date`);
});

test('it is small', (t) => {
  let total = 0;
  for (const [name, script] of Object.entries(checkedIn)) {
    const { minified, gzip } = sizes(script);
    t.diagnostic(`${name}: ${minified} bytes, ${gzip} bytes with gzip`);
    total += gzip;
  }
  t.diagnostic(`together: ${total} bytes with gzip`);
  assert.ok(total <= MAX_GZIP, `${total} bytes`);
});

test('the first file loads the second one', () => {
  assert.ok(checkedIn.rt.includes(`import("./${served('ui', checkedIn.ui)}")`));
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
for (const [name, script] of Object.entries(checkedIn)) {
  test(`${name} is plain ASCII and can stand inside a script element`, () => {
    assert.match(script, /^[\t\n -~]*$/);
    assert.doesNotMatch(script, /<\/script|<!--/i);
  });
  for (const word of FORBIDDEN) {
    test(`${name} does without ${word}`, () => assert.ok(!script.includes(word)));
  }
}
