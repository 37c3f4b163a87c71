import { watchScrolling } from './hand.js';
import { createMoment, createStart, LASTING } from './moment.js';

/**
 * The visitor has scrolled to `depth` percent of the page: its part that is or was on screen. Upwards: has been there,
 * and then scrolled back by half a window.
 */
export function scroll({ after = 0, depth = 50, direction }, fire, signal) {
  const isTime = createStart(after);
  const moment = createMoment(fire, signal, LASTING);
  let deepest = -1;

  watchScrolling(
    () => {
      if (!isTime()) return;
      const isDeep = (scrollY + innerHeight) * 100 >= depth * document.documentElement.scrollHeight;
      if (isDeep) deepest = Math.max(deepest, scrollY);
      if (direction === 'up' ? deepest - scrollY >= innerHeight / 2 : isDeep) moment();
    },
    () => {
      deepest = -1;
    },
    signal,
  );
}
