import { createAlarm, listen } from '../border.js';
import { RETRY } from './retry.js';

/** The page has loaded, and `seconds` have passed since. */
export function load(seconds = 0, fire, signal) {
  const alarm = createAlarm(signal);

  function offer() {
    alarm.set(RETRY, offer);
    fire();
  }

  const start = () => alarm.set(seconds * 1000, offer);
  if (document.readyState === 'complete') start();
  else listen(window, 'load', start, signal, { once: true });
}
