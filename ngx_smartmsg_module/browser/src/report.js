import { listen } from './border.js';

/** What the endpoint accepts in one batch. */
const MAX_EVENTS = 32;
const MAX_BYTES = 8192;
const MAX_PAGE = 512;
/** Events that decide what the next page shows: they leave before the visitor can. */
const URGENT = /^(impression|click|dismiss|order)$/;
const PAUSE = 1000;
const ENVELOPE = '{"events":[]}'.length;

/**
 * Collects events and posts them in batches to `url`.
 *
 * @returns {{report: (event: object) => void}} `report` queues one event as the endpoint documents it; the page's path
 *   is added
 */
export function createReporter(url) {
  let queue = [];
  let timer;

  function flush() {
    clearTimeout(timer);
    timer = undefined;
    const waiting = queue;
    queue = [];
    for (const body of batches(waiting)) post(url, body);
  }

  function report(event) {
    queue.push(encode({ ...event, page: location.pathname.slice(0, MAX_PAGE) }));
    if (URGENT.test(event.event)) flush();
    else timer ??= setTimeout(flush, PAUSE);
  }

  listen(window, 'pagehide', flush);
  listen(document, 'visibilitychange', () => document.hidden && flush());
  return { report };
}

/** JSON in ASCII, so that its length is its size on the wire. */
function encode(value) {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
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
  if (document.hidden) {
    navigator.sendBeacon(url, body);
    return;
  }
  fetch(url, { method: 'POST', body, keepalive: true, credentials: 'same-origin' }).catch(() => {});
}
