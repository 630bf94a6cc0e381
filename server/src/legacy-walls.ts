import { rounded, type V2 } from './legacy-numbers.js';
import type { WallMemory } from './wall-memory.js';
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

/** The `walls` of one player's states, kept up to date with that player's memory rather than built anew. */
export class LegacyWalls {
  readonly byId: Record<string, LegacyWall> = {};

  constructor(private readonly catalogue: WallCatalogue, private readonly memory: WallMemory) {
    catalogue.walls.forEach((wall, index) => {
      const maxHealth = catalogue.maxHealth[index]!;
      this.byId[catalogue.ids[index]!] = {
        id: catalogue.ids[index]!,
        position: { x: wall.x, y: wall.y },
        width: wall.width,
        height: wall.height,
        orientation: wall.orientation,
        material: wall.material,
        // JSON has no infinity: the border's health is as good as none to a client that only draws damage.
        maxHealth: Number.isFinite(maxHealth) ? rounded(maxHealth) : 0,
        ...this.#damage(index),
      };
    });
  }

  /** Takes in what the memory has learnt; says whether anything changed. */
  update(): boolean {
    const changed = this.memory.takeChangedWalls();
    for (const index of changed) Object.assign(this.byId[this.catalogue.ids[index]!]!, this.#damage(index));
    return changed.length > 0;
  }

  #damage(wall: number): Pick<LegacyWall, 'destructionMask' | 'sliceHealth'> {
    const health = Array.from(this.memory.known.subarray(wall * SLICES, (wall + 1) * SLICES));
    return {
      destructionMask: health.map((points) => (points <= 0 ? 1 : 0)),
      sliceHealth: health.map((points) => (Number.isFinite(points) ? rounded(Math.max(0, points)) : 0)),
    };
  }
}
