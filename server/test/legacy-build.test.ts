import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const require = createRequire(import.meta.url);

/** The folder that a package's manifest is in. */
const folderOf = (name: string): string => dirname(require.resolve(`${name}/package.json`));

test('what the package ships of the legacy module is what its sources compile to', () => {
  const legacy = join(folderOf('@trespasser/engine'), 'legacy');
  const fresh = mkdtempSync(join(tmpdir(), 'trespasser-legacy-build-'));
  try {
    const tsc = join(folderOf('typescript'), 'bin', 'tsc');
    const run = spawnSync(process.execPath, [tsc, '-p', legacy, '--outDir', fresh], { encoding: 'utf8' });
    assert.equal(run.status, 0, run.stdout + run.stderr);
    const remedy = 'run `npm run legacy` in server/ and commit node-binding/legacy/lib';
    assert.deepEqual(readdirSync(join(legacy, 'lib')).sort(), readdirSync(fresh).sort(), remedy);
    for (const file of readdirSync(fresh)) {
      assert(readFileSync(join(legacy, 'lib', file), 'utf8') === readFileSync(join(fresh, file), 'utf8'), `${file} is stale: ${remedy}`);
    }
    // Both module systems give the same names.
    const wrapper = readFileSync(join(legacy, 'index.mjs'), 'utf8');
    const names = Object.keys(require('@trespasser/engine/legacy') as object);
    assert(names.length > 5 && existsSync(join(legacy, 'index.d.mts')));
    for (const name of names) assert(new RegExp(`\\b${name}\\b`).test(wrapper), `index.mjs lacks ${name}`);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
});
