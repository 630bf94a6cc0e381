import type { GameMap, WallInfo } from './engine.js';

export interface Rect { x: number; y: number; width: number; height: number }

export const SLICES = 5;

/** A map's walls with the ids clients know them by: `wall_1` is the first in creation order. Shared by all matches on the map. */
export class WallCatalogue {
  readonly walls: readonly WallInfo[];
  readonly ids: readonly string[];
  /** Health points of an undamaged slice, per wall. */
  readonly maxHealth: readonly number[];

  constructor(map: GameMap) {
    this.walls = map.walls();
    this.ids = this.walls.map((_, index) => `wall_${index + 1}`);
    this.maxHealth = this.walls.map((wall) => map.maxHealth(wall.firstSlice));
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
