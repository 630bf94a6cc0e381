// The health check of the server's image: the line itself, run beside a server that is well, ill, or not there.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { DEPLOY, freePort, program } from './support.mjs';

test('the health check tells well from ill', async (t) => {
  const text = await readFile(join(DEPLOY, 'Containerfile'), 'utf8');
  const [, line] = /^HEALTHCHECK[^\n]*\\\n\s+CMD (\["node".*\])$/m.exec(text);
  const [command, ...args] = JSON.parse(line);
  assert.equal(command, 'node');
  let status = 200;
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(status).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const check = (port) => program(t, process.execPath, args, { env: { ...process.env, ADMIN_PORT: String(port) } }).exit;
  assert.equal(await check(server.address().port), 0);
  status = 503;
  assert.equal(await check(server.address().port), 1);
  assert.equal(await check(await freePort()), 1);
  assert.deepEqual(asked, ['/health', '/health']);
});
