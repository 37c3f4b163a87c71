import { on } from '../bus.js';
import { createMoment, watch, watchTab } from './moment.js';

/**
 * There is something in the cart, and for `after` seconds neither the cart has changed nor has anything been entered
 * into the page.
 *
 * @param {{items?: number}} message `items` were in the cart when the server sent the page
 */
export function cart({ after = 60 }, fire, signal, { items: count = 0 }) {
  const moment = createMoment(fire, signal);
  const wait = () => moment(count > 0 && !document.hidden ? after : -1);

  on(
    'report',
    ({ event, op, items = 1 }) => {
      if (event === 'order') count = 0;
      else if (event !== 'cart') return;
      else if (op === 'set') count = items;
      else count += op === 'add' ? items : -items;
      wait();
    },
    signal,
  );
  watch('input change', wait, signal);
  watchTab(wait, signal);
  wait();
}
