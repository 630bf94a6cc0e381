import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { ASSUMED, sheet, tiered } from '../cost-model.mjs';
import { DEPLOY, folder } from './support.mjs';

const COST = join(DEPLOY, 'cost.mjs');
const run = (...args) => promisify(execFile)(process.execPath, [COST, ...args]);
const json = async (file) => JSON.parse(await readFile(join(DEPLOY, file), 'utf8'));

test('traffic is paid by steps', () => {
  const steps = [{ upToGB: 10, perGB: 1 }, { upToGB: 30, perGB: 0.5 }, { perGB: 0.1 }];
  assert.equal(tiered(0, steps), 0);
  assert.equal(tiered(10, steps), 10);
  assert.equal(tiered(20, steps), 15);
  assert.equal(tiered(130, steps), 30);
});

test('a line is what one computes by hand', () => {
  const prices = {
    node: { vcpu: 10, memoryGiB: 11.5, monthly: 100 }, egress: [{ perGB: 0.1 }], services: [{ name: 'x', base: 7, perThousand: 3 }],
  };
  const assumed = { ...ASSUMED, headroom: 0.8, system: 0.5, systemGiB: 1.5, edgeShare: 0, matchmakerPerThousand: 0, spareNodes: 0, tlsBytes: 0 };
  const line = sheet(1024, { coresPerPlayer: 1 / 256, matchesPerCore: 1000, bytesPerPlayer: 1024 }, prices, assumed);
  // 0.7 of a core at 1/256 are 179 players, 22 matches, 176 players; 140.8 of them at 80%.
  assert.equal(line.playersPerServer, 176);
  assert.equal(line.servers, 8);
  assert.equal(line.cores, 4);
  assert.equal(line.nodes, 1);
  assert.equal(line.egressGB, 730 * 3600 / 1024);
  assert.ok(Math.abs(line.dollars.total - (100 + 73 * 3.6 / 1.024 + 7 + 3 * 1.024)) < 1e-9);
  assert.equal(line.perPlayer, line.dollars.total / 1024);
  assert.throws(() => sheet(1, { coresPerPlayer: 0.2, matchesPerCore: 1, bytesPerPlayer: 1 }, prices), /does not hold a match/);
  // The engine alone is the least, whatever was measured.
  assert.equal(sheet(80, { coresPerPlayer: 0, matchesPerCore: 10, bytesPerPlayer: 1 }, prices, assumed).cores, 1);
});

test('the plan\'s own services come out for 10,000 players', async () => {
  const { tables } = await json('prices.json');
  for (const [name, table] of Object.entries(tables)) {
    const sum = table.services.reduce((total, { base, perThousand }) => total + base + 10 * perThousand, 0);
    assert.equal(sum, 1700, name);
    assert.ok(table.source && table.date && table.what, name);
    assert.equal(table.egress.at(-1).upToGB, undefined, `${name}: the last step has no end`);
  }
});

test('10,000 players and more stay within the target, with what was measured', async () => {
  const { tables } = await json('prices.json');
  const record = await json('measured.json');
  const measured = Object.fromEntries(['coresPerPlayer', 'matchesPerCore', 'bytesPerPlayer'].map((name) => [name, record[name].value]));
  for (const name of Object.keys(measured)) assert.ok(record[name].command && record[name].commit && record[name].what, name);
  for (const table of Object.values(tables)) {
    for (const players of [10_000, 100_000]) assert.ok(sheet(players, measured, table).perPlayer < 1.5);
  }
});

test('assumptions are those of the manifests', async () => {
  const fleet = await readFile(join(DEPLOY, 'kubernetes/base/game/fleet.yaml'), 'utf8');
  assert.match(fleet, new RegExp(`capacity: ${ASSUMED.matchesPerServer}\\n`));
  assert.match(fleet, new RegExp(`memory: ${ASSUMED.serverMemoryGiB * 1024}Mi`));
  const page = await readFile(join(DEPLOY, 'COST.md'), 'utf8');
  for (const name of Object.keys(ASSUMED)) assert.ok(page.includes(`\`${name}\``), `COST.md says nothing of ${name}`);
});

test('the command prints, draws, reads a load test and refuses nonsense', async (t) => {
  const path = await folder(t);
  const load = join(path, 'load.json');
  await writeFile(load, 'noise\n{"players_held":1000,"server_cpu_percent":120,"bytes_per_s_per_player":600}\n');
  const picture = join(path, 'cost.svg');
  const { stdout } = await run('--load', load, '--players', '10000', '--prices', 'plan', '--plot', picture, '--json');
  const result = JSON.parse(stdout.trim().split('\n').at(-1));
  const { matchesPerCore } = await json('measured.json');
  assert.deepEqual(result.measured, { matchesPerCore: matchesPerCore.value, bytesPerPlayer: 600, coresPerPlayer: 0.0012 });
  assert.equal(result.lines.length, 1);
  assert.equal(result.lines[0].players, 10000);
  const svg = await readFile(picture, 'utf8');
  assert.match(svg, /^<svg[\s\S]*<\/svg>\n$/);
  for (const [tag] of svg.matchAll(/<\w[^>]*>/g)) {
    const names = [...tag.matchAll(/ ([\w-]+)="/g)].map((match) => match[1]);
    assert.equal(new Set(names).size, names.length, tag);
  }
  assert.match(svg, new RegExp(`\\$${result.lines[0].perPlayer.toFixed(2)}`));

  // A process of one core at 70%: 437 matches of eight players at 0.0002 cores each.
  const few = await run('--players', '100000', '--cores', '0.0002', '--matches', '2000', '--places', '200', '--json');
  const many = await run('--players', '100000', '--cores', '0.0002', '--matches', '2000', '--places', '10000', '--json');
  const [small, large] = [few, many].map(({ stdout: text }) => JSON.parse(text.trim().split('\n').at(-1)).lines[0]);
  assert.equal(small.playersPerServer, 1600);
  assert.equal(large.playersPerServer, 3496);

  await writeFile(load, 'no json\n');
  for (const [args, message] of [
    [['--load', load], /last line is no JSON object/], [['--load', join(path, 'none')], /cannot be read/], [['--players', '0'], /--players takes a number from 1/],
    [['--players', '1,x'], /not "x"/], [['--prices', 'cheap'], /--prices takes one of plan, on-demand/], [['--cores', '2'], /--cores takes a number/],
    [['--plot', 'x.png'], /ends in \.svg/], [['--what'], /--help lists the options/], [['--mean', '0'], /--mean takes/], [['--places', '0'], /--places takes/], [['--prices', 'toString'], /takes one of/],
  ]) {
    await assert.rejects(run(...args), (error) => {
      assert.equal(error.code, 2);
      assert.match(error.stderr, message);
      return true;
    });
  }
});
