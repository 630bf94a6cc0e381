import type { GameMap, WallInfo } from './engine.js';
import { rounded, type V2 } from './numbers.js';

export interface Rect { x: number; y: number; width: number; height: number }

/** Slices of a wall. */
export const SLICES = 5;

/** A wall as in `game:state`. */
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

/** A wall with its damage, written once. */
export class WallPage {
  #json: string | undefined;

  /** @param entry frozen: it is shared by all who know the wall like this, in all matches on the map if it is undamaged */
  constructor(readonly entry: Readonly<LegacyWall>) {}

  /** `"wall_1":{...}` */
  get json(): string {
    return this.#json ??= `"${this.entry.id}":${JSON.stringify(this.entry)}`;
  }
}

/** A map's walls with the ids clients know them by: `wall_1` is the first in creation order. Shared by all matches on the map. */
export class WallCatalogue {
  readonly walls: readonly WallInfo[];
  readonly ids: readonly string[];
  /** Health points of an undamaged slice, per wall. */
  readonly maxHealth: readonly number[];
  /** Health points of all slices when a match begins. */
  readonly #atFirst: Float32Array;
  readonly #undamaged: (WallPage | undefined)[] = [];

  constructor(map: GameMap) {
    this.walls = map.walls();
    this.ids = this.walls.map((_, index) => `wall_${index + 1}`);
    this.maxHealth = this.walls.map((wall) => map.maxHealth(wall.firstSlice));
    this.#atFirst = Float32Array.from({ length: map.sliceCount }, (_, slice) => this.maxHealth[this.wallOf(slice)]!);
    for (const slice of map.missingSlices()) this.#atFirst[slice] = 0;
  }

  /** A wall whose slices have so many points. @param health of all slices of the map */
  page(index: number, health: Float32Array): WallPage {
    const first = index * SLICES;
    for (let slice = first; slice < first + SLICES; slice++) {
      if (health[slice] !== this.#atFirst[slice]) return this.#write(index, health);
    }
    return this.#undamaged[index] ??= this.#write(index, this.#atFirst);
  }

  #write(index: number, all: Float32Array): WallPage {
    const wall = this.walls[index]!;
    const maxHealth = this.maxHealth[index]!;
    const health = Array.from(all.subarray(index * SLICES, (index + 1) * SLICES));
    return new WallPage(Object.freeze({
      id: this.ids[index]!,
      position: Object.freeze({ x: wall.x, y: wall.y }),
      width: wall.width,
      height: wall.height,
      orientation: wall.orientation,
      destructionMask: Object.freeze(health.map((points) => (points <= 0 ? 1 : 0))) as number[],
      material: wall.material,
      // JSON has no infinity: the border's health is as good as none to a client that only draws damage.
      maxHealth: Number.isFinite(maxHealth) ? rounded(maxHealth) : 0,
      sliceHealth: Object.freeze(health.map((points) => (Number.isFinite(points) ? rounded(Math.max(0, points)) : 0))) as number[],
    }));
  }

  wallOf(slice: number): number {
    return Math.floor(slice / SLICES);
  }

  sliceRect(slice: number): Rect {
    const wall = this.walls[this.wallOf(slice)]!;
    const index = slice % SLICES;
    return wall.orientation === 'horizontal'
      ? { x: wall.x + (index * wall.width) / SLICES, y: wall.y, width: wall.width / SLICES, height: wall.height }
      : { x: wall.x, y: wall.y + (index * wall.height) / SLICES, width: wall.width, height: wall.height / SLICES };
  }
}

export interface DestructionStats {
  totalWalls: number;
  destroyedWalls: number;
  totalSlices: number;
  destroyedSlices: number;
  /** 0 to 100, of slices. */
  overallDestructionPercentage: number;
}

/** @param health points of all slices */
export function destructionStats(health: Float32Array): DestructionStats {
  let destroyedSlices = 0;
  let destroyedWalls = 0;
  for (let first = 0; first < health.length; first += SLICES) {
    const destroyed = health.subarray(first, first + SLICES).filter((points) => points <= 0).length;
    destroyedSlices += destroyed;
    if (destroyed === SLICES) destroyedWalls++;
  }
  return {
    totalWalls: health.length / SLICES,
    destroyedWalls,
    totalSlices: health.length,
    destroyedSlices,
    overallDestructionPercentage: health.length === 0 ? 0 : (100 * destroyedSlices) / health.length,
  };
}
