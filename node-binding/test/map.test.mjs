import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { engine, folder, png, refused } from './helpers.mjs';

const { GameMap } = engine;
const RED = [255, 0, 0];
const BLUE = [0, 0, 255];
const CONCRETE = [0x80, 0x80, 0x80];
const SPAWNS = { '3,13': RED, '44,13': BLUE };

test('built-in maps are read finely and coarsely, and are the files of the project', () => {
  assert.ok(GameMap.builtinNames().length >= 3);
  for (const name of GameMap.builtinNames()) {
    const fine = GameMap.builtin(name);
    const coarse = GameMap.builtin(name, { reading: 'coarse' });
    assert.match(fine.hash, /^[0-9a-f]{16}$/);
    assert.notEqual(fine.hash, coarse.hash);
    assert.equal(fine.hash, GameMap.builtin(name, { reading: 'fine' }).hash);
    assert.equal(fine.sliceCount, fine.wallCount * 5);
    assert.equal(fine.walls().length, fine.wallCount);
    const file = readFileSync(join(folder, '..', 'engine', 'maps', `${name}.png`));
    assert.equal(GameMap.fromPng(file).hash, fine.hash, 'a Buffer is a Uint8Array');
    assert.equal(GameMap.fromPng(new Uint8Array(file), { reading: 'coarse' }).hash, coarse.hash);
    for (const team of ['red', 'blue']) assert.ok(fine.spawns().some((spawn) => spawn.team === team));
  }
  refused(() => GameMap.builtin('nowhere'), 'UNKNOWN_NAME', /nowhere.*yard/);
  refused(() => GameMap.builtin(7), 'INVALID_ARGUMENT', /name is 7/);
  refused(() => GameMap.builtin('yard', { reading: 'rough' }), 'INVALID_ARGUMENT', /reading is "rough".*fine or coarse/);
  refused(() => GameMap.builtin('yard', { reading: null }), 'INVALID_ARGUMENT', /reading is null/);
  refused(() => GameMap.builtin('yard', 'fine'), 'INVALID_ARGUMENT', /options is "fine"/);
});

test('a picture becomes walls and spawns', () => {
  const map = GameMap.fromPng(png(48, 27, { ...SPAWNS, '10,5': CONCRETE }));
  assert.deepEqual(map.warnings, []);
  assert.deepEqual(map.walls(), [
    { x: 100, y: 50, width: 10, height: 10, material: 'concrete', orientation: 'horizontal', firstSlice: 0 },
  ]);
  assert.deepEqual(map.spawns(), [{ x: 35, y: 135, team: 'red' }, { x: 445, y: 135, team: 'blue' }]);
});

test('an unknown colour is empty and warned of', () => {
  const map = GameMap.fromPng(png(48, 27, { ...SPAWNS, '10,5': [1, 2, 3] }));
  assert.equal(map.wallCount, 0);
  assert.equal(map.warnings.length, 1);
  assert.match(map.warnings[0], /010203/i);
});

test('bad pictures are refused with the reason', () => {
  refused(() => GameMap.fromPng(png(40, 27)), 'BAD_MAP', /40 x 27/);
  refused(() => GameMap.fromPng(png(48, 27).subarray(0, 60)), 'BAD_MAP', /damaged/);
  refused(() => GameMap.fromPng(new Uint8Array(0)), 'BAD_MAP', /PNG/);
  refused(() => GameMap.fromPng(new Uint8Array(5000).fill(0xab)), 'BAD_MAP', /PNG/);
  const buried = { '5,5': RED, '4,4': CONCRETE, '5,4': CONCRETE, '6,4': CONCRETE, '4,5': CONCRETE };
  Object.assign(buried, { '6,5': CONCRETE, '4,6': CONCRETE, '5,6': CONCRETE, '6,6': CONCRETE });
  refused(() => GameMap.fromPng(png(48, 27, buried)), 'BAD_MAP', /red spawn at pixel \(5, 5\)/);
  for (const bytes of [undefined, null, 'png', [137, 80], new ArrayBuffer(8), new Float32Array(4), new DataView(new ArrayBuffer(8))]) {
    refused(() => GameMap.fromPng(bytes), 'INVALID_ARGUMENT', /bytes is .*Uint8Array/);
  }
});

test('any damage to a picture is refused or read, never worse', () => {
  const whole = png(48, 27, { ...SPAWNS, '10,5': CONCRETE });
  for (let at = 0; at < whole.length; at++) {
    const bytes = whole.slice();
    bytes[at] ^= 0x5a;
    try {
      GameMap.fromPng(bytes);
    } catch (error) {
      assert.equal(error.code, 'BAD_MAP', `byte ${at}: ${error.message}`);
    }
  }
});

test('rectangles become walls cut along their long side', () => {
  const walls = [
    { x: 100, y: 50, width: 50, height: 10, material: 'wood' },
    { x: 200, y: 50, width: 10, height: 50.5, material: 'border' },
    { x: 300, y: 50, width: 20, height: 20, material: 'glass' },
  ];
  const map = GameMap.fromRects(walls, [{ x: 50, y: 50, team: 'blue' }]);
  assert.deepEqual(map.walls(), [
    { ...walls[0], orientation: 'horizontal', firstSlice: 0 },
    { ...walls[1], orientation: 'vertical', firstSlice: 5 },
    { ...walls[2], orientation: 'horizontal', firstSlice: 10 },
  ]);
  assert.equal(map.maxHealth(0), 80);
  assert.equal(map.maxHealth(9), Infinity);
  assert.equal(map.maxHealth(14), 30);
  assert.deepEqual(map.spawns().map((spawn) => spawn.team).sort(), ['blue', 'red'], 'a team without a spawn gets one');
  for (const slice of [-1, 15, 0.5, NaN, Infinity]) {
    refused(() => map.maxHealth(slice), 'INVALID_ARGUMENT', /slice is .*0 to 14/);
  }
  refused(() => map.maxHealth('0'), 'INVALID_ARGUMENT', /slice is "0"/);
  assert.equal(GameMap.fromRects([]).wallCount, 0);
});

test('bad rectangles are refused with wall, field and limit', () => {
  const wall = { x: 100, y: 50, width: 50, height: 10, material: 'wood' };
  const bad = (change, code, message) => refused(() => GameMap.fromRects([wall, { ...wall, ...change }]), code, message);
  for (const x of [NaN, Infinity, -1, 431]) bad({ x }, 'BAD_MAP', /walls\[1\]\.x is/);
  bad({ width: 0.5 }, 'BAD_MAP', /walls\[1\]\.width is 0.5; it must be 1 to 480/);
  bad({ height: 1e300 }, 'BAD_MAP', /walls\[1\]\.height is inf/);
  bad({ y: '50' }, 'INVALID_ARGUMENT', /walls\[1\]\.y is "50"; it must be a number/);
  bad({ y: undefined }, 'INVALID_ARGUMENT', /walls\[1\]\.y is undefined/);
  bad({ material: 'cheese' }, 'INVALID_ARGUMENT', /walls\[1\]\.material is "cheese".*concrete, metal, wood, glass or border/);
  bad({ material: 3 }, 'INVALID_ARGUMENT', /walls\[1\]\.material is 3/);
  refused(() => GameMap.fromRects([wall, 5]), 'INVALID_ARGUMENT', /walls\[1\] is 5; it must be an object/);
  refused(() => GameMap.fromRects({ length: 1 }), 'INVALID_ARGUMENT', /walls is an object; it must be an array/);
  refused(() => GameMap.fromRects(), 'INVALID_ARGUMENT', /walls is undefined/);
  refused(() => GameMap.fromRects(new Array(2 ** 32 - 1)), 'BAD_MAP', /4294967295 walls; a map has at most 1600/);
  refused(() => GameMap.fromRects([], new Array(65)), 'BAD_MAP', /65 spawns; a map has at most 64/);
  refused(() => GameMap.fromRects([], [{ x: 1, y: 50, team: 'red' }]), 'BAD_MAP', /spawns\[0\] is at \(1, 50\)/);
  refused(() => GameMap.fromRects([wall], [{ x: 110, y: 55, team: 'red' }]), 'BAD_MAP', /spawns\[0\].*inside a wall/);
  refused(() => GameMap.fromRects([], [{ x: 50, y: 50, team: 'green' }]), 'INVALID_ARGUMENT', /spawns\[0\]\.team is "green"/);
  refused(() => GameMap.fromRects([], [{ x: 50, y: 50 }]), 'INVALID_ARGUMENT', /spawns\[0\]\.team is undefined/);
});

test('an exception of a getter passes through as it is', () => {
  const error = new RangeError('mine');
  const wall = { get x() { throw error; } };
  assert.throws(() => GameMap.fromRects([wall]), (thrown) => thrown === error);
});

test('slices that are missing from the start are those of health 0', () => {
  for (const name of engine.GameMap.builtinNames()) {
    for (const reading of ['fine', 'coarse']) {
      const map = engine.GameMap.builtin(name, { reading });
      const world = new engine.World();
      const health = world.sliceHealth(world.createMatch(map));
      const gone = [...health.keys()].filter((slice) => health[slice] === 0);
      assert.deepEqual(map.missingSlices(), gone, `${name}, ${reading}`);
    }
  }
});
