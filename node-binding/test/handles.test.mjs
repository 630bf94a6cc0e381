import assert from 'node:assert/strict';
import test from 'node:test';
import { classMembers } from './declarations.mjs';
import { engine, openMap, refused } from './helpers.mjs';

const { Button, GameMap, Match, Player, Snapshot, World } = engine;

function duel() {
  const world = new World();
  const match = new Match(world, openMap(), { seed: 3, killTarget: 9 });
  return { world, match, red: match.addPlayer({ team: 'red' }), blue: match.addPlayer({ team: 'blue' }) };
}

test('a handle does what the world does with its ids', () => {
  const { world, match, red, blue } = duel();
  assert.equal(match.world, world);
  assert.deepEqual(world.matches(), [match.id]);
  assert.deepEqual(world.players(match.id).map(({ id }) => id), [red.id, blue.id]);
  assert.deepEqual([red.slot, blue.slot], [0, 1]);
  red.pushInput(1, Button.FIRE, 0, 200, 135);
  world.step();
  assert.equal(match.tick, 1);
  assert.equal(match.bytes, world.matchBytes(match.id));
  assert.equal(match.hash(), world.hash(match.id));
  assert.deepEqual(match.view(), {
    id: match.id,
    tick: 1,
    score: { red: 0, blue: 0, over: false, winner: null },
    players: world.players(match.id),
    projectiles: [],
    clouds: [],
  });
  assert.deepEqual(red.view(), world.player(match.id, red.id));
  assert.deepEqual(JSON.parse(JSON.stringify(match.view())), match.view(), 'plain objects, which JSON keeps');
  assert.equal(red.sees(blue), true);
  assert.ok(match.drainEvents().some(({ type, player }) => type === 'fired' && player === red.id));
  blue.kill();
  assert.equal(blue.view().alive, false);
  match.reset(5);
  assert.equal(blue.view().alive, true);
});

test('handles on what is there already', () => {
  const { world, match, red } = duel();
  const again = Match.of(world, match.id);
  assert.equal(again.id, match.id);
  assert.deepEqual(again.players().map(({ id }) => id), match.view().players.map(({ id }) => id));
  assert.equal(again.player(red.id).slot, red.slot);
  refused(() => Match.of(world, 12345), 'STALE_ID', /match/);
  refused(() => match.player(12345), 'STALE_ID', /player/);
});

test('input() counts by itself, on from what was applied', () => {
  const { world, match, red } = duel();
  assert.equal(red.input({ held: Button.RIGHT, mouseX: 200, mouseY: 135 }), 1);
  assert.equal(red.input({ mouseX: 200, mouseY: 135 }), 2);
  for (let i = 0; i < 3; i++) world.step();
  assert.equal(red.view().lastSequence, 2);
  assert.equal(match.player(red.id).input({ mouseX: 0, mouseY: 0 }), 3, 'another handle counts on');
  red.pushInput(0xffffffff, 0, 0, 0, 0);
  for (let i = 0; i < 3; i++) world.step();
});

test('a refused input() does not use up its number', () => {
  const { red } = duel();
  refused(() => red.input({ mouseX: 1 }), 'INVALID_ARGUMENT', /mouseY/);
  refused(() => red.input(), 'INVALID_ARGUMENT', /input is undefined; it must be an object/);
  refused(() => red.input(null), 'INVALID_ARGUMENT', /input is null/);
  refused(() => red.input({ mouseX: 1, mouseY: 1, held: 65536 }), 'INVALID_ARGUMENT', /held/);
  assert.equal(red.input({ mouseX: 1, mouseY: 1 }), 1);
});

test('handles of other matches and strangers are refused', () => {
  const { world, match, red } = duel();
  const other = new Match(world, openMap());
  const stranger = other.addPlayer();
  refused(() => red.sees(stranger), 'INVALID_ARGUMENT', /of another match/);
  refused(() => red.sees(red.id), 'INVALID_ARGUMENT', /a Player/);
  refused(() => new Match({}, openMap()), 'INVALID_ARGUMENT', /world is another object; it must be a World/);
  refused(() => new Match(null, openMap()), 'INVALID_ARGUMENT', /world is null/);
  refused(() => new Match(world, {}), 'INVALID_ARGUMENT', /GameMap/);
  refused(() => Match.of('1', match.id), 'INVALID_ARGUMENT', /a World/);
  refused(() => new Player(), 'INVALID_ARGUMENT', /addPlayer/);
  assert.throws(() => Match.prototype.hash.call({}), Error);
  assert.equal(world.matchCount, 2, 'what was refused left no match behind');
});

test('a player who has left by another way is stale, not somebody else', () => {
  const { world, match, blue } = duel();
  world.removePlayer(match.id, blue.id);
  const next = match.addPlayer({ team: 'blue' });
  assert.equal(next.slot, blue.slot);
  refused(() => blue.view(), 'STALE_ID', /player/);
  refused(() => blue.tap(1), 'STALE_ID', /player/);
});

/** Arguments with which every method of a handle works, but for what `NOT` names. */
const ARGUMENTS = {
  Match: {
    addPlayer: [], addBot: [], player: (red) => [red.id], players: [], view: [], reset: [1], drainEvents: [], drainTold: [],
    drainSounds: [], readSounds: [new Uint8Array(1024 * engine.SOUND_BYTES)], pendingSounds: [],
    soundBetween: ['death', 1, 1, 2, 2], soundField: ['death', 1, 1], readPlayers: [new Float32Array(8 * engine.PLAYER_COLUMNS)],
    lineIsClear: [1, 1, 2, 2], smokeBetween: [1, 1, 2, 2], sightMatrix: [], knows: [], projectiles: [], clouds: [],
    wallsVersion: [], sliceHealth: [], repairWalls: [], clearProjectiles: [], hash: [], mapHash: [], save: [], restore: (red) => [red.match.save()],
    snapshot: [], rollback: (red) => [red.match.snapshot()], resimulate: (red) => [red.match.snapshot(), 2], record: [],
    recording: [], replayLabel: ['key', 'value'], drainReplay: [new Uint8Array(1 << 18)], endRecording: [], guard: [],
    drainEvidence: [], standings: [], unguard: [], score: [],
  },
  Player: {
    view: [], input: [{ mouseX: 1, mouseY: 1 }], pushInput: [9, 0, 0, 1, 1], tap: [1], sees: (red) => [red.match.players()[1]],
    polygon: [], tiles: [], weapons: [], listen: [], knownSliceHealth: [], knownSlicesVersion: [], knownProjectiles: [],
    knownClouds: [], wireOpen: [], wireHold: [true], wireBait: [true], wireDecoy: [], wireReceive: null, wireStats: [],
    wireClose: [], standing: [], watch: [true], setDecoy: [1, 1], replayLabel: ['key', 'value'], giveWeapon: ['grenade'], edit: [{ type: 'health', points: 50 }],
    throwItem: [1], adoptBot: [0.5], isBot: [], releaseBot: [], kill: [], setTeam: ['blue'],
    setLoadout: [{ primary: 'smg', secondary: 'pistol' }],
  },
};

for (const [name, methods] of Object.entries(ARGUMENTS)) {
  test(`every method of a ${name} works, and after dispose() every one says that it is over`, () => {
    const getters = { Match: ['world', 'id', 'tick', 'bytes'], Player: ['match', 'id', 'slot'] }[name];
    const declared = classMembers(name).instance.filter((member) => !getters.includes(member) && member !== 'dispose');
    assert.deepEqual(Object.keys(methods).sort(), declared);
    const { match, red } = duel();
    if (name === 'Player') {
      match.record();
      match.guard();
    }
    const handle = name === 'Match' ? match : red;
    const given = Object.entries(methods).map(([method, args]) => [method, typeof args === 'function' ? args(red) : args]);
    for (const [method, args] of given) {
      if (args === null) refused(() => handle[method](new Uint8Array(1)), 'BAD_MESSAGE', /./);
      else assert.doesNotThrow(() => handle[method](...args), method);
    }
    handle.dispose();
    handle.dispose();
    for (const [method, args] of given) refused(() => handle[method](...(args ?? [])), 'DISPOSED', new RegExp(name));
    refused(() => handle.id, 'DISPOSED', new RegExp(name));
  });
}

test('disposing of a player lets the player go, of a match destroys it, of a world ends both', () => {
  const { world, match, red, blue } = duel();
  red.dispose();
  assert.deepEqual(match.players().map(({ id }) => id), [blue.id]);
  const other = new Match(world, GameMap.builtin('yard'));
  match.dispose();
  assert.deepEqual(world.matches(), [other.id]);
  refused(() => blue.view(), 'DISPOSED', /Match/);
  blue.dispose();
  world.dispose();
  refused(() => other.tick, 'DISPOSED', /World/);
  refused(() => other.addPlayer(), 'DISPOSED', /World/);
  other.dispose();
  refused(() => other.tick, 'DISPOSED', /Match/);
});

test('disposing of what was destroyed by hand is no error', () => {
  const { world, match, red } = duel();
  world.removePlayer(match.id, red.id);
  red.dispose();
  world.destroyMatch(match.id);
  refused(() => match.tick, 'STALE_ID', /match/);
  match.dispose();
  refused(() => match.snapshot(new Snapshot()), 'DISPOSED', /Match/);
});
