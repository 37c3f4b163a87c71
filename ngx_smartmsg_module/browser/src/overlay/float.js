import { createAlarm, listen, safely } from './border.js';

/** ms. Screen readers announce what changes in a live region only if they knew the region before. */
const ANNOUNCE = 100;
/** px between a bubble and what it stands beside, and the edge of the window. */
const GAP = 8;

/** A box over the page that leaves the visitor where they are: it takes no focus. */
export const makeFloat = (box, close, { as, beside }) => {
  box.popover = 'manual';
  giveFocusBack(box);
  // Where the shop uses the key for something of its own, it is not for us.
  const onKey = ({ key, defaultPrevented }) =>
    key === 'Escape' && !defaultPrevented && !box.matches('.tab') && close(true);
  listen(window, 'keydown', onKey, { capture: false });
  if (as !== 'tab') announce(box);
  if (beside) stayBeside(box, beside);
  return () => box.showPopover?.();
};

/** As close() of a dialog does it: who went into the box by keyboard finds back to where they came from. */
const giveFocusBack = (box) => {
  let origin;
  listen(box, 'focusin', ({ relatedTarget }) => {
    if (!box.contains(relatedTarget)) origin = relatedTarget;
  });
  box.close = () => box.matches(':focus-within') && origin?.focus();
};

/** Moves title and text into a live region shortly after it has appeared. */
const announce = (box) => {
  const region = document.createElement('div');
  region.setAttribute('role', 'status');
  box.querySelector('.title').before(region);
  createAlarm()(ANNOUNCE, () => region.append(...box.querySelectorAll('.title,.text')));
};

/** Below the element, else above it, as long as that is on screen; else in the corner, as without it. */
const stayBeside = (box, selector) => {
  const place = safely(() => {
    const { top, bottom, left } = document.querySelector(selector)?.getBoundingClientRect() ?? {};
    const { offsetWidth, offsetHeight } = box;
    const below = bottom + GAP;
    const y = below + offsetHeight > innerHeight ? top - GAP - offsetHeight : below;
    const x = Math.max(GAP, Math.min(left, innerWidth - offsetWidth - GAP));
    box.style.inset = y > 0 && bottom > 0 && top < innerHeight ? `${y}px auto auto ${x}px` : '';
  });
  listen(window, 'scroll resize', place);
  new ResizeObserver(place).observe(box);
};
