import { createMoment, createStart, LASTING, watch } from './moment.js';

/** A name is a few words; more is an essay, less a slip. */
const FEWEST = 3;
const MOST = 200;
const FIELDS = 'input,textarea,[contenteditable]';

/** The visitor has copied some words of the page, not of a field: of what `select` matches, or of anything. */
export function copy({ after = 0, select = '*' }, fire, signal) {
  const isTime = createStart(after);
  const moment = createMoment(fire, signal, LASTING);
  watch(
    'copy',
    ({ target }) => {
      const { length } = String(getSelection()).trim();
      if (isTime() && length >= FEWEST && length <= MOST && target.closest?.(select) && !target.closest(FIELDS))
        moment();
    },
    signal,
  );
}
