import assert from 'node:assert/strict';
import test from 'node:test';
import { duel, engine, openMap, refused } from './helpers.mjs';

const { Button, INPUT_BYTES, PLAYER_COLUMNS, WEAPONS, World } = engine;

/** Writes record `index` of a buffer for pushInputs. */
function record(bytes, index, { match, player, sequence, held = 0, taps = 0, mouseX, mouseY, ackTick = 0, reserved = 0 }) {
  const view = new DataView(bytes.buffer, bytes.byteOffset + index * INPUT_BYTES, INPUT_BYTES);
  view.setBigUint64(0, BigInt(match), true);
  view.setUint32(8, player, true);
  view.setUint32(12, sequence, true);
  view.setUint16(16, held, true);
  view.setUint16(18, taps, true);
  view.setFloat32(20, mouseX, true);
  view.setFloat32(24, mouseY, true);
  view.setUint32(28, ackTick, true);
  view.setUint8(39, reserved);
}

const result = (bytes, index) => bytes[index * INPUT_BYTES + 32];

test('pushInputs does what pushInput does', () => {
  const one = duel();
  const many = duel();
  // Not at the start of its memory, and longer than its records.
  const bytes = new Uint8Array(new ArrayBuffer(16 + 3 * INPUT_BYTES), 16);
  for (let tick = 1; tick <= 200; tick++) {
    const inputs = [one.red, one.blue].map((player, i) => ({
      player, sequence: tick, held: (tick * 7 + i) & 0x7f, taps: tick % 50 === 0 ? Button.AIM : 0,
      mouseX: 100 + tick + i, mouseY: 135 - i, ackTick: tick,
    }));
    for (const { player, sequence, held, taps, mouseX, mouseY, ackTick } of inputs) {
      one.world.pushInput(one.match, player, sequence, held, taps, mouseX, mouseY, ackTick);
    }
    inputs.forEach((input, i) => record(bytes, i, { ...input, match: many.match }));
    assert.equal(many.world.pushInputs(bytes, 2), 2);
    one.world.step();
    many.world.step();
  }
  assert.equal(many.world.hash(many.match), one.world.hash(one.match));
});

test('a record that is not accepted says why, and does not keep the others out', () => {
  const { world, match, red, blue } = duel();
  const gone = world.createMatch(openMap());
  world.destroyMatch(gone);
  const bytes = new Uint8Array(8 * INPUT_BYTES);
  const input = { match, player: red, sequence: 1, mouseX: 1, mouseY: 1 };
  const records = [
    [input, 1],
    [input, 2],
    [{ ...input, match: gone }, 3],
    [{ ...input, match: 2 ** 53 - 1 }, 3],
    [{ ...input, player: 0 }, 4],
    [{ ...input, sequence: 2, mouseX: NaN }, 5],
    [{ ...input, sequence: 2, mouseY: -Infinity }, 5],
    [{ ...input, player: blue }, 1],
  ];
  records.forEach(([fields], i) => record(bytes, i, fields));
  assert.equal(world.pushInputs(bytes, 8), 2);
  records.forEach(([, expected], i) => assert.equal(result(bytes, i), expected, `record ${i}`));
  record(bytes, 0, { ...input, sequence: 2, reserved: 1 });
  assert.equal(world.pushInputs(bytes, 1), 0);
  assert.equal(result(bytes, 0), 6);
  assert.equal(world.pushInputs(bytes, 0), 0);
  assert.equal(world.pushInputs(new Uint8Array(0), 0), 0);
});

test('buffers that do not fit are refused before anything is pushed', () => {
  const { world, match, red } = duel();
  const bytes = new Uint8Array(2 * INPUT_BYTES - 1);
  record(bytes, 0, { match, player: red, sequence: 1, held: Button.UP, mouseX: 1, mouseY: 1 });
  const hash = world.hash(match);
  refused(() => world.pushInputs(bytes, 2), 'INVALID_ARGUMENT', /buffer is of 79 bytes; it must be at least 80 bytes for a count of 2/);
  refused(() => world.pushInputs(bytes, 2 ** 32 - 1), 'INVALID_ARGUMENT', /171798691800 bytes/);
  for (const count of [-1, 0.5, 2 ** 32, NaN, '1', undefined]) {
    refused(() => world.pushInputs(bytes, count), 'INVALID_ARGUMENT', /count is/);
  }
  for (const buffer of [undefined, null, bytes.buffer, [...bytes], new Uint16Array(80), 'x']) {
    refused(() => world.pushInputs(buffer, 1), 'INVALID_ARGUMENT', /buffer is .*Uint8Array/);
  }
  assert.equal(world.hash(match), hash);
  assert.equal(result(bytes, 0), 0);
});

test('readPlayers tells the same as players', () => {
  const world = new World();
  const match = world.createMatch(engine.GameMap.builtin('citadel'), { seed: 3 });
  for (let i = 0; i < 7; i++) world.addBot(match);
  world.removePlayer(match, world.players(match)[2].id);
  const waiting = world.addPlayer(match, { spawn: false });
  world.setTeam(match, waiting, 'blue');
  const out = new Float32Array(8 * PLAYER_COLUMNS + 1);
  const movements = ['idle', 'sneaking', 'walking', 'running'];
  const f = Math.fround;
  let dead = 0;
  for (let tick = 0; tick < 1800; tick++) {
    world.thinkBots();
    world.step();
    if (tick % 20 !== 0) continue;
    out.fill(-7);
    const players = world.players(match);
    assert.equal(world.readPlayers(match, out), players.length);
    const matrix = world.sightMatrix(match);
    players.forEach((p, row) => {
      const c = out.subarray(row * PLAYER_COLUMNS, (row + 1) * PLAYER_COLUMNS);
      const held = world.weapons(match, p.id)[p.slotInHand];
      const flags = p.alive | p.placed << 1 | p.aiming << 2 | (p.alive && tick + 1 < p.invulnerableUntilTick) << 3
        | (p.reloadTicks > 0) << 4 | p.blind << 5;
      if (!p.alive) dead++;
      assert.deepEqual([...c], [
        p.slot, p.team === 'blue' ? 1 : 0, p.x, p.y, p.vx, p.vy, p.facing, p.health, flags, movements.indexOf(p.movement),
        WEAPONS.indexOf(p.weapon), p.slotInHand, held.ammo, held.reserve, p.reloadTicks, f(p.heat), p.kills, p.deaths,
        f(p.damageDealt), p.lastSequence & 0xffffff, p.viewDistance, p.viewAngle, matrix[p.slot],
        p.alive ? 0 : Math.max(0, p.respawnTick - tick - 1), p.charge, f(p.sightImpairment), f(p.hearingImpairment),
        f(p.movementImpairment),
      ]);
    });
    assert.equal(out[players.length * PLAYER_COLUMNS], -7, 'nothing beyond the rows');
  }
  assert.ok(dead > 0, 'nobody ever died: the test saw too little');

  const { world: small, match: pair } = duel();
  refused(() => small.readPlayers(pair, new Float32Array(2 * PLAYER_COLUMNS - 1)), 'INVALID_ARGUMENT', /out is of length 55; .*at least 56/);
  assert.equal(small.readPlayers(pair, new Float32Array(2 * PLAYER_COLUMNS)), 2);
  refused(() => small.readPlayers(pair, new Float64Array(500)), 'INVALID_ARGUMENT', /out is .*Float32Array/);
  refused(() => small.readPlayers(pair), 'INVALID_ARGUMENT', /out is undefined/);
});

test('every weapon has its number', () => {
  assert.equal(WEAPONS.length, 15);
  assert.ok(Object.isFrozen(WEAPONS));
  assert.deepEqual([WEAPONS[0], WEAPONS[14]], ['rifle', 'flashbang']);
});
