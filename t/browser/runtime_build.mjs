// Bundles the browser runtime into the one file that the module embeds.
//   node runtime_build.mjs            writes it and prints its size
//   node runtime_build.mjs --check    fails if the checked-in file is not what the sources give
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, transform } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SOURCE = `${ROOT}ngx_smartmsg_module/browser/src/main.js`;
export const BUNDLE = `${ROOT}ngx_smartmsg_module/browser/dist/rt.min.js`;
/** The oldest browsers that know constructable style sheets, without which nothing is shown. */
const TARGET = ['chrome93', 'firefox101', 'safari16.4'];

/** Style sheets are imported as minified text. */
const styles = {
  name: 'styles',
  setup(pack) {
    pack.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, 'utf8'), { loader: 'css', minify: true, target: TARGET });
      return { contents: code.trim(), loader: 'text' };
    });
  },
};

/** @returns {Promise<string>} the bundle: one minified script in plain ASCII, without a trailing line break */
export async function bundle() {
  const { outputFiles } = await build({
    entryPoints: [SOURCE],
    absWorkingDir: ROOT,
    bundle: true,
    minify: true,
    format: 'iife',
    charset: 'ascii',
    target: TARGET,
    legalComments: 'none',
    write: false,
    plugins: [styles],
    logLevel: 'warning',
  });
  return outputFiles[0].text.trim();
}

/** @returns {{minified: number, gzip: number}} in bytes */
export function sizes(script) {
  return { minified: Buffer.byteLength(script), gzip: gzipSync(script, { level: 9 }).length };
}

async function main(check) {
  const script = await bundle();
  const { minified, gzip } = sizes(script);
  const name = relative(ROOT, BUNDLE);
  if (check) {
    const current = await readFile(BUNDLE, 'utf8').catch(() => '');
    if (current !== script) {
      console.error(`${name} is not what its sources give: run "make runtime"`);
      process.exitCode = 1;
    }
    return;
  }
  await mkdir(dirname(BUNDLE), { recursive: true });
  await writeFile(BUNDLE, script);
  console.log(`${name}: ${minified} bytes, ${gzip} bytes with gzip`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv[2] === '--check');
