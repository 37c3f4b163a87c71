import { createMoment, LASTING, watch } from './moment.js';

/** The visitor has clicked something that `select` matches, `after` seconds ago. */
export function click({ after, select }, fire, signal) {
  const moment = createMoment(fire, signal, LASTING);
  watch('click', (event) => event.composedPath().some((node) => node.matches?.(select)) && moment(after), signal);
}
