import assert from 'node:assert/strict';

// What the endpoint accepts, checked on everything that the runtime posts.

const text = (max) => (value) => typeof value === 'string' && value.length > 0 && value.length <= max;
const amount = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const currency = (value) => /^[A-Z]{3}$/.test(value);
const rule = (value) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(value);

const WORD = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
const printable = (value, max) =>
  typeof value === 'string' && [...value].length <= max && !/[\p{Cc}\p{Cs}]/u.test(value);
const plain = (value) => typeof value === 'boolean' || (Number.isFinite(value) && Math.abs(value) <= 1e15);
const flat = (value) =>
  Object.keys(value).length <= 16 &&
  Object.entries(value).every(([name, member]) => WORD.test(name) && (plain(member) || printable(member, 256))) &&
  Buffer.byteLength(Object.entries(value).flat().join('')) <= 2048;

const MESSAGE = { rule: [rule], variation: [text(64), 'optional'] };
const FIELDS = {
  claim: { ...MESSAGE, message: [Number.isInteger, 'optional'] },
  impression: { ...MESSAGE, on: [text(16), 'optional'], claimed: [(value) => value === true] },
  click: { ...MESSAGE, action: [Number.isInteger, 'optional'] },
  dismiss: MESSAGE,
  view: {},
  cart: {
    op: [(value) => ['set', 'add', 'remove'].includes(value)],
    value: [amount, 'optional'],
    items: [amount, 'optional'],
    currency: [currency, 'optional'],
  },
  consent: { granted: [(value) => typeof value === 'boolean'] },
  track: { name: [(value) => WORD.test(value)], data: [flat, 'optional'] },
  identify: { id: [(value) => value && printable(value, 128)], traits: [flat, 'optional'] },
  answer: { ...MESSAGE, fields: [flat], consent: [(value) => printable(value, 512), 'optional'] },
  order: { id: [(value) => /^[ -~]{1,64}$/.test(value)], value: [amount], currency: [currency, 'optional'] },
};

/** @returns {object[]} the events of a body that keeps the contract; anything else throws */
export function readBatch(body) {
  assert.ok(Buffer.byteLength(body) <= 8192, 'a batch has at most 8 KB');
  const batch = JSON.parse(body);
  assert.deepEqual(Object.keys(batch), ['events']);
  assert.ok(batch.events.length >= 1 && batch.events.length <= 32, 'a batch has 1 to 32 events');
  for (const event of batch.events) checkEvent(event);
  const claims = batch.events.filter(({ event }) => event === 'claim');
  assert.ok(claims.length === 0 || batch.events.length === 1, 'a claim stands alone');
  return batch.events;
}

function checkEvent({ event, page, ...rest }) {
  assert.ok(Object.hasOwn(FIELDS, event), `unknown event ${event}`);
  assert.ok(page === undefined || (text(512)(page) && page.startsWith('/')), `page ${page}`);
  const known = FIELDS[event];
  for (const [name, value] of Object.entries(rest)) {
    assert.ok(Object.hasOwn(known, name), `${event} has no member ${name}`);
    assert.ok(known[name][0](value), `${event}.${name} is ${JSON.stringify(value)}`);
  }
  for (const [name, [, optional]] of Object.entries(known)) {
    assert.ok(optional || name in rest, `${event} needs ${name}`);
  }
}
