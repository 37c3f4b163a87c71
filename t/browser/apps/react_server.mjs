import { PassThrough } from 'node:stream';
import { createElement as h } from 'react';
import { renderToPipeableStream, renderToString } from 'react-dom/server';
import { Page, propsOf, Shop } from './react_shop.mjs';

/** @returns {Promise<string>|string} the page, with `script` as its client */
export function render(url, script) {
  const props = propsOf(url);
  return props.kind === 'document' ? asDocument(props, script) : asRoot(props, script);
}

async function asDocument(props, script) {
  const out = new PassThrough();
  const stream = renderToPipeableStream(h(Page, props), {
    bootstrapScripts: [script],
    onAllReady: () => stream.pipe(out),
  });
  let html = '';
  for await (const piece of out) html += piece;
  return html;
}

function asRoot(props, script) {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">
</head><body><div id="root">${renderToString(h(Shop, props))}</div><script async src="${script}"></script></body></html>`;
}
