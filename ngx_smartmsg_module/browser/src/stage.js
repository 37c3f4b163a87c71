import { safely } from './border.js';
import { mayInterrupt } from './manners.js';
import { canPresent, present } from './overlay/present.js';
import { TRIGGERS } from './triggers/index.js';

/** A visitor who has just closed a message gets some rest before the next one. */
const REST = 5000;

/**
 * Decides which armed message is shown: one at a time, each at most once per page view, and only with good manners.
 *
 * @param {{report: (event: object) => void}} reporter
 */
export function createStage({ report }) {
  const shown = new Set();
  let open = false;
  let restUntil = 0;

  /** @returns {boolean} whether the message is on screen now */
  function show(message, on) {
    if (open || performance.now() < restUntil || !mayInterrupt()) return false;
    const about = { rule: message.rule, variation: message.variation || undefined };
    shown.add(message);
    open = true;
    try {
      present(message, {
        clicked: safely((action) => report({ event: 'click', ...about, action })),
        closed: safely((dismissed) => {
          open = false;
          restUntil = performance.now() + REST;
          if (dismissed) report({ event: 'dismiss', ...about });
        }),
      });
    } catch {
      open = false;
      return true;
    }
    report({ event: 'impression', ...about, on });
    return true;
  }

  /** Arms the triggers of all messages that have not been shown yet, until `signal` aborts. */
  function arm(messages, signal) {
    if (!canPresent()) return;
    for (const message of messages) {
      if (!shown.has(message)) armOne(message, signal);
    }
  }

  function armOne(message, signal) {
    const own = new AbortController();
    signal.addEventListener('abort', () => own.abort());
    for (const { on, after } of message.when) {
      const fire = () => {
        if (show(message, on)) own.abort();
      };
      TRIGGERS[on]?.(after, fire, own.signal);
    }
  }

  return { arm };
}
