/** A map under the brush: cells, and what was done to them, forwards and back. No DOM. */
import { CELLS, COLS, ROWS } from '../engine/engine';

/** Strokes that can be undone at most. */
const MOST_UNDO = 500;

/** How strokes are repeated on the other half, with the teams exchanged. */
export type Symmetry = 'none' | 'mirror' | 'turn';
export type Tool = 'brush' | 'rectangle' | 'fill';

/** Cells of one stroke: where, what was there, what is there now. */
interface Stroke {
  readonly at: number[];
  readonly before: number[];
  readonly after: number[];
}

export class MapModel {
  /** Places in the engine's list of cells, row by row. */
  readonly cells = new Uint8Array(CELLS);
  symmetry: Symmetry = 'none';
  /** Grows with every change. */
  version = 0;
  private readonly done: Stroke[] = [];
  private readonly undone: Stroke[] = [];
  /** As they were when the stroke began; null: none is under way. */
  private before: Uint8Array | null = null;

  /** @param names of the cells, as the engine lists them */
  constructor(private readonly names: readonly string[]) {}

  get canUndo(): boolean {
    return this.done.length > 0;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  get painting(): boolean {
    return this.before !== null;
  }

  /** Another map; it can be undone like a stroke. */
  replace(cells: ArrayLike<number>): void {
    if (cells.length !== CELLS) throw new Error(`a map has ${CELLS} cells, not ${cells.length}`);
    this.begin();
    this.cells.set(cells);
    this.end();
  }

  begin(): void {
    this.end();
    this.before = this.cells.slice();
  }

  end(): void {
    const { before, cells } = this;
    this.before = null;
    if (!before) return;
    const stroke: Stroke = { at: [], before: [], after: [] };
    for (let cell = 0; cell < CELLS; cell += 1) {
      if (before[cell] === cells[cell]) continue;
      stroke.at.push(cell);
      stroke.before.push(before[cell]!);
      stroke.after.push(cells[cell]!);
    }
    this.version += 1;
    if (stroke.at.length === 0) return;
    this.undone.length = 0;
    this.done.push(stroke);
    if (this.done.length > MOST_UNDO) this.done.shift();
  }

  /** A line of cells, so that a quick pointer leaves no gaps. Within a stroke. */
  line(fromCol: number, fromRow: number, col: number, row: number, kind: number): void {
    const steps = Math.max(Math.abs(col - fromCol), Math.abs(row - fromRow), 1);
    for (let step = 0; step <= steps; step += 1) {
      this.put(Math.round(fromCol + ((col - fromCol) * step) / steps), Math.round(fromRow + ((row - fromRow) * step) / steps), kind);
    }
    this.version += 1;
  }

  /** The outline of a rectangle in place of what this stroke drew so far. */
  rectangle(fromCol: number, fromRow: number, col: number, row: number, kind: number): void {
    if (this.before) this.cells.set(this.before);
    const [left, right] = [Math.min(fromCol, col), Math.max(fromCol, col)];
    const [top, bottom] = [Math.min(fromRow, row), Math.max(fromRow, row)];
    for (let c = left; c <= right; c += 1) for (let r = top; r <= bottom; r += 1) {
      if (c === left || c === right || r === top || r === bottom) this.put(c, r, kind);
    }
    this.version += 1;
  }

  /** All cells alike that hang together with one. */
  fill(col: number, row: number, kind: number): void {
    if (!within(col, row)) return;
    const old = this.cells[row * COLS + col]!;
    if (old === kind) return;
    const open: number[] = [row * COLS + col];
    const seen = new Set(open);
    for (let cell = open.pop(); cell !== undefined; cell = open.pop()) {
      const [c, r] = [cell % COLS, Math.floor(cell / COLS)];
      for (const [x, y] of [[c + 1, r], [c - 1, r], [c, r + 1], [c, r - 1]] as const) {
        const next = y * COLS + x;
        if (!within(x, y) || seen.has(next) || this.cells[next] !== old) continue;
        seen.add(next);
        open.push(next);
      }
    }
    for (const cell of seen) this.put(cell % COLS, Math.floor(cell / COLS), kind);
    this.version += 1;
  }

  undo(): void {
    this.end();
    const stroke = this.done.pop();
    if (!stroke) return;
    stroke.at.forEach((cell, i) => (this.cells[cell] = stroke.before[i]!));
    this.undone.push(stroke);
    this.version += 1;
  }

  redo(): void {
    this.end();
    const stroke = this.undone.pop();
    if (!stroke) return;
    stroke.at.forEach((cell, i) => (this.cells[cell] = stroke.after[i]!));
    this.done.push(stroke);
    this.version += 1;
  }

  private put(col: number, row: number, kind: number): void {
    if (!within(col, row)) return;
    if (this.symmetry !== 'none') {
      const otherRow = this.symmetry === 'turn' ? ROWS - 1 - row : row;
      this.cells[otherRow * COLS + (COLS - 1 - col)] = this.exchanged(kind);
    }
    this.cells[row * COLS + col] = kind;
  }

  private exchanged(kind: number): number {
    const name = this.names[kind];
    if (name === 'red') return this.names.indexOf('blue');
    return name === 'blue' ? this.names.indexOf('red') : kind;
  }
}

function within(col: number, row: number): boolean {
  return col >= 0 && row >= 0 && col < COLS && row < ROWS;
}
