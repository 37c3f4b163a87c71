import { createAlarm, listen } from '../border.js';

/** ms after which a refused offer is made again. */
export const RETRY = 1000;
/** ms for which what has happened once is still on the visitor's mind. */
export const LASTING = 10000;

/**
 * Makes offers: `moment(seconds)` makes one after so many seconds, and as long as it is refused, again and again for
 * `lasting` ms. Each call forgets the one before; a negative number does nothing else.
 */
export function createMoment(fire, signal, lasting = 1 / 0) {
  const alarm = createAlarm(signal);
  return (seconds = 0) => {
    const end = performance.now() + seconds * 1000 + lasting;
    const offer = () => {
      if (performance.now() < end) alarm.set(RETRY, offer);
      fire();
    };
    alarm.clear();
    if (seconds >= 0) alarm.set(seconds * 1000, offer);
  };
}

/** Listens to what the visitor does, not to what scripts pretend. */
export function watch(types, act, signal) {
  listen(window, types, (event) => event.isTrusted && act(event), signal);
}

/** Tells `act` when the tab comes into view or goes, which hidden pages have to be told of, too. */
export function watchTab(act, signal) {
  listen(document, 'visibilitychange', act, signal);
}

/** Whether so many seconds have passed since now. */
export function createStart(seconds) {
  const start = performance.now() + seconds * 1000;
  return () => performance.now() >= start;
}
