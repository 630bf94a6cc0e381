/**
 * The walls of a map as the engine's `map/geometry.rs` has them: slice rectangles in f32 columns, and the grid of 10 px
 * cells over them. Built once for a map.
 */
import { FIELD_HEIGHT, FIELD_WIDTH, MATERIALS, SLICES_PER_WALL, type Material } from '../core/rules';

/** Edge of a grid cell, px. */
export const CELL = 10;
/** Grid cells along x. */
export const COLS = 48;
/** Grid cells along y. */
export const ROWS = 27;
/** Walls a map may have at most, as the engine reads maps. */
export const MAX_WALLS = 1600;

const { fround } = Math;

/** A wall as the server tells of it. */
export interface MapWall {
  /** Top left and extents, px. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly material: Material;
  /** True: the five slices lie side by side along x; false: one under another along y. */
  readonly alongX: boolean;
}

/** `GET /maps/<hash>.json`. */
export interface MapFile {
  /** 16 hex digits. */
  readonly hash: string;
  /** In the order of the slices: slice = 5 x index + 0 to 4. */
  readonly walls: readonly MapWall[];
  /** Slices that do not stand when a match begins. */
  readonly missing: readonly number[];
}

/** What arrived as a map, or null where it is none. */
export function readMapFile(value: unknown): MapFile | null {
  if (typeof value !== 'object' || value === null) return null;
  const raw = value as Record<string, unknown>;
  const { hash, walls, missing } = raw;
  if (typeof hash !== 'string' || !Array.isArray(walls) || walls.length > MAX_WALLS) return null;
  const read: MapWall[] = [];
  for (const entry of walls as unknown[]) {
    if (typeof entry !== 'object' || entry === null) return null;
    const { x, y, width, height, material, alongX } = entry as Record<string, unknown>;
    if (![x, y, width, height].every((v) => typeof v === 'number' && Number.isFinite(v))) return null;
    if (!MATERIALS.includes(material as Material) || typeof alongX !== 'boolean') return null;
    read.push({
      x: x as number, y: y as number, width: width as number, height: height as number, material: material as Material, alongX,
    });
  }
  const gone = Array.isArray(missing) ? (missing as unknown[]) : [];
  const most = read.length * SLICES_PER_WALL;
  if (!gone.every((slice) => Number.isInteger(slice) && (slice as number) >= 0 && (slice as number) < most)) return null;
  return { hash, walls: read, missing: gone as number[] };
}

/** Edge `i` of the six of a wall cut into five: the engine's one formula, in f32. */
function edge(start: number, extent: number, i: number): number {
  if (i === 0) return start;
  if (i === SLICES_PER_WALL) return fround(start + extent);
  return fround(start + fround(fround(extent * i) / SLICES_PER_WALL));
}

/** Sight passes a soft slice from damage level 2 on, bodies pass any at {@link GONE}. */
export const SEE_THROUGH = 2;
export const GONE = 4;

/** Slice rectangles and their grid; never changes. */
export class MapGeometry {
  readonly slices: number;
  /** Edges, px. */
  readonly x0: Float32Array;
  readonly y0: Float32Array;
  readonly x1: Float32Array;
  readonly y1: Float32Array;
  /** 1: wood or glass. */
  readonly soft: Uint8Array;
  /** `cellStart[c] .. cellStart[c + 1]` of `cellSlices` for cell c = row x 48 + column. */
  readonly cellStart = new Uint32Array(COLS * ROWS + 1);
  /** Slices that share area with a cell, in ascending order. */
  readonly cellSlices: Uint16Array;

  constructor(readonly file: MapFile) {
    const { walls } = file;
    this.slices = walls.length * SLICES_PER_WALL;
    this.x0 = new Float32Array(this.slices);
    this.y0 = new Float32Array(this.slices);
    this.x1 = new Float32Array(this.slices);
    this.y1 = new Float32Array(this.slices);
    this.soft = new Uint8Array(this.slices);
    walls.forEach((wall, index) => {
      const [x, y, width, height] = [fround(wall.x), fround(wall.y), fround(wall.width), fround(wall.height)];
      for (let i = 0; i < SLICES_PER_WALL; i += 1) {
        const s = index * SLICES_PER_WALL + i;
        this.x0[s] = wall.alongX ? edge(x, width, i) : x;
        this.x1[s] = wall.alongX ? edge(x, width, i + 1) : x + width;
        this.y0[s] = wall.alongX ? y : edge(y, height, i);
        this.y1[s] = wall.alongX ? y + height : edge(y, height, i + 1);
        this.soft[s] = wall.material === 'wood' || wall.material === 'glass' ? 1 : 0;
      }
    });
    const cells: number[][] = Array.from({ length: COLS * ROWS }, () => []);
    for (let s = 0; s < this.slices; s += 1) {
      const top = Math.max(0, Math.floor(this.y0[s]! / CELL));
      const bottom = Math.min(ROWS, Math.ceil(this.y1[s]! / CELL));
      const left = Math.max(0, Math.floor(this.x0[s]! / CELL));
      const right = Math.min(COLS, Math.ceil(this.x1[s]! / CELL));
      for (let row = top; row < bottom; row += 1) for (let col = left; col < right; col += 1) cells[row * COLS + col]!.push(s);
    }
    const all = cells.flat();
    this.cellSlices = Uint16Array.from(all);
    let total = 0;
    cells.forEach((list, cell) => {
      this.cellStart[cell] = total;
      total += list.length;
    });
    this.cellStart[COLS * ROWS] = total;
  }
}

/** How the slices of a match are, as far as a client knows: damage levels 0 (whole) to 4 (gone) over a map. */
export class KnownSlices {
  /** By slice; {@link GONE}: bodies pass. */
  readonly level: Uint8Array;
  /** Grows with every change. */
  version = 0;

  constructor(readonly geometry: MapGeometry) {
    this.level = new Uint8Array(geometry.slices);
    this.reset();
  }

  /** As the map has them. */
  reset(): void {
    this.level.fill(0);
    for (const slice of this.geometry.file.missing) this.level[slice] = GONE;
    this.version += 1;
  }

  set(slice: number, level: number): void {
    if (slice >= this.level.length || this.level[slice] === level) return;
    this.level[slice] = level;
    this.version += 1;
  }

  isGone(slice: number): boolean {
    return this.level[slice] === GONE;
  }

  stopsSight(slice: number): boolean {
    const level = this.level[slice]!;
    return level < GONE && (level < SEE_THROUGH || this.geometry.soft[slice] === 0);
  }
}

export const FIELD_SIZE = [FIELD_WIDTH, FIELD_HEIGHT] as const;
