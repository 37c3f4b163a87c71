import { createAlarm, listen, safely } from '../border.js';

/** ms. Screen readers announce what changes in a live region only if they knew the region before. */
const ANNOUNCE = 100;
/** px between a bubble and what it stands beside, and the edge of the window. */
const GAP = 8;

/** A box over the page that leaves the visitor where they are: it is announced, and takes no focus. */
export const FLOAT = {
  prepare(box, close, signal, { beside }) {
    box.setAttribute('role', 'dialog');
    makePopover(box, signal);
    announce(box, signal);
    onEscape(close, signal);
    if (beside) stayBeside(box, beside, signal);
  },

  open(box) {
    box.showPopover?.();
  },

  close(box) {
    box.hidePopover?.();
  },
};

/** Where the shop uses the key for something of its own, it is not for us. */
export function onEscape(close, signal) {
  const onKey = (event) => event.key === 'Escape' && !event.defaultPrevented && close(true);
  listen(window, 'keydown', onKey, signal, { capture: false });
}

/** Moves title and text into a live region shortly after it has appeared. */
function announce(box, signal) {
  const region = document.createElement('div');
  region.setAttribute('role', 'status');
  const words = [...box.querySelectorAll('.title,.text')];
  words[0].before(region);
  for (const part of words) part.remove();
  createAlarm(signal).set(ANNOUNCE, () => region.append(...words));
}

/** A visitor who went into the box by keyboard finds back to where they came from. */
export function makePopover(box, signal) {
  let origin;
  box.setAttribute('popover', 'manual');
  listen(
    box,
    'focusin',
    ({ relatedTarget }) => {
      if (!box.contains(relatedTarget)) origin = relatedTarget;
    },
    signal,
  );
  signal.addEventListener('abort', () => {
    if (box.contains(box.getRootNode().activeElement)) origin?.focus();
  });
}

/** Below the element, else above it, as long as that is on screen; else in the corner, as without it. */
function stayBeside(box, selector, signal) {
  const place = safely(() => {
    const { width, top, bottom, left } = document.querySelector(selector)?.getBoundingClientRect() ?? {};
    const { offsetWidth, offsetHeight } = box;
    const below = bottom + GAP;
    const y = below + offsetHeight > innerHeight ? top - GAP - offsetHeight : below;
    const x = Math.max(GAP, Math.min(left, innerWidth - offsetWidth - GAP));
    const fits = width && y > 0 && bottom > 0 && top < innerHeight;
    box.style.inset = fits ? `${y}px auto auto ${x}px` : '';
  });
  listen(window, 'scroll resize', place, signal);
  new ResizeObserver(place).observe(box);
}
