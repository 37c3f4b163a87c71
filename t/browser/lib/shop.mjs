import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('../../shop/server.mjs', import.meta.url));

/**
 * Starts the demo shop on a free port.
 *
 * @param {string[]} options  of t/shop/server.mjs
 * @returns {Promise<{url: string, stop: () => Promise<void>}>} the URL ends with a slash
 */
export async function startShop(options = []) {
  const child = spawn(process.execPath, [SERVER, '--port', '0', ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const [line] = await Promise.race([
    once(createInterface(child.stdout), 'line'),
    exited.then(([code]) => Promise.reject(new Error(`the shop ended with ${code}`))),
  ]);
  return {
    url: line.replace('listening on ', ''),
    async stop() {
      child.kill();
      await exited;
    },
  };
}
