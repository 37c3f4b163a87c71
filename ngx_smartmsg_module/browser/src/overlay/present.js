import { createBox } from './box.js';
import { runCountdown } from './countdown.js';
import { FLOAT } from './float.js';
import { mount } from './host.js';
import { MODAL } from './modal.js';
import { INLINE, TAB } from './resident.js';

/**
 * A kind of overlay: `tag` of its element, if it is no div; `prepare(box, close, signal, message)` before it is on the
 * page, where `close(true)` declines the message and `signal` aborts when it goes; perhaps `open(box)` and
 * `close(box)` once it is on the page; `stays` if a link in it does not end it; `fold(box)`, see TAB.
 */
const KINDS = { dialog: MODAL, sheet: MODAL, slide: FLOAT, bar: FLOAT, bubble: FLOAT, inline: INLINE, tab: TAB };

/** Browsers without these, which are younger than dialogs, show no messages; everything else works for them. */
export function canPresent() {
  return 'adoptedStyleSheets' in document;
}

/**
 * Brings a message on screen.
 *
 * @param {{as: string, lang: string, at?: string, beside?: string, select?: string, place?: string,
 *   theme?: Object<string, string>, content: DocumentFragment}} message
 * @param {{clicked: (action?: number) => void, answered: (fields: object, consent?: string) => void,
 *   closed: (dismissed: boolean) => void}} told `clicked` for each use of a link or button, with its index if it is one
 *   of the actions; `answered` when its form is sent, with what one agreed to; `closed` once, with whether the visitor
 *   declined
 * @throws {Error} when the kind of overlay is unknown, its place is not there or the browser refuses
 */
export function present(message, told) {
  const kind = KINDS[message.as];
  const life = new AbortController();

  function close(dismissed) {
    if (life.signal.aborted || (kind.stays && !dismissed) || kind.fold?.(box)) return;
    life.abort();
    kind.close?.(box);
    unmount();
    told.closed(dismissed);
  }

  const box = createBox(kind.tag ?? 'div', message, told, close);
  kind.prepare(box, close, life.signal, message);
  runCountdown(box, life.signal);
  const unmount = mount(box, () => kind.open?.(box), message);
}
