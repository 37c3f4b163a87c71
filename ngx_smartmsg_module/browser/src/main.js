import { offerApi } from './api.js';
import { safely } from './border.js';
import { withConsent } from './consent.js';
import { takeTemplates } from './messages.js';
import { createPage } from './page.js';
import { createReporter } from './report.js';

const RUNNING = Symbol.for('smartmsg.runtime');

/** Where events go: beside the script itself, wherever the operator has mounted the endpoint. */
function endpoint() {
  const script = document.currentScript;
  return new URL(
    'event',
    script instanceof HTMLScriptElement && script.src ? script.src : `${location.origin}/smartmsg/`,
  );
}

/**
 * The templates are taken at once, because a framework of the shop may throw them away; everything else waits until a
 * prerendered page is activated.
 */
function run() {
  if (document[RUNNING]) return;
  Object.defineProperty(document, RUNNING, { value: true });

  const found = takeTemplates();
  const reporter = withConsent(createReporter(endpoint()), found);
  const page = createPage(reporter);
  const start = safely(() => {
    safely(offerApi)(reporter.report);
    page.arm(found);
  });
  if (document.prerendering) document.addEventListener('prerenderingchange', start, { once: true });
  else start();
}

safely(run)();
