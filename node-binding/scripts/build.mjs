// Builds the addon with plain cargo and puts it beside index.js. `napi build` would pass --target and so compile
// everything a second time, into another folder than the rest of the workspace.
//
//   node scripts/build.mjs [--target TRIPLE] [--zig] [--strip]
//
// --target  for another platform of platform.js than this machine's
// --zig     links by cargo-zigbuild, which brings the C libraries of other Linux platforms, and of old ones: with glibc,
//           what is built runs from 2.28 on, as Node itself does
// --strip   leaves line tables out, as for publication
import { spawnSync } from 'node:child_process';
import { copyFileSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { PLATFORMS, binaryName, binaryOf } = createRequire(import.meta.url)('../platform.js');
const folder = dirname(dirname(fileURLToPath(import.meta.url)));
const GLIBC = '2.28';

function fail(message) {
  console.error(message);
  process.exit(1);
}

const { values: options } = parseArgs({
  options: { target: { type: 'string' }, zig: { type: 'boolean' }, strip: { type: 'boolean' } },
});
const known = Object.entries(PLATFORMS);
const platform = known.find(([, { target }]) => target === options.target)?.[0];
if (options.target !== undefined && platform === undefined) {
  fail(`--target is ${options.target}; it must be one of ${known.map(([, { target }]) => target).join(', ')}`);
}
if (options.zig && options.target === undefined) fail('--zig needs --target');

const env = { ...process.env };
const args = [
  options.zig ? 'zigbuild' : 'build', '--release', '--package', 'trespasser-node', '--message-format', 'json-render-diagnostics',
];
if (options.target !== undefined) {
  args.push('--target', options.zig && options.target.endsWith('-gnu') ? `${options.target}.${GLIBC}` : options.target);
}
if (options.strip) args.push('--config', 'profile.release.strip="debuginfo"');
if (options.target?.endsWith('-musl')) {
  // An addon is a shared library, and those are not linked against a static C library.
  env.RUSTFLAGS = `${env.RUSTFLAGS ?? ''} -C target-feature=-crt-static`.trim();
}

const cargo = spawnSync('cargo', args, {
  cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8', maxBuffer: 1 << 28,
});
if (cargo.error !== undefined) {
  fail(`cargo cannot be run (${cargo.error.message}); install Rust from https://rustup.rs and try again.`);
}
if (cargo.status !== 0) process.exit(cargo.status ?? 1);

// Cargo says where the library is; the target folder may be anywhere.
const library = cargo.stdout
  .split('\n')
  .filter((line) => line.startsWith('{'))
  .map((line) => JSON.parse(line))
  .filter((message) => message.reason === 'compiler-artifact' && message.target.name === 'trespasser_node')
  .flatMap((message) => message.filenames)
  .find((name) => /\.(so|dylib|dll)$/.test(name));
if (library === undefined) {
  fail('cargo built trespasser-node but named no shared library; is crate-type still cdylib?');
}

const binary = join(folder, platform === undefined ? binaryName() : binaryOf(platform));
// A Node that has the old binary open keeps it: it is replaced, not written over.
copyFileSync(library, `${binary}.new`);
renameSync(`${binary}.new`, binary);
console.log(binary);
