import { atEnd, createAlarm, safely } from '../border.js';
import { ALWAYS, RETRY, watchTab } from './moment.js';

/** Of an element: so much of it, or so much of the window, is in view. */
const SHARE = 0.5;
const STEPS = [0, 0.05, 0.1, 0.25, SHARE];

/** Something that `select` matches has been in view for so long. Elements that come later are found, too. */
export const view = (trigger, moment) => {
  const search = createAlarm();
  const inView = new Set();
  let waiting = false;

  const wait = () => {
    const wanted = inView.size > 0 && !document.hidden;
    if (wanted !== waiting) moment(wanted && trigger.after, ALWAYS);
    waiting = wanted;
  };

  const observer = new IntersectionObserver(
    safely((entries) => {
      for (const entry of entries) {
        const isSeen = entry.intersectionRatio >= SHARE || entry.intersectionRect.height >= innerHeight * SHARE;
        inView[isSeen ? 'add' : 'delete'](entry.target);
      }
      wait();
    }),
    { threshold: STEPS },
  );

  const find = () => {
    search(RETRY, find);
    for (const element of document.querySelectorAll(trigger.select)) observer.observe(element);
  };

  atEnd(() => observer.disconnect());
  watchTab(wait);
  find();
};
