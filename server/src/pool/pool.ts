import type { Clock } from '../clock.js';
import type { Records } from '../records/index.js';
import { beatKey, serverKey, SERVERS } from './keys.js';
import { POOL, type Beat, type ServerRecord } from './types.js';
import { Vitality } from './vitality.js';

export interface PoolServer extends ServerRecord {
  readonly load: number;
  readonly isLost: boolean;
}

export interface PoolStats {
  ready: number;
  draining: number;
  lost: number;
  /** Matches, of servers that are ready. */
  capacity: number;
  matches: number;
}

/** The game servers as the leader sees them. What it chooses by may be old; what it reserves is checked where it is done. */
export class Pool {
  readonly #vitality = new Vitality(POOL.beatMs);
  readonly #servers = new Map<string, { record: ServerRecord; load: number; matches: number }>();

  /** @param accepts versions that may be given matches */
  constructor(private readonly records: Records, private readonly clock: Clock, private readonly accepts: (version: string) => boolean = () => true) {}

  async refresh(): Promise<void> {
    const ids = [...(await this.records.entries(SERVERS)).keys()];
    const found = await this.records.getAll<ServerRecord | Beat>([...ids.map(serverKey), ...ids.map((id) => beatKey('server', id))]);
    this.#servers.clear();
    const signs = new Map<string, string | undefined>();
    ids.forEach((id, at) => {
      const record = found[at] as ServerRecord | undefined;
      const beat = found[ids.length + at] as Beat | undefined;
      if (record === undefined) return;
      this.#servers.set(id, { record, load: beat?.load ?? 0, matches: record.matches.length });
      signs.set(id, beat?.incarnation === record.incarnation ? `${beat.incarnation} ${beat.n}` : record.incarnation);
    });
    this.#vitality.look(signs, this.clock.now());
  }

  /** A new leader has seen nobody alive yet, and nobody dead. */
  reset(): void {
    this.#vitality.reset();
  }

  servers(): PoolServer[] {
    return [...this.#servers.values()].map(({ record, load }) => ({ ...record, load, isLost: this.#isLost(record.id) }));
  }

  stats(): PoolStats {
    const stats: PoolStats = { ready: 0, draining: 0, lost: 0, capacity: 0, matches: 0 };
    for (const { record, matches } of this.#servers.values()) {
      if (this.#isLost(record.id)) stats.lost++;
      else stats[record.state]++;
      stats.matches += matches;
      if (record.state === 'ready' && !this.#isLost(record.id)) stats.capacity += record.capacity;
    }
    return stats;
  }

  /**
   * The least loaded server with a free place, in the first region that has one. A server that misses a sign of life is
   * passed over before it counts as lost.
   *
   * @param regions the best first
   */
  choose(regions: readonly string[], except: ReadonlySet<string> = new Set()): ServerRecord | undefined {
    for (const region of regions) {
      let best: { record: ServerRecord; fill: number; load: number } | undefined;
      for (const { record, load, matches } of this.#servers.values()) {
        if (record.region !== region || except.has(record.id) || !this.#takes(record, matches)) continue;
        const fill = Math.max(matches / record.capacity, load);
        if (best === undefined || fill < best.fill || (fill === best.fill && record.id < best.record.id)) best = { record, fill, load };
      }
      if (best !== undefined) return best.record;
    }
    return undefined;
  }

  /** Whether any server would take a match, wherever it is. */
  get hasRoom(): boolean {
    return [...this.#servers.values()].some(({ record, matches }) => this.#takes(record, matches));
  }

  /** Whether the matches that run there may take players. */
  takesPlayers(serverId: string): boolean {
    return this.#servers.get(serverId)?.record.state === 'ready' && this.#vitality.silentMs(serverId) <= 2 * POOL.beatMs;
  }

  /** One match more, as far as this view goes. */
  took(serverId: string): void {
    const server = this.#servers.get(serverId);
    if (server !== undefined) server.matches++;
  }

  #takes(record: ServerRecord, matches: number): boolean {
    return record.state === 'ready' && matches < record.capacity && this.accepts(record.version) && this.#vitality.silentMs(record.id) <= 2 * POOL.beatMs;
  }

  #isLost(id: string): boolean {
    return this.#vitality.silentMs(id) > POOL.expiryMs;
  }
}
