import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { engine, type GameEvent, type HeardSound } from '../src/engine.js';
import { Knowledge, type Eye, type Subject, type Viewer } from '../src/knowledge.js';
import { WallMemory } from '../src/wall-memory.js';
import { WallCatalogue } from '../src/walls.js';

// Slot and id agree for the reader: the player in slot n is 8 + n.
const subject = (slot: number, team: 'red' | 'blue'): Subject => ({ player: 8 + slot, slot, team });
const RED = subject(0, 'red');
const MATE = subject(1, 'red');
const ENEMY = subject(2, 'blue');
const ENEMY_MATE = subject(3, 'blue');
const ALL = [RED, MATE, ENEMY, ENEMY_MATE];

/** Two wooden walls, one in view of a viewer who sees the square from 0,0 to 50,50, one far from it. */
const map = engine.GameMap.fromRects(
  [{ x: 50, y: 20, width: 10, height: 10, material: 'wood' }, { x: 200, y: 200, width: 10, height: 10, material: 'wood' }],
  [{ x: 20, y: 20, team: 'red' }, { x: 430, y: 135, team: 'blue' }],
);
const walls = new WallCatalogue(map);
const NEAR_SLICE = 0;
const FAR_SLICE = 5;

describe('the knowledge gate', () => {
  let matrix: Uint8Array;
  let health: Float32Array;
  let knowledge: Knowledge;
  let eye: Eye;
  let isClear: boolean;
  let smoke: number;
  let launchedBy: Subject;
  let viewer: Viewer;

  const see = (who: Subject, whom: Subject): void => {
    matrix[who.slot]! |= 1 << whom.slot;
    knowledge.beginTick();
  };
  const witness = (event: Partial<GameEvent> & Pick<GameEvent, 'type'>): GameEvent | null => knowledge.witness(viewer, { tick: 5, ...event });

  beforeEach(() => {
    matrix = new Uint8Array(8);
    health = new Float32Array(walls.walls.length * 5).fill(80);
    viewer = { ...RED, memory: new WallMemory(health, health) };
    eye = { x: 1, y: 1, alive: true, blind: false };
    isClear = true;
    smoke = 0;
    launchedBy = ENEMY;
    knowledge = new Knowledge({
      sightMatrix: () => matrix,
      polygon: () => Float32Array.of(0, 0, 50, 0, 50, 50, 0, 50),
      sliceHealth: () => health,
      eye: () => eye,
      lineIsClear: () => isClear,
      smokeBetween: () => smoke,
      projectileTeam: () => launchedBy.team,
      subject: (player) => ALL.find((each) => each.player === player),
    }, walls);
    knowledge.beginTick();
  });

  test('own, mate, seen, unseen', () => {
    assert.equal(knowledge.acquaintance(viewer, RED), 'own');
    assert.equal(knowledge.acquaintance(viewer, MATE), 'mate');
    assert.equal(knowledge.acquaintance(viewer, ENEMY), 'unseen');
    see(RED, ENEMY);
    assert.equal(knowledge.acquaintance(viewer, ENEMY), 'seen');
    assert.equal(knowledge.acquaintance(ENEMY, RED), 'unseen', 'seeing is not being seen');
  });

  test('what an enemy does reaches only those who see it, and without the ammunition', () => {
    for (const type of ['fired', 'reloaded', 'reload_started', 'switched', 'miss', 'hit_wall', 'spawned'] as const) {
      const event = { type, player: ENEMY.player, weapon: 'rifle', x: 1, y: 2, ammo: 7, reserve: 60 } as const;
      assert.equal(witness(event), null, type);
      assert.equal(knowledge.witness(viewer, { ...event, tick: 5, player: MATE.player })?.ammo, 7, `${type} of a mate`);
    }
    see(RED, ENEMY);
    const seen = witness({ type: 'fired', player: ENEMY.player, weapon: 'rifle', x: 1, y: 2, ammo: 7 });
    assert.deepEqual(seen, { tick: 5, type: 'fired', player: ENEMY.player, weapon: 'rifle', x: 1, y: 2 });
  });

  test('refusals are between the server and the one refused', () => {
    for (const type of ['fire_refused', 'respawn_denied', 'aim_toggled'] as const) {
      assert.notEqual(witness({ type, player: RED.player }), null);
      assert.equal(witness({ type, player: MATE.player }), null);
    }
  });

  test('who is hit by an unseen enemy learns of the damage and of nothing else', () => {
    const hit = { player: ENEMY.player, target: RED.player, weapon: 'rifle', x: 1, y: 2, damage: 25, health: 75 } as const;
    assert.equal(witness({ type: 'hit_player', ...hit }), null);
    assert.deepEqual(witness({ type: 'player_damaged', ...hit }), {
      tick: 5, type: 'player_damaged', target: RED.player, x: 1, y: 2, damage: 25, health: 75,
    });
    see(RED, ENEMY);
    assert.equal(witness({ type: 'player_damaged', ...hit })?.player, ENEMY.player);
    assert.equal(witness({ type: 'hit_player', ...hit })?.player, ENEMY.player);
  });

  test('a shot of one\'s own through a wall tells that it hit somebody, not whom and where', () => {
    const hit = { type: 'hit_player', player: RED.player, target: ENEMY.player, weapon: 'rifle', x: 1, y: 2, targetX: 3, targetY: 4, damage: 25 } as const;
    assert.deepEqual(witness(hit), { tick: 5, type: 'hit_player', player: RED.player, weapon: 'rifle' });
  });

  test('an enemy\'s projectile is known where its place is seen, the own side\'s always, and smoke', () => {
    const at = (x: number, player: number, weapon: 'grenade' | 'smokegrenade' = 'grenade') => (
      { type: 'exploded', player, weapon, projectile: 7, x, y: 25, radius: 40 } as const
    );
    assert.equal(witness(at(100, ENEMY.player)), null);
    assert.deepEqual(witness(at(25, ENEMY.player)), { tick: 5, type: 'exploded', weapon: 'grenade', projectile: 7, x: 25, y: 25, radius: 40 }, 'but not whose it is');
    assert.equal(witness({ ...at(25, ENEMY.player), type: 'bounced', target: ENEMY_MATE.player })?.target, undefined);
    assert.equal(witness({ ...at(100, ENEMY.player), type: 'bounced' }), null);
    assert.equal(witness(at(100, ENEMY.player, 'smokegrenade'))?.x, 100);
    assert.equal(witness(at(100, ENEMY.player, 'smokegrenade'))?.player, undefined);
    launchedBy = MATE;
    assert.equal(witness(at(100, MATE.player))?.player, MATE.player);
    see(RED, ENEMY);
    launchedBy = ENEMY;
    assert.equal(witness(at(25, ENEMY.player))?.player, ENEMY.player);
  });

  test('a throw is known to those who see the thrower, without what is left', () => {
    const launch = { type: 'launched', player: ENEMY.player, weapon: 'grenade', projectile: 7, x: 25, y: 25, vx: 1, vy: 0, charge: 2, ammo: 1 } as const;
    assert.equal(witness(launch), null, 'even where the place is in view');
    see(RED, ENEMY);
    assert.deepEqual(witness(launch), { tick: 5, type: 'launched', player: ENEMY.player, weapon: 'grenade', projectile: 7, x: 25, y: 25, vx: 1, vy: 0, charge: 2 });
    assert.equal(witness({ ...launch, player: MATE.player })?.ammo, 1);
  });

  test('neither smoke nor a flash lets a place be seen', () => {
    assert(knowledge.seesPlace(viewer, 25, 25));
    smoke = 0.5;
    assert(!knowledge.seesPlace(viewer, 25, 25));
    smoke = 0.49;
    assert(knowledge.seesPlace(viewer, 25, 25));
    eye = { ...eye, blind: true };
    assert(!knowledge.seesPlace(viewer, 25, 25));
    const damage = { type: 'wall_damaged', slice: NEAR_SLICE, player: ENEMY.player, weapon: 'rifle', damage: 25, health: 55 } as const;
    assert.equal(witness(damage), null);
    eye = { ...eye, blind: false };
    health[NEAR_SLICE] = 55;
    knowledge.lookAround(viewer);
    assert.equal(viewer.memory.known[NEAR_SLICE], 55, 'found afterwards');
  });

  test('a thing on the edge of what is seen is seen', () => {
    assert(knowledge.seesPlace(viewer, 50.5, 25));
    assert(!knowledge.seesPlace(viewer, 51.5, 25));
  });

  test('close by, what is behind one is seen, unless a wall or death is between', () => {
    assert(knowledge.seesPlace(viewer, -10, 1));
    assert(!knowledge.seesPlace(viewer, -12, 1));
    isClear = false;
    assert(!knowledge.seesPlace(viewer, -10, 1));
    isClear = true;
    eye = { ...eye, alive: false };
    assert(!knowledge.seesPlace(viewer, -10, 1));
  });

  test('a flash dazzles each for themselves, and heat is one\'s own', () => {
    const dazzled = { type: 'dazzled', player: ENEMY.player, weapon: 'flashbang', x: 25, y: 25, intensity: 1 } as const;
    assert.equal(witness({ ...dazzled, target: MATE.player }), null);
    assert.equal(witness({ ...dazzled, target: RED.player })?.player, undefined);
    assert.equal(witness({ type: 'overheated', player: MATE.player, weapon: 'machinegun' }), null);
    assert.notEqual(witness({ type: 'overheated', player: RED.player, weapon: 'machinegun' }), null);
  });

  test('a seen enemy hitting an unseen one does not give the place away', () => {
    see(RED, ENEMY);
    assert.equal(witness({ type: 'hit_player', player: ENEMY.player, target: ENEMY_MATE.player, x: 1, y: 2 }), null);
    assert.equal(witness({ type: 'player_damaged', player: ENEMY.player, target: ENEMY_MATE.player, x: 1, y: 2 }), null);
  });

  test('a death is known to all, its place to those who saw it', () => {
    const death = { type: 'died', player: RED.player, target: ENEMY.player, weapon: 'rifle', x: 1, y: 2 } as const;
    assert.deepEqual(witness(death), { type: 'died', tick: 5, player: RED.player, target: ENEMY.player, weapon: 'rifle' });
    see(RED, ENEMY);
    assert.equal(witness(death)?.x, 1);
    matrix.fill(0);
    knowledge.beginTick();
    assert.equal(witness(death)?.x, 1, 'seen in the step before: the dead may be out of sight at the end of their step');
    knowledge.beginTick();
    assert.equal(witness(death)?.x, undefined);
  });

  test('wall damage is known where it is seen or dealt by the own team', () => {
    const damage = (slice: number, player: number) => ({ type: 'wall_damaged', slice, player, weapon: 'rifle', damage: 25, health: 55 }) as const;
    assert.deepEqual(witness(damage(NEAR_SLICE, ENEMY.player)), { tick: 5, type: 'wall_damaged', slice: NEAR_SLICE, damage: 25, health: 55 });
    assert.equal(witness(damage(FAR_SLICE, ENEMY.player)), null);
    assert.equal(viewer.memory.known[FAR_SLICE], 80);
    assert.equal(witness(damage(FAR_SLICE, MATE.player))?.player, MATE.player);
    assert.equal(viewer.memory.known[FAR_SLICE], 55);
  });

  test('of a slice heard breaking out of sight it is known that it is gone, and nothing else', () => {
    const broken = (heardBy: number) => witness({ type: 'slice_destroyed', slice: FAR_SLICE, player: ENEMY.player, weapon: 'rifle', x: 200, y: 205, damage: 25, health: 0, heardBy });
    assert.equal(broken(1 << ENEMY.slot | 1 << MATE.slot), null);
    assert.equal(viewer.memory.known[FAR_SLICE], 80, 'mates share what they see, not what they hear');
    assert.equal(broken(1 << viewer.slot), null);
    assert.equal(viewer.memory.known[FAR_SLICE], 0);
    assert.deepEqual(viewer.memory.takeChangedWalls(), [1]);
    const damaged = { type: 'wall_damaged', slice: FAR_SLICE + 1, player: ENEMY.player, damage: 25, health: 55 } as const;
    assert.equal(witness(damaged), null);
    assert.equal(viewer.memory.known[FAR_SLICE + 1], 80, 'an impact alone is not damage known');
  });

  const sound = (change: Partial<HeardSound> = {}): HeardSound => (
    { tick: 5, listener: RED.slot, kind: 'fire_rifle', gain: 40, bearing: 10, cutoff: 30, aim: 5, own: false, ...change }
  );

  test('each hears their own, and of it what it was and where it seems to come from', () => {
    const heard = [sound({ listener: ENEMY.slot }), sound(), sound({ listener: MATE.slot, kind: 'death' })];
    assert.deepEqual(knowledge.hear(RED, heard), {
      aim: 5, sounds: [{ kind: 'fire_rifle', gain: 40, bearing: 10, cutoff: 30, own: false }],
    });
    assert.deepEqual(knowledge.hear(MATE, heard)?.sounds.map((each) => each.kind), ['death'], 'mates share what they see, not what they hear');
    assert.equal(knowledge.hear(ENEMY_MATE, heard), null);
    assert.equal(knowledge.hear(RED, []), null);
  });

  test('who turns hears earlier sounds from where they came, and the own body from within', () => {
    const heard = [
      sound({ aim: 60, bearing: 10 }), sound({ aim: 60, bearing: 0, own: true }), sound({ aim: 60, bearing: 3, own: true, kind: 'impact_wood' }),
      sound({ aim: 4, bearing: 63 }),
    ];
    const earshot = knowledge.hear(RED, heard);
    assert.equal(earshot?.aim, 4);
    assert.deepEqual(earshot?.sounds.map((each) => each.bearing), [2, 0, 59, 63]);
    assert.deepEqual(heard.map((each) => (each.aim + each.bearing) & 63), [6, 60, 63, 3], 'which are the directions of the field');
  });

  test('of a din the newest sounds are told', () => {
    const earshot = knowledge.hear(RED, Array.from({ length: 300 }, (_, i) => sound({ gain: (i % 255) + 1 })));
    assert.equal(earshot?.sounds.length, 256);
    assert.deepEqual([earshot?.sounds[0]?.gain, earshot?.sounds.at(-1)?.gain], [45, 45]);
  });

  test('damage missed is found on looking there again', () => {
    knowledge.witness(viewer, { type: 'wall_damaged', tick: 5, slice: FAR_SLICE, player: ENEMY.player, damage: 25, health: 55 });
    health[FAR_SLICE] = 55;
    knowledge.lookAround(viewer);
    assert.equal(viewer.memory.known[FAR_SLICE], 80, 'still out of view');

    const there = new Knowledge({
      sightMatrix: () => matrix,
      polygon: () => Float32Array.of(150, 150, 250, 150, 250, 250, 150, 250),
      sliceHealth: () => health,
      eye: () => eye,
      lineIsClear: () => isClear,
      smokeBetween: () => smoke,
      projectileTeam: () => undefined,
      subject: () => undefined,
    }, walls);
    there.beginTick();
    there.lookAround(viewer);
    assert.equal(viewer.memory.known[FAR_SLICE], 55);
  });
});
