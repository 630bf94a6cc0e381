import type { Clock } from '../clock.js';
import { beatKey, checkFence, Deposed, FENCE_KEY, POOL, Vitality, type Fence } from '../pool/index.js';
import type { Records } from '../records/index.js';

interface LeaderBeat {
  readonly n: number;
}

const BEAT = beatKey('leader', 'now');

/**
 * One matchmaker leads. Another takes over when it has seen no sign of life for a while, with the next number of the fence:
 * whatever the former one still does is then void, however long it was halted.
 */
export class Leadership {
  readonly #vitality = new Vitality(POOL.beatMs);
  #n = 0;
  #fence: Fence | undefined;
  #renewedMs = -Infinity;

  /** @param id of no other process, nor of an earlier life of this one */
  constructor(private readonly id: string, private readonly records: Records, private readonly clock: Clock) {}

  /** Renews or takes the lead. @returns the fence of the leader that this is; undefined: another leads */
  async lead(): Promise<Fence | undefined> {
    const fence = await this.records.transact(async (tx) => {
      const [held, beat] = await tx.getAll<Fence | LeaderBeat>([FENCE_KEY, BEAT]) as [Fence?, LeaderBeat?];
      if (held?.holder === this.id) {
        tx.put(BEAT, { n: ++this.#n } satisfies LeaderBeat);
        return held;
      }
      if (held !== undefined && held.holder !== '') {
        this.#vitality.look(new Map([['leader', `${held.token} ${beat?.n ?? ''}`]]), this.clock.now());
        if (this.#vitality.silentMs('leader') <= POOL.expiryMs) return undefined;
      }
      const taken: Fence = { holder: this.id, token: (held?.token ?? 0) + 1 };
      tx.put(FENCE_KEY, taken);
      tx.put(BEAT, { n: ++this.#n } satisfies LeaderBeat);
      return taken;
    });
    this.#fence = fence;
    this.#renewedMs = this.clock.now();
    return fence;
  }

  /** In the middle of long work. @throws Deposed */
  async renew(): Promise<void> {
    const fence = this.#fence;
    if (fence === undefined) throw new Deposed();
    if (this.clock.now() - this.#renewedMs < POOL.beatMs) return;
    await this.records.transact(async (tx) => {
      await checkFence(tx, fence);
      tx.put(BEAT, { n: ++this.#n } satisfies LeaderBeat);
    });
    this.#renewedMs = this.clock.now();
  }

  /** Lets another lead at once. */
  async resign(): Promise<void> {
    const fence = this.#fence;
    this.#fence = undefined;
    if (fence === undefined) return;
    await this.records.transact(async (tx) => {
      const held = await tx.get<Fence>(FENCE_KEY);
      if (held?.holder === fence.holder && held.token === fence.token) tx.put(FENCE_KEY, { holder: '', token: fence.token } satisfies Fence);
    });
  }
}
