import { inTime, safely } from './border.js';
import { emit } from './bus.js';
import { toEvent } from './ga4.js';

/** Names of Google Analytics 4 for what becomes of a message. */

/** Our own entries are no news to us. */
const own = new WeakSet();

/**
 * Tells the shop's analytics what has become of a message. That is asked for, so the layer is made if it is missing. What
 * the shop has said of goods before is taken back first: analytics would add it to ours.
 *
 * @param {{event: string, rule: string, variation?: string}} event as it is reported; others are passed over
 */
export const tellDataLayer = (event) => {
  const name = { impression: 'view_promotion', click: 'select_promotion' }[event.event];
  if (!name) return;
  const entries = [
    { ecommerce: null },
    { event: name, ecommerce: { promotion_id: event.rule, creative_name: event.variation } },
  ];
  for (const entry of entries) own.add(entry);
  // biome-ignore lint/suspicious/noAssignInExpressions: smaller
  (window.dataLayer ??= []).push(...entries);
};

/**
 * Reads what the shop tells its own analytics in `window.dataLayer`: what is there already, and what is pushed later.
 * The layer belongs to the shop: here it is never created, and a push goes to the original first.
 *
 * @param {(event: object) => void} report receives cart and order events for the endpoint
 */
export const watchDataLayer = (report) => {
  const read = new WeakSet();
  const wrapped = new WeakSet();

  // An entry is an object, or the arguments of `gtag()`: anything else throws.
  const take = safely((entry) => {
    if (own.has(entry)) return;
    read.add(entry);
    const [name, data] = entry[0] === 'event' ? [entry[1], entry[2]] : [entry.event, entry.ecommerce];
    if (typeof name === 'string') emit('event', name);
    if (entry[0] === 'consent') emit('mode', entry);
    const event = toEvent(name, data);
    if (event) report(event);
  });

  // Shops and tag managers replace the layer or its push as they like; whoever comes back later finds only the entries
  // that have not been read yet. What is no list has no filter().
  const attach = () => {
    const layer = window.dataLayer;
    layer.filter((entry) => !read.has(entry)).forEach(take);
    if (!wrapped.has(layer)) wrap(layer);
  };

  const wrap = (layer) => {
    wrapped.add(layer);
    const push = layer.push;
    layer.push = function (...entries) {
      const result = push.apply(this, entries);
      entries.forEach(take);
      return result;
    };
  };

  inTime(attach);
};
