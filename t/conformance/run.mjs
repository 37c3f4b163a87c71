// Runs a table of cases in the layout of the GrowthBook SDKs' cases.json
// against core/ in C.
//
//   node run.mjs DRIVER CASES.json
//
// Prints "SECTION: N passed, N failed" for each section, what differs before
// it, and a sum.  Exit status 0 if all passed, 1 if not, 2 if it cannot run.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

// Of an answer: what is compared with which place of the case.
const sections = {
  evalCondition: { expected: 3 },
  hash: { expected: 3 },
  getBucketRange: { expected: 2, near: 1e-6 },
  chooseVariation: { expected: 3 },
  getQueryStringOverride: { expected: 4 },
  inNamespace: { expected: 3 },
  getEqualWeights: { expected: 1, near: 1e-8 },
  feature: { expected: 3, got: featureResult },
  run: { expected: [3, 4, 5] },
  stickyBucket: { got: stickyResult },
};

const compared = { lt: '$vlt', gt: '$vgt', eq: '$veq' };

const [driver, file] = process.argv.slice(2);

if (!driver || !file) {
  console.error('usage: run.mjs DRIVER CASES.json');
  process.exit(2);
}

// Members that the table leaves out are not looked at.
function featureResult(result, expected) {
  const known = { ...result };
  for (const name of Object.keys(known)) {
    if (!(name in expected)) delete known[name];
  }
  return known;
}

// Only the visitor's own documents are loaded, so only they are expected; old
// tables hand them over in the context instead.
function stickyResult(result, _expected, testCase) {
  const [, { attributes }, given] = testCase;
  const own = Object.entries(result.docs).filter(
    ([, doc]) => !Array.isArray(given) || String(attributes[doc.attributeName]) === doc.attributeValue,
  );
  return [result.experimentResult, Object.fromEntries(own)];
}

function same(a, b, near) {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) <= near;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name], near))
  );
}

function expectedOf(section, testCase) {
  if (section === 'stickyBucket') return testCase.slice(-2);
  const { expected } = sections[section];
  return Array.isArray(expected) ? expected.map((i) => testCase[i]) : testCase[expected];
}

// versionCompare has lists of [a, b, expected] by the kind of comparison.
function versionCases(lists) {
  return Object.entries(lists).flatMap(([kind, list]) =>
    list.map(([a, b, expected]) => [`${a} ${kind} ${b}`, { v: { [compared[kind]]: b } }, { v: a }, expected]),
  );
}

function evaluate(section, cases) {
  const input = cases.map((testCase) => `${JSON.stringify({ section, case: testCase })}\n`).join('');
  const run = spawnSync(driver, { input, maxBuffer: 1 << 28, encoding: 'utf8' });
  const lines = (run.stdout ?? '').trimEnd().split('\n');

  if (run.status !== 0 || (cases.length && lines.length !== cases.length)) {
    console.error(`${driver}: ${run.error ?? `status ${run.status}, signal ${run.signal}`}`);
    process.exit(2);
  }
  return lines.map((line) => line && JSON.parse(line));
}

function check(title, section, cases) {
  const { got, near = 0 } = sections[section];
  const answers = evaluate(section, cases);
  let failed = 0;

  cases.forEach((testCase, i) => {
    const expected = expectedOf(section, testCase);
    const answer = answers[i];
    let result = answer;
    if ('result' in answer) result = got ? got(answer.result, expected, testCase) : answer.result;
    if (same(result, expected, near)) return;
    failed++;
    console.log(`# ${title}: ${JSON.stringify(testCase[0])}`);
    console.log(`#   expected ${JSON.stringify(expected)}`);
    console.log(`#   got      ${JSON.stringify(result)}`);
  });

  console.log(`${title}: ${cases.length - failed} passed, ${failed} failed`);
  return [cases.length - failed, failed];
}

let table;

try {
  table = JSON.parse(readFileSync(file, 'utf8'));
} catch (error) {
  console.error(`${file}: ${error.message}`);
  process.exit(2);
}

let passed = 0;
let failed = 0;

for (const [title, content] of Object.entries(table)) {
  const version = title === 'versionCompare';
  const section = version ? 'evalCondition' : title;

  if (!version && !Array.isArray(content)) continue;
  if (!(section in sections)) {
    console.log(`${title}: not applicable`);
    continue;
  }

  const [good, bad] = check(title, section, version ? versionCases(content) : content);
  passed += good;
  failed += bad;
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
