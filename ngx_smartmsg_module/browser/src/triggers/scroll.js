import { watchScrolling } from './hand.js';

/**
 * The visitor has scrolled to `depth` percent of the page: its part that is or was on screen. Upwards: has been there,
 * and then scrolled back by half a window.
 */
export const scroll = (trigger, moment, isTime) => {
  let deepest = -1;

  watchScrolling(
    () => {
      if (!isTime()) return;
      const isDeep = (scrollY + innerHeight) * 100 >= (trigger.depth ?? 50) * document.documentElement.scrollHeight;
      if (isDeep) deepest = Math.max(deepest, scrollY);
      if (trigger.direction === 'up' ? deepest - scrollY >= innerHeight / 2 : isDeep) moment();
    },
    () => {
      deepest = -1;
    },
  );
};
