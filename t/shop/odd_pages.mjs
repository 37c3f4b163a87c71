import { setTimeout as sleep } from 'node:timers/promises';
import { layout } from './layout.mjs';
import { cookieFields } from './respond.mjs';

/** Where `/slow?at=` pauses: the page is cut before this piece of its end. */
const PAUSES = { before: '</body></html>', inside: 'dy></html>', after: '</html>', last: '' };

/** `/slow?ms=200&at=before|inside|after|last`: a page that comes in two parts. */
export async function slow(visit) {
  const { req, res, query, policy } = visit;
  const rest = PAUSES[query.get('at')] ?? PAUSES.before;
  const page = layout(visit, 'Slow', '<h1>Slow</h1><p>The end of this page takes its time.</p>', []);
  res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', ...policy.headers, ...cookieFields(visit) });
  if (req.method === 'HEAD') {
    res.end();
    return;
  }
  res.write(page.slice(0, page.length - rest.length));
  await sleep(Math.min(Number(query.get('ms')) || 200, 60000));
  res.end(rest);
}

/** `/big?kb=500`: a page of that size. */
export function big(visit) {
  const size = Math.min(Number(visit.query.get('kb')) || 500, 64 * 1024) * 1024;
  const paragraph = '<p>Goods that last, made by people who like what they do, sent in paper and cardboard.</p>\n';
  const frame = layout(visit, 'Big', '', []).length;
  const times = Math.max(1, Math.ceil((size - frame) / paragraph.length));
  return layout(visit, 'Big', paragraph.repeat(times), []);
}
