import assert from 'node:assert/strict';
import test from 'node:test';
import { classMembers, disposables } from './declarations.mjs';
import { duel, engine, native, refused } from './helpers.mjs';

const { Match, MatchQueue, PositionGuard, Replay, WireClient, World } = engine;

/** One of each, with all that its methods want. */
function all() {
  const { world, match, map, red } = duel();
  world.record(match);
  for (let i = 0; i < 61; i++) world.step();
  const replay = Replay.open(world.endRecording(match));
  const handle = Match.of(world, match);
  return {
    World: world,
    GameMap: map,
    Match: handle,
    Player: handle.player(red),
    Snapshot: world.snapshot(match),
    Replay: replay,
    Playback: replay.begin(world, map),
    WireClient: new WireClient(),
    PositionGuard: new PositionGuard(),
    MatchQueue: new MatchQueue(),
    with: { match, red },
  };
}

test('all that owns memory can be disposed of, by name and by symbol, more than once', () => {
  assert.deepEqual(disposables().sort(), Object.keys(all()).filter((name) => name !== 'with').sort());
  for (const name of disposables()) {
    const { [name]: object } = all();
    assert.ok(classMembers(name).instance.includes('dispose'));
    assert.equal(typeof Symbol.dispose, 'symbol', 'this Node is too old to test it');
    assert.equal(object[Symbol.dispose], object.dispose);
    assert.equal(object[Symbol.dispose](), undefined);
    object.dispose();
  }
});

/** Arguments for methods that check them before they look at the object. */
const ARGUMENTS = {
  PositionGuard: {
    check: ({ World, with: { match, red } }) => [World, match, red, { x: 1, y: 1, timeMs: 0, movement: 'idle' }],
    forget: ({ with: { red } }) => [red],
  },
  WireClient: { receive: () => [new Uint8Array(2)], input: () => [0, 0, 1, 1], requestLoadout: () => [{ primary: 'smg', secondary: 'pistol' }] },
  Replay: { verify: ({ GameMap }) => [GameMap], begin: ({ World, GameMap }) => [World, GameMap] },
  Playback: {
    step: ({ World }) => [World], feed: ({ World }) => [World], check: ({ World }) => [World], seek: ({ World }) => [World, 1],
  },
  GameMap: { maxHealth: () => [0] },
  MatchQueue: {
    add: () => [{ id: 1, mode: 'standard', pings: { local: 5 }, enqueuedMs: 0, players: [{ player: 1, rating: { value: 1500, deviation: 200 } }] }],
    cancel: () => [1], updatePings: () => [1, { local: 5 }], offer: () => [{ id: 1, mode: 'standard', region: 'local', free: { red: 1, blue: 1 }, red: [], blue: [] }],
    withdraw: () => [1], form: () => [0], waits: () => [1], ticketOf: () => [1], free: () => [1],
  },
};

for (const name of ['GameMap', 'Snapshot', 'Replay', 'Playback', 'WireClient', 'PositionGuard', 'MatchQueue']) {
  test(`a ${name} that has been disposed of refuses every use`, () => {
    const objects = all();
    objects[name].dispose();
    for (const member of classMembers(name).instance) {
      if (member === 'dispose') continue;
      const isMethod = typeof Object.getOwnPropertyDescriptor(Object.getPrototypeOf(objects[name]), member)?.value === 'function'
        || typeof Object.getOwnPropertyDescriptor(native[name].prototype, member)?.value === 'function';
      const args = ARGUMENTS[name]?.[member]?.(objects) ?? [];
      refused(() => (isMethod ? objects[name][member](...args) : objects[name][member]), 'DISPOSED', new RegExp(`this ${name} has`));
    }
  });
}

test('a World that has been disposed of refuses every use', () => {
  const { World: world, GameMap: map, Snapshot: snapshot, with: { match, red } } = all();
  const bytes = new Uint8Array(1 << 16);
  world.dispose();
  const ofWorld = {
    createMatch: [map], pushInputs: [bytes, 1], wirePackets: [bytes, new Uint32Array(64)], soundCutoffHz: [1],
  };
  const ofMatch = {
    soundBetween: ['death', 1, 1, 1, 1], soundField: ['death', 1, 1], lineIsClear: [1, 1, 1, 1], smokeBetween: [1, 1, 1, 1],
    restore: [bytes], rollback: [snapshot], resimulate: [snapshot, 1], drainReplay: [bytes], readSounds: [bytes],
    readPlayers: [new Float32Array(224)], snapshot: [snapshot], addPlayer: [], addBot: [], record: [], guard: [],
    sliceHealth: [], resetMatch: [],
  };
  const ofPlayer = {
    setTeam: ['red'], setLoadout: [{ primary: 'smg', secondary: 'pistol' }], pushInput: [1, 0, 0, 1, 1], tap: [1], throwItem: [1],
    giveWeapon: ['smg'], adoptBot: [1], sees: [red], wireHold: [true], wireBait: [true], wireReceive: [bytes], guardPlayer: [true],
    replayLabel: ['a', 'b'], editPlayer: [{ type: 'revive' }],
  };
  for (const member of classMembers('World').instance) {
    if (member === 'dispose') continue;
    const call = () => {
      const args = ofWorld[member] ?? [match, ...(ofMatch[member] ?? [red, ...(ofPlayer[member] ?? [])])];
      const value = world[member];
      return typeof value === 'function' ? value.apply(world, args) : value;
    };
    refused(call, 'DISPOSED', /this World has/);
  }
});

test('what has been disposed of is refused as an argument', () => {
  const { World: world, GameMap: map, Snapshot: snapshot, Replay: replay, Playback: playback, with: { match } } = all();
  snapshot.dispose();
  refused(() => world.rollback(match, snapshot), 'DISPOSED', /Snapshot/);
  refused(() => world.snapshot(match, snapshot), 'DISPOSED', /Snapshot/);
  refused(() => world.resimulate(match, snapshot, 1), 'DISPOSED', /Snapshot/);
  const matches = world.matchCount;
  map.dispose();
  refused(() => world.createMatch(map), 'DISPOSED', /GameMap/);
  refused(() => replay.verify(map), 'DISPOSED', /GameMap/);
  refused(() => replay.begin(world, map), 'DISPOSED', /GameMap/);
  assert.equal(world.matchCount, matches);
  world.step();
  assert.ok(world.sliceHealth(match).length > 0, 'matches keep their map');
  world.dispose();
  refused(() => playback.step(world), 'DISPOSED', /World/);
});

test('a world that has panicked can be disposed of', () => {
  const { world } = duel();
  refused(() => native.panicForTest(world), 'PANIC', /on purpose/);
  world.dispose();
  refused(() => world.step(), 'DISPOSED', /World/);
});

test('disposing in the middle of a call is safe', () => {
  const { world, match } = duel();
  const options = { get team() { world.dispose(); return 'red'; } };
  refused(() => world.addPlayer(match, options), 'DISPOSED', /World/);

  const recorded = duel();
  recorded.world.record(recorded.match);
  for (let i = 0; i < 600; i++) recorded.world.step();
  const replay = Replay.open(recorded.world.endRecording(recorded.match));
  const { divergence, ticks } = replay.verify(recorded.map, {
    onProgress() {
      replay.dispose();
      recorded.map.dispose();
    },
  });
  assert.deepEqual([divergence, ticks], [null, 600]);
  refused(() => replay.info(), 'DISPOSED', /Replay/);
});

test('a playback goes on without the replay that it came from', () => {
  const { World: world, Replay: replay, Playback: playback } = all();
  replay.dispose();
  while (playback.step(world));
  assert.equal(playback.divergence, null);
  playback.dispose();
  assert.equal(world.matches().length, 2, 'its match stays');
});

test('the memory of what was disposed of is there at once, whoever still holds the object', () => {
  const { world, match } = duel();
  const kept = [];
  /** Bytes by which 5,000 more snapshots let the process grow. */
  const grown = () => {
    const rss = process.memoryUsage().rss;
    for (let i = 0; i < 5000; i++) kept.push(world.snapshot(match));
    return process.memoryUsage().rss - rss;
  };
  const bytes = 5000 * world.snapshot(match).bytes;
  assert.ok(grown() > bytes / 2, 'a snapshot that is held takes memory');
  for (const snapshot of kept) snapshot.dispose();
  const again = grown();
  assert.ok(again < bytes / 2, `${again} bytes for as many again as were disposed of, ${bytes} bytes`);
});
