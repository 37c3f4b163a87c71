// Compares the HTML scanner with parse5 on generated documents.  Prints TAP.
//
//   node html_parse5.mjs DRIVER [DOCUMENTS [SEED]]

import { compare, scan } from './html_compare.mjs';
import { mutated, nested, Random, shop, soup } from './html_documents.mjs';
import { oracle } from './html_oracle.mjs';

const [driver, count = '2000', seed = '1'] = process.argv.slice(2);
const BATCH = 500;

let tests = 0;

function ok(pass, name, details = []) {
  tests += 1;
  process.stdout.write(`${pass ? 'ok' : 'not ok'} ${tests} - ${name}\n`);
  for (const line of details) {
    process.stdout.write(`# ${line}\n`);
  }
}

// shop pages only: nothing cut off, nothing odd
function compareMeta(text, ours) {
  const theirs = oracle(text);
  if (ours.stop !== 'none') {
    return `stopped: ${ours.stop}`;
  }
  if (ours.lang !== theirs.lang) {
    return `lang ${ours.lang}, parse5: ${theirs.lang}`;
  }
  if (ours.charset !== theirs.charset) {
    return `charset ${ours.charset}, parse5: ${theirs.charset}`;
  }
  const csp = theirs.policies.join(',');
  return ours.csp === csp ? '' : `csp ${ours.csp}, parse5: ${csp}`;
}

function check(name, make, extra = () => '') {
  const random = new Random(Number(seed) * 7919 + name.length);
  const tally = {};
  const wrong = [];

  for (let first = 0; first < Number(count); first += BATCH) {
    const documents = Array.from({ length: Math.min(BATCH, count - first) }, () =>
      Buffer.from(make(random)).toString('latin1'),
    );
    const results = scan(driver, documents, first);
    for (const [i, lines] of results.entries()) {
      const text = documents[i];
      const ours = JSON.parse(lines[0]);
      const split = lines.find((line) => line !== lines[0]);
      const why = split ? `differs when split: ${split}` : compare(text, ours) || extra(text, ours);
      const key = why ? 'wrong' : ours.stop !== 'none' ? `stop ${ours.stop}` : ours.insert === null ? 'none' : 'found';
      tally[key] = (tally[key] ?? 0) + 1;
      if (why) {
        wrong.push(`${why}: ${JSON.stringify(text)}`);
      }
    }
  }

  const sums = Object.entries(tally)
    .map(([key, n]) => `${key} ${n}`)
    .sort()
    .join(', ');
  ok(wrong.length === 0, `${name}: ${sums}`, wrong.sort((a, b) => a.length - b.length).slice(0, 3));
}

check('shop pages', shop, compareMeta);
check('changed shop pages', (r) => mutated(r, shop(r)));
check('nested documents', nested);
check('changed nested documents', (r) => mutated(r, nested(r)));
check('tag soup', soup);

process.stdout.write(`1..${tests}\n`);
