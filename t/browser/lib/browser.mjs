import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { PATIENCE } from './patience.mjs';

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ARGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const VIEWPORT = { width: 1200, height: 800 };

/** What playwright switches off or hides unless it is told not to. */
const KEPT = ['--disable-back-forward-cache'];

/**
 * Starts Chromium with a fresh profile. CHROMIUM names another executable than Debian's.
 *
 * @param {{hosts?: string}} options  `hosts`: rules as of --host-resolver-rules; all others are for the context, see
 *   playwright's launchPersistentContext
 * @returns {Promise<{context: import('playwright-core').BrowserContext, close: () => Promise<void>}>}
 */
export async function openBrowser({ hosts, ...options } = {}) {
  const profile = await mkdtemp(join(tmpdir(), 'smartmsg-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: EXECUTABLE,
    headless: true,
    chromiumSandbox: false,
    timeout: PATIENCE,
    ignoreDefaultArgs: KEPT,
    args: hosts ? [...ARGS, `--host-resolver-rules=${hosts}`] : ARGS,
    viewport: VIEWPORT,
    ...options,
  });
  context.setDefaultTimeout(PATIENCE);
  return {
    context,
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/**
 * Starts Chromium for contexts that share nothing: each has a cache, cookies and a clock of its own.
 *
 * @param {{scrollbars?: boolean}} options  headless browsers hide their scroll bars
 */
export function launch({ scrollbars } = {}) {
  return chromium.launch({
    executablePath: EXECUTABLE,
    headless: true,
    chromiumSandbox: false,
    timeout: PATIENCE,
    ignoreDefaultArgs: scrollbars ? [...KEPT, '--hide-scrollbars'] : KEPT,
    args: ARGS,
  });
}

/** A context of such a browser; `options` as of playwright's newContext. */
export async function openContext(browser, options) {
  const context = await browser.newContext({ viewport: VIEWPORT, ...options });
  context.setDefaultTimeout(PATIENCE);
  return context;
}

/**
 * The runtime waits 2 seconds for the answer to a claim and then does without the message. On a busy machine that would be
 * a test that fails: here it waits as long as the tests do, unless the clock is turned by hand.
 */
export async function bePatient(target) {
  await target.addInitScript((patience) => {
    const { setTimeout } = window;
    const isResolve = (fn) => /^function \(\) \{ \[native code\]/.test(fn);
    window.setTimeout = (fn, ms, ...args) => setTimeout(fn, ms === 2000 && isResolve(fn) ? patience : ms, ...args);
  }, PATIENCE);
}

/**
 * Opens a new page that records what a visitor's console would show and what a policy has blocked, and which of its
 * fetches have not been answered.
 *
 * @returns {Promise<import('playwright-core').Page & {problems: string[], unanswered: Set<object>}>}
 */
export async function openPage(context) {
  const page = await context.newPage();
  await bePatient(page);
  page.problems = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) page.problems.push(message.text());
  });
  page.unanswered = new Set();
  page.on('request', (request) => /fetch|xhr/.test(request.resourceType()) && page.unanswered.add(request));
  for (const end of ['requestfinished', 'requestfailed']) {
    page.on(end, (request) => page.unanswered.delete(request));
  }
  page.on('pageerror', (error) => page.problems.push(String(error)));
  await page.exposeFunction('reportViolation', (text) => page.problems.push(text));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
      window.reportViolation(`${violatedDirective} ${blockedURI} ${sample}`);
    });
  });
  return page;
}
