import assert from 'node:assert/strict';
import test from 'node:test';
import { engine, refused } from './helpers.mjs';

const { RatingSystem } = engine;

test('Elo is the formula of the plan', () => {
  const elo = new RatingSystem({ system: 'elo' });
  assert.equal(elo.name, 'elo');
  assert.deepEqual(elo.newcomer(), { value: 1500, deviation: 0 });
  const member = (value) => ({ value, deviation: 0 });
  const before = [{ place: 1, members: [member(1400)] }, { place: 2, members: [member(1600)] }];
  const [[won], [lost]] = elo.rate(before);
  const expected = 1 / (1 + 10 ** (200 / 400));
  assert.ok(Math.abs(won.value - (1400 + 32 * (1 - expected))) < 1e-9);
  assert.ok(Math.abs(won.value + lost.value - 3000) < 1e-9);
  assert.equal(before[0].members[0].value, 1400, 'what was given stays');
  assert.ok(Math.abs(elo.winChances([[member(1400)], [member(1600)]])[0] - expected) < 1e-12);
  assert.deepEqual(new RatingSystem({ system: 'elo', k: 16 }).rate(before)[0][0].value < won.value, true);
});

test('Weng-Lin is the default and grows surer', () => {
  const system = new RatingSystem();
  assert.equal(system.name, 'weng-lin');
  const one = system.newcomer();
  assert.deepEqual(one, { value: 1500, deviation: 200 });
  const places = RatingSystem.places([50, 41]);
  assert.deepEqual(places, [1, 2]);
  const [red, blue] = system.rate([{ place: places[0], members: [one, one] }, { place: places[1], members: [one, one] }]);
  assert.ok(red.length === 2 && red[0].value > 1500 && blue[1].value < 1500 && red[0].deviation < 200);
  const chances = system.winChances([red, blue, [one]]);
  assert.ok(chances[0] > chances[1] && Math.abs(chances.reduce((a, b) => a + b) - 1) < 1e-12);
  assert.ok(system.quality([[one], [one]]) > system.quality([red, blue]));
  assert.ok(system.rest(red[0], 30).deviation > red[0].deviation);
  assert.equal(system.points(one), 900);
  assert.deepEqual(RatingSystem.places([3, 3, 9]), [2, 2, 1]);
});

test('what is out of range is refused by name', () => {
  const system = new RatingSystem();
  const one = system.newcomer();
  const rate = (...teams) => () => system.rate(teams);
  refused(() => new RatingSystem({ system: 'chess' }), 'INVALID_ARGUMENT', /system is "chess"/);
  refused(() => new RatingSystem({ system: 'elo', k: 0 }), 'INVALID_ARGUMENT', /k is 0/);
  refused(() => new RatingSystem({ beta: NaN }), 'INVALID_ARGUMENT', /beta is NaN/);
  refused(() => new RatingSystem({ growth: '1' }), 'INVALID_ARGUMENT', /growth is "1"/);
  refused(rate({ place: 1, members: [one] }), 'INVALID_ARGUMENT', /teams is 1/);
  refused(rate({ place: 0, members: [one] }, { place: 1, members: [one] }), 'INVALID_ARGUMENT', /place is 0/);
  refused(rate({ place: 9, members: [one] }, { place: 1, members: [one] }), 'INVALID_ARGUMENT', /place is 9/);
  refused(rate({ place: 1, members: [] }, { place: 1, members: [one] }), 'INVALID_ARGUMENT', /members is 0/);
  refused(rate({ members: [one] }), 'INVALID_ARGUMENT', /place/);
  refused(rate({ place: 1, members: one }), 'INVALID_ARGUMENT', /members is an object; it must be an array/);
  const many = Array(5).fill(one);
  refused(rate({ place: 1, members: many }, { place: 2, members: many }), 'INVALID_ARGUMENT', /members is 10/);
  refused(() => system.winChances(Array(9).fill([one])), 'INVALID_ARGUMENT', /teams is 9/);
  refused(() => system.winChances([[one], [{ value: NaN, deviation: 1 }]]), 'INVALID_ARGUMENT', /value is NaN/);
  refused(() => system.points({ value: 1 }), 'INVALID_ARGUMENT', /deviation/);
  refused(() => system.rest(one, -1), 'INVALID_ARGUMENT', /days is -1/);
  refused(() => RatingSystem.places([1]), 'INVALID_ARGUMENT', /teams is 1/);
  refused(() => RatingSystem.places([1, 1.5]), 'INVALID_ARGUMENT', /kills is 1.5/);
});
