/**
 * The border between the runtime and the shop. Whatever goes wrong on our side must never surface in the shop's code,
 * so every entry from outside (listener, timer, wrapped function) passes through here.
 */

/** Returns `fn` made harmless: what it throws is swallowed and the result is undefined. */
export const safely = (fn) => {
  return (...args) => {
    try {
      return fn(...args);
    } catch {}
  };
};

let life;

/**
 * Gives `owner` a new `life`, a controller: what `fn` begins at once (listeners, alarms, whatever `atEnd()` is told) ends
 * when that aborts.
 */
export const during = (owner, fn) => {
  owner.life = new AbortController();
  life = owner.life.signal;
  safely(fn)();
  life = undefined;
};

/** Calls `fn` when the life has ended that is beginning now. */
export const atEnd = (fn) => {
  life.addEventListener('abort', fn);
};

/**
 * Listens to the space separated event `types`, for ever if not `during()` a life. Always in the capture phase, so that a
 * shop that stops propagation does not blind us, and passive unless `options` says otherwise.
 */
export const listen = (target, types, handler, options) => {
  for (const type of types.split(' ')) {
    target.addEventListener(type, safely(handler), { capture: true, passive: true, signal: life, ...options });
  }
};

/** Calls `fn` once the page has loaded, which may be long ago. */
export const afterLoad = (fn) => {
  if (document.readyState === 'complete') safely(fn)();
  else listen(window, 'load', fn);
};

/** ms after which what came late is looked for once more. */
const LATE = 3000;

/** Calls `fn` now, and again when other scripts of the page have had their turn: tag managers and banners come late. */
export const inTime = (fn) => {
  const again = safely(fn);
  again();
  listen(window, 'load', again);
  setTimeout(again, LATE);
};

/**
 * One timer that can be set again and again: `alarm(ms, fn)` replaces what was set before, `alarm()` forgets it. It never
 * rings after its life.
 */
export const createAlarm = () => {
  const signal = life;
  let timer;
  return (ms, fn) => {
    clearTimeout(timer);
    timer = fn && setTimeout(() => signal?.aborted || safely(fn)(), ms);
  };
};
