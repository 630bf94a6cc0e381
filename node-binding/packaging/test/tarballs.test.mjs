import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { run } from '../play.mjs';
import { binding, packaging, tool } from './places.mjs';
import { packed } from './setup.mjs';

const [main, platform] = packed();
const manifest = JSON.parse(readFileSync(join(binding, 'package.json'), 'utf8'));

/** Names in a tarball, and its manifest. */
function contents(tarball) {
  const folder = mkdtempSync(join(tmpdir(), 'trespasser-tarball-'));
  try {
    run('tar', ['-xzf', tarball, '-C', folder], folder);
    const names = run('tar', ['-tzf', tarball], folder).trim().split('\n').map((name) => name.replace(/^package\//, ''));
    return { names: names.sort(), manifest: JSON.parse(readFileSync(join(folder, 'package', 'package.json'), 'utf8')) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the main package has what it names and no binary, source, test or tool', () => {
  const { names, manifest: packedManifest } = contents(main);
  for (const name of names) {
    assert.match(name, /^(legacy\/(lib\/)?)?[\w.-]+\.(js|mjs|cjs|d\.ts|d\.mts|json|md)$|^LICENSE-(MIT|APACHE)$/, `${name} does not belong there`);
    assert.doesNotMatch(name, /test|\.node$/);
  }
  for (const name of ['LICENSE-MIT', 'LICENSE-APACHE', 'README.md', 'index.js', 'index.mjs', 'index.d.ts', 'index.d.mts']) {
    assert.ok(names.includes(name), `${name} is missing`);
  }
  assert.equal(packedManifest.private, undefined);
  assert.equal(packedManifest.scripts, undefined, 'nothing runs when it is installed');
  assert.equal(packedManifest.dependencies, undefined);
});

test('it depends on the package of every platform, optionally, in exactly its own version', () => {
  const { optionalDependencies } = contents(main).manifest;
  const names = Object.keys(optionalDependencies);
  assert.ok(names.length >= 6);
  for (const name of names) {
    assert.match(name, /^@trespasser\/engine-(linux|darwin|win32)-(x64|arm64)/);
    assert.equal(optionalDependencies[name], manifest.version);
  }
});

test("a platform's package has its binary, and what npm compares", () => {
  const { names, manifest: of } = contents(platform);
  assert.deepEqual(names, ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'package.json', ...of.files.filter((name) => name.endsWith('.node'))].sort());
  assert.ok(names.includes(of.main));
  assert.deepEqual(of.os, [process.platform]);
  assert.deepEqual(of.cpu, [process.arch]);
  assert.equal(of.version, manifest.version);
  assert.equal(of.scripts, undefined);
});

test('a package says where its source is when it is told so, and names no place of its own making', () => {
  assert.equal(contents(main).manifest.repository, undefined);
  const into = mkdtempSync(join(tmpdir(), 'trespasser-told-'));
  try {
    const url = 'git+https://example.invalid/somebody/something.git';
    const paths = run(process.execPath, [join(packaging, 'pack.mjs'), '--into', into, '--repository', url], packaging);
    for (const path of paths.trim().split('\n')) {
      const { repository } = contents(path).manifest;
      assert.equal(repository.url, url);
      assert.match(repository.directory, /^node-binding/);
    }
  } finally {
    rmSync(into, { recursive: true });
  }
});

test('a platform that there is none of, and one that was not built, are refused with what to do', () => {
  const pack = (name) => spawnSync(process.execPath, [join(packaging, 'pack.mjs'), '--platform', name], { encoding: 'utf8' });
  const unknown = pack('amiga-68k');
  assert.equal(unknown.status, 1);
  assert.match(unknown.stderr, /it must be one of linux-x64-gnu/);
  const unbuilt = pack('win32-x64-msvc');
  assert.equal(unbuilt.status, 1);
  assert.match(unbuilt.stderr, /scripts\/build\.mjs --target x86_64-pc-windows-msvc/);
});

test('publint has nothing to say', async () => {
  for (const tarball of [main, platform]) {
    const bytes = readFileSync(tarball);
    const { messages, pkg } = await publint({
      pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) },
      level: 'suggestion',
      strict: true,
    });
    // What it would have us name is for the release to name: pack.mjs --repository.
    const said = messages.filter(({ code }) => code !== 'USE_REPOSITORY');
    assert.deepEqual(said.map((message) => formatMessage(message, pkg)), []);
  }
});

test('attw finds no types that are wrong in any way of resolving them', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath, [tool('@arethetypeswrong', 'cli', 'dist', 'index.js'), main, '--format', 'json'], { encoding: 'utf8' },
  );
  const { analysis, problems } = JSON.parse(stdout);
  assert.deepEqual(problems ?? {}, {}, stderr);
  assert.equal(status, 0);
  assert.deepEqual(analysis.problems, []);
  const entry = Object.values(analysis.entrypoints['.'].resolutions);
  assert.equal(entry.length, 4, 'node10, node16 from either side, bundler');
  for (const { resolution } of entry) assert.ok(resolution?.isTypeScript, 'every way finds types');
});
