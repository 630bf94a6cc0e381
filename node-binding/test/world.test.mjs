import assert from 'node:assert/strict';
import test from 'node:test';
import { duel, engine, openMap, refused } from './helpers.mjs';

const { Button, GameMap, World } = engine;

/** Steps a match, giving one player the same input each tick; returns the events. */
function play(world, match, player, ticks, held = 0, [x, y] = [400, 135], from = world.player(match, player).lastSequence) {
  const events = [];
  for (let i = 1; i <= ticks; i++) {
    world.pushInput(match, player, from + i, held, 0, x, y);
    world.step();
    events.push(...world.drainEvents(match));
  }
  return events;
}

test('worlds are made with rules and rates', () => {
  const world = new World();
  assert.equal(world.tickRate, 60);
  assert.equal(world.matchCount, 0);
  assert.match(world.simd, /^(scalar|sse2|avx2|avx512)$/);
  assert.equal(new World({ tickRate: 240, rules: 'legacy', maxMatches: 1 }).tickRate, 240);
  assert.equal(new World({ tickRate: undefined }).tickRate, 60);
  refused(() => new World({ tickRate: 19 }), 'INVALID_ARGUMENT', /tickRate is 19; it must be 20 to 240/);
  refused(() => new World({ tickRate: 60.5 }), 'INVALID_ARGUMENT', /tickRate is 60.5/);
  refused(() => new World({ tickRate: '60' }), 'INVALID_ARGUMENT', /tickRate is "60"/);
  refused(() => new World({ tickRate: null }), 'INVALID_ARGUMENT', /tickRate is null/);
  refused(() => new World({ rules: 'mine' }), 'INVALID_ARGUMENT', /rules is mine; it must be standard or legacy/);
  refused(() => new World({ maxMatches: 0 }), 'INVALID_ARGUMENT', /maxMatches is 0; it must be 1 to 1048576/);
  refused(() => new World(60), 'INVALID_ARGUMENT', /options is 60; it must be an object/);
});

test('matches come and go, and old ids stay dead', () => {
  const world = new World({ maxMatches: 2 });
  const map = openMap();
  const first = world.createMatch(map);
  const second = world.createMatch(map, { seed: 2 ** 53 - 1, killTarget: 10_000 });
  assert.ok(Number.isSafeInteger(first) && first > 0);
  assert.deepEqual(world.matches(), [first, second]);
  assert.equal(world.matchCount, 2);
  refused(() => world.createMatch(map), 'WORLD_FULL', /maxMatches is 2/);
  world.destroyMatch(first);
  assert.deepEqual(world.matches(), [second]);
  const third = world.createMatch(map);
  assert.notEqual(third, first);
  refused(() => world.tick(first), 'STALE_ID', /match id 0x/);
  refused(() => world.destroyMatch(first), 'STALE_ID', /stale/);
  assert.equal(world.tick(third), 0);
  assert.equal(world.mapHash(third), map.hash);
  assert.ok(world.matchBytes(third) > 1000);

  refused(() => world.createMatch({}), 'INVALID_ARGUMENT', /map is an object; it must be a GameMap/);
  refused(() => world.createMatch(world), 'INVALID_ARGUMENT', /map is an object; it must be a GameMap/);
  refused(() => world.createMatch(Object.create(GameMap.prototype)), 'INVALID_ARGUMENT', /it must be a GameMap/);
  refused(() => world.createMatch(), 'INVALID_ARGUMENT', /map is undefined/);
  refused(() => world.createMatch(map, { seed: -1 }), 'INVALID_ARGUMENT', /seed is -1/);
  refused(() => world.createMatch(map, { seed: 2 ** 53 }), 'INVALID_ARGUMENT', /seed is 9007199254740992/);
  refused(() => world.createMatch(map, { killTarget: 0 }), 'INVALID_ARGUMENT', /killTarget is 0; it must be 1 to 10000/);
  assert.equal(world.matchCount, 2);
});

test('every call refuses ids of the wrong kind and stale ones', () => {
  const { world, match, red, blue } = duel();
  const gone = world.createMatch(openMap());
  world.destroyMatch(gone);
  const loadout = { primary: 'smg', secondary: 'pistol', support: [] };
  const bytes = world.save(match);
  const ofMatch = {
    destroyMatch: [], resetMatch: [], addPlayer: [], addBot: [], drainEvents: [], tick: [], score: [], players: [],
    projectiles: [], clouds: [], repairWalls: [], clearProjectiles: [], sightMatrix: [], wallsVersion: [], sliceHealth: [], hash: [],
    lineIsClear: [1, 1, 9, 9], smokeBetween: [1, 1, 9, 9], mapHash: [], matchBytes: [], save: [], restore: [bytes], readPlayers: [new Float32Array(8 * engine.PLAYER_COLUMNS)],
    drainTold: [], knows: [], drainSounds: [], readSounds: [new Uint8Array(1024 * engine.SOUND_BYTES)], pendingSounds: [],
    soundBetween: ['death', 1, 1, 9, 9], soundField: ['death', 1, 1],
    snapshot: [], rollback: [world.snapshot(match)], resimulate: [world.snapshot(match), 1],
    record: [], recording: [], replayLabel: [undefined, 'key', 'value'], drainReplay: [new Uint8Array(1 << 18)], endRecording: [],
    guard: [], unguard: [], drainEvidence: [], standings: [],
  };
  const ofPlayer = {
    removePlayer: [], setTeam: ['red'], setLoadout: [loadout], pushInput: [1, 0, 0, 1, 1], tap: [1], killPlayer: [],
    throwItem: [1], giveWeapon: ['smg'], editPlayer: [{ type: 'revive' }], isBot: [], adoptBot: [0.5], releaseBot: [], player: [], weapons: [], polygon: [], tiles: [], sees: [blue],
    listen: [], knownSliceHealth: [], knownSlicesVersion: [], knownProjectiles: [], knownClouds: [],
    wireOpen: [], wireClose: [], wireHold: [true], wireBait: [true], wireDecoy: [], wireReceive: [new Uint8Array(2)], wireStats: [],
    guardPlayer: [true], standing: [], setDecoy: [1, 1],
  };
  const others = ['thinkBots', 'step', 'stepParallel', 'matches', 'createMatch', 'pushInputs', 'soundCutoffHz', 'wirePackets', 'wirePending',
    'dispose'];
  const methods = new Set([World.prototype, Object.getPrototypeOf(World.prototype)].flatMap(Object.getOwnPropertyNames));
  for (const name of ['constructor', 'tickRate', 'simd', 'matchCount', 'wireStep']) methods.delete(name);
  const covered = [...Object.keys(ofMatch), ...Object.keys(ofPlayer), ...others];
  assert.deepEqual([...methods].sort(), covered.sort(), 'a method that nobody calls with bad ids');

  const hash = world.hash(match);
  for (const [name, rest] of [...Object.entries(ofMatch), ...Object.entries(ofPlayer).map(([n, r]) => [n, [red, ...r]])]) {
    for (const id of [gone, 0, 1, 2 ** 53 - 1]) refused(() => world[name](id, ...rest), 'STALE_ID', /match id .* is stale/);
    for (const id of [-1, 0.5, NaN, Infinity, 2 ** 53, '1', null, {}, 1n, undefined]) {
      refused(() => world[name](id, ...rest), 'INVALID_ARGUMENT', /^match is/);
    }
  }
  for (const [name, rest] of Object.entries(ofPlayer)) {
    for (const id of [0, 7, red + 8, 2 ** 32, 2 ** 53 - 1]) {
      refused(() => world[name](match, id, ...rest), 'STALE_ID', /player id .* is stale/);
    }
    for (const id of [-1, 0.5, NaN, 2 ** 53, '8', null, undefined]) {
      refused(() => world[name](match, id, ...rest), 'INVALID_ARGUMENT', /^(player|viewer) is/);
    }
  }
  refused(() => world.sees(match, red, 0), 'STALE_ID', /player id 0x0/);
  assert.equal(world.hash(match), hash, 'refused calls change nothing');
});

test('edits do what they say, or are refused by the field', () => {
  const { world, match, red, blue } = duel();
  const is = (id = red) => world.player(match, id);
  const edit = (what, id = red) => world.editPlayer(match, id, what);
  edit({ type: 'place', x: 300.25, y: 200 });
  assert.deepEqual([is().x, is().y], [300.25, 200]);
  edit({ type: 'health', points: 12.5 });
  assert.equal(is().health, 12.5);
  edit({ type: 'fell' });
  assert.deepEqual([is().alive, is().health, is().deaths], [false, 0, 0]);
  edit({ type: 'revive' });
  assert.deepEqual([is().alive, is().health], [true, 100]);
  edit({ type: 'score', kills: 4, deaths: 65_535 });
  assert.deepEqual([is().kills, is().deaths], [4, 65_535]);
  edit({ type: 'team', team: 'blue' });
  assert.equal(is().team, 'blue');
  edit({ type: 'loadout', loadout: { primary: 'smg', secondary: 'revolver', support: ['grenade'] } });
  assert.deepEqual(world.weapons(match, red).map((each) => each.weapon), ['smg', 'revolver', 'grenade']);
  edit({ type: 'hold', place: 2 });
  assert.equal(is().weapon, 'grenade');
  edit({ type: 'rounds', place: 0, ammo: 3, reserve: 9 });
  assert.deepEqual([world.weapons(match, red)[0].ammo, world.weapons(match, red)[0].reserve], [3, 9]);
  world.throwItem(match, red, 2);
  world.step();
  assert.equal(world.projectiles(match).length, 1);
  world.clearProjectiles(match);
  assert.equal(world.projectiles(match).length, 0);
  edit({ type: 'spawn' });
  assert.deepEqual([is().x, is().y, is().weapon], [is(blue).x, is(blue).y, 'smg']);

  const hash = world.hash(match);
  for (const [what, code, message] of [
    [undefined, 'INVALID_ARGUMENT', /edit is undefined/], [null, 'INVALID_ARGUMENT', /edit is null/], ['spawn', 'INVALID_ARGUMENT', /edit is "spawn"/],
    [{}, 'INVALID_ARGUMENT', /edit.type is undefined; it must be place, health/], [{ type: 'fly' }, 'INVALID_ARGUMENT', /edit.type is "fly"/],
    [{ type: 'place', x: 1 }, 'INVALID_ARGUMENT', /edit.y is undefined/], [{ type: 'place', x: NaN, y: 1 }, 'INVALID_ARGUMENT', /edit.x is NaN/],
    [{ type: 'health', points: '5' }, 'INVALID_ARGUMENT', /edit.points is "5"/], [{ type: 'health', points: -1 }, 'INVALID_ARGUMENT', /points is 0/],
    [{ type: 'health', points: 1e9 }, 'INVALID_ARGUMENT', /points is .*1\/64 to 100/], [{ type: 'score', kills: -1, deaths: 0 }, 'INVALID_ARGUMENT', /edit.kills is -1/],
    [{ type: 'team', team: 'green' }, 'INVALID_ARGUMENT', /edit.team is "green"/], [{ type: 'loadout', loadout: { primary: 'pistol', secondary: 'pistol' } }, 'ILLEGAL_LOADOUT', /pistol/],
    [{ type: 'hold', place: 4 }, 'INVALID_ARGUMENT', /place is 4/], [{ type: 'rounds', place: 0, ammo: 36, reserve: 0 }, 'INVALID_ARGUMENT', /ammo is 36; it must be 0 to 35/],
    [{ type: 'revive' }, 'NOT_ALLOWED', /alive/],
  ]) refused(() => edit(what), code, message);
  assert.equal(world.hash(match), hash, 'refused calls change nothing');
});

test('players join, leave and are told apart from their successors', () => {
  const world = new World();
  const match = world.createMatch(openMap());
  const players = Array.from({ length: 8 }, () => world.addPlayer(match));
  assert.deepEqual(world.players(match).map((p) => p.id), players);
  assert.deepEqual(world.players(match).map((p) => p.slot), [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(world.players(match).map((p) => p.team), ['red', 'blue', 'red', 'blue', 'red', 'blue', 'red', 'blue']);
  refused(() => world.addPlayer(match), 'MATCH_FULL', /8 players/);
  refused(() => world.addBot(match), 'MATCH_FULL', /8 players/);

  world.removePlayer(match, players[3]);
  refused(() => world.player(match, players[3]), 'STALE_ID', /player/);
  refused(() => world.removePlayer(match, players[3]), 'STALE_ID', /player/);
  const next = world.addPlayer(match);
  assert.notEqual(next, players[3]);
  assert.equal(world.player(match, next).slot, 3);
  refused(() => world.player(match, players[3]), 'STALE_ID', /player/);

  // Each event names whoever had the slot then, though all are drained together.
  const named = (type) => world.drainEvents(match).filter((event) => event.type === type).map((event) => event.player);
  world.removePlayer(match, next);
  const last = world.addPlayer(match);
  const all = world.drainEvents(match);
  const slot3 = all.filter((event) => (event.player & 7) === 3 && event.type.startsWith('player_'));
  assert.deepEqual(slot3.map((event) => [event.type, event.player]), [
    ['player_joined', players[3]], ['player_left', players[3]], ['player_joined', next], ['player_left', next],
    ['player_joined', last],
  ]);
  assert.deepEqual(named('player_joined'), [], 'drained');

  refused(() => world.addPlayer(match, { team: 'green' }), 'INVALID_ARGUMENT', /team is "green"; it must be red or blue/);
  refused(() => world.addPlayer(match, { spawn: 1 }), 'INVALID_ARGUMENT', /spawn is 1; it must be true or false/);
});

test('loadouts are checked', () => {
  const world = new World();
  const match = world.createMatch(openMap());
  const add = (loadout) => world.addPlayer(match, { loadout });
  const player = add({ primary: 'sniperrifle', secondary: 'revolver', support: ['grenade', 'rocket'] });
  const weapons = world.weapons(match, player);
  assert.deepEqual(weapons.map((w) => w.weapon), ['sniperrifle', 'revolver', 'grenade', 'rocket']);
  assert.deepEqual(weapons[0], {
    weapon: 'sniperrifle', ammo: 5, reserve: 30, maxAmmo: 5, maxReserve: 30, reloading: false, readyInTicks: 0,
    damage: 90, rate: 40, reloadMs: 3500, accuracy: 0.98, range: 600,
  });
  assert.equal(world.player(match, player).weapon, 'sniperrifle');
  assert.equal(world.player(match, player).slotInHand, 0);

  refused(() => add({ primary: 'laser', secondary: 'pistol', support: [] }), 'UNKNOWN_WEAPON', /"laser".*rifle, smg/);
  refused(() => add({ primary: 'rifle', secondary: 'pistol', support: ['mine'] }), 'UNKNOWN_WEAPON', /"mine"/);
  refused(() => add({ primary: 'pistol', secondary: 'pistol', support: [] }), 'ILLEGAL_LOADOUT', /no primary/);
  refused(() => add({ primary: 'rifle', secondary: 'smg', support: [] }), 'ILLEGAL_LOADOUT', /no secondary/);
  refused(() => add({ primary: 'rifle', secondary: 'pistol', support: ['rocket', 'rocket'] }), 'ILLEGAL_LOADOUT', /limit is 3/);
  refused(() => add({ primary: 'rifle', secondary: 'pistol', support: new Array(1e6) }), 'ILLEGAL_LOADOUT', /1000000 items/);
  refused(() => add({ primary: 'rifle', support: [] }), 'INVALID_ARGUMENT', /loadout.secondary is undefined/);
  refused(() => add({ primary: 1, secondary: 'pistol', support: [] }), 'INVALID_ARGUMENT', /loadout.primary is 1/);
  refused(() => add({ primary: 'rifle', secondary: 'pistol', support: 'grenade' }), 'INVALID_ARGUMENT', /loadout.support is "grenade"; it must be an array/);
  refused(() => add({ primary: 'rifle', secondary: 'pistol', support: [3] }), 'INVALID_ARGUMENT', /loadout.support\[0\] is 3/);
  refused(() => add('rifle'), 'INVALID_ARGUMENT', /loadout is "rifle"; it must be an object/);
  assert.equal(world.players(match).length, 1, 'refused calls change nothing');

  // Names are data from clients; a message must not grow with them.
  assert.throws(() => add({ primary: 'x'.repeat(1e6), secondary: 'pistol', support: [] }), (e) => e.message.length < 500);
});

test('team and loadout change before the first spawn and while dead, not while alive', () => {
  const { world, match, red } = duel();
  const loadout = { primary: 'shotgun', secondary: 'revolver', support: [] };
  refused(() => world.setTeam(match, red, 'blue'), 'NOT_ALLOWED', /alive/);
  refused(() => world.setLoadout(match, red, loadout), 'NOT_ALLOWED', /alive/);
  refused(() => world.setTeam(match, red, 'grey'), 'INVALID_ARGUMENT', /team is "grey"/);

  const waiting = world.addPlayer(match, { spawn: false, team: 'red' });
  assert.equal(world.player(match, waiting).placed, false);
  world.setTeam(match, waiting, 'blue');
  world.setLoadout(match, waiting, loadout);
  world.tap(match, waiting, Button.RESPAWN);
  world.step();
  const placed = world.player(match, waiting);
  assert.equal(placed.alive, true);
  assert.equal(placed.team, 'blue');
  assert.equal(placed.weapon, 'shotgun');

  world.killPlayer(match, red);
  refused(() => world.killPlayer(match, red), 'NOT_ALLOWED', /dead/);
  world.setLoadout(match, red, loadout);
  refused(() => world.setLoadout(match, red, { ...loadout, primary: 'bow' }), 'UNKNOWN_WEAPON', /bow/);
  assert.equal(world.player(match, red).weapon, 'shotgun');
});

test('inputs move a player, once each', () => {
  const { world, match, red } = duel();
  const before = world.player(match, red);
  assert.equal(world.pushInput(match, red, 1, Button.DOWN, 0, 400, 235), true);
  assert.equal(world.pushInput(match, red, 1, Button.DOWN, 0, 400, 235), false, 'repeated');
  world.step();
  assert.equal(world.pushInput(match, red, 1, Button.DOWN, 0, 400, 235), false, 'old');
  const after = world.player(match, red);
  assert.ok(Math.abs(after.y - before.y - 100 / 60) < 1e-4);
  assert.equal(after.lastSequence, 1);
  assert.equal(after.ignoredInputs, 2);
  assert.equal(after.movement, 'walking');
  // Towards the mouse from the new place, clockwise on screen.
  assert.ok(Math.abs(after.facing - Math.atan2(235 - after.y, 400 - after.x)) < 1e-4);
  assert.equal(after.mouseX, 400);
  assert.equal(world.pushInput(match, red, 2, 0, 0, 1e300, -1e300, 1), true, 'far cursors are clamped');
  world.step();
  assert.deepEqual([world.player(match, red).mouseX, world.player(match, red).mouseY], [2000, -2000]);
});

test('inputs out of range are refused and change nothing', () => {
  const { world, match, red } = duel();
  const hash = world.hash(match);
  const push = (change) => () => {
    const input = { sequence: 1, held: 0, taps: 0, mouseX: 10, mouseY: 10, ackTick: 0, ...change };
    return world.pushInput(match, red, input.sequence, input.held, input.taps, input.mouseX, input.mouseY, input.ackTick);
  };
  const limits = { sequence: 2 ** 32, held: 2 ** 16, taps: 2 ** 16, ackTick: 2 ** 32 };
  for (const [field, limit] of Object.entries(limits)) {
    for (const value of [-1, limit, 0.5, NaN, Infinity, '1', null, true]) {
      refused(push({ [field]: value }), 'INVALID_ARGUMENT', new RegExp(`^${field} is .*; it must be a`));
    }
  }
  for (const field of ['mouseX', 'mouseY']) {
    for (const value of [NaN, Infinity, -Infinity]) {
      refused(push({ [field]: value }), 'INVALID_ARGUMENT', new RegExp(`^${field} is .*; it must be a finite number`));
    }
    refused(push({ [field]: '5' }), 'INVALID_ARGUMENT', new RegExp(`^${field} is "5"`));
  }
  for (const buttons of [-1, 65_536, 1.5, '64']) {
    refused(() => world.tap(match, red, buttons), 'INVALID_ARGUMENT', /^buttons is/);
  }
  assert.equal(world.hash(match), hash);
  assert.equal(push({ sequence: 2 ** 32 - 1, held: 65_535, taps: 65_535 })(), true);
});

test('a fight: shots, damage, death, respawn, score and the match end', () => {
  const { world, match, red, blue } = duel({ match: { killTarget: 1 } });
  assert.deepEqual(world.score(match), { red: 0, blue: 0, over: false, winner: null });
  // Both are invulnerable for 2 s.
  play(world, match, red, 125);
  play(world, match, blue, 1, 0, [100, 135]);
  assert.equal(world.sees(match, red, blue), true);
  assert.equal(world.sees(match, red, red), false);
  const rows = world.sightMatrix(match);
  assert.ok(rows instanceof Uint8Array);
  assert.equal(rows.length, 8);
  assert.equal(rows[0] >> 1 & 1, 1);

  const events = play(world, match, red, 60, Button.FIRE, [200, 135]);
  const of = (type) => events.filter((event) => event.type === type);
  const [died] = of('died');
  assert.equal(died.player, red);
  assert.equal(died.target, blue);
  assert.equal(died.weapon, 'rifle');
  assert.equal(died.isTeamKill, false);
  const hits = of('player_damaged');
  assert.equal(hits.reduce((sum, hit) => sum + hit.damage, 0), 100);
  assert.equal(hits.at(-1).health, 0);
  assert.equal(hits.at(-1).isKilled, true);
  assert.ok(of('fired').length >= 4);
  assert.equal(of('match_ended').length, 1);
  assert.equal(of('match_ended')[0].winner, 'red');
  assert.deepEqual(world.score(match), { red: 1, blue: 0, over: true, winner: 'red' });
  const dead = world.player(match, blue);
  assert.equal(dead.alive, false);
  assert.equal(dead.killer, red);
  assert.equal(dead.deathTick, died.tick);
  assert.equal(dead.respawnTick, died.tick + 180);
  assert.equal(world.player(match, red).damageDealt, 100);

  world.resetMatch(match);
  assert.deepEqual(world.score(match), { red: 0, blue: 0, over: false, winner: null });
  assert.equal(world.player(match, blue).alive, true);

  world.killPlayer(match, blue);
  world.drainEvents(match);
  world.tap(match, blue, Button.RESPAWN);
  world.step();
  const [denied] = world.drainEvents(match).filter((event) => event.type === 'respawn_denied');
  assert.equal(denied.remainingTicks, 179);
});

test('a reset without a seed takes the next one', () => {
  const hashes = [undefined, 8, 9].map((seed) => {
    const { world, match, red } = duel({ match: { seed: 7 } });
    world.resetMatch(match, seed);
    play(world, match, red, 30, Button.FIRE);
    return world.hash(match);
  });
  assert.equal(hashes[0], hashes[1]);
  assert.notEqual(hashes[0], hashes[2]);
  const { world, match } = duel();
  refused(() => world.resetMatch(match, -5), 'INVALID_ARGUMENT', /seed is -5/);
  refused(() => world.resetMatch(match, null), 'INVALID_ARGUMENT', /seed is null/);
});

test('walls take damage, and versions and healths tell it', () => {
  // A wall straight across red's line of fire.
  const map = GameMap.fromRects(
    [{ x: 150, y: 110, width: 10, height: 50, material: 'wood' }, { x: 300, y: 10, width: 10, height: 10, material: 'border' }],
    [{ x: 100, y: 135, team: 'red' }, { x: 400, y: 135, team: 'blue' }],
  );
  const { world, match, red } = duel({ map });
  const before = world.sliceHealth(match);
  assert.ok(before instanceof Float32Array);
  assert.deepEqual([...before], [80, 80, 80, 80, 80, Infinity, Infinity, Infinity, Infinity, Infinity]);
  const version = world.wallsVersion(match);
  const events = play(world, match, red, 120, Button.FIRE, [400, 135]);
  assert.ok(world.wallsVersion(match) > version);
  const damaged = events.filter((event) => event.type === 'wall_damaged' || event.type === 'slice_destroyed');
  assert.ok(damaged.length > 0);
  for (const event of damaged) {
    assert.equal(event.wall, 0);
    assert.ok(event.slice >= 0 && event.slice < 5);
  }
  const after = world.sliceHealth(match);
  const [slice] = damaged.map((event) => event.slice);
  assert.equal(after[slice], damaged.filter((event) => event.slice === slice).at(-1).health);

  const exact = new Float32Array(10);
  assert.equal(world.sliceHealth(match, exact), exact);
  assert.deepEqual(exact, after);
  const longer = new Float32Array(16).fill(-1);
  const part = world.sliceHealth(match, longer);
  assert.equal(part.buffer, longer.buffer);
  assert.deepEqual(part, after);
  assert.equal(longer[10], -1);
  const middle = new Float32Array(new ArrayBuffer(100), 20, 10);
  assert.equal(world.sliceHealth(match, middle), middle);
  assert.deepEqual(middle, after);
  refused(() => world.sliceHealth(match, new Float32Array(9)), 'INVALID_ARGUMENT', /out is of length 9; .*at least 10/);
  for (const out of [new Float64Array(10), [], new Uint8Array(40), null, 10]) {
    refused(() => world.sliceHealth(match, out), 'INVALID_ARGUMENT', /out is .*Float32Array/);
  }

  world.repairWalls(match);
  assert.deepEqual(world.sliceHealth(match), before);
});

test('the polygon of what a player sees', () => {
  const { world, match, red, blue } = duel();
  world.step();
  const polygon = world.polygon(match, red);
  assert.ok(polygon instanceof Float32Array);
  assert.ok(polygon.length >= 6 && polygon.length % 2 === 0);
  const { x, y, viewDistance } = world.player(match, red);
  assert.deepEqual([polygon[0], polygon[1]], [x, y], 'the viewer comes first');
  let area = 0;
  for (let i = 0; i < polygon.length; i += 2) {
    const next = (i + 2) % polygon.length;
    area += polygon[i] * polygon[next + 1] - polygon[next] * polygon[i + 1];
    assert.ok(Math.hypot(polygon[i] - x, polygon[i + 1] - y) < viewDistance + 0.01);
  }
  assert.ok(area > 0, 'clockwise on screen, where y grows downwards');

  const out = new Float32Array(2048);
  const view = world.polygon(match, red, out);
  assert.equal(view.buffer, out.buffer);
  assert.deepEqual(view, polygon);
  refused(() => world.polygon(match, red, new Float32Array(2)), 'INVALID_ARGUMENT', new RegExp(`at least ${polygon.length}`));
  refused(() => world.polygon(match, red, []), 'INVALID_ARGUMENT', /out is an object; it must be a Float32Array/);
  world.killPlayer(match, blue);
  assert.equal(world.polygon(match, blue).length, 0, 'the dead see nothing');
});

test('things are thrown, fly and smoke', () => {
  const { world, match, red } = duel();
  refused(() => world.giveWeapon(match, red, 'anvil'), 'UNKNOWN_WEAPON', /anvil/);
  refused(() => world.giveWeapon(match, red, 5), 'INVALID_ARGUMENT', /weapon is 5/);
  world.giveWeapon(match, red, 'smokegrenade');
  world.tap(match, red, Button.SLOT3);
  world.step();
  for (const level of [0, 6, -1, 1.5, 256]) {
    refused(() => world.throwItem(match, red, level), 'INVALID_ARGUMENT', /chargeLevel is /);
  }
  world.throwItem(match, red, 2);
  world.step();
  const [flying] = world.projectiles(match);
  assert.equal(flying.weapon, 'smokegrenade');
  assert.equal(flying.owner, red);
  assert.equal(flying.charge, 2);
  assert.ok(flying.fuseTicks > 0);
  const [launched] = world.drainEvents(match).filter((event) => event.type === 'launched');
  assert.equal(launched.projectile, flying.number);
  assert.equal(launched.charge, 2);
  for (let i = 0; i < 180; i++) world.step();
  assert.deepEqual(world.projectiles(match), []);
  const [cloud] = world.clouds(match);
  assert.equal(cloud.number, flying.number);
  assert.ok(cloud.radius > 0 && cloud.density > 0);
  assert.ok(world.smokeBetween(match, cloud.x - 100, cloud.y, cloud.x + 100, cloud.y) > 0.5, 'no sight through it');
  assert.equal(world.smokeBetween(match, 1, 1, 2, 1), 0);
  assert.equal(world.lineIsClear(match, 1, 1, 2, 1), true);
  for (const call of ['smokeBetween', 'lineIsClear']) {
    refused(() => world[call](match, 1, NaN, 2, 3), 'INVALID_ARGUMENT', /y1 is NaN/);
    refused(() => world[call](match, 1, 1, '2', 3), 'INVALID_ARGUMENT', /x2 is/);
  }
  world.killPlayer(match, red);
  refused(() => world.giveWeapon(match, red, 'smg'), 'NOT_ALLOWED', /dead/);
});

test('a rocket has no fuse', () => {
  const { world, match, red } = duel();
  world.giveWeapon(match, red, 'rocket');
  world.tap(match, red, Button.SLOT3);
  world.step();
  for (let i = 1; i < 120 && world.projectiles(match).length === 0; i++) {
    world.pushInput(match, red, i, i % 2 ? Button.FIRE : 0, 0, 400, 10);
    world.step();
  }
  assert.equal(world.projectiles(match)[0].fuseTicks, null);
});

test('a bot takes over from a person and lets go again', () => {
  const world = new World();
  const match = world.createMatch(GameMap.builtin('yard'), { seed: 6 });
  const person = world.addPlayer(match);
  refused(() => world.adoptBot(match, person, 1.5), 'INVALID_ARGUMENT', /skill/);
  assert.equal(world.releaseBot(match, person), false);
  const play = () => {
    const { x, y } = world.player(match, person);
    for (let i = 0; i < 120; i++) {
      world.thinkBots();
      world.step();
    }
    const now = world.player(match, person);
    return Math.hypot(now.x - x, now.y - y);
  };
  assert.equal(play(), 0);
  world.adoptBot(match, person, 0.5);
  assert.equal(world.isBot(match, person), true);
  assert.ok(play() > 1);
  assert.equal(world.releaseBot(match, person), true);
  play();
  assert.ok(play() < 1, 'nobody drives the player any more');
  assert.equal(world.player(match, person).slot, 0);
});

test('bots play, leave, and are nobody else', () => {
  const world = new World();
  const match = world.createMatch(GameMap.builtin('yard'), { seed: 5 });
  const bots = [world.addBot(match, { skill: 1 }), world.addBot(match, { team: 'blue' })];
  const human = world.addPlayer(match);
  assert.deepEqual([...bots, human].map((id) => world.isBot(match, id)), [true, true, false]);
  const start = world.players(match);
  const types = new Set();
  for (let i = 0; i < 1200; i++) {
    world.thinkBots();
    world.step();
    for (const event of world.drainEvents(match)) types.add(event.type);
  }
  assert.ok(types.has('fired'));
  world.players(match).forEach((p, i) => {
    const moved = Math.hypot(p.x - start[i].x, p.y - start[i].y) > 1 || p.deaths > 0;
    assert.equal(moved, i < 2 || p.deaths > 0, `player ${i}`);
  });
  world.removePlayer(match, bots[0]);
  refused(() => world.isBot(match, bots[0]), 'STALE_ID', /player/);
  const successor = world.addPlayer(match);
  assert.equal(successor & 7, bots[0] & 7);
  assert.equal(world.isBot(match, successor), false);
  for (let i = 0; i < 60; i++) {
    world.thinkBots();
    world.step();
  }
  assert.equal(world.player(match, successor).lastSequence, 0, 'nobody plays for the successor');
  world.removePlayer(match, human);
  world.destroyMatch(match);
  world.thinkBots();
  world.step();

  const other = world.createMatch(GameMap.builtin('yard'));
  for (const skill of [-0.1, 1.1]) refused(() => world.addBot(other, { skill }), 'INVALID_ARGUMENT', /skill is/);
  refused(() => world.addBot(other, { skill: NaN }), 'INVALID_ARGUMENT', /skill is NaN/);
  refused(() => world.addBot(other, { skill: 'good' }), 'INVALID_ARGUMENT', /skill is "good"/);
  refused(() => world.addBot(other, { wrecks: 'yes' }), 'INVALID_ARGUMENT', /wrecks is "yes"/);
  refused(() => world.addBot(other, { rough: 1 }), 'INVALID_ARGUMENT', /rough is 1/);
  assert.deepEqual(world.players(other), []);
});

test('save and restore turn time back, bit for bit', () => {
  const { world, match, red, blue } = duel();
  play(world, match, red, 40, Button.FIRE | Button.DOWN, [235, 30]);
  const bytes = world.save(match);
  assert.ok(bytes instanceof Uint8Array);
  const hash = world.hash(match);
  assert.match(hash, /^[0-9a-f]{16}$/);
  play(world, match, red, 40, Button.FIRE, [235, 30]);
  const later = world.hash(match);
  assert.notEqual(later, hash);
  world.restore(match, bytes);
  assert.equal(world.hash(match), hash);
  play(world, match, red, 40, Button.FIRE, [235, 30]);
  assert.equal(world.hash(match), later);

  // A player who joined after the save is gone with it.
  const third = world.addPlayer(match);
  world.restore(match, bytes);
  refused(() => world.player(match, third), 'STALE_ID', /player/);
  assert.equal(world.player(match, blue).id, blue);
});

test('garbage is no saved match', () => {
  const { world, match } = duel();
  world.step();
  const bytes = world.save(match);
  const hash = world.hash(match);
  const bad = (change, message) => {
    const copy = bytes.slice();
    refused(() => world.restore(match, change(copy) ?? copy), 'BAD_SNAPSHOT', message);
    assert.equal(world.hash(match), hash, 'the match is as before');
  };
  bad(() => new Uint8Array(0), /magic/);
  bad(() => new Uint8Array(100_000).fill(7), /magic/);
  bad((b) => b.subarray(0, b.length - 1), /length/);
  bad((b) => { b[4] ^= 1; }, /version/);
  bad((b) => { b[8] ^= 1; }, /rules/);
  bad((b) => { b[16] ^= 1; }, /map/);
  bad((b) => { b[24] ^= 1; }, /tick_rate/);
  bad((b) => { b[500] ^= 1; }, /checksum/);
  for (const value of [undefined, null, 'TPSV', bytes.buffer, [...bytes]]) {
    refused(() => world.restore(match, value), 'INVALID_ARGUMENT', /bytes is .*Uint8Array/);
  }
  const other = world.createMatch(GameMap.builtin('yard'));
  refused(() => world.restore(other, bytes), 'BAD_SNAPSHOT', /map/);
  world.restore(match, bytes);
});

test('step and stepParallel give the same bits', () => {
  const run = (step) => {
    const world = new World();
    const maps = GameMap.builtinNames().map((name) => GameMap.builtin(name));
    const matches = Array.from({ length: 80 }, (_, i) => world.createMatch(maps[i % maps.length], { seed: i }));
    for (const match of matches) for (let i = 0; i < 4; i++) world.addBot(match);
    for (let i = 0; i < 120; i++) {
      world.thinkBots();
      step(world);
    }
    return matches.map((match) => world.hash(match));
  };
  assert.deepEqual(run((world) => world.stepParallel()), run((world) => world.step()));
});

test('reading arguments may run JavaScript that uses the same world', () => {
  const { world, match } = duel();
  const added = world.addPlayer(match, {
    get team() {
      world.step();
      world.addPlayer(match);
      return 'red';
    },
  });
  assert.equal(world.tick(match), 1);
  assert.equal(world.players(match).length, 4);
  assert.equal(world.player(match, added).team, 'red');
  world.destroyMatch(match);
  const next = world.createMatch(openMap());
  refused(() => world.addPlayer(next, { get team() { world.destroyMatch(next); return 'red'; } }), 'STALE_ID', /match/);
});
