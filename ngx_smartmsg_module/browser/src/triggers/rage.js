import { atEnd } from '../border.js';
import { watch } from './moment.js';

const CLICKS = 3;
/** ms from the first to the last of them. */
const WITHIN = 1000;
/** px around the first. */
const NEAR = 24;

/**
 * The visitor clicks one place again and again, and nothing comes of it: the surroundings stay as they are. Selecting a
 * paragraph takes three clicks, too, but leaves a selection.
 */
export const rage = (_trigger, moment, isTime) => {
  let first = {};
  let count;
  let around;
  let before;
  const observer = new MutationObserver(() => {
    count = -1 / 0;
  });

  const values = () => `${[...around.querySelectorAll('input,select')].map((field) => field.value)}`;

  watch('click', (event) => {
    if (
      !(
        event.timeStamp - first.timeStamp <= WITHIN &&
        Math.hypot(event.clientX - first.clientX, event.clientY - first.clientY) <= NEAR
      )
    ) {
      first = event;
      count = 0;
      around = event.target.parentElement?.parentElement ?? event.target;
      before = values();
      observer.disconnect();
      observer.observe(around, { subtree: true, childList: true, characterData: true, attributes: true });
    }
    if (++count >= CLICKS && isTime() && getSelection().isCollapsed && values() === before) moment();
  });
  atEnd(() => observer.disconnect());
};
