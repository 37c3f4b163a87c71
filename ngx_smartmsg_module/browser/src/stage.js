import { createAlarm, listen, safely } from './border.js';
import { on as hear } from './bus.js';
import { flat, line } from './flat.js';
import { mayInterrupt } from './manners.js';
import { TRIGGERS } from './triggers/index.js';
import { loadUi, loadUiSoon } from './ui.js';

/** A visitor who has just closed a message gets some rest before the next one. */
const REST = 5000;
/** Kinds that stay on the page and are in nobody's way. */
const RESIDENT = /^(inline|tab)$/;

/** A message that belongs to an element waits for it. */
const hasPlace = safely(({ select }) => !select || document.querySelector(select));

/**
 * Decides which armed message is shown: one at a time, each at most once per page view, only with good manners, and only
 * if the server, asked once, agrees: other tabs may have shown it meanwhile.
 *
 * @param {{report: (event: object) => void, claim: (message: object) => Promise<boolean>}} reporter
 */
export function createStage({ report, claim }) {
  /** Shown, or refused. */
  const done = new Set();
  const claimed = new Set();
  let busy = false;
  let restUntil = 0;

  const canOffer = (message) => !busy && performance.now() > restUntil && mayInterrupt() && hasPlace(message);

  /**
   * `life` is aborted when the message needs no trigger any more. Resolves to whether it is on screen now.
   */
  async function offer(message, on, life) {
    if (done.has(message)) life.abort();
    if (life.signal.aborted || !canOffer(message)) return;
    busy = true;
    const ui = await loadUi();
    const granted = ui && (claimed.has(message) || (await claim(message)));
    busy = false;
    if (granted) claimed.add(message);
    else done.add(message);
    if (!granted) life.abort();
    // The visitor may have begun to type, or the page may have gone meanwhile: the next offer finds the claim granted.
    if (life.signal.aborted || !canOffer(message)) return;
    done.add(message);
    life.abort();
    return show(ui, message, on);
  }

  function show(ui, message, on) {
    const about = { rule: message.rule, variation: message.variation || undefined };
    const resident = RESIDENT.test(message.as);
    busy = !resident;
    try {
      const told = {
        clicked: safely((action) => report({ event: 'click', ...about, action })),
        answered: safely((fields, consent) =>
          report({ event: 'answer', ...about, fields: flat(fields), consent: consent && line(consent, 512) }),
        ),
        closed: safely((dismissed) => {
          if (!resident) {
            busy = false;
            restUntil = performance.now() + REST;
          }
          if (dismissed) report({ event: 'dismiss', ...about });
        }),
      };
      ui.present(message, told, [safely, listen, createAlarm]);
    } catch {
      busy = false;
      return false;
    }
    report({ event: 'impression', ...about, on, claimed: true });
    return true;
  }

  /** Arms the triggers of all messages that are not done, until `signal` aborts. */
  function arm(messages, signal) {
    for (const message of messages) {
      if (!done.has(message)) armOne(message, signal);
    }
    if (messages.length) loadUiSoon();
  }

  function armOne(message, signal) {
    const life = new AbortController();
    signal.addEventListener('abort', () => life.abort());
    const show = (ask) => {
      if (ask.rule === message.rule) ask.shown = offer(message, undefined, life);
    };
    hear('show', show, life.signal);
    for (const entry of message.when) armEntry(entry, message, life);
  }

  /** Of a group all must have happened. A trigger that this version or browser does not know never does. */
  function armEntry(entry, message, life) {
    const triggers = entry.all ?? [entry];
    const happened = new Set();
    for (const trigger of triggers) {
      const { on } = trigger;
      const fire = () => happened.add(trigger).size === triggers.length && offer(message, on, life);
      safely(() => TRIGGERS[on](trigger, fire, life.signal, message))();
    }
  }

  return { arm };
}
