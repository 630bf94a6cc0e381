import assert from 'node:assert/strict';
import test from 'node:test';
import { duel, engine, openMap, refused } from './helpers.mjs';

const { Button, GameMap, SOUND_BYTES, SOUND_CELLS, SOUND_KINDS, TILE_BYTES, World } = engine;

/** A concrete wall from top to bottom between red, on the left, and blue, 100 px to the right. */
const divided = () => GameMap.fromRects(
  [{ x: 145, y: 0, width: 10, height: 270, material: 'concrete' }],
  [{ x: 100, y: 135, team: 'red' }, { x: 200, y: 135, team: 'blue' }],
);

/** Steps with red looking at `(x, y)` and holding buttons. */
function hold({ world, match, red }, ticks, held, x = 300, y = 135, first = 1) {
  for (let i = 0; i < ticks; i++) {
    world.pushInput(match, red, first + i, held, 0, x, y);
    world.step();
  }
}

const heardBy = (sounds, slot, kind) => sounds.filter((sound) => sound.listener === slot && sound.kind === kind);

test('a shot is heard by both, as one\'s own and from where it was fired', () => {
  const game = duel();
  const { world, match } = game;
  world.pushInput(match, game.blue, 1, 0, 0, 100, 135);
  hold(game, 1, Button.FIRE);
  const pending = world.pendingSounds(match);
  const sounds = world.drainSounds(match);
  assert.equal(sounds.length, pending);
  assert.deepEqual(heardBy(sounds, 0, 'fire_rifle'), [
    { tick: 1, listener: 0, kind: 'fire_rifle', gain: 255, bearing: 0, cutoff: 63, aim: 0, own: true },
  ]);
  const [shot] = heardBy(sounds, 1, 'fire_rifle');
  assert.deepEqual([shot.own, shot.cutoff, (shot.aim + shot.bearing) % 64], [false, 63, 32]);
  assert.ok(shot.gain > 30 && shot.gain < 70, `20 px of reference at 100 px, not ${shot.gain}`);
  assert.equal(world.pendingSounds(match), 0);
  assert.deepEqual(world.drainSounds(match), []);
});

test('a wall muffles, and a sneaking enemy is not heard far', () => {
  const shot = (map) => {
    const game = duel({ map });
    hold(game, 1, Button.FIRE);
    return heardBy(game.world.drainSounds(game.match), 1, 'fire_rifle')[0];
  };
  const open = shot(openMap());
  const behind = shot(divided());
  assert.ok(behind.gain < open.gain && behind.cutoff < open.cutoff);

  const steps = (button) => {
    const game = duel();
    hold(game, 60, Button.UP | button);
    return heardBy(game.world.drainSounds(game.match), 1, `footstep_${button === Button.SNEAK ? 'sneak' : 'run'}`).length;
  };
  assert.equal(steps(Button.SNEAK), 0);
  assert.ok(steps(Button.RUN) > 0);
});

test('readSounds tells the same as drainSounds', () => {
  const fight = () => {
    const world = new World();
    const match = world.createMatch(GameMap.builtin('citadel'), { seed: 3 });
    for (let i = 0; i < 8; i++) world.addBot(match, { wrecks: i > 3 });
    return { world, match };
  };
  const objects = fight();
  const bytes = fight();
  // Not at the start of its memory, and longer than its records.
  const out = new Uint8Array(new ArrayBuffer(7 + 1024 * SOUND_BYTES), 7);
  const view = new DataView(out.buffer, out.byteOffset);
  const kinds = new Set();
  for (let tick = 0; tick < 900; tick++) {
    for (const { world } of [objects, bytes]) {
      world.thinkBots();
      world.step();
    }
    const sounds = objects.world.drainSounds(objects.match);
    out.fill(0xa5);
    assert.equal(bytes.world.readSounds(bytes.match, out), sounds.length);
    sounds.forEach((sound, i) => {
      const at = i * SOUND_BYTES;
      assert.deepEqual(sound, {
        tick: view.getUint32(at, true), listener: out[at + 4], kind: SOUND_KINDS[out[at + 5]], gain: out[at + 6],
        bearing: out[at + 7], cutoff: out[at + 8], aim: out[at + 9], own: out[at + 10] === 1,
      });
      assert.equal(out[at + 11], 0);
      assert.ok(sound.tick === tick + 1 && sound.listener < 8 && sound.gain > 0 && sound.bearing < 64 && sound.cutoff < 64 && sound.aim < 64);
      kinds.add(sound.kind);
    });
    assert.equal(out[sounds.length * SOUND_BYTES], 0xa5, 'nothing beyond the records');
  }
  assert.ok(kinds.size > 5, `only ${[...kinds]} were heard: the test saw too little`);
});

test('who has left leaves no sounds behind', () => {
  const game = duel();
  const { world, match, blue } = game;
  hold(game, 1, Button.FIRE);
  const all = world.drainSounds(match);
  hold(game, 12, Button.FIRE, 300, 135, 2);
  world.removePlayer(match, blue);
  const next = world.addPlayer(match, { team: 'blue' });
  assert.equal(world.player(match, next).slot, 1);
  const out = new Uint8Array(1024 * SOUND_BYTES).fill(0xa5);
  const left = world.readSounds(match, out);
  assert.ok(all.some((sound) => sound.listener === 1) && left > 0);
  for (let i = 0; i < left; i++) assert.equal(out[i * SOUND_BYTES + 4], 0, 'red alone is still there to have heard it');
  assert.equal(out[left * SOUND_BYTES], 0xa5);
  assert.equal(world.readSounds(match, out), 0);
});

test('a slice that breaks names who hears it', () => {
  const map = GameMap.fromRects(
    [{ x: 150, y: 110, width: 10, height: 50, material: 'glass' }],
    [{ x: 100, y: 135, team: 'red' }, { x: 470, y: 20, team: 'blue' }],
  );
  const game = duel({ map });
  const { world, match } = game;
  for (let tick = 1; tick < 60; tick++) {
    hold(game, 1, Button.FIRE, 300, 135, tick);
    const broken = world.drainEvents(match).filter((event) => event.type === 'slice_destroyed');
    const ears = new Set(world.drainSounds(match).filter(({ kind }) => kind === 'break_glass').map(({ listener }) => listener));
    if (broken.length === 0) continue;
    assert.deepEqual([...ears], [0], 'blue is 250 px away and more');
    assert.ok(broken.every(({ heardBy }) => heardBy === 1));
    return;
  }
  assert.fail('no slice broke');
});

test('buffers that do not fit cost no sound', () => {
  const game = duel();
  const { world, match } = game;
  hold(game, 1, Button.FIRE);
  const pending = world.pendingSounds(match);
  const need = pending * SOUND_BYTES;
  assert.ok(pending > 1);
  refused(() => world.readSounds(match, new Uint8Array(need - 1)), 'INVALID_ARGUMENT', new RegExp(`out is of ${need - 1} bytes; .* ${need} bytes for the ${pending}`));
  refused(() => world.readSounds(match, new Uint8Array(0)), 'INVALID_ARGUMENT', /out is of 0 bytes/);
  for (const out of [undefined, null, [], new ArrayBuffer(4096), new DataView(new ArrayBuffer(4096)), new Uint16Array(4096), new Float32Array(4096), 'x']) {
    refused(() => world.readSounds(match, out), 'INVALID_ARGUMENT', /out is .*Uint8Array/);
  }
  assert.equal(world.pendingSounds(match), pending);
  assert.equal(world.readSounds(match, new Uint8Array(need)), pending);
  assert.equal(world.readSounds(match, new Uint8Array(0)), 0);
});

test('what nobody drains is kept up to a limit', () => {
  const world = new World();
  const match = world.createMatch(GameMap.builtin('citadel'), { seed: 3 });
  for (let i = 0; i < 8; i++) world.addBot(match);
  while (world.pendingSounds(match) < 1024) {
    world.thinkBots();
    world.step();
  }
  for (let i = 0; i < 300; i++) {
    world.thinkBots();
    world.step();
  }
  const sounds = world.drainSounds(match);
  assert.equal(sounds.length, 1024);
  assert.ok(sounds.every((sound, i) => i === 0 || sound.tick >= sounds[i - 1].tick), 'in order');
});

test('soundBetween tells how a sound arrives', () => {
  const { world, match } = duel();
  const open = world.soundBetween(match, 'fire_rifle', 50, 100, 150, 100);
  assert.deepEqual({ ...open, gain: 0 }, { gain: 0, cutoffHz: 22_000, x: 50, y: 100, through: 1, way: null });
  assert.ok(open.gain > 0.19 && open.gain < 0.2);
  // Through the wood and round its lower end.
  const wood = world.soundBetween(match, 'fire_rifle', 230, 30, 250, 30);
  assert.ok(wood.through > 0.39 && wood.through < 0.41);
  const back = world.soundBetween(match, 'fire_rifle', 250, 30, 230, 30);
  assert.deepEqual([back.gain, back.cutoffHz, back.through], [wood.gain, wood.cutoffHz, wood.through]);
  assert.equal(world.soundBetween(match, 'footstep_sneak', 50, 100, 150, 100).gain, 0);

  const concrete = new World();
  const other = concrete.createMatch(GameMap.fromRects([{ x: 145, y: 100, width: 10, height: 70, material: 'metal' }]));
  const round = concrete.soundBetween(other, 'explosion', 130, 135, 170, 135);
  assert.ok(round.way !== null && round.way.length > 40 && round.way.turns >= 1, JSON.stringify(round));
  assert.ok(round.gain > round.through && round.cutoffHz < 22_000);
  assert.notDeepEqual([round.x, round.y], [130, 135], 'it comes from the corner');

  const arguments_ = [1, 2, 3, 4];
  for (const kind of ['bang', '', 'FIRE_RIFLE']) {
    refused(() => world.soundBetween(match, kind, ...arguments_), 'INVALID_ARGUMENT', /kind is ".*"; it must be one of footstep_sneak, .*death/);
  }
  for (const kind of [3, null, undefined, {}]) refused(() => world.soundBetween(match, kind, ...arguments_), 'INVALID_ARGUMENT', /^kind is/);
  ['x1', 'y1', 'x2', 'y2'].forEach((name, i) => {
    for (const value of [NaN, Infinity, '1', undefined]) {
      const bad = arguments_.with(i, value);
      refused(() => world.soundBetween(match, 'death', ...bad), 'INVALID_ARGUMENT', new RegExp(`^${name} is`));
    }
  });
});

test('soundField fills the array that it is given', () => {
  const { world, match } = duel();
  const field = world.soundField(match, 'footstep_run', 105, 135);
  assert.ok(field instanceof Float32Array);
  assert.equal(field.length, SOUND_CELLS);
  assert.equal(field[13 * 48 + 10], 1);
  const cell = 13 * 48 + 20;
  assert.equal(field[cell], Math.fround(world.soundBetween(match, 'footstep_run', 105, 135, 205, 135).gain));
  assert.equal(field[13 * 48 + 40], 0, 'out of reach');
  const exact = new Float32Array(SOUND_CELLS);
  assert.equal(world.soundField(match, 'footstep_run', 105, 135, exact), exact);
  assert.deepEqual(exact, field);
  const longer = new Float32Array(SOUND_CELLS + 1).fill(-7);
  const view = world.soundField(match, 'footstep_run', 105, 135, longer);
  assert.deepEqual([view.buffer === longer.buffer, view.length, longer[SOUND_CELLS]], [true, SOUND_CELLS, -7]);
  refused(() => world.soundField(match, 'death', 1, 1, new Float32Array(SOUND_CELLS - 1)), 'INVALID_ARGUMENT', /out is of length 1295; .*at least 1296/);
  refused(() => world.soundField(match, 'death', 1, 1, new Float64Array(SOUND_CELLS)), 'INVALID_ARGUMENT', /out is .*Float32Array/);
  refused(() => world.soundField(match, 'bang', 1, 1), 'INVALID_ARGUMENT', /^kind is "bang"/);
  refused(() => world.soundField(match, 'death', NaN, 1), 'INVALID_ARGUMENT', /^x is NaN/);
  refused(() => world.soundField(match, 'death', 1), 'INVALID_ARGUMENT', /^y is undefined/);
});

test('cutoffs stand for frequencies', () => {
  const world = new World();
  const hz = Array.from({ length: 64 }, (_, cutoff) => world.soundCutoffHz(cutoff));
  assert.ok(Math.abs(hz[0] - 300) < 1 && Math.abs(hz[63] - 22_000) < 1);
  assert.ok(hz.every((each, i) => i === 0 || each > hz[i - 1]));
  for (const cutoff of [-1, 64, 0.5, NaN, '1', undefined]) refused(() => world.soundCutoffHz(cutoff), 'INVALID_ARGUMENT', /^cutoff is/);
});

test('kinds have their numbers', () => {
  assert.equal(SOUND_KINDS.length, 33);
  assert.ok(Object.isFrozen(SOUND_KINDS));
  assert.deepEqual([SOUND_KINDS[0], SOUND_KINDS[32]], ['footstep_sneak', 'death']);
});

test('tiles are those whose centres the polygon holds', () => {
  const game = duel({ map: divided() });
  const { world, match, red, blue } = game;
  hold(game, 3, 0);
  const tiles = world.tiles(match, red);
  assert.ok(tiles instanceof Uint8Array);
  assert.equal(tiles.length, TILE_BYTES);
  const corners = world.polygon(match, red);
  const inside = (x, y) => {
    let odd = false;
    for (let i = 0; i < corners.length; i += 2) {
      const j = (i + 2) % corners.length;
      const [ax, ay, bx, by] = [corners[i], corners[i + 1], corners[j], corners[j + 1]];
      if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) odd = !odd;
    }
    return odd;
  };
  let seen = 0;
  for (let i = 0; i < 60 * 34; i++) {
    const [x, y] = [(i % 60) * 8 + 4, Math.floor(i / 60) * 8 + 4];
    const bit = (tiles[i >> 3] >> (i & 7)) & 1;
    assert.equal(bit === 1, inside(x, y), `tile ${i}`);
    seen += bit;
  }
  assert.ok(seen > 20 && seen < 400);

  const longer = new Uint8Array(TILE_BYTES + 1).fill(9);
  const view = world.tiles(match, red, longer);
  assert.deepEqual([view.buffer === longer.buffer, view.length, longer[TILE_BYTES]], [true, TILE_BYTES, 9]);
  assert.deepEqual(view, tiles);
  const exact = new Uint8Array(TILE_BYTES);
  assert.equal(world.tiles(match, red, exact), exact);
  refused(() => world.tiles(match, red, new Uint8Array(TILE_BYTES - 1)), 'INVALID_ARGUMENT', /out is of length 254; .*at least 255/);
  for (const out of [[], new BigUint64Array(32), new ArrayBuffer(255), null]) {
    refused(() => world.tiles(match, red, out), 'INVALID_ARGUMENT', /out is .*Uint8Array/);
  }
  world.killPlayer(match, blue);
  assert.ok(world.tiles(match, blue).every((byte) => byte === 0), 'the dead see nothing');
});
