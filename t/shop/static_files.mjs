import { readFileSync } from 'node:fs';

const TYPES = { 'shop.css': 'text/css', 'shop.js': 'text/javascript' };

const FILES = Object.fromEntries(
  Object.entries(TYPES).map(([name, type]) => [
    name,
    { type, body: readFileSync(new URL(`static/${name}`, import.meta.url)) },
  ]),
);

/** @returns {{type: string, body: Buffer}|undefined} */
export function staticFile(name) {
  return Object.hasOwn(FILES, name) ? FILES[name] : undefined;
}
