import { arm, leave } from './page.js';

// It comes first, since the file packs better that way.

import { offerApi } from './api.js';
import { ask } from './ask.js';
import { listen, safely } from './border.js';
import { on } from './bus.js';
import { watchConsent } from './consent.js';
import { script } from './endpoint.js';
import { takeTemplates } from './messages.js';
import { startReporting } from './report.js';
import { watchRoutes } from './routes.js';

/**
 * The templates are taken at once, because a framework of the shop may throw them away; everything else waits until a
 * prerendered page is activated. The mark of the script says how many there were, with "v" if this view has yet to be
 * counted, or "fetch": then they have to be asked for. What is shown in a frame is no page view.
 */
const run = () => {
  // A picture of that name would stand in for the current script.
  if (document[Symbol.for('smartmsg.runtime')] || window !== top || script?.tagName !== 'SCRIPT') return;
  document[Symbol.for('smartmsg.runtime')] = true;

  const mark = script.dataset.smartmsg;
  const found = takeTemplates();
  startReporting();
  watchConsent(found);

  const start = safely(() => {
    safely(offerApi)();
    if (mark && !(found.count >= parseInt(mark, 10))) askAnew(document.referrer, /\d$/.test(mark));
    else arm(found);
    watchRoutes(askAnew);
    // What the session begins with is this page, not the next one; and there may be more to say now.
    on('granted', () => ask(document.referrer));
  });
  if (document.prerendering) listen(document, 'prerenderingchange', start);
  else start();
};

const askAnew = (...view) => {
  leave();
  ask(...view);
};

safely(run)();
