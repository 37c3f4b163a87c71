import { inTime, safely } from './border.js';
import { emit, on } from './bus.js';

/** What may be told of somebody who has not agreed: what became of a message. The endpoint drops the rest. */
const OF_NOBODY = /^(impression|click|dismiss|answer|consent)$/;
/**
 * Purposes of the IAB's Transparency and Consent Framework v2: to store on the device, to make a profile for personalised
 * content, and to use it.
 */
const PURPOSES = [1, 5, 6];
/** Google Consent Mode: both are needed, as far as the page speaks of them. */
const STORAGE = ['personalization_storage', 'analytics_storage'];

/**
 * Keeps what the visitor has not agreed to from the endpoint, and tells it when that changes. The server has decided about
 * this page; where it does not know (`consent` in its template) the page is heard: its banner, as far as that speaks the
 * TCF or Consent Mode, and its own scripts. All who speak must agree.
 *
 * @param {{report: (event: object) => void, claim: (message: object) => Promise<boolean>, mute: () => void}} reporter
 * @param {{anonymous?: number, consent?: number}} page what `takeTemplates()` returns; kept up to date
 * @returns {{report: Function, claim: Function, mute: Function, heed: (found: object) => void}} the reporter with that in
 *   between; `heed` begins a page view. Claims of somebody anonymous are answered from memory: each rule once in the life
 *   of the page
 */
export function withConsent({ report, claim, mute }, page) {
  const shown = new Set();
  const voices = {};
  const storage = {};
  let asked;

  function hear(voice, value) {
    voices[voice] = value;
    const granted = Object.values(voices).every(Boolean);
    if (granted === !page.anonymous || (granted && !page.consent)) return;
    page.anonymous = !granted;
    report({ event: 'consent', granted })?.then(() => granted && emit('granted'));
  }

  function askTcf() {
    if (asked || !page.consent || !window.__tcfapi) return;
    asked = true;
    window.__tcfapi('addEventListener', 2, safely(hearTcf));
  }

  /** Without success there is nothing to read from. While the banner is open nothing is decided. */
  function hearTcf({ eventStatus, gdprApplies, purpose }) {
    if (eventStatus === 'cmpuishown') return;
    hear('tcf', gdprApplies === false || PURPOSES.every((number) => purpose.consents[number]));
  }

  /** A default is nobody's choice, it only tells what an update leaves out. */
  function hearMode({ 1: command, 2: values }) {
    Object.assign(storage, values);
    const said = STORAGE.map((key) => storage[key]).filter(Boolean);
    const granted = said.every((value) => value === 'granted');
    if (page.consent && command === 'update' && said.length) hear('mode', granted);
  }

  inTime(askTcf);
  on('consent-mode', hearMode);
  on('consent', (granted) => hear('api', granted));

  return {
    mute,
    report(event) {
      if (!page.anonymous || OF_NOBODY.test(event.event)) report(event);
    },
    claim: (message) => !shown.has(message.rule) && (page.anonymous ? shown.add(message.rule) : claim(message)),
    heed(found) {
      page = found;
      askTcf();
    },
  };
}
