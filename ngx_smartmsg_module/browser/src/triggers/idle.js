import { createAlarm, listen } from '../border.js';
import { RETRY } from './retry.js';

const DEFAULT_SECONDS = 30;

/** No sign of the visitor for a while although the page is on screen. Coming back to the tab is a sign, too. */
export function idle(seconds = DEFAULT_SECONDS, fire, signal) {
  const alarm = createAlarm(signal);
  let activeAt = performance.now();
  let place = '';

  function check() {
    const missing = activeAt + seconds * 1000 - performance.now();
    if (missing > 0) {
      alarm.set(missing, check);
      return;
    }
    alarm.set(RETRY, check);
    fire();
  }

  // Scrolling is left out: carousels do it all day long. Whoever scrolls by hand uses wheel, finger, key or pointer.
  listen(
    window,
    'pointermove pointerdown touchmove wheel keydown input',
    (event) => {
      if (!event.isTrusted) return;
      if (event.type === 'pointermove') {
        // The browser repeats the last position when the page moves below a resting mouse.
        const here = `${event.screenX},${event.screenY}`;
        if (here === place) return;
        place = here;
      }
      activeAt = performance.now();
    },
    signal,
  );
  listen(
    document,
    'visibilitychange',
    () => {
      activeAt = performance.now();
    },
    signal,
  );
  check();
}
