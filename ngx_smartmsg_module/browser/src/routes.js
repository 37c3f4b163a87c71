import { createAlarm, listen } from './border.js';

/** ms: routers change the address in several steps, and sliders of a shop's filters many times. */
const PAUSE = 200;
/** ms between two looks at the address, where nobody tells of its changes. */
const REST = 1000;

/**
 * Calls `changed(from)` when the page has got another path or query without being loaded; `from` is the address before. The
 * shop's functions are not touched: browsers that know the Navigation API tell of every change, in others we look at the
 * address all the time.
 */
export const watchRoutes = (changed) => {
  const alarm = createAlarm();
  let from = location.href;

  const pageOf = (href) => href.split('#')[0];

  const look = () => {
    const before = from;
    from = location.href;
    if (pageOf(before) !== pageOf(from)) changed(before);
  };

  // An element of that name is something else.
  if (window.navigation?.currentEntry) listen(navigation, 'currententrychange', () => alarm(PAUSE, look));
  else setInterval(look, REST);
};
