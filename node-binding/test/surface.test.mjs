import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { classMembers, eventFields, exportedValues, interfaceFields, union } from './declarations.mjs';
import { duel, engine, folder, native, openMap, refused, require } from './helpers.mjs';

const own = (object) => Reflect.ownKeys(object).filter((key) => typeof key === 'string');

/** Everything on an object's prototypes up to Object's, constructor left out. */
function inherited(prototype) {
  const names = new Set();
  for (let at = prototype; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of own(at)) if (name !== 'constructor') names.add(name);
  }
  return [...names].sort();
}

/** Statics of a class and of the classes that it extends. */
function statics(constructor) {
  const names = new Set();
  for (let at = constructor; at !== Function.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of own(at)) if (!['length', 'name', 'prototype', 'arguments', 'caller'].includes(name)) names.add(name);
  }
  return [...names].sort();
}

const fields = (name) => interfaceFields(name).required;

test('index.d.ts and the package export the same values', () => {
  assert.deepEqual(Object.keys(engine).sort(), exportedValues());
});

for (const name of ['GameMap', 'World', 'Match', 'Player', 'WireClient', 'Snapshot', 'Replay', 'Playback', 'PositionGuard', 'RatingSystem', 'MatchQueue']) {
  test(`${name} has exactly the members that index.d.ts declares`, () => {
    const declared = classMembers(name);
    assert.deepEqual(inherited(engine[name].prototype), declared.instance);
    assert.deepEqual(statics(engine[name]), declared.statics);
  });
}

test('ESM and CommonJS give the same things', async () => {
  const module = await import('../index.mjs');
  assert.deepEqual(Object.keys(module).sort(), exportedValues());
  for (const name of exportedValues()) assert.equal(module[name], engine[name], name);
});

test('the package resolves by its name in both module systems, types first', () => {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  for (const of of Object.values(manifest.exports['.'])) assert.equal(Object.keys(of)[0], 'types');
  for (const target of Object.values(manifest.exports['.']).flatMap((of) => Object.values(of))) {
    assert.ok(manifest.files.includes(target.slice(2)), `${target} is not among the files`);
    readFileSync(join(folder, target));
  }
  assert.equal(require('@trespasser/engine'), engine);
  assert.equal(manifest.version, engine.version);
});

test('objects have exactly the fields of their interfaces', () => {
  const { world, match, map, red } = duel();
  const sorted = (object) => Object.keys(object).sort();
  assert.deepEqual(sorted(world.player(match, red)), fields('PlayerView'));
  assert.deepEqual(sorted(world.players(match)[1]), fields('PlayerView'));
  assert.deepEqual(sorted(world.weapons(match, red)[0]), fields('WeaponView'));
  assert.deepEqual(sorted(world.score(match)), fields('Score'));
  world.listen(match, red);
  world.giveWeapon(match, red, 'smokegrenade');
  world.tap(match, red, engine.Button.SLOT3);
  world.step();
  world.throwItem(match, red, 1);
  world.step();
  assert.deepEqual(sorted(world.projectiles(match)[0]), fields('ProjectileView'));
  const [known] = world.knownProjectiles(match, red);
  assert.deepEqual(sorted(known), fields('KnownProjectile'));
  assert.deepEqual(sorted(known.launch), fields('KnownLaunch'));
  for (let i = 0; i < 130; i++) world.step();
  assert.deepEqual(sorted(world.clouds(match)[0]), fields('CloudView'));
  assert.deepEqual(sorted(world.knownClouds(match, red)[0]), fields('CloudView'));
  assert.deepEqual(sorted(world.drainSounds(match)[0]), fields('HeardSound'));
  assert.deepEqual(sorted(world.soundBetween(match, 'death', 1, 1, 9, 9)), fields('Arrival'));
  assert.deepEqual(sorted(map.walls()[0]), fields('WallInfo'));
  assert.deepEqual(sorted(map.spawns()[0]), fields('SpawnInfo'));
  world.wireOpen(match, red);
  assert.deepEqual(sorted(world.wireStats(match, red)), fields('WireStats'));
  assert.deepEqual(sorted(world.wirePending()), fields('WirePending'));
  const script = engine.sceneScript('brawl');
  assert.deepEqual(sorted(script), fields('SceneScript'));
  const { required, optional } = interfaceFields('PlayerOptions');
  const bot = interfaceFields('BotOptions');
  assert.deepEqual(sorted(script.roles[0]), [...required, ...optional, ...bot.required, ...bot.optional].sort());
  assert.deepEqual(sorted(script.roles[0].loadout), fields('Loadout'));
});

test('kinds of sound are those of the engine, by number', () => {
  assert.deepEqual(union('SoundKindName'), engine.SOUND_KINDS);
});

test('every kind of event has exactly the fields that its comment names', () => {
  const declared = eventFields();
  assert.deepEqual([...declared.keys()].sort(), union('GameEventType').sort());
  const known = new Set([...interfaceFields('GameEvent').required, ...interfaceFields('GameEvent').optional]);
  const seen = new Set();
  const check = (event) => {
    seen.add(event.type);
    const { required, optional } = declared.get(event.type);
    const keys = Object.keys(event);
    for (const field of ['type', 'tick', ...required]) {
      assert.ok(keys.includes(field) && event[field] !== undefined, `${event.type} lacks ${field}`);
    }
    for (const field of keys) {
      assert.ok(known.has(field), `GameEvent does not declare ${field}`);
      const expected = ['type', 'tick', ...required, ...optional].includes(field);
      assert.ok(expected, `${event.type} has ${field}, which its comment does not name`);
      assert.ok(!Number.isNaN(event[field]), `${event.type}.${field} is NaN`);
    }
  };

  // Bots at each other's throats and at the walls.
  for (const scene of ['brawl', 'demolition']) {
    const script = engine.sceneScript(scene);
    const world = new engine.World();
    const match = world.createMatch(engine.GameMap.builtin(script.map), { seed: 1, killTarget: 12 });
    for (const role of script.roles) world.addBot(match, role);
    for (let tick = 0; tick < 60 * 120; tick++) {
      world.thinkBots();
      world.step();
      world.drainEvents(match).forEach(check);
    }
  }
  // What bots do not do.
  const { world, match, red, blue } = duel();
  world.killPlayer(match, blue);
  world.tap(match, blue, engine.Button.RESPAWN);
  world.tap(match, red, engine.Button.AIM | engine.Button.SLOT2);
  world.step();
  for (let i = 0; i < 20; i++) {
    world.tap(match, red, engine.Button.FIRE);
    world.step();
  }
  world.removePlayer(match, blue);
  world.drainEvents(match).forEach(check);
  // Everything that flies, at a body, at a wall and by somebody who leaves.
  for (const weapon of ['grenade', 'flashbang', 'smokegrenade', 'rocket', 'grenadelauncher', 'machinegun']) {
    const { world, match, red } = duel();
    world.giveWeapon(match, red, weapon);
    world.tap(match, red, engine.Button.SLOT3);
    world.step();
    for (let tick = 1; tick < 400; tick++) {
      const held = weapon === 'machinegun' ? engine.Button.FIRE : 0;
      world.pushInput(match, red, tick, held, tick === 10 ? engine.Button.FIRE : 0, tick < 200 ? 400 : 240, 135);
      if (tick === 10) world.throwItem(match, red, 5);
      world.step();
      world.drainEvents(match).forEach(check);
    }
  }
  {
    const { world, match, red } = duel();
    world.giveWeapon(match, red, 'grenade');
    world.tap(match, red, engine.Button.SLOT3);
    world.step();
    world.throwItem(match, red, 1);
    world.step();
    world.removePlayer(match, red);
    for (let tick = 0; tick < 200; tick++) world.step();
    const events = world.drainEvents(match);
    events.forEach(check);
    const exploded = events.find((event) => event.type === 'exploded');
    assert.ok(exploded !== undefined && !('player' in exploded), 'whoever has left is not named');
  }

  assert.deepEqual([...seen].sort(), [...declared.keys()].sort(), 'a kind that never came was not checked');
});

test('a death by nobody names no killer and no weapon', () => {
  const { world, match, blue } = duel();
  world.drainEvents(match);
  world.killPlayer(match, blue);
  const [died] = world.drainEvents(match);
  assert.equal(died.type, 'died');
  assert.equal(died.target, blue);
  assert.ok(!('player' in died) && !('weapon' in died));
});

test('a panic becomes an error, and the world that it hit refuses to go on', () => {
  const { world, match } = duel();
  refused(() => native.panicForTest(), 'PANIC', /on purpose/);
  assert.equal(world.tick(match), 0, 'another world goes on');
  refused(() => native.panicForTest(world), 'PANIC', /on purpose/);
  refused(() => world.tick(match), 'PANIC', /make a new one/);
  refused(() => world.step(), 'PANIC', /make a new one/);
  assert.equal(new engine.World().matchCount, 0);
});

test('classes are not called without new, methods not on strangers', () => {
  const world = new engine.World();
  assert.throws(() => engine.World(), TypeError);
  refused(() => new engine.GameMap(), 'INVALID_ARGUMENT', /fromPng, fromRects or builtin/);
  assert.throws(() => world.step.call({}), TypeError);
  assert.throws(() => world.players.call(openMap(), 1), TypeError);
});
