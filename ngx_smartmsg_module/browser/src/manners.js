import { listen, safely } from './border.js';
import { now } from './clock.js';
import { page } from './consent.js';

/** A visitor who pressed a key in a field this recently is still writing. */
const TYPING = 5000;
/** A page whose resources hang must not keep messages away for ever. */
const PATIENCE = 10000;
/** They cover the page. */
const COVERS = /dialog|sheet/;
/** `:is()` forgives: browsers without `:modal` read the rest of the list. */
const MODALS = ':is(:modal,[aria-modal=true])';
const FIELDS = 'input,textarea,select';
/** What happens inside a frame is not seen from here, so a focused one counts as being typed in. */
const FRAMES = 'iframe,frame,object,embed';

let typedAt;

/** Starts to remember when the visitor last typed into a field of the shop. */
export const watchTyping = () => {
  listen(window, 'keydown input', (event) => {
    if (isEditable(event.composedPath()[0])) typedAt = now();
  });
};

/** Whether a message is not out of place: search engines punish a page that covers itself when a phone comes from them. */
export const isInPlace = (message) => {
  return !(page.search && COVERS.test(message.as) && isTouched());
};

/** Whether the visitor uses a finger. */
export const isTouched = () => {
  return matchMedia('(pointer:coarse)').matches;
};

/** Whether a message may open now. */
export const mayInterrupt = () => {
  return !document.hidden && !document.fullscreenElement && isSettled() && !isTyping() && !hasModal();
};

/** While the shop's framework takes over the document, a foreign element under html can break it. */
const isSettled = () => {
  return document.readyState === 'complete' || (document.readyState !== 'loading' && now() > PATIENCE);
};

const isTyping = safely(() => {
  let focused = document.activeElement;
  while (focused.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  return focused.matches(FRAMES) || (isEditable(focused) && now() - typedAt < TYPING);
});

const isEditable = (node) => {
  return node.isContentEditable || node.matches(FIELDS);
};

const hasModal = () => {
  return [...document.querySelectorAll(MODALS)].some(isOnScreen);
};

/**
 * Shops leave closed modals in the page in every way there is: not displayed, invisible, transparent, hidden from
 * assistive technology, or parked outside the window. A wrapper without a size is judged by its style alone, because
 * its children may be fixed.
 */
const isOnScreen = (element) => {
  if (element.closest('[aria-hidden=true],[inert]') || !isRendered(element)) return false;
  const box = element.getBoundingClientRect();
  return (
    !(box.width * box.height) || (box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth)
  );
};

const isRendered = (element) => {
  return (
    element.checkVisibility?.({ checkOpacity: true, checkVisibilityCSS: true, contentVisibilityAuto: true }) ??
    (element.getClientRects()[0] && getComputedStyle(element).visibility === 'visible')
  );
};
