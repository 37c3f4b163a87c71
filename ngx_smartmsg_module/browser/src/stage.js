import { safely } from './border.js';
import { mayInterrupt } from './manners.js';
import { canPresent, present } from './overlay/present.js';
import { TRIGGERS } from './triggers/index.js';

/** A visitor who has just closed a message gets some rest before the next one. */
const REST = 5000;

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

  /** `over` is told when the message needs no trigger any more. */
  function offer(message, on, over) {
    if (done.has(message)) {
      over();
      return;
    }
    if (busy || performance.now() < restUntil || !mayInterrupt()) return;
    busy = true;
    if (claimed.has(message)) {
      done.add(message);
      over();
      show(message, on);
      return;
    }
    claim(message).then(
      safely((granted) => {
        busy = false;
        (granted ? claimed : done).add(message);
        if (granted) offer(message, on, over);
        else over();
      }),
    );
  }

  function show(message, on) {
    const about = { rule: message.rule, variation: message.variation || undefined };
    try {
      present(message, {
        clicked: safely((action) => report({ event: 'click', ...about, action })),
        closed: safely((dismissed) => {
          busy = false;
          restUntil = performance.now() + REST;
          if (dismissed) report({ event: 'dismiss', ...about });
        }),
      });
    } catch {
      busy = false;
      return;
    }
    report({ event: 'impression', ...about, on, claimed: true });
  }

  /** Arms the triggers of all messages that are not done, until `signal` aborts. */
  function arm(messages, signal) {
    if (!canPresent()) return;
    for (const message of messages) {
      if (!done.has(message)) armOne(message, signal);
    }
  }

  function armOne(message, signal) {
    const own = new AbortController();
    signal.addEventListener('abort', () => own.abort());
    for (const { on, after } of message.when) {
      const fire = () => offer(message, on, () => own.abort());
      TRIGGERS[on]?.(after, fire, own.signal);
    }
  }

  return { arm };
}
