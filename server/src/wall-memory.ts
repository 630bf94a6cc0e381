import { SLICES } from './walls.js';

/** What one player knows of the walls' damage: what was seen once is remembered, though it may have changed since. */
export class WallMemory {
  /** Health points per slice, as last seen. */
  readonly known: Float32Array;
  /** Slices that changed since this player last saw them. */
  readonly #stale = new Set<number>();
  readonly #changedWalls = new Set<number>();

  /** `pristine` is the map as everybody knows it before the first shot, `actual` the walls of the match that is joined. */
  constructor(pristine: Float32Array, actual: Float32Array) {
    this.known = Float32Array.from(pristine);
    actual.forEach((health, slice) => {
      if (health !== pristine[slice]) this.#stale.add(slice);
    });
  }

  learn(slice: number, health: number): void {
    this.#stale.delete(slice);
    if (this.known[slice] === health) return;
    this.known[slice] = health;
    this.#changedWalls.add(Math.floor(slice / SLICES));
  }

  /** The slice changed where this player could not see it. */
  miss(slice: number): void {
    this.#stale.add(slice);
  }

  /** Looks again at every slice that changed unseen. */
  lookAgain(actual: Float32Array, sees: (slice: number) => boolean): void {
    for (const slice of this.#stale) {
      if (sees(slice)) this.learn(slice, actual[slice]!);
    }
  }

  get hasStale(): boolean {
    return this.#stale.size > 0;
  }

  /** Walls whose known damage changed since the last call. */
  takeChangedWalls(): number[] {
    const changed = [...this.#changedWalls];
    this.#changedWalls.clear();
    return changed;
  }
}
