import { listen } from '../border.js';
import { now } from '../clock.js';
import { watch } from './moment.js';

/** ms for which a page goes on scrolling after a turn of the wheel. */
const AFTERWARDS = 500;
/** ms between two events of one movement, as long as it lasts by itself. */
const GAP = 200;
const KEYS = /^(Page|Arrow)(Up|Down)$|^( |Home|End)$/;

/**
 * Tells scrolling by hand (wheel, finger, key, scroll bar) from scrolling by a script, a link, or the browser that comes
 * back to a page.
 *
 * @param {(finger: boolean) => void} moved called while the visitor scrolls the page; `finger` tells whether by touch
 * @param {() => void} jumped called while something else does
 */
export const watchScrolling = (moved, jumped) => {
  let until = 0;
  let finger;

  watch('wheel touchmove keydown pointerdown pointermove', (event) => {
    if (event.type === 'pointermove') {
      if (until === 1 / 0 && !event.buttons) until = 0;
    } else if (event.type === 'pointerdown') {
      // Beside the page there is only its scroll bar, which can be held for any time. A press elsewhere ends what the
      // wheel has begun: what moves now is the shop's button or link.
      const { clientWidth, clientLeft } = document.documentElement;
      until = event.clientX >= clientLeft && event.clientX < clientLeft + clientWidth ? 0 : 1 / 0;
    } else if (event.touches ? !event.touches[1] : event.key ? KEYS.test(event.key) : !event.ctrlKey) {
      // Two fingers zoom, and so does the wheel with the control key.
      finger = !!event.touches;
      until = now() + AFTERWARDS;
    }
  });
  listen(window, 'scroll', ({ target }) => {
    const time = now();
    if (target !== document) return;
    if (time < until) {
      until = Math.max(until, time + GAP);
      moved(finger);
    } else {
      jumped();
    }
  });
};
