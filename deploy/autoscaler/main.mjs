// The webhook of the FleetAutoscaler: POST /scale. What it says is decided in policy.mjs; should it not answer, Agones goes on
// with the next policy of the chain. Settings: AUTOSCALER_PORT, MIN_SERVERS, MAX_SERVERS.
import { createServer } from 'node:http';
import { answer, ReviewError } from './policy.mjs';

/** Bytes. A review is 1 KB or so. */
const LONGEST = 64 * 1024;
const COUNTER = 'matches';

function setting(name, min, max) {
  const text = process.env[name] ?? '';
  const value = /^\d{1,6}$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  console.error(`${name}=${JSON.stringify(text)} is not valid: it takes a whole number from ${min} to ${max}`);
  process.exit(1);
}

const port = setting('AUTOSCALER_PORT', 0, 65535);
const min = setting('MIN_SERVERS', 1, 10_000);
const max = setting('MAX_SERVERS', min, 10_000);

const server = createServer((request, response) => {
  const send = (status, body) => response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  if (request.method === 'GET' && request.url === '/healthz') return send(200, { status: 'ok' });
  if (request.method !== 'POST' || request.url !== '/scale') return send(404, { error: 'POST /scale, or GET /healthz' });
  const parts = [];
  let length = 0;
  request.on('data', (data) => {
    length += data.length;
    if (length <= LONGEST) parts.push(data);
    else request.destroy();
  });
  request.on('end', () => {
    try {
      const review = answer(JSON.parse(Buffer.concat(parts).toString()), { counter: COUNTER, min, max });
      if (review.response.scale) {
        console.log(JSON.stringify({ msg: 'scale', fleet: review.request.name, from: review.request.status.replicas, to: review.response.replicas }));
      }
      send(200, review);
    } catch (error) {
      if (!(error instanceof ReviewError || error instanceof SyntaxError)) throw error;
      console.error(JSON.stringify({ msg: 'refused', error: error.message }));
      send(400, { error: error.message });
    }
  });
});
server.requestTimeout = 5000;
server.maxConnections = 64;
server.listen(port, () => console.log(JSON.stringify({ msg: 'listening', port: server.address().port, min, max })));
process.once('SIGTERM', () => server.close(() => process.exit(0)));
