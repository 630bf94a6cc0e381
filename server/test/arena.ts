import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

/** Maps drawn for a test, as the PNG that a server reads. */

const COLUMNS = 48;
const ROWS = 27;

const COLOURS = {
  '.': [0, 0, 0],
  '#': [0x80, 0x80, 0x80],
  w: [0x8b, 0x45, 0x13],
  g: [0x87, 0xce, 0xeb],
  r: [0xff, 0, 0],
  b: [0, 0, 0xff],
} as const;
type Cell = keyof typeof COLOURS;

/** Path of a map that is empty but for the columns of cells given: `at` in cells, `rows` inclusive, the whole height by default. */
export function drawMap(parts: { at: [number, number]; cell: Cell; downTo?: number }[]): string {
  const cells = Array.from({ length: ROWS }, () => Array<Cell>(COLUMNS).fill('.'));
  for (const { at: [column, row], cell, downTo = row } of parts) {
    for (let y = row; y <= downTo; y++) cells[y]![column] = cell;
  }
  const folder = mkdtempSync(join(tmpdir(), 'arena-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'arena.png');
  writeFileSync(path, png(cells));
  return path;
}

function png(cells: Cell[][]): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(COLUMNS, 0);
  header.writeUInt32BE(ROWS, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = cells.map((row) => Buffer.from([0, ...row.flatMap((cell) => COLOURS[cell])]));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.concat(rows))), chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** Red on the left, blue 100 px to the right of it, nothing between: red, facing the middle, sees blue, who looks away. */
export const openArena = (): string => drawMap([{ at: [10, 13], cell: 'r' }, { at: [20, 13], cell: 'b' }]);

/** As the open one, with concrete from top to bottom between the two. */
export const dividedArena = (): string => drawMap([
  { at: [10, 13], cell: 'r' }, { at: [20, 13], cell: 'b' }, { at: [15, 0], cell: '#', downTo: ROWS - 1 },
]);

/** Red alone before a pane of glass 30 px away and concrete 100 px away. */
export const glassArena = (): string => drawMap([
  { at: [10, 13], cell: 'r' }, { at: [40, 13], cell: 'b' }, { at: [13, 11], cell: 'g', downTo: 15 }, { at: [20, 0], cell: '#', downTo: ROWS - 1 },
]);

/** As the open one, with concrete 15 px before red: what red throws there comes back. */
export const closetArena = (): string => drawMap([
  { at: [10, 13], cell: 'r' }, { at: [40, 13], cell: 'b' }, { at: [12, 0], cell: '#', downTo: ROWS - 1 },
]);
