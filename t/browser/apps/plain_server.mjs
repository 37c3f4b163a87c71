/** Pages for libraries that load the next page themselves and put it in the place of this one: Turbo, htmx. */
export function render({ pathname }, script) {
  const [, base, page] = pathname.split('/');
  const link = (name) => `<a id="${name}" href="/${base}/${name}" hx-boost="true">${name}</a>`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">
<script defer src="${script}"></script></head><body><main><h1>Page ${page}</h1><nav>${link('first')}${link('second')}</nav></main></body></html>`;
}
