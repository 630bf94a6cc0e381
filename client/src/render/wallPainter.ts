import { FIELD_HEIGHT, FIELD_WIDTH, MATERIALS, SLICES_PER_WALL, type Material } from '../core/rules';
import { damageState, sliceRect, type DamageState, type SliceRect, type Wall } from '../model/walls';
import { noise, smoothNoise } from './noise';
import { MATERIAL_COLOURS } from './palette';
import { rubble, wear, type Wear } from './wear';

/**
 * Walls as pixels. A grid holds, for every playfield pixel, which material stands there and how damaged it is;
 * a pixel's colour follows from its own cell and those up to REACH px around it. So a slice that changes costs the
 * repainting of its rectangle grown by REACH, and painting the whole or a part gives the same pixels.
 */
export const REACH = 4;

/** Cell layout: 0 empty; bits 0-2 material index + 1, bits 3-4 damage, bit 5 cut along y. */
const MATERIAL_BITS = 7;
const DAMAGE_SHIFT = 3;
const CUT_BIT = 32;

const DAMAGE_LEVEL: Readonly<Record<DamageState, number>> = { none: 0, light: 1, medium: 2, heavy: 3, destroyed: 0 };
const GLASS = MATERIALS.indexOf('glass') + 1;
/** The floor in the shade of a wall that is shot through. */
const HOLE = 0x1b1d22;

/** px; half open. */
export interface Region {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

export class WallPainter {
  private readonly standing = new Uint8Array(FIELD_WIDTH * FIELD_HEIGHT);
  /** Material index + 1 of the slice that was seen to break there. */
  private readonly rubble = new Uint8Array(FIELD_WIDTH * FIELD_HEIGHT);
  private readonly rect: SliceRect = { x: 0, y: 0, width: 0, height: 0 };
  private readonly span: Region = { x0: 0, y0: 0, x1: 0, y1: 0 };
  private readonly colour = new Float64Array(4);
  private readonly worn: Wear = { light: 0, colour: -1, hole: false, alpha: 0 };

  /** Stamps everything anew. */
  rebuild(walls: Iterable<Wall>): void {
    this.standing.fill(0);
    this.rubble.fill(0);
    for (const wall of walls) {
      for (let slice = 0; slice < SLICES_PER_WALL; slice += 1) this.stamp(wall, slice);
    }
  }

  /**
   * Stamps what a changed slice covers, and returns the region to be painted again. All walls are asked, since the
   * old map reading lets a missing slice of one wall lie over a standing slice of another.
   */
  restamp(changed: Wall, changedSlice: number, walls: Iterable<Wall>, out: Region): Region {
    const area = this.pixels(changed, changedSlice, out);
    const { x0, y0, x1, y1 } = area;
    for (let y = y0; y < y1; y += 1) {
      this.standing.fill(0, y * FIELD_WIDTH + x0, y * FIELD_WIDTH + x1);
      this.rubble.fill(0, y * FIELD_WIDTH + x0, y * FIELD_WIDTH + x1);
    }
    for (const wall of walls) {
      if (wall.x >= x1 || wall.y >= y1 || wall.x + wall.width <= x0 || wall.y + wall.height <= y0) continue;
      for (let slice = 0; slice < SLICES_PER_WALL; slice += 1) {
        const span = this.pixels(wall, slice, this.span);
        if (span.x0 < x1 && span.y0 < y1 && span.x1 > x0 && span.y1 > y0) this.stamp(wall, slice);
      }
    }
    area.x0 = Math.max(0, x0 - REACH);
    area.y0 = Math.max(0, y0 - REACH);
    area.x1 = Math.min(FIELD_WIDTH, x1 + REACH);
    area.y1 = Math.min(FIELD_HEIGHT, y1 + REACH);
    return area;
  }

  isSolid(x: number, y: number): boolean {
    const px = Math.floor(x);
    const py = Math.floor(y);
    if (px < 0 || py < 0 || px >= FIELD_WIDTH || py >= FIELD_HEIGHT) return true;
    return this.standing[py * FIELD_WIDTH + px] !== 0;
  }

  materialAt(x: number, y: number): Material | null {
    const px = Math.floor(x);
    const py = Math.floor(y);
    if (px < 0 || py < 0 || px >= FIELD_WIDTH || py >= FIELD_HEIGHT) return 'border';
    return MATERIALS[(this.standing[py * FIELD_WIDTH + px]! & MATERIAL_BITS) - 1] ?? null;
  }

  /** px from a point along a direction to the first standing pixel, at most `range`. */
  reach(x: number, y: number, direction: number, range: number): number {
    const dx = Math.cos(direction);
    const dy = Math.sin(direction);
    for (let way = 0; way < range; way += 1) {
      if (this.isSolid(x + dx * way, y + dy * way)) return way;
    }
    return range;
  }

  /** RGBA of the region, row by row, over a transparent ground. */
  paint(region: Region, out: Uint8ClampedArray): void {
    let i = 0;
    const colour = this.colour;
    for (let y = region.y0; y < region.y1; y += 1) {
      for (let x = region.x0; x < region.x1; x += 1) {
        const cell = this.standing[y * FIELD_WIDTH + x]!;
        if (cell !== 0) this.surface(x, y, cell, colour);
        else this.ground(x, y, colour);
        out[i] = colour[0]!;
        out[i + 1] = colour[1]!;
        out[i + 2] = colour[2]!;
        out[i + 3] = colour[3]!;
        i += 4;
      }
    }
  }

  /** Opaque white where something stands, transparent elsewhere. */
  paintMask(region: Region, out: Uint8ClampedArray): void {
    let i = 0;
    for (let y = region.y0; y < region.y1; y += 1) {
      for (let x = region.x0; x < region.x1; x += 1) {
        const value = this.standing[y * FIELD_WIDTH + x] === 0 ? 0 : 255;
        out[i] = value;
        out[i + 1] = value;
        out[i + 2] = value;
        out[i + 3] = value;
        i += 4;
      }
    }
  }

  /** Pixels whose centre lies in the slice. */
  private pixels(wall: Wall, slice: number, out: Region): Region {
    const rect = sliceRect(wall, slice, this.rect);
    out.x0 = Math.min(FIELD_WIDTH, Math.max(0, Math.round(rect.x)));
    out.y0 = Math.min(FIELD_HEIGHT, Math.max(0, Math.round(rect.y)));
    out.x1 = Math.min(FIELD_WIDTH, Math.max(0, Math.round(rect.x + rect.width)));
    out.y1 = Math.min(FIELD_HEIGHT, Math.max(0, Math.round(rect.y + rect.height)));
    return out;
  }

  private stamp(wall: Wall, slice: number): void {
    const state = damageState(wall.health[slice]! / wall.maxHealth);
    const material = MATERIALS.indexOf(wall.material) + 1;
    const { x0, y0, x1, y1 } = this.pixels(wall, slice, this.span);
    if (state === 'destroyed') {
      if (!(wall.broken & (1 << slice))) return;
      for (let y = y0; y < y1; y += 1) this.rubble.fill(material, y * FIELD_WIDTH + x0, y * FIELD_WIDTH + x1);
      return;
    }
    const cell = material | (DAMAGE_LEVEL[state] << DAMAGE_SHIFT) | (wall.cutAlongY ? CUT_BIT : 0);
    for (let y = y0; y < y1; y += 1) this.standing.fill(cell, y * FIELD_WIDTH + x0, y * FIELD_WIDTH + x1);
  }

  /** Outside the playfield counts as standing, so that the outermost walls show no edge there. */
  private cell(x: number, y: number): number {
    if (x < 0 || y < 0 || x >= FIELD_WIDTH || y >= FIELD_HEIGHT) return 255;
    return this.standing[y * FIELD_WIDTH + x]!;
  }

  private surface(x: number, y: number, cell: number, out: Float64Array): void {
    const index = (cell & MATERIAL_BITS) - 1;
    const material = MATERIALS[index]!;
    const damage = (cell >> DAMAGE_SHIFT) & 3;
    const base = MATERIAL_COLOURS[material];
    let light = texture(material, x, y, (cell & CUT_BIT) !== 0);
    let alpha = material === 'glass' ? 150 : 255;

    const up = this.cell(x, y - 1);
    const down = this.cell(x, y + 1);
    const left = this.cell(x - 1, y);
    const right = this.cell(x + 1, y);
    // A raised block lit from the upper left: a bright rim there, a dark front face of 2 px below.
    if (down === 0) light -= 62;
    else if (this.cell(x, y + 2) === 0) light -= 46;
    else if (up === 0) light += 34;
    else if (left === 0) light += 18;
    if (right === 0) light -= 26;
    if (material === 'glass' && (up === 0 || down === 0 || left === 0 || right === 0)) alpha = 225;
    // Another material begins: a thin joint.
    else if (differs(cell, up) || differs(cell, left)) light -= 30;

    if (damage > 0) {
      const { worn } = this;
      wear(material, x, y, damage, (cell & CUT_BIT) !== 0, worn);
      if (worn.hole) {
        setColour(out, HOLE, 0, material === 'glass' ? 70 : 205);
        return;
      }
      alpha = Math.min(255, alpha + worn.alpha);
      light += worn.light;
      if (worn.colour >= 0) {
        setColour(out, worn.colour, light * 0.4, Math.max(alpha, 225));
        return;
      }
    }
    setColour(out, base, light, alpha);
  }

  private ground(x: number, y: number, out: Float64Array): void {
    const broken = this.rubble[y * FIELD_WIDTH + x]!;
    if (broken !== 0) {
      const light = rubble(x, y);
      if (!Number.isNaN(light)) {
        setColour(out, MATERIAL_COLOURS[MATERIALS[broken - 1]!], light, broken === GLASS ? 170 : 245);
        return;
      }
    }
    // Shadow of whatever stands up to REACH px to the upper left; glass throws a faint one.
    let shade = 0;
    for (let k = 1; k <= REACH; k += 1) {
      const caster = this.cell(x - k, y - k);
      if (caster === 0 || caster === 255) continue;
      shade = Math.max(shade, (caster & MATERIAL_BITS) === GLASS ? 36 : 112 - k * 9);
    }
    if (shade === 0 && this.cell(x, y - 1) !== 0 && this.cell(x, y - 1) !== 255) shade = 70;
    if (broken !== 0) shade = Math.max(shade, 60);
    setColour(out, 0x0c1018, 0, shade);
  }
}

function differs(cell: number, other: number): boolean {
  return other !== 0 && other !== 255 && (other & MATERIAL_BITS) !== (cell & MATERIAL_BITS);
}

/** Light scales the colour rather than adding to it: a dark side keeps its hue. */
function setColour(out: Float64Array, base: number, light: number, alpha: number): void {
  const scale = Math.max(0, 1 + light / 128);
  out[0] = ((base >> 16) & 255) * scale;
  out[1] = ((base >> 8) & 255) * scale;
  out[2] = (base & 255) * scale;
  out[3] = alpha;
}

/** Lightness of the material's pattern, about -40 to 60 of 128. */
function texture(material: Material, x: number, y: number, alongY: boolean): number {
  switch (material) {
    case 'concrete': {
      let light = (noise(x, y, 11) - 0.5) * 16 + (smoothNoise(x, y, 7, 12) - 0.5) * 26;
      if (noise(x, y, 13) > 0.975) light -= 26;
      return light;
    }
    case 'metal': {
      // Brushed sheets of 10 px with a seam and a rivet in each corner.
      const inX = x % 10;
      const inY = y % 10;
      let light = (noise(x >> 2, y, 14) - 0.5) * 14;
      if ((x + y) % 10 < 3) light += 10;
      if ((inX === 2 || inX === 7) && (inY === 2 || inY === 7)) light += 44;
      else if ((inX === 3 || inX === 8) && (inY === 3 || inY === 8)) light -= 26;
      if (inX === 0 || inY === 0) light -= 22;
      return light;
    }
    case 'wood': {
      // Boards along the wall, 5 px wide, with grain that runs their way.
      const along = alongY ? y : x;
      const across = alongY ? x : y;
      const board = Math.floor(across / 5);
      let light = (noise(board, Math.floor((along + board * 7) / 20), 16) - 0.5) * 26;
      light += (smoothNoise(along, across * 5, 6, 17) - 0.5) * 26;
      if (across % 5 === 0) light -= 34;
      if ((along + board * 7) % 20 === 0) light -= 30;
      return light;
    }
    case 'glass': {
      const glint = (x + y * 2) % 17;
      return glint < 2 ? 62 : glint === 3 ? 34 : (smoothNoise(x, y, 9, 18) - 0.5) * 10;
    }
    case 'border': {
      return (x + y) % 6 < 2 ? 12 : (noise(x, y, 19) - 0.5) * 8;
    }
  }
}
