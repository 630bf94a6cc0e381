import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { folder, require } from './helpers.mjs';

const { PLATFORMS, binaryName, binaryOf, hasV3, libc, packageOf, platformName, v3Of } = require('../platform.js');
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** The package as npm lays it out, without its binary, in a folder of its own that goes when `work` is done. */
function installed(work) {
  const root = mkdtempSync(join(tmpdir(), 'trespasser-'));
  const modules = join(root, 'node_modules');
  const main = join(modules, '@trespasser', 'engine');
  try {
    mkdirSync(main, { recursive: true });
    for (const name of [...manifest.files, 'package.json']) cpSync(join(folder, name), join(main, name), { recursive: true });
    return work({ root, main, modules });
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** Installs the platform's package; `from` is its binary. */
function addPlatform(modules, from) {
  const path = join(modules, packageOf(platformName()));
  mkdirSync(path, { recursive: true });
  copyFileSync(join(folder, 'npm', platformName(), 'package.json'), join(path, 'package.json'));
  if (from !== undefined) copyFileSync(from, join(path, binaryName()));
}

/** Loads the package in a Node of its own, after `before`: what it throws, as an object, or a scene's hash. What it warns of is `warned`. */
function load(root, before = '', warned = /^$/) {
  const script = `
    ${before};
    try {
      console.log(JSON.stringify(require('@trespasser/engine').runScene('duel', 30)));
    } catch (error) {
      console.log(JSON.stringify({ ...error, message: error.message, cause: error.cause?.message }));
    }
  `;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', script], { cwd: root, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  assert.match(stderr, warned);
  return JSON.parse(stdout);
}

const binary = join(folder, binaryName());
const hash = require('../index.js').runScene('duel', 30);

test('a binary beside the package is taken', () => {
  installed(({ root, main }) => {
    copyFileSync(binary, join(main, binaryName()));
    assert.equal(load(root), hash);
  });
});

test("the platform's package is taken where nothing was built", () => {
  installed(({ root, modules }) => {
    addPlatform(modules, binary);
    assert.equal(load(root), hash);
  });
});

test('a damaged binary beside the package does not keep the good one of the platform away', () => {
  installed(({ root, main, modules }) => {
    writeFileSync(join(main, binaryName()), 'no library');
    addPlatform(modules, binary);
    assert.equal(load(root), hash);
  });
});

const isNewer = hasV3(platformName()) && require(binary).hasV3();

test('of a second binary for newer processors, a damaged one is passed over with a warning', { skip: !isNewer && 'for x86-64-v3' }, () => {
  installed(({ root, main, modules }) => {
    copyFileSync(binary, join(main, binaryName()));
    writeFileSync(join(main, v3Of(platformName())), 'no library');
    assert.equal(load(root, '', /v3\.node is passed over: /), hash);
    assert.equal(load(root, "process.env.TRESPASSER_BINARY = 'plain'"), hash);
    rmSync(join(main, binaryName()));
    addPlatform(modules, binary);
    assert.equal(load(root), hash, 'one beside the package does not belong to the platform\'s package');
  });
});

test('TRESPASSER_BINARY has one value', () => {
  installed(({ root, main }) => {
    copyFileSync(binary, join(main, binaryName()));
    const error = load(root, "process.env.TRESPASSER_BINARY = 'fast'");
    assert.equal(error.code, 'ERR_BINARY_CHOICE');
    assert.match(error.message, /TRESPASSER_BINARY is "fast"; it must be plain, or not be set/);
  });
});

test('without a binary, the error says what was tried, what there is and what to run', () => {
  installed(({ root, main }) => {
    const error = load(root);
    assert.equal(error.code, 'ERR_NO_BINARY');
    assert.equal(error.platform, process.platform);
    assert.equal(error.arch, process.arch);
    assert.equal(error.libc, libc());
    assert.deepEqual(error.available, Object.keys(PLATFORMS));
    assert.equal(error.tried.length, 2);
    const here = [process.platform, process.arch, libc(), process.version].filter((word) => word !== undefined);
    const said = [packageOf(platformName()), 'npm install --include=optional', 'cd node-binding && npm run build', binaryName()];
    for (const word of [...here, ...error.available, ...error.tried, ...said]) {
      assert.ok(error.message.includes(word), `${error.message} lacks ${word}`);
    }
    // What it says it looked for is what it wants.
    copyFileSync(binary, join(main, binaryName()));
    assert.equal(load(root), hash);
  });
});

test('a binary that cannot be loaded is told with the reason', () => {
  installed(({ root, main }) => {
    writeFileSync(join(main, binaryName()), 'no library');
    const error = load(root);
    assert.equal(error.code, 'ERR_NO_BINARY');
    assert.match(error.message, /cannot be loaded/);
    assert.ok(error.cause.length > 0 && error.message.includes(error.cause));
  });
});

test("a platform's package without its binary is told", () => {
  installed(({ root, modules }) => {
    addPlatform(modules);
    const error = load(root);
    assert.equal(error.code, 'ERR_NO_BINARY');
    assert.match(error.message, /is damaged: it lacks/);
  });
});

test('on a platform that has no binary, the error does not send people to npm', () => {
  installed(({ root }) => {
    const error = load(root, "Object.defineProperty(process, 'platform', { value: 'freebsd' })");
    assert.equal(error.code, 'ERR_NO_BINARY');
    assert.match(error.message, /There is none for yours/);
    assert.match(error.message, /cd node-binding && npm run build/);
    assert.ok(!error.message.includes('--include=optional'));
  });
});

test('musl is told from glibc by what Node reports', { skip: process.platform !== 'linux' && 'Linux alone has both' }, () => {
  installed(({ root }) => {
    const error = load(root, 'process.report.getReport = () => ({ header: {} })');
    assert.equal(error.libc, 'musl');
    assert.ok(error.message.includes(packageOf(`linux-${process.arch}-musl`)));
  });
});

for (const [what, place] of [['beside the package', 'main'], ["of the platform's package", 'modules']]) {
  test(`a binary ${what} of another version is refused`, () => {
    installed((paths) => {
      if (place === 'main') copyFileSync(binary, join(paths.main, binaryName()));
      else addPlatform(paths.modules, binary);
      const file = join(paths.main, 'package.json');
      writeFileSync(file, JSON.stringify({ ...manifest, version: '0.99.0' }));
      const error = load(paths.root);
      assert.equal(error.code, 'ERR_BINARY_VERSION');
      assert.deepEqual([error.binary, error.expected], [manifest.version, '0.99.0']);
      assert.match(error.message, /npm install @trespasser\/engine@0\.99\.0/);
    });
  });
}

test('binaries are named by platform, processor and C library', () => {
  assert.equal(binaryName('linux', 'x64', false), 'trespasser.linux-x64-gnu.node');
  assert.equal(binaryName('linux', 'arm64', true), 'trespasser.linux-arm64-musl.node');
  assert.equal(binaryName('darwin', 'arm64', false), 'trespasser.darwin-arm64.node');
  assert.equal(binaryName('win32', 'x64', false), 'trespasser.win32-x64-msvc.node');
});

test("each platform's package says what it is for, and the release builds it", () => {
  assert.deepEqual(readdirSync(join(folder, 'npm')).sort(), Object.keys(PLATFORMS).sort());
  const release = readFileSync(join(folder, '..', '.github', 'workflows', 'release.yml'), 'utf8');
  for (const [name, { os, cpu, libc, target }] of Object.entries(PLATFORMS)) {
    const of = JSON.parse(readFileSync(join(folder, 'npm', name, 'package.json'), 'utf8'));
    assert.equal(of.name, packageOf(name));
    assert.equal(of.version, manifest.version, `${name}: npm/${name}/package.json and package.json change together`);
    assert.deepEqual([of.os, of.cpu, of.libc], [[os], [cpu], libc && [libc]]);
    assert.equal(of.main, binaryOf(name));
    assert.deepEqual(of.files, cpu === 'x64' ? [binaryOf(name), v3Of(name)] : [binaryOf(name)]);
    assert.deepEqual(of.engines, manifest.engines);
    assert.ok(release.includes(`{ platform: ${name},`) && release.includes(`target: ${target}`), `release.yml does not build ${name}`);
  }
});
