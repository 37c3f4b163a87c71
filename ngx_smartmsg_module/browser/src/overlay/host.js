import { safely } from '../border.js';
import css from './overlay.css';

/** A shop that removes the host again and again gets its way. */
const MAX_RETURNS = 3;

let sheet;

/** An element with an open shadow root, with the style sheet that every page's CSP allows. */
function createHost(box) {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  const host = document.createElement('smart-message');
  const root = host.attachShadow({ mode: 'open' });
  root.adoptedStyleSheets = [sheet];
  root.append(box);
  return host;
}

/**
 * Puts `box` on the page and calls `open` to bring it into view: over the page, or at its `place` ("before", "after",
 * "prepend", "append") of the first element that `select` finds. A framework that replaces that part of the document
 * takes the host along; it is then put back and opened again.
 *
 * @returns {() => void} takes the box and the host off the page again
 * @throws {Error} when there is no such element
 */
export function mount(box, open, { select, place = 'append' }) {
  const host = createHost(box);
  const find = () => (select ? document.querySelector(select) : document.documentElement);
  let returns = 0;

  const observer = new MutationObserver(
    safely(() => {
      if (host.isConnected || !find()) return;
      if (returns++ < MAX_RETURNS) attach();
      else observer.disconnect();
    }),
  );

  function attach() {
    find()[place](host);
    observer.observe(document, { childList: true, subtree: !!select });
    observer.observe(document.documentElement, { childList: true, subtree: !!select });
    open();
  }

  attach();
  return () => {
    observer.disconnect();
    host.remove();
  };
}
