import { safely } from './border.js';
import { at } from './endpoint.js';
import { takeTemplates } from './messages.js';
import { arm } from './page.js';

let request;

/**
 * Asks for the messages of the page as it is now, and begins a page view with them unless there is nothing for this page:
 * in fetch mode, when the shop's framework has thrown the templates away, and when the shop has changed the page without
 * loading one. What is asked later takes the place of what was asked before. A document is read without scripts and
 * without a sink that Trusted Types guard.
 *
 * @param {string} referrer the address of the page before
 * @param {boolean} [isCounted] whether the server has counted this view
 */
export const ask = (referrer, isCounted) => {
  const url = at('decide');
  url.search = new URLSearchParams({
    page: location.pathname + location.search,
    referrer,
    lang: document.documentElement.lang,
    view: isCounted ? 0 : 1,
  });
  request?.abort();
  request = new XMLHttpRequest();
  request.open('GET', url);
  request.responseType = 'document';
  request.onload = safely(() => request.status === 200 && arm(takeTemplates(request.response)));
  request.send();
};
