import { safely } from './border.js';
import css from './overlay.css';

/** A shop that removes the host again and again gets its way. */
const MAX_RETURNS = 3;

/**
 * The one kind of style sheet that every page's CSP allows. Where browsers do not know it this file cannot be loaded, so
 * that no messages are shown; everything else works for them.
 */
const sheet = new CSSStyleSheet();
sheet.replaceSync(css);

/**
 * Puts `box` on the page and calls `open`, if there is such a thing, to bring it into view: over the page, or at its `place`
 * ("before", "after", "prepend", "append") of the first element that `select` finds. A framework that replaces that part of
 * the document takes the host along; it is then put back and opened again.
 *
 * @returns {() => void} takes the box and the host off the page again
 * @throws {Error} when there is no such element
 */
export const mount = (box, open, { select, place = 'append' }) => {
  const host = document.createElement('smart-message');
  const root = host.attachShadow({ mode: 'open' });
  root.adoptedStyleSheets = [sheet];
  root.append(box);
  let times = 0;

  const observer = new MutationObserver(safely(() => host.isConnected || times > MAX_RETURNS || attach()));

  /** Throws as long as there is no such element. */
  const attach = () => {
    document.querySelector(select || 'html')[place](host);
    times += 1;
    for (const node of [document, document.documentElement]) {
      observer.observe(node, { childList: true, subtree: !!select });
    }
    open?.();
  };

  attach();
  return () => {
    observer.disconnect();
    host.remove();
  };
};
