import { listen } from './border.js';
import { emit } from './bus.js';
import { encode } from './flat.js';

/** What the endpoint accepts in one batch. */
const MAX_EVENTS = 32;
const MAX_BYTES = 8192;
const MAX_PAGE = 512;
/** Events that decide what the next page shows: they leave before the visitor can. */
const URGENT = /^(impression|click|dismiss|answer|order|consent)$/;
const PAUSE = 1000;
/** ms: a message that comes much later than the moment that called for it is out of place. */
const PATIENCE = 2000;
const ENVELOPE = '{"events":[]}'.length;

/**
 * Collects events and posts them in batches to `url`.
 *
 * @returns {{report: (event: object) => void, claim: (message: object) => Promise<boolean>, mute: () => void}} `report`
 *   queues one event as the endpoint documents it, and
 *   returns a promise if it leaves at once; `claim` asks whether a message may be shown now, and never rejects. The
 *   page's path is added to both. After `mute` nothing is sent any more, and every message may be shown
 */
export function createReporter(url) {
  let queue = [];
  let timer;
  let muted = false;

  function flush() {
    clearTimeout(timer);
    timer = undefined;
    const waiting = queue;
    queue = [];
    return Promise.all(batches(waiting).map((body) => post(url, body)));
  }

  function report(event) {
    if (muted) return;
    queue.push(withPage(event));
    emit('report', event);
    if (URGENT.test(event.event)) return flush();
    timer ??= setTimeout(flush, PAUSE);
  }

  /** Only 204 is a yes: nothing that stands between us and the endpoint answers so by accident. */
  async function claim({ rule, variation, message }) {
    if (muted) return true;
    const patience = new AbortController();
    const alarm = setTimeout(() => patience.abort(), PATIENCE);
    const [body] = batches([withPage({ event: 'claim', rule, variation: variation || undefined, message })]);
    try {
      return (await send(url, { body, signal: patience.signal })).status === 204;
    } catch {
      return false;
    } finally {
      clearTimeout(alarm);
    }
  }

  listen(window, 'pagehide', flush);
  listen(document, 'visibilitychange', () => document.hidden && flush());
  return {
    report,
    claim,
    mute() {
      muted = true;
    },
  };
}

function withPage(event) {
  return encode({ ...event, page: location.pathname.slice(0, MAX_PAGE) });
}

function batches(encoded) {
  const bodies = [];
  let batch = [];
  let size = ENVELOPE;
  const close = () => {
    if (batch.length) bodies.push(`{"events":[${batch}]}`);
    batch = [];
    size = ENVELOPE;
  };
  for (const event of encoded) {
    if (batch.length === MAX_EVENTS || size + event.length + 1 > MAX_BYTES) close();
    batch.push(event);
    size += event.length + 1;
  }
  close();
  return bodies;
}

/** A page that is going away may only use the beacon; a visible one uses fetch, which outlives a navigation too. */
function post(url, body) {
  if (document.hidden) return navigator.sendBeacon(url, body);
  return send(url, { body, keepalive: true }).catch(() => {});
}

function send(url, options) {
  return fetch(url, { method: 'POST', credentials: 'same-origin', ...options });
}
