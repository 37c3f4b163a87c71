import { listen } from './border.js';

/** A modal dialog, also as a sheet: top layer, inert page, Esc and the return of the focus are the browser's own. */
export const makeModal = (box, close) => {
  let pressedOutside;

  const isOutside = (event) => {
    const { top, right, bottom, left } = box.getBoundingClientRect();
    return (
      event.target === box &&
      (event.clientX < left || event.clientX > right || event.clientY < top || event.clientY > bottom)
    );
  };

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
};
