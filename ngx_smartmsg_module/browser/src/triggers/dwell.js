import { createMoment, watchTab } from './moment.js';

/**
 * The page has been on screen for so long, counting only the time in which its tab was visible.
 *
 * @param {{after?: number, session?: boolean}} trigger `session`: the time since the session began counts as well
 * @param {{seconds?: number}} message `seconds` of the session had passed when the server sent the page
 */
export function dwell({ after = 30, session }, fire, signal, { seconds = 0 }) {
  const moment = createMoment(fire, signal);
  let missing = session ? after - seconds : after;
  let since;

  function turn() {
    if (document.hidden) {
      missing -= (performance.now() - since) / 1000;
      moment(-1);
    } else {
      since = performance.now();
      moment(Math.max(0, missing));
    }
  }

  since = performance.now();
  watchTab(turn, signal);
  turn();
}
