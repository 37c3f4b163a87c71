import { listen } from '../border.js';
import { focusOn } from './actions.js';
import { FLOAT, makePopover, onEscape } from './float.js';

/** Part of the page: it comes without a word, and stays. */
export const INLINE = {
  stays: true,

  prepare(box) {
    box.setAttribute('role', 'region');
  },
};

/** A tab at the edge of the window that opens when it is wanted, and closes to a tab again. */
export const TAB = {
  ...FLOAT,

  prepare(box, close, signal) {
    box.setAttribute('role', 'region');
    makePopover(box, signal);
    onEscape(() => box.matches('.wide') && close(true), signal);
    listen(box.firstChild, 'click', () => {
      box.classList.add('wide');
      focusOn(box.querySelector('.title'));
    });
  },

  /** @returns {boolean} whether it was open and is a tab now; else it can go */
  fold({ classList, firstChild }) {
    const open = classList.contains('wide');
    classList.remove('wide');
    if (open) firstChild.focus();
    return open;
  },
};
