/** A projectile as one receiver knows it. */
export interface KnownProjectile {
  readonly id: string;
  /** Tick in which the receiver first learnt of it. */
  readonly sinceTick: number;
  /** The receiver knows when, from where and how hard it was thrown. */
  readonly sawLaunch: boolean;
}

/**
 * One receiver's names for projectiles. Each counts for themselves: the engine's serial numbers would tell how much is
 * thrown out of sight. Entries stay until the match starts over; a match has a few hundred throws.
 */
export class KnownProjectiles {
  readonly #byNumber = new Map<number, KnownProjectile>();

  /** The projectile with the engine's number, which the receiver learns of now unless it is known already. */
  meet(number: number, tick: number, sawLaunch: boolean): KnownProjectile {
    let known = this.#byNumber.get(number);
    if (known === undefined) {
      known = { id: `projectile_${this.#byNumber.size + 1}`, sinceTick: tick, sawLaunch };
      this.#byNumber.set(number, known);
    }
    return known;
  }

  clear(): void {
    this.#byNumber.clear();
  }
}
