import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { testFolder } from './database.js';

const running = new Set<ChildProcess>();
process.once('exit', () => { for (const child of running) child.kill('SIGKILL'); });

/** A Redis of a test's own, in a folder that goes with it. */
export class TestRedis {
  #child: ChildProcess | undefined;
  readonly #clients = new Set<Redis>();

  private constructor(readonly port: number, private readonly folder: { path: string; remove(): Promise<void> }) {}

  /** @param args of redis-server, such as `--appendonly yes` */
  static async start(...args: string[]): Promise<TestRedis> {
    for (let attempt = 0; ; attempt++) {
      const redis = new TestRedis(await freePort(), await testFolder());
      try {
        await redis.resume(...args);
        return redis;
      } catch (error) {
        await redis.stop();
        // Somebody else has taken the port in between.
        if (attempt >= 4 || (error as { code?: string }).code === 'ENOENT') throw error;
      }
    }
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** After `kill`: on the same port, with the same folder. */
  async resume(...args: string[]): Promise<void> {
    const child = spawn('redis-server', ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder.path, '--save', '', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    this.#child = child;
    let output = '';
    await new Promise<void>((ready, fail) => {
      const take = (chunk: Buffer): void => {
        output = (output + chunk.toString()).slice(-4000);
        if (/Ready to accept connections/.test(output)) ready();
      };
      child.stdout.on('data', take);
      child.stderr.on('data', take);
      child.once('error', (error: NodeJS.ErrnoException) => {
        running.delete(child);
        this.#child = undefined;
        fail(error.code === 'ENOENT'
          ? Object.assign(new Error('redis-server is missing: these tests need it (Debian: apt-get install redis-server)'), { code: 'ENOENT' })
          : error);
      });
      child.once('close', () => {
        running.delete(child);
        fail(new Error(`redis-server has ended: ${output}`));
      });
    });
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }

  /** Ends with the server. Fails at once where Redis is away, as the program's own connections do. */
  client(commandTimeout = 1000): Redis {
    const client = new Redis(this.port, '127.0.0.1', { maxRetriesPerRequest: 1, commandTimeout, retryStrategy: () => 50 });
    client.on('error', () => {});
    this.#clients.add(client);
    return client;
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    await this.kill();
    await this.folder.remove();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
