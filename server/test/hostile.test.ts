import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp, type Socket as TcpSocket } from 'node:net';
import { after, afterEach, before, describe, test } from 'node:test';
import { WebSocket } from 'ws';
import { ConnectionLimit } from '../src/connection-limit.js';
import { BYTES, EXPULSION, MAX_WAITING, PATIENCE } from '../src/limits.js';
import type { RunningServer } from '../src/server.js';
import { clientKeeper, Hands, inputPacket, sleep, startTestServer, TestClient, type Json } from './support.js';

const HANDSHAKE_SECONDS = 1;
const PING = { intervalMs: 500, timeoutMs: 1500 };

/** Waits for a condition that the server brings about in its own time. */
async function until(what: string, holds: () => boolean, seconds = 20): Promise<void> {
  for (const end = Date.now() + seconds * 1000; !holds(); await sleep(5)) assert(Date.now() < end, `${what} did not happen in ${seconds} s`);
}

describe('hostile sockets', () => {
  let server: RunningServer;
  let victim: TestClient;
  let hands: Hands;
  const clients = clientKeeper(() => server);
  const raw: (TcpSocket | WebSocket)[] = [];

  before(async () => {
    server = await startTestServer({ BOTS: '3', HANDSHAKE_SECONDS: `${HANDSHAKE_SECONDS}`, DEBUG_COMMANDS: 'on', MAX_CONNECTIONS: '300' }, { ping: PING });
    victim = await TestClient.connect(server);
    await victim.play('Victim');
    hands = new Hands(victim);
  });
  afterEach(() => {
    clients.closeAll();
    for (const socket of raw.splice(0)) {
      if (socket instanceof WebSocket) socket.terminate();
      else socket.destroy();
    }
  });
  after(async () => {
    hands.stop();
    victim.close();
    await server.close();
  });

  /**
   * The loop's own books while something is done to the server: how many of the steps that were due were made. Not by wall
   * time: a machine that is busy elsewhere is late, and what is late is printed.
   */
  const meanwhile = async (what: string, attack: () => Promise<void>): Promise<void> => {
    const before = server.loopStats();
    await attack();
    await sleep(100);
    const now = server.loopStats();
    const [made, skipped] = [now.steps - before.steps, now.skippedSteps - before.skippedSteps];
    console.log(`${what}: ${made} steps made, ${skipped} skipped, latest ${now.recent.latenessMs.toFixed(1)} ms late, longest ${now.recent.stepMs.toFixed(1)} ms`);
    // One stall's worth is the machine's own: others work on it.
    assert(made > 0 && skipped <= 6 + 0.05 * (made + skipped), `${made} steps made, ${skipped} skipped`);
    assert(victim.socket.connected);
    await victim.ask('time:sync', Math.random(), 'time:sync:response');
  };
  const ended = (client: TestClient): Promise<void> => until('the disconnect', () => !client.socket.connected);
  const upgrade = async (): Promise<WebSocket> => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/socket.io/?EIO=4&transport=websocket`);
    raw.push(socket);
    await once(socket, 'open');
    return socket;
  };
  /** A client of Socket.IO that says what it likes; the lines that it was told. */
  const bare = async (): Promise<{ socket: WebSocket; lines: string[] }> => {
    const socket = await upgrade();
    const lines: string[] = [];
    socket.on('message', (data) => lines.push(String(data)));
    socket.send('40');
    await until('the session', () => lines.some((line) => line.startsWith('40')));
    return { socket, lines };
  };

  test('a flood of events is dropped, and whoever goes on is expelled and told why', async () => {
    await meanwhile('1,000 events a second', async () => {
      const flooder = await clients.connect();
      await flooder.play('Flooder');
      const expelled = server.counters.get('expelled_faults');
      let sequence = 0;
      for (let round = 0; round < 500 && flooder.socket.connected; round++) {
        for (let each = 0; each < 20; each++) flooder.emit('player:input', inputPacket(++sequence, { keys: { w: true } }));
        await sleep(20);
      }
      await ended(flooder);
      assert.equal(server.counters.get('expelled_faults'), expelled + 1);
      assert.deepEqual(flooder.last('server:expelled').reason, EXPULSION.faults);
      assert(server.counters.get('event_over_budget') >= PATIENCE.faults * 10);
      assert(server.lobbies.of(flooder.id) === undefined);
    });
  });

  test('as much at once as a socket carries ends as quickly', async () => {
    await meanwhile('100,000 events at once', async () => {
      const { socket, lines } = await bare();
      const closed = once(socket, 'close');
      const packet = `42${JSON.stringify(['player:input', inputPacket(1)])}`;
      for (let each = 0; each < 100_000 && socket.readyState === WebSocket.OPEN; each++) {
        socket.send(packet);
        // Lets this process, which is the server's too, go on.
        if (each % 200 === 0) await sleep(0);
      }
      await closed;
      assert(lines.some((line) => line.includes('server:expelled')));
    });
  });

  test('an honest client is never expelled: not with stray events, late ones and a stall made up for', async () => {
    const honest = await clients.connect();
    await honest.play('Honest');
    let sequence = 0;
    for (let round = 0; round < 5; round++) {
      for (let each = 0; each < 60; each++) honest.emit('player:input', inputPacket(++sequence));
      for (const event of ['request_spawn_position', 'request_rematch', 'player:respawn', 'weapon:reload']) honest.emit(event, {});
      await honest.ask('time:sync', round, 'time:sync:response');
      await sleep(100);
    }
    assert(honest.socket.connected);
    assert.equal(honest.last('server:expelled'), undefined);
  });

  test('huge strings: one is malformed, many end the connection', async () => {
    // Made beforehand: this process is the server's, too.
    const huge = `42["join_lobby",{"lobbyId":"${'x'.repeat(1_400_000)}"}]`;
    const tooHuge = `42["find_match","${'x'.repeat(3_000_000)}"]`;
    await meanwhile('huge strings', async () => {
      const malformed = server.counters.get('event_malformed');
      const { socket, lines } = await bare();
      const closed = once(socket, 'close');
      for (let each = 0; each < 4; each++) {
        socket.send(huge);
        await sleep(60);
        if (each === 0) assert.equal(server.counters.get('event_malformed'), malformed + 1);
      }
      await closed;
      assert(lines.some((line) => line.includes('server:expelled') && line.includes(EXPULSION.bytes)), lines.join('\n').slice(0, 500));
      assert(BYTES.burst < 4 * huge.length);

      const { socket: other } = await bare();
      const refused = once(other, 'close');
      other.send(tooHuge);
      assert.equal((await refused)[0], 1009, 'more than a message may have');
    });
  });

  test('what is no packet at all ends the connection it came over, and no other', async () => {
    await meanwhile('no packets', async () => {
      for (const bytes of ['', '9', '4', '42', '42[', '42{}', '42["find_match",', '451-["x",{"_placeholder":true,"num":0}]', '4999', '44', 'b', '42["connect",1]', '42["disconnecting",1]', '42["newListener",1]', '42[{},1]', '42[1]', Buffer.from([0, 1, 2, 255])]) {
        const { socket } = await bare();
        socket.send(bytes);
        socket.send('42["time:sync",1]');
        await sleep(5);
      }
      const { socket, lines } = await bare();
      // A binary event whose parts never come holds up this one client.
      socket.send('4599-["player:input",{"_placeholder":true,"num":0}]');
      await sleep(50);
      assert(lines.length >= 1);
    });
    for (const failure of ['handler_failed', 'lobby_failed', 'step_failed', 'timer_failed']) assert.equal(server.counters.get(failure), 0, failure);
  });

  test('prototype keys, in payloads and in names of events, change nothing', async () => {
    const { socket, lines } = await bare();
    for (const event of ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', 'error']) {
      socket.send(`42["${event}",{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}]`);
    }
    socket.send('42["find_match",{"__proto__":{"isPrivate":true},"gameMode":"__proto__"}]');
    socket.send('42["join_lobby",{"lobbyId":"__proto__"}]');
    socket.send('42["player:join",{"loadout":{"__proto__":{"primary":"rocket"}},"playerName":"__proto__"}]');
    socket.send('42["time:sync",7]');
    await until('the answer', () => lines.some((line) => line.includes('time:sync:response')));
    assert.equal(({} as Json).polluted, undefined);
    assert(lines.some((line) => line.includes('"lobby_joined"') && line.includes('"gameMode":"__proto__"')), 'a name like any other');
    assert(lines.some((line) => line.includes('Lobby not found')));
  });

  test('half-open connections are let go, whatever they stopped at', async () => {
    await meanwhile('half-open connections', async () => {
      const before = await socketsOf(server);
      const closed: Promise<unknown>[] = [];
      const open = async (bytes: string): Promise<void> => {
        const socket = connectTcp(server.port, '127.0.0.1');
        raw.push(socket);
        socket.on('error', () => {});
        closed.push(once(socket, 'close'));
        await once(socket, 'connect');
        if (bytes !== '') socket.write(bytes);
        socket.resume();
      };
      for (let each = 0; each < 20; each++) {
        await open('');
        await open('GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ');
        await open('POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n');
        await open('GET /wire?ticket=0 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n');
        const silent = await upgrade();
        closed.push(once(silent, 'close'));
        // Opened, and never polled again.
        await (await fetch(`http://127.0.0.1:${server.port}/socket.io/?EIO=4&transport=polling`)).text();
      }
      await Promise.all(closed);
      await until('the sessions\' end', () => (server.io.engine as { clientsCount: number }).clientsCount === 1);
      assert(await socketsOf(server) <= before + 2, 'sockets of fetch may be kept for another');
    });
  });

  test('a slow reader skips states, and one that reads nothing is let go', async () => {
    await meanwhile('slow readers', async () => {
      const slow = server.counters.get('expelled_slow');
      const { socket, lines } = await bare();
      socket.send('42["find_match",{}]');
      await until('the lobby', () => lines.some((line) => line.includes('lobby_joined')));
      // Reads no more, and goes on saying that it is there.
      (socket as unknown as { _socket: TcpSocket })._socket.pause();
      const ask = setInterval(() => {
        if (socket.readyState !== WebSocket.OPEN) return;
        socket.send('3');
        for (let each = 0; each < 10; each++) socket.send('42["get_lobby_list",{"showPrivate":true}]');
        socket.send('42["request_game_state",{}]');
      }, 50);
      try {
        await until('the end of patience', () => server.counters.get('expelled_slow') > slow, 60);
      } finally {
        clearInterval(ask);
      }
      assert(server.counters.get('state_skipped_slow_client') > 0);
      assert(MAX_WAITING.bytes <= 2 * 1024 * 1024);
    });
  });

  test('guessing passwords ends the connection', async () => {
    const [host, guesser] = [await clients.connect(), await clients.connect()];
    const { lobbyId } = await host.ask('create_private_lobby', { password: 'pst' }, 'private_lobby_created');
    for (let guess = 0; guess < 40 && guesser.socket.connected; guess++) {
      guesser.emit('join_lobby', { lobbyId, password: `${guess}` });
      await sleep(2);
    }
    await ended(guesser);
    assert.equal(guesser.last('server:expelled').reason, EXPULSION.faults);
    assert(guesser.all('lobby_join_failed').length <= 16);
  });

  test('more clients than there is room for are refused before anything is made for them', async () => {
    const small = await startTestServer({ MAX_CONNECTIONS: '3' });
    const inside: TestClient[] = [];
    try {
      for (let each = 0; each < 3; each++) inside.push(await TestClient.connect(small));
      const answer = await fetch(`http://127.0.0.1:${small.port}/socket.io/?EIO=4&transport=polling`);
      assert.equal(answer.status, 403);
      assert.equal((await answer.json() as Json).message, 'Server is full');
      assert.equal(small.counters.get('connection_over_capacity'), 1);
      inside.pop()!.close();
      await until('room', () => (small.io.engine as { clientsCount: number }).clientsCount === 2);
      inside.push(await TestClient.connect(small));
    } finally {
      for (const each of inside) each.close();
      await small.close();
    }
  });
});

describe('a storm of reconnects', () => {
  test('is refused in words, then without, and costs the others nothing', async () => {
    const server = await startTestServer({ BOTS: '3', NODE_ENV: 'production', CONNECTIONS_PER_MINUTE: '10' });
    const victim = await TestClient.connect(server);
    try {
      await victim.play('Victim');
      const before = server.loopStats();
      const outcomes: Record<string, number> = {};
      for (let each = 0; each < 300; each++) {
        const outcome = await TestClient.connect(server).then((client) => {
          client.close();
          return 'in';
        }, (error: Error) => error.message);
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      }
      const now = server.loopStats();
      console.log(`300 connections: ${JSON.stringify(outcomes)}; ${now.steps - before.steps} steps, ${now.skippedSteps - before.skippedSteps} skipped`);
      assert.equal(outcomes['in'], 9);
      assert.equal(outcomes['Too many connection attempts. Please wait a minute.'], 20);
      assert.equal(server.counters.get('connection_storm'), 271);
      assert(now.skippedSteps - before.skippedSteps <= 6 + 0.05 * (now.steps - before.steps));
      await victim.ask('time:sync', 1, 'time:sync:response');
      assert.equal((server.io.engine as { clientsCount: number }).clientsCount, 1);
    } finally {
      victim.close();
      await server.close();
    }
  });

  test('whoever was expelled does not come back within the minute', () => {
    let now = 0;
    const limit = new ConnectionLimit(10, true, () => now);
    assert(limit.admits('203.0.113.7'));
    limit.exhaust('203.0.113.7');
    assert(!limit.admits('203.0.113.7'));
    assert(limit.admits('203.0.113.8'));
    now = 60_000;
    assert(limit.admits('203.0.113.7'));
    now = 200_000;
    limit.forgetOld();
    assert.equal(limit.size, 0);
  });
});

function socketsOf(server: RunningServer): Promise<number> {
  return new Promise((resolve, reject) => server.http.getConnections((error, count) => (error ? reject(error) : resolve(count))));
}
