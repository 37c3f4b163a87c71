import { inspect } from 'node:util';

// Plain TAP for prove: one line for each test, and why it failed on stderr, where prove shows it. The reporter that
// comes with node adds blocks of YAML that prove cannot always read, and then it loses the rest.

function comment(text) {
  return text.replace(/^/gm, '# ').concat('\n');
}

function reason({ details }) {
  const error = details.error?.cause ?? details.error;
  return comment(error instanceof Error ? (error.stack ?? String(error)) : inspect(error));
}

/** A node:test reporter: `node --test-reporter=lib/tap_reporter.mjs FILE`. */
export default async function* report(source) {
  let count = 0;
  for await (const { type, data } of source) {
    if (type === 'test:diagnostic' && data.nesting === 0) yield comment(data.message);
    if (data?.nesting !== 0) continue;
    if (type === 'test:pass') {
      count += 1;
      const skip = data.skip === undefined ? '' : ` # SKIP ${data.skip === true ? '' : data.skip}`;
      yield `ok ${count} - ${data.name.replace(/#/g, '\\#')}${skip}\n`;
    } else if (type === 'test:fail') {
      count += 1;
      yield `not ok ${count} - ${data.name.replace(/#/g, '\\#')}\n`;
      process.stderr.write(reason(data));
    }
  }
  yield `1..${count}\n`;
}
