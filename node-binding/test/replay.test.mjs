import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { interfaceFields } from './declarations.mjs';
import { duel, engine, folder, native, openMap, refused } from './helpers.mjs';

const { GameMap, World, Replay, Playback, sceneScript } = engine;
const sorted = (object) => Object.keys(object).sort();
const golden = (name) => new Uint8Array(readFileSync(join(folder, '..', 'engine', 'tests', 'golden', 'replay', name)));

/** A scene by the public calls, recorded from its first tick on; drained now and then. */
function record(name, ticks, options, every = 100) {
  const script = sceneScript(name);
  const world = new World();
  const map = GameMap.builtin(script.map);
  const match = world.createMatch(map, { seed: script.seed, killTarget: script.killTarget });
  for (const role of script.roles) world.addBot(match, role);
  world.record(match, options);
  const buffer = new Uint8Array(256 << 10);
  const parts = [];
  for (let tick = 1; tick <= ticks; tick++) {
    world.thinkBots();
    world.step();
    if (tick % every === 0) parts.push(buffer.slice(0, world.drainReplay(match, buffer)));
  }
  parts.push(world.endRecording(match));
  return { bytes: new Uint8Array(Buffer.concat(parts)), world, map, match };
}

for (const name of ['duel', 'brawl', 'arsenal']) {
  test(`scene ${name} recorded by calls is byte for byte what Rust records`, () => {
    const expected = native.recordSceneForTest(name, 400);
    assert.deepEqual(Buffer.compare(record(name, 400).bytes, expected), 0);
    // However often it is drained.
    assert.deepEqual(Buffer.compare(record(name, 400, undefined, 1).bytes, expected), 0);
  });
}

test('a recording is read, verified and played', () => {
  const { bytes, world, map, match } = record('brawl', 330, {
    keyframeSeconds: 2,
    labels: [{ key: 'map', value: 'somewhere' }, { key: 'name', value: 'Ada ☂', slot: 3 }],
  });
  const replay = Replay.open(bytes);
  bytes.fill(0); // It has a copy.
  const info = replay.info();
  assert.deepEqual(sorted(info), interfaceFields('ReplayInfo').required);
  assert.deepEqual(sorted(info.labels[0]), interfaceFields('ReplayLabel').required);
  assert.deepEqual(info.labels, [{ slot: null, key: 'map', value: 'somewhere' }, { slot: 3, key: 'name', value: 'Ada ☂' }]);
  assert.deepEqual([info.version, info.tickRate, info.firstTick, info.lastTick], [1, 60, 0, 330]);
  assert.deepEqual([info.mapHash, info.engine, info.complete, info.lostBytes], [map.hash, engine.version, true, 0]);
  assert.deepEqual([info.keyframeTicks, info.keyframes], [120, [0, 120, 240]]);
  const seconds = replay.seconds();
  assert.deepEqual(sorted(seconds[0]), interfaceFields('ReplaySecond').required);
  assert.equal(seconds.at(-1).tick, 330);

  const told = [];
  const verified = replay.verify(map, { onProgress: (ticks) => told.push(ticks) });
  assert.deepEqual(sorted(verified), interfaceFields('Verified').required);
  assert.equal(verified.ticks, 330);
  assert.equal(verified.divergence, null);
  assert.equal(told.at(-1), 330);
  assert.ok(told.length >= 3 && told.every((ticks, i) => i === 0 || ticks >= told[i - 1]));
  assert.deepEqual(replay.verify(map), verified);

  const other = new World();
  const playback = replay.begin(other, map);
  assert.ok(playback instanceof Playback);
  while (playback.step(other));
  assert.deepEqual([playback.tick, playback.divergence], [330, null]);
  assert.equal(other.hash(playback.match), world.hash(match));
  playback.seek(other, 120);
  assert.equal(other.tick(playback.match), 120);
  assert.equal(other.hash(playback.match), seconds[1].hash);
  // Many in one world: fed, stepped at once, checked.
  const second = replay.begin(other, map);
  while (second.feed(other)) {
    other.step();
    second.check(other);
  }
  assert.equal(second.divergence, null);
  assert.equal(other.hash(second.match), world.hash(match));
});

test('the timeline says what was done', () => {
  const { world, match, red, blue } = duel();
  const options = { keyframeSeconds: 1 };
  world.record(match, options);
  world.replayLabel(match, red, 'name', 'Ada');
  world.replayLabel(match, undefined, 'round', '2');
  for (let i = 0; i < 70; i++) world.step();
  world.giveWeapon(match, red, 'grenade');
  world.tap(match, red, engine.Button.SLOT3);
  world.step();
  world.throwItem(match, red, 2);
  world.killPlayer(match, blue);
  world.setTeam(match, blue, 'red');
  world.setLoadout(match, blue, { primary: 'smg', secondary: 'pistol', support: [] });
  world.editPlayer(match, red, { type: 'health', points: 50 });
  world.clearProjectiles(match);
  world.repairWalls(match);
  world.step();
  world.restore(match, world.save(match));
  world.removePlayer(match, blue);
  world.addPlayer(match, { team: 'blue', spawn: false });
  world.resetMatch(match, 5);
  world.step();
  const timeline = Replay.open(world.endRecording(match)).timeline();
  const allowed = interfaceFields('ReplayEntry');
  for (const entry of timeline) {
    for (const field of allowed.required) assert.ok(field in entry, field);
    for (const [field, value] of Object.entries(entry)) {
      assert.ok([...allowed.required, ...allowed.optional].includes(field), field);
      assert.notEqual(value, undefined, field);
    }
  }
  const find = (type) => timeline.find((entry) => entry.type === type);
  assert.deepEqual(timeline.filter(({ type }) => type === 'label'), [
    { tick: 1, type: 'label', slot: 0, key: 'name', value: 'Ada' },
    { tick: 1, type: 'label', key: 'round', value: '2' },
  ]);
  assert.deepEqual(find('give'), { tick: 71, type: 'give', slot: 0, weapon: 'grenade' });
  assert.deepEqual(find('tap'), { tick: 71, type: 'tap', slot: 0, buttons: engine.Button.SLOT3 });
  assert.deepEqual(find('throw'), { tick: 72, type: 'throw', slot: 0, level: 2 });
  assert.deepEqual(find('kill'), { tick: 72, type: 'kill', slot: 1 });
  assert.deepEqual(find('team'), { tick: 72, type: 'team', slot: 1, team: 'red' });
  assert.deepEqual(find('loadout').loadout, { primary: 'smg', secondary: 'pistol', support: [] });
  assert.deepEqual(find('repair'), { tick: 72, type: 'repair' });
  assert.deepEqual(find('edit'), { tick: 72, type: 'edit', slot: 0, edit: 'health' });
  assert.deepEqual(find('clear'), { tick: 72, type: 'clear' });
  assert.equal(find('restored').type, 'restored');
  assert.equal(find('leave').slot, 1);
  const join = find('join');
  assert.deepEqual([join.slot, join.team, join.spawn, join.loadout.primary], [1, 'blue', false, 'rifle']);
  assert.deepEqual(find('reset').seed, 5);
});

test('the sample of version 1 is read, and plays as it did', () => {
  const replay = Replay.open(golden('v1.tprp'));
  const info = replay.info();
  assert.deepEqual([info.version, info.seed, info.killTarget, info.rules], [1, 77, 9, 'standard']);
  const lines = Buffer.from(golden('v1.txt')).toString('utf8').split('\n');
  const expected = lines.filter((line) => line.startsWith('second ')).map((line) => {
    const [, tick, , hash] = line.split(' ');
    return { tick: Number(tick), hash: /^0+$/.test(hash) ? null : hash };
  });
  assert.deepEqual(replay.seconds(), expected);
  assert.ok(replay.timeline().some(({ type }) => type === 'join'));
});

test('statistics, and a buffer that is too short costs nothing', () => {
  const { world, match } = duel();
  assert.equal(world.recording(match), null);
  for (const call of [
    () => world.drainReplay(match, new Uint8Array(1)),
    () => world.endRecording(match),
    () => world.replayLabel(match, undefined, 'a', 'b'),
  ]) refused(call, 'NOT_ALLOWED', /not being recorded/);
  world.record(match);
  refused(() => world.record(match), 'NOT_ALLOWED', /being recorded/);
  for (let i = 0; i < 120; i++) world.step();
  const stats = world.recording(match);
  assert.deepEqual(sorted(stats), interfaceFields('RecordingStats').required);
  assert.deepEqual([stats.ticks, stats.stopped], [120, false]);
  assert.ok(stats.waiting > 0);
  refused(() => world.drainReplay(match, new Uint8Array(stats.waiting - 1)), 'INVALID_ARGUMENT', /buffer is of .* bytes/);
  refused(() => world.drainReplay(match, [1, 2]), 'INVALID_ARGUMENT', /Uint8Array/);
  const buffer = new Uint8Array(stats.waiting);
  assert.equal(world.drainReplay(match, buffer), stats.waiting);
  assert.equal(world.drainReplay(match, buffer), 0);
  assert.equal(world.recording(match).waiting, 0);
  const file = new Uint8Array(Buffer.concat([buffer, world.endRecording(match)]));
  assert.equal(Replay.open(file).info().lastTick, 120);
  // Its host died: all but the end is there.
  const torn = Replay.open(file.subarray(0, file.length - 3)).info();
  assert.equal(torn.complete, false);
  assert.ok(torn.lostBytes > 0);
});

test('what cannot be read, played or asked for is refused', () => {
  const { bytes, map } = record('duel', 130);
  const refuse = (change, message) => {
    const damaged = bytes.slice();
    change(damaged);
    refused(() => Replay.open(damaged), 'BAD_REPLAY', message);
  };
  refused(() => new Replay(), 'INVALID_ARGUMENT', /Replay\.open/);
  refused(() => new Playback(), 'INVALID_ARGUMENT', /begin/);
  refused(() => Replay.open('text'), 'INVALID_ARGUMENT', /bytes/);
  refused(() => Replay.open(new Uint8Array(0)), 'BAD_REPLAY', /byte 0/);
  refuse((b) => { b[0] ^= 1; }, /magic/);
  refuse((b) => { b[b.length >> 1] ^= 4; }, /byte \d+/);
  const replay = Replay.open(bytes);
  const world = new World();
  refused(() => replay.begin(world, openMap()), 'BAD_REPLAY', /map/);
  refused(() => replay.verify(openMap()), 'BAD_REPLAY', /map/);
  refused(() => replay.verify({}), 'INVALID_ARGUMENT', /GameMap/);
  refused(() => replay.verify(map, { onProgress: 1 }), 'INVALID_ARGUMENT', /onProgress is 1; it must be a function/);
  assert.throws(() => replay.verify(map, { onProgress: () => { throw new RangeError('enough'); } }), /enough/);
  assert.equal(replay.verify(map).divergence, null);
  refused(() => replay.begin(new World({ tickRate: 30 }), map), 'BAD_REPLAY', /tick_rate/);
  assert.equal(world.matchCount, 0, 'nothing is left behind');
  const playback = replay.begin(world, map);
  for (const tick of [131, -1, 1.5]) refused(() => playback.seek(world, tick), 'INVALID_ARGUMENT', /tick/);
  const other = new World();
  other.createMatch(map);
  refused(() => playback.step(other), 'INVALID_ARGUMENT', /world is another/);
  world.destroyMatch(playback.match);
  refused(() => playback.step(world), 'STALE_ID', /match/);

  const match = world.createMatch(map);
  refused(() => world.record(match, { keyframeSeconds: 0 }), 'INVALID_ARGUMENT', /keyframe/i);
  refused(() => world.record(match, { limit: 1 }), 'INVALID_ARGUMENT', /limit is 1/);
  refused(() => world.record(match, { labels: {} }), 'INVALID_ARGUMENT', /labels/);
  refused(() => world.record(match, { labels: [{ key: '', value: '' }] }), 'INVALID_ARGUMENT', /label\.key/);
  refused(() => world.record(match, { labels: [{ key: 'a' }] }), 'INVALID_ARGUMENT', /value/);
  refused(() => world.record(match, { labels: Array(129).fill({ key: 'a', value: '' }) }), 'INVALID_ARGUMENT', /labels is 129/);
  assert.equal(world.recording(match), null);
});
