import { afterLoad, createAlarm } from '../border.js';
import { RETRY } from './retry.js';

/** The page has loaded, and `seconds` have passed since. */
export function load(seconds = 0, fire, signal) {
  const alarm = createAlarm(signal);

  function offer() {
    alarm.set(RETRY, offer);
    fire();
  }

  afterLoad(() => alarm.set(seconds * 1000, offer), signal);
}
