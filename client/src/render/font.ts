/**
 * The game's one typeface: 5 x 7 pixels, drawn here, proportional but for the digits. Each glyph is 7 rows from
 * the cap line down, or 9 with two rows below the baseline; a row is 5 bits, the leftmost the highest.
 */
const ROWS: Readonly<Record<string, string>> = {
  '!': '04 04 04 04 04 00 04',
  '"': '0a 0a 0a 00 00 00 00',
  '#': '0a 0a 1f 0a 1f 0a 0a',
  $: '04 0f 14 0e 05 1e 04',
  '%': '18 19 02 04 08 13 03',
  '&': '0c 12 14 08 15 12 0d',
  "'": '04 04 08 00 00 00 00',
  '(': '02 04 08 08 08 04 02',
  ')': '08 04 02 02 02 04 08',
  '*': '00 04 15 0e 15 04 00',
  '+': '00 04 04 1f 04 04 00',
  ',': '00 00 00 00 00 0c 04 08',
  '-': '00 00 00 1e 00 00 00',
  '.': '00 00 00 00 00 0c 0c',
  '/': '01 01 02 04 08 10 10',
  '0': '0e 11 13 15 19 11 0e',
  '1': '04 0c 14 04 04 04 1f',
  '2': '0e 11 01 02 04 08 1f',
  '3': '1f 02 04 02 01 11 0e',
  '4': '02 06 0a 12 1f 02 02',
  '5': '1f 10 1e 01 01 11 0e',
  '6': '06 08 10 1e 11 11 0e',
  '7': '1f 01 02 04 08 08 08',
  '8': '0e 11 11 0e 11 11 0e',
  '9': '0e 11 11 0f 01 02 0c',
  ':': '00 0c 0c 00 0c 0c 00',
  ';': '00 0c 0c 00 0c 04 08',
  '<': '02 04 08 10 08 04 02',
  '=': '00 00 1e 00 1e 00 00',
  '>': '08 04 02 01 02 04 08',
  '?': '0e 11 01 02 04 00 04',
  '@': '0e 11 17 15 17 10 0e',
  A: '0e 11 11 1f 11 11 11',
  B: '1e 11 11 1e 11 11 1e',
  C: '0e 11 10 10 10 11 0e',
  D: '1e 11 11 11 11 11 1e',
  E: '1f 10 10 1e 10 10 1f',
  F: '1f 10 10 1e 10 10 10',
  G: '0e 11 10 17 11 11 0f',
  H: '11 11 11 1f 11 11 11',
  I: '0e 04 04 04 04 04 0e',
  J: '07 02 02 02 02 12 0c',
  K: '11 12 14 18 14 12 11',
  L: '10 10 10 10 10 10 1f',
  M: '11 1b 15 15 11 11 11',
  N: '11 19 19 15 13 13 11',
  O: '0e 11 11 11 11 11 0e',
  P: '1e 11 11 1e 10 10 10',
  Q: '0e 11 11 11 15 12 0d',
  R: '1e 11 11 1e 14 12 11',
  S: '0f 10 10 0e 01 01 1e',
  T: '1f 04 04 04 04 04 04',
  U: '11 11 11 11 11 11 0e',
  V: '11 11 11 11 11 0a 04',
  W: '11 11 11 15 15 1b 11',
  X: '11 11 0a 04 0a 11 11',
  Y: '11 11 0a 04 04 04 04',
  Z: '1f 01 02 04 08 10 1f',
  '[': '0e 08 08 08 08 08 0e',
  '\\': '10 10 08 04 02 01 01',
  ']': '0e 02 02 02 02 02 0e',
  '^': '04 0a 11 00 00 00 00',
  _: '00 00 00 00 00 00 00 1f',
  '`': '08 04 00 00 00 00 00',
  a: '00 00 0e 01 0f 11 0f',
  b: '10 10 1e 11 11 11 1e',
  c: '00 00 0e 10 10 10 0e',
  d: '01 01 0f 11 11 11 0f',
  e: '00 00 0e 11 1f 10 0e',
  f: '06 08 1c 08 08 08 08',
  g: '00 00 0f 11 11 11 0f 01 0e',
  h: '10 10 1e 11 11 11 11',
  i: '04 00 04 04 04 04 04',
  j: '04 00 04 04 04 04 04 04 18',
  k: '10 10 12 14 18 14 12',
  l: '0c 04 04 04 04 04 06',
  m: '00 00 1a 15 15 15 15',
  n: '00 00 1e 11 11 11 11',
  o: '00 00 0e 11 11 11 0e',
  p: '00 00 1e 11 11 11 1e 10 10',
  q: '00 00 0f 11 11 11 0f 01 01',
  r: '00 00 16 18 10 10 10',
  s: '00 00 0e 10 0e 01 1e',
  t: '08 08 1c 08 08 08 06',
  u: '00 00 11 11 11 11 0f',
  v: '00 00 11 11 11 0a 04',
  w: '00 00 11 11 15 15 0a',
  x: '00 00 11 0a 04 0a 11',
  y: '00 00 11 11 11 11 0f 01 0e',
  z: '00 00 1f 02 04 08 1f',
  '{': '02 04 04 08 04 04 02',
  '|': '04 04 04 04 04 04 04',
  '}': '08 04 04 02 04 04 08',
  '~': '00 00 08 15 02 00 00',
  '\u00d7': '00 00 11 0a 04 0a 11',
  '\u00b7': '00 00 00 0c 0c 00 00',
  '\u2026': '00 00 00 00 00 15 15',
};

/** Rows above and below the baseline. */
export const ASCENT = 7;
export const DESCENT = 2;
export const LINE = 10;

export interface Glyph {
  readonly char: string;
  /** px, without the gap to the next glyph. */
  readonly width: number;
  /** Bit (width - 1 - x) of rows[y] is the pixel at x, y; y from the cap line. */
  readonly rows: readonly number[];
}

function makeGlyph(char: string, source: string): Glyph {
  const rows = source.split(' ').map((row) => Number.parseInt(row, 16));
  if (char >= '0' && char <= '9') return { char, width: 5, rows };
  let all = 0;
  for (const row of rows) all |= row;
  let shift = 0;
  while (shift < 4 && !((all >> shift) & 1)) shift += 1;
  let width = 1;
  while (all >> shift >> width) width += 1;
  return { char, width, rows: rows.map((row) => row >> shift) };
}

export const GLYPHS: ReadonlyMap<string, Glyph> = new Map<string, Glyph>([
  [' ', { char: ' ', width: 2, rows: [] }],
  ...Object.entries(ROWS).map(([char, source]): [string, Glyph] => [char, makeGlyph(char, source)]),
]);

const UNKNOWN: Glyph = { char: '\ufffd', width: 5, rows: [31, 17, 17, 17, 17, 17, 31] };

/** Letters with marks fall back to their base letter, anything else unknown to a box. */
export function glyphOf(char: string): Glyph {
  return GLYPHS.get(char) ?? GLYPHS.get(char.normalize('NFD')[0] ?? '') ?? UNKNOWN;
}

/** px, without a gap at the end. */
export function textWidth(text: string): number {
  let width = 0;
  for (const char of text) width += glyphOf(char).width + 1;
  return Math.max(0, width - 1);
}

/** Calls back for every pixel set; x, y from the cap line's left end. */
export function eachPixel(text: string, plot: (x: number, y: number) => void): void {
  let pen = 0;
  for (const char of text) {
    const glyph = glyphOf(char);
    for (let y = 0; y < glyph.rows.length; y += 1) {
      const row = glyph.rows[y]!;
      for (let x = 0; x < glyph.width; x += 1) {
        if ((row >> (glyph.width - 1 - x)) & 1) plot(pen + x, y);
      }
    }
    pen += glyph.width + 1;
  }
}
