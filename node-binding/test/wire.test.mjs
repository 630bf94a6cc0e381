// The wire through the addon: what a step has to send, in the caller's buffers, and the reference client at the other end.
import assert from 'node:assert/strict';
import test from 'node:test';
import { interfaceFields } from './declarations.mjs';
import { duel, engine, openMap, refused } from './helpers.mjs';

const { Button, WireClient, World, WIRE_COLUMNS } = engine;

/** A world's messages by player, out of buffers that are used again. */
function mail(world, bytes = new Uint8Array(65536), index = new Uint32Array(64 * WIRE_COLUMNS)) {
  const count = world.wirePackets(bytes, index);
  return Array.from({ length: count }, (_, i) => {
    const [low, high, player, offset, length] = index.subarray(i * WIRE_COLUMNS, (i + 1) * WIRE_COLUMNS);
    return { match: high * 2 ** 32 + low, player, bytes: bytes.slice(offset, offset + length) };
  });
}

/** Steps, delivers and answers without any delay. */
function play(world, match, clients, ticks, input = () => [0, 0, 240, 135]) {
  const sent = [];
  for (let tick = 0; tick < ticks; tick++) {
    for (const [player, client] of clients) {
      if (client.state() !== null) client.input(...input(tick, player));
      const bytes = client.write();
      if (bytes.length > 0) world.wireReceive(match, player, bytes);
    }
    world.step();
    for (const packet of mail(world)) {
      assert.equal(packet.match, match);
      assert.notEqual(clients.get(packet.player)?.receive(packet.bytes), 'ignored');
      sent.push(packet);
    }
  }
  return sent;
}

/** As the other end has it, to 1/16 px. */
const nearly = (a, b) => Math.abs(a - b) <= 1 / 32;

test('a welcome comes first, then snapshots that tell what the player knows', () => {
  const { world, match, map, red, blue } = duel();
  const client = new WireClient();
  assert.equal(client.state(), null);
  assert.equal(client.write().length, 0, 'nothing to say before the welcome');
  world.wireOpen(match, red);
  const sent = play(world, match, new Map([[red, client]]), 60, () => [0, 0, 200, 135]);
  assert.ok(sent.length >= 2 && sent.every(({ player }) => player === red), 'and to nobody else');
  const state = client.state();
  assert.deepEqual(Object.keys(state).sort(), interfaceFields('WireState').required);
  assert.deepEqual(Object.keys(state.welcome).sort(), interfaceFields('WireWelcome').required);
  const { welcome } = state;
  assert.deepEqual(
    [welcome.map, welcome.tickRate, welcome.step, welcome.slot, welcome.slices, welcome.killTarget],
    [map.hash, 60, world.wireStep, world.player(match, red).slot, map.sliceCount, 50],
  );
  const players = world.players(match);
  for (const { id, slot, x, y, weapon, alive, team } of players) {
    const seen = state.players[slot];
    assert.deepEqual(Object.keys(seen).sort(), interfaceFields('WirePlayer').required);
    assert.ok(nearly(seen.x, x) && nearly(seen.y, y), `${seen.x}, ${seen.y} for ${x}, ${y}`);
    assert.deepEqual([seen.weapon, seen.alive, state.scores[slot].team], [weapon, alive, team], `${id === blue}`);
  }
});

test('inputs walk, and the exact motion comes to the bit', () => {
  const { world, match, red } = duel();
  const client = new WireClient();
  world.wireOpen(match, red);
  play(world, match, new Map([[red, client]]), 12);
  const from = world.player(match, red).y;
  play(world, match, new Map([[red, client]]), 60, () => [Button.DOWN, 0, 200, 135]);
  client.requestExact();
  play(world, match, new Map([[red, client]]), 6, () => [Button.DOWN, 0, 200, 135]);
  const { y, lastSequence } = world.player(match, red);
  assert.ok(y - from > 40, `walked ${y - from} px`);
  assert.equal(lastSequence & 0xff, client.state().input);
  const { exact } = client.state();
  assert.ok(exact !== null && Math.abs(y - exact.y) < 10 && exact.vy > 0);
});

test('respawns and loadouts are asked for and answered', () => {
  const { world, match, red } = duel();
  const client = new WireClient();
  const clients = new Map([[red, client]]);
  world.wireOpen(match, red);
  play(world, match, clients, 12);
  const early = client.requestRespawn();
  play(world, match, clients, 12);
  assert.deepEqual(client.state().answer, { number: early, result: 1 }, 'the living do not respawn');
  world.killPlayer(match, red);
  play(world, match, clients, 12);
  assert.equal(client.state().players[0].alive, false);
  const loadout = { primary: 'smg', secondary: 'revolver', support: ['grenade'] };
  const turncoat = client.requestLoadout(loadout, 'blue');
  play(world, match, clients, 12);
  assert.deepEqual(client.state().answer, { number: turncoat, result: 2 }, 'who has been on the field stays on a side');
  const asked = client.requestLoadout(loadout);
  play(world, match, clients, 12);
  assert.deepEqual(client.state().answer, { number: asked, result: 0 });
  play(world, match, clients, 200);
  client.requestRespawn();
  play(world, match, clients, 12);
  const { team, alive } = world.player(match, red);
  assert.deepEqual([team, alive, world.weapons(match, red).map((each) => each.weapon)], ['red', true, ['smg', 'revolver', 'grenade']]);
  assert.deepEqual(client.state().items.filter(Boolean).map((item) => item.weapon), ['smg', 'revolver', 'grenade']);
});

test('a match that begins anew is a new epoch, and so is a link opened again', () => {
  const { world, match, red } = duel();
  const client = new WireClient();
  const clients = new Map([[red, client]]);
  world.wireOpen(match, red);
  play(world, match, clients, 12);
  const first = client.state().welcome.epoch;
  world.resetMatch(match);
  play(world, match, clients, 12);
  assert.equal(client.state().welcome.epoch, (first + 1) % 4);
  world.wireOpen(match, red);
  play(world, match, clients, 12);
  assert.equal(client.state().welcome.epoch, (first + 2) % 4);
});

test('a baited client is told of somebody who is not there', () => {
  const { world, match, red, blue } = duel();
  const clients = new Map([[red, new WireClient()], [blue, new WireClient()]]);
  for (const player of clients.keys()) world.wireOpen(match, player);
  assert.equal(world.wireDecoy(match, red), null);
  world.wireBait(match, red, true);
  let told = 0;
  for (let round = 0; round < 400 && told < 20; round += 1) {
    play(world, match, clients, 3, (tick) => [tick % 40 < 20 ? Button.UP : Button.DOWN, 0, 10, 10]);
    const decoy = world.wireDecoy(match, red);
    if (!decoy) continue;
    told += 1;
    assert.equal(decoy.slot, world.player(match, blue).slot);
    assert.ok(decoy.x > 0 && decoy.x < 480 && decoy.y > 0 && decoy.y < 270);
    assert.equal(world.wireDecoy(match, blue), null);
  }
  assert.equal(told, 20);
  world.wireBait(match, red, false);
  play(world, match, clients, 3);
  assert.equal(world.wireDecoy(match, red), null);
  refused(() => world.wireBait(match, red, 1), 'INVALID_ARGUMENT', /^on is/);
});

test('held and closed links get nothing, others go on', () => {
  const { world, match, red, blue } = duel();
  const clients = new Map([[red, new WireClient()], [blue, new WireClient()]]);
  for (const player of clients.keys()) world.wireOpen(match, player);
  play(world, match, clients, 30);
  world.wireHold(match, red, true);
  const held = play(world, match, clients, 60, (tick) => [tick % 20 < 10 ? Button.UP : Button.DOWN, 0, 240, 135]);
  assert.ok(held.length > 10 && held.every(({ player }) => player === blue));
  world.wireHold(match, red, false);
  assert.ok(play(world, match, clients, 12, () => [Button.UP, 0, 240, 135]).some(({ player }) => player === red));
  world.wireClose(match, red);
  world.wireClose(match, red);
  assert.ok(play(world, match, new Map([[blue, clients.get(blue)]]), 60).every(({ player }) => player === blue));
  refused(() => world.wireReceive(match, red, clients.get(red).write()), 'NOT_ALLOWED', /no open link/);
  assert.equal(world.wireStats(match, red), null);
  const { frames, bytes, acknowledged, badMessages } = world.wireStats(match, blue);
  assert.ok(frames > 20 && bytes > frames && acknowledged > 20 && badMessages === 0);
});

test('damaged messages are refused with the field, on both sides, and change nothing', () => {
  const { world, match, red } = duel();
  const client = new WireClient();
  const clients = new Map([[red, client]]);
  world.wireOpen(match, red);
  play(world, match, clients, 30);
  const before = client.state();
  refused(() => client.receive(Uint8Array.of(3)), 'BAD_MESSAGE', /bad message: kind/);
  refused(() => client.receive(new Uint8Array(0)), 'BAD_MESSAGE', /kind/);
  refused(() => client.receive([0]), 'INVALID_ARGUMENT', /bytes/);
  assert.deepEqual(client.state(), before);
  refused(() => world.wireReceive(match, red, Uint8Array.of(0xff, 0xff)), 'BAD_MESSAGE', /kind/);
  refused(() => world.wireReceive(match, red, Uint8Array.of(...client.write(), 0)), 'BAD_MESSAGE', /bad message/);
  refused(() => world.wireReceive(match, red, new Uint8Array(300)), 'BAD_MESSAGE', /bad message/);
  assert.equal(world.wireStats(match, red).badMessages, 3);
  refused(() => client.input(0, 0, NaN, 0), 'INVALID_ARGUMENT', /mouseX/);
  refused(() => client.input(70000, 0, 0, 0), 'INVALID_ARGUMENT', /held/);
  refused(() => client.write(-1), 'INVALID_ARGUMENT', /view/);
});

test('too short a buffer loses nothing, and the two buffers are memory of their own', () => {
  const { world, match, red, blue } = duel();
  for (const player of [red, blue]) world.wireOpen(match, player);
  for (let tick = 0; tick < world.wireStep; tick++) world.step();
  const { packets, bytes } = world.wirePending();
  assert.equal(packets, 2);
  const room = new Uint8Array(bytes);
  const index = new Uint32Array(packets * WIRE_COLUMNS);
  refused(() => world.wirePackets(room.subarray(1), index), 'INVALID_ARGUMENT', new RegExp(`at least ${bytes} bytes`));
  refused(() => world.wirePackets(room, index.subarray(1)), 'INVALID_ARGUMENT', /at least 10/);
  refused(() => world.wirePackets(index, room), 'INVALID_ARGUMENT', /Uint8Array/);
  const shared = new ArrayBuffer(4096);
  refused(() => world.wirePackets(new Uint8Array(shared), new Uint32Array(shared, 1024)), 'INVALID_ARGUMENT', /memory of its own/);
  assert.equal(world.wirePackets(new Uint8Array(shared, 0, 2048), new Uint32Array(shared, 2048)), 2, 'beside one another is good');
  assert.deepEqual(mail(world, room, index).map(({ player }) => player), [red, blue]);
  world.step();
  assert.deepEqual([world.wirePending(), mail(world)], [{ packets: 0, bytes: 0 }, []]);
});

test('rates and budgets are options of the world', () => {
  const fast = new World({ wire: { rate: 60, idleRate: 30, budget: 200 } });
  assert.equal(fast.wireStep, 1);
  assert.equal(new World().wireStep, 3);
  refused(() => new World({ wire: { rate: 0 } }), 'INVALID_ARGUMENT', /^wire.rate is 0; it must be/);
  refused(() => new World({ wire: { rate: '20' } }), 'INVALID_ARGUMENT', /wire.rate/);
  refused(() => new World({ wire: { idleRate: 30 } }), 'INVALID_ARGUMENT', /^wire.idleRate is 30/);
  refused(() => new World({ wire: { budget: 1 } }), 'INVALID_ARGUMENT', /^wire.budget/);
});

test('bots fight, and a client that watches agrees with the match all the time', () => {
  const script = engine.sceneScript('brawl');
  const world = new World();
  const match = world.createMatch(engine.GameMap.builtin(script.map), { seed: 5, killTarget: 100 });
  for (const role of script.roles.slice(1)) world.addBot(match, role);
  const me = world.addPlayer(match, {});
  const client = new WireClient();
  world.wireOpen(match, me);
  const types = new Set();
  let turn = 0;
  for (let tick = 0; tick < 60 * 60; tick++) {
    if (client.state() !== null) {
      turn += 0.05;
      if (tick % 60 === 0 && client.state().players[client.state().welcome.slot]?.alive === false) client.requestRespawn();
      client.input(tick % 2 === 0 ? Button.FIRE : 0, 0, 240 + 200 * Math.cos(turn), 135 + 100 * Math.sin(turn));
    }
    const up = client.write();
    if (up.length > 0) world.wireReceive(match, me, up);
    world.thinkBots();
    world.step();
    for (const { bytes } of mail(world)) {
      if (client.receive(bytes) !== 'snapshot') continue;
      const state = client.state();
      for (const message of state.messages) types.add(message.type);
      for (const { slot, x, y, weapon, alive } of world.players(match)) {
        const seen = state.players[slot];
        if (seen === null) continue;
        assert.ok(nearly(seen.x, x) && nearly(seen.y, y), `tick ${tick}, slot ${slot}: ${seen.x}, ${seen.y} for ${x}, ${y}`);
        assert.deepEqual([seen.weapon, seen.alive], [weapon, alive]);
      }
    }
    world.drainEvents(match);
  }
  const { red, blue } = world.score(match);
  assert.ok(red + blue > 0);
  assert.deepEqual(client.state().teamKills, [red, blue]);
  for (const type of ['sound', 'fired', 'impact', 'died']) assert.ok(types.has(type), `${type} never came`);
});

test('a client costs the same whatever comes', () => {
  const { world, match, red } = duel({ map: openMap() });
  const client = new WireClient();
  world.wireOpen(match, red);
  play(world, match, new Map([[red, client]]), 60);
  const before = client.memory;
  for (let i = 0; i < 20000; i++) {
    const bytes = Uint8Array.from({ length: 1 + (i % 90) }, (_, at) => (i * 31 + at * 17 + ((i * at) >> 3)) & 0xff);
    try {
      client.receive(bytes);
    } catch (error) {
      assert.equal(error.code, 'BAD_MESSAGE');
    }
  }
  assert.ok(client.memory < before + 65536, `${before} bytes, then ${client.memory}`);
});
