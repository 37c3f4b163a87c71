// Core Web Vitals of the demo shop without the module and with it, measured by web-vitals in Chromium on a processor that
// is slowed down. Both take turns, so that a noisy machine is noisy for both. Started by t/bench/vitals.pl.
//
// VITALS_WITHOUT, VITALS_WITH: the two sites. BENCH_ROUNDS: visits of each. BENCH_OUT: directory of vitals.json.
// Fails if layout shifts differ, or if tasks of the runtime are long.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { launch } from './lib/browser.mjs';

const SITES = { without: process.env.VITALS_WITHOUT, with: process.env.VITALS_WITH };
const ROUNDS = Number(process.env.BENCH_ROUNDS);
const THROTTLE = 4;
/** ms after which a page has come to rest: everything is loaded, and what opens by itself is open. */
const REST = 2000;
/** ms: a task that takes longer makes a visitor wait. */
const LONG = 50;
/** Less than this is a rounding error of the shop's own. */
const SHIFT = 0.001;
const PATIENCE = 5000;

/** The pages of a visit, in their order; the first is the visitor's first. */
const PAGES = {
  'a message waits': { path: '', click: '.card button' },
  'a message opens': { path: 'product/oak-chair', click: '#delivery', shown: 'smart-message .bubble' },
};
const METRICS = {
  LCP: 'largest contentful paint, ms',
  INP: 'interaction to next paint, ms',
  CLS: 'cumulative layout shift',
  long: `tasks over ${LONG} ms`,
  blocking: `what they take beyond ${LONG} ms, ms`,
};

const library = await readFile(
  fileURLToPath(import.meta.resolve('web-vitals').replace(/[^/]*$/, 'web-vitals.iife.js')),
  'utf8',
);

/** Runs in the page before anything of its own. */
function observe(vitals, long) {
  const seen = { long: 0, blocking: 0, ours: 0 };
  const keep = ({ name, value }) => {
    seen[name] = value;
  };
  const options = { reportAllChanges: true, durationThreshold: 16 };
  vitals.onLCP(keep, options);
  vitals.onCLS(keep, options);
  vitals.onINP(keep, options);
  const watch = (type, take) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  watch('longtask', ({ duration }) => {
    seen.long += 1;
    seen.blocking += duration - long;
  });
  watch('long-animation-frame', ({ scripts }) => {
    for (const { sourceURL, duration } of scripts) {
      if (sourceURL.includes('/smartmsg/')) seen.ours = Math.max(seen.ours, duration);
    }
  });
  window.measuredVitals = seen;
}

async function measure(context, site, { path, click, shown }) {
  const page = await context.newPage();
  try {
    const devtools = await context.newCDPSession(page);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: THROTTLE });
    await page.goto(SITES[site] + path);
    if (shown && site === 'with') await page.locator(shown).waitFor({ state: 'visible' });
    await page.waitForTimeout(REST);
    await page.locator('input[type=search]').pressSequentially('oak', { delay: 100 });
    await page.click(click);
    await page.waitForFunction(() => 'INP' in window.measuredVitals, undefined, { timeout: PATIENCE }).catch(() => {});
    await page.waitForTimeout(REST / 4);
    return await page.evaluate(() => window.measuredVitals);
  } finally {
    await page.close();
  }
}

/** One visit: nothing is in the browser's cache when it begins. */
async function visit(browser, site, found) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 } });
  try {
    await context.addInitScript(`(() => {${library};(${observe})(webVitals, ${LONG})})()`);
    for (const [name, page] of Object.entries(PAGES)) found[name][site].push(await measure(context, site, page));
  } finally {
    await context.close();
  }
}

function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * part;
  const below = sorted[Math.floor(place)];
  return below + (sorted[Math.ceil(place)] - below) * (place % 1);
}

const median = (values) => quantile(values, 0.5);
const valuesOf = (runs, metric) => runs.map((run) => run[metric] ?? 0);

/** Medians of a page and metric, and how far from the difference half of the differences between two visits in turn lie. */
function compare({ without, with: ours }, metric) {
  const [a, b] = [valuesOf(without, metric), valuesOf(ours, metric)];
  const differences = b.map((value, i) => value - a[i]);
  return {
    without: median(a),
    with: median(b),
    difference: median(differences),
    noise: (quantile(differences, 0.75) - quantile(differences, 0.25)) / 2,
  };
}

function print(table) {
  for (const [page, metrics] of Object.entries(table)) {
    console.log(`${page}${' '.repeat(38 - page.length)}   without      with   difference   (noise)`);
    for (const [metric, { without, with: ours, difference, noise }] of Object.entries(metrics)) {
      const number = (value) => value.toFixed(metric === 'CLS' ? 4 : 1).padStart(10);
      const sign = difference > 0 ? '+' : '';
      const change = `${sign}${difference.toFixed(metric === 'CLS' ? 4 : 1)}`.padStart(12);
      console.log(`  ${METRICS[metric].padEnd(36)}${number(without)}${number(ours)} ${change}${number(noise)}`);
    }
  }
}

const browser = await launch();
const found = Object.fromEntries(Object.keys(PAGES).map((name) => [name, { without: [], with: [] }]));
try {
  // The first visit of a browser is not like the others.
  const warm = structuredClone(found);
  for (const site of Object.keys(SITES)) await visit(browser, site, warm);
  for (let round = 0; round < ROUNDS; round += 1) {
    const turn = round % 2 ? ['with', 'without'] : ['without', 'with'];
    for (const site of turn) await visit(browser, site, found);
  }
} finally {
  await browser.close();
}

const table = Object.fromEntries(
  Object.entries(found).map(([page, runs]) => [
    page,
    Object.fromEntries(Object.keys(METRICS).map((metric) => [metric, compare(runs, metric)])),
  ]),
);
const own = Object.values(found).flatMap((runs) => valuesOf(runs.with, 'ours'));

console.log(
  `Core Web Vitals, medians of ${ROUNDS} visits each, Chromium ${browser.version()}, processor ${THROTTLE} times slower`,
);
print(table);
console.log(
  `longest task of the runtime: median ${median(own).toFixed(1)} ms, at most ${Math.max(...own).toFixed(1)} ms`,
);

const file = `${process.env.BENCH_OUT}/vitals.json`;
await mkdir(process.env.BENCH_OUT, { recursive: true });
const about = { chromium: browser.version(), throttle: THROTTLE, rounds: ROUNDS, longestTaskOfRuntime: median(own) };
await writeFile(file, `${JSON.stringify({ ...about, medians: table, runs: found }, null, 2)}\n`);
console.log(`all figures: ${file}`);

const busy = loadavg()[0] > 2 * cpus().length;
if (busy) console.log('Others keep this machine busy: times mean little, and are no reason to fail.');

const shifts = Object.values(table).some(({ CLS }) => CLS.difference > SHIFT);
if (shifts || (median(own) > LONG && !busy)) {
  console.error(shifts ? 'the runtime shifts the layout' : `tasks of the runtime take more than ${LONG} ms`);
  process.exitCode = 1;
}
