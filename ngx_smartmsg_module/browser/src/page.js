import { listen } from './border.js';
import { emit, on } from './bus.js';
import { heed, page, report } from './consent.js';
import { tellDataLayer, watchDataLayer } from './datalayer.js';
import { watchTyping } from './manners.js';
import { watchPack } from './pack.js';
import { mute } from './report.js';
import { armMessages } from './stage.js';
import { printTrace } from './trace.js';
import { watchTab } from './triggers/moment.js';

/*
 * What the visitor looks at: one page view, or several in a row where the shop changes pages without loading them.
 */

let watching;

/**
 * Begins a page view: signals first, then the triggers; the page view before ends.
 *
 * @param {object} found what `takeTemplates()` returns
 */
export const arm = (found) => {
  if (found.trace) {
    mute();
    printTrace(found.trace);
  }
  heed(found);
  watch();
  tellView();
  armTriggers();
  emit('ready');
};

/** Ends it: its triggers are silent, what is open stays. */
export const leave = () => {
  emit('disarm');
  emit('left');
};

/** Once for all page views. */
const watch = () => {
  if (watching) return;
  watching = true;
  watchDataLayer(page.pack ? watchPack(page.pack, report) : report);
  on('report', (event) => page.ga4 && tellDataLayer(event));
  watchTyping();
  watchTab(tellView);
  listen(window, 'pagehide', leave);
  listen(window, 'pageshow', (event) => event.persisted && armTriggers());
};

/** Once the page is really on screen: a prefetched or background page is not viewed yet. */
const tellView = () => {
  if (!page.view || document.hidden) return;
  page.view = 0;
  report({ event: 'view' });
};

const armTriggers = () => {
  armMessages(page.messages);
};
