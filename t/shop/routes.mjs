import { addToCart, cartOf, Orders, removeFromCart, totals } from './cart.mjs';
import { find, GOODS } from './catalogue.mjs';
import { policyFor } from './csp.mjs';
import * as ga4 from './ga4.mjs';
import { big, slow } from './odd_pages.mjs';
import * as pages from './pages.mjs';
import { picture } from './pictures.mjs';
import { readForm, send, sendRedirect } from './respond.mjs';
import { Sessions, sticky } from './session.mjs';
import { staticFile } from './static_files.mjs';
import { textsFor } from './texts.mjs';

const NO_STORE = { 'Cache-Control': 'no-store' };

/** @returns {(req: import('node:http').IncomingMessage, res: import('node:http').ServerResponse) => void} */
export function createShop(defaults) {
  const shop = { defaults, sessions: new Sessions(), orders: new Orders() };
  return (req, res) => {
    handle(shop, req, res).catch((error) => {
      console.error(error);
      if (!res.headersSent) res.writeHead(500);
      res.end();
    });
  };
}

async function handle(shop, req, res) {
  const visit = createVisit(shop, req, res);
  const { path } = visit;

  if (path.startsWith('/static/')) return sendStatic(visit);
  if (path.startsWith('/product/')) return product(visit);

  const route = ROUTES[path];
  if (!route) return show(visit, pages.notFound(visit), { status: 404 });
  const method = req.method === 'HEAD' ? 'GET' : req.method;
  const handler = route[method];
  if (!handler) return send(visit, { status: 405, headers: { Allow: Object.keys(route).join(', ') }, body: '' });
  return handler(visit);
}

/** All that a page needs to know about one request. */
function createVisit(shop, req, res) {
  const url = new URL(req.url, 'http://shop.invalid');
  const visit = { shop, req, res, path: url.pathname, query: url.searchParams, cookies: [] };
  visit.lang = sticky(visit, 'lang', ['en', 'de']);
  visit.texts = textsFor(visit.lang);
  visit.policy = policyFor(visit);
  visit.session = shop.sessions.find(req);
  visit.cart = cartOf(visit.session);
  return visit;
}

function show(visit, html, { status = 200, headers = {} } = {}) {
  return send(visit, { status, headers: { ...visit.policy.headers, ...headers }, body: html });
}

function home(visit) {
  return show(visit, pages.home(visit, GOODS, [ga4.viewItemList(GOODS)]));
}

function product(visit) {
  const item = find(visit.path.slice('/product/'.length));
  if (!item) return show(visit, pages.notFound(visit), { status: 404 });
  return show(visit, pages.product(visit, item, [ga4.viewItem(item)]));
}

function cart(visit) {
  const pushes = [...takeNews(visit), ga4.viewCart(visit.cart)];
  return show(visit, pages.cart(visit, pushes), { headers: NO_STORE });
}

async function cartAdd(visit) {
  const form = await readForm(visit.req);
  const item = find(form.get('slug'));
  if (!item) return show(visit, pages.notFound(visit), { status: 404 });
  const quantity = Math.min(Math.max(Number.parseInt(form.get('quantity') ?? '1', 10) || 1, 1), 99);
  const session = visit.shop.sessions.need(visit);
  addToCart(visit, item, quantity);

  const push = ga4.addToCart(item, quantity);
  if (/application\/json/.test(visit.req.headers.accept ?? '')) {
    const body = JSON.stringify({ cart: totals(visit.cart), push });
    return send(visit, { type: 'application/json', headers: NO_STORE, body });
  }
  session.news.push(push);
  return sendRedirect(visit, 303, '/cart');
}

async function cartRemove(visit) {
  const form = await readForm(visit.req);
  const line = visit.cart.find(({ item }) => item.slug === form.get('slug'));
  if (line) {
    removeFromCart(visit, line.item);
    visit.session.news.push(ga4.removeFromCart(line.item, line.quantity));
  }
  return sendRedirect(visit, 303, '/cart');
}

/** What happened in the request before and could not be told to the dataLayer, because that one was a redirect. */
function takeNews({ session }) {
  return session ? session.news.splice(0) : [];
}

function checkout(visit) {
  if (!visit.cart.length) return sendRedirect(visit, 302, '/cart');
  return show(visit, pages.checkout(visit, [ga4.beginCheckout(visit.cart)]), { headers: NO_STORE });
}

async function checkoutAddress(visit) {
  if (!visit.cart.length) return sendRedirect(visit, 302, '/cart');
  const form = await readForm(visit.req);
  visit.session.address = { name: form.get('name') ?? '', city: form.get('city') ?? '' };
  return sendRedirect(visit, 303, '/checkout/payment');
}

function payment(visit) {
  if (!visit.cart.length) return sendRedirect(visit, 302, '/cart');
  if (!visit.session.address) return sendRedirect(visit, 302, '/checkout');
  return show(visit, pages.payment(visit, [ga4.addPaymentInfo(visit.cart)]), { headers: NO_STORE });
}

async function placeOrder(visit) {
  if (!visit.cart.length || !visit.session.address) return sendRedirect(visit, 302, '/cart');
  await readForm(visit.req);
  visit.shop.orders.place(visit);
  return sendRedirect(visit, 303, '/checkout/done');
}

function done(visit) {
  const order = visit.session?.order;
  if (!order) return sendRedirect(visit, 302, '/');
  return show(visit, pages.done(visit, order, [ga4.purchase(order)]), { headers: NO_STORE });
}

function miniCart(visit) {
  return send(visit, { headers: NO_STORE, body: pages.miniCart(visit) });
}

function robots(visit) {
  return send(visit, { type: 'text/plain', body: 'User-agent: *\nDisallow: /cart\nDisallow: /checkout\n' });
}

function sendStatic(visit) {
  const drawn = /^\/static\/img\/([a-z-]+)\.svg$/.exec(visit.path);
  const file = drawn ? picture(drawn[1]) : staticFile(visit.path.slice('/static/'.length));
  if (!file) return send(visit, { status: 404, type: 'text/plain', body: 'not found\n' });
  return send(visit, { type: file.type, headers: { 'Cache-Control': 'public, max-age=3600' }, body: file.body });
}

const ROUTES = {
  '/': { GET: home },
  '/cart': { GET: cart },
  '/cart/add': { POST: cartAdd },
  '/cart/remove': { POST: cartRemove },
  '/checkout': { GET: checkout, POST: checkoutAddress },
  '/checkout/payment': { GET: payment, POST: placeOrder },
  '/checkout/done': { GET: done },
  '/fragment/minicart': { GET: miniCart },
  '/slow': { GET: slow },
  '/big': { GET: (visit) => show(visit, big(visit)) },
  '/robots.txt': { GET: robots },
  '/favicon.ico': { GET: (visit) => sendRedirect(visit, 302, '/static/img/logo.svg') },
};
