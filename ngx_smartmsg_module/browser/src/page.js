import { listen } from './border.js';
import { emit, on } from './bus.js';
import { tellDataLayer, watchDataLayer } from './datalayer.js';
import { inPlace, watchTyping } from './manners.js';
import { watchPack } from './pack.js';
import { createStage } from './stage.js';
import { printTrace } from './trace.js';

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

/**
 * What the visitor looks at: one page view, or several in a row where the shop changes pages without loading them.
 *
 * @param {{report: Function, claim: Function, heed: Function, mute: Function}} reporter as `withConsent()` makes it
 * @returns {{arm: (found: object) => void, abort: () => void}} `arm` begins a page view with what `takeTemplates()`
 *   returns: signals first, then the triggers; the page view before ends. `abort` ends it: its triggers are silent, what
 *   is open stays
 */
export function createPage(reporter) {
  const stage = createStage(reporter);
  let messages = [];
  let life = new AbortController();
  let watching = false;
  let ga4;

  /** Once for all page views. */
  function watch(pack) {
    if (watching) return;
    watching = true;
    watchDataLayer(pack ? watchPack(pack, reporter.report) : reporter.report);
    on('report', (event) => ga4 && tellDataLayer(event));
    watchTyping();
    listen(window, 'pagehide', abort);
    listen(window, 'pageshow', ({ persisted }) => persisted && armTriggers());
  }

  function armTriggers() {
    life.abort();
    life = new AbortController();
    stage.arm(messages, life.signal);
  }

  function arm(found) {
    ({ ga4 } = found);
    messages = inPlace(found);
    if (found.trace) {
      reporter.mute();
      printTrace(found.trace);
    }
    reporter.heed(found);
    if (found.view) whenVisible(() => reporter.report({ event: 'view' }));
    watch(found.pack);
    armTriggers();
    emit('ready');
  }

  function abort() {
    life.abort();
    emit('abort');
  }

  return { arm, abort };
}
