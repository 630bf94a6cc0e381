import { SLICES, type LegacyWall, type WallCatalogue, type WallPage } from './catalogue.js';

/** Walls by id, as somebody knows them. Frozen: what does not change is shared. */
export type WallSet = Readonly<Record<string, Readonly<LegacyWall>>>;

/** The walls as one player, or the host, knows them: kept up to date with that knowledge rather than built anew. */
export class LegacyWalls {
  /** By index. */
  readonly #pages: WallPage[];
  /** Health points per slice as the pages have it. */
  readonly #known: Float32Array;
  #json: string | undefined;
  #set: WallSet | undefined;

  /** `known` is what the player knows now. */
  constructor(private readonly catalogue: WallCatalogue, known: Float32Array) {
    this.#known = Float32Array.from(known);
    this.#pages = catalogue.walls.map((_, index) => catalogue.page(index, this.#known));
  }

  /** Takes in what the player knows now; says whether anything changed. */
  update(known: Float32Array): boolean {
    let changed = false;
    for (let index = 0; index < this.#pages.length; index++) {
      const first = index * SLICES;
      let differs = false;
      for (let slice = first; slice < first + SLICES; slice++) differs ||= known[slice] !== this.#known[slice];
      if (!differs) continue;
      this.#known.set(known.subarray(first, first + SLICES), first);
      this.#pages[index] = this.catalogue.page(index, this.#known);
      changed = true;
    }
    if (changed) this.#json = this.#set = undefined;
    return changed;
  }

  /** The full set as JSON. */
  get json(): string {
    return this.#json ??= `{${this.#pages.map((page) => page.json).join(',')}}`;
  }

  /** The full set. */
  get set(): WallSet {
    return this.#set ??= Object.freeze(Object.fromEntries(this.#pages.map(({ entry }) => [entry.id, entry])));
  }
}
