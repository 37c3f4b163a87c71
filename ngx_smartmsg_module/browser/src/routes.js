import { createAlarm, listen } from './border.js';

/** ms: routers change the address in several steps, and sliders of a shop's filters many times. */
const PAUSE = 200;
/** Turbo, htmx 2 and htmx 4. */
const LIBRARIES = 'turbo:load htmx:pushedIntoHistory htmx:replacedInHistory htmx:after:history:update';

/**
 * Calls `changed(from)` when the page has got another path or query without being loaded; `from` is the address before. The
 * shop's functions are not touched: browsers that know the Navigation API tell of every change, in others we look at the
 * address after whatever may have led to one.
 */
export function watchRoutes(changed) {
  const alarm = createAlarm();
  let from = location.href;

  const pageOf = (href) => href.split('#')[0];

  function look() {
    const before = from;
    if (pageOf(before) === pageOf(location.href)) return;
    from = location.href;
    changed(before);
  }

  const lookSoon = () => alarm.set(PAUSE, look);

  listen(window, 'popstate click', lookSoon);
  listen(document, LIBRARIES, lookSoon);
  if (window.navigation) listen(window.navigation, 'currententrychange', lookSoon);
}
