import { createAlarm, safely } from '../border.js';
import { createMoment, RETRY, watchTab } from './moment.js';

/** Of an element: so much of it, or so much of the window, is in view. */
const SHARE = 0.5;
const STEPS = [0, 0.05, 0.1, 0.25, SHARE];

/** Something that `select` matches has been in view for so long. Elements that come later are found, too. */
export function view({ after = 1, select }, fire, signal) {
  const search = createAlarm(signal);
  const moment = createMoment(fire, signal);
  const inView = new Set();
  let waiting = false;

  function wait() {
    const wanted = inView.size > 0 && !document.hidden;
    if (wanted !== waiting) moment(wanted ? after : -1);
    waiting = wanted;
  }

  const observer = new IntersectionObserver(
    safely((entries) => {
      for (const { target, intersectionRatio, intersectionRect } of entries) {
        const isSeen = intersectionRatio >= SHARE || intersectionRect.height >= innerHeight * SHARE;
        inView[isSeen ? 'add' : 'delete'](target);
      }
      wait();
    }),
    { threshold: STEPS },
  );

  function find() {
    search.set(RETRY, find);
    for (const element of document.querySelectorAll(select)) observer.observe(element);
  }

  signal.addEventListener('abort', () => observer.disconnect());
  watchTab(wait, signal);
  find();
}
