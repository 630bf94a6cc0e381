import { SLICES_PER_WALL, type Material } from '../core/rules';
import type { SliceDamage, WallState } from '../net/protocol';

export type DamageState = 'none' | 'light' | 'medium' | 'heavy' | 'destroyed';

/** `share` is health over full health. */
export function damageState(share: number): DamageState {
  if (share <= 0) return 'destroyed';
  if (share > 0.75) return 'none';
  if (share > 0.5) return 'light';
  return share > 0.25 ? 'medium' : 'heavy';
}

export interface Wall {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly cutAlongY: boolean;
  readonly material: Material;
  readonly maxHealth: number;
  /** SLICES_PER_WALL long; 0 is destroyed. */
  readonly health: Float32Array;
  /** Bit i: slice i was seen to break, in contrast to one that was missing from the start. */
  broken: number;
}

/** Playfield px, edges at fractions where a wall does not divide by five. */
export interface SliceRect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export function sliceRect(wall: Wall, slice: number, out: SliceRect): SliceRect {
  if (wall.cutAlongY) {
    out.x = wall.x;
    out.width = wall.width;
    out.height = wall.height / SLICES_PER_WALL;
    out.y = wall.y + slice * out.height;
  } else {
    out.y = wall.y;
    out.height = wall.height;
    out.width = wall.width / SLICES_PER_WALL;
    out.x = wall.x + slice * out.width;
  }
  return out;
}

export interface WallObserver {
  /** Walls came or went: nothing drawn before is valid. */
  rebuilt(): void;
  /** The slice looks different from before: another damage state. */
  sliceChanged(wall: Wall, slice: number): void;
}

/** What the player knows of the walls. Tells its observer what must be drawn anew, and only that. */
export class WallSet {
  readonly walls = new Map<string, Wall>();
  observer: WallObserver | null = null;

  /** A full set, as the protocol sends it: walls that it does not name are gone. */
  replace(states: readonly WallState[]): void {
    let rebuilt = states.length !== this.walls.size;
    for (const state of states) {
      const known = this.walls.get(state.id);
      if (!known || !sameShape(known, state)) {
        rebuilt = true;
        break;
      }
    }
    if (rebuilt) {
      this.walls.clear();
      for (const state of states) {
        const wall: Wall = { ...state, health: Float32Array.from(state.sliceHealth), broken: 0 };
        this.walls.set(state.id, wall);
      }
      this.observer?.rebuilt();
      return;
    }
    for (const state of states) {
      const wall = this.walls.get(state.id)!;
      for (let slice = 0; slice < SLICES_PER_WALL; slice += 1) this.setHealth(wall, slice, state.sliceHealth[slice]!);
    }
  }

  /** Damage to a wall that is not known is not an error: the next full set brings it. */
  damage(event: SliceDamage): void {
    const wall = this.walls.get(event.wallId);
    if (wall) this.setHealth(wall, event.sliceIndex, event.isDestroyed ? 0 : event.newHealth);
  }

  clear(): void {
    this.walls.clear();
    this.observer?.rebuilt();
  }

  private setHealth(wall: Wall, slice: number, health: number): void {
    const before = damageState(wall.health[slice]! / wall.maxHealth);
    const after = damageState(health / wall.maxHealth);
    wall.health[slice] = health;
    if (before === after) return;
    if (after === 'destroyed') wall.broken |= 1 << slice;
    else if (before === 'destroyed') wall.broken &= ~(1 << slice);
    this.observer?.sliceChanged(wall, slice);
  }
}

function sameShape(wall: Wall, state: WallState): boolean {
  return (
    wall.x === state.x &&
    wall.y === state.y &&
    wall.width === state.width &&
    wall.height === state.height &&
    wall.cutAlongY === state.cutAlongY &&
    wall.material === state.material &&
    wall.maxHealth === state.maxHealth
  );
}
