// What a test in the browser sees of the outside: the Redis behind nginx, and what becomes of it in time.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PATIENCE } from './patience.mjs';

const run = promisify(execFile);

/** `redis-cli` as a colleague types it; the reply, one line each. */
export async function redis(...args) {
  const { stdout } = await run('redis-cli', ['-s', process.env.SMARTMSG_REDIS_SOCKET, ...args]);
  return stdout.trimEnd();
}

/** Waits for a condition; `what` names it in the error if it never comes true. */
export async function until(what, condition) {
  const end = Date.now() + PATIENCE;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}
