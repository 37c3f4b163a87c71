// An HTTP/2 client without TLS that does what it is told, one JSON text a line:
//
//   {"do": "open", "port": 8080, "window": 65535}   a connection
//   {"do": "get", "id": 1, "path": "/", "headers": {...}, "method": "GET",
//    "body": "...", "paused": true}                  a stream on it
//   {"do": "resume", "id": 1}                        read what is paused
//   {"do": "reset", "id": 1}                         RST_STREAM, CANCEL
//   {"do": "destroy"}                                cut the connection
//
// and tells what happens in the same way, but for the many bytes of bodies:
//
//   {"id": 1, "is": "head", "status": 200, "headers": {...}}
//   1 BASE64                                         some of the body of stream 1
//   {"id": 1, "is": "end"}, or "reset" with its "code"
//   {"is": "goaway"}, {"is": "closed"}

import http2 from 'node:http2';
import readline from 'node:readline';

let session;
const streams = new Map();

function tell(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function open({ port, window }) {
  const current = http2.connect(`http://127.0.0.1:${port}`, {
    settings: { initialWindowSize: window ?? 65535, enablePush: false },
  });
  current.on('error', (error) => tell({ is: 'error', text: error.message }));
  current.on('goaway', (code) => tell({ is: 'goaway', code }));
  current.on('close', () => tell({ is: 'closed' }));
  session = current;
}

function get({ id, path, headers, method, body, paused }) {
  const stream = session.request(
    { ':path': path, ':method': method ?? 'GET', ...headers },
    { endStream: body === undefined },
  );
  streams.set(id, stream);

  let ended = false;
  stream.on('response', (head) => {
    tell({ id, is: 'head', status: head[':status'], headers: head });
    if (!paused) stream.resume();
  });
  stream.on('data', (data) => {
    process.stdout.write(`${id} ${data.toString('base64')}\n`);
  });
  stream.on('end', () => { ended = true; });
  stream.on('error', () => {});
  stream.on('close', () => {
    streams.delete(id);
    tell(ended && stream.rstCode === 0
      ? { id, is: 'end' } : { id, is: 'reset', code: stream.rstCode });
  });
  stream.pause();

  if (body !== undefined) stream.end(body);
}

const commands = {
  open,
  get,
  resume: ({ id }) => streams.get(id)?.resume(),
  reset: ({ id }) => streams.get(id)?.close(http2.constants.NGHTTP2_CANCEL),
  destroy: () => session.destroy(),
};

readline.createInterface({ input: process.stdin })
  .on('line', (line) => {
    const command = JSON.parse(line);
    commands[command.do](command);
  })
  .on('close', () => process.exit(0));
