import { inTime, safely } from './border.js';
import { emit, on } from './bus.js';
import { claimNow, post } from './report.js';

/** What must not be told of somebody who has not agreed: anything but what became of a message. The endpoint drops it, too. */
const OF_SOMEBODY = /order|view|cart|track|identify/;
/**
 * Purposes of the IAB's Transparency and Consent Framework v2: to store on the device, to make a profile for personalised
 * content, and to use it.
 */
const PURPOSES = [1, 5, 6];

/** What `takeTemplates()` has found for this page view; kept up to date. */
export let page;

const shown = new Set();
const voices = {};
const storage = {};
let asked;

/**
 * Keeps what the visitor has not agreed to from the endpoint, and tells it when that changes. The server has decided about
 * this page; where it does not know (`consent` in its template) the page is heard: its banner, as far as that speaks the
 * TCF or Consent Mode, and its own scripts. All who speak must agree.
 *
 * @param {{anonymous?: number, consent?: number}} found what `takeTemplates()` returns; kept up to date
 */
export const watchConsent = (found) => {
  page = found;
  inTime(askTcf);
  on('mode', hearMode);
  on('consent', (granted) => hear('api', granted));
};

/** A page view begins, about which the server has decided anew. */
export const heed = (found) => {
  page = found;
  askTcf();
};

/** Reports an event to the endpoint, if that may be. */
export const report = (event) => {
  if (!(page.anonymous && OF_SOMEBODY.test(event.event))) post(event);
};

/**
 * Whether a message may be shown now. Of somebody anonymous that is answered from memory: each rule once in the life of
 * the page.
 */
export const claim = (message) => {
  return !shown.has(message.rule) && (page.anonymous ? shown.add(message.rule) : claimNow(message));
};

const hear = (voice, value) => {
  voices[voice] = value;
  const granted = Object.values(voices).every(Boolean);
  if (granted === !page.anonymous || (granted && !page.consent)) return;
  page.anonymous = !granted;
  post({ event: 'consent', granted })?.then(() => granted && emit('granted'));
};

const askTcf = () => {
  const shop = /** @type {any} */ (window);
  if (asked || !page.consent || !shop.__tcfapi) return;
  asked = true;
  shop.__tcfapi('addEventListener', 2, safely(hearTcf));
};

/** Without success there is nothing to read from. While the banner is open nothing is decided. */
const hearTcf = (data) => {
  if (data.eventStatus !== 'cmpuishown') {
    hear('tcf', data.gdprApplies === false || PURPOSES.every((number) => data.purpose.consents[number]));
  }
};

/**
 * Google Consent Mode: both are needed, as far as the page speaks of them. A default is nobody's choice, it only tells what
 * an update leaves out.
 */
const hearMode = (entry) => {
  Object.assign(storage, entry[2]);
  const said = [storage.personalization_storage, storage.analytics_storage].filter(Boolean);
  if (page.consent && entry[1] === 'update' && said[0]) {
    hear(
      'mode',
      said.every((value) => value === 'granted'),
    );
  }
};
