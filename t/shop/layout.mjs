import { totals } from './cart.mjs';

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export function escapeHtml(text) {
  return String(text).replace(/[&<>"']/g, (char) => ENTITIES[char]);
}

export function money(visit, value) {
  const locale = visit.lang === 'de' ? 'de-DE' : 'en-IE';
  return new Intl.NumberFormat(locale, { style: 'currency', currency: 'EUR' }).format(value);
}

/** JSON that cannot end the script element it stands in. */
function scriptJson(value) {
  return JSON.stringify(value).replace(/</g, '\\u003c');
}

/** The shop's analytics: inline as most shops do it, or as data for shop.js where inline scripts are forbidden. */
function analytics({ policy }, pushes) {
  if (!pushes.length) return '';
  if (!policy.inline) return `<script type="application/json" id="pushes">${scriptJson(pushes)}</script>`;
  const code = `window.dataLayer=window.dataLayer||[];dataLayer.push(${pushes.map(scriptJson).join(',')});`;
  policy.allow(code);
  return `<script${nonceAttribute(policy)}>${code}</script>`;
}

function nonceAttribute({ nonce }) {
  return nonce ? ` nonce="${nonce}"` : '';
}

/**
 * A complete page.
 *
 * @param {string} title  text
 * @param {string} main   HTML of the main part
 * @param {object[]} pushes  for the dataLayer
 */
export function layout(visit, title, main, pushes) {
  const { texts, lang, policy } = visit;
  const { items } = totals(visit.cart);
  return `<!DOCTYPE html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} – Alder &amp; Pine</title>
<link rel="icon" href="/static/img/logo.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/shop.css">
${analytics(visit, pushes)}
<script src="/static/shop.js" defer${nonceAttribute(policy)}></script>
</head>
<body>
<header class="top">
<a class="brand" href="/"><img src="/static/img/logo.svg" alt="" width="32" height="32">Alder &amp; Pine</a>
<form class="search" action="/" method="get" role="search"><input type="search" name="q" aria-label="${texts.search}" placeholder="${texts.search}"></form>
<nav aria-label="${texts.languages}"><a href="?lang=en" hreflang="en">EN</a><a href="?lang=de" hreflang="de">DE</a></nav>
<a class="cart-link" href="/cart">${texts.cart} <span class="count" id="count">${items}</span></a>
<div id="minicart" hidden></div>
</header>
<main>
${main}
</main>
<footer class="bottom"><p>${texts.promise}</p><p>Alder &amp; Pine</p></footer>
</body></html>`;
}
