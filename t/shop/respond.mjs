import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

const MAX_FORM = 64 * 1024;
/** About what fits into one packet. */
const PIECE = 1400;
const FRAMINGS = ['length', 'chunked'];

/** Sends a complete response in the way that the request or the server's options ask for: gzip, ETag, framing. */
export function send(visit, { status = 200, type = 'text/html', headers = {}, body }) {
  const { req, res } = visit;
  const text = /^text\/|json|javascript|svg/.test(type);
  const fields = { 'Content-Type': text ? `${type}; charset=utf-8` : type, ...cookieFields(visit), ...headers };
  let data = Buffer.from(body);

  if (wants(visit, 'etag') && status === 200) {
    fields.ETag = `W/"${createHash('sha1').update(data).digest('hex').slice(0, 16)}"`;
    if (req.headers['if-none-match'] === fields.ETag) {
      res.writeHead(304, fields);
      res.end();
      return;
    }
  }
  if (text && wants(visit, 'gzip') && /\bgzip\b/.test(req.headers['accept-encoding'] ?? '')) {
    data = gzipSync(data);
    fields['Content-Encoding'] = 'gzip';
    fields.Vary = 'Accept-Encoding';
  }
  if (framing(visit) === 'length') fields['Content-Length'] = data.length;

  res.writeHead(status, fields);
  if (req.method === 'HEAD') {
    res.end();
    return;
  }
  if (fields['Content-Length'] !== undefined) {
    res.end(data);
    return;
  }
  for (let start = 0; start < data.length; start += PIECE) res.write(data.subarray(start, start + PIECE));
  res.end();
}

export function sendRedirect(visit, status, location) {
  visit.res.writeHead(status, { Location: location, 'Content-Length': 0, ...cookieFields(visit) });
  visit.res.end();
}

export function cookieFields({ cookies }) {
  return cookies.length ? { 'Set-Cookie': cookies } : {};
}

/** @returns {Promise<URLSearchParams>} the fields of an ordinary form */
export async function readForm(req) {
  const pieces = [];
  let size = 0;
  for await (const piece of req) {
    size += piece.length;
    if (size > MAX_FORM) throw new Error('form too large');
    pieces.push(piece);
  }
  return new URLSearchParams(Buffer.concat(pieces).toString());
}

function wants(visit, option) {
  const asked = visit.query.get(option);
  return asked === null ? visit.shop.defaults[option] : asked === '1';
}

function framing(visit) {
  const asked = visit.query.get('framing');
  return FRAMINGS.includes(asked) ? asked : visit.shop.defaults.framing;
}
