// The HTML scanner, run by t/drivers/html_tokens, against parse5.

import { spawnSync } from 'node:child_process';
import { harm, oracle } from './html_oracle.mjs';

// Every document whole, in random pieces and byte by byte. Its characters
// stand for bytes, so that offsets agree.
export function scan(driver, documents, first = 0) {
  const input = documents.flatMap((text, i) => {
    const bytes = Buffer.from(text, 'latin1');
    return [0, -(first + i + 1), 1].flatMap((split) => [Buffer.from(`${bytes.length} ${split}\n`), bytes]);
  });
  const run = spawnSync(driver, { input: Buffer.concat(input), maxBuffer: 1 << 30 });
  if (run.status !== 0) {
    throw new Error(`${driver}: ${run.error ?? run.stderr}`);
  }
  const lines = run.stdout.toString('latin1').trimEnd().split('\n');
  return documents.map((_, i) => lines.slice(3 * i, 3 * i + 3));
}

// a </body> that the page's end cuts off is no tag for parse5 yet
function bodiesOf(text, insert) {
  const whole = oracle(text);
  if (insert === null || whole.bodies.length > 0) {
    return whole.bodies;
  }
  for (const rest of ['>', '">', "'>"]) {
    const bodies = oracle(text + rest).bodies;
    if (bodies[0]?.offset === insert) {
      return bodies;
    }
  }
  return [];
}

// the reason why ours is wrong, or ''
export function compare(text, ours) {
  if (ours.error) {
    return ours.error;
  }
  if (ours.stop !== 'none') {
    return '';
  }

  const [body] = bodiesOf(text, ours.insert);
  if (ours.insert !== null) {
    if (body?.offset !== ours.insert) {
      return `inserts at ${ours.insert}, parse5: ${body?.offset}`;
    }
    return body.good ? harm(text, ours.insert) : `inserts at ${ours.insert}, a bad place`;
  }
  if (body) {
    return `missed </body> at ${body.offset}`;
  }

  const theirs = oracle(text);
  const document = theirs.documentAt < Infinity;
  if (ours.document !== document) {
    return `document: ${ours.document}`;
  }
  if (ours.end !== (theirs.end && document)) {
    return `end: ${ours.end}`;
  }
  return ours.end ? harm(text, text.length) : '';
}
