import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { afterEach, describe, test } from 'node:test';
import { loadPackageDefinition, Server, ServerCredentials, status, type handleUnaryCall, type ServerWritableStream } from '@grpc/grpc-js';
import { connectAgones, type Fleet } from '../src/agones/index.js';
import { systemClock } from '../src/clock.js';
import { log } from './database.js';
import { sleep } from './support.js';
import { until } from './cluster.js';

const require = createRequire(import.meta.url);
// The SDK's own service definitions: what the real sidecar serves.
const SDK = require('@google-cloud/agones-sdk/lib/sdk_grpc_pb') as Parameters<typeof loadPackageDefinition>[0];
const BETA = require('@google-cloud/agones-sdk/lib/beta/beta_grpc_pb') as Parameters<typeof loadPackageDefinition>[0];
const messages = require('@google-cloud/agones-sdk/lib/sdk_pb') as Record<string, new () => any>;
const betaMessages = require('@google-cloud/agones-sdk/lib/beta/beta_pb') as Record<string, new () => any>;

/** The sidecar as far as it is spoken to. */
class Sidecar {
  readonly calls: string[] = [];
  health = 0;
  counter = { count: -1, capacity: -1 };
  /** Calls that fail, by name. */
  readonly failing = new Set<string>();
  readonly #watchers = new Set<ServerWritableStream<unknown, unknown>>();
  #server = new Server();

  async start(port = 0): Promise<number> {
    this.#server = new Server();
    const unary = (name: string): handleUnaryCall<unknown, unknown> => (_, answer) => {
      if (this.failing.has(name)) return answer({ code: status.UNAVAILABLE, details: 'not now' });
      this.calls.push(name);
      return answer(null, new messages['Empty']!());
    };
    const definitions = loadPackageDefinition(SDK) as any;
    const beta = loadPackageDefinition(BETA) as any;
    const unused = unary('unused');
    this.#server.addService(definitions.agones.dev.sdk.SDK.service, {
      ready: unary('ready'), allocate: unary('allocate'), shutdown: unary('shutdown'),
      getGameServer: unused, setLabel: unused, setAnnotation: unused, reserve: unused,
      health: (call: any, answer: any) => {
        call.on('data', () => { this.health++; });
        call.on('end', () => answer(null, new messages['Empty']!()));
        call.on('error', () => {});
      },
      watchGameServer: (call: ServerWritableStream<unknown, unknown>) => {
        this.#watchers.add(call);
        call.on('cancelled', () => this.#watchers.delete(call));
        call.on('error', () => {});
      },
    });
    this.#server.addService(beta.agones.dev.sdk.beta.SDK.service, {
      getCounter: unused, getList: unused, updateList: unused, addListValue: unused, removeListValue: unused,
      updateCounter: (call: any, answer: any) => {
        if (this.failing.has('counter')) return answer({ code: status.UNAVAILABLE, details: 'not now' });
        const update = call.request.getCounterupdaterequest();
        assert.equal(update.getName(), 'matches');
        if (update.hasCount()) this.counter.count = update.getCount().getValue();
        if (update.hasCapacity()) this.counter.capacity = update.getCapacity().getValue();
        this.calls.push(update.hasCapacity() ? `capacity ${this.counter.capacity}` : `count ${this.counter.count}`);
        return answer(null, new betaMessages['Counter']!());
      },
    });
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) => (error === null ? resolve(bound) : reject(error)));
    });
  }

  say(state: string): void {
    const gameServer = new messages['GameServer']!();
    const said = new (messages['GameServer'] as any).Status();
    said.setState(state);
    gameServer.setStatus(said);
    for (const watcher of this.#watchers) watcher.write(gameServer);
  }

  get watchers(): number {
    return this.#watchers.size;
  }

  stop(): void {
    this.#watchers.clear();
    this.#server.forceShutdown();
  }
}

describe('a game server under Agones', () => {
  let sidecar: Sidecar;
  let fleet: Fleet | undefined;
  let shutdowns = 0;
  let isHealthy = true;
  afterEach(() => {
    fleet?.close();
    sidecar.stop();
    delete process.env['AGONES_SDK_GRPC_PORT'];
  });

  async function connect(): Promise<{ fleet: Fleet; port: number }> {
    sidecar = new Sidecar();
    shutdowns = 0;
    isHealthy = true;
    const port = await sidecar.start();
    process.env['AGONES_SDK_GRPC_PORT'] = String(port);
    fleet = await connectAgones({ capacity: 32, healthMs: 20, retryMs: 20 }, {
      log, clock: systemClock, isHealthy: () => isHealthy, onShutdown: () => { shutdowns++; },
    });
    return { fleet, port };
  }

  test('is ready when it says so, allocated from its first match to the end of its last, and counts', async () => {
    const { fleet } = await connect();
    fleet.matches(0);
    await until('the counter', () => sidecar.counter.count === 0);
    assert.deepEqual(sidecar.calls, ['capacity 32', 'count 0'], 'not ready before it is in the pool');
    fleet.ready();
    await until('ready', () => sidecar.calls.includes('ready'));
    fleet.matches(1);
    fleet.matches(2);
    await until('the count', () => sidecar.counter.count === 2);
    fleet.matches(1);
    await until('the count', () => sidecar.counter.count === 1);
    fleet.matches(0);
    await until('ready again', () => sidecar.calls.filter((call) => call === 'ready').length === 2);
    assert.equal(sidecar.counter.count, 0);
    assert.equal(sidecar.calls.filter((call) => call === 'allocate').length, 1);
    assert(sidecar.calls.indexOf('allocate') < sidecar.calls.findIndex((call) => call === 'count 1' || call === 'count 2'), 'out of reach before it counts');
    assert.equal(sidecar.calls.at(-1), 'ready', 'within reach after it has counted');
    const calls = sidecar.calls.length;
    fleet.matches(0);
    await sleep(60);
    assert.equal(sidecar.calls.length, calls, 'what is known is not said again');
  });

  test('gives signs of health while its loop runs, and none when it hangs', async () => {
    await connect();
    await until('health', () => sidecar.health >= 3);
    isHealthy = false;
    await sleep(60);
    const { health } = sidecar;
    await sleep(100);
    assert.equal(sidecar.health, health);
    isHealthy = true;
    await until('health again', () => sidecar.health > health);
  });

  test('says again what was not heard', async () => {
    const { fleet } = await connect();
    sidecar.failing.add('counter').add('allocate').add('ready');
    fleet.ready();
    fleet.matches(3);
    await sleep(60);
    assert.deepEqual(sidecar.calls, []);
    sidecar.failing.clear();
    await until('the count', () => sidecar.counter.count === 3);
    assert.deepEqual(sidecar.calls, ['capacity 32', 'allocate', 'count 3']);
  });

  test('drains when Agones wants it gone, once, and says when it has', async () => {
    const { fleet } = await connect();
    await until('the watch', () => sidecar.watchers === 1);
    sidecar.say('Ready');
    sidecar.say('Shutdown');
    sidecar.say('Shutdown');
    await until('the shutdown', () => shutdowns === 1);
    await sleep(40);
    assert.equal(shutdowns, 1);
    fleet.ready();
    fleet.matches(0);
    await fleet.shutdown();
    assert(sidecar.calls.includes('shutdown'));
    assert(!sidecar.calls.includes('ready'), 'who drains is not ready');
  });

  test('a sidecar that starts anew hears of health again, and is listened to', async () => {
    const { port } = await connect();
    await until('health', () => sidecar.health >= 1);
    sidecar.stop();
    await sleep(60);
    sidecar.health = 0;
    await sidecar.start(port);
    await until('health again', () => sidecar.health >= 1);
    await until('the watch', () => sidecar.watchers === 1);
    sidecar.say('Shutdown');
    await until('the shutdown', () => shutdowns === 1);
  });
});
