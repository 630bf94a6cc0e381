import { FIELD_HEIGHT, FIELD_WIDTH, type Material } from '../core/rules';
import { noise, smoothNoise } from './noise';
import { PALETTE } from './palette';

/** What damage does to one pixel of a wall's surface. */
export interface Wear {
  /** Added to the surface's lightness, of 128. */
  light: number;
  /** Another colour than the material's, or -1. */
  colour: number;
  /** Gone right through: the floor shows, or what stands in the hole. */
  hole: boolean;
  /** Of 255 that a see-through surface gains or loses. */
  alpha: number;
}

/** Of the borders between pieces, by damage level, what share has opened; and of the pieces, what share is sunk in and gone. */
const OPENED = [0, 0.6, 0.9, 1] as const;
const SUNK = [0, 0.14, 0.34, 0.46] as const;
const GONE = [0, 0, 0, 0.2] as const;
/** Share of a board's rows that are split; of lengths of board, those that are sunk in, and at last gone. */
const SPLIT = [0, 0.2, 0.3, 0.4] as const;
const BOARDS = [0, 0, 0.1, 0.24] as const;

/** Of the piece that a pixel belongs to: its number, that of the next one, and px between their borders. */
const piece = { id: 0, next: 0, gap: 0 };

/** Points scattered one a square of a net (Worley): what is nearest to one is a piece, with straight borders, as brittle things break. */
class Net {
  private readonly columns: number;
  /** px; of the square (-1, -1) first. Kept, since nine of them are asked for each pixel. */
  private readonly x: Float64Array;
  private readonly y: Float64Array;

  constructor(private readonly size: number, purpose: number) {
    this.columns = Math.ceil(FIELD_WIDTH / size) + 3;
    const rows = Math.ceil(FIELD_HEIGHT / size) + 3;
    this.x = new Float64Array(this.columns * rows);
    this.y = new Float64Array(this.columns * rows);
    for (let at = 0; at < this.x.length; at += 1) {
      const column = (at % this.columns) - 1;
      const row = Math.floor(at / this.columns) - 1;
      this.x[at] = (column + noise(column, row, purpose)) * size;
      this.y[at] = (row + noise(column, row, purpose + 1)) * size;
    }
  }

  /** Leaves in `piece` what a pixel of the playfield belongs to. */
  find(x: number, y: number): void {
    const { columns, size } = this;
    const corner = Math.floor(y / size) * columns + Math.floor(x / size);
    let first = Infinity;
    let second = Infinity;
    for (let row = 0; row < 3; row += 1) {
      for (let at = corner + row * columns; at < corner + row * columns + 3; at += 1) {
        const dx = this.x[at]! - x;
        const dy = this.y[at]! - y;
        const far = dx * dx + dy * dy;
        if (far < first) {
          second = first;
          piece.next = piece.id;
          first = far;
          piece.id = at;
        } else if (far < second) {
          second = far;
          piece.next = at;
        }
      }
    }
    piece.gap = Math.sqrt(second) - Math.sqrt(first);
  }
}

const PLATES = new Net(6, 61);
const SHARDS = new Net(6.5, 91);
const SPLINTERS = new Net(4.5, 91);
const RUBBLE = new Net(2.8, 101);

/** The border between two pieces is open. Both sides must say the same. */
function isOpen(share: number, purpose: number): boolean {
  return noise(Math.min(piece.id, piece.next), Math.max(piece.id, piece.next), purpose) < share;
}

/**
 * Wear of the pixel at damage level 1 to 3: the worse keeps all that the better had, so that a crack that is there stays
 * where it is.
 */
export function wear(material: Material, x: number, y: number, damage: number, alongY: boolean, out: Wear): void {
  out.light = 0;
  out.colour = -1;
  out.hole = false;
  out.alpha = 0;
  if (material === 'wood' && alongY) wood(y, x, damage, out);
  else BY_MATERIAL[material](x, y, damage, out);
  // Grit, everywhere: no slice is so lucky as to look better than it is.
  if (!out.hole && out.colour < 0 && noise(x, y, 60) < 0.08 * damage) out.light += material === 'glass' ? 44 : -36;
}

/** Cracks between plates; plates sink and show the coarse inside; at last they fall out and leave the iron. */
function concrete(x: number, y: number, damage: number, out: Wear): void {
  PLATES.find(x, y);
  const of = noise(piece.id, 0, 63);
  if (of < GONE[damage]!) {
    // Iron in both ways, every five px.
    if (y % 5 === 2 || x % 7 === 3) {
      out.colour = PALETTE.rust;
      out.light = noise(x, y, 64) * 40 - 30;
    } else out.hole = true;
    return;
  }
  if (piece.gap < 1 && isOpen(OPENED[damage]!, 62)) {
    out.light = -62;
    return;
  }
  if (of < GONE[damage]! + SUNK[damage]!) out.light = -30 + (noise(x, y, 65) - 0.5) * 46;
  else if (piece.gap < 2.2 && damage > 1 && isOpen(OPENED[damage]!, 62)) out.light = noise(x, y, 66) < 0.4 ? 22 : -6;
}

/** Holes with bright lips where rounds went in; then dents; at last it is torn. */
function metal(x: number, y: number, damage: number, out: Wear): void {
  const tear = damage === 3 ? Math.abs(smoothNoise(x, y * 2, 7, 71) - 0.5) : 1;
  if (tear < 0.045) {
    out.hole = true;
    return;
  }
  if (tear < 0.09) out.light = 44;
  const net = 5;
  const cx = Math.floor(x / net);
  const cy = Math.floor(y / net);
  if (noise(cx, cy, 72) < [0, 0.72, 0.8, 0.85][damage]!) {
    const dx = x - cx * net - 1 - Math.floor(noise(cx, cy, 73) * 3);
    const dy = y - cy * net - 1 - Math.floor(noise(cx, cy, 74) * 3);
    if (dx === 0 && dy === 0) {
      out.colour = PALETTE.ink;
      return;
    }
    // Bent inwards: its upper left is in the dark, its lower right in the light.
    if (dx * dx + dy * dy <= 2 && dx <= 1 && dy <= 1) {
      out.light = dx + dy > 0 ? 52 : -34;
      return;
    }
  }
  const dent = smoothNoise(x, y, 5, 75) - smoothNoise(x + 1, y + 1, 5, 75);
  out.light += Math.max(-46, Math.min(46, dent * (damage === 1 ? 110 : 260)));
  if (damage > 1 && noise(x >> 1, y, 76) < 0.05 * damage) out.colour = PALETTE.rust;
}

/** Splits along the grain and shows its pale inside; then lengths of board break out. */
function wood(along: number, across: number, damage: number, out: Wear): void {
  const board = Math.floor(across / 5);
  const row = across % 5;
  // Lengths of board, each row of which ends a little elsewhere: splinters.
  const ragged = along + Math.floor(noise(across, board, 81) * 4) + board * 3;
  const length = Math.floor(ragged / 7);
  const from = ragged - length * 7;
  const of = noise(length, board, 82);
  if (of < BOARDS[damage]!) {
    if (damage < 3) out.light = -44;
    else out.hole = true;
    return;
  }
  const beside = Math.min(noise(length - 1, board, 82), noise(length + 1, board, 82)) < BOARDS[damage]!;
  if (beside && (from < 1 || from > 5)) {
    out.colour = PALETTE.splinter;
    return;
  }
  // A split runs in one row for some px.
  const split = noise(Math.floor((along + across * 5) / 6), across, 83);
  if (split < SPLIT[damage]!) {
    out.light = -54;
    return;
  }
  const above = noise(Math.floor((along + (across - 1) * 5) / 6), across - 1, 83);
  if (row > 0 && above < SPLIT[damage]! && noise(along, across, 84) < 0.65) out.colour = PALETTE.splinter;
}

/** Stars of cracks, joined into shards; shards fall out. */
function glass(x: number, y: number, damage: number, out: Wear): void {
  (damage === 3 ? SPLINTERS : SHARDS).find(x, y);
  if (damage === 3 && noise(piece.id, 1, 93) < 0.3) {
    out.hole = true;
    return;
  }
  if (piece.gap < 0.9 && isOpen(OPENED[damage]!, 92)) {
    out.light = 84;
    out.alpha = 85;
    return;
  }
  // Each shard stands a little askew, and so shines a little otherwise.
  if (damage > 1) out.light = (noise(piece.id, 2, 94) - 0.5) * 44;
  out.alpha = -damage * 12;
}

/** How each wears; wood alone knows which way its wall runs. */
const BY_MATERIAL: Readonly<Record<Material, (x: number, y: number, damage: number, out: Wear) => void>> = {
  concrete, metal, wood, glass, border: concrete,
};

/** Lightness of the rubble at a pixel of a broken slice; NaN: none lies there. */
export function rubble(x: number, y: number): number {
  RUBBLE.find(x, y);
  const of = noise(piece.id, 0, 103);
  if (of > 0.6 || piece.gap < 0.5) return Number.NaN;
  return -48 + (of / 0.6) * 56 + (noise(x, y, 104) - 0.5) * 10;
}
