import { listen } from './border.js';

/** A visitor who pressed a key in a field this recently is still writing. */
const TYPING = 5000;
/** A page whose resources hang must not keep messages away for ever. */
const PATIENCE = 10000;
/** They cover the page. */
const COVERS = /^(dialog|sheet)$/;
/** `:is()` forgives: browsers without `:modal` read the rest of the list. */
const MODALS = ':is(:modal,[aria-modal="true"])';
const FIELDS = 'input,textarea,select';
/** What happens inside a frame is not seen from here, so a focused one counts as being typed in. */
const FRAMES = 'iframe,frame,object,embed';

let typedAt = Number.NEGATIVE_INFINITY;

/** Starts to remember when the visitor last typed into a field of the shop. */
export function watchTyping() {
  listen(window, 'keydown input', (event) => {
    if (isEditable(event.composedPath()[0])) typedAt = performance.now();
  });
}

/**
 * The messages that are not out of place: search engines punish a page that covers itself when a phone comes from them.
 *
 * @param {{messages: Array<{as: string}>, search?: number}} found
 */
export function inPlace({ messages, search }) {
  return search && matchMedia('(pointer:coarse)').matches ? messages.filter(({ as }) => !COVERS.test(as)) : messages;
}

/** Whether a message may open now. */
export function mayInterrupt() {
  return !document.hidden && !document.fullscreenElement && isSettled() && !isTyping() && !hasModal();
}

/** While the shop's framework takes over the document, a foreign element under html can break it. */
function isSettled() {
  return document.readyState === 'complete' || (document.readyState !== 'loading' && performance.now() > PATIENCE);
}

function isTyping() {
  const focused = focusedElement();
  if (!focused) return false;
  return focused.matches(FRAMES) || (isEditable(focused) && performance.now() - typedAt < TYPING);
}

function focusedElement() {
  let focused = document.activeElement;
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  return focused;
}

function isEditable(node) {
  return node instanceof HTMLElement && (node.isContentEditable || node.matches(FIELDS));
}

function hasModal() {
  return [...document.querySelectorAll(MODALS)].some(isOnScreen);
}

/**
 * Shops leave closed modals in the page in every way there is: not displayed, invisible, transparent, hidden from
 * assistive technology, or parked outside the window. A wrapper without a size is judged by its style alone, because
 * its children may be fixed.
 */
function isOnScreen(element) {
  if (element.closest('[aria-hidden="true"],[inert]')) return false;
  if (!isRendered(element)) return false;
  const box = element.getBoundingClientRect();
  if (!box.width || !box.height) return true;
  return box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
}

function isRendered(element) {
  if (element.checkVisibility) {
    return element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true });
  }
  return element.getClientRects().length > 0 && getComputedStyle(element).visibility === 'visible';
}
