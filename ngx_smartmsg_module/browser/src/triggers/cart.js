import { on } from '../bus.js';
import { ALWAYS, watch, watchTab } from './moment.js';

/**
 * There is something in the cart, and for `after` seconds neither the cart has changed nor has anything been entered
 * into the page.
 *
 * @param {{items?: number}} message `items` were in the cart when the server sent the page
 */
export const cart = ({ after }, moment, _isTime, { items: count = 0 }) => {
  const wait = () => moment(count > 0 && !document.hidden && after, ALWAYS);

  on('report', ({ event, op, items = 1 }) => {
    if (!/cart|order/.test(event)) return;
    count = { set: items, add: count + items, remove: count - items }[op] ?? 0;
    wait();
  });
  watch('input change', wait);
  watchTab(wait);
  wait();
};
