import { execFileSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';

/** What a figure was measured with, for whoever compares it. */
export interface Conditions {
  /** With a plus where files differ from it. */
  readonly commit: string;
  readonly chromium: string;
  readonly node: string;
  readonly processor: string;
  readonly processors: number;
  /** Mean of runnable processes over the last minute, when measuring ended: beyond the processors, others slowed it. */
  readonly load: number;
}

export function conditions(chromium: string): Conditions {
  return {
    commit: COMMIT, chromium, node: process.version, processor: cpus()[0]?.model.trim() ?? 'unknown', processors: cpus().length,
    load: Number(loadavg()[0]!.toFixed(2)),
  };
}

export function describeConditions({ commit, chromium, node, processor, processors, load }: Conditions): string {
  return `commit ${commit}, Chromium ${chromium}, Node ${node}, ${processors} x ${processor}, load ${load}`;
}

/** As it was when the program began: while it measures, somebody may go on. */
const COMMIT = ((): string => {
  const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') === '' ? '' : '+');
  } catch {
    return 'unknown';
  }
})();
