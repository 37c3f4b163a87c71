import { listen } from '../border.js';
import { now } from '../clock.js';
import { isTouched } from '../manners.js';
import { watchScrolling } from './hand.js';
import { watchTab } from './moment.js';

/** Seconds after which the pointer must still be out: a slip over the edge is no farewell. */
const HOLD = 0.12;
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
export const exit = (_trigger, moment, isTime) => {
  const offer = (seconds) => isTime() && moment(seconds, 0);
  watchMouse(offer, () => moment(false));
  watchFlick(offer);
  watchReturn(offer);
};

const watchMouse = (offer, forget) => {
  const trail = [];
  let scrolledAt;

  listen(window, 'pointermove', (event) => {
    trail.push(event);
    while (trail[2] && event.timeStamp - trail[0].timeStamp > STRETCH) trail.shift();
    // A finger or a pen lifts off; only a mouse leaves.
    if (event.pointerType !== 'mouse') trail.length = 0;
  });
  listen(window, 'scroll wheel', (event) => {
    // An element that scrolls by itself (a carousel) is no sign of the visitor.
    if (event.type === 'wheel' || event.target === document) scrolledAt = now();
  });
  listen(document, 'mouseout', (event) => {
    const time = now();
    // The speed upwards is measured from the first point that the mouse has passed in the last STRETCH ms.
    const [from, next] = trail;
    const last = trail.at(-1);
    if (
      event.isTrusted &&
      !event.relatedTarget &&
      !event.buttons &&
      event.clientY <= 0 &&
      !(time - scrolledAt <= RECENT) &&
      next &&
      time - last.timeStamp < RECENT &&
      from.clientY - last.clientY > UPWARD * (last.timeStamp - from.timeStamp) &&
      !event.target.closest?.(POPUPS)
    ) {
      offer(HOLD);
    }
  });
  listen(document, 'mouseover', forget);
  listen(window, 'blur', (event) => event.target === window && forget());
};

/** Only from beyond the first window: what is read first is not left yet. */
const watchFlick = (offer) => {
  let from = 0;
  let at;

  watchScrolling(
    (finger) => {
      const time = now();
      if (scrollY >= from || (from - scrollY) / (time - at) < FLICK) {
        // Slower than a flick, downwards, or over: measured from here.
        from = scrollY;
        at = time;
      } else if (finger && from >= innerHeight && from - scrollY >= THROW) {
        offer();
      }
    },
    () => {
      from = 0;
    },
  );
};

const watchReturn = (offer) => {
  let leftAt;
  watchTab(() => {
    if (document.hidden) leftAt = now();
    else if (now() - leftAt >= AWAY && isTouched()) offer();
  });
};
