// Bundles the browser runtime into the two files that the module embeds: rt, which every page loads, and ui, which rt
// imports before it shows something.
//   node runtime_build.mjs            writes them and prints their sizes
//   node runtime_build.mjs --check    fails if the checked-in files are not what the sources give
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, transform } from 'esbuild';
import { minify } from 'terser';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SOURCES = 'ngx_smartmsg_module/browser/src/';
export const DIST = `${ROOT}ngx_smartmsg_module/browser/dist/`;
/** The oldest browsers that know constructable style sheets, without which nothing is shown. */
const TARGET = ['chrome93', 'firefox101', 'safari16.4'];

/** What is imported or asked for by name is in no script but ours, so that much more can be left out than by default. */
const SMALL = {
  module: true,
  ecma: 2020,
  compress: { passes: 2, keep_fargs: false, pure_getters: true, unsafe_arrows: true, inline: 1 },
  format: { ascii_only: true, comments: false },
};

/** Style sheets are imported as minified text. */
const styles = {
  name: 'styles',
  setup(pack) {
    pack.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, 'utf8'), { loader: 'css', minify: true, target: TARGET });
      return { contents: code.trim().replace(/(--[\w-]+[:,]) /g, '$1'), loader: 'text' };
    });
  },
};

/**
 * Packs better: one kind of declaration instead of three, which are then joined, and patterns and lists that have a name but
 * one use stand there. The minifier does neither, as each evaluation makes another object, and `let` is another scope.
 */
function simplify(code) {
  const constants = [...code.matchAll(/^var ([A-Z][A-Z\d_]*) = ([/[].*);\n/gm)];
  const inlined = constants.reduce((text, [line, name, value]) => {
    const rest = text.replace(line, '').split(new RegExp(`\\b${name}\\b`));
    return rest.length === 2 ? rest.join(value) : text;
  }, code);
  return inlined.replace(/\b(const|var) /g, 'let ');
}

/** One minified script in plain ASCII, without a trailing line break. */
async function pack(entry, options) {
  const { outputFiles } = await build({
    entryPoints: [SOURCES + entry],
    absWorkingDir: ROOT,
    bundle: true,
    format: 'esm',
    charset: 'ascii',
    target: TARGET,
    legalComments: 'none',
    write: false,
    plugins: [styles],
    logLevel: 'warning',
    ...options,
  });
  const { code } = await minify(simplify(outputFiles[0].text), SMALL);
  return code;
}

/** The name under which the endpoint serves a file. */
export function served(name, script) {
  return `${name}.${createHash('sha256').update(script).digest('hex').slice(0, 16)}.js`;
}

/** @returns {Promise<{rt: string, ui: string}>} the files; rt holds the served name of ui */
export async function bundle() {
  const ui = await pack('overlay/present.js');
  const file = `./${served('ui', ui)}`;
  // Not as "iife": with an import() in it, that would bring half a kilobyte of a require() that nobody calls.
  const rt = await pack('main.js', { define: { UI_FILE: JSON.stringify(file) }, external: [file] });
  return { rt: `(()=>{${rt}})()`, ui };
}

/** The path of a checked-in file. */
export function pathOf(name) {
  return `${DIST}${name}.min.js`;
}

/** @returns {{minified: number, gzip: number}} in bytes */
export function sizes(script) {
  return { minified: Buffer.byteLength(script), gzip: gzipSync(script, { level: 9 }).length };
}

async function check(name, script) {
  const current = await readFile(pathOf(name), 'utf8').catch(() => '');
  if (current === script) return;
  console.error(`${name}.min.js is not what its sources give: run "make runtime"`);
  process.exitCode = 1;
}

async function write(name, script) {
  await writeFile(pathOf(name), script);
  const { minified, gzip } = sizes(script);
  console.log(`${name}.min.js: ${minified} bytes, ${gzip} bytes with gzip`);
}

async function main(act) {
  await mkdir(DIST, { recursive: true });
  for (const [name, script] of Object.entries(await bundle())) await act(name, script);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv[2] === '--check' ? check : write);
