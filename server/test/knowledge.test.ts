import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acquaintance, hear, LegacyWalls, WallCatalogue, type Subject } from '@trespasser/engine/legacy';
import { engine, type HeardSound } from '../src/engine.js';

// What is known is the engine's to say (engine/tests/knowledge.rs); here, what the server makes of it.

// Slot and id agree for the reader: the player in slot n is 8 + n.
const subject = (slot: number, team: 'red' | 'blue'): Subject => ({ player: 8 + slot, slot, team });
const RED = subject(0, 'red');
const MATE = subject(1, 'red');
const ENEMY = subject(2, 'blue');
const ENEMY_MATE = subject(3, 'blue');

test('own, mate, seen, unseen', () => {
  const knows = Uint8Array.of(0b0111, 0b0011, 0b1100, 0b1100, 0, 0, 0, 0);
  assert.equal(acquaintance(knows, RED, RED), 'own');
  assert.equal(acquaintance(knows, RED, MATE), 'mate');
  assert.equal(acquaintance(knows, RED, ENEMY), 'seen');
  assert.equal(acquaintance(knows, MATE, ENEMY), 'unseen');
  assert.equal(acquaintance(knows, ENEMY, RED), 'unseen', 'seeing is not being seen');
  assert.equal(acquaintance(knows, ENEMY, ENEMY_MATE), 'mate');
  assert.equal(acquaintance(new Uint8Array(8), RED, MATE), 'unseen', 'who has not been placed is nowhere');
  assert.equal(acquaintance(new Uint8Array(8), RED, RED), 'own');
});

test('walls are those that the player knows, written anew as they change', () => {
  const map = engine.GameMap.fromRects(
    [{ x: 50, y: 20, width: 10, height: 10, material: 'wood' }, { x: 200, y: 200, width: 10, height: 10, material: 'border' }],
    [{ x: 20, y: 20, team: 'red' }, { x: 430, y: 135, team: 'blue' }],
  );
  const known = new Float32Array(10).fill(80, 0, 5).fill(Infinity, 5);
  const walls = new LegacyWalls(new WallCatalogue(map), known);
  const before = walls.json;
  assert(!walls.update(known));
  known[1] = 0;
  known[2] = 41.5;
  assert.equal(walls.json, before, 'what is known is copied');
  assert(walls.update(known));
  assert(!walls.update(known));
  const { wall_1: wood, wall_2: border } = JSON.parse(walls.json);
  assert.deepEqual([wood.destructionMask, wood.sliceHealth], [[0, 1, 0, 0, 0], [80, 0, 41.5, 80, 80]]);
  assert.deepEqual([border.destructionMask, border.sliceHealth], [[0, 0, 0, 0, 0], [0, 0, 0, 0, 0]]);
});

const sound = (change: Partial<HeardSound> = {}): HeardSound => (
  { tick: 5, listener: RED.slot, kind: 'fire_rifle', gain: 40, bearing: 10, cutoff: 30, aim: 5, own: false, ...change }
);

test('each hears their own, and of it what it was and where it seems to come from', () => {
  const heard = [sound({ listener: ENEMY.slot }), sound(), sound({ listener: MATE.slot, kind: 'death' })];
  assert.deepEqual(hear(RED, heard), {
    aim: 5, sounds: [{ kind: 'fire_rifle', gain: 40, bearing: 10, cutoff: 30, own: false }],
  });
  assert.deepEqual(hear(MATE, heard)?.sounds.map((each) => each.kind), ['death'], 'mates share what they see, not what they hear');
  assert.equal(hear(ENEMY_MATE, heard), null);
  assert.equal(hear(RED, []), null);
});

test('who turns hears earlier sounds from where they came, and the own body from within', () => {
  const heard = [
    sound({ aim: 60, bearing: 10 }), sound({ aim: 60, bearing: 0, own: true }), sound({ aim: 60, bearing: 3, own: true, kind: 'impact_wood' }),
    sound({ aim: 4, bearing: 63 }),
  ];
  const earshot = hear(RED, heard);
  assert.equal(earshot?.aim, 4);
  assert.deepEqual(earshot?.sounds.map((each) => each.bearing), [2, 0, 59, 63]);
  assert.deepEqual(heard.map((each) => (each.aim + each.bearing) & 63), [6, 60, 63, 3], 'which are the directions of the field');
});

test('of a din the newest sounds are told', () => {
  const earshot = hear(RED, Array.from({ length: 300 }, (_, i) => sound({ gain: (i % 255) + 1 })));
  assert.equal(earshot?.sounds.length, 256);
  assert.deepEqual([earshot?.sounds[0]?.gain, earshot?.sounds.at(-1)?.gain], [45, 45]);
});
