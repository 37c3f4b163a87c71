import { createAlarm, listen } from '../border.js';
import { watchScrolling } from './hand.js';
import { createStart, watchTab } from './moment.js';

/** The pointer must still be out after this long: a slip over the edge is no farewell. */
const HOLD = 120;
/** Movements and scrolling older than this say nothing about the pointer's leaving. */
const RECENT = 300;
/** The stretch over which the speed is measured, so that one jittery event does not decide. */
const STRETCH = 100;
/** px/ms of a mouse towards the top. */
const UPWARD = 0.1;
/** px/ms and px of a page that a finger throws towards its top, where the browser's bar comes back. */
const FLICK = 1;
const THROW = 150;
/** ms out of sight after which a return to the tab is one. */
const AWAY = 3000;
/**
 * Their pop-ups and own documents take the pointer away without it leaving the window. A text field has suggestions only
 * while it is focused; else the search field at the top of many shops would keep the way out closed.
 */
const POPUPS = 'select,option,iframe,input:focus,textarea:focus';

/**
 * The visitor is about to leave: the mouse leaves the window through its top, on its way to the tabs, the address bar or
 * the back button; on a touch screen, the page is thrown upwards from its depth, or the visitor comes back to the tab.
 */
export function exit({ after = 3 }, fire, signal) {
  const isTime = createStart(after);
  const offer = () => isTime() && fire();
  watchMouse(offer, signal);
  watchFlick(offer, signal);
  watchReturn(offer, signal);
}

function watchMouse(offer, signal) {
  const alarm = createAlarm(signal);
  const movesUp = trackPointer(signal);
  let scrolledAt = -1 / 0;

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
        now - scrolledAt > RECENT &&
        movesUp(now) &&
        !event.target.closest?.(POPUPS)
      ) {
        alarm.set(HOLD, offer);
      }
    },
    signal,
  );
  listen(document, 'mouseover', alarm.clear, signal);
  listen(window, 'blur', (event) => event.target === window && alarm.clear(), signal);
}

/** The speed of the mouse upwards is measured from the first point that it has passed in the last STRETCH ms. */
function trackPointer(signal) {
  let trail = [];

  listen(
    window,
    'pointermove',
    ({ pointerType, clientY, timeStamp }) => {
      // A finger or a pen lifts off; only a mouse leaves.
      const before = trail.at(-1);
      trail = trail.filter((point) => timeStamp - point.timeStamp <= STRETCH);
      if (!trail.length && before) trail = [before];
      trail = pointerType === 'mouse' ? [...trail, { clientY, timeStamp }] : [];
    },
    signal,
  );

  return (now) => {
    const [from] = trail;
    const last = trail.at(-1);
    return (
      trail[1] &&
      now - last.timeStamp < RECENT &&
      (from.clientY - last.clientY) / Math.max(1, last.timeStamp - from.timeStamp) >= UPWARD
    );
  };
}

/** Only from beyond the first window: what is read first is not left yet. */
function watchFlick(offer, signal) {
  let from;
  const rest = () => {
    from = undefined;
  };

  watchScrolling(
    (finger) => {
      const now = performance.now();
      // Slower than a flick, downwards, or over: measured from here.
      if (!from || scrollY >= from.y || (from.y - scrollY) / (now - from.at) < FLICK) from = { y: scrollY, at: now };
      else if (finger && from.y >= innerHeight && from.y - scrollY >= THROW) offer();
    },
    rest,
    signal,
  );
}

function watchReturn(offer, signal) {
  let leftAt = 1 / 0;
  watchTab(() => {
    if (document.hidden) leftAt = performance.now();
    else if (performance.now() - leftAt >= AWAY && matchMedia('(pointer:coarse)').matches) offer();
  }, signal);
}
