import type { Clock } from '../clock.js';
import { serverKey, SERVERS, type ServerRecord } from '../pool/index.js';
import type { Records } from '../records/index.js';

/** Addresses of one region: enough that one server which is slow, or just gone, is not taken for the region. */
const PROBES = 3;
/** Milliseconds for which an answer is good: whoever asks costs the records nothing more in that time. */
const FRESH_MS = 2000;

export interface RegionProbes {
  name: string;
  /** Origins of game servers there, which answer `GET /ping`; empty: none is there now. */
  probes: string[];
}

/** Tells players where to measure the way to each region that they may be matched in. */
export class RegionGuide {
  #known: RegionProbes[];
  #askedMs = -Infinity;
  #asking: Promise<void> | undefined;

  /** @param random in [0, 1): which of a region's servers are named */
  constructor(
    private readonly regions: readonly string[],
    private readonly dependencies: { records: Records; clock: Clock },
    private readonly random: () => number = Math.random,
  ) {
    this.#known = regions.map((name) => ({ name, probes: [] }));
  }

  /** All regions, in the order of the settings. While the records are away: what was known last. */
  async read(): Promise<readonly RegionProbes[]> {
    const now = this.dependencies.clock.now();
    if (now - this.#askedMs >= FRESH_MS) {
      this.#asking ??= this.#ask().catch(() => {}).finally(() => {
        this.#askedMs = this.dependencies.clock.now();
        this.#asking = undefined;
      });
      await this.#asking;
    }
    return this.#known;
  }

  async #ask(): Promise<void> {
    const { records } = this.dependencies;
    const ids = [...(await records.entries(SERVERS)).keys()];
    const servers = ids.length === 0 ? [] : await records.getAll<ServerRecord>(ids.map(serverKey));
    const origins = new Map<string, string[]>(this.regions.map((name) => [name, []]));
    for (const server of servers) {
      if (server?.state === 'ready' && URL.canParse(server.url)) origins.get(server.region)?.push(new URL(server.url).origin);
    }
    this.#known = this.regions.map((name) => ({ name, probes: this.#some([...new Set(origins.get(name))]) }));
  }

  #some(origins: string[]): string[] {
    const chosen: string[] = [];
    while (chosen.length < PROBES && origins.length > 0) chosen.push(...origins.splice(Math.floor(this.random() * origins.length), 1));
    return chosen;
  }
}
