// A small web shop for demonstrations and tests. It stands for the shops out there: it knows nothing of what is in
// front of it. Everything is kept in memory.
//
//   node server.mjs --port N | --socket PATH  [--gzip] [--etag] [--framing length|chunked]
//
// Port 0 takes a free one. When the shop is ready it prints "listening on ADDRESS". The three options can be had for
// a single request too: ?gzip=1 ?etag=1 ?framing=chunked. Sticky by cookie: ?lang=en|de, ?csp=NAME (see csp.mjs).
import { unlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { createShop } from './routes.mjs';

const { values: options } = parseArgs({
  options: {
    port: { type: 'string' },
    socket: { type: 'string' },
    gzip: { type: 'boolean', default: false },
    etag: { type: 'boolean', default: false },
    framing: { type: 'string', default: 'length' },
  },
});

if ((options.port === undefined) === (options.socket === undefined)) {
  console.error('usage: node server.mjs --port N | --socket PATH  [--gzip] [--etag] [--framing length|chunked]');
  process.exit(2);
}

const server = createServer(createShop(options));

function stop() {
  server.close(() => process.exit(0));
  server.closeAllConnections();
}

function removeStale(path) {
  try {
    unlinkSync(path);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

process.on('SIGTERM', stop);
process.on('SIGINT', stop);
server.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});

if (options.socket) {
  removeStale(options.socket);
  server.listen(options.socket, () => console.log(`listening on ${options.socket}`));
} else {
  server.listen(Number(options.port), '127.0.0.1', () => {
    console.log(`listening on http://127.0.0.1:${server.address().port}/`);
  });
}
