// Compares the HTML scanner with parse5 on the documents of foreign suites: html5lib's tree construction tests (*.dat)
// and tokenizer tests (*.test). Prints TAP.
//
//   node html_suite.mjs DRIVER FILE...

import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { compare, scan } from './html_compare.mjs';

const [driver, ...files] = process.argv.slice(2);

/** What stands before an input that begins in another state than that of text. */
const OPENED = {
  'RCDATA state': (name) => `<${name ?? 'title'}>`,
  'RAWTEXT state': (name) => `<${name ?? 'style'}>`,
  'Script data state': (name) => `<${name ?? 'script'}>`,
  'PLAINTEXT state': () => '<plaintext>',
  'CDATA section state': () => '<svg><![CDATA[',
};

function ofTrees(text) {
  return text
    .split(/^#data\n/m)
    .slice(1)
    .map((part) => part.slice(0, part.indexOf('\n#errors')));
}

function unescape(text) {
  return text.replace(/\\u([0-9a-f]{4})/gi, (_, code) => String.fromCharCode(parseInt(code, 16)));
}

function ofTokens(text) {
  const { tests = [] } = JSON.parse(text);
  return tests.flatMap(({ input, initialStates = ['Data state'], lastStartTag, doubleEscaped }) =>
    initialStates.map((state) => (OPENED[state]?.(lastStartTag) ?? '') + (doubleEscaped ? unescape(input) : input)),
  );
}

/** As they are, and as a part of a page: what follows must be seen as the browser sees it. */
function documentsOf(text, name) {
  const inputs = name.endsWith('.test') ? ofTokens(text) : ofTrees(text);
  return inputs
    .flatMap((input) => [input, `<!doctype html><html><body><p>${input}</p></body></html>`])
    .map((input) => Buffer.from(input).toString('latin1'));
}

let count = 0;
for (const file of files) {
  const documents = documentsOf(await readFile(file, 'utf8'), file);
  const tally = {};
  const wrong = [];
  for (const [i, lines] of scan(driver, documents).entries()) {
    const ours = JSON.parse(lines[0]);
    const split = lines.find((line) => line !== lines[0]);
    const why = split ? `differs when split: ${split}` : compare(documents[i], ours);
    if (why) wrong.push(`${why}: ${JSON.stringify(documents[i])}`);
    const key = why ? 'wrong' : ours.stop !== 'none' ? `stop ${ours.stop}` : ours.insert === null ? 'none' : 'found';
    tally[key] = (tally[key] ?? 0) + 1;
  }
  count += 1;
  const sums = Object.entries(tally).map(([key, n]) => `${key} ${n}`);
  process.stdout.write(`${wrong.length ? 'not ok' : 'ok'} ${count} - ${basename(file)}: ${sums.sort().join(', ')}\n`);
  for (const line of wrong.slice(0, 3)) process.stdout.write(`# ${line}\n`);
}

process.stdout.write(`1..${count}\n`);
