import { now } from '../clock.js';
import { ALWAYS, watchTab } from './moment.js';

/**
 * The page has been on screen for so long, counting only the time in which its tab was visible.
 *
 * @param {{after: number, session?: boolean}} trigger `session`: the time since the session began counts as well
 * @param {{seconds?: number}} message `seconds` of the session had passed when the server sent the page
 */
export const dwell = (trigger, moment, _isTime, message) => {
  let missing = trigger.after - ((trigger.session && message.seconds) || 0);
  let since = now();

  const turn = () => {
    if (document.hidden) missing -= (now() - since) / 1000;
    since = now();
    moment(!document.hidden && missing, ALWAYS);
  };

  watchTab(turn);
  turn();
};
