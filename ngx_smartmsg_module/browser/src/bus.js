import { listen } from './border.js';

/**
 * How the parts of the runtime hear of each other without knowing each other. What goes over it:
 *
 * - `event`, a name: the shop has pushed it to its dataLayer or told us of it itself
 * - `mode`, the arguments of `gtag('consent', ...)`: the page's banner has set Google's Consent Mode
 * - `report`, an event for the endpoint, as it was queued
 * - `ready`: the messages of a page view are armed
 * - `show`, {rule, shown}: whoever has a message of that rule shows it now if it may, and sets `shown` to a promise of that
 * - `consent`, a boolean: the visitor has given or withdrawn it, as the shop's page says
 * - `granted`: the endpoint knows that the visitor has given consent
 * - `disarm`: no message waits any more
 * - `left`: the page view has ended
 */
const bus = new EventTarget();

/** Calls `fn(data)` for everything that is emitted as `name` from now on. */
export const on = (name, fn) => {
  listen(bus, name, ({ detail }) => fn(detail));
};

export const emit = (name, detail) => {
  bus.dispatchEvent(new CustomEvent(name, { detail }));
};
