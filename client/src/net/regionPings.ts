import type { Region } from './service';

export interface PingMeans {
  /** Asks the origin for the least that it has. Fails where it does not answer. */
  ping(origin: string): Promise<void>;
  /** Monotonic ms. */
  now(): number;
  /** Names of regions that the player does not want. */
  loadUnwanted(): readonly string[];
  saveUnwanted(names: readonly string[]): void;
}

/** Counted ones of a server. The first of all opens the connection, and is not counted. */
const ROUNDS = 5;
/** Servers of a region that are measured; the nearest counts, since one may be busy. */
const SERVERS = 2;
/** ms for which a measurement is good. */
const FRESH_MS = 60_000;
/** ms; a longer way is none to a matchmaker. */
export const MAX_PING = 9999;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The way to each region, measured in the page, and which of them the player would play in. */
export class RegionPings {
  regions: readonly Region[] = [];
  isMeasuring = false;
  onChange: () => void = () => {};

  /** By region, ms, whole, 1 to MAX_PING. */
  private readonly pings = new Map<string, number>();
  private readonly unwanted: Set<string>;
  private measuredAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly means: PingMeans) {
    this.unwanted = new Set(means.loadUnwanted());
  }

  /** ms; null: not measured, for nobody there has answered yet. */
  ping(name: string): number | null {
    return this.pings.get(name) ?? null;
  }

  isWanted(name: string): boolean {
    return !this.unwanted.has(name);
  }

  /** @returns false: the last one stays, for a match is somewhere */
  want(name: string, isWanted: boolean): boolean {
    if (!isWanted && !this.regions.some((region) => region.name !== name && this.isWanted(region.name))) return false;
    if (isWanted) this.unwanted.delete(name);
    else this.unwanted.add(name);
    this.means.saveUnwanted([...this.unwanted].slice(-32));
    this.onChange();
    return true;
  }

  /** All at once, for each measures another way. One measurement is good for a minute. */
  async measure(regions: readonly Region[]): Promise<void> {
    const { means } = this;
    if (this.isMeasuring) return;
    this.regions = regions;
    // Unwanted ones alone are left where the server has changed its regions.
    if (regions.length > 0 && !regions.some(({ name }) => this.isWanted(name))) this.unwanted.clear();
    if (means.now() - this.measuredAt < FRESH_MS && regions.every(({ name, probes }) => this.pings.has(name) === probes.length > 0)) return;
    this.isMeasuring = true;
    this.onChange();
    try {
      await Promise.all(regions.map(async ({ name, probes }) => {
        const ways = (await Promise.all(probes.slice(0, SERVERS).map((probe) => this.way(probe)))).filter((way) => way !== null);
        if (ways.length > 0) this.pings.set(name, Math.min(MAX_PING, Math.max(1, Math.round(Math.min(...ways)))));
        else this.pings.delete(name);
        this.onChange();
      }));
      this.measuredAt = means.now();
    } finally {
      this.isMeasuring = false;
      this.onChange();
    }
  }

  /**
   * What the queue is told: the wanted regions, by what was measured. Where nothing could be measured, one way stands for
   * all of them. @param standIn ms
   */
  forQueue(names: readonly string[], standIn: number): Record<string, number> {
    const wanted = names.filter((name) => this.isWanted(name));
    const candidates = wanted.length > 0 ? wanted : names;
    const measured = candidates.filter((name) => this.pings.has(name));
    const fallback = Math.min(MAX_PING, Math.max(1, Math.round(standIn)));
    return Object.fromEntries((measured.length > 0 ? measured : candidates).map((name) => [name, this.pings.get(name) ?? fallback]));
  }

  /** Median ms to a server; null: it does not answer. One after the other: probes side by side would wait for each other. */
  private async way(probe: string): Promise<number | null> {
    const times: number[] = [];
    try {
      await this.means.ping(probe);
      for (let round = 0; round < ROUNDS; round += 1) {
        const start = this.means.now();
        await this.means.ping(probe);
        times.push(this.means.now() - start);
      }
    } catch {
      // One that has answered at least once is measured by that.
    }
    return times.length > 0 ? median(times) : null;
  }
}

const UNWANTED_KEY = 'trespasser.unwantedRegions';

/** @param home origin of the matchmaker; each has regions of its own */
export function pingMeans(home: string): PingMeans {
  const key = `${UNWANTED_KEY}@${home}`;
  return {
    async ping(origin) {
      const response = await fetch(`${origin}/ping`, { cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout(3000) });
      // Its connection is free for the next one only then.
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`no answer to a ping: ${response.status}`);
    },
    now: () => performance.now(),
    loadUnwanted() {
      try {
        const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
        return Array.isArray(stored) ? stored.filter((name) => typeof name === 'string').slice(0, 32) : [];
      } catch {
        return [];
      }
    },
    saveUnwanted(names) {
      try {
        localStorage.setItem(key, JSON.stringify(names));
      } catch {
        // They hold until the page is left.
      }
    },
  };
}
