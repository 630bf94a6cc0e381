import { describe, expect, it } from 'vitest';
import { CELLS, COLS, ROWS } from '../src/engine/engine';
import { MapModel } from '../src/tools/mapModel';

const NAMES = ['empty', 'concrete', 'wood', 'metal', 'glass', 'red', 'blue', 'light'];
const [EMPTY, CONCRETE, WOOD, RED, BLUE] = [0, 1, 2, 5, 6] as const;

const at = (col: number, row: number): number => row * COLS + col;

function stroke(model: MapModel, work: () => void): void {
  model.begin();
  work();
  model.end();
}

describe('a map under the brush', () => {
  it('takes strokes back and does them again, to the cell', () => {
    const model = new MapModel(NAMES);
    const states = [model.cells.slice()];
    for (let step = 0; step < 20; step += 1) {
      stroke(model, () => model.line(step, step, (step * 7) % COLS, (step * 5) % ROWS, (step % 7) + 1));
      states.push(model.cells.slice());
    }
    for (let step = 19; step >= 0; step -= 1) {
      model.undo();
      expect(model.cells).toEqual(states[step]);
    }
    expect(model.canUndo).toBe(false);
    model.undo();
    for (let step = 1; step <= 20; step += 1) {
      model.redo();
      expect(model.cells).toEqual(states[step]);
    }
    model.undo();
    stroke(model, () => model.line(0, 0, 3, 0, WOOD));
    expect(model.canRedo).toBe(false);
  });

  it('keeps so many strokes and no more, and none that changed nothing', () => {
    const model = new MapModel(NAMES);
    for (let step = 0; step < 700; step += 1) stroke(model, () => model.line(0, 0, 0, 0, step % 2 === 0 ? WOOD : EMPTY));
    stroke(model, () => model.line(0, 0, 0, 0, model.cells[0]!));
    let undone = 0;
    for (; model.canUndo; undone += 1) model.undo();
    expect(undone).toBe(500);
  });

  it('repeats a stroke on the other half, with the teams exchanged', () => {
    const model = new MapModel(NAMES);
    model.symmetry = 'mirror';
    stroke(model, () => model.line(2, 3, 2, 3, RED));
    expect([model.cells[at(2, 3)], model.cells[at(COLS - 3, 3)]]).toEqual([RED, BLUE]);
    model.symmetry = 'turn';
    stroke(model, () => model.line(5, 4, 5, 4, CONCRETE));
    expect(model.cells[at(COLS - 6, ROWS - 5)]).toBe(CONCRETE);
  });

  it('draws lines without gaps, outlines of rectangles, and fills what hangs together', () => {
    const model = new MapModel(NAMES);
    stroke(model, () => {
      model.rectangle(2, 2, 30, 20, WOOD);
      // While the pointer still moves, only the last one counts.
      model.rectangle(2, 2, 8, 6, WOOD);
    });
    expect(model.cells.reduce((sum, kind) => sum + (kind === WOOD ? 1 : 0), 0)).toBe(2 * 7 + 2 * 3);
    stroke(model, () => model.fill(4, 4, CONCRETE));
    expect(model.cells.reduce((sum, kind) => sum + (kind === CONCRETE ? 1 : 0), 0)).toBe(5 * 3);
    expect(model.cells[at(0, 0)]).toBe(EMPTY);
    stroke(model, () => model.line(0, 26, 47, 26, WOOD));
    for (let col = 0; col < COLS; col += 1) expect(model.cells[at(col, 26)]).toBe(WOOD);
    const before = model.cells.slice();
    stroke(model, () => {
      model.fill(-1, 4, WOOD);
      model.line(-5, -5, -1, -1, WOOD);
    });
    expect(model.cells).toEqual(before);
  });

  it('refuses a map of another size', () => {
    const model = new MapModel(NAMES);
    expect(() => model.replace(new Uint8Array(CELLS - 1))).toThrow(/1296 cells/);
  });
});
