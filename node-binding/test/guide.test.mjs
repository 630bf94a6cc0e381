import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { exportedValues, union } from './declarations.mjs';
import { engine, folder, require } from './helpers.mjs';

const read = (...path) => readFileSync(join(folder, ...path), 'utf8');
const guide = read('README.md');

/** The text below a heading, up to the next one of its kind. */
function section(title) {
  const [, text] = guide.split(`## ${title}\n`);
  assert.ok(text !== undefined, `README.md has no "${title}"`);
  return text.split('\n## ')[0];
}

/** Codes in the first column of a table. */
const inTable = (text) => [...text.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1]).sort();

/** Codes that the sources throw with: of the engine, of the addon, of the package's own JavaScript. */
function thrown() {
  const codes = new Set();
  const engineCodes = /pub fn code\(&self\)[\s\S]*?\n {4}\}\n/.exec(read('..', 'engine', 'src', 'error.rs'))[0];
  for (const [, code] of engineCodes.matchAll(/=> "([A-Z_]+)"/g)) codes.add(code);
  for (const name of readdirSync(join(folder, 'src'))) {
    for (const [, code] of read('src', name).matchAll(/code: "([A-Z_]+)"/g)) codes.add(code);
  }
  for (const name of readdirSync(folder).filter((name) => name.endsWith('.js'))) {
    for (const [, code] of read(name).matchAll(/fault\(\s*'([A-Z_]+)'/g)) codes.add(code);
  }
  return [...codes].sort();
}

test('the table of codes has every code that is thrown, and no other; so do the types', () => {
  const codes = thrown();
  assert.ok(codes.includes('STALE_ID') && codes.includes('DISPOSED') && codes.includes('ERR_NO_BINARY'));
  assert.deepEqual(inTable(section('Errors')), codes);
  assert.deepEqual(union('EngineErrorCode').sort(), codes);
});

test('the table of platforms has every package, and no other', () => {
  const { PLATFORMS, packageOf } = require('../platform.js');
  const named = [...section('Install').matchAll(/`(@trespasser\/engine-[\w-]+)`/g)].map((match) => match[1]);
  assert.deepEqual(named.sort(), Object.keys(PLATFORMS).map(packageOf).sort());
});

test('the five minutes run as they stand', () => {
  const [first] = section('Five minutes').matchAll(/```js\n([\s\S]*?)```/g);
  const { status, stdout, stderr } = spawnSync(
    process.execPath, ['--input-type=module', '-e', first[1]], { cwd: folder, encoding: 'utf8' },
  );
  assert.equal(status, 0, stderr);
  assert.match(stdout, /alive: true|alive: false/);
  assert.match(stdout, /[0-9a-f]{16}\n$/);
});

test('the record of an input is read as the guide writes it', () => {
  const world = new engine.World();
  const match = world.createMatch(engine.GameMap.builtin('yard'));
  const player = world.addPlayer(match);
  const [block] = section('Many values a call').matchAll(/```js\n([\s\S]*?)```/g);
  const push = new Function('world', 'match', 'player', 'sequence', 'Button', 'INPUT_BYTES', `${block[1]}; return inputs[32];`);
  assert.equal(push(world, match, player, 7, engine.Button, engine.INPUT_BYTES), 1);
  world.step();
  const { lastSequence, mouseX, mouseY } = world.player(match, player);
  assert.deepEqual([lastSequence, mouseX, mouseY], [7, 240, 135]);
});

test('every constant that the guide gives a value has that value, and every link leads somewhere', () => {
  for (const [, name, value] of guide.matchAll(/`([A-Z]+_[A-Z]+)` \((\d+)\)/g)) assert.equal(engine[name], Number(value), name);
  for (const [, target] of guide.matchAll(/\]\(([\w./-]+)\)/g)) assert.ok(existsSync(join(folder, target)), `${target} is not there`);
  for (const [, path] of guide.matchAll(/`((?:examples|engine|packaging|test)\/[\w./-]+)`/g)) {
    assert.ok(existsSync(join(folder, path)) || existsSync(join(folder, '..', path)), `${path} is not there`);
  }
});

test('the guide names every class', () => {
  const classes = exportedValues().filter((name) => /^[A-Z][a-z]/.test(name) && typeof engine[name] === 'function');
  for (const name of classes) assert.match(guide, new RegExp(`\\b${name}\\b`));
});
