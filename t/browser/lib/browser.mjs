import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ARGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

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
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
    args: hosts ? [...ARGS, `--host-resolver-rules=${hosts}`] : ARGS,
    viewport: { width: 1200, height: 800 },
    ...options,
  });
  context.setDefaultTimeout(20000);
  return {
    context,
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Starts Chromium for contexts that share nothing: each has a cache and cookies of its own. */
export function launch() {
  return chromium.launch({ executablePath: EXECUTABLE, headless: true, chromiumSandbox: false, args: ARGS });
}

/**
 * Opens a new page that records what a visitor's console would show and what a policy has blocked.
 *
 * @returns {Promise<import('playwright-core').Page & {problems: string[]}>}
 */
export async function openPage(context) {
  const page = await context.newPage();
  page.problems = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) page.problems.push(message.text());
  });
  page.on('pageerror', (error) => page.problems.push(String(error)));
  await page.exposeFunction('reportViolation', (text) => page.problems.push(text));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
      window.reportViolation(`${violatedDirective} ${blockedURI} ${sample}`);
    });
  });
  return page;
}
