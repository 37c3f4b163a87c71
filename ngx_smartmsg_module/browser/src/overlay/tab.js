import { focusOn } from './actions.js';

/** Opens a tab at the edge of the window. */
export const unfold = (box) => {
  box.classList.replace('tab', 'wide');
  focusOn(box.querySelector('.title'));
};

/** @returns {boolean} whether it was an open tab, and is folded now */
export const fold = ({ classList, firstChild }) => {
  const open = classList.replace('wide', 'tab');
  if (open) firstChild.focus();
  return open;
};
