import { on } from '../bus.js';

/** What has happened on this page view: the runtime may have come later than the shop's event. */
const past = new Set();
on('event', (name) => past.add(name));
on('left', () => past.clear());

/** The shop has told of an event of that name, `after` seconds ago. */
export const event = ({ after, name }, moment) => {
  on('event', (other) => other === name && moment(after));
  if (past.has(name)) moment(after);
};
