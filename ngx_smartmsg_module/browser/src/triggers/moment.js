import { createAlarm, listen } from '../border.js';
import { now } from '../clock.js';

/** ms after which a refused offer is made again. */
export const RETRY = 1000;
/** As long as the page is there. */
export const ALWAYS = 1 / 0;
/** ms for which what has happened once is still on the visitor's mind. */
const LASTING = 10000;

/**
 * Makes offers: `moment(seconds, lasting)` makes one after so many seconds, and as long as it is refused, again and again
 * for `lasting` ms. Each call forgets the one before; a negative number does nothing else.
 */
export const createMoment = (fire) => {
  const alarm = createAlarm();
  return (seconds = 0, lasting = LASTING) => {
    const end = now() + seconds * 1000 + lasting;
    const offer = () => {
      if (now() < end) alarm(RETRY, offer);
      fire();
    };
    alarm(seconds * 1000, seconds !== false && offer);
  };
};

/** Listens to what the visitor does, not to what scripts pretend. */
export const watch = (types, act) => {
  listen(window, types, (event) => event.isTrusted && act(event));
};

/** Tells `act` when the tab comes into view or goes, which hidden pages have to be told of, too. */
export const watchTab = (act) => {
  listen(window, 'visibilitychange', act);
};

/** Whether so many seconds have passed since now. */
export const createStart = (seconds) => {
  const start = now() + seconds * 1000;
  return () => now() >= start;
};
