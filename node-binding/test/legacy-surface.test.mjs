// Every member of the surface that today's backend calls, and every field that it writes.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import * as legacy from '../legacy/index.mjs';
import { folder, png, refused, require } from './helpers.mjs';
import { checkEvent, checkState, fits, PLAYER, PROJECTILE, WALL, WEAPON } from './legacy-tables.mjs';

const { GameStateSystem } = legacy;
const MS = 1000 / 60;

/** A match of red `r` and blue `b` on the built-in map, with nothing waiting. */
async function pair(options) {
  const sim = new GameStateSystem({ physics: true }, { seed: 4, ...options });
  await sim.initialize();
  const [r, b] = [sim.createPlayer('r'), sim.createPlayer('b')];
  sim.update(MS);
  sim.getPendingEvents();
  return { sim, r, b };
}

/** Of a slice. */
function centre({ position, width, height, orientation }, slice) {
  return orientation === 'vertical'
    ? { x: position.x + width / 2, y: position.y + (slice + 0.5) * height / 5 }
    : { x: position.x + (slice + 0.5) * width / 5, y: position.y + height / 2 };
}

const types = (events) => events.map(({ type }) => type);

test('both module systems give the same class, by the name of the package too', async () => {
  const byName = require('@trespasser/engine/legacy');
  assert.equal(byName.GameStateSystem, GameStateSystem);
  assert.equal((await import('@trespasser/engine/legacy')).GameStateSystem, GameStateSystem);
  assert.deepEqual(Object.keys(byName).sort(), Object.keys(legacy).sort());
});

test('players come, are looked up, and go', async () => {
  const { sim, r } = await pair();
  const players = sim.getPlayers();
  assert.ok(players instanceof Map);
  assert.equal(sim.getPlayers(), players, 'the same always');
  assert.deepEqual([...players.keys()], ['r', 'b']);
  assert.equal(players.get('r'), r);
  assert.equal(sim.getPlayer('r'), r);
  assert.equal(sim.createPlayer('r'), r, 'who is in stays');
  assert.equal(sim.getPlayer('x'), undefined);
  assert.equal(r.team, 'red');
  assert.deepEqual([...r.weapons.keys()], ['rifle', 'pistol']);
  for (let i = 0; i < 6; i++) sim.createPlayer(`more${i}`);
  refused(() => sim.createPlayer('ninth'), 'MATCH_FULL', /8 players/);
  assert.equal(players.size, 8);

  r.name = 'Mira';
  assert.equal(sim.removePlayer('r'), true);
  assert.equal(sim.removePlayer('r'), false);
  assert.deepEqual([sim.getPlayer('r'), players.has('r'), players.size], [undefined, false, 7]);
  assert.deepEqual([r.name, r.team, r.health, r.weapons.size], ['Mira', 'red', 100, 2], 'what was read last stays');
  const { count } = sim.refusals;
  r.health = 5;
  r.weapons.set('smg', {});
  assert.equal(r.health, 100);
  assert.ok(sim.refusals.count > count);
  assert.notEqual(sim.createPlayer('r'), r, 'who comes again is somebody else');
  // The map itself is the match's.
  for (const write of [() => players.set('y', r), () => players.delete('b'), () => players.clear()]) write();
  assert.equal(players.size, 8);
});

test('a view shows a player as game:state does, and can be spread and written as JSON', async () => {
  const { sim, r } = await pair();
  const json = JSON.parse(JSON.stringify(r));
  fits(json, PLAYER, 'view');
  assert.deepEqual(json, JSON.parse(JSON.stringify(sim.getFullGameState().players.r)));
  assert.deepEqual({ ...r }.health, 100);
  assert.equal(r.transform.position, r.position);
  r.ready = true;
  assert.equal(sim.getPlayer('r').ready, true, 'a room may hang what it likes on it');
});

test('inputs move, aim and fire', async () => {
  const { sim, r } = await pair();
  r.position = { x: 190, y: 98 };
  sim.update(MS);
  const [x, { y }] = [r.position.x, r.position];
  for (let i = 1; i <= 30; i++) {
    sim.handlePlayerInput('r', { keys: { d: true }, mouse: { x: 400, y, buttons: 1, leftPressed: true }, sequence: i, timestamp: 0 });
    sim.update(MS);
  }
  assert.ok(Math.abs(r.position.x - x - 50) < 3 && Math.abs(r.rotation) < 0.01, `${r.position.x} ${r.rotation}`);
  assert.equal(r.lastProcessedInput, 30);
  assert.equal(r.movementState, 'walking');
  sim.handlePlayerInput('r', { keys: { d: true }, mouse: { x: 400, y } });
  sim.handlePlayerInput('r', { keys: { d: true }, mouse: { x: 400, y } });
  sim.update(2 * MS);
  assert.equal(r.lastProcessedInput, 32, 'one without a number is the next');
  const fired = sim.getPendingEvents().filter(({ type }) => type === 'weapon:fired');
  assert.ok(fired.length >= 4 && fired.length <= 6, `${fired.length} shots in half a second at 600 a minute`);
  assert.equal(r.weapons.get('rifle').currentAmmo, 30 - fired.length);
});

test('weapon:fire, reload, switch and throw answer, and tell what came of it after the update', async () => {
  const { sim, r } = await pair();
  assert.deepEqual(sim.handleWeaponFire({ playerId: 'r', weaponType: 'rifle' }), { success: true, events: [] });
  sim.update(MS);
  assert.ok(types(sim.getPendingEvents()).includes('weapon:fired'));
  const soon = sim.handleWeaponFire({ playerId: 'r' });
  assert.equal(soon.success, false);
  assert.deepEqual(types(soon.events), ['weapon:rate_limited']);
  checkEvent('weapon:rate_limited', soon.events[0].data);
  assert.equal(sim.handlePlayerShoot('r', {}).success, false);

  assert.equal(sim.handleWeaponReload('r').success, true);
  sim.update(MS);
  assert.deepEqual(sim.getPendingEvents(), [{ type: 'weapon:reload', data: { playerId: 'r', weaponType: 'rifle', reloadTime: 2500 } }]);
  assert.deepEqual([sim.handleWeaponReload('r').reason, r.weapons.get('rifle').isReloading], ['it is being reloaded', true]);
  assert.deepEqual(types(sim.handleWeaponFire({ playerId: 'r' }).events), ['weapon:rate_limited']);

  assert.equal(sim.handleWeaponSwitch('r', 'pistol').success, true);
  sim.update(MS);
  assert.deepEqual(sim.getPendingEvents(), [{ type: 'weapon:switched', data: { playerId: 'r', fromWeapon: 'rifle', toWeapon: 'pistol' } }]);
  assert.equal(r.weaponId, 'pistol');
  assert.match(sim.handleWeaponSwitch('r', 'smg').reason, /"smg" is not carried/);
  assert.equal(sim.handlePlayerShoot('r', {}).success, true);
  assert.match(sim.handleWeaponReload('r').reason ?? '', /the magazine is full/);

  assert.match(sim.handleGrenadeThrow({ playerId: 'r', chargeLevel: 3 }).reason, /the pistol is not thrown/);
  r.weapons.set('grenade', sim.getWeaponSystem().createWeapon('grenade'));
  r.weaponId = 'grenade';
  assert.equal(sim.handleGrenadeThrow({ playerId: 'r', chargeLevel: 3 }).success, true);
  sim.update(MS);
  const thrown = sim.getPendingEvents();
  assert.deepEqual(types(thrown).filter((type) => !type.startsWith('w')), ['grenade:thrown', 'projectile:created']);
  assert.equal(thrown.find(({ type }) => type === 'grenade:thrown').data.chargeLevel, 3);
  const [flying] = sim.getProjectileSystem().getProjectiles();
  fits(flying, PROJECTILE, 'projectile');
  assert.equal(flying.id, thrown.find(({ type }) => type === 'projectile:created').data.id);
  assert.equal(sim.getFilteredGameState('r').projectiles[0].id, flying.id, 'events for all and states name things alike');
  for (const level of [0, 6, 1.5, '3', NaN, null]) assert.match(sim.handleGrenadeThrow({ playerId: 'r', chargeLevel: level }).reason ?? '', level === null ? /|left/ : /chargeLevel is/);
  sim.getProjectileSystem().clear();
  assert.deepEqual(sim.getProjectileSystem().getProjectiles(), []);
});

test('death, and the way back', async () => {
  const { sim, b } = await pair();
  assert.equal(sim.respawnPlayer('b'), null, 'not dead');
  assert.equal(sim.debugKillPlayer('b'), true);
  assert.equal(sim.debugKillPlayer('b'), false, 'dead already');
  const [death, ...none] = sim.getPendingEvents();
  assert.deepEqual([death.type, death.data.playerId, death.data.killerId, none], ['backend:player:died', 'b', null, []]);
  assert.deepEqual([b.isAlive, b.health, b.deaths], [false, 0, 1]);
  assert.ok(b.respawnTime > b.deathTime);
  for (const handle of [() => sim.handleWeaponFire({ playerId: 'b' }), () => sim.handleWeaponReload('b'), () => sim.handleWeaponSwitch('b', 'pistol')]) {
    assert.equal(handle().reason, 'the player is dead');
  }
  sim.update(1000);
  sim.update(1000);
  assert.equal(sim.respawnPlayer('b'), null, 'too early');
  sim.update(1000);
  const payload = sim.respawnPlayer('b');
  checkEvent('backend:player:respawned', payload);
  assert.equal(payload.invulnerableUntil - payload.timestamp, 2000);
  assert.deepEqual([b.isAlive, b.health, { ...b.position }], [true, 100, payload.position]);
  assert.ok(!types(sim.getPendingEvents()).includes('backend:player:respawned'), 'the host has it already');
  b.position.x = 200;
  checkEvent('backend:player:respawned', sim.respawnPlayerAtTeamSpawn('b'));
  assert.notEqual(b.position.x, 200);
  assert.equal(sim.respawnPlayerAtTeamSpawn('x'), null);
});

test('a safe spawn is the own team\'s, far from enemies and free', async () => {
  const { sim, r, b } = await pair();
  for (const [team, foe] of [['red', b], ['blue', r]]) {
    const at = sim.findSafeSpawnPoint(team);
    foe.position = at;
    sim.update(MS);
    const next = sim.findSafeSpawnPoint(team);
    assert.notDeepEqual(next, at, 'not where an enemy stands');
    foe.position = { x: 240, y: 135 };
    sim.update(MS);
  }
  for (const team of ['green', undefined, null, 7, {}]) fits(sim.findSafeSpawnPoint(team), { x: Number.isFinite, y: Number.isFinite });
});

test('states, whole and filtered', async () => {
  const { sim } = await pair();
  const full = sim.getFullGameState();
  assert.deepEqual(Object.keys(full).sort(), ['players', 'projectiles', 'smokeZones', 'tickRate', 'timestamp', 'visiblePlayers', 'walls']);
  for (const player of Object.values(full.players)) fits(player, PLAYER);
  assert.deepEqual(sim.getState(), full);
  const state = sim.getFilteredGameState('r');
  checkState(JSON.parse(JSON.stringify(state)), 'r');
  assert.deepEqual(Object.keys(state.players), ['r', 'b']);
  assert.equal('position' in state.players.b, false, 'far away behind walls');
  assert.equal(Object.keys(state.walls).length, Object.keys(full.walls).length);
  assert.equal(sim.getFilteredGameState('x'), null);

  // Walls are in every state, unless asked otherwise.
  assert.ok('walls' in sim.getFilteredGameState('r'));
  assert.ok(!('walls' in sim.getFilteredGameState('r', { walls: 'changed' })));
  assert.ok('walls' in sim.getFilteredGameState('b', { walls: 'changed' }), 'the first has them');
  assert.ok(!('walls' in sim.getFilteredGameState('b', { walls: 'changed' })));
});

test('weapons by type', async () => {
  const { sim } = await pair();
  const { getWeaponConfig, createWeapon } = sim.getWeaponSystem();
  const shotgun = getWeaponConfig('shotgun');
  assert.deepEqual([shotgun.maxAmmo, shotgun.maxReserve, shotgun.damage, shotgun.fireRate, shotgun.reloadTime, shotgun.accuracy, shotgun.range], [8, 32, 120, 70, 3500, 0.6, 200]);
  fits(createWeapon('shotgun', shotgun), WEAPON);
  for (const type of ['anvil', '', '__proto__', 'constructor', undefined, null, 5, {}, []]) {
    assert.equal(getWeaponConfig(type), undefined);
    assert.equal(createWeapon(type, {}), undefined);
  }
  const slots = { rifle: 'primary', sniperrifle: 'primary', suppressedpistol: 'secondary', machinegun: 'support', grenade: 'support' };
  for (const [type, slot] of Object.entries(slots)) assert.equal(getWeaponConfig(type).slot, slot);
  assert.deepEqual(['machinegun', 'antimaterialrifle', 'rocket', 'grenadelauncher', 'grenade', 'flashbang'].map((type) => getWeaponConfig(type).supportSlots), [3, 3, 2, 2, 1, 1]);
});

test('walls: damage, statistics, and whole again, with who stood in a hole moved out of it', async () => {
  const { sim, r, b } = await pair();
  const stats = () => sim.getDestructionSystem().getDestructionStats();
  const before = stats();
  assert.deepEqual(Object.keys(before).sort(), ['destroyedSlices', 'destroyedWalls', 'overallDestructionPercentage', 'totalSlices', 'totalWalls']);
  assert.equal(before.totalSlices, 5 * before.totalWalls);
  const walls = sim.getDestructionSystem().getWalls();
  assert.ok(walls instanceof Map && walls.size === before.totalWalls);
  assert.equal(walls.get('wall_1'), walls.wall_1);
  for (const wall of walls.values()) fits(wall, WALL);

  // A rocket at whatever stands nearest: blasts open walls of 50 px and more around.
  const soft = [...walls.values()].find(({ material, destructionMask }) => material === 'wood' && destructionMask.includes(0));
  const middle = centre(soft, soft.destructionMask.indexOf(0));
  for (let shot = 0; shot < 12; shot++) {
    r.weapons.clear();
    for (const type of ['rifle', 'pistol', 'rocket']) r.weapons.set(type, {});
    r.weaponId = 'rocket';
    r.health = 100;
    r.isAlive = true;
    r.position = { x: middle.x + (soft.orientation === 'vertical' ? 30 : 0), y: middle.y + (soft.orientation === 'vertical' ? 0 : 30) };
    sim.handlePlayerInput('r', { keys: {}, mouse: middle, sequence: shot + 1 });
    sim.update(MS);
    sim.handleWeaponFire({ playerId: 'r' });
    sim.update(900);
  }
  const after = stats();
  assert.ok(after.destroyedSlices > before.destroyedSlices, 'the rockets opened something');
  assert.ok(types(sim.getPendingEvents()).includes('wall:destroyed'));
  const holed = [...sim.getDestructionSystem().getWalls().values()].find(({ id, destructionMask }) => destructionMask.some((gone, i) => gone > walls.get(id).destructionMask[i]));
  const slice = holed.destructionMask.findIndex((gone, i) => gone > walls.get(holed.id).destructionMask[i]);
  b.isAlive = true;
  b.position = centre(holed, slice);
  sim.update(MS);
  await sim.resetWallsFromMap();
  assert.deepEqual(stats(), before);
  assert.equal(sim.refusals.last?.what === 'resetWallsFromMap', false);
  sim.update(MS);
  assert.deepEqual({ ...sim.getFilteredGameState('r', { walls: 'changed' }).walls }, { ...walls }, 'and everybody knows it');
});

test('resetAllState: the same players in a new match', async () => {
  const { sim, r, b } = await pair();
  r.kills = 9;
  r.health = 10;
  sim.debugKillPlayer('b');
  await sim.resetAllState();
  assert.deepEqual([r.kills, r.health, b.deaths, b.isAlive], [0, 100, 0, true]);
  assert.equal(sim.getPlayer('r'), r);
  assert.deepEqual(sim.getPendingEvents(), [], 'what waited is of a match that is over');
});

test('update: 60 ticks a second however the time comes, a second at most at once', async () => {
  const { sim } = await pair();
  const start = sim.clock.tick;
  for (let i = 0; i < 600; i++) sim.update(16.6);
  assert.equal(sim.clock.tick - start, Math.floor(600 * 16.6 / MS));
  const at = sim.clock.tick;
  for (let i = 0; i < 3000; i++) sim.update(1 / 3);
  assert.equal(sim.clock.tick, at + 60);
  sim.update(500);
  assert.equal(sim.clock.tick, at + 90, 'half a second late, and made up for');
  sim.update(60_000);
  assert.deepEqual([sim.clock.tick, sim.clock.ticksGivenUp], [at + 150, 3540]);
  sim.update(1e300);
  assert.equal(sim.clock.tick, at + 210);
  const { tick } = sim.clock;
  for (const delta of [NaN, Infinity, -Infinity, -1, '16', null, undefined, {}, 10n]) sim.update(delta);
  assert.equal(sim.clock.tick, tick);
  sim.update(0);
  sim.update(MS);
  assert.equal(sim.clock.tick, tick + 1, 'garbage did not spoil the clock');
});

test('timestamps follow the host\'s clock, and are evenly spaced while it does', async () => {
  let now = 1.7e12;
  const { sim } = await pair({ now: () => now });
  const stamp = () => sim.getFullGameState().timestamp;
  const spans = new Set();
  let last = stamp();
  for (let i = 0; i < 120; i++) {
    // A timer that is late by up to 30 ms now and then, for an update that is told the usual time.
    now += MS + (i % 10 === 9 ? 30 : i % 10 === 0 ? -30 : 0);
    sim.update(MS);
    spans.add(stamp() - last);
    last = stamp();
  }
  assert.deepEqual([...spans].sort(), [16, 17]);
  now += 3_600_000;
  sim.update(MS);
  assert.ok(Math.abs(stamp() - now) <= 101, 'a host that slept for an hour');
});

test('pending events are bounded, and so are those of one player', async () => {
  const { sim, r } = await pair();
  sim.getEventsFor('r');
  r.weapons.clear();
  for (const type of ['smg', 'pistol', 'machinegun']) r.weapons.set(type, {});
  for (let i = 0; i < 6000; i++) {
    sim.handleWeaponSwitch('r', i % 2 === 0 ? 'pistol' : 'smg');
    sim.update(MS);
  }
  const pending = sim.getPendingEvents();
  assert.equal(pending.length, 4096);
  assert.ok(sim.clock.eventsLost >= 6000 - 4096);
  assert.equal(sim.getEventsFor('r').length, 1024);
  assert.deepEqual([sim.getPendingEvents(), sim.getEventsFor('r'), sim.getEventsFor('x')], [[], [], []]);
});

test('a destroyed match is empty and quiet', async () => {
  const { sim, r } = await pair();
  r.name = 'Mira';
  sim[Symbol.dispose]();
  sim.destroy();
  assert.deepEqual([sim.matchBytes, sim.getPlayers().size, sim.getPlayer('r'), sim.removePlayer('r')], [0, 0, undefined, false]);
  sim.update(MS);
  sim.handlePlayerInput('r', { keys: {}, mouse: { x: 1, y: 1 }, sequence: 1 });
  assert.equal(sim.handleWeaponFire({ playerId: 'r' }).success, false);
  assert.deepEqual([sim.respawnPlayer('r'), sim.getFilteredGameState('r'), sim.getPendingEvents(), sim.debugKillPlayer('r')], [null, null, [], false]);
  assert.deepEqual([sim.getProjectileSystem().getProjectiles(), sim.getDestructionSystem().getWalls().size], [[], 0]);
  sim.getProjectileSystem().clear();
  assert.deepEqual(sim.getFullGameState().players, {});
  await sim.resetAllState();
  await sim.resetWallsFromMap();
  await sim.initialize();
  assert.deepEqual([r.name, r.health], ['Mira', 100]);
  refused(() => sim.createPlayer('r'), 'NOT_ALLOWED', /destroyed/);
});

test('initialize: maps by name, with clear errors', () => {
  const place = mkdtempSync(join(tmpdir(), 'trespasser-maps-'));
  try {
    mkdirSync(join(place, 'maps', 'more'), { recursive: true });
    const picture = png(48, 27, { '3,3': [0xff, 0, 0], '44,20': [0, 0, 0xff], '20,10': [0x80, 0x80, 0x80] });
    writeFileSync(join(place, 'maps', 'one.png'), picture);
    writeFileSync(join(place, 'maps', 'more', 'two.png'), picture);
    writeFileSync(join(place, 'maps', 'bad.png'), 'no picture');
    writeFileSync(join(place, 'maps', 'huge.png'), Buffer.alloc((4 << 20) + 1));
    const load = (environment) => {
      const script = `const { GameStateSystem } = require(${JSON.stringify(join(folder, 'legacy/lib/index.js'))});
        const sim = new GameStateSystem();
        sim.initialize().then(() => console.log(JSON.stringify([sim.mapName, sim.getDestructionSystem().getDestructionStats().totalWalls])),
          (error) => console.log(JSON.stringify([error.code, error.message])));`;
      const { MAP_FILE, LOAD_MAP, ...rest } = process.env;
      const run = spawnSync(process.execPath, ['-e', script], { cwd: place, env: { ...rest, ...environment }, encoding: 'utf8' });
      assert.equal(run.status, 0, run.stderr);
      return JSON.parse(run.stdout);
    };
    assert.equal(load({})[0], 'yard');
    assert.equal(load({ MAP_FILE: ' ', LOAD_MAP: '' })[0], 'yard', 'set to nothing is not set');
    for (const wish of ['one', 'one.png', 'maps/one.png', join(place, 'maps', 'one.png')]) assert.deepEqual(load({ MAP_FILE: wish }), ['one', 1], wish);
    assert.deepEqual(load({ LOAD_MAP: 'one' }), ['one', 1]);
    assert.deepEqual(load({ LOAD_MAP: 'more/two' }), ['two', 1]);
    assert.deepEqual(load({ MAP_FILE: 'one', LOAD_MAP: 'bad' }), ['one', 1], 'MAP_FILE goes first');
    for (const [environment, message] of [
      [{ MAP_FILE: 'none' }, /^MAP_FILE="none": there is no file .*maps.none\.png; set MAP_FILE to the name of a PNG in .*maps, or unset/],
      [{ LOAD_MAP: 'bad' }, /^LOAD_MAP="bad": .*bad\.png cannot be played \(.*\); set LOAD_MAP/],
      [{ LOAD_MAP: 'huge' }, /larger than 4194304 bytes/],
      [{ MAP_FILE: 'more' }, /there is no file/],
    ]) {
      const [code, text] = load(environment);
      assert.equal(code, 'BAD_MAP');
      assert.match(text, message);
    }
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
});
