import { listen, safely } from '../border.js';
import { shopLook } from './look.js';

const TITLE = 'title';
const TEXT = 'text';

/**
 * Builds the element of an overlay from the server's HTML. Nodes are only created and cloned, which every CSP and every
 * Trusted Types policy allows.
 */
export function createBox(tag, { as, lang, content }, { clicked, close }) {
  const box = document.createElement(tag);
  const { font, dark } = shopLook();
  box.className = `message ${as}${dark ? ' dark' : ''}`;
  box.style.fontFamily = font;
  if (lang) box.lang = lang;
  box.dir = 'auto';
  box.append(document.importNode(content, true));
  name(box, `.${TITLE}`, TITLE, 'aria-labelledby');
  name(box, `.${TEXT}`, TEXT, 'aria-describedby');
  listen(box, 'click auxclick', (event) => onClick(event, box, clicked, close));
  return box;
}

function name(box, selector, id, relation) {
  const part = box.querySelector(selector);
  if (!part) return;
  part.id = id;
  box.setAttribute(relation, id);
}

/**
 * A link does what links do: it is reported, never stopped or replaced. The box goes after the browser has followed it,
 * since tel: and mailto: leave the visitor on the page.
 */
function onClick(event, box, clicked, close) {
  const control = event.target.closest('a,button');
  if (!control) return;
  if (control.matches('[data-close]')) {
    if (event.type === 'click') close(true);
    return;
  }
  if (event.type === 'auxclick' && event.button !== 1) return;
  clicked([...box.querySelectorAll('.action')].indexOf(control));
  setTimeout(safely(() => close(false)));
}
