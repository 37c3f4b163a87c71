import { listen } from './border.js';

/** A modal dialog, also as a sheet: top layer, inert page, Esc and the return of the focus are the browser's own. */
export function makeModal(box, close) {
  let pressedOutside;

  function isOutside({ target, clientX, clientY }) {
    const { top, right, bottom, left } = box.getBoundingClientRect();
    return target === box && (clientX < left || clientX > right || clientY < top || clientY > bottom);
  }

  listen(box, 'close', () => close(true));
  // Dragging a selection out of the box ends with a click outside, too.
  listen(box, 'pointerdown click', (event) => {
    const outside = isOutside(event);
    if (outside && pressedOutside && event.type === 'click') close(true);
    pressedOutside = outside;
  });

  return () => {
    // Not the first link: a visitor who was just pressing Enter has not chosen anything.
    const title = box.querySelector('.title');
    title.tabIndex = -1;
    title.autofocus = true;
    box.open = false;
    box.showModal();
  };
}
