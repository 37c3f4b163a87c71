import { createBox } from './box.js';
import { BUBBLE } from './bubble.js';
import { DIALOG } from './dialog.js';
import { mount } from './host.js';

/**
 * A kind of overlay: `tag` of its element; `prepare(box, close, signal)` before it is on the page, where `close(true)`
 * declines the message and `signal` aborts when it goes; `open(box)` and `close(box)` once it is on the page.
 */
const KINDS = { bubble: BUBBLE, dialog: DIALOG };

/** Browsers without these show no messages; everything else works for them. */
export function canPresent() {
  return 'adoptedStyleSheets' in document && 'HTMLDialogElement' in window;
}

/**
 * Brings a message on screen.
 *
 * @param {{as: string, lang: string, content: DocumentFragment}} message
 * @param {{clicked: (action: number) => void, closed: (dismissed: boolean) => void}} told `clicked` for each use of a
 *   link, with its index among the actions; `closed` once, with whether the visitor declined
 * @throws {Error} when the kind of overlay is unknown or the browser refuses
 */
export function present(message, told) {
  const kind = KINDS[message.as];
  const life = new AbortController();

  function close(dismissed) {
    if (life.signal.aborted) return;
    life.abort();
    kind.close(box);
    unmount();
    told.closed(dismissed);
  }

  const box = createBox(kind.tag, message, { clicked: told.clicked, close });
  kind.prepare(box, close, life.signal);
  const unmount = mount(box, () => kind.open(box));
}
