// Installs tarballs into an empty project in a temporary folder, as a user would, and plays a match with them in both
// module systems. Wants Node and npm, no registry, no compiler, and nothing of this repository but this file.
//
//   node play.mjs MAIN.tgz PLATFORM.tgz
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A match of two bots, by whatever module system the `engine` came through; prints its hash. */
const MATCH = `
  const world = new engine.World();
  const match = new engine.Match(world, engine.GameMap.builtin('yard'), { seed: 7 });
  const player = match.addPlayer({ team: 'red' });
  match.addBot();
  for (let tick = 1; tick <= 600; tick++) {
    player.input({ held: engine.Button.RIGHT | engine.Button.FIRE, mouseX: 240, mouseY: 135 });
    world.thinkBots();
    world.step();
  }
  console.log(match.hash(), world.simd, engine.version);
  world.dispose();
`;

export function run(program, args, cwd, env = process.env) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd, env, encoding: 'utf8',
    // npm is a script that Windows starts through its shell alone.
    shell: process.platform === 'win32' && program === 'npm',
  });
  if (error !== undefined || status !== 0) {
    throw new Error(`${program} ${args.join(' ')} failed: ${error?.message ?? `${stdout}\n${stderr}`}`);
  }
  return stdout;
}

/** Makes an empty project with these tarballs installed; the caller removes it. */
export function install(tarballs) {
  const project = mkdtempSync(join(tmpdir(), 'trespasser-project-'));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'somebody', version: '1.0.0', private: true }));
  // Offline: what other platforms would take is not asked for, and nothing else may be missing.
  run('npm', ['install', '--offline', '--no-audit', '--no-fund', ...tarballs.map((path) => resolve(path))], project);
  return project;
}

/** Plays in an installed project. @returns what each module system printed */
export function play(project) {
  writeFileSync(join(project, 'match.cjs'), `const engine = require('@trespasser/engine');\n${MATCH}`);
  writeFileSync(join(project, 'match.mjs'), `import * as engine from '@trespasser/engine';\n${MATCH}`);
  return ['match.cjs', 'match.mjs'].map((file) => run(process.execPath, [file], project).trim());
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const project = install(process.argv.slice(2));
  try {
    const [required, imported] = play(project);
    if (required !== imported) throw new Error(`require() played ${required}, import ${imported}`);
    console.log(`${process.platform} ${process.arch}, Node ${process.version}: ${required}`);
  } finally {
    rmSync(project, { recursive: true });
  }
}
