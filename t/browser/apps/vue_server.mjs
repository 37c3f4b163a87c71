import { renderToString } from '@vue/server-renderer';
import { createShop } from './vue_shop.mjs';

export async function render(url, script) {
  const html = await renderToString(createShop(url));
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">
</head><body><div id="root">${html}</div><script async src="${script}"></script></body></html>`;
}
