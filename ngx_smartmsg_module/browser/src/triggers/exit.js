import { createAlarm, listen } from '../border.js';

const DEFAULT_SECONDS = 3;
/** The pointer must still be out after this long: a slip over the edge is no farewell. */
const HOLD = 120;
/** Movements and scrolling older than this say nothing about the pointer's leaving. */
const RECENT = 300;
/** The stretch over which the speed is measured, so that one jittery event does not decide. */
const STRETCH = 100;
/** px/ms towards the top. */
const UPWARD = 0.1;
/**
 * Their pop-ups and own documents take the pointer away without it leaving the window. A text field has suggestions only
 * while it is focused; else the search field at the top of many shops would keep the way out closed.
 */
const POPUPS = 'select,option,iframe,input:focus,textarea:focus';

/** The mouse leaves the window through its top, on its way to the tabs, the address bar or the back button. */
export function exit(seconds = DEFAULT_SECONDS, fire, signal) {
  const armedAt = performance.now() + seconds * 1000;
  const alarm = createAlarm(signal);
  const pointer = trackPointer(signal);
  let scrolledAt = Number.NEGATIVE_INFINITY;

  listen(
    window,
    'scroll wheel',
    (event) => {
      // An element that scrolls by itself (a carousel) is no sign of the visitor.
      if (event.type === 'wheel' || event.target === document) scrolledAt = performance.now();
    },
    signal,
  );
  listen(
    document,
    'mouseout',
    (event) => {
      const now = performance.now();
      if (
        event.isTrusted &&
        !event.relatedTarget &&
        event.buttons === 0 &&
        event.clientY <= 0 &&
        now >= armedAt &&
        now - scrolledAt > RECENT &&
        pointer.movesUp(now) &&
        !event.target.closest?.(POPUPS)
      ) {
        alarm.set(HOLD, fire);
      }
    },
    signal,
  );
  listen(document, 'mouseover', alarm.clear, signal);
  listen(window, 'blur', (event) => event.target === window && alarm.clear(), signal);
}

function trackPointer(signal) {
  let trail = [];
  let speed = 0;

  listen(
    window,
    'pointermove',
    ({ pointerType, clientY, timeStamp }) => {
      // A finger or a pen lifts off; only a mouse leaves.
      if (pointerType !== 'mouse') {
        trail = [];
        return;
      }
      const recent = trail.filter((point) => timeStamp - point.timeStamp <= STRETCH);
      const from = recent[0] ?? trail.at(-1);
      speed = from ? (from.clientY - clientY) / Math.max(1, timeStamp - from.timeStamp) : 0;
      trail = [...recent, { clientY, timeStamp }];
    },
    signal,
  );

  return {
    movesUp: (now) => trail.length > 0 && now - trail.at(-1).timeStamp < RECENT && speed >= UPWARD,
  };
}
