import { safely } from '../border.js';
import css from './overlay.css';

/** A shop that removes the host again and again gets its way. */
const MAX_RETURNS = 3;

let root;

/** The open shadow root that holds the overlays, with the style sheet that every page's CSP allows. */
function shadowRoot() {
  if (root) return root;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root = document.createElement('smart-message').attachShadow({ mode: 'open' });
  root.adoptedStyleSheets = [sheet];
  return root;
}

/**
 * Puts `box` on the page and calls `open` to bring it into view. A framework that replaces the whole document takes the
 * host along; it is then put back and opened again.
 *
 * @returns {() => void} takes the box and the host off the page again
 */
export function mount(box, open) {
  const shadow = shadowRoot();
  const { host } = shadow;
  let returns = 0;

  const observer = new MutationObserver(
    safely(() => {
      if (host.isConnected) return;
      if (returns++ < MAX_RETURNS) attach();
      else observer.disconnect();
    }),
  );

  function attach() {
    document.documentElement.append(host);
    observer.observe(document, { childList: true });
    observer.observe(document.documentElement, { childList: true });
    open();
  }

  shadow.replaceChildren(box);
  attach();
  return () => {
    observer.disconnect();
    host.remove();
  };
}
