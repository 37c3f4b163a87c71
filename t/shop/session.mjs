import { randomBytes } from 'node:crypto';

const NAME = 'shop_session';

/** Sessions begin with the first goods in the cart, so that plain pages stay free of cookies. */
export class Sessions {
  #known = new Map();

  find(req) {
    return this.#known.get(readCookies(req)[NAME]);
  }

  /** The visit's session, begun now if there is none. */
  need(visit) {
    if (visit.session) return visit.session;
    const id = randomBytes(12).toString('hex');
    visit.session = { lines: new Map(), news: [], address: null, order: null };
    this.#known.set(id, visit.session);
    setCookie(visit, NAME, id, '; HttpOnly; SameSite=Lax');
    return visit.session;
  }
}

export function readCookies(req) {
  const pairs = (req.headers.cookie ?? '').split(/;\s*/).map((pair) => pair.split('='));
  return Object.fromEntries(pairs.filter(([name, value]) => name && value !== undefined));
}

export function setCookie(visit, name, value, attributes = '') {
  visit.cookies.push(`${name}=${value}; Path=/${attributes}`);
}

/** A choice made by query argument and remembered by a cookie of the same name; the first of `allowed` by default. */
export function sticky(visit, name, allowed) {
  const asked = visit.query.get(name);
  if (allowed.includes(asked)) {
    setCookie(visit, name, asked);
    return asked;
  }
  const remembered = readCookies(visit.req)[name];
  return allowed.includes(remembered) ? remembered : allowed[0];
}
