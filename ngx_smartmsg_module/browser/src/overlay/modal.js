import { listen } from '../border.js';

/** A modal dialog, also as a sheet: top layer, inert page, Esc and the return of the focus are the browser's own. */
export const MODAL = {
  tag: 'dialog',

  prepare(box, close) {
    let pressedOutside = false;
    listen(box, 'close', () => close(true));
    listen(box, 'pointerdown', (event) => {
      pressedOutside = isOutside(event, box);
    });
    // Dragging a selection out of the box ends with a click outside, too.
    listen(box, 'click', (event) => {
      if (pressedOutside && isOutside(event, box)) close(true);
    });
  },

  open(box) {
    // Not the first link: a visitor who was just pressing Enter has not chosen anything.
    const title = box.querySelector('.title');
    title.tabIndex = -1;
    title.autofocus = true;
    box.open = false;
    box.showModal();
  },

  close(box) {
    box.close();
  },
};

function isOutside({ target, clientX, clientY }, box) {
  if (target !== box) return false;
  const { top, right, bottom, left } = box.getBoundingClientRect();
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}
