import { focusOn } from './actions.js';
import { createAlarm, listen } from './border.js';

/** Seconds. More than a day is told by its end: nobody counts so many hours. */
const DAY = 86400;
const HOUR = 3600;
/** Seconds left that are worth telling somebody who does not see the clock. */
const SPOKEN = /^(3600|600|300|60|10)$/;

/**
 * Runs the countdown of a message. Nothing happens at its end but that it says so; who does not want to see it run stops
 * it, and reads when it ends.
 */
export const runCountdown = (box) => {
  const part = box.querySelector('.countdown');
  if (!part) return;
  const { until, seconds, done } = part.dataset;
  const end = +until || Date.now() / 1000 + +seconds;
  const clock = part.querySelector('.clock');
  const alarm = createAlarm();
  const date = `\u2192 ${new Date(end * 1000).toLocaleString(box.lang || [])}`;

  const tick = () => {
    const left = Math.ceil(end - Date.now() / 1000);
    if (left <= 0) {
      part.textContent = done;
      return;
    }
    clock.setAttribute('aria-live', SPOKEN.test(left) ? 'polite' : 'off');
    clock.textContent = left < DAY ? new Date(left * 1000).toISOString().slice(left < HOUR ? 14 : 11, 19) : date;
    alarm(1000, tick);
  };

  part.setAttribute('aria-live', 'polite');
  listen(part.querySelector('.stop'), 'click', () => {
    alarm();
    part.textContent = date;
    focusOn(part);
  });
  tick();
};
