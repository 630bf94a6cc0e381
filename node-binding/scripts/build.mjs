// Builds the addon with plain cargo and puts it beside index.js. `napi build` would pass --target and so compile
// everything a second time, into another folder than the rest of the workspace.
import { spawnSync } from 'node:child_process';
import { copyFileSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const { binaryName } = createRequire(import.meta.url)('../platform.js');
const folder = dirname(dirname(fileURLToPath(import.meta.url)));

const cargo = spawnSync(
  'cargo',
  ['build', '--release', '--package', 'trespasser-node', '--message-format', 'json-render-diagnostics'],
  { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8', maxBuffer: 1 << 28 },
);
if (cargo.error !== undefined) {
  console.error(`cargo cannot be run (${cargo.error.message}); install Rust from https://rustup.rs and try again.`);
  process.exit(1);
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
  console.error('cargo built trespasser-node but named no shared library; is crate-type still cdylib?');
  process.exit(1);
}

const binary = join(folder, binaryName());
// A Node that has the old binary open keeps it: it is replaced, not written over.
copyFileSync(library, `${binary}.new`);
renameSync(`${binary}.new`, binary);
console.log(binary);
