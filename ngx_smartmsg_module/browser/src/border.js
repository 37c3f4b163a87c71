/**
 * The border between the runtime and the shop. Whatever goes wrong on our side must never surface in the shop's code,
 * so every entry from outside (listener, timer, wrapped function) passes through here.
 */

/** Returns `fn` made harmless: what it throws is swallowed and the result is undefined. */
export function safely(fn) {
  return (...args) => {
    try {
      return fn(...args);
    } catch {
      return undefined;
    }
  };
}

/**
 * Listens to the space separated event `types` until `signal` aborts (for ever without one). Always in the capture
 * phase, so that a shop that stops propagation does not blind us, and passive unless `options` says otherwise.
 */
export function listen(target, types, handler, signal, options) {
  for (const type of types.split(' ')) {
    target.addEventListener(type, safely(handler), { capture: true, passive: true, signal, ...options });
  }
}

/** Calls `fn` once the page has loaded, which may be long ago, unless `signal` aborts before. */
export function afterLoad(fn, signal) {
  if (document.readyState === 'complete') safely(fn)();
  else listen(window, 'load', fn, signal, { once: true });
}

/** ms after which what came late is looked for once more. */
const LATE = 3000;

/** Calls `fn` now, and again when other scripts of the page have had their turn: tag managers and banners come late. */
export function inTime(fn) {
  const again = safely(fn);
  again();
  listen(window, 'DOMContentLoaded load', again);
  setTimeout(again, LATE);
}

/**
 * One timer that can be set again and again: `alarm.set(ms, fn)` replaces what was set before, `alarm.clear()` forgets
 * it. It never rings after `signal`, if there is one, has aborted.
 */
export function createAlarm(signal) {
  let timer;
  return {
    set(ms, fn) {
      clearTimeout(timer);
      timer = setTimeout(() => signal?.aborted || safely(fn)(), ms);
    },
    clear() {
      clearTimeout(timer);
    },
  };
}
