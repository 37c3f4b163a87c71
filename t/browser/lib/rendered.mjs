import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const DRIVER = `${process.env.SMARTMSG_DRIVERS ?? `${ROOT}build/drivers`}/snippet`;

/** What visitors of whom this is known get, unless a test says otherwise. */
const FACTS = { cart: { value: 338.5, items: 2, currency: 'EUR' }, profile: { first_name: 'Ada' } };

/**
 * The templates that the server puts into a page for one message.
 *
 * @param {object} show  see docs/messages.md
 * @param {{when?: object[], lang?: string, facts?: object}} options  shown at once by default
 */
export function rendered(show, { when = [{ on: 'load' }], lang = 'en', facts = FACTS } = {}) {
  const rule = JSON.stringify({ defaultValue: { when, show } });
  return execFileSync(DRIVER, [lang, JSON.stringify(facts)], { input: rule, encoding: 'utf8' });
}

/** @returns {Map<string, object>} the messages in docs/messages.md by the name of the example: their `show` */
export function documented() {
  const page = readFileSync(`${ROOT}docs/messages.md`, 'utf8');
  const blocks = page.matchAll(/^```json rule file=([\w-]+)\n(.*?)^```$/gms);
  return new Map(Array.from(blocks, ([, name, text]) => [name, JSON.parse(text).rules[0].force.show]));
}

/** The file that shows an example. */
export function pictureOf(name) {
  return `${ROOT}docs/images/${name}.png`;
}
