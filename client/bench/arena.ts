import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

/** The map that is fought on: see {@link marketCells}. */

export const COLUMNS = 48;
export const ROWS = 27;

const COLOURS = {
  '.': [0xff, 0xff, 0xff],
  '#': [0x80, 0x80, 0x80],
  w: [0x8b, 0x45, 0x13],
  g: [0x87, 0xce, 0xeb],
  R: [0xff, 0, 0],
  B: [0, 0, 0xff],
} as const;
type Cell = keyof typeof COLOURS;

/** Of a stall, cells; and from one stall to the next. */
const STALL = { width: 3, height: 2 };
const PITCH = { x: 5, y: 4 };
const FIRST = { x: 4, y: 2 };

/**
 * A market: 48 stalls of wood and glass, 3 x 2 cells each, in lanes 20 px wide, within a wall of concrete. Its 1440 slices
 * of stalls fall to small arms and grenades within minutes, which no map made for playing allows.
 */
export function marketCells(): Cell[][] {
  const cells = Array.from({ length: ROWS }, (_, y) => (
    Array.from({ length: COLUMNS }, (_, x): Cell => (x === 0 || y === 0 || x === COLUMNS - 1 || y === ROWS - 1 ? '#' : '.'))
  ));
  let stall = 0;
  for (let y = FIRST.y; y + STALL.height < ROWS - 1; y += PITCH.y) {
    for (let x = FIRST.x; x + STALL.width < COLUMNS - 3; x += PITCH.x, stall += 1) {
      for (let dy = 0; dy < STALL.height; dy += 1) {
        for (let dx = 0; dx < STALL.width; dx += 1) cells[y + dy]![x + dx] = (stall + dx) % 3 === 0 ? 'g' : 'w';
      }
    }
  }
  for (const y of [4, 12, 20, 24]) {
    cells[y]![1] = 'R';
    cells[y]![COLUMNS - 2] = 'B';
  }
  return cells;
}

/** Crossings of the lanes, playfield px. */
export function marketCrossings(): { x: number; y: number }[] {
  const crossings = [];
  for (let y = FIRST.y - 1 + PITCH.y; y < ROWS - 1; y += PITCH.y) {
    for (let x = FIRST.x - 1; x < COLUMNS - 3; x += PITCH.x) crossings.push({ x: x * 10, y: y * 10 });
  }
  return crossings;
}

/** Path of the map as the PNG that a server reads; gone when the process ends. */
export function writeMarket(): string {
  const folder = mkdtempSync(join(tmpdir(), 'market-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'market.png');
  writeFileSync(path, marketPng());
  return path;
}

export function marketPng(): Buffer {
  return png(marketCells());
}

function png(cells: Cell[][]): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(COLUMNS, 0);
  header.writeUInt32BE(ROWS, 4);
  // 8 bits of RGB, no filters, not interlaced.
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
