// Builds the addon with plain cargo and puts it beside index.js. `napi build` would pass --target and so compile
// everything a second time, into another folder than the rest of the workspace.
//
//   node scripts/build.mjs [--target TRIPLE] [--dist] [--v3] [--zig] [--strip]
//
// --target  for another platform of platform.js than this machine's
// --dist    optimised as one piece, as what is published: faster, and minutes to build
// --v3      a second binary besides for processors of x86-64-v3, where the platform may have them; native.js chooses. Without
//           it, one that is there is removed, for it would be chosen and is older
// --zig     links by cargo-zigbuild, which brings the C libraries of other Linux platforms, and of old ones: with glibc,
//           what is built runs from 2.28 on, as Node itself does
// --strip   leaves line tables out, as for publication
import { spawnSync } from 'node:child_process';
import { copyFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { PLATFORMS, binaryOf, hasV3, platformName, v3Of } = createRequire(import.meta.url)('../platform.js');
const folder = dirname(dirname(fileURLToPath(import.meta.url)));
const GLIBC = '2.28';

function fail(message) {
  console.error(message);
  process.exit(1);
}

const { values: options } = parseArgs({
  options: {
    target: { type: 'string' }, dist: { type: 'boolean' }, v3: { type: 'boolean' }, zig: { type: 'boolean' }, strip: { type: 'boolean' },
  },
});
const known = Object.entries(PLATFORMS);
const platform = options.target === undefined ? platformName() : known.find(([, { target }]) => target === options.target)?.[0];
if (platform === undefined) {
  fail(`--target is ${options.target}; it must be one of ${known.map(([, { target }]) => target).join(', ')}`);
}
if (options.zig && options.target === undefined) fail('--zig needs --target');

const profile = options.dist ? 'dist' : 'release';
const args = [
  options.zig ? 'zigbuild' : 'build', '--profile', profile, '--package', 'trespasser-node', '--message-format', 'json-render-diagnostics',
];
if (options.target !== undefined) {
  args.push('--target', options.zig && options.target.endsWith('-gnu') ? `${options.target}.${GLIBC}` : options.target);
}
if (options.strip) args.push('--config', `profile.${profile}.strip="debuginfo"`);

/** Builds the addon and puts it beside index.js as `name`, compiled with more `flags` and in a folder of their own if there are any. */
function build(name, flags = [], more = []) {
  if (options.target?.endsWith('-musl')) {
    // An addon is a shared library, and those are not linked against a static C library.
    flags.push('-C target-feature=-crt-static');
  }
  const env = { ...process.env };
  if (flags.length > 0) env.RUSTFLAGS = [env.RUSTFLAGS, ...flags].filter(Boolean).join(' ');
  const cargo = spawnSync('cargo', [...args, ...more], {
    cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8', maxBuffer: 1 << 28,
  });
  if (cargo.error !== undefined) {
    fail(`cargo cannot be run (${cargo.error.message}); install Rust from https://rustup.rs and try again.`);
  }
  if (cargo.status !== 0) process.exit(cargo.status ?? 1);

  // Cargo says where the library is; the target folder may be anywhere.
  const artifacts = cargo.stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter((message) => message.reason === 'compiler-artifact' && message.target.name === 'trespasser_node')
    .flatMap((message) => message.filenames);
  const library = artifacts.find((path) => /\.(so|dylib|dll)$/.test(path));
  if (library === undefined) {
    fail('cargo built trespasser-node but named no shared library; is crate-type still cdylib?');
  }

  const binary = join(folder, name);
  // A Node that has the old binary open keeps it: it is replaced, not written over.
  copyFileSync(library, `${binary}.new`);
  renameSync(`${binary}.new`, binary);
  console.log(binary);
}

// Never the new one beside an old one.
rmSync(join(folder, v3Of(platform)), { force: true });
build(binaryOf(platform));
if (options.v3 && hasV3(platform)) {
  // Other flags build all anew: in a folder of their own neither throws the other's work away.
  const target = join(process.env.CARGO_TARGET_DIR ?? join(folder, '..', 'target'), 'x86-64-v3');
  build(v3Of(platform), ['-C target-cpu=x86-64-v3'], ['--target-dir', target]);
}
