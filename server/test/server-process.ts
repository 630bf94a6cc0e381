import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../src/main.js', import.meta.url));

/** The server as it is started for real, in a process of its own. */
export interface ServerProcess {
  readonly child: ChildProcess;
  /** All that it has printed. */
  output(): string;
  /** The address, once it says that it is ready; fails if it ends before. */
  readonly ready: Promise<string>;
  /** The exit code. */
  readonly exit: Promise<number | null>;
}

const running = new Set<ChildProcess>();

export function startProcess(env: Record<string, string>, nodeOptions: readonly string[] = []): ServerProcess {
  const child = spawn(process.execPath, [...nodeOptions, MAIN], { env: { ...process.env, HOST: '127.0.0.1', ADMIN_PORT: '0', LOG_LEVEL: 'warn', MATCHMAKING: 'off', ...env } });
  running.add(child);
  let output = '';
  const ready = new Promise<string>((resolve, reject) => {
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
      const url = /Trespasser is ready: (\S+)/.exec(output)?.[1];
      if (url !== undefined) resolve(url.replace('localhost', '127.0.0.1'));
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('close', () => {
      running.delete(child);
      reject(new Error(`the server ended before it was ready: ${output}`));
    });
  });
  // A test that expects the server to fail never asks for `ready`.
  ready.catch(() => {});
  return { child, output: () => output, ready, exit: once(child, 'close').then(([code]) => code as number | null) };
}

/** For `after` and `afterEach`: a failed test must not leave a server behind. */
export function killProcesses(): void {
  for (const child of running) child.kill('SIGKILL');
}
