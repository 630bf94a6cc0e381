import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** npm runs scripts in the package's folder. */
const SERVER = resolve(process.cwd(), '../server');
const MAIN = resolve(SERVER, 'dist/src/main.js');
/** ms; it is ready in one second. */
const READY_MS = 30_000;
const STOP_MS = 10_000;

/** The real server in a process of its own, on a free port of this machine alone. It serves the client in `dist/`. */
export class GameServer {
  private output = '';

  private constructor(
    private readonly child: ChildProcess,
    /** Ends in a slash. */
    public url: string,
  ) {}

  /** @param settings environment variables of the server, see its README */
  static async start(settings: Readonly<Record<string, string>>): Promise<GameServer> {
    if (!existsSync(MAIN)) throw new Error('server/dist is missing: run `npm ci && npm run build` in server/');
    const child = spawn(process.execPath, [MAIN], {
      env: { ...process.env, HOST: '127.0.0.1', PORT: '0', ADMIN_PORT: '0', LOG_LEVEL: 'warn', MATCHMAKING: 'off', ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // Whatever ends this process ends the server.
    const kill = (): boolean => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('close', () => process.removeListener('exit', kill));
    const server = new GameServer(child, '');
    server.url = await new Promise<string>((done, failed) => {
      const late = setTimeout(() => failed(new Error(`the server was not ready in ${READY_MS / 1000} s: ${server.output}`)), READY_MS);
      const take = (chunk: Buffer): void => {
        server.output = (server.output + chunk.toString()).slice(-4000);
        const url = /Trespasser is ready: (\S+)/.exec(server.output)?.[1];
        if (url === undefined) return;
        clearTimeout(late);
        done(`${new URL(url.replace('localhost', '127.0.0.1')).origin}/`);
      };
      child.stdout?.on('data', take);
      child.stderr?.on('data', take);
      child.once('close', () => {
        clearTimeout(late);
        failed(new Error(`the server ended before it was ready: ${server.output}`));
      });
    }).catch((error: unknown) => {
      kill();
      throw error;
    });
    return server;
  }

  /** The end of what it printed. */
  get lastWords(): string {
    return this.output;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const closed = once(this.child, 'close');
    this.child.kill('SIGINT');
    const late = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS);
    await closed;
    clearTimeout(late);
  }
}
