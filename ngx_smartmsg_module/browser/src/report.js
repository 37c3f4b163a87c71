import { listen } from './border.js';
import { emit } from './bus.js';
import { at } from './endpoint.js';

/** What the endpoint accepts in one batch, and its bytes without what stands around so many events. */
const MAX_EVENTS = 32;
const MAX_BYTES = 8192 - 50;
const MAX_PAGE = 512;
/** Events that can wait: all others decide what the next page shows, and leave before the visitor can. */
const PATIENT = /view|cart|track|identify/;
const PAUSE = 1000;
/** ms: a message that comes much later than the moment that called for it is out of place. */
const PATIENCE = 2000;

const queue = [];
let muted;

/** From now on, what waits leaves with the page. */
export const startReporting = () => {
  listen(window, 'pagehide visibilitychange', flush);
};

/** After this nothing is sent any more, and every message may be shown. */
export const mute = () => {
  muted = true;
};

/**
 * Queues one event as the endpoint documents it, for a batch; the page's path is added.
 *
 * @returns {Promise|undefined} of whether it has left, if it leaves at once
 */
export const post = (event) => {
  if (muted) return;
  const text = withPage(event);
  if (queue.length === MAX_EVENTS || new Blob([...queue, text]).size > MAX_BYTES) flush();
  queue.push(text);
  emit('report', event);
  if (!PATIENT.test(event.event)) return flush();
  // Not stopped by what leaves before: what comes after that leaves a little sooner, then.
  if (!queue[1]) setTimeout(flush, PAUSE);
};

/** A page that is going away may only use the beacon; a visible one uses fetch, which outlives a navigation too. */
const flush = () => {
  const events = queue.splice(0);
  if (!events[0]) return;
  const sent = document.hidden ? navigator.sendBeacon(at('event'), batchOf(events)) : send(events);
  return Promise.resolve(sent).catch(() => {});
};

/**
 * Asks whether a message may be shown now; never rejects. Only 204 is a yes: nothing that stands between us and the
 * endpoint answers so by accident.
 */
export const claimNow = async ({ rule, variation, message }) => {
  if (muted) return true;
  const late = new Promise((done) => setTimeout(done, PATIENCE));
  const answer = send([withPage({ event: 'claim', rule, variation, message })]);
  return Promise.race([answer, late])
    .then(({ status }) => status === 204)
    .catch(() => {});
};

const withPage = (event) => {
  return JSON.stringify({ ...event, page: location.pathname.slice(0, MAX_PAGE) });
};

const batchOf = (events) => {
  return `{"events":[${events}]}`;
};

const send = (events) => {
  return fetch(at('event'), { method: 'POST', body: batchOf(events), keepalive: true });
};
