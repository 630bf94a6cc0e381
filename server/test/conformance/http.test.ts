import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import type { RunningServer } from '../../src/server.js';
import { clientKeeper, startTestServer, TestClient, type Json } from '../support.js';
import { conforms, count, is, list, number, object, text, time, type Check } from './shape.js';
import { LOBBY_INFO } from './shapes.js';
import { row } from './suite.js';

const STATS = object({
  totalLobbies: count, totalPlayers: count, averagePlayersPerLobby: number,
  lobbiesByStatus: object({ waiting: count, playing: count, finished: count }),
});
/** What this server tells beside what is documented. */
const anything: Check = () => undefined;

let server: RunningServer;
const clients = clientKeeper(() => server);
before(async () => { server = await startTestServer(); });
afterEach(() => clients.closeAll());
after(() => server.close());

const get = async (path: string): Promise<Json> => (await fetch(`http://127.0.0.1:${server.port}${path}`)).json();

row('http', 'GET /: status online, service, timestamp, stats', async () => {
  const answer = await get('/');
  conforms(answer, { status: is('online'), service: text, timestamp: text, stats: STATS });
  assert(Math.abs(Date.parse(answer.timestamp) - Date.now()) < 60_000);
});

row('http', 'GET /health: status healthy, uptime, stats', async () => {
  conforms(await get('/health'), {
    status: is('healthy'), uptime: number, stats: STATS, cpuSeconds: number, loop: anything, wire: anything, counters: anything,
  });
});

row('http', 'stats: totalLobbies, totalPlayers, averagePlayersPerLobby, lobbiesByStatus', async () => {
  const [a, b, c] = [await clients.connect(), await clients.connect(), await clients.connect()];
  await a.ask('find_match', {}, 'lobby_joined');
  await b.ask('find_match', {}, 'lobby_joined');
  const { lobbyId } = await c.ask('create_private_lobby', {}, 'lobby_joined');
  await c.ask('admin:force_start_match', { lobbyId }, 'match_starting');
  assert.deepEqual((await get('/')).stats, {
    totalLobbies: 2, totalPlayers: 3, averagePlayersPerLobby: 1.5, lobbiesByStatus: { waiting: 2, playing: 0, finished: 0 },
  });
});

row('http', 'GET /debug/lobbies lists lobbies', async () => {
  const client = await clients.connect();
  const { lobbyId } = await client.ask('find_match', {}, 'lobby_joined');
  const answer = await get('/debug/lobbies');
  conforms(answer, { lobbies: list(LOBBY_INFO), stats: STATS, timestamp: time });
  assert.equal(answer.lobbies.find((lobby: Json) => lobby.id === lobbyId).playerCount, 1);
});

row('http', 'CORS open to any origin, credentials allowed', async () => {
  const origin = 'https://play.example.org';
  for (const path of ['/', '/health', '/debug/lobbies', '/socket.io/?EIO=4&transport=polling']) {
    const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, { headers: { origin } });
    await answer.text();
    assert.equal(answer.headers.get('access-control-allow-origin'), origin, path);
    assert.equal(answer.headers.get('access-control-allow-credentials'), 'true', path);
  }
  const preflight = await fetch(`http://127.0.0.1:${server.port}/health`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET' } });
  assert.equal(preflight.headers.get('access-control-allow-origin'), origin);
});

row('http', 'polling first and then websocket', async () => {
  // As today's client connects: no transports named, so polling and an upgrade.
  const client = await TestClient.connect(server, ['polling', 'websocket']);
  try {
    const polled = await (await fetch(`http://127.0.0.1:${server.port}/socket.io/?EIO=4&transport=polling`)).text();
    assert.deepEqual(JSON.parse(polled.slice(1)).upgrades, ['websocket']);
    await new Promise<void>((resolve) => {
      if (client.socket.io.engine.transport.name === 'websocket') resolve();
      else client.socket.io.engine.once('upgrade', () => resolve());
    });
    await client.ask('time:sync', 1, 'time:sync:response');
    for (const transports of [['polling'], ['websocket']]) {
      const other = await clients.connect(transports);
      await other.ask('time:sync', 1, 'time:sync:response');
      assert.equal(other.socket.io.engine.transport.name, transports[0]);
    }
  } finally {
    client.close();
  }
});
