import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { readCookies } from '../../shop/session.mjs';
import { pathOf, served } from '../runtime_build.mjs';
import { readBatch } from './event_contract.mjs';
import { PATIENCE } from './patience.mjs';
import { startShop } from './shop.mjs';
import { scriptTag, template } from './snippet.mjs';

const PREFIX = '/smartmsg/';

/**
 * A stand-in for nginx and the module, for tests of the runtime alone: serves the shop's pages with a snippet written by
 * hand, the runtime from its bundle, and takes the events.
 */
export class Stand {
  /** Templates before the script of every page: messages, or HTML as it is. */
  messages = [];
  /** Script tags of a page; more than one is an accident that the runtime must survive. */
  scripts = 1;
  /** What the script tag says of the templates; by default how many there are. */
  mark;
  /** What answers `decide`: messages as above, or nothing (204). A promise makes it wait. */
  decision;
  /** What was asked for there: the arguments. */
  asked = [];
  /** The cookie that the visitor of the running test has. */
  visitor;
  /** What the runtime has posted, but for its claims. */
  events = [];
  /** What it has asked for. */
  claims = [];
  /** The status that answers a claim; a promise makes it wait. */
  answer = 204;
  /** Bodies that broke the contract. */
  broken = [];
  /** The files of the runtime by their path. */
  #files = new Map();
  #news = new EventEmitter();

  static async start(shopOptions) {
    const stand = new Stand();
    for (const name of ['rt', 'ui']) {
      const script = readFileSync(pathOf(name));
      stand.#files.set(PREFIX + served(name, script), script);
    }
    [stand.scriptUrl, stand.uiUrl] = stand.#files.keys();
    stand.shop = await startShop(shopOptions);
    stand.server = createServer((req, res) => {
      stand.#handle(req, res).catch((error) => {
        stand.broken.push(String(error));
        res.destroy();
      });
    });
    stand.server.listen(0, '127.0.0.1');
    await once(stand.server, 'listening');
    stand.url = `http://127.0.0.1:${stand.server.address().port}/`;
    return stand;
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
    await this.shop.stop();
  }

  /** Forgets the test before. What its visitor reports from now on comes too late. */
  reset(messages, visitor) {
    this.messages = messages;
    this.visitor = visitor;
    this.scripts = 1;
    this.mark = undefined;
    this.decision = undefined;
    this.asked = [];
    this.events = [];
    this.claims = [];
    this.answer = 204;
    this.broken = [];
  }

  of(kind) {
    return this.events.filter(({ event }) => event === kind);
  }

  /** Waits until `count` events of a kind have arrived and returns them. */
  async need(kind, count = 1) {
    const late = AbortSignal.timeout(PATIENCE);
    while (this.of(kind).length < count) {
      await once(this.#news, 'event', { signal: late }).catch(() => {
        throw new Error(`no ${kind} came, only ${JSON.stringify(this.events)}`);
      });
    }
    return this.of(kind);
  }

  /** Waits until the runtime has asked `count` times and returns what it asked for. */
  async needClaims(count = 1) {
    const late = AbortSignal.timeout(PATIENCE);
    while (this.claims.length < count) await once(this.#news, 'event', { signal: late });
    return this.claims;
  }

  /** Waits until the runtime has asked for `count` decisions and returns what it asked. */
  async needAsked(count = 1) {
    const late = AbortSignal.timeout(PATIENCE);
    while (this.asked.length < count) await once(this.#news, 'event', { signal: late });
    return this.asked;
  }

  async #handle(req, res) {
    const { pathname, searchParams } = new URL(req.url, this.url);
    if (this.#files.has(pathname)) {
      const cacheControl = 'public, max-age=31536000, immutable';
      res.writeHead(200, { 'Content-Type': 'text/javascript', 'Cache-Control': cacheControl });
      res.end(this.#files.get(pathname));
    } else if (pathname === `${PREFIX}event`) {
      await this.#takeEvents(req, res);
    } else if (pathname === `${PREFIX}decide`) {
      await this.#decide(req, res, Object.fromEntries(searchParams));
    } else {
      await this.#passOn(req, res);
    }
  }

  async #decide(req, res, args) {
    if (readCookies(req).visitor !== this.visitor) {
      res.writeHead(204).end();
      return;
    }
    if (req.method !== 'GET' || req.headers['sec-fetch-site'] !== 'same-origin') this.broken.push('decide');
    this.asked.push(args);
    this.#news.emit('event');
    const decision = await this.decision;
    const head = { 'Cache-Control': 'no-store' };
    if (decision) {
      res.writeHead(200, { ...head, 'Content-Type': 'text/html; charset=utf-8' });
      res.end(`<!doctype html><title></title>${decision.map(render).join('')}`);
    } else {
      res.writeHead(204, head).end();
    }
  }

  async #takeEvents(req, res) {
    const body = (await readAll(req)).toString();
    const type = req.headers['content-type'] ?? '';
    if (readCookies(req).visitor !== this.visitor) {
      res.writeHead(204).end();
      return;
    }
    try {
      if (req.method !== 'POST') throw new Error(`method ${req.method}`);
      if (!/^text\/plain|^application\/json/.test(type)) throw new Error(`type ${type}`);
      if (req.headers['sec-fetch-site'] !== 'same-origin') throw new Error('not from the same origin');
      const batch = readBatch(body);
      const claim = batch[0].event === 'claim';
      (claim ? this.claims : this.events).push(...batch);
      if (claim) this.#news.emit('event');
      res.writeHead(claim ? await this.answer : 204);
    } catch (error) {
      this.broken.push(`${error.message}: ${body}`);
      res.writeHead(400);
    }
    res.end();
    this.#news.emit('event');
  }

  async #passOn(req, res) {
    const body = await readAll(req);
    const passed = request(new URL(req.url, this.shop.url), { method: req.method, headers: passedHeaders(req) });
    passed.end(body);
    const [answer] = await once(passed, 'response');
    const data = await readAll(answer);
    const headers = { ...answer.headers };
    delete headers['content-length'];
    delete headers['transfer-encoding'];
    delete headers.connection;
    delete headers['keep-alive'];
    res.writeHead(answer.statusCode, headers);
    res.end(this.#inject(data, answer.headers));
  }

  #inject(data, headers) {
    const page = data.toString();
    const end = page.lastIndexOf('</body>');
    if (end < 0 || !headers['content-type']?.startsWith('text/html')) return data;
    const policy = headers['content-security-policy'] ?? headers['content-security-policy-report-only'] ?? '';
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
    const templates = this.messages.map(render).join('');
    const mark = this.mark ?? templates.split('<template data-smartmsg').length - 1;
    const scripts = scriptTag(this.scriptUrl, nonce, mark).repeat(this.scripts);
    return page.slice(0, end) + templates + scripts + page.slice(end);
  }
}

function render(message) {
  return typeof message === 'string' ? message : template(message);
}

function passedHeaders({ headers }) {
  const { host, connection, 'content-length': _length, 'accept-encoding': _encoding, ...rest } = headers;
  return rest;
}

async function readAll(stream) {
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}
