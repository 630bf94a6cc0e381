import assert from 'node:assert/strict';
import test from 'node:test';
import { engine } from './helpers.mjs';

const { Button, GameMap, World } = engine;

/** Red and blue 100 px apart, wood between them if so wished; red looks at blue, who looks away. */
function pair(walls = []) {
  const map = GameMap.fromRects(walls, [{ x: 100, y: 135, team: 'red' }, { x: 200, y: 135, team: 'blue' }]);
  const world = new World();
  const match = world.createMatch(map, { seed: 1 });
  const loadout = { primary: 'rifle', secondary: 'pistol', support: ['grenade', 'smokegrenade'] };
  const [red, blue] = ['red', 'blue'].map((team) => world.addPlayer(match, { team, loadout }));
  for (const player of [red, blue]) world.listen(match, player);
  for (let tick = 0; tick < 130; tick++) world.step();
  world.drainTold(match);
  return { map, world, match, red, blue };
}

const WOOD = [{ x: 150, y: 100, width: 10, height: 70, material: 'wood' }];

test('what is hidden is absent', () => {
  const { world, match, red, blue } = pair();
  assert.deepEqual([...world.knows(match)], [0b11, 0b10, 0, 0, 0, 0, 0, 0]);
  world.tap(match, blue, Button.FIRE);
  world.step();
  const fired = world.drainTold(match).filter((event) => event.type === 'fired');
  assert.deepEqual(fired.map(({ to, player, ammo }) => ({ to, player, ammo })), [
    { to: 0b10, player: blue, ammo: 29 }, { to: 0b01, player: blue, ammo: undefined },
  ]);
  assert.ok(!('ammo' in fired[1]));
  assert.deepEqual(world.drainTold(match), []);
  world.listen(match, red, false);
  world.tap(match, blue, Button.SLOT2);
  world.step();
  assert.deepEqual(world.drainTold(match).map((event) => event.to), [0b10]);
});

test('who is hit through a wall knows neither by whom nor with what, and the shooter not whom', () => {
  const { world, match, blue } = pair(WOOD);
  world.tap(match, 8, Button.FIRE);
  world.step();
  const told = world.drainTold(match);
  const [hurt] = told.filter((event) => event.type === 'player_damaged');
  assert.deepEqual([hurt.to, hurt.target, 'player' in hurt, 'weapon' in hurt], [0b10, blue, false, false]);
  const [hit] = told.filter((event) => event.type === 'hit_player');
  for (const field of ['target', 'x', 'y', 'targetX', 'targetY', 'damage']) assert.ok(!(field in hit), field);
  assert.equal(hit.to, 0b01);
});

test('slices are as the player knows them', () => {
  const { map, world, match, red, blue } = pair([{ x: 130, y: 130, width: 10, height: 10, material: 'metal' }, ...WOOD]);
  const pristine = world.sliceHealth(match);
  const version = world.knownSlicesVersion(match, blue);
  world.tap(match, red, Button.FIRE);
  world.step();
  const now = world.sliceHealth(match);
  assert.notDeepEqual(now, pristine);
  assert.deepEqual(world.knownSliceHealth(match, red), now);
  const out = new Float32Array(map.sliceCount);
  assert.equal(world.knownSliceHealth(match, blue, out), out);
  assert.deepEqual(out, pristine);
  assert.equal(world.knownSlicesVersion(match, blue), version);
  assert.ok(world.drainTold(match).filter((event) => event.type === 'wall_damaged').every((event) => event.to === 0b01));
  world.repairWalls(match);
  assert.deepEqual(world.knownSliceHealth(match, red), pristine);
});

test('projectiles go by the player\'s own numbers', () => {
  const { world, match, red, blue } = pair(WOOD);
  for (const player of [blue, red]) {
    world.tap(match, player, Button.SLOT3);
    world.step();
    world.throwItem(match, player, 1);
    world.step();
  }
  assert.deepEqual(world.projectiles(match).map((each) => each.number), [1, 2]);
  for (const player of [red, blue]) {
    const known = world.knownProjectiles(match, player);
    assert.deepEqual(known.map((each) => [each.number, each.owner, each.ownTeam, each.damage]), [[1, player, true, 200]]);
  }
  const launched = world.drainTold(match).filter((event) => event.type === 'launched');
  assert.deepEqual(launched.map((event) => [event.to, event.projectile]), [[0b10, 1], [0b01, 1]]);
});

test('a leaver is told of, and not told of what another in the slot would be', () => {
  const { world, match, red, blue } = pair();
  world.removePlayer(match, blue);
  const next = world.addPlayer(match, { team: 'red' });
  assert.equal(next % 8, blue % 8);
  world.step();
  const told = world.drainTold(match);
  assert.ok(told.every((event) => event.to === 0b01));
  assert.deepEqual(told.filter((event) => event.type === 'player_left').map((event) => [event.player, event.x]), [[blue, 200]]);
  assert.deepEqual(told.filter((event) => event.type === 'player_joined').map((event) => event.player), [next]);
  assert.ok(red !== next);
});
