import { rounded, type V2 } from './legacy-numbers.js';
import { SLICES, type WallCatalogue } from './walls.js';

export interface LegacyWall {
  id: string;
  /** Top left. */
  position: V2;
  width: number;
  height: number;
  orientation: 'horizontal' | 'vertical';
  /** 1: destroyed, passable. */
  destructionMask: number[];
  material: string;
  maxHealth: number;
  sliceHealth: number[];
}

/** The `walls` of one player's states, kept up to date with what that player knows rather than built anew. */
export class LegacyWalls {
  /** `"wall_1":{...}`, by index. */
  readonly #pages: string[];
  /** Health points per slice as the pages have it. */
  readonly #known: Float32Array;
  #json: string | undefined;

  /** `known` is what the player knows now. */
  constructor(private readonly catalogue: WallCatalogue, known: Float32Array) {
    this.#known = Float32Array.from(known);
    this.#pages = catalogue.walls.map((_, index) => this.#page(index));
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
      this.#pages[index] = this.#page(index);
      changed = true;
    }
    if (changed) this.#json = undefined;
    return changed;
  }

  /** The full set. */
  get json(): string {
    this.#json ??= `{${this.#pages.join(',')}}`;
    return this.#json;
  }

  #page(index: number): string {
    const wall = this.catalogue.walls[index]!;
    const id = this.catalogue.ids[index]!;
    const maxHealth = this.catalogue.maxHealth[index]!;
    const health = Array.from(this.#known.subarray(index * SLICES, (index + 1) * SLICES));
    const entry: LegacyWall = {
      id,
      position: { x: wall.x, y: wall.y },
      width: wall.width,
      height: wall.height,
      orientation: wall.orientation,
      destructionMask: health.map((points) => (points <= 0 ? 1 : 0)),
      material: wall.material,
      // JSON has no infinity: the border's health is as good as none to a client that only draws damage.
      maxHealth: Number.isFinite(maxHealth) ? rounded(maxHealth) : 0,
      sliceHealth: health.map((points) => (Number.isFinite(points) ? rounded(Math.max(0, points)) : 0)),
    };
    return `"${id}":${JSON.stringify(entry)}`;
  }
}
