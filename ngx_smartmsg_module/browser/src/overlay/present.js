import { mount } from './host.js';

// It comes first, since the file packs better when the style sheet does not stand amid the script.

import { takeBorder } from './border.js';
import { createBox } from './box.js';
import { runCountdown } from './countdown.js';
import { makeFloat } from './float.js';
import { makeModal } from './modal.js';
import { fold } from './tab.js';

/**
 * What makes a box one of a kind: `(box, close, message)`, before it is on the page, where `close(true)` declines the
 * message. Returns what brings it on screen once it is on the page, if that is not all.
 */
const KINDS = {
  dialog: makeModal,
  sheet: makeModal,
  slide: makeFloat,
  bar: makeFloat,
  bubble: makeFloat,
  tab: makeFloat,
  inline() {},
};

/**
 * Brings a message on screen.
 *
 * @param {{as: string, lang: string, at?: string, beside?: string, select?: string, place?: string,
 *   life: AbortController, theme?: Object<string, string>, content: DocumentFragment}} message during whose `life` this is called
 * @param {{clicked: (action?: number) => void, answered: (fields: object, consent?: string) => void,
 *   closed: (dismissed: boolean) => void}} told `clicked` for each use of a link or button, with its index if it is one
 *   of the actions; `answered` when its form is sent, with what one agreed to; `closed` once, with whether the visitor
 *   declined
 * @param {Function[]} border see takeBorder()
 * @throws {Error} when the kind of overlay is unknown, its place is not there or the browser refuses
 */
export const present = (message, told, border) => {
  const { as, life } = message;
  takeBorder(border);

  /** A link does not end what is part of the page, and a tab closes to a tab first. */
  const close = (dismissed) => {
    if (life.signal.aborted || (as === 'inline' && !dismissed) || fold(box)) return;
    life.abort();
    box.close?.();
    unmount();
    told.closed(dismissed);
  };

  const box = createBox(message, told, close);
  const open = KINDS[as](box, close, message);
  runCountdown(box);
  const unmount = mount(box, open, message);
};
