import { totals } from './cart.mjs';
import { escapeHtml, layout, money } from './layout.mjs';

// One function per page. The last argument is what the page tells the dataLayer.

export function home(visit, goods, pushes) {
  const { texts, query, lang } = visit;
  const wanted = (query.get('q') ?? '').toLowerCase();
  const found = goods.filter((item) => item.name[lang].toLowerCase().includes(wanted));
  const cards = found.map((item) => card(visit, item)).join('\n');
  const main = `<section class="hero"><h1>${texts.welcome}</h1><p>${texts.lead}</p></section>
<section class="goods">${cards || `<p>${texts.nothing}</p>`}</section>`;
  return layout(visit, texts.welcome, main, pushes);
}

function card(visit, item) {
  const { lang, texts } = visit;
  return `<article class="card">
<a href="/product/${item.slug}"><img src="/static/img/${item.slug}.svg" alt="" width="320" height="320"><h2>${escapeHtml(item.name[lang])}</h2></a>
<div class="row"><span class="price">${money(visit, item.cents / 100)}</span>
<form action="/cart/add" method="post" data-ajax><input type="hidden" name="slug" value="${item.slug}"><button class="button small">${texts.add}</button></form></div>
</article>`;
}

export function product(visit, item, pushes) {
  const { lang, texts } = visit;
  const quantities = [1, 2, 3, 4, 5].map((number) => `<option>${number}</option>`).join('');
  const colours = texts.colours.map((colour) => `<option>${colour}</option>`).join('');
  const main = `<article class="product">
<img src="/static/img/${item.slug}.svg" alt="" width="560" height="560">
<div class="facts">
<h1>${escapeHtml(item.name[lang])}</h1>
<p class="price">${money(visit, item.cents / 100)}</p>
<p>${escapeHtml(item.about[lang])}</p>
<p class="stock">${texts.stock}</p>
<form action="/cart/add" method="post">
<input type="hidden" name="slug" value="${item.slug}">
<label>${texts.colour}<select name="colour">${colours}</select></label>
<label>${texts.quantity}<select name="quantity" id="quantity">${quantities}</select></label>
<button class="button" id="add">${texts.add}</button>
</form>
<button class="plain" type="button" id="delivery">${texts.delivery}</button>
<dialog id="delivery-dialog" aria-labelledby="delivery-title"><h2 id="delivery-title">${texts.delivery}</h2><p>${texts.deliveryText}</p><form method="dialog"><button class="button">${texts.close}</button></form></dialog>
</div>
</article>`;
  return layout(visit, item.name[lang], main, pushes);
}

export function cart(visit, pushes) {
  const { texts } = visit;
  const main = visit.cart.length
    ? `<h1>${texts.cart}</h1>
<div class="columns"><ul class="lines">${visit.cart.map((line) => cartLine(visit, line)).join('\n')}</ul>
${summary(visit, `<a class="button" id="to-checkout" href="/checkout">${texts.toCheckout}</a>`)}</div>`
    : `<h1>${texts.cart}</h1><p>${texts.emptyCart}</p><p><a class="button" href="/">${texts.goOn}</a></p>`;
  return layout(visit, texts.cart, main, pushes);
}

function cartLine(visit, { item, quantity }) {
  const { lang, texts } = visit;
  return `<li><img src="/static/img/${item.slug}.svg" alt="" width="88" height="88">
<div><a href="/product/${item.slug}">${escapeHtml(item.name[lang])}</a><p>${quantity} × ${money(visit, item.cents / 100)}</p></div>
<span class="price">${money(visit, (item.cents * quantity) / 100)}</span>
<form action="/cart/remove" method="post"><input type="hidden" name="slug" value="${item.slug}"><button class="plain">${texts.remove}</button></form></li>`;
}

function summary(visit, action) {
  const { texts } = visit;
  return `<aside class="summary"><p class="row"><span>${texts.sum}</span><strong id="sum">${money(visit, totals(visit.cart).value)}</strong></p><p class="hint">${texts.vat}</p>${action}</aside>`;
}

/** A fragment for the page's mini cart: no document markup around it. */
export function miniCart(visit) {
  const { lang, texts } = visit;
  if (!visit.cart.length) return `<p>${texts.emptyCart}</p>`;
  const lines = visit.cart
    .map(({ item, quantity }) => `<li>${quantity} × ${escapeHtml(item.name[lang])}</li>`)
    .join('');
  return `<ul>${lines}</ul><p class="row"><span>${texts.sum}</span><strong>${money(visit, totals(visit.cart).value)}</strong></p><a class="button" href="/cart">${texts.cart}</a>`;
}

export function checkout(visit, pushes) {
  const { texts } = visit;
  const field = (name, label, type, complete) =>
    `<label>${label}<input name="${name}" type="${type}" autocomplete="${complete}" required></label>`;
  const main = `<p class="hint">${texts.step} 1 / 2</p><h1>${texts.address}</h1>
<div class="columns"><form class="panel" action="/checkout" method="post">
${field('name', texts.name, 'text', 'name')}
${field('street', texts.street, 'text', 'street-address')}
${field('city', texts.city, 'text', 'address-level2')}
${field('email', texts.email, 'email', 'email')}
<button class="button">${texts.toPayment}</button>
</form>${summary(visit, '')}</div>`;
  return layout(visit, texts.checkout, main, pushes);
}

export function payment(visit, pushes) {
  const { texts } = visit;
  const methods = Object.entries(texts.methods)
    .map(([key, label], place) => {
      const checked = place === 0 ? ' checked' : '';
      return `<label class="choice"><input type="radio" name="method" value="${key}"${checked}>${label}</label>`;
    })
    .join('\n');
  const main = `<p class="hint">${texts.step} 2 / 2</p><h1>${texts.payment}</h1>
<div class="columns"><form class="panel" action="/checkout/payment" method="post">
${methods}
<button class="button">${texts.order}</button>
</form>${summary(visit, '')}</div>`;
  return layout(visit, texts.payment, main, pushes);
}

export function done(visit, order, pushes) {
  const { texts } = visit;
  const main = `<section class="hero"><h1>${texts.thanks}</h1>
<p>${texts.number} <strong id="order-number">${order.number}</strong>. ${texts.confirmation}</p>
<p class="price" id="order-total">${money(visit, order.value)}</p>
<p><a class="button" href="/">${texts.goOn}</a></p></section>`;
  return layout(visit, texts.thanks, main, pushes);
}

export function notFound(visit) {
  const { texts } = visit;
  const main = `<section class="hero"><h1>${texts.notFound}</h1><p>${texts.notFoundText}</p><p><a class="button" href="/">${texts.goOn}</a></p></section>`;
  return layout(visit, texts.notFound, main, []);
}
