import { createAlarm, during, listen, safely } from './border.js';
import { emit, on } from './bus.js';
import { now } from './clock.js';
import { claim, report } from './consent.js';
import { flat, line } from './flat.js';
import { isInPlace, mayInterrupt } from './manners.js';
import { TRIGGERS } from './triggers/index.js';
import { createMoment, createStart } from './triggers/moment.js';
import { loadUi, loadUiSoon } from './ui.js';

/*
 * Decides which armed message is shown: one at a time, each at most once per page view, only with good manners, and only
 * if the server, asked once, agrees: other tabs may have shown it meanwhile.
 *
 * What becomes of a message is kept with it: its `life` (see `during()`), first that of its triggers, then that of its overlay,
 * and whether the server has `claimed` it for this page, and it is `done`: shown, or refused.
 */

/** A visitor who has just closed a message gets some rest before the next one. */
const REST = 5000;
/** Kinds that stay on the page and are in nobody's way. */
const RESIDENT = /inline|tab/;

let busy = false;
let restUntil = 0;

/** Arms the triggers of all messages that are not done, until `disarm` is emitted. */
export const armMessages = (messages) => {
  emit('disarm');
  const waiting = messages.filter((message) => !message.done && isInPlace(message));
  for (const message of waiting) {
    during(message, () => armMessage(message));
  }
  if (waiting[0]) loadUiSoon();
};

const armMessage = (message) => {
  on('disarm', () => message.life.abort());
  on('show', (ask) => {
    if (ask.rule === message.rule) ask.shown = offer(message);
  });
  for (const entry of message.when) armEntry(entry, message);
};

/** Of a group all must have happened. A trigger that this version or browser does not know never does. */
const armEntry = (entry, message) => {
  const triggers = entry.all ?? [entry];
  const happened = new Set();
  for (const trigger of triggers) {
    const fire = () => happened.add(trigger).size === triggers.length && offer(message, trigger.on);
    safely(TRIGGERS[trigger.on])(trigger, createMoment(fire), createStart(trigger.after), message);
  }
};

/** A message that belongs to an element waits for it. */
const hasPlace = safely((message) => document.querySelector(message.select || '*'));

const canOffer = (message) => {
  return !message.life.signal.aborted && !busy && now() > restUntil && mayInterrupt() && hasPlace(message);
};

/** Resolves to whether the message is on screen now. */
const offer = async (message, trigger) => {
  if (!canOffer(message)) return;
  busy = true;
  const present = await loadUi();
  message.claimed ||= present && (await claim(message));
  busy = false;
  // The visitor may have begun to type, or the page may have gone meanwhile: the next offer finds the claim granted.
  if (message.claimed && !canOffer(message)) return;
  message.done = true;
  message.life.abort();
  return message.claimed && show(present, message, trigger);
};

const show = (present, message, trigger) => {
  const resident = RESIDENT.test(message.as);
  const tell = safely((event, more) => report({ event, rule: message.rule, variation: message.variation, ...more }));
  const told = {
    clicked: (action) => tell('click', { action }),
    answered: (fields, consent) => tell('answer', { fields: flat(fields), consent: consent && line(consent, 512) }),
    closed: (dismissed) => {
      if (!resident) {
        busy = false;
        restUntil = now() + REST;
      }
      if (dismissed) tell('dismiss');
    },
  };

  let isShown = false;
  during(message, () => {
    present(message, told, [safely, listen, createAlarm]);
    busy = !resident;
    isShown = true;
  });
  if (isShown) tell('impression', { on: trigger, claimed: true });
  return isShown;
};
