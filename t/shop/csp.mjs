import { createHash, randomBytes } from 'node:crypto';
import { sticky } from './session.mjs';

const BASE = "default-src 'self'; img-src 'self' data:; style-src 'self'; object-src 'none'; base-uri 'none'";

/** The policies that the shop can be asked for by ?csp=NAME. `nonce` and `hash` are filled in where they are used. */
const POLICIES = {
  none: () => null,
  self: () => `${BASE}; script-src 'self'`,
  inline: () => `${BASE}; script-src 'self' 'unsafe-inline'`,
  nonce: ({ nonce }) => `${BASE}; script-src 'self' 'nonce-${nonce}'`,
  bare: ({ nonce }) => `${BASE}; script-src 'nonce-${nonce}'`,
  strict: ({ nonce }) => `${BASE}; script-src 'nonce-${nonce}' 'strict-dynamic' https: 'unsafe-inline'`,
  trusted: ({ nonce }) =>
    `${BASE}; script-src 'nonce-${nonce}' 'strict-dynamic'; require-trusted-types-for 'script'; trusted-types 'none'`,
  hash: ({ hashes }) => `${BASE}; script-src 'self' ${hashes}`,
  report: ({ nonce }) => `${BASE}; script-src 'nonce-${nonce}' 'strict-dynamic'`,
  noscript: () => `${BASE}; script-src 'none'`,
};

/**
 * The policy of one response.
 *
 * @returns {{nonce: string|null, inline: boolean, headers: object, allow: (script: string) => void}} `inline` tells
 *   whether inline scripts run at all, `allow` makes this one known to a policy of hashes
 */
export function policyFor(visit) {
  const name = sticky(visit, 'csp', Object.keys(POLICIES));
  const usesNonce = ['nonce', 'bare', 'strict', 'trusted', 'report'].includes(name);
  const nonce = usesNonce ? randomBytes(16).toString('base64') : null;
  const hashes = [];
  return {
    nonce,
    inline: name !== 'self' && name !== 'noscript',
    allow(script) {
      hashes.push(`'sha256-${createHash('sha256').update(script).digest('base64')}'`);
    },
    get headers() {
      const policy = POLICIES[name]({ nonce, hashes: hashes.join(' ') });
      if (!policy) return {};
      return { [`Content-Security-Policy${name === 'report' ? '-Report-Only' : ''}`]: policy };
    },
  };
}
