import { ALWAYS, watch, watchTab } from './moment.js';

/** No sign of the visitor for a while although the page is on screen. Coming back to the tab is a sign, too. */
export const idle = ({ after }, moment) => {
  const start = () => moment(after, ALWAYS);
  let place;

  // Scrolling is left out: carousels do it all day long. Whoever scrolls by hand uses wheel, finger, key or pointer.
  watch('pointermove pointerdown touchmove wheel keydown input', (event) => {
    // The browser repeats the last position when the page moves below a resting mouse.
    const before = place;
    place = `${event.screenX},${event.screenY}`;
    if (event.type !== 'pointermove' || place !== before) start();
  });
  watchTab(start);
  start();
};
