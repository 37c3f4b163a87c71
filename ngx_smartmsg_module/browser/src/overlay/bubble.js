import { createAlarm, listen } from '../border.js';

/** ms. Screen readers announce what changes in a live region only if they knew the region before. */
const ANNOUNCE = 100;

/** A bubble in the corner that leaves the visitor where they are: it is announced, and takes no focus. */
export const BUBBLE = {
  tag: 'div',

  prepare(box, close, signal) {
    box.setAttribute('role', 'dialog');
    box.setAttribute('popover', 'manual');
    announce(box, signal);
    returnFocus(box, signal);
    // Where the shop uses the key for something of its own, it is not for us.
    const onKey = (event) => event.key === 'Escape' && !event.defaultPrevented && close(true);
    listen(window, 'keydown', onKey, signal, { capture: false });
  },

  open(box) {
    box.showPopover?.();
  },

  close(box) {
    box.hidePopover?.();
  },
};

/** Moves title and text into a live region shortly after it has appeared. */
function announce(box, signal) {
  const region = document.createElement('div');
  region.setAttribute('role', 'status');
  const words = [...box.querySelectorAll('.title,.text')];
  for (const part of words) part.remove();
  box.prepend(region);
  createAlarm(signal).set(ANNOUNCE, () => region.append(...words));
}

/** A visitor who went into the bubble by keyboard finds back to where they came from. */
function returnFocus(box, signal) {
  let origin;
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
