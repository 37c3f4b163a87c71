import { watch } from './moment.js';

/** A name is a few words; more is an essay, less a slip. */
const WORDS = /^.{3,200}$/s;
const FIELDS = 'input,textarea,[contenteditable]';

/** The visitor has copied some words of the page, not of a field: of what `select` matches, or of anything. */
export const copy = ({ select = '*' }, moment, isTime) => {
  watch('copy', (event) => {
    if (
      isTime() &&
      WORDS.test(`${getSelection()}`.trim()) &&
      event.target.closest?.(select) &&
      !event.target.closest(FIELDS)
    )
      moment();
  });
};
