import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MatchModel } from '../src/model/match';
import type { GameLink, LinkStatus } from '../src/net/link';
import type { ClientEventName, GameState } from '../src/net/protocol';
import { READERS } from '../src/net/protocol';
import { WireLink, type Wire, type WireMeans } from '../src/net/wireLink';
import { BitWriter, readUp } from '../src/wire';
import { seeded, TestHost, WELCOME, writeWelcome } from './wireHost';

const HASH = '0123456789abcdef';
const MAP = {
  hash: HASH,
  width: 480,
  height: 270,
  walls: Array.from({ length: WELCOME.slices / 5 }, (_, i) => ({
    x: (i % 40) * 10, y: 100 + Math.floor(i / 40) * 10, width: 10, height: 10, material: 'wood', alongX: true,
  })),
  spawns: [],
};
const READY = { path: '/wire', ticket: 'abc', version: 1, map: HASH };

class FakeInner implements GameLink {
  status: LinkStatus = 'up';
  id = 'me';
  malformedCount = 0;
  readonly play = null;
  readonly sent: [ClientEventName, unknown][] = [];
  private readonly handlers = new Map<string, Set<(payload: never) => void>>();
  private readonly statusHandlers = new Set<(status: LinkStatus) => void>();

  open(): void {}
  close(): void {}
  send(event: ClientEventName, payload: unknown): void {
    this.sent.push([event, payload]);
  }
  on(event: string, handler: (payload: never) => void): () => void {
    const handlers = this.handlers.get(event) ?? new Set();
    this.handlers.set(event, handlers.add(handler));
    return () => handlers.delete(handler);
  }
  onStatus(handler: (status: LinkStatus) => void): () => void {
    this.statusHandlers.add(handler);
    return () => this.statusHandlers.delete(handler);
  }
  listenerCount(): number {
    return 0;
  }
  say(event: string, payload: unknown): void {
    for (const handler of this.handlers.get(event) ?? []) handler(payload as never);
  }
  become(status: LinkStatus): void {
    this.status = status;
    for (const handler of this.statusHandlers) handler(status);
  }
  asked(event: ClientEventName): number {
    return this.sent.filter(([name]) => name === event).length;
  }
}

class FakeWire implements Wire {
  binaryType = '';
  readyState = 1;
  bufferedAmount = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;
  readonly sent: Uint8Array[] = [];

  constructor(readonly path: string) {}

  send(bytes: Uint8Array): void {
    this.sent.push(bytes.slice());
  }
  close(): void {
    this.closed = true;
  }
  hear(bytes: Uint8Array): void {
    this.onmessage?.({ data: bytes.slice().buffer });
  }
}

function start(map: unknown = MAP) {
  const inner = new FakeInner();
  const wires: FakeWire[] = [];
  const fetched: string[] = [];
  let now = 0;
  const means: WireMeans = {
    connect: (path) => {
      const wire = new FakeWire(path);
      wires.push(wire);
      return wire;
    },
    fetchJson: (path) => {
      fetched.push(path);
      return map instanceof Error ? Promise.reject(map) : Promise.resolve(map);
    },
    now: () => (now += 10),
  };
  const link = new WireLink(inner, means);
  const states: GameState[] = [];
  link.on('game:state', (state) => states.push(state));
  return { inner, wires, fetched, link, states };
}

/** Joined, connected, with the map, and fed by a host until the first state. */
async function live() {
  const it = start();
  it.inner.say('player:join:success', { playerId: 'me', team: 'red' });
  it.inner.say('wire:ready', READY);
  it.inner.say('wire:roster', [{ slot: WELCOME.slot, id: 'me', name: 'Ann', team: 'red' }]);
  await vi.advanceTimersByTimeAsync(0);
  const wire = it.wires[0]!;
  const host = new TestHost(seeded(3));
  const frame = (): void => {
    host.step();
    wire.hear(host.write());
    for (const bytes of wire.sent.splice(0)) host.hear(readUp(bytes));
  };
  for (let i = 0; i < 5; i += 1) frame();
  return { ...it, wire, host, frame };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('the link that speaks both protocols', () => {
  it('asks once the match is joined, and connects with the ticket', async () => {
    const { inner, wires, fetched, link } = start();
    expect(inner.asked('wire:open')).toBe(0);
    inner.say('player:join:success', { playerId: 'me', team: 'red' });
    expect(inner.sent).toEqual([['wire:open', { version: 1 }]]);
    inner.say('wire:ready', READY);
    await vi.advanceTimersByTimeAsync(0);
    expect(wires[0]!.path).toBe('/wire?ticket=abc');
    expect(wires[0]!.binaryType).toBe('arraybuffer');
    expect(fetched).toEqual([`/maps/${HASH}.json`]);
    expect(link.play).toBeNull();
  });

  it('feeds states from the wire, and today\u2019s no longer', async () => {
    const { inner, link, states, frame } = await live();
    expect(link.play).not.toBeNull();
    expect(states.length).toBeGreaterThan(2);
    expect(states[0]!.walls).toHaveLength(WELCOME.slices / 5);
    expect(states[1]!.walls).toBeNull();
    expect(states[0]!.players.some(({ id, name }) => id === 'me' && name === 'Ann')).toBe(true);
    const count = states.length;
    inner.say('game:state', { timestamp: 0, players: [], walls: null, projectiles: [], smoke: [], vision: null });
    expect(states).toHaveLength(count);
    frame();
    expect(states).toHaveLength(count + 1);
    link.send('request_game_state', {});
    frame();
    expect(states[states.length - 1]!.walls).not.toBeNull();
  });

  it('sends inputs and wishes up the wire, everything else as today', async () => {
    const { inner, link, wire } = await live();
    inner.sent.length = 0;
    const input = {
      keys: { w: true, a: false, s: false, d: false, shift: false, ctrl: false, r: false, g: false, '1': false, '2': false, '3': false, '4': false },
      mouse: { x: 1, y: 2, buttons: 0, leftPressed: false, rightPressed: false, leftReleased: false, rightReleased: false },
      sequence: 900, timestamp: 0,
    };
    link.send('player:input', input);
    const up = readUp(wire.sent[0]!);
    expect(up.inputs.map(({ held, sequence }) => [held, sequence])).toEqual([[1, 1]]);
    link.send('player:respawn', undefined);
    link.send('weapon:equip', { primary: 'smg', secondary: 'revolver', support: ['rocket'] });
    // What nothing changes goes up three at a time.
    for (let i = 0; i < 2; i += 1) link.send('player:input', input);
    expect(wire.sent).toHaveLength(1);
    link.send('player:input', input);
    expect(wire.sent).toHaveLength(2);
    expect(readUp(wire.sent[1]!).inputs.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
    expect(readUp(wire.sent[1]!).request?.what).toEqual({ type: 'respawn' });
    expect(inner.sent).toEqual([]);
    link.send('leave_lobby', undefined);
    expect(inner.sent).toEqual([['leave_lobby', undefined]]);
    expect(wire.closed).toBe(true);
    expect(link.play).toBeNull();
  });

  it('goes on with today\u2019s stream when the WebSocket ends, and tries again', async () => {
    const { inner, link, states, wire, wires } = await live();
    wire.onclose?.({ code: 1006 });
    expect(link.play).toBeNull();
    const count = states.length;
    inner.say('game:state', { timestamp: 0, players: [], walls: null, projectiles: [], smoke: [], vision: null });
    expect(states).toHaveLength(count + 1);
    link.send('player:input', {} as never);
    expect(inner.sent.at(-1)?.[0]).toBe('player:input');
    const asked = inner.asked('wire:open');
    await vi.advanceTimersByTimeAsync(2100);
    expect(inner.asked('wire:open')).toBe(asked + 1);
    inner.say('wire:ready', READY);
    expect(wires).toHaveLength(2);
  });

  it('a few failures in a row are enough', async () => {
    const { inner, wires } = start();
    inner.say('player:join:success', { playerId: 'me', team: 'red' });
    for (let i = 0; i < 10; i += 1) {
      if (inner.asked('wire:open') > wires.length) inner.say('wire:ready', READY);
      // No state comes.
      await vi.advanceTimersByTimeAsync(30_000);
    }
    expect(wires.length).toBe(4);
    expect(wires.every(({ closed }) => closed)).toBe(true);
  });

  it('does not insist where it was refused, until the next match', async () => {
    const { inner, wires } = start();
    inner.say('player:join:success', { playerId: 'me', team: 'red' });
    inner.say('wire:refused', { reason: 'Switched off' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(inner.asked('wire:open')).toBe(1);
    expect(wires).toHaveLength(0);
    inner.say('player:join:success', { playerId: 'me', team: 'red' });
    expect(inner.asked('wire:open')).toBe(2);
  });

  it('an expelled or replaced connection stays away; one that left goes into the next match', async () => {
    for (const [code, more] of [[1008, 0], [4001, 0], [4000, 1]] as const) {
      const { inner, wire } = await live();
      const asked = inner.asked('wire:open');
      wire.onclose?.({ code });
      await vi.advanceTimersByTimeAsync(60_000);
      expect(inner.asked('wire:open')).toBe(asked + more);
    }
  });

  it('a map that does not come, or is another one, leaves today\u2019s stream', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    for (const map of [new Error('404'), { ...MAP, hash: 'ffffffffffffffff' }, { hash: HASH, walls: 3 }, null]) {
      const { inner, wires, link } = start(map);
      inner.say('player:join:success', { playerId: 'me', team: 'red' });
      inner.say('wire:ready', READY);
      await vi.advanceTimersByTimeAsync(0);
      expect(wires[0]!.closed).toBe(true);
      expect(link.play).toBeNull();
    }
  });

  it('counts what it cannot read, and gives up on a stream of it', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { link, wire, frame } = await live();
    wire.hear(Uint8Array.of(3));
    frame();
    expect(link.malformedCount).toBe(1);
    expect(link.play).not.toBeNull();
    for (let i = 0; i < 20; i += 1) wire.hear(Uint8Array.of(3));
    expect(link.play).toBeNull();
    expect(wire.closed).toBe(true);
  });

  it('fetches another map that a welcome names, and shows nothing until it is there', async () => {
    const it = await live();
    const other = 'fedcba9876543210';
    Object.assign(MAP, { hash: other });
    it.wire.hear(writeWelcome({ epoch: 2, map: [0x76543210, 0xfedcba98] }));
    expect(it.link.play).toBeNull();
    await vi.advanceTimersByTimeAsync(0);
    Object.assign(MAP, { hash: HASH });
    expect(it.fetched).toEqual([`/maps/${HASH}.json`, `/maps/${other}.json`]);
    const w = new BitWriter(40);
    w.u(2, 0);
    w.u(2, 2);
    w.u(12, 1001);
    w.flag(false);
    w.u(5, 0);
    w.u(8, 0);
    for (let i = 0; i < 4; i += 1) w.flag(false);
    it.wire.hear(w.view());
    expect(it.link.play).not.toBeNull();
    expect(it.states.at(-1)?.walls).toHaveLength(WELCOME.slices / 5);
  });

  it('does not pile messages up on a connection that is stuck', async () => {
    const { wire, link, host } = await live();
    wire.sent.length = 0;
    wire.bufferedAmount = 2000;
    for (let i = 0; i < 40; i += 1) {
      host.step();
      wire.hear(host.write());
    }
    expect(wire.sent).toHaveLength(0);
    expect(link.play).not.toBeNull();
  });

  it('stands whatever a host invents', async () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { link, wire, frame, states } = await live();
    const model = new MatchModel();
    model.ownId = 'me';
    const input = {
      keys: { w: true, a: false, s: false, d: false, shift: true, ctrl: false, r: false, g: false, '1': false, '2': false, '3': false, '4': false },
      mouse: { x: 1, y: 2, buttons: 3, leftPressed: true, rightPressed: true, leftReleased: false, rightReleased: false },
      sequence: 0, timestamp: 0,
    };
    link.on('game:state', (state) => model.applyState(state, states.length * 50));
    for (let i = 0; i < 1500; i += 1) {
      link.send('player:input', input);
      frame();
      link.play?.frame(model, states.length * 50, 16, 1, i % 480, i % 270);
      for (const { ownFollower } of [model]) expect(Number.isFinite(ownFollower.x + ownFollower.y)).toBe(true);
    }
    expect(warned).not.toHaveBeenCalled();
    expect(link.play).not.toBeNull();
    expect(wire.closed).toBe(false);
    expect(states.length).toBeGreaterThan(1400);
    expect(model.players.size).toBeLessThanOrEqual(8);
    expect(model.projectiles.flying.size).toBeLessThanOrEqual(64);
  }, 60_000);

  it('a farewell ends it, and today\u2019s stream goes on', async () => {
    const { link, wire, inner } = await live();
    const w = new BitWriter(4);
    w.u(2, 2);
    w.u(2, WELCOME.epoch);
    w.u(4, 2);
    wire.hear(w.view());
    expect(link.play).toBeNull();
    expect(wire.closed).toBe(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(inner.asked('wire:open')).toBe(1);
  });

  it('a lost connection ends it, too', async () => {
    const { inner, link, wire } = await live();
    inner.become('down');
    expect(link.play).toBeNull();
    expect(wire.closed).toBe(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(inner.asked('wire:open')).toBe(1);
  });

  it('reads the negotiation strictly', () => {
    const ready = READERS['wire:ready'];
    expect(ready(READY)).toEqual(READY);
    for (const bad of [{ path: '//elsewhere.org/' }, { path: 'wire' }, { path: '/a?b' }, { map: 'xyz' }, { map: '0123456789ABCDEF' }, { ticket: '' }]) {
      expect(ready({ ...READY, ...bad })).toBeNull();
    }
    const roster = READERS['wire:roster'];
    expect(roster([{ slot: 1, id: 'a', name: 'Bo\u202e', team: 'blue' }, { slot: 8, id: 'b', name: 'x', team: 'red' }, null])).toEqual([
      { slot: 1, id: 'a', name: 'Bo', team: 'blue' },
    ]);
    expect(roster({})).toBeNull();
  });

  it('a silent page acknowledges all the same', async () => {
    const { wire, host } = await live();
    wire.sent.length = 0;
    for (let i = 0; i < 40; i += 1) {
      host.step();
      wire.hear(host.write());
    }
    expect(wire.sent.length).toBeGreaterThan(1);
    expect(readUp(wire.sent.at(-1)!)).toMatchObject({ inputs: [] });
  });
});
