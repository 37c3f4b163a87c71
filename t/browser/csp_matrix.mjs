// Every policy in Chromium: the shop's page behaves as without us, and the message works or is not there. Started by
// t/csp_matrix.t, which says where nginx is.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { POLICIES } from './csp_policies.mjs';
import { bePatient, openBrowser } from './lib/browser.mjs';
import { until } from './lib/outside.mjs';
import { DIALOG } from './lib/visitor.mjs';

const { SMARTMSG_LOCAL, SMARTMSG_PLAIN, SMARTMSG_TLS, SMARTMSG_ACCESS_LOG, SMARTMSG_REQUESTS } = process.env;
const ORIGINS = { local: SMARTMSG_LOCAL, plain: SMARTMSG_PLAIN, tls: SMARTMSG_TLS };
const WORKS = { on: 'injected', fetch: 'fetch' };

let browser;
before(async () => {
  browser = await openBrowser({ ignoreHTTPSErrors: true, hosts: 'MAP shop.test 127.0.0.1' });
  await bePatient(browser.context);
  await browser.context.addInitScript(observe);
});
after(() => browser?.close());

/** Runs before all scripts of a page: what they call, and a diary of what happens. */
function observe() {
  const diary = { ran: [], seen: [] };
  const pending = [];
  const place = (url) => String(url).replace(/\/(on|off|fetch)\/\d+/g, '/page');
  Object.defineProperty(window, 'diary', { value: diary });
  window.ran = (what) => diary.ran.push(what);

  const attempt = (what, fn) => {
    try {
      fn();
    } catch ({ name }) {
      diary.ran.push(`${what}: ${name}`);
    }
  };
  const outcome = (what, promise) =>
    pending.push(
      promise.then(
        () => diary.ran.push(`${what}: yes`),
        () => diary.ran.push(`${what}: no`),
      ),
    );
  const add = (fill) => {
    const script = document.createElement('script');
    fill(script);
    const done = new Promise((loaded, failed) => {
      script.onload = loaded;
      script.onerror = failed;
    });
    document.head.append(script);
    return done;
  };

  /** What scripts of shops do. */
  window.act = (who) => {
    // biome-ignore lint/security/noGlobalEval: shops do it
    attempt(`${who} eval`, () => window.eval('ran("eval")'));
    attempt(`${who} Function`, () => new Function('ran("Function")')());
    attempt(`${who} inline`, () => {
      add((script) => {
        script.textContent = 'ran("dynamic inline")';
      });
    });
    attempt(`${who} innerHTML`, () => {
      document.createElement('p').innerHTML = '<b>x</b>';
    });
    attempt(`${who} script`, () => {
      outcome(
        `${who} script`,
        add((script) => {
          script.src = '/static/dynamic.js';
        }),
      );
    });
    outcome(`${who} fetch`, fetch('/static/data.json'));
  };

  window.finish = async () => {
    window.act('page');
    document.querySelector('button').click();
    document.querySelector('a').click();
    while (pending.length) await pending.shift();
    // reports come as tasks of their own
    for (let i = 0; i < 3; i += 1) await new Promise((done) => setTimeout(done, 20));
    return { ran: diary.ran.sort(), seen: diary.seen.sort() };
  };
  window.seen = () => diary.seen.sort();

  window.addEventListener(
    'securitypolicyviolation',
    (event) =>
      diary.seen.push(
        [
          event.disposition,
          event.effectiveDirective,
          place(event.blockedURI),
          place(event.sourceFile),
          event.lineNumber,
          event.sample,
        ].join(' '),
      ),
    true,
  );
  new ReportingObserver(
    (reports) => {
      for (const { type, body } of reports) {
        if (type !== 'csp-violation') diary.seen.push(`${type} ${place(JSON.stringify(body))}`);
      }
    },
    { buffered: true },
  ).observe();
}

/** Opens one page and leaves it alone until it has come to rest. */
async function visit(state, number, site, query) {
  const page = await browser.context.newPage();
  const sent = [];
  const posted = [];
  const console = [];
  page.on('request', (request) => sent.push(request));
  page.on('response', (response) => {
    const event = response.url().endsWith('/smartmsg/event');
    if (event) posted.push({ status: response.status(), body: response.request().postData() ?? '' });
  });
  page.on('console', (message) => console.push(`${message.type()} ${message.text()}`));
  page.on('pageerror', (error) => console.push(String(error)));
  const response = await page.goto(`${ORIGINS[site]}/${state}/${number}${query}`);
  const html = await response.text();
  return { page, html, sent, posted, console };
}

/** What has become of the page; a sandbox without scripts has no timers, and tells nothing: it is left alone for a while. */
async function results(page, policies) {
  const isSilent = policies.some((policy) => /\bsandbox\b(?!.*\ballow-scripts\b)/.test(policy));
  return isSilent ? new Promise((done) => setTimeout(done, 3000, null)) : page.evaluate(() => window.finish());
}

/** Two lists are the same, at the latest when the browser has told all of both. */
async function same(what, lists) {
  await until(what, () => isDeepStrictEqual(...lists())).catch(() => {});
  assert.deepEqual(...lists(), what);
}

async function statusOf(state, number) {
  const pattern = new RegExp(`^200 GET /${state}/${number}(?:\\?picture=1)? (\\S+)`, 'm');
  let line;
  await until(`/${state}/${number} is in the log`, async () => {
    line = pattern.exec(await readFile(SMARTMSG_ACCESS_LOG, 'utf8').catch(() => ''));
    return line;
  });
  return line[1];
}

const isOurs = (url) => /^\/(smartmsg\/|static\/offer)/.test(new URL(url).pathname);
const neutral = (text) => text.replace(/\/(on|off|fetch)\/\d+/g, '/page');
const urls = (sent) =>
  sent
    .map((request) => neutral(request.url()))
    .filter((url) => !isOurs(url))
    .sort();
const lines = (console) => console.map(neutral).sort();

async function messageWorks({ page, posted }, query) {
  await page.locator(DIALOG).waitFor({ state: 'visible' });
  await until('the impression is taken', () =>
    posted.some(({ status, body }) => status === 204 && body.includes('"impression"')),
  );
  const box = await page.locator(DIALOG).evaluate((dialog) => getComputedStyle(dialog).position);
  assert.equal(box, 'fixed', 'our style sheet applies');
  if (query) {
    const image = page.locator(`${DIALOG} img`);
    await until('the picture is there', () => image.evaluate(({ complete, naturalWidth }) => complete && naturalWidth));
  }
}

for (const [number, { name, verdict, policies, site, query, state }] of POLICIES.entries()) {
  test(`${verdict}, ${state}: ${name}`, { timeout: 180000 }, async () => {
    const without = await visit('off', number, site, query);
    const expected = await results(without.page, policies);
    const ours = await visit(state, number, site, query);
    try {
      assert.ok(!/smartmsg/.test(without.html.replaceAll(/content="[^"]*"/g, '')), 'switched off, we are not there');
      const actual = await results(ours.page, policies);
      const injected = /<script async src="[^"]*\/smartmsg\//.test(ours.html);
      const status = await statusOf(state, number);
      assert.equal(status, verdict === 'csp' ? 'csp' : WORKS[state], JSON.stringify(policies));
      assert.equal(injected, verdict === 'works', 'the log tells the truth');
      if (injected) await messageWorks(ours, query);
      else assert.equal(ours.html, without.html, 'the page is the shop’s');

      assert.deepEqual(actual?.ran, expected?.ran, 'the scripts of the shop do what they do without us');
      if (expected) {
        assert.deepEqual(await ours.page.evaluate(() => window.seen()), expected.seen, 'no other violation');
      }
      await same('the shop’s requests are the same', () => [urls(ours.sent), urls(without.sent)]);
      await same('and so is the console', () => [lines(ours.console), lines(without.console)]);
    } finally {
      await Promise.all([ours.page.close(), without.page.close()]);
    }
  });
}

/** The reports that the shop has got so far, with our message on and off. */
async function readReports() {
  const requests = (await readFile(SMARTMSG_REQUESTS, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const reports = { on: [], off: [] };
  for (const { uri, body } of requests) {
    if (uri !== '/report') continue;
    const { 'csp-report': report } = JSON.parse(body);
    const [, state, number] = /\/(on|off|fetch)\/(\d+)/.exec(report['document-uri']);
    const what = ['disposition', 'effective-directive', 'blocked-uri', 'line-number'].map((member) => report[member]);
    reports[state === 'off' ? 'off' : 'on'].push([number, ...what].join(' '));
  }
  return { on: reports.on.sort(), off: reports.off.sort() };
}

test('the reports that the shop gets are the same', async () => {
  // the browser takes its time with them
  let reports;
  await until('as many reports', async () => {
    reports = await readReports();
    return reports.on.length === reports.off.length;
  }).catch(() => {});
  assert.ok(reports.off.length > 5, `${reports.off.length} reports`);
  assert.deepEqual(reports.on, reports.off);
});
