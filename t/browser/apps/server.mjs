// A server of pages that are apps: React 18 and 19, Vue, Turbo and htmx, each as its own server renders it. The bundles are
// made when it starts.
//   node server.mjs
// Pages are /react18/document/first, /react18/root/first, the same for react19, /vue/first, /turbo/first, /htmx/first;
// "second" is the other page. "?mismatch" makes React's client find another text than its server wrote.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { render as plain } from './plain_server.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const require = createRequire(import.meta.url);
const react = (version) => ({ react: `react${version}`, 'react-dom': `react-dom${version}` });

const APPS = {
  react18: { name: 'react', alias: react(18) },
  react19: { name: 'react', alias: react(19) },
  vue: { name: 'vue' },
  turbo: { name: 'turbo', render: plain },
  htmx: { name: 'htmx', render: plain },
};

/** In development builds frameworks say in the console what they do not like. */
async function bundle(entry, alias, options) {
  const { outputFiles } = await build({
    entryPoints: [`${HERE}${entry}.mjs`],
    absWorkingDir: HERE,
    bundle: true,
    write: false,
    alias,
    define: {
      'process.env.NODE_ENV': '"development"',
      __VUE_OPTIONS_API__: 'false',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'true',
    },
    logLevel: 'warning',
    ...options,
  });
  return outputFiles[0].text;
}

async function loadServer(entry, alias) {
  const module = { exports: {} };
  const code = await bundle(entry, alias, { platform: 'node', format: 'cjs' });
  new Function('module', 'exports', 'require', code)(module, module.exports, require);
  return module.exports.render;
}

const clients = {};
for (const [path, { name, alias, render }] of Object.entries(APPS)) {
  clients[`/assets/${path}.js`] = await bundle(`${name}_client`, alias, { format: 'iife' });
  APPS[path].render = render ?? (await loadServer(`${name}_server`, alias));
}

const server = createServer(async (req, res) => {
  const url = new URL(req.url, 'http://shop.example');
  const script = clients[url.pathname];
  const app = APPS[url.pathname.split('/')[1]];
  if (script) {
    res.writeHead(200, { 'Content-Type': 'text/javascript' }).end(script);
  } else if (app) {
    const html = await app.render(url, `/assets/${url.pathname.split('/')[1]}.js`);
    res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', ETag: '"app"' }).end(html);
  } else {
    res.writeHead(404, { 'Content-Type': 'text/plain' }).end('no such page');
  }
});

server.listen(0, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}/`));
