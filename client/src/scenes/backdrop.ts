import type Phaser from 'phaser';
import { SLICES_PER_WALL, type Material } from '../core/rules';
import { WallSet } from '../model/walls';
import type { WallState } from '../net/protocol';
import { FogLayer } from '../render/fogLayer';
import type { FogStyle } from '../render/fogStyles';
import { TerrainLayer } from '../render/terrainLayer';

/** x, y of the top left; length and direction in px; slices missing as bits. For looks only. */
const BACKDROP: readonly (readonly [number, number, 'across' | 'down', Material, number])[] = [
  [0, 0, 'across', 'concrete', 0],
  [50, 0, 'across', 'concrete', 0],
  [30, 60, 'across', 'wood', 0b00100],
  [80, 60, 'down', 'wood', 0b01000],
  [20, 150, 'across', 'glass', 0b00010],
  [90, 190, 'down', 'metal', 0],
  [40, 230, 'across', 'concrete', 0b11000],
  [360, 40, 'across', 'metal', 0],
  [410, 40, 'down', 'concrete', 0b00110],
  [350, 130, 'across', 'wood', 0b00001],
  [430, 150, 'down', 'glass', 0b00100],
  [370, 210, 'across', 'concrete', 0b00100],
  [430, 0, 'across', 'concrete', 0],
];
/** Radians a second. */
const SWEEP = 0.35;
/** Radians at which it rests. */
const RESTS = 0.6;
/** px */
const SIGHT = 210;
/** A few dozen are enough for a backdrop. */
const RAYS = 72;

/** Broken walls in a sweeping light, behind the menus. Its scene destroys it. */
export class Backdrop {
  private readonly terrain: TerrainLayer;
  private readonly fog: FogLayer;
  private readonly still = window.matchMedia('(prefers-reduced-motion: reduce)');
  /** Of who asked for less motion: where the light rests. */
  private rest: Float32Array | null = null;

  constructor(scene: Phaser.Scene) {
    const walls = new WallSet();
    this.terrain = new TerrainLayer(scene, walls);
    walls.replace(BACKDROP.map(backdropWall));
    this.fog = new FogLayer(scene, this.terrain);
  }

  update(time: number, style: FogStyle): void {
    this.terrain.update();
    if (this.still.matches) this.rest ??= this.cone(RESTS);
    else this.rest = null;
    this.fog.update(this.rest ?? this.cone((time / 1000) * SWEEP), 0.72, this.rest ? 0 : time, style);
  }

  destroy(): void {
    this.terrain.destroy();
    this.fog.destroy();
  }

  /** Sweeps round from the middle. A new array each time: the fog layer tells by it that something changed. */
  private cone(direction: number): Float32Array {
    const polygon = new Float32Array((RAYS + 1) * 2);
    polygon[0] = 240;
    polygon[1] = 135;
    for (let i = 0; i < RAYS; i += 1) {
      const angle = direction + (i / (RAYS - 1) - 0.5) * ((Math.PI * 2) / 3);
      const reach = this.terrain.painter.reach(240, 135, angle, SIGHT);
      polygon[i * 2 + 2] = 240 + Math.cos(angle) * reach;
      polygon[i * 2 + 3] = 135 + Math.sin(angle) * reach;
    }
    return polygon;
  }
}

function backdropWall([x, y, way, material, missing]: (typeof BACKDROP)[number], index: number): WallState {
  const sliceHealth: number[] = [];
  for (let i = 0; i < SLICES_PER_WALL; i += 1) sliceHealth.push(missing & (1 << i) ? 0 : 100 - ((index * 37 + i * 53) % 70));
  return {
    id: `backdrop_${index}`,
    x,
    y,
    width: way === 'across' ? 50 : 10,
    height: way === 'across' ? 10 : 50,
    cutAlongY: way === 'down',
    material,
    maxHealth: 100,
    sliceHealth,
  };
}
