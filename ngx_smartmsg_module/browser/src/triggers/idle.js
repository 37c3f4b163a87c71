import { createMoment, watch, watchTab } from './moment.js';

/** No sign of the visitor for a while although the page is on screen. Coming back to the tab is a sign, too. */
export function idle({ after = 30 }, fire, signal) {
  const moment = createMoment(fire, signal);
  const start = () => moment(after);
  let place = '';

  // Scrolling is left out: carousels do it all day long. Whoever scrolls by hand uses wheel, finger, key or pointer.
  watch(
    'pointermove pointerdown touchmove wheel keydown input',
    ({ type, screenX, screenY }) => {
      // The browser repeats the last position when the page moves below a resting mouse.
      const here = `${screenX},${screenY}`;
      if (type !== 'pointermove' || here !== place) start();
      if (type === 'pointermove') place = here;
    },
    signal,
  );
  watchTab(start, signal);
  start();
}
