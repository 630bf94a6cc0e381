// The public front as it will run: Debian's HAProxy with the configuration itself, settings by environment, in front of
// backends of a few lines.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import tls from 'node:tls';
import { promisify } from 'node:util';
import { DEPLOY, folder, freePort, nameServer, program, until } from './support.mjs';

const { WebSocket, WebSocketServer } = createRequire(join(DEPLOY, '../server/package.json'))('ws');
const run = promisify(execFile);
const CONFIG = join(DEPLOY, 'haproxy/haproxy.cfg');
const PLAY = 'play.test';
const PODS = ['127.0.0.2', '127.0.0.3'];
const GAME = '127.0.0.4';

/** A backend that says who it is and what reached it. */
async function backend(t, host, port, name) {
  const sockets = new Set();
  const server = http.createServer((request, response) => {
    if (request.url === '/crash') return request.socket.destroy();
    response.setHeader('X-Powered-By', 'test');
    response.writeHead(request.url === '/missing' ? 404 : 200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ name, url: request.url, headers: request.headers }));
  });
  server.on('connection', (socket) => { sockets.add(socket); socket.on('close', () => sockets.delete(socket)); });
  const ws = new WebSocketServer({ server });
  ws.on('connection', (socket, request) => {
    socket.send(JSON.stringify({ name, url: request.url, headers: request.headers }));
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  server.listen(port, host);
  await once(server, 'listening');
  const stop = async () => {
    if (!server.listening) return;
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  t.after(stop);
  return { stop, port: server.address().port };
}

/** HAProxy with everything behind it. */
async function front(t) {
  const path = await folder(t);
  await run('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', `/CN=${PLAY}`,
    '-keyout', join(path, 'key.pem'), '-out', join(path, 'certificate.pem'),
  ]);
  const pem = join(path, 'edge.pem');
  await writeFile(pem, await readFile(join(path, 'certificate.pem'), 'utf8') + await readFile(join(path, 'key.pem'), 'utf8'));

  const matchPort = await freePort(PODS[0]);
  const pods = [];
  for (const [index, host] of PODS.entries()) pods.push(await backend(t, host, matchPort, `match-${index}`));
  const game = await backend(t, GAME, 0, 'game');
  const assets = await backend(t, '127.0.0.1', 0, 'assets');
  const ports = { https: await freePort(), http: await freePort(), admin: await freePort() };
  const env = {
    DNS_ADDRESS: await nameServer(t, 'match.test', PODS), MATCH_PODS: 'match.test', MATCH_PORT: String(matchPort),
    GAME_PORT: String(game.port), GAME_DOMAIN: 'game.test', GAME_NETWORK: '127.0.0.4/31', PLAY_HOST: PLAY,
    ASSETS_ADDRESS: `127.0.0.1:${assets.port}`, STICKY_KEY: 'a key', CERTIFICATE: pem,
    MAX_CONNECTIONS: '2000', MAX_REQUESTS: '200', TARPIT_REQUESTS: '600', HTTPS_BIND: `127.0.0.1:${ports.https}`, HTTP_BIND: `127.0.0.1:${ports.http}`, ADMIN_BIND: `127.0.0.1:${ports.admin}`,
  };
  // -dW: a warning is an error.
  await run('haproxy', ['-c', '-dW', '-f', CONFIG], { env: { ...process.env, ...env } });
  // The check can fail: a name of a backend that is not there is found.
  const broken = (await readFile(CONFIG, 'utf8')).replace('default_backend match', 'default_backend matches');
  await writeFile(join(path, 'broken.cfg'), broken);
  await assert.rejects(run('haproxy', ['-c', '-dW', '-f', join(path, 'broken.cfg')], { env: { ...process.env, ...env } }), /default_backend: 'matches'/);
  const haproxy = program(t, 'haproxy', ['-db', '-f', CONFIG], { env: { ...process.env, ...env } });
  const edge = { ports, pods, haproxy, matchPort, gamePort: game.port };
  await until(() => `both pods are up\n${haproxy.output()}`, async () => (await podsUp(edge)) === 2);
  return edge;
}

/** How many servers of the matchmaker HAProxy counts as up, by its own numbers. */
async function podsUp({ ports }) {
  const response = await fetch(`http://127.0.0.1:${ports.admin}/metrics`).catch(() => undefined);
  if (response === undefined) return 0;
  const lines = (await response.text()).split('\n');
  return lines.filter((line) => line.startsWith('haproxy_server_status{proxy="match"') && line.includes('state="UP"') && line.endsWith(' 1')).length;
}

/** One request over TLS. `from` is the player's address: limits are by address, so each test has its own. */
function get(edge, url, { from = '127.0.1.1', host = PLAY, method = 'GET', headers = {}, agent = false, body } = {}) {
  return new Promise((resolve, reject) => {
    const request = https.request({
      host: '127.0.0.1', port: edge.ports.https, path: url, method, localAddress: from, servername: host, rejectUnauthorized: false, agent,
      headers: { Host: host, ...headers },
    }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (data) => { text += data; }).on('end', () => {
        let json;
        try { json = JSON.parse(text); } catch { /* What HAProxy says itself is plain text. */ }
        resolve({ status: response.statusCode, headers: response.headers, text, json });
      }).on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

const cookieOf = (response) => response.headers['set-cookie']?.[0].split(';')[0];

test('the public front', async (t) => {
  const edge = await front(t);

  await t.test('plain HTTP leads to TLS', async () => {
    const response = await fetch(`http://127.0.0.1:${edge.ports.http}/x?y=1`, { redirect: 'manual', headers: { Host: PLAY } });
    assert.equal(response.status, 301);
    assert.match(response.headers.get('location'), /^https:\/\/.*\/x\?y=1$/);
  });

  await t.test('TLS before 1.2 is refused', async () => {
    const connect = (version) => new Promise((resolve) => {
      const socket = tls.connect({
        host: '127.0.0.1', port: edge.ports.https, rejectUnauthorized: false, minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0',
      }, () => { resolve(socket.getProtocol()); socket.destroy(); });
      socket.on('error', () => resolve('refused'));
    });
    assert.equal(await connect('TLSv1.1'), 'refused');
    assert.equal(await connect('TLSv1.2'), 'TLSv1.2');
    assert.equal(await connect('TLSv1.3'), 'TLSv1.3');
  });

  await t.test('page and files come from the assets, all else from the matchmaker', async () => {
    const name = async (url, headers) => (await get(edge, url, { headers })).json?.name.replace(/-\d/, '');
    assert.equal(await name('/'), 'assets');
    assert.equal(await name('/assets/index-abc.js'), 'assets');
    assert.equal(await name('/maps/0123456789abcdef.json'), 'assets');
    assert.equal(await name('/', { Accept: 'application/json' }), 'match');
    assert.equal(await name('/health'), 'match');
    assert.equal(await name('/socket.io/?EIO=4&transport=polling'), 'match');
  });

  await t.test('what is for operators stays inside', async () => {
    for (const url of ['/metrics', '/ready', '/debug/lobbies', '/debug']) assert.equal((await get(edge, url)).status, 404, url);
    assert.equal((await get(edge, '/', { method: 'DELETE' })).status, 404);
    assert.equal((await get(edge, '/', { host: 'other.test' })).status, 404);
  });

  await t.test('security headers, and no word of what runs behind', async () => {
    const { headers } = await get(edge, '/health');
    assert.equal(headers['strict-transport-security'], 'max-age=31536000');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['x-frame-options'], 'DENY');
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.equal(headers['x-powered-by'], undefined);
    assert.equal(headers['server'], undefined);
  });

  await t.test('the address that the server sees is the real one', async () => {
    const { json } = await get(edge, '/health', { from: '127.0.1.9', headers: { 'X-Forwarded-For': '8.8.8.8', Forwarded: 'for=8.8.8.8' } });
    assert.equal(json.headers['x-forwarded-for'], '127.0.1.9');
    assert.equal(json.headers['x-forwarded-proto'], 'https');
    assert.equal(json.headers['forwarded'], undefined);
  });

  await t.test('a cookie keeps a player at one pod, and another player at another', async () => {
    const first = await get(edge, '/socket.io/?EIO=4&transport=polling', { from: '127.0.1.2' });
    const cookie = cookieOf(first);
    assert.match(first.headers['set-cookie'][0], /^trespasser=[0-9a-f]+;.*HttpOnly.*[Ss]ecure/);
    assert.doesNotMatch(cookie, /127/);
    for (let i = 0; i < 20; i++) {
      const again = await get(edge, '/socket.io/?EIO=4&transport=polling', { from: '127.0.1.2', headers: { Cookie: cookie } });
      assert.equal(again.json.name, first.json.name);
      assert.equal(again.json.headers['cookie'], undefined, 'the cookie is ours, not the server\'s');
    }
    const names = new Set();
    for (let i = 0; i < 20; i++) names.add((await get(edge, '/socket.io/', { from: '127.0.1.2' })).json.name);
    assert.equal(names.size, 2);
  });

  await t.test('WebSockets pass, sticky too, text and binary', async () => {
    const { json, ...response } = await get(edge, '/socket.io/?EIO=4', { from: '127.0.1.3' });
    for (let i = 0; i < 4; i++) {
      const socket = new WebSocket(`wss://127.0.0.1:${edge.ports.https}/wire?ticket=1`, {
        rejectUnauthorized: false, localAddress: '127.0.1.3', headers: { Host: PLAY, Cookie: cookieOf(response) },
      });
      const [hello] = await once(socket, 'message');
      assert.equal(JSON.parse(hello).name, json.name);
      assert.equal(JSON.parse(hello).url, '/wire?ticket=1');
      socket.send(Buffer.from([0, 255, 1]));
      const [echo, isBinary] = await once(socket, 'message');
      assert.deepEqual([...echo], [0, 255, 1]);
      assert.equal(isBinary, true);
      socket.close();
      await once(socket, 'close');
    }
  });

  await t.test('a game server is reached by its pod\'s name, and nothing else is', async () => {
    const at = (host, options) => get(edge, '/health', { host, from: '127.0.1.4', ...options });
    assert.equal((await at('127-0-0-4.game.test')).json.name, 'game');
    assert.equal((await at('127-0-0-4.GAME.test:443')).json?.name, 'game');
    const socket = new WebSocket(`wss://127.0.0.1:${edge.ports.https}/wire`, {
      rejectUnauthorized: false, localAddress: '127.0.1.4', headers: { Host: '127-0-0-4.game.test' },
    });
    assert.equal(JSON.parse((await once(socket, 'message'))[0]).name, 'game');
    socket.close();
    // In the network but nobody there; outside of it; no address; another way to write one; the domain alone.
    assert.equal((await at('127-0-0-5.game.test')).status, 503);
    for (const host of ['127-0-0-2.game.test', '8-8-8-8.game.test', 'localhost.game.test', '127-0-0-999.game.test', '2130706436.game.test', 'x.127-0-0-4.game.test', 'game.test', '127-0-0-4.game.test.example.com']) {
      assert.equal((await at(host)).status, 404, host);
    }
  });

  await t.test('a pod that dies is left: its players go to the other one and back', async () => {
    const response = await get(edge, '/socket.io/', { from: '127.0.1.5' });
    const index = Number(response.json.name.at(-1));
    const headers = { Cookie: cookieOf(response) };
    const socket = new WebSocket(`wss://127.0.0.1:${edge.ports.https}/wire`, { rejectUnauthorized: false, localAddress: '127.0.1.5', headers: { Host: PLAY, ...headers } });
    await once(socket, 'message');
    const closed = once(socket, 'close');
    await edge.pods[index].stop();
    await closed;
    await until('one pod is down', async () => (await podsUp(edge)) === 1);
    const moved = await get(edge, '/socket.io/', { from: '127.0.1.5', headers });
    assert.equal(moved.status, 200);
    assert.equal(moved.json.name, `match-${1 - index}`);
    assert.ok(cookieOf(moved), 'a new cookie');
    await edge.pods[1 - index].stop();
    await until('both are down', async () => (await podsUp(edge)) === 0);
    const none = await get(edge, '/socket.io/', { from: '127.0.1.5' });
    assert.equal(none.status, 503);
    assert.equal(none.headers['retry-after'], '5');
    assert.doesNotMatch(none.text, /haproxy/i);
    for (const [at, host] of PODS.entries()) await backend(t, host, edge.matchPort, `match-${at}`);
    await until('both are back', async () => (await podsUp(edge)) === 2);
    assert.equal((await get(edge, '/socket.io/', { from: '127.0.1.5' })).status, 200);
  });

  await t.test('an address with more requests than its limit (here 200 in 10 s) is told to wait; others are not', async () => {
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
    // A slow machine needs more of them to make 200 in 10 s; none needs fewer.
    let admitted = 0;
    let refusal;
    while (refusal === undefined && admitted < 5000) {
      const response = await get(edge, '/health', { from: '127.0.1.6', agent });
      if (response.status === 200) admitted++;
      else refusal = response;
    }
    agent.destroy();
    assert.ok(admitted >= 200, `${admitted}`);
    assert.equal(refusal.status, 429);
    assert.equal(refusal.headers['retry-after'], '10');
    assert.equal((await get(edge, '/health', { from: '127.0.1.7' })).status, 200);
  });

  await t.test('an address that does not stop is kept waiting', async () => {
    const agent = new https.Agent({ keepAlive: true, maxSockets: 4 });
    const options = { from: '127.0.1.8', agent };
    const heldFor = (ms) => new Promise((resolve) => setTimeout(resolve, ms, 'held'));
    let last;
    for (let sent = 0; sent < 5000 && last !== 'held'; sent += 4) {
      const wave = Promise.all(Array.from({ length: 4 }, () => get(edge, '/health', options).catch(() => undefined)));
      last = await Promise.race([wave, heldFor(4000)]);
      if (sent < 590) assert.notEqual(last, 'held', `after ${sent}`);
    }
    assert.equal(last, 'held');
    assert.equal((await get(edge, '/health', { from: '127.0.1.7' })).status, 200);
    agent.destroy();
  });

  await t.test('who looks for holes is told to wait', async () => {
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
    const counts = {};
    for (let i = 0; i < 80; i++) {
      const { status } = await get(edge, '/missing', { from: '127.0.1.10', agent });
      counts[status] = (counts[status] ?? 0) + 1;
    }
    agent.destroy();
    assert.ok(counts[404] >= 60 && counts[429] >= 10, JSON.stringify(counts));
  });

  await t.test('an address has 64 connections at most', async () => {
    const open = [];
    const connect = () => new Promise((resolve) => {
      const socket = tls.connect({ host: '127.0.0.1', port: edge.ports.https, localAddress: '127.0.1.11', rejectUnauthorized: false }, () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('close', () => resolve(false));
      open.push(socket);
    });
    const results = [];
    for (let i = 0; i < 70; i++) results.push(await connect());
    for (const socket of open) socket.destroy();
    assert.deepEqual(results, [...Array(64).fill(true), ...Array(6).fill(false)]);
  });

  await t.test('numbers and health are on the port for operators', async () => {
    const at = (url) => fetch(`http://127.0.0.1:${edge.ports.admin}${url}`);
    assert.equal(await (await at('/healthz')).text(), 'ok\n');
    assert.match(await (await at('/metrics')).text(), /haproxy_frontend_current_sessions\{proxy="public"\}/);
    assert.equal((await at('/')).status, 404);
  });

  await t.test('a soft stop takes no new connection and keeps the open ones', async () => {
    const socket = new WebSocket(`wss://127.0.0.1:${edge.ports.https}/wire`, { rejectUnauthorized: false, localAddress: '127.0.1.12', headers: { Host: PLAY } });
    await once(socket, 'message');
    edge.haproxy.child.kill('SIGUSR1');
    await until('new ones are refused', async () => (await get(edge, '/health', { from: '127.0.1.13' }).then(() => false, () => true)));
    socket.send('still here');
    assert.equal(String((await once(socket, 'message'))[0]), 'still here');
    socket.close();
    await once(socket, 'close');
    assert.equal(await edge.haproxy.exit, 0);
  });
});
