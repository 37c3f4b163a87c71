import { on } from '../bus.js';
import { createMoment, LASTING } from './moment.js';

/** What has happened on this page view: the runtime may have come later than the shop's event. */
const past = new Set();
on('event', (name) => past.add(name));
on('abort', () => past.clear());

/** The shop has told of an event of that name, `after` seconds ago. */
export function event({ after, name }, fire, signal) {
  const moment = createMoment(fire, signal, LASTING);
  on('event', (other) => other === name && moment(after), signal);
  if (past.has(name)) moment(after);
}
