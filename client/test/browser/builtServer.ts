import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

/** The game server as it stands in the source, built; its packages and the engine's addon are there already. */
export async function buildServer(): Promise<void> {
  // npm runs scripts in the package's folder.
  await promisify(execFile)('npm', ['run', 'build', '--silent'], { cwd: resolve(process.cwd(), '../server') });
}
