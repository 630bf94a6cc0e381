import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import test from 'node:test';
import { install, play } from '../play.mjs';
import { binding, packaging, tool } from './places.mjs';
import { project } from './setup.mjs';

const { folder, tarballs } = project();
const engine = createRequire(import.meta.url)('../../index.js');
const { platformName } = createRequire(import.meta.url)('../../platform.js');

test('the project is outside of the repository, and its package is no link into it', () => {
  assert.match(relative(join(binding, '..'), folder), /^\.\./);
  const installed = JSON.parse(readFileSync(join(folder, 'node_modules', '.package-lock.json'), 'utf8')).packages;
  const names = Object.keys(installed).map((path) => path.replace('node_modules/', ''));
  assert.equal(names.filter((name) => name.startsWith('@trespasser/')).length, 2, `${names}`);
  assert.ok(Object.values(installed).every(({ link }) => link !== true));
});

test('require() and import play the same match, the one of the checkout', () => {
  const [required, imported] = play(folder);
  assert.match(required, /^[0-9a-f]{16} (avx512|avx2|sse2|scalar) \d+\.\d+\.\d+$/);
  assert.equal(imported, required);
  const world = new engine.World();
  const match = new engine.Match(world, engine.GameMap.builtin('yard'), { seed: 7 });
  const player = match.addPlayer({ team: 'red' });
  match.addBot();
  for (let tick = 1; tick <= 600; tick++) {
    player.input({ held: engine.Button.RIGHT | engine.Button.FIRE, mouseX: 240, mouseY: 135 });
    world.thinkBots();
    world.step();
  }
  assert.equal(required.split(' ')[0], match.hash());
});

test('the binary for newer processors is taken where it runs, and plays every scene as the plain one', () => {
  const script = `
    const engine = require('@trespasser/engine');
    console.log(JSON.stringify([engine.builtFor, ...engine.sceneNames().map((name) => engine.runScene(name, 240))]));
  `;
  const played = (environment) => {
    const env = { ...process.env, ...environment };
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], { cwd: folder, encoding: 'utf8', env });
    assert.equal(stderr, '');
    return JSON.parse(stdout);
  };
  const [builtFor, ...hashes] = played({});
  const [plain, ...expected] = played({ TRESPASSER_BINARY: 'plain' });
  const native = createRequire(import.meta.url)(`../../trespasser.${platformName()}.node`);
  assert.equal(builtFor, native.hasV3() ? 'x86-64-v3' : plain);
  assert.match(plain, /^(x86_64|aarch64)$/);
  assert.ok(hashes.length > 5);
  assert.deepEqual(hashes, expected);
});

test("without the platform's package, as with --omit=optional, the error says what to do", () => {
  const bare = install([tarballs[0]]);
  try {
    const script = "try { require('@trespasser/engine') } catch ({ code, message }) { console.log(code, message) }";
    const { stdout } = spawnSync(process.execPath, ['-e', script], { cwd: bare, encoding: 'utf8' });
    assert.match(stdout, /^ERR_NO_BINARY .*is not installed.*npm install --include=optional/);
  } finally {
    rmSync(bare, { recursive: true });
  }
});

test('nothing but the package and its declared files can be imported', () => {
  const script = "try { require('@trespasser/engine/shapes.js') } catch ({ code }) { console.log(code) }";
  const { stdout } = spawnSync(process.execPath, ['-e', script], { cwd: folder, encoding: 'utf8' });
  assert.equal(stdout.trim(), 'ERR_PACKAGE_PATH_NOT_EXPORTED');
});

/** Compiles files of the project; what the compiler says. */
function compile(compiler, files, options) {
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
    compilerOptions: {
      strict: true, noEmit: true, target: 'ES2022', lib: ['ES2022'], types: [], skipLibCheck: false,
      exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, ...options,
    },
    files,
  }));
  const bin = tool(compiler, 'bin', 'tsc');
  const { stdout, stderr, status } = spawnSync(process.execPath, [bin, '-p', folder], { cwd: folder, encoding: 'utf8' });
  return status === 0 ? '' : `${stdout}${stderr}` || `${compiler} ended with ${status}`;
}

// Without @types/node, without checks left out, from the oldest compiler that knows `using` on.
for (const compiler of ['typescript-oldest', 'typescript', 'typescript-newest']) {
  for (const [module, moduleResolution] of [['node16', 'node16'], ['nodenext', 'nodenext'], ['esnext', 'bundler']]) {
    test(`types compile under ${compiler}, ${moduleResolution} resolution`, () => {
      const modules = join(folder, 'node_modules');
      mkdirSync(modules, { recursive: true });
      rmSync(join(modules, 'expect-type'), { recursive: true, force: true });
      symlinkSync(tool('expect-type'), join(modules, 'expect-type'), 'junction');
      const source = join(packaging, 'types', 'api.test-d.ts');
      // CommonJS and ES modules have types of their own; a bundler takes those of ES modules.
      const files = module === 'esnext' ? ['api.ts'] : ['api.mts', 'api.cts'];
      for (const file of files) copyFileSync(source, join(folder, file));
      assert.equal(compile(compiler, files, { module, moduleResolution }), '');
      // The compiler is awake: a wrong call among right ones is found.
      const wrong = files[0].replace('api', 'wrong');
      writeFileSync(join(folder, wrong), "import { World } from '@trespasser/engine';\nnew World().tick('1');\n");
      assert.match(compile(compiler, [wrong], { module, moduleResolution }), /TS2345/);
    });
  }
}
