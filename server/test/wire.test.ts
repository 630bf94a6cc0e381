import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import WebSocket from 'ws';
import { engine } from '../src/engine.js';
import type { RunningServer } from '../src/server.js';
import { acknowledgedFrame, Flow, sentFrame } from '../src/wire-flow.js';
import { Tickets } from '../src/wire-tickets.js';
import { openArena } from './arena.js';
import { clientKeeper, FakeClock, Hands, sleep, startTestServer, type Json, type TestClient } from './support.js';
import { BAD, Button, PERFECT, WirePlayer, wireUrl, type Conditions } from './wire-network.js';

const { DOWN, UP } = Button;

/** As clients have it, to 1/16 px. */
const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1 / 32;

describe('tickets', () => {
  test('admit once, within ten seconds, and one a holder', () => {
    const clock = new FakeClock();
    const tickets = new Tickets<number>(clock);
    const first = tickets.issue('a', 1);
    assert.match(first, /^[0-9a-f]{32}$/);
    assert.deepEqual([tickets.redeem(first)?.holder, tickets.redeem(first), tickets.size], ['a', undefined, 0]);

    const late = tickets.issue('a', 1);
    clock.advance(9_999);
    assert.equal(tickets.size, 1);
    clock.advance(1);
    assert.deepEqual([tickets.redeem(late), tickets.size], [undefined, 0]);

    const [old, fresh, other] = [tickets.issue('a', 1), tickets.issue('a', 2), tickets.issue('b', 3)];
    assert.equal(tickets.size, 2);
    assert.equal(tickets.redeem(old), undefined);
    assert.equal(tickets.redeem(fresh)?.grant, 2);
    tickets.revoke('b');
    assert.deepEqual([tickets.redeem(other), tickets.redeem(''), tickets.size], [undefined, undefined, 0]);
  });
});

describe('the flow to a client', () => {
  /** Heads of messages, as PROTOCOL.md has them. */
  const snapshot = (frame: number): Uint8Array => Uint8Array.of((frame & 0xf) << 4, (frame >> 4) & 0xff);

  test('frames are read as the engine writes them', () => {
    const world = new engine.World();
    const match = world.createMatch(engine.GameMap.builtin('yard'));
    const player = world.addPlayer(match);
    const client = new engine.WireClient();
    // Past 255 and past 4095, where the numbers get longer and begin anew.
    for (let tick = 0; tick < 240 * 3; tick++) world.step();
    for (let round = 0; round < 2; round++) {
      world.wireOpen(match, player);
      const [bytes, index] = [new Uint8Array(4096), new Uint32Array(10 * engine.WIRE_COLUMNS)];
      for (let tick = 0; tick < 90; tick++) {
        world.step();
        if (world.wirePackets(bytes, index) === 0) continue;
        const message = bytes.slice(0, index[4]);
        client.receive(message);
        const { frame } = client.state()!;
        const taken = frame & 0xfff;
        if (client.receive(message) === 'ignored' && frame * world.wireStep === world.tick(match)) assert.equal(sentFrame(message), taken);
        const up = client.write();
        assert.equal(acknowledgedFrame(up), taken);
        world.wireReceive(match, player, up);
      }
      assert(client.state()!.frame * world.wireStep >= world.tick(match) - 30);
      for (let tick = 0; tick < 4200 * 3; tick++) world.step();
    }
  });

  test('opens as far as the round trip explains, and two beyond', () => {
    const flow = new Flow(50);
    // A round trip of 150 ms: three on the way.
    let now = 0;
    for (let frame = 0; frame < 40; frame++, now += 50) {
      assert(flow.isOpen(now), `frame ${frame}`);
      flow.sent(snapshot(frame), now);
      if (frame >= 3) flow.acknowledged(frame - 3, now);
    }
    // Now it reads no more.
    let more = 0;
    for (; flow.isOpen(now) && more < 100; more++, now += 50) flow.sent(snapshot(40 + more), now);
    assert(more <= 2, `${more} more than were on the way`);
    // What waits for a second is gone, and the flow does not end for good.
    now += 1000;
    assert(flow.isOpen(now) && flow.underWay(now) === 0);
  });

  test('frames begin anew after 4095, and what was never sent is nothing', () => {
    const flow = new Flow(50);
    for (let i = 0; i < 6; i++) flow.sent(snapshot((4093 + i) % 4096), i * 50);
    flow.acknowledged(1234, 300);
    assert.equal(flow.underWay(300), 6);
    flow.acknowledged(0, 300);
    assert.equal(flow.underWay(300), 2);
  });
});

/** A server, clients that are closed after each test, and players on the wire. */
function bench(env: Record<string, string>) {
  let server: RunningServer;
  const clients = clientKeeper(() => server);
  const players: WirePlayer[] = [];
  before(async () => {
    server = await startTestServer({ DEBUG_COMMANDS: 'on', ...env });
  });
  afterEach(async () => {
    for (const player of players.splice(0)) player.close();
    clients.closeAll();
    const end = Date.now() + 3000;
    const left = (): number => server.wire.totals().connections + server.wire.totals().tickets;
    while (left() > 0 && Date.now() < end) await sleep(5);
    const { connections, tickets } = server.wire.totals();
    assert.deepEqual({ connections, tickets }, { connections: 0, tickets: 0 }, 'sockets or tickets are left');
    for (const fault of ['wire_failed', 'wire_unclaimed', 'handler_failed', 'lobby_failed', 'step_failed', 'timer_failed',
      'outbound_unknown', 'outbound_out_of_state', 'outbound_misrouted']) assert.equal(server.counters.get(fault), 0, fault);
  });
  after(() => server.close());
  return {
    get server(): RunningServer {
      return server;
    },
    connect: (): Promise<TestClient> => clients.connect(),
    async open(client: TestClient, conditions: Conditions = PERFECT, seed = 1): Promise<WirePlayer> {
      const player = await WirePlayer.open(server, client, conditions, seed);
      players.push(player);
      return player;
    },
    /** What is true of a player. */
    truth(client: TestClient): Json {
      const match = server.lobbies.of(client.id)!.match.inspect();
      return { ...match.players.find((each: Json) => each.id === client.id), tick: match.tick };
    },
  };
}

describe('the wire', () => {
  const it = bench({ MAP: openArena() });

  test('is negotiated in a lobby, for a version that both know', async () => {
    const client = await it.connect();
    assert.equal((await client.ask('wire:open', { version: 1 }, 'wire:refused')).reason, 'Not in a lobby');
    await client.play();
    for (const wish of [{ version: 2 }, { version: '1' }, undefined, null, 7]) {
      assert.equal((await client.ask('wire:open', wish, 'wire:refused')).reason, 'Unknown version');
    }
    const ready = await client.ask('wire:open', { version: 1 }, 'wire:ready');
    assert.deepEqual(Object.keys(ready).sort(), ['map', 'path', 'step', 'ticket', 'version']);
    assert.deepEqual([ready.path, ready.version, ready.step], ['/wire', 1, 3]);
    const map = await (await fetch(`http://127.0.0.1:${it.server.port}/maps/${ready.map}.json`)).json() as Json;
    assert.equal(map.hash, ready.map);
    client.emit('leave_lobby');
    await client.next('left_lobby');
    client.close();
  });

  test('takes the place of today\'s stream while it is open, and hands back with a full state', async () => {
    const client = await it.connect();
    await client.play('Mira', 'red');
    const player = await it.open(client);
    assert.deepEqual(await client.next('wire:roster'), [{ slot: 0, id: client.id, name: 'Mira', team: 'red' }]);
    const state = await player.until((each) => each.players[each.welcome.slot]?.alive === true, 'the own body');
    const mark = client.received.length;
    client.emit('request_game_state');
    client.emit('client:ready', { sounds: true });
    player.hold(DOWN);
    await sleep(400);
    player.hold(0);
    // Until the body stands.
    await sleep(300);
    await client.ask('time:sync', 1, 'time:sync:response');
    const told = new Set(client.received.slice(mark).map((each) => each.event));
    assert.deepEqual(told, new Set(['server:ready', 'time:sync:response']));
    const { x, y } = it.truth(client).position;
    assert(y > 150, `walked to ${y}`);
    await player.until((each) => near(each.players[0].x, x) && near(each.players[0].y, y), 'the place');
    assert.equal(state.items[0].weapon, 'rifle');

    player.close();
    const legacy = await client.next('game:state', (each) => each.walls !== undefined, mark);
    assert.deepEqual(legacy.players[client.id].position.x, x);
    await client.next('game:state', () => true, client.received.length);
  });

  test('takes no inputs of today\'s kind beside its own', async () => {
    const client = await it.connect();
    await client.play('Mira', 'red');
    const player = await it.open(client);
    const hands = new Hands(client);
    try {
      hands.hold({ keys: { s: true } });
      await sleep(300);
    } finally {
      hands.stop();
    }
    await client.ask('time:sync', 1, 'time:sync:response');
    assert.equal(it.truth(client).position.y, 135);
    player.hold(DOWN);
    await player.until((each) => each.players[0].y > 150, 'walking by the wire');
  });

  test('grants respawns and loadouts, and no other side to who has been on the field', async () => {
    const client = await it.connect();
    await client.play('Mira', 'red');
    const player = await it.open(client);
    await player.until((each) => each.players[0]?.alive === true);
    client.emit('debug:kill_player');
    await player.until((each) => each.players[0].alive === false, 'the death');
    assert((await player.until((each) => each.life.respawnAt !== null)).life.respawnAt > 0);
    const loadout = { primary: 'smg', secondary: 'revolver', support: ['grenade'] };
    player.wire.requestLoadout(loadout, 'blue');
    await player.until((each) => each.answer?.result === 2, 'the refusal');
    // Nor by today's way.
    client.emit('player:join', { loadout: { primary: 'rifle', secondary: 'pistol', support: [], team: 'blue' }, playerName: 'Mira' });
    assert.equal((await client.next('player:join:success', () => true, client.received.length)).team, 'red');
    player.wire.requestLoadout(loadout);
    await player.until((each) => each.answer?.result === 0, 'the answer');
    // Until it is granted.
    const end = Date.now() + 8000;
    while (!player.state.players[0].alive && Date.now() < end) {
      player.wire.requestRespawn();
      await sleep(300);
    }
    const { team, weapon } = it.truth(client);
    assert.deepEqual([team, weapon], ['red', 'smg']);
    await player.until((each) => each.items[0]?.weapon === 'smg' && each.scores[0].team === 'red');
  });

  test('no side gets more than four people by it', async () => {
    const first = await it.connect();
    await first.play('R0', 'red');
    const { lobbyId } = first.last('lobby_joined');
    for (let i = 1; i < 4; i++) {
      const client = await it.connect();
      await client.ask('join_lobby', { lobbyId }, 'lobby_joined');
      await client.spawn(`R${i}`, 'red');
    }
    const fifth = await it.connect();
    await fifth.ask('join_lobby', { lobbyId }, 'lobby_joined');
    const player = await it.open(fifth);
    await player.until((state) => state.welcome !== undefined);
    player.wire.requestLoadout({ primary: 'smg', secondary: 'pistol', support: [] }, 'red');
    await player.until((state) => state.answer !== null, 'the answer');
    player.wire.requestRespawn();
    await player.until((state) => state.players[player.slot]?.alive === true, 'the first spawn');
    const { team, weapon } = it.truth(fifth);
    assert.deepEqual([team, weapon, player.state.scores[player.slot].team], ['blue', 'smg', 'blue']);
    assert.equal(fifth.last('wire:roster').filter((each: Json) => each.team === 'red').length, 4);
  });

  test('goes on in a match that begins anew, and ends with the member\'s leaving', async () => {
    const [red, blue] = [await it.connect(), await it.connect()];
    await red.play('Red', 'red');
    const { lobbyId } = red.last('lobby_joined');
    const player = await it.open(red);
    await player.until((each) => each.players[0]?.alive === true);
    // A late joiner, on the wire before the first spawn.
    await blue.ask('join_lobby', { lobbyId }, 'lobby_joined');
    const other = await it.open(blue);
    const { length } = await red.next('wire:roster', (roster) => roster.length === 2);
    assert.equal(length, 2);
    await blue.ask('player:join', { loadout: { team: 'blue' }, playerName: 'Blue' }, 'player:join:success');
    await other.until((each) => each.players[other.slot]?.alive === true);
    await red.next('wire:roster', (roster) => roster.some((each: Json) => each.name === 'Blue' && each.team === 'blue'));

    const before = [player, other].map((each) => each.state.welcome.epoch);
    red.emit('admin:force_start_match', { lobbyId });
    await blue.next('match_started');
    for (const [i, each] of [player, other].entries()) {
      await each.until((state) => state.welcome.epoch === (before[i]! + 1) % 4 && state.players[each.slot]?.alive === true, 'the new epoch');
    }
    player.hold(DOWN);
    const from = it.truth(red).position.y;
    await sleep(500);
    assert(it.truth(red).position.y > from + 10, 'inputs count in the new epoch');

    blue.emit('leave_lobby');
    assert.deepEqual(await other.ended(), { code: 4000, reason: 'Left the match' });
    await red.next('wire:roster', (roster) => roster.length === 1, red.received.length - 1);
    assert.equal(player.closed, undefined);
    red.close();
    assert.equal((await player.ended()).code, 4000);
  });

  test('a second connection of a member replaces the first', async () => {
    const client = await it.connect();
    await client.play();
    const first = await it.open(client);
    await first.until((each) => each.players[0]?.alive === true);
    const second = await it.open(client);
    assert.deepEqual(await first.ended(), { code: 4001, reason: 'Replaced by another connection' });
    await second.until((each) => each.players[0]?.alive === true);
    second.hold(UP);
    const from = it.truth(client).position.y;
    await sleep(400);
    assert(it.truth(client).position.y < from - 5);
    assert.equal(client.received.slice(-3).some((each) => each.event === 'game:state'), false);
  });

  test('a client of today plays beside one on the wire, each seeing the other', async () => {
    const [legacy, binary] = [await it.connect(), await it.connect()];
    await legacy.play('Legacy', 'red');
    await binary.ask('join_lobby', { lobbyId: legacy.last('lobby_joined').lobbyId }, 'lobby_joined');
    await binary.spawn('Binary', 'blue');
    const player = await it.open(binary);
    player.hold(0, { x: 105, y: 135 });
    const hands = new Hands(legacy);
    try {
      hands.hold({ mouse: { x: 205, y: 135 } });
      await legacy.next('game:state', (state) => binary.id in state.visiblePlayers);
      const roster = await binary.next('wire:roster', (each) => each.length === 2);
      const slot = roster.find((each: Json) => each.id === legacy.id).slot;
      const seen = await player.until((state) => state.players[slot] !== null, 'the other');
      assert(near(seen.players[slot].x, 105) && near(seen.players[slot].y, 135));
      player.hold(DOWN, { x: 105, y: 135 });
      await legacy.next('game:state', (state) => state.players[binary.id]?.position?.y > 150);
      hands.hold({ keys: { s: true }, mouse: { x: 205, y: 200 } });
      await player.until((state) => state.players[slot]?.y > 150, 'the other\'s walk');
      const mark = legacy.all('game:state').length;
      await sleep(500);
      assert(legacy.all('game:state').length - mark >= 8, 'the stream of today goes on');
    } finally {
      hands.stop();
    }
  });
});

describe('the wire over a bad network', () => {
  const it = bench({ MAP: openArena() });

  test('inputs walk at the right speed, and the end is the same', async () => {
    const client = await it.connect();
    await client.play('Mira', 'red');
    const player = await it.open(client, BAD, 7);
    const { welcome } = await player.until((each) => each.players[0]?.alive === true);
    player.hold(UP, { x: 105, y: 0 });
    await sleep(1500);
    player.hold(DOWN, { x: 105, y: 270 });
    // It takes a round trip until that arrives, and some ticks until the speed is there.
    await sleep(400);
    const from = it.truth(client);
    await sleep(1700);
    const to = it.truth(client);
    const seconds = (to.tick - from.tick) / welcome.tickRate;
    const speed = (to.position.y - from.position.y) / seconds;
    assert(Math.abs(speed / welcome.rules.movement.walk - 1) < 0.08, `${speed} px/s; walking is ${welcome.rules.movement.walk}`);
    player.hold(0);
    await sleep(800);
    const { position, health } = it.truth(client);
    const state = await player.until((each) => near(each.players[0].x, position.x) && near(each.players[0].y, position.y), 'the last place');
    assert.equal(state.players[0].health, health);
    assert(player.down.lost > 0 && player.up.lost > 0 && player.taken.snapshot > 40);
  });

  test('a client that was cut off for two seconds finds back', async () => {
    const client = await it.connect();
    await client.play('Mira', 'red');
    const player = await it.open(client, BAD, 11);
    await player.until((each) => each.players[0]?.alive === true);
    player.hold(DOWN);
    for (const network of [player.down, player.up]) network.cut(true);
    await sleep(2000);
    for (const network of [player.down, player.up]) network.cut(false);
    player.hold(0);
    await sleep(1000);
    const { position } = it.truth(client);
    await player.until((each) => near(each.players[0].x, position.x) && near(each.players[0].y, position.y), 'the last place');
    assert.equal(player.closed, undefined);
  });
});

describe('a fight with bots over a bad network', () => {
  const it = bench({ BOTS: '7', MAP: 'yard' });

  test('ends in what the match knows', async () => {
    const clients = [await it.connect(), await it.connect()];
    const players: WirePlayer[] = [];
    for (const [i, client] of clients.entries()) {
      await client.play(`P${i}`, i === 0 ? 'red' : 'blue');
      players.push(await it.open(client, BAD, 100 + i));
    }
    const end = Date.now() + 8000;
    for (let turn = 0; Date.now() < end; turn++) {
      for (const [i, player] of players.entries()) {
        const state = player.state;
        if (state?.players[state.welcome.slot]?.alive === false) player.wire.requestRespawn();
        const angle = turn / 5 + i;
        player.hold((turn >> 2) % 2 === 0 ? DOWN | Button.FIRE : UP | Button.RIGHT, { x: 240 + 200 * Math.cos(angle), y: 135 + 100 * Math.sin(angle) });
      }
      await sleep(100);
    }
    for (const player of players) {
      assert(player.taken.snapshot > 60, JSON.stringify(player.taken));
      assert(player.messages.some((each) => each.type === 'sound'), 'nothing was heard');
    }
    // Nobody acts any more: what is known settles, and is what the match has.
    const lobby = it.server.lobbies.of(clients[0]!.id)!;
    for (const [i, player] of players.entries()) {
      player.hold(0);
      const agrees = (state: Json): boolean => {
        const { redKills, blueKills, playerStats } = lobby.match.results();
        const roster = new Map(lobby.match.wireRoster().map((each) => [each.id, each.slot]));
        return state.teamKills[0] === redKills && state.teamKills[1] === blueKills && playerStats.every((each) => {
          const score = state.scores[roster.get(each.playerId)!];
          return score !== null && score.team === each.team && score.kills === each.kills && score.deaths === each.deaths;
        });
      };
      await player.until(agrees, `the scores of player ${i}`, 8000);
      await player.until((state) => {
        const own = it.truth(clients[i]!);
        const seen = state.players[player.slot];
        return seen.alive === own.alive && near(seen.x, own.position.x) && near(seen.y, own.position.y);
      }, `the own body of player ${i}`, 8000);
      assert.equal(player.closed, undefined);
    }
  });
});

describe('what goes wrong on the wire', () => {
  const it = bench({ MAP: openArena() });
  const raw = (url: string): Promise<{ socket: WebSocket; failed: boolean }> => new Promise((resolve) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.once('open', () => resolve({ socket, failed: false }));
    socket.once('error', () => resolve({ socket, failed: true }));
  });
  const closing = (socket: WebSocket): Promise<number> => new Promise((resolve) => socket.once('close', (code) => resolve(code)));
  const onWire = async (): Promise<{ client: TestClient; socket: WebSocket; url: string }> => {
    const client = await it.connect();
    await client.play();
    const url = wireUrl(it.server, await client.ask('wire:open', { version: 1 }, 'wire:ready', undefined));
    const { socket, failed } = await raw(url);
    assert(!failed);
    return { client, socket, url };
  };
  /** Today's stream is there again. */
  const fallenBack = (client: TestClient): Promise<Json> => (
    client.next('game:state', (state) => state.walls !== undefined, client.received.length)
  );

  test('tickets are good once, for their own match', async () => {
    const { url } = await onWire();
    const refusals = it.server.counters.get('wire_ticket_refused');
    assert((await raw(url)).failed, 'used up');
    const forged = url.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
    for (const each of [forged, url.replace(/=.*/, '='), url.replace(/\?.*/, ''), `${url}${'0'.repeat(10_000)}`, url.replace(/ticket/, 'pass')]) {
      assert((await raw(each)).failed, each.slice(0, 80));
    }
    const leaver = await it.connect();
    await leaver.play();
    const stale = wireUrl(it.server, await leaver.ask('wire:open', { version: 1 }, 'wire:ready'));
    leaver.emit('leave_lobby');
    await leaver.next('left_lobby');
    await leaver.ask('create_private_lobby', {}, 'lobby_joined');
    assert((await raw(stale)).failed, 'of another match');
    const gone = await it.connect();
    await gone.play();
    const orphan = wireUrl(it.server, await gone.ask('wire:open', { version: 1 }, 'wire:ready'));
    gone.close();
    while (it.server.lobbies.of(gone.id) !== undefined) await sleep(5);
    await sleep(20);
    assert((await raw(orphan)).failed, 'of somebody who has gone');
    assert.equal(it.server.counters.get('wire_ticket_refused') - refusals, 8);
    assert((await raw(url.replace('/wire', '/elsewhere'))).failed);
  });

  test('text is refused', async () => {
    const { client, socket } = await onWire();
    const closed = closing(socket);
    const back = fallenBack(client);
    socket.send('{"type":"hello"}');
    assert.equal(await closed, 1003);
    await back;
    assert(it.server.counters.get('wire_text') > 0);
  });

  test('more than 256 bytes are refused', async () => {
    const { client, socket } = await onWire();
    const closed = closing(socket);
    const back = fallenBack(client);
    socket.send(new Uint8Array(257));
    assert.equal(await closed, 1009);
    await back;
    assert(it.server.counters.get('wire_oversized') > 0);
  });

  test('garbage is borne with for a while, and those beside it play on', async () => {
    const bystander = await it.connect();
    await bystander.play('Bystander', 'red');
    const player = await it.open(bystander);
    await player.until((each) => each.players[0]?.alive === true);
    const { client, socket } = await onWire();
    const closed = closing(socket);
    const back = fallenBack(client);
    for (let i = 0; i < 100; i++) socket.send(Uint8Array.from({ length: 1 + (i % 60) }, (_, at) => (i * 37 + at * 101) | 3));
    assert.equal(await closed, 1008);
    await back;
    const malformed = it.server.counters.get('wire_malformed');
    assert(malformed > 25 && malformed < 40, `${malformed}`);
    assert.equal(it.server.counters.get('wire_expelled'), 1);
    const { snapshot } = player.taken;
    player.hold(DOWN);
    await sleep(500);
    assert(player.taken.snapshot - snapshot >= 6 && player.closed === undefined);
  });

  test('a flood is dropped, and in the end its connection', async () => {
    const client = await it.connect();
    await client.play();
    const player = await it.open(client);
    await player.until((each) => each.players[0]?.alive === true);
    const message = player.wire.write();
    const over = it.server.counters.get('wire_over_budget');
    for (let i = 0; i < 5000; i++) player.socket.send(message);
    assert.equal((await player.ended()).code, 1008);
    const dropped = it.server.counters.get('wire_over_budget') - over;
    assert(dropped > 200 && dropped < 1000, `${dropped} dropped`);
    await client.next('game:state', () => true, client.received.length);
  });

  test('one who acknowledges nothing is bounded, and lies cost their teller alone', async () => {
    const { client, socket } = await onWire();
    let messages = 0;
    let bytes = 0;
    socket.on('message', (data: Buffer) => {
      messages++;
      bytes += data.length;
    });
    await sleep(2000);
    // Eight under way at most, for a second each.
    assert(messages >= 8 && messages <= 40, `${messages} messages in two seconds`);
    assert(bytes < 40 * 300, `${bytes} bytes`);
    assert.equal(socket.readyState, WebSocket.OPEN);
    // Kind 0, epoch 0, newest frame 4095 with a mask of all ones: never sent.
    for (let i = 0; i < 60 && socket.readyState === WebSocket.OPEN; i++) {
      socket.send(Uint8Array.of(0xf0, 0xff, 0xff, 0x01));
      await sleep(1);
    }
    await sleep(200);
    assert(client.socket.connected);
    assert(it.server.counters.get('wire_false_ack') + it.server.counters.get('wire_malformed') > 0);
    socket.terminate();
  });

  test('one who reads no more is held: no snapshots queue up, and others get theirs', async () => {
    const [slow, quick] = [await it.connect(), await it.connect()];
    await slow.play('Slow', 'red');
    await quick.ask('join_lobby', { lobbyId: slow.last('lobby_joined').lobbyId }, 'lobby_joined');
    await quick.spawn('Quick', 'blue');
    const [slowPlayer, quickPlayer] = [await it.open(slow), await it.open(quick)];
    for (const player of [slowPlayer, quickPlayer]) await player.until((each) => each.players[each.welcome.slot]?.alive === true);
    for (const player of [slowPlayer, quickPlayer]) player.hold(DOWN);
    await sleep(500);
    const held = it.server.counters.get('wire_held');
    // Its inputs go on coming, with the same old acknowledgement.
    slowPlayer.socket.pause();
    await sleep(100);
    const [before, beside] = [slowPlayer.received, quickPlayer.received];
    await sleep(900);
    assert(quickPlayer.received - beside >= 12, `${quickPlayer.received - beside} beside it`);
    assert(it.server.counters.get('wire_held') > held);
    slowPlayer.socket.resume();
    await sleep(30);
    // One on its way, one that waits, one that another second let through; and what has come since.
    assert(slowPlayer.received - before <= 5, `${slowPlayer.received - before} had queued up`);
    const { position } = it.truth(slow);
    await slowPlayer.until((state) => state.players[slowPlayer.slot].y >= position.y - 1 / 32, 'the present');
    slowPlayer.hold(UP);
    const { snapshot } = slowPlayer.taken;
    await sleep(500);
    assert(slowPlayer.taken.snapshot - snapshot >= 7, 'and it goes on at the full rate');
  });
});

describe('a server with the wire switched off', () => {
  const it = bench({ WIRE: 'off', MAP: openArena() });

  test('says so, and today\'s stream goes on', async () => {
    const client = await it.connect();
    await client.play();
    assert.equal((await client.ask('wire:open', { version: 1 }, 'wire:refused')).reason, 'Switched off');
    await client.next('game:state', () => true, client.received.length);
  });
});
