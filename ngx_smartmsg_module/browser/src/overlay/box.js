import { callShop, copyCode, sendForm } from './actions.js';
import { listen, safely } from './border.js';
import { isLight } from './look.js';
import { unfold } from './tab.js';

/** What the words of a message are for its box. */
const RELATIONS = { title: 'aria-labelledby', text: 'aria-describedby' };

/**
 * Builds the element of an overlay from the server's HTML. Nodes are only created and cloned, which every CSP and every
 * Trusted Types policy allows. The box lives outside the shop's tree and inherits nothing, so the few things that make it
 * look at home are read from the page.
 */
export const createBox = ({ as, at, lang, theme, content }, told, close) => {
  const box = document.createElement(/dialog|sheet/.test(as) ? 'dialog' : 'div');
  const { fontFamily: font, color } = getComputedStyle(document.body);
  box.className = `message ${as} ${at ?? ''} ${isLight(color) ? 'dark' : ''}`;
  for (const [name, value] of Object.entries({ font, ...theme })) box.style.setProperty(`--${name}`, value);
  if (lang) box.lang = lang;
  box.dir = 'auto';
  box.setAttribute('role', /inline|tab/.test(as) ? 'region' : 'dialog');
  box.append(content.cloneNode(true));
  for (const part of box.querySelectorAll('.title,.text')) {
    part.id = part.className;
    box.setAttribute(RELATIONS[part.id], part.id);
  }
  listen(box, 'click auxclick', (event) => onClick(event, box, told, close));
  listen(box, 'keydown', ({ key, target }) => key === 'Enter' && target.matches('.field input') && sendForm(box, told));
  return box;
};

/**
 * A link does what links do: it is reported, never stopped or replaced. The box goes after the browser has followed it,
 * since tel: and mailto: leave the visitor on the page.
 */
const onClick = ({ target, button }, box, told, close) => {
  const control = target.closest('a,button');
  // The middle button opens links; all else is nothing that it does.
  if (!control || control.matches('.stop,.consent a') || button > 1 || (button && !control.href)) return;
  if (control.matches('.open')) {
    unfold(box);
  } else if (control.matches('.send')) {
    sendForm(box, told);
  } else if (control.matches('[data-close]')) {
    close(true);
  } else {
    const place = [...box.querySelectorAll('.action')].indexOf(control);
    told.clicked(place < 0 ? undefined : place);
    if (control.href) setTimeout(safely(close));
    else (control.dataset.call ? callShop : copyCode)(box, control);
  }
};
