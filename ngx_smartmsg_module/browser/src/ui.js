import { afterLoad } from './border.js';

/** ms after which they are loaded from a page that never rests: a browser may not find it idle at all. */
const RESTLESS = 2000;

let loading;

/**
 * Loads the overlays, a file of its own beside the script: most pages end before anything is shown. What import() fetches
 * runs with the nonce of the script that asks, and asks no Trusted Types policy.
 *
 * @returns {Promise<Function|undefined>} `present()`; nothing where they cannot be had or the browser cannot show them; never
 *   rejects
 */
export const loadUi = () => {
  loading ??= import(UI_FILE).then((ui) => ui.present).catch(() => {});
  return loading;
};

/** Loads them when the page needs neither line nor processor any more. */
export const loadUiSoon = () => {
  afterLoad(() => (window.requestIdleCallback ?? setTimeout)(loadUi, { timeout: RESTLESS }));
};
