import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Simulation } from '../bench/control-plane/simulation.js';

const OPTIONS = { hours: 2, players: 500, serverHours: 1, matchHours: 0.3, deployHours: 0.7 };

test('two hours of 500 players, with crashes and deployments: nobody lost, nobody twice, waits bounded, results once', async () => {
  const report = await new Simulation({ ...OPTIONS, seed: 1 }).run();
  assert.deepEqual(report.faults, []);
  assert.ok(report.matchesFinished > 300, `${report.matchesFinished} matches`);
  assert.ok(report.serverCrashes > 3 && report.matchmakerCrashes > 3 && report.deployments >= 2);
  assert.ok(report.matchesLost > 0 && report.recoveries > 0);
  assert.equal(report.matchesBegun, report.matchesFinished + report.matchesLost);
});

test('the same seed is the same day, another one is not', async () => {
  const short = { hours: 0.3, players: 100, matchHours: 0.1 };
  const [one, same, other] = [await new Simulation({ ...short, seed: 5 }).run(), await new Simulation({ ...short, seed: 5 }).run(), await new Simulation({ ...short, seed: 6 }).run()];
  assert.deepEqual(one, same);
  assert.notDeepEqual(one.waits, other.waits);
});
