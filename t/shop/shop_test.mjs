// The demo shop keeps its promises: what other tests build upon.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { createShop } from './routes.mjs';

let directory;
let server;
let socketPath;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'smartmsg-shop-'));
  socketPath = join(directory, 'shop');
  server = createServer(createShop({ gzip: false, etag: false, framing: 'length' }));
  server.listen(socketPath);
  await once(server, 'listening');
});

after(async () => {
  server.closeAllConnections();
  server.close();
  await rm(directory, { recursive: true });
});

async function ask(path, { method = 'GET', headers = {}, form } = {}) {
  const body = form && new URLSearchParams(form).toString();
  const type = form && { 'Content-Type': 'application/x-www-form-urlencoded' };
  const sent = request({ socketPath, path, method, headers: { ...type, ...headers }, agent: false });
  sent.end(body);
  const [answer] = await once(sent, 'response');
  const pieces = [];
  const times = [];
  for await (const piece of answer) {
    pieces.push(piece);
    times.push(piece.toString());
  }
  return { status: answer.statusCode, headers: answer.headers, data: Buffer.concat(pieces), pieces: times };
}

/** Keeps cookies from answer to answer. */
function visitor() {
  const jar = new Map();
  return async (path, options = {}) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await ask(path, { ...options, headers: { ...options.headers, cookie } });
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (/Max-Age=0/.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return { ...answer, text: answer.data.toString(), jar };
  };
}

test('a plain page is a whole document, without a cookie, the same each time', async () => {
  const [first, second] = [await ask('/'), await ask('/')];
  assert.equal(first.status, 200);
  assert.match(first.data.toString(), /^<!DOCTYPE html>.*<\/body><\/html>$/s);
  assert.equal(first.headers['content-type'], 'text/html; charset=utf-8');
  assert.equal(Number(first.headers['content-length']), first.data.length);
  assert.equal(first.headers['set-cookie'], undefined);
  assert.ok(first.data.equals(second.data));
});

test('from the shelf to the order', async () => {
  const go = visitor();
  const added = await go('/cart/add', { method: 'POST', form: { slug: 'teapot', quantity: 2 } });
  assert.equal(added.status, 303);
  assert.equal(added.headers.location, '/cart');
  assert.equal(added.jar.get('cart_items'), '2');
  assert.equal(added.jar.get('cart_value'), '129.00');
  assert.match((await go('/cart')).text, /"event":"add_to_cart".*"event":"view_cart"/s);
  assert.doesNotMatch((await go('/cart')).text, /add_to_cart/, 'told once');
  assert.equal((await go('/checkout/payment')).headers.location, '/checkout', 'no address yet');
  assert.match((await go('/checkout')).text, /begin_checkout/);
  assert.equal((await go('/checkout', { method: 'POST', form: { name: 'x' } })).headers.location, '/checkout/payment');
  assert.equal((await go('/checkout/payment')).status, 200);
  const placed = await go('/checkout/payment', { method: 'POST', form: { method: 'card' } });
  assert.equal(placed.headers.location, '/checkout/done');
  assert.equal(placed.jar.has('cart_items'), false);
  const done = await go('/checkout/done');
  const [, number] = /id="order-number">([^<]+)/.exec(done.text);
  assert.ok(done.text.includes(`"transaction_id":"${number}","currency":"EUR","value":129`));
  assert.equal((await go('/checkout')).headers.location, '/cart', 'the cart is empty');
});

test('taking goods out again', async () => {
  const go = visitor();
  await go('/cart/add', { method: 'POST', form: { slug: 'teapot' } });
  assert.equal((await go('/cart/remove', { method: 'POST', form: { slug: 'teapot' } })).status, 303);
  const { text } = await go('/cart');
  assert.match(text, /remove_from_cart/);
  assert.match(text, /Your cart is empty/);
});

test('buying by script: JSON, then a fragment', async () => {
  const go = visitor();
  const options = { method: 'POST', form: { slug: 'desk-lamp' }, headers: { accept: 'application/json' } };
  const added = await go('/cart/add', options);
  assert.deepEqual(JSON.parse(added.text).cart, { items: 1, value: 89 });
  const fragment = await go('/fragment/minicart');
  assert.match(fragment.headers['content-type'], /^text\/html/);
  assert.doesNotMatch(fragment.text, /<!doctype|<html|<body/i);
  assert.match(fragment.text, /Desk lamp/);
});

test('gzip, chunks and validators on request', async () => {
  const plain = await ask('/');
  const zipped = await ask('/?gzip=1', { headers: { 'accept-encoding': 'gzip' } });
  assert.equal(zipped.headers['content-encoding'], 'gzip');
  assert.ok(gunzipSync(zipped.data).equals(plain.data));
  assert.equal((await ask('/?gzip=1')).headers['content-encoding'], undefined);
  const chunked = await ask('/?framing=chunked');
  assert.equal(chunked.headers['transfer-encoding'], 'chunked');
  assert.ok(chunked.data.equals(plain.data));
  const { etag } = (await ask('/?etag=1')).headers;
  assert.match(etag, /^W\/"/);
  const again = await ask('/?etag=1', { headers: { 'if-none-match': etag } });
  assert.equal(again.status, 304);
  assert.equal(again.data.length, 0);
});

test('HEAD is GET without the body', async () => {
  for (const path of ['/', '/cart', '/nowhere', '/static/shop.css', '/static/img/teapot.svg']) {
    const [get, head] = [await ask(path), await ask(path, { method: 'HEAD' })];
    assert.equal(head.status, get.status);
    assert.equal(head.headers['content-length'], get.headers['content-length']);
    assert.equal(head.data.length, 0);
  }
});

for (const [at, end] of Object.entries({ before: '</body></html>', inside: 'dy></html>', after: '</html>' })) {
  test(`/slow pauses ${at} the end of the body`, async () => {
    // a busy machine may sleep through a short pause, and then reads both pieces at once
    let pieces;
    for (let ms = 100; ms <= 10000 && pieces?.at(-1) !== end; ms *= 5) {
      pieces = (await ask(`/slow?ms=${ms}&at=${at}`)).pieces;
    }
    assert.equal(pieces.at(-1), end);
    assert.ok(pieces.length > 1);
  });
}

test('/big is as big as asked', async () => {
  const { data } = await ask('/big?kb=300');
  assert.ok(data.length >= 300 * 1024 && data.length < 301 * 1024, String(data.length));
});

test('language and policy stick', async () => {
  const go = visitor();
  await go('/?lang=de&csp=strict');
  const { text, headers } = await go('/cart');
  assert.match(text, /<html lang="de">.*Warenkorb/s);
  const [, nonce] = /'nonce-([^']+)' 'strict-dynamic'/.exec(headers['content-security-policy']);
  assert.ok(text.includes(`<script nonce="${nonce}">window.dataLayer`));
  assert.equal((await go('/?csp=none')).headers['content-security-policy'], undefined);
});

test('errors are answered', async () => {
  assert.equal((await ask('/nowhere')).status, 404);
  assert.equal((await ask('/product/nothing')).status, 404);
  assert.equal((await ask('/cart/add')).status, 405);
  assert.equal((await ask('/cart/add', { method: 'POST', form: { slug: 'nothing' } })).status, 404);
  assert.equal((await ask('/robots.txt')).headers['content-type'], 'text/plain; charset=utf-8');
});
