import { createAlarm, listen } from '../border.js';
import { RETRY } from './retry.js';

const DEFAULT_SECONDS = 30;

/** The page has been on screen for so long, counting only the time in which its tab was visible. */
export function dwell(seconds = DEFAULT_SECONDS, fire, signal) {
  const alarm = createAlarm(signal);
  let before = 0;
  let since = performance.now();

  function check() {
    if (document.hidden) return;
    const missing = seconds * 1000 - before - (performance.now() - since);
    if (missing > 0) {
      alarm.set(missing, check);
      return;
    }
    alarm.set(RETRY, check);
    fire();
  }

  listen(
    document,
    'visibilitychange',
    () => {
      if (document.hidden) {
        before += performance.now() - since;
        alarm.clear();
      } else {
        since = performance.now();
        check();
      }
    },
    signal,
  );
  check();
}
