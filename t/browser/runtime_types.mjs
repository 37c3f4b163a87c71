// smartmsg.d.ts against what scripts write and against the runtime itself, by the TypeScript compiler.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TSC = fileURLToPath(new URL('node_modules/typescript/bin/tsc', import.meta.url));
const PROJECTS = {
  'tsconfig.json': 'scripts of the shop',
  'runtime.json': 'the runtime',
};

for (const [project, what] of Object.entries(PROJECTS)) {
  test(`smartmsg.d.ts fits ${what}`, async () => {
    const path = fileURLToPath(new URL(`types/${project}`, import.meta.url));
    const problems = await run(process.execPath, [TSC, '-p', path]).then(
      () => '',
      ({ stdout, stderr }) => stdout + stderr,
    );
    assert.equal(problems, '');
  });
}
