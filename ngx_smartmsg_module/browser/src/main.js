import { listen, safely } from './border.js';
import { watchDataLayer } from './datalayer.js';
import { watchTyping } from './manners.js';
import { takeTemplates } from './messages.js';
import { watchPack } from './pack.js';
import { createReporter } from './report.js';
import { createStage } from './stage.js';

const RUNNING = Symbol.for('smartmsg.runtime');

/** Where events go: beside the script itself, wherever the operator has mounted the endpoint. */
function endpoint() {
  const script = document.currentScript;
  return new URL(
    'event',
    script instanceof HTMLScriptElement && script.src ? script.src : `${location.origin}/smartmsg/`,
  );
}

/** Calls `fn` when the page is really on screen: a prefetched or background page is not viewed yet. */
function whenVisible(fn) {
  if (!document.hidden) {
    fn();
    return;
  }
  const once = new AbortController();
  listen(
    document,
    'visibilitychange',
    () => {
      if (document.hidden) return;
      once.abort();
      fn();
    },
    once.signal,
  );
}

/** Starts the page's life: signals first, then the triggers, and both again after a return from the bfcache. */
function start({ messages, countView, pack }, reporter) {
  let life = new AbortController();
  const stage = createStage(reporter);

  if (countView) whenVisible(() => reporter.report({ event: 'view' }));
  watchDataLayer(pack ? watchPack(pack, reporter.report) : reporter.report);
  if (!messages.length) return;

  watchTyping();
  stage.arm(messages, life.signal);
  listen(window, 'pagehide', () => life.abort());
  listen(window, 'pageshow', (event) => {
    if (!event.persisted) return;
    life.abort();
    life = new AbortController();
    stage.arm(messages, life.signal);
  });
}

/**
 * The templates are taken at once, because a framework of the shop may throw them away; everything else waits until a
 * prerendered page is activated.
 */
function run() {
  if (document[RUNNING]) return;
  Object.defineProperty(document, RUNNING, { value: true });

  const found = takeTemplates();
  const reporter = createReporter(endpoint());
  if (document.prerendering) {
    document.addEventListener(
      'prerenderingchange',
      safely(() => start(found, reporter)),
      { once: true },
    );
  } else {
    start(found, reporter);
  }
}

safely(run)();
