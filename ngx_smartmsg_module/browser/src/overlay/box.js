import { listen, safely } from '../border.js';
import { callShop, copyCode, sendForm } from './actions.js';
import { shopLook } from './look.js';

const RELATIONS = { title: 'labelled', text: 'described' };

/**
 * Builds the element of an overlay from the server's HTML. Nodes are only created and cloned, which every CSP and every
 * Trusted Types policy allows.
 */
export function createBox(tag, { as, at, lang, theme, content }, told, close) {
  const box = document.createElement(tag);
  const { font, dark } = shopLook();
  box.className = `message ${as} ${at ?? ''}${dark ? ' dark' : ''}`;
  for (const [name, value] of Object.entries({ font, ...theme })) box.style.setProperty(`--${name}`, value);
  if (lang) box.lang = lang;
  box.dir = 'auto';
  box.append(document.importNode(content, true));
  for (const [part, relation] of Object.entries(RELATIONS)) {
    const element = box.querySelector(`.${part}`);
    if (!element) continue;
    element.id = part;
    box.setAttribute(`aria-${relation}by`, part);
  }
  listen(box, 'click auxclick', (event) => onClick(event, box, told, close));
  listen(box, 'keydown', ({ key, target }) => key === 'Enter' && target.matches('.field input') && sendForm(box, told));
  return box;
}

/**
 * A link does what links do: it is reported, never stopped or replaced. The box goes after the browser has followed it,
 * since tel: and mailto: leave the visitor on the page.
 */
function onClick({ type, target, button }, box, told, close) {
  const control = target.closest('a,button');
  if (!control || control.matches('.open,.stop,.consent a') || (type === 'auxclick' && (button !== 1 || !control.href)))
    return;
  if (control.matches('.send')) {
    sendForm(box, told);
  } else if (control.matches('[data-close]')) {
    close(true);
  } else {
    const place = [...box.querySelectorAll('.action')].indexOf(control);
    told.clicked(place < 0 ? undefined : place);
    if (control.href) setTimeout(safely(close));
    else (control.dataset.call ? callShop : copyCode)(box, control);
  }
}
