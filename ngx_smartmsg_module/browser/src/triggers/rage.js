import { createMoment, createStart, LASTING, watch } from './moment.js';

const CLICKS = 3;
/** ms from the first to the last of them. */
const WITHIN = 1000;
/** px around the first. */
const NEAR = 24;

/**
 * The visitor clicks one place again and again, and nothing comes of it: the surroundings stay as they are. Selecting a
 * paragraph takes three clicks, too, but leaves a selection.
 */
export function rage({ after = 0 }, fire, signal) {
  const isTime = createStart(after);
  const moment = createMoment(fire, signal, LASTING);
  let first = { timeStamp: -WITHIN };
  let count;
  let around;
  let before;
  const observer = new MutationObserver(() => {
    count = -1 / 0;
  });

  const values = () => String([...around.querySelectorAll('input,select')].map(({ value }) => value));

  watch(
    'click',
    (event) => {
      const { target, timeStamp, clientX, clientY } = event;
      if (timeStamp - first.timeStamp > WITHIN || Math.hypot(clientX - first.clientX, clientY - first.clientY) > NEAR) {
        first = event;
        count = 0;
        around = target.parentElement?.parentElement ?? target;
        before = values();
        observer.disconnect();
        observer.observe(around, { subtree: true, childList: true, attributes: true, characterData: true });
      }
      if (++count >= CLICKS && isTime() && getSelection().isCollapsed && values() === before) moment();
    },
    signal,
  );
  signal.addEventListener('abort', () => observer.disconnect());
}
