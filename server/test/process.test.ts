import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { killProcesses, startProcess } from './server-process.js';

afterEach(killProcesses);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} ends it cleanly within two seconds, browsers connected or not`, async () => {
    const server = startProcess({ PORT: '0', BOTS: '7' });
    const url = await server.ready;
    assert.match(server.output(), /Trespasser is ready: http:\/\/localhost:\d+\/\n/);
    // A connection that stays open, as browsers keep them.
    await (await fetch(`${url}socket.io/?EIO=4&transport=polling`)).text();
    const asked = Date.now();
    server.child.kill(signal);
    assert.equal(await server.exit, 0);
    assert(Date.now() - asked < 2000);
  });
}

test('a taken port is an error that says what to do', async () => {
  const first = startProcess({ PORT: '0' });
  const { port } = new URL(await first.ready);
  const second = startProcess({ PORT: port });
  assert.equal(await second.exit, 1);
  assert.match(second.output(), new RegExp(`Port ${port} is already in use.*PORT=${Number(port) + 1}`));
  assert.doesNotMatch(second.output(), /\n\s+at /, 'a message, not a stack');
  first.child.kill('SIGTERM');
  assert.equal(await first.exit, 0);
});

test('bad settings are an error that names them', async () => {
  const bad = startProcess({ BOTS: '12' });
  assert.equal(await bad.exit, 1);
  assert.match(bad.output(), /BOTS="12".*0 to 7/);
});

test('an unknown map is an error that names the known ones', async () => {
  const bad = startProcess({ PORT: '0', MAP: 'atlantis' });
  assert.equal(await bad.exit, 1);
  assert.match(bad.output(), /MAP="atlantis".*takes one of/);
});
