// The pages and scripts of a shop for t/csp_matrix.t. Prints them as JSON: [{uri, type, headers, body}].
//   node csp_pages.mjs LOCAL PLAIN TLS     the origins of its sites
import { createHash } from 'node:crypto';
import { POLICIES } from './csp_policies.mjs';

const NONCE = 'c2hvcA';
const HASHED = "ran('hashed');";
const HANDLER = "ran('handler')";
/** What each script of the shop says it has done; those that run go on to do what scripts of shops do. */
const SCRIPTS = {
  external: 'external',
  nonced: 'nonced',
  sri: 'sri',
  module: 'module',
  dynamic: 'dynamic',
  imported: 'imported',
};

function digest(algorithm, text) {
  return createHash(algorithm).update(text).digest('base64');
}

function scriptText(name) {
  return ['external', 'nonced', 'module'].includes(name) ? `ran('${name}'); act('${name}');` : `ran('${name}');`;
}

function filled(text, origin) {
  const { host, port } = new URL(origin);
  const words = { ORIGIN: origin, HOST: host, PORT: port, NONCE, OTHER: 'b3RoZXI', HASH: digest('sha256', HASHED) };
  return text
    .replace(/\bsha256-HANDLER\b/g, `sha256-${digest('sha256', HANDLER)}`)
    .replace(/\b(?:ORIGIN|HOST|PORT|OTHER|HASH)\b/g, (word) => words[word])
    .replace(/-NONCE'/g, `-${NONCE}'`);
}

function page(metas) {
  const policies = metas.map((policy) => `<meta http-equiv="Content-Security-Policy" content="${policy}">`).join('\n');
  return `<!doctype html>
<html lang="en"><head><title>Shop</title><link rel="icon" href="data:,">
${policies}
<script>ran('inline'); act('inline');</script>
<script nonce="${NONCE}">ran('inline nonced'); act('inline nonced');</script>
<script>${HASHED}</script>
<script src="/static/external.js"></script>
<script src="/static/nonced.js" nonce="${NONCE}"></script>
<script src="/static/sri.js" integrity="sha384-${digest('sha384', scriptText('sri'))}"></script>
<script type="module" src="/static/module.js"></script>
<style>p { color: red }</style>
</head><body>
<p style="margin: 0">Shoes</p>
<button type="button" onclick="${HANDLER}">Buy</button>
<a href="javascript:ran('link')">More</a>
</body></html>
`;
}

const origins = Object.fromEntries(['local', 'plain', 'tls'].map((site, i) => [site, process.argv[2 + i]]));

const pages = POLICIES.flatMap(({ policies, site, state: mode }, i) => {
  const fill = (text) => filled(text, origins[site]);
  const headers = policies.flatMap((policy) => {
    if (typeof policy === 'string') return ['Content-Security-Policy', fill(policy)];
    if (policy.report) return ['Content-Security-Policy-Report-Only', fill(policy.report)];
    return policy.header ?? [];
  });
  const body = page(policies.filter((policy) => policy.meta).map((policy) => fill(policy.meta)));
  return [mode, 'off'].map((state) => ({ uri: `/${state}/${i}`, type: 'text/html; charset=utf-8', headers, body }));
});

const scripts = Object.keys(SCRIPTS).map((name) => ({
  uri: `/static/${name}.js`,
  type: 'text/javascript',
  headers: [],
  body: scriptText(name),
}));

const data = { uri: '/static/data.json', type: 'application/json', headers: [], body: '{}' };
const picture = {
  uri: '/static/offer.svg',
  type: 'image/svg+xml',
  headers: [],
  body: '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>',
};
process.stdout.write(JSON.stringify([...pages, ...scripts, data, picture]));
