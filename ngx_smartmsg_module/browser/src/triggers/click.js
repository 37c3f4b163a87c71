import { watch } from './moment.js';

/** The visitor has clicked something that `select` matches, `after` seconds ago. */
export const click = ({ after, select }, moment) => {
  watch('click', (event) => event.composedPath().some((node) => node.matches?.(select)) && moment(after));
};
