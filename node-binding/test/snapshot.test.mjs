import assert from 'node:assert/strict';
import test from 'node:test';
import { duel, engine, openMap, refused } from './helpers.mjs';

const { GameMap, World, Snapshot, INPUT_BYTES, Button } = engine;

/** A record of pushInputs; with `tick`, of resimulate. */
function write(view, at, { match, player, sequence, held, x, y, tick = 0 }) {
  view.setBigUint64(at, BigInt(match), true);
  view.setUint32(at + 8, player, true);
  view.setUint32(at + 12, sequence, true);
  view.setUint16(at + 16, held, true);
  view.setFloat32(at + 20, x, true);
  view.setFloat32(at + 24, y, true);
  view.setUint32(at + 36, tick, true);
}

/** Steps with an input of each player; gives the inputs, each with its tick. */
function play({ world, match, red, blue }, ticks) {
  const done = [];
  for (let i = 0; i < ticks; i++) {
    const tick = world.tick(match) + 1;
    for (const [player, x] of [[red, 300], [blue, 20]]) {
      const input = { match, player, sequence: tick, held: tick % 7 === 0 ? Button.FIRE : Button.RIGHT, x, y: 135, tick };
      world.pushInput(match, player, tick, input.held, 0, x, 135);
      done.push(input);
    }
    world.step();
  }
  return done;
}

test('a match turned back is as it was, and plays anew to the same hash', () => {
  const game = duel();
  const { world, match } = game;
  play(game, 30);
  const before = world.hash(match);
  const snapshot = world.snapshot(match);
  assert.ok(snapshot instanceof Snapshot);
  assert.equal(snapshot.tick, 30);
  assert.ok(snapshot.bytes > 8000);
  const inputs = play(game, 8);
  const after = world.hash(match);
  assert.notEqual(after, before);

  world.rollback(match, snapshot);
  assert.equal(world.hash(match), before);

  const bytes = new Uint8Array(INPUT_BYTES * inputs.length);
  const view = new DataView(bytes.buffer);
  inputs.forEach((input, i) => write(view, i * INPUT_BYTES, input));
  world.resimulate(match, snapshot, 8, bytes, inputs.length);
  assert.equal(world.hash(match), after);
  // Without them it goes another way.
  world.resimulate(match, snapshot, 8);
  assert.equal(world.tick(match), 38);
  assert.notEqual(world.hash(match), after);

  // The same memory again, and of another match on the same map.
  assert.equal(world.snapshot(match, snapshot), snapshot);
  assert.equal(snapshot.tick, 38);
  const other = world.createMatch(game.map, { seed: 7 });
  world.rollback(other, snapshot);
  assert.equal(world.hash(other), world.hash(match));
});

test('what does not fit is refused and changes nothing', () => {
  const game = duel();
  const { world, match, red } = game;
  play(game, 5);
  const hash = world.hash(match);
  refused(() => world.rollback(match, new Snapshot()), 'BAD_SNAPSHOT', /nothing has been taken/);
  refused(() => world.rollback(match, {}), 'INVALID_ARGUMENT', /to is an object; it must be a Snapshot/);
  refused(() => world.rollback(match + 1, new Snapshot()), 'STALE_ID', /match/);
  refused(() => world.snapshot(0), 'STALE_ID', /match/);
  refused(() => world.snapshot(match, {}), 'INVALID_ARGUMENT', /into is an object; it must be a Snapshot/);
  const citadel = world.createMatch(GameMap.builtin('citadel'));
  refused(() => world.rollback(citadel, world.snapshot(match)), 'BAD_SNAPSHOT', /map/);
  const slow = new World({ tickRate: 30 });
  refused(() => slow.rollback(slow.createMatch(game.map), world.snapshot(match)), 'BAD_SNAPSHOT', /tick rate/);

  const from = world.snapshot(match);
  const bytes = new Uint8Array(INPUT_BYTES * 2);
  const view = new DataView(bytes.buffer);
  const input = { match, player: red, sequence: 9, held: 0, x: 1, y: 1, tick: 6 };
  const again = (change, ticks = 2, count = 1) => {
    write(view, 0, { ...input, ...change });
    world.resimulate(match, from, ticks, bytes, count);
  };
  refused(() => again({ tick: 5 }), 'INVALID_ARGUMENT', /inputs\.tick is 5/);
  refused(() => again({ tick: 8 }), 'INVALID_ARGUMENT', /inputs\.tick is 8/);
  refused(() => again({ match: citadel }), 'INVALID_ARGUMENT', /inputs\[0\] match/);
  refused(() => again({ player: red + 8 }), 'STALE_ID', /player/);
  refused(() => again({ x: NaN }), 'INVALID_ARGUMENT', /NaN/);
  refused(() => again({}, 2, 3), 'INVALID_ARGUMENT', /inputs is of 80 bytes/);
  refused(() => again({}, -1), 'INVALID_ARGUMENT', /ticks/);
  refused(() => world.resimulate(match, from, 2, bytes), 'INVALID_ARGUMENT', /count/);
  world.wireOpen(match, red);
  refused(() => again({}), 'NOT_ALLOWED', /linked/);
  world.wireClose(match, red);
  assert.equal(world.hash(match), hash);
  again({});
  assert.equal(world.tick(match), 7);
});

test('a snapshot of a world outlives it', () => {
  const map = openMap();
  const snapshot = (() => {
    const { world, match } = duel({ map });
    for (let i = 0; i < 12; i++) world.step();
    return world.snapshot(match);
  })();
  const world = new World();
  const match = world.createMatch(map);
  world.rollback(match, snapshot);
  assert.equal(world.tick(match), 12);
  assert.equal(world.players(match).length, 2);
});
