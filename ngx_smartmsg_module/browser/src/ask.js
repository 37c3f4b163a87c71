import { safely } from './border.js';
import { takeTemplates } from './messages.js';

let request;

/**
 * Asks for the messages of the page as it is now: in fetch mode, when the shop's framework has thrown the templates away,
 * and when the shop has changed the page without loading one. What is asked later takes the place of what was asked before.
 * A document is read without scripts and without a sink that Trusted Types guard.
 *
 * @param {URL} url of `decide`
 * @param {{from: string, isCounted?: boolean}} view the address of the page before, and whether the server has counted this
 *   view
 * @param {(found: object) => void} take receives what `takeTemplates()` returns, unless there is nothing for this page
 */
export function ask(url, { from, isCounted }, take) {
  request?.abort();
  request = new XMLHttpRequest();
  url.search = new URLSearchParams({
    page: location.pathname + location.search,
    referrer: from,
    lang: document.documentElement.lang,
    view: isCounted ? 0 : 1,
  });
  request.open('GET', url);
  request.responseType = 'document';
  request.onload = safely(({ target }) => target.status === 200 && take(takeTemplates(target.response)));
  request.send();
}
