// Whatever a room writes into a live view is read back and is what the match then plays by; whatever is no value of the
// field changes nothing; no call with garbage does anything. Random sequences, by seeds that a failure names.
import assert from 'node:assert/strict';
import test from 'node:test';
import { GameStateSystem } from '../legacy/index.mjs';
import { checkState } from './legacy-tables.mjs';

const MS = 1000 / 60;

function generator(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return { next, below: (count) => Math.floor(next() * count), pick: (list) => list[Math.floor(next() * list.length)] };
}

const make = async (seed, players = 3) => {
  const sim = new GameStateSystem(undefined, { seed });
  await sim.initialize();
  const all = Array.from({ length: players }, (_, i) => sim.createPlayer(`p${i}`));
  sim.update(MS);
  return { sim, all };
};

const GARBAGE = [
  undefined, null, NaN, Infinity, -Infinity, -1, 0.5, 2 ** 53, '', 'x', '5', '__proto__', 'x'.repeat(1e5), true, 10n, Symbol('s'), [], [1, 2], {}, { x: 1 },
  { x: NaN, y: 1 }, { x: '1', y: 2 }, new Map(), new Map([['anvil', {}]]), () => 5, new Date(), new Uint8Array(3), Object.create(null),
  new Proxy({}, { get() { throw new Error('a trap'); } }), { toString() { throw new Error('no text'); } }, { get playerId() { throw new Error('a getter'); } },
];

/** All that a host can see of a match. */
const whole = (sim) => JSON.stringify({ ...sim.getFullGameState(), timestamp: 0 });

test('every write is read back at once, reaches the match, and stays', async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = generator(seed);
    const { sim, all } = await make(seed);
    const guns = { primary: ['rifle', 'smg', 'shotgun', 'battlerifle', 'sniperrifle'], secondary: ['pistol', 'revolver', 'suppressedpistol'] };
    const supports = [[], ['grenade'], ['machinegun'], ['rocket', 'flashbang'], ['grenade', 'smokegrenade', 'flashbang'], ['grenadelauncher']];
    for (let round = 0; round < 12; round++) {
      const player = random.pick(all);
      const message = `seed ${seed}, round ${round}`;
      const wanted = {};
      const write = {
        name: () => { player.name = wanted.name = random.pick(['Mira', 'Ash', '🦊', '']); },
        team: () => { player.team = wanted.team = random.pick(['red', 'blue']); },
        kills: () => { player.kills = wanted.kills = random.below(65_536); },
        deaths: () => { player.deaths = wanted.deaths = random.below(65_536); },
        life: () => {
          const isAlive = random.next() < 0.6;
          const health = isAlive ? 1 + random.below(100) : 0;
          const order = [() => { player.isAlive = isAlive; }, () => { player.health = health; }];
          if (random.next() < 0.5) order.reverse();
          order.forEach((each) => each());
          Object.assign(wanted, { isAlive, health });
        },
        weapons: () => {
          const carried = [random.pick(guns.primary), random.pick(guns.secondary), ...random.pick(supports)];
          const ammo = {};
          player.weapons.clear();
          assert.equal(player.weapons.size, 0);
          for (const type of carried) {
            const weapon = sim.getWeaponSystem().createWeapon(type);
            weapon.currentAmmo = ammo[type] = random.below(weapon.maxAmmo + 1);
            player.weapons.set(type, weapon);
          }
          wanted.weapons = ammo;
          player.weaponId = wanted.weaponId = random.pick(carried);
        },
        position: () => {
          // Free: where nothing of the map is.
          const at = { x: 10 + random.below(40), y: 10 + random.below(240) };
          const way = random.below(4);
          if (way === 0) player.transform.position = at;
          else if (way === 1) player.position = at;
          else if (way === 2) player.transform = { position: at };
          else [player.transform.position.x, player.position.y] = [at.x, at.y];
          wanted.position = at;
        },
      };
      const names = Object.keys(write).sort(() => random.next() - 0.5).slice(0, 1 + random.below(7));
      for (const name of names) write[name]();

      const check = (seen, when) => {
        for (const [field, value] of Object.entries(wanted)) {
          if (field === 'weapons') {
            const carried = seen.weapons instanceof Map ? Object.fromEntries(seen.weapons) : seen.weapons;
            assert.deepEqual(Object.fromEntries(Object.entries(carried).map(([type, { currentAmmo }]) => [type, currentAmmo])), value, `${message} ${when}: weapons`);
          } else if (field === 'position') {
            assert.deepEqual({ x: seen.position.x, y: seen.position.y }, value, `${message} ${when}: position`);
            assert.deepEqual({ x: seen.transform.position.x, y: seen.transform.position.y }, value);
          } else {
            assert.equal(seen[field], value, `${message} ${when}: ${field}`);
          }
        }
      };
      const { count } = sim.refusals;
      check(player, 'at once');
      check(sim.getFullGameState().players[player.id], 'in the match');
      check(player, 'afterwards');
      sim.update(MS);
      check(player, 'after a tick');
      assert.equal(sim.refusals.count, count, `${message}: ${JSON.stringify(sim.refusals.last)}`);
    }
    sim.destroy();
  }
});

test('written places, health and hands are what the match plays by', async () => {
  const { sim, all: [r, b] } = await make(5, 2);
  r.team = 'red';
  b.team = 'blue';
  r.position = { x: 20, y: 20 };
  b.position = { x: 100, y: 20 };
  r.weapons.clear();
  for (const type of ['sniperrifle', 'revolver']) r.weapons.set(type, {});
  b.health = 85;
  // Past the two seconds in which nobody is hurt.
  for (let i = 0; i < 3; i++) sim.update(1000);
  for (let i = 1; i <= 3; i++) {
    sim.handlePlayerInput('p0', { keys: {}, mouse: { x: 100, y: 20 }, sequence: i });
    sim.update(MS);
  }
  assert.equal(sim.getFilteredGameState('p0').visiblePlayers.p1.health, 85, 'seen where it was put');
  sim.handleWeaponFire({ playerId: 'p0' });
  sim.update(MS);
  assert.deepEqual([b.isAlive, b.health, b.deaths, r.kills, r.weapons.get('sniperrifle').currentAmmo], [false, 0, 1, 1, 4]);
  assert.equal(b.killerId, 'p0');
  b.isAlive = true;
  sim.update(MS);
  assert.deepEqual([b.isAlive, b.health, b.killerId], [true, 100, null]);
});

test('a place inside a wall is the nearest free one', async () => {
  const { sim, all: [player] } = await make(6, 1);
  const wall = [...sim.getDestructionSystem().getWalls().values()].find(({ destructionMask }) => destructionMask.every((gone) => gone === 0));
  const at = { x: wall.position.x + 5, y: wall.position.y + 5 };
  player.position = at;
  assert.deepEqual({ ...player.position }, at, 'as written, until it is in the match');
  sim.update(MS);
  const { x, y } = player.position;
  const off = Math.hypot(x - at.x, y - at.y);
  assert.ok(off >= 6 && off < 30, `${x} ${y}`);
  player.position.x = -1000;
  sim.update(MS);
  assert.equal(player.position.x, 6);
});

test('one primary, one secondary, three slots of support; what is lacking stays', async () => {
  const { sim, all: [player] } = await make(7, 1);
  const carried = () => {
    sim.update(MS);
    return [...player.weapons.keys()];
  };
  player.weapons.set('smg', {});
  assert.deepEqual(carried(), ['smg', 'pistol'], 'takes the place of the rifle');
  player.weapons.set('machinegun', {});
  const { count } = sim.refusals;
  player.weapons.set('grenade', {});
  assert.deepEqual([carried(), sim.refusals.count, sim.refusals.last.what], [['smg', 'pistol', 'machinegun'], count + 1, 'weapons']);
  assert.match(sim.refusals.last.reason, /the grenade takes 1 of 3 support slots, and 3 are taken/);
  player.weapons.delete('machinegun');
  player.weapons.set('grenade', {});
  assert.deepEqual(carried(), ['smg', 'pistol', 'grenade']);
  player.weapons.clear();
  player.weapons.set('revolver', {});
  assert.deepEqual(carried(), ['smg', 'revolver'], 'a body has a primary weapon always');
  player.weapons.clear();
  assert.deepEqual(carried(), [], 'emptied, and not filled yet');
  assert.equal(sim.getFullGameState().players.p0.weaponId, 'smg', 'the match waits for what comes');
  player.weapons.set('shotgun', { currentAmmo: 2, reserveAmmo: 99 });
  assert.deepEqual([carried(), player.weapons.get('shotgun').currentAmmo, player.weapons.get('shotgun').reserveAmmo], [['shotgun', 'revolver'], 2, 32]);
  assert.equal(player.weaponId, 'shotgun');

  // Rounds written into an entry, and the entry stays the same object.
  const entry = player.weapons.get('shotgun');
  entry.currentAmmo = 5;
  sim.createPlayer('late');
  assert.equal(sim.getFullGameState().players.p0.weapons.shotgun.currentAmmo, 5);
  sim.update(MS);
  assert.equal(player.weapons.get('shotgun'), entry);
  entry.currentAmmo = 500;
  sim.update(MS);
  assert.equal(entry.currentAmmo, 5, 'more than a magazine holds');
  player.weaponId = 'rocket';
  sim.update(MS);
  assert.deepEqual([player.weaponId, sim.refusals.last.what], ['shotgun', 'weaponId']);
});

test('garbage written into a view changes nothing', async () => {
  const { sim, all: [player] } = await make(8);
  sim.getPendingEvents();
  const before = whole(sim);
  const fields = Object.keys(player);
  for (const field of fields) {
    for (const value of GARBAGE) {
      const fits = (field === 'name' || field === 'weaponId') && typeof value === 'string'
        || ['health', 'x', 'y'].includes(field) && Number.isFinite(value)
        || (field === 'kills' || field === 'deaths') && Number.isInteger(value) && value >= 0 && value <= 65_535
        || field === 'isAlive' && typeof value === 'boolean'
        // An emptied map waits for what is set; an unknown weapon is none.
        || field === 'weapons' && value instanceof Map;
      if (fits) continue;
      player[field] = value;
      if (field === 'position' || field === 'transform') player[field].position = value;
    }
  }
  for (const value of GARBAGE) {
    if (typeof value === 'number' && Number.isFinite(value)) continue;
    player.position.x = value;
    player.transform.position.y = value;
    player.velocity.x = value;
    if (typeof value !== 'string') player.weapons.set(value, value);
  }
  assert.equal(whole(sim), before);
  sim.update(MS);
  assert.ok(sim.refusals.count > 400);
  assert.equal(typeof sim.refusals.last.reason, 'string');
});

test('every method with garbage of every type does nothing and never throws, createPlayer but with a code', async () => {
  const seen = [];
  const sim = new GameStateSystem(undefined, { seed: 9, onRefusal: (refusal) => seen.push(refusal) });
  await sim.initialize();
  sim.createPlayer('a');
  sim.createPlayer('b');
  sim.update(MS);
  sim.getPendingEvents();
  const before = whole(sim);
  const methods = Object.getOwnPropertyNames(GameStateSystem.prototype).filter((name) => typeof Object.getOwnPropertyDescriptor(GameStateSystem.prototype, name).value === 'function');
  const surface = methods.filter((name) => !['constructor', 'createPlayer', 'destroy', 'initialize', 'resetAllState', 'resetWallsFromMap'].includes(name));
  assert.ok(surface.length >= 20, `${surface}`);
  const withId = ['handlePlayerInput', 'handleWeaponSwitch', 'handlePlayerShoot', 'getFilteredGameState'];
  for (const value of GARBAGE) {
    for (const name of surface) {
      if (name === 'update' && typeof value === 'number' && Number.isFinite(value) && value >= 0) continue;
      sim[name](value);
      sim[name](value, value);
    }
    for (const name of withId) if (!(name === 'handlePlayerShoot')) sim[name]('a', value);
    for (const event of ['handleWeaponFire', 'handleGrenadeThrow']) sim[event]({ playerId: value, chargeLevel: value });
    sim.handleGrenadeThrow({ playerId: 'a', chargeLevel: value });
    for (const system of [sim.getWeaponSystem(), sim.getDestructionSystem()]) for (const call of Object.values(system)) call(value, value);
    sim.getProjectileSystem().getProjectiles(value);
    for (const keys of [value, {}]) for (const mouse of [value, {}, { x: value, y: value }]) sim.handlePlayerInput('a', { keys, mouse, sequence: value });
    if (typeof value === 'string' && value.length > 0 && value.length <= 64 && value !== '__proto__') continue;
    assert.throws(() => sim.createPlayer(value), (error) => error.code === 'INVALID_ARGUMENT');
    void new GameStateSystem(value, value);
  }
  assert.equal(whole(sim), before);
  assert.equal(sim.clock.tick, 1);
  assert.ok(seen.length > 500 && seen.length === sim.refusals.count);
  assert.ok(seen.every(({ what, reason }) => what.length < 40 && reason.length < 400));
  // Whoever plays on does not notice.
  sim.handlePlayerInput('a', { keys: { d: true }, mouse: { x: 400, y: 100 }, sequence: 1 });
  sim.update(MS);
  assert.equal(sim.getPlayer('a').lastProcessedInput, 1);
  checkState(JSON.parse(JSON.stringify(sim.getFilteredGameState('a'))), 'a');
});

test('names of an object\'s own members are players like any other', async () => {
  const { sim } = await make(10, 0);
  for (const id of ['constructor', 'toString', 'hasOwnProperty', 'size']) sim.createPlayer(id).name = id;
  sim.update(MS);
  const state = JSON.parse(JSON.stringify(sim.getFilteredGameState('toString')));
  checkState(state, 'toString');
  assert.deepEqual(Object.keys(state.players), ['constructor', 'toString', 'hasOwnProperty', 'size']);
  assert.equal(sim.getPlayers().size, 4);
});
