import assert from 'node:assert/strict';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { engine } from '../src/engine.js';
import type { RunningServer } from '../src/server.js';
import { startTestServer, type Json } from './support.js';

describe('HTTP', () => {
  let server: RunningServer;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'trespasser-'));
    const client = join(folder, 'dist');
    mkdirSync(join(client, 'assets'), { recursive: true });
    writeFileSync(join(client, 'index.html'), '<!doctype html><title>Trespasser</title>');
    writeFileSync(join(client, 'assets', 'app-1a2b.js'), 'export {};');
    writeFileSync(join(client, '.hidden'), 'hidden');
    writeFileSync(join(folder, 'secret.txt'), 'secret');
    server = await startTestServer({ BOTS: '3' }, { clientFolder: client });
  });
  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> => (
    fetch(`http://127.0.0.1:${server.port}${path}`, { headers })
  );
  /** fetch tidies paths up before it sends them; an attacker does not. */
  const rawGet = (path: string): Promise<{ status: number; body: string }> => new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: server.port, path }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => { body += chunk.toString(); });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    }).on('error', reject).end();
  });

  test('/ answers programs with the status and browsers with the page', async () => {
    for (const accept of ['application/json', '*/*']) {
      const body = await (await get('/', { accept })).json() as Json;
      assert.equal(body.status, 'online');
      assert.deepEqual(Object.keys(body).sort(), ['service', 'stats', 'status', 'timestamp']);
    }
    const page = await get('/?autojoin=1', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
    assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.match(await page.text(), /Trespasser/);
  });

  test('/health and /debug/lobbies', async () => {
    const health = await (await get('/health')).json() as Json;
    assert.equal(health.status, 'healthy');
    assert.equal(typeof health.uptime, 'number');
    assert.deepEqual(health.stats, {
      totalLobbies: 1, totalPlayers: 3, averagePlayersPerLobby: 3, lobbiesByStatus: { waiting: 0, playing: 1, finished: 0 },
    });
    assert.deepEqual(health.wire, { connections: 0, tickets: 0, packets: 0, bytes: 0, received: 0 });
    assert.equal((await (await get('/debug/lobbies')).json() as Json).lobbies[0].status, 'playing');
  });

  test('maps go by their content, and are kept for good', async () => {
    const map = engine.GameMap.builtin(engine.GameMap.builtinNames()[0]!);
    const answer = await get(`/maps/${map.hash}.json`);
    assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8');
    assert.match(answer.headers.get('cache-control') ?? '', /immutable/);
    const drawing = await answer.json() as Json;
    assert.deepEqual(Object.keys(drawing), ['hash', 'width', 'height', 'walls', 'missing', 'spawns']);
    assert.deepEqual([drawing.hash, drawing.width, drawing.height, drawing.spawns], [map.hash, 480, 270, map.spawns()]);
    assert.equal(5 * drawing.walls.length, map.sliceCount);
    assert.deepEqual(drawing.missing, map.missingSlices());
    map.walls().forEach(({ firstSlice, orientation, ...wall }, index) => {
      assert.deepEqual(drawing.walls[index], { ...wall, alongX: orientation === 'horizontal' });
      assert.equal(firstSlice, 5 * index);
    });
    for (const path of ['/maps/0123456789abcdef.json', `/maps/${map.hash}`, '/maps/.json', '/maps/', `/maps/${map.hash}.json/x`]) {
      assert.equal((await get(path)).status, 404, path);
    }
    const head = await fetch(`http://127.0.0.1:${server.port}/maps/${map.hash}.json`, { method: 'HEAD' });
    assert.equal(head.status, 200);
  });

  test('the window into a match is closed without debug commands', async () => {
    assert.equal((await get('/debug/match/public')).status, 404);
    const open = await startTestServer({ BOTS: '3', DEBUG_COMMANDS: 'on' });
    try {
      const body = await (await fetch(`http://127.0.0.1:${open.port}/debug/match/public`)).json() as Json;
      assert.equal(body.players.length, 3);
      assert.equal(typeof body.players[0].position.x, 'number');
      assert.equal(typeof body.destruction.damagedSlices, 'number');
      assert.equal((await fetch(`http://127.0.0.1:${open.port}/debug/match/nowhere`)).status, 404);
    } finally {
      await open.close();
    }
  });

  test('files come with their type, and hashed ones are kept', async () => {
    const script = await get('/assets/app-1a2b.js');
    assert.equal(script.headers.get('content-type'), 'text/javascript; charset=utf-8');
    assert.match(script.headers.get('cache-control') ?? '', /immutable/);
    const again = await get('/assets/app-1a2b.js', { 'if-none-match': script.headers.get('etag') ?? '' });
    assert.equal(again.status, 304);
    assert.equal((await get('/missing.js')).status, 404);
    assert.equal((await get('/assets')).status, 404);
  });

  test('no path leads out of the folder', async () => {
    for (const path of [
      '/../secret.txt', '/assets/../../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/%2e%2e%2fsecret.txt', '/..\\secret.txt',
      '/%5c..%5csecret.txt', '/assets/%00', '/%', '//../secret.txt', '/.hidden', '/assets/..%2f..%2fsecret.txt',
    ]) {
      const { status, body } = await rawGet(path);
      assert.equal(status, 404, path);
      assert(!body.includes('secret') && !body.includes('hidden'), path);
    }
  });

  test('any origin may ask, with credentials', async () => {
    const answer = await get('/health', { origin: 'https://example.org' });
    assert.equal(answer.headers.get('access-control-allow-origin'), 'https://example.org');
    assert.equal(answer.headers.get('access-control-allow-credentials'), 'true');
    const polling = await get('/socket.io/?EIO=4&transport=polling', { origin: 'https://example.org' });
    assert.equal(polling.headers.get('access-control-allow-origin'), 'https://example.org');
    await polling.text();
    assert.equal((await fetch(`http://127.0.0.1:${server.port}/`, { method: 'POST' })).status, 405);
  });

  test('a client that is not built is said to be missing, with what to do', async () => {
    const bare = await startTestServer({}, { clientFolder: join(folder, 'nowhere') });
    try {
      const answer = await fetch(`http://127.0.0.1:${bare.port}/`, { headers: { accept: 'text/html' } });
      assert.equal(answer.status, 503);
      assert.match(await answer.text(), /npm run build/);
    } finally {
      await bare.close();
    }
  });
});
