import assert from 'node:assert/strict';
import test from 'node:test';
import { interfaceFields, union } from './declarations.mjs';
import { duel, engine, refused } from './helpers.mjs';

const { PositionGuard, EVIDENCE_KINDS } = engine;
const sorted = (object) => Object.keys(object).sort();

test('kinds of evidence are those of the engine, by number', () => {
  assert.deepEqual(union('EvidenceKindName'), EVIDENCE_KINDS);
  assert.equal(EVIDENCE_KINDS.length, 21);
});

test('a client that runs ahead of time leaves evidence; the honest one does not; the match goes the same way', () => {
  const watched = duel();
  const free = duel();
  watched.world.guard(watched.match);
  for (const { world, match, red, blue } of [watched, free]) {
    let ahead = 0;
    // The lead that a client may have is learnt first; then two inputs a tick, which is twice the speed.
    for (let tick = 1; tick <= 660; tick++) {
      for (let n = 0; n < (tick > 420 ? 2 : 1); n++) world.pushInput(match, red, ++ahead, engine.Button.RIGHT, 0, 300, 135);
      world.pushInput(match, blue, tick, engine.Button.LEFT, 0, 20, 135);
      world.step();
    }
  }
  assert.equal(watched.world.hash(watched.match), free.world.hash(free.match));
  const { world, match, red, blue } = watched;
  const drained = world.drainEvidence(match);
  assert.deepEqual(sorted(drained), interfaceFields('EvidenceDrain').required);
  assert.ok(drained.evidence.length > 0);
  for (const piece of drained.evidence) {
    assert.deepEqual(sorted(piece), interfaceFields('Evidence').required);
    assert.equal(piece.player, red);
    assert.ok(EVIDENCE_KINDS.includes(piece.kind) && piece.grade > 0 && piece.grade <= 1);
  }
  assert.ok(drained.evidence.some(({ kind }) => kind === 'speed'));
  assert.deepEqual(world.drainEvidence(match), { evidence: [], lost: 0 });
  const standing = world.standing(match, red);
  assert.deepEqual(sorted(standing), interfaceFields('PlayerStanding').required);
  assert.notEqual(standing.verdict, 'clear');
  assert.ok(standing.score > 0 && standing.evidence > 0 && EVIDENCE_KINDS.includes(standing.worst));
  const clear = { verdict: 'clear', score: 0, certain: 0, evidence: 0, worst: null, flagTick: 0, wantsDecoy: false };
  assert.deepEqual(world.standing(match, blue), { player: blue, ...clear });
  assert.deepEqual(world.standings(match), [standing, world.standing(match, blue)]);
  assert.deepEqual(free.world.standing(free.match, free.red), { player: free.red, ...clear });
  assert.deepEqual(free.world.drainEvidence(free.match), { evidence: [], lost: 0 });

  // Watched anew, and not this player.
  world.guard(match, { policy: { weights: { speed: 100 } } });
  world.guardPlayer(match, red, false);
  for (let n = 0, ahead = 2000; n < 660; n++) {
    for (let i = 0; i < (n > 420 ? 2 : 1); i++) world.pushInput(match, red, ++ahead, 0, 0, 300, 135);
    world.step();
  }
  assert.equal(world.standing(match, red).verdict, 'clear');
  world.unguard(match);
  refused(() => world.guardPlayer(match, red, true), 'NOT_ALLOWED', /not guarded/);
  refused(() => world.setDecoy(match, red, 1, 1), 'NOT_ALLOWED', /not guarded/);
});

test('weights decide what is advised', () => {
  const { world, match, red } = duel();
  const all = Object.fromEntries(EVIDENCE_KINDS.map((kind) => [kind, 0]));
  world.guard(match, { policy: { weights: all } });
  for (let n = 1, ahead = 0; n < 660; n++) {
    for (let i = 0; i < (n > 420 ? 2 : 1); i++) world.pushInput(match, red, ++ahead, 0, 0, 300, 135);
    world.step();
  }
  assert.ok(world.drainEvidence(match).evidence.length > 0, 'told all the same');
  assert.equal(world.standing(match, red).verdict, 'clear');
});

test('options are checked by name', () => {
  const { world, match, red } = duel();
  const guard = (options) => () => world.guard(match, options);
  refused(guard({ limits: { drift: NaN } }), 'INVALID_ARGUMENT', /limits\.drift/);
  refused(guard({ limits: { slackS: 99 } }), 'INVALID_ARGUMENT', /limits\.slackS is 99/);
  refused(guard({ limits: { repeats: '1' } }), 'INVALID_ARGUMENT', /limits\.repeats is "1"/);
  refused(guard({ policy: { weights: { speed: -1 } } }), 'INVALID_ARGUMENT', /policy\.weight/);
  refused(guard({ policy: { weights: { luck: 1 } } }), 'INVALID_ARGUMENT', /"luck".*hidden aim/);
  refused(guard({ policy: { halfLivesS: { lock: 0 } } }), 'INVALID_ARGUMENT', /policy\.halfLife/);
  refused(guard({ policy: { flag: 0.1 } }), 'INVALID_ARGUMENT', /policy\.flag/);
  refused(guard({ policy: { kickOnStatistics: 1 } }), 'INVALID_ARGUMENT', /kickOnStatistics/);
  refused(guard(1), 'INVALID_ARGUMENT', /options/);
  world.guard(match, { policy: { kick: Infinity, ban: Infinity, banOnStatistics: true } });
  world.setDecoy(match, red, 240, 135);
  world.setDecoy(match, red);
  refused(() => world.setDecoy(match, red, 481, 1), 'INVALID_ARGUMENT', /decoy/);
  refused(() => world.standing(match, red + 8), 'STALE_ID', /player/);
  refused(() => world.standings(match + 1), 'STALE_ID', /match/);
});

test('claimed positions: as fast as a body goes, and not through walls', () => {
  const { world, match, red } = duel();
  world.step();
  const guard = new PositionGuard();
  const { x, y } = world.player(match, red);
  const claim = (dx, dy, timeMs, movement = 'running') => guard.check(world, match, red, { x: x + dx, y: y + dy, timeMs, movement });
  const first = claim(0, 0, 0);
  assert.deepEqual(sorted(first), interfaceFields('CheckedPosition').required);
  assert.deepEqual(first, { x, y, fault: null, evidence: null });
  for (let i = 0; i < 6; i++) world.step();
  assert.equal(claim(0, 10, 100).fault, null, '100 px/s');
  for (let i = 0; i < 6; i++) world.step();
  const far = claim(0, 100, 200);
  assert.ok(['speed', 'teleport'].includes(far.fault));
  assert.ok(far.y < y + 100 && far.y > y + 10);
  assert.deepEqual(sorted(far.evidence), interfaceFields('Evidence').required);
  assert.deepEqual([far.evidence.kind, far.evidence.player], ['position', red]);
  assert.equal(claim(NaN, 0, 300).fault, 'outside');
  guard.forget(red);
  assert.equal(claim(0, 0, 0).fault, null);
  refused(() => claim(0, 0, NaN), 'INVALID_ARGUMENT', /claim\.timeMs/);
  refused(() => claim(0, 0, 1, 'flying'), 'INVALID_ARGUMENT', /claim\.movement is "flying"/);
  refused(() => guard.check(world, match, red, { x: 1 }), 'INVALID_ARGUMENT', /claim\.y/);
  refused(() => guard.check({}, match, red, {}), 'INVALID_ARGUMENT', /world/);
  refused(() => guard.check(world, match, red + 8, { x: 1, y: 1, timeMs: 1, movement: 'idle' }), 'STALE_ID', /player/);
  refused(() => new PositionGuard({ tolerance: 2 }), 'INVALID_ARGUMENT', /tolerance/);
});
