import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A network between two roles that a test can cut: connections break, or stay and carry nothing. */
export class CuttingProxy {
  readonly #pairs = new Set<[Socket, Socket]>();
  #state: 'open' | 'stalled' | 'cut' = 'open';

  private constructor(private readonly server: Server, private readonly target: { host: string; port: number }) {}

  static async start(target: { host: string; port: number }): Promise<CuttingProxy> {
    const server = createServer();
    const proxy = new CuttingProxy(server, target);
    server.on('connection', (socket) => proxy.#connect(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Open connections break, new ones are closed at once. */
  cut(): void {
    this.#state = 'cut';
    for (const pair of this.#pairs) for (const socket of pair) socket.resetAndDestroy();
  }

  /** Nothing goes through, and nobody is told: a cable pulled, a host that is gone. */
  stall(): void {
    this.#state = 'stalled';
    for (const pair of this.#pairs) for (const socket of pair) socket.pause();
  }

  /** Open connections go on where they stopped. */
  open(): void {
    this.#state = 'open';
    for (const pair of this.#pairs) for (const socket of pair) socket.resume();
  }

  async stop(): Promise<void> {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    await new Promise((done) => this.server.close(done));
  }

  #connect(socket: Socket): void {
    if (this.#state === 'cut') {
      socket.resetAndDestroy();
      return;
    }
    const far = connect(this.target);
    const pair: [Socket, Socket] = [socket, far];
    this.#pairs.add(pair);
    for (const [from, to] of [[socket, far], [far, socket]] as const) {
      from.on('data', (bytes) => { if (!to.destroyed) to.write(bytes); });
      from.on('error', () => {});
      from.on('close', () => {
        this.#pairs.delete(pair);
        to.destroy();
      });
    }
    if (this.#state === 'stalled') for (const each of pair) each.pause();
  }
}
