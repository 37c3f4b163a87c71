import { offerApi } from './api.js';
import { ask } from './ask.js';
import { safely } from './border.js';
import { on } from './bus.js';
import { withConsent } from './consent.js';
import { takeTemplates } from './messages.js';
import { createPage } from './page.js';
import { createReporter } from './report.js';
import { watchRoutes } from './routes.js';

const RUNNING = Symbol.for('smartmsg.runtime');

/**
 * The templates are taken at once, because a framework of the shop may throw them away; everything else waits until a
 * prerendered page is activated. The mark of the script says how many there were, with "v" if this view has yet to be
 * counted, or "fetch": then they have to be asked for. What is shown in a frame is no page view.
 */
function run() {
  if (document[RUNNING] || window !== top) return;
  Object.defineProperty(document, RUNNING, { value: true });

  const script = document.currentScript;
  const isOurs = script instanceof HTMLScriptElement && script.src;
  // Wherever the operator has mounted the endpoint.
  const at = (name) => new URL(name, isOurs ? script.src : `${location.origin}/smartmsg/`);
  const mark = (isOurs && script.dataset.smartmsg) || '';
  const found = takeTemplates();
  const reporter = withConsent(createReporter(at('event')), found);
  const page = createPage(reporter);

  function askFor(view) {
    page.abort();
    ask(at('decide'), view, page.arm);
  }

  const start = safely(() => {
    safely(offerApi)(reporter.report);
    if (mark === 'fetch' || found.count < Number.parseInt(mark, 10)) {
      askFor({ from: document.referrer, isCounted: /\d$/.test(mark) });
    } else {
      page.arm(found);
    }
    watchRoutes((from) => askFor({ from }));
    // What the session begins with is this page, not the next one; and there may be more to say now.
    on('granted', () => ask(at('decide'), { from: document.referrer }, page.arm));
  });
  if (document.prerendering) document.addEventListener('prerenderingchange', start, { once: true });
  else start();
}

safely(run)();
