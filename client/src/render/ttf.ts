import { ASCENT, DESCENT, GLYPHS, LINE, type Glyph } from './font';

/** Font units of one font pixel; LINE of them are the em, so a font-size of LINE px shows pixel for pixel. */
const UNIT = 100;

/**
 * The pixel typeface as a TrueType file, so that the page's HTML has the same letters as the playfield. Each run
 * of set pixels in a row is one rectangle. Tables as the OpenType specification lists them as required.
 */
export function buildTrueType(family: string): ArrayBuffer {
  const glyphs: Glyph[] = [{ char: '', width: 5, rows: [31, 17, 17, 17, 17, 17, 31] }];
  const chars = [...GLYPHS.values()].sort((a, b) => a.char.codePointAt(0)! - b.char.codePointAt(0)!);
  glyphs.push(...chars);

  const glyf = new Writer();
  const loca = new Writer();
  const hmtx = new Writer();
  let maxPoints = 0;
  let maxContours = 0;
  for (const glyph of glyphs) {
    loca.u32(glyf.length);
    hmtx.u16((glyph.width + 1) * UNIT);
    hmtx.i16(0);
    const boxes = rectangles(glyph);
    maxPoints = Math.max(maxPoints, boxes.length * 4);
    maxContours = Math.max(maxContours, boxes.length);
    if (boxes.length > 0) writeGlyph(glyf, boxes);
    glyf.pad(4);
  }
  loca.u32(glyf.length);

  const head = new Writer();
  head.u32(0x00010000);
  head.u32(0x00010000);
  head.u32(0); // checkSumAdjustment: readers in browsers don't ask for it
  head.u32(0x5f0f3cf5);
  head.u16(0b11);
  head.u16(LINE * UNIT);
  for (let i = 0; i < 4; i += 1) head.u32(0);
  head.i16(0);
  head.i16(-DESCENT * UNIT);
  head.i16(6 * UNIT);
  head.i16(ASCENT * UNIT);
  head.u16(0);
  head.u16(LINE);
  head.i16(2);
  head.i16(1); // long loca
  head.i16(0);

  const hhea = new Writer();
  hhea.u32(0x00010000);
  hhea.i16((ASCENT + 1) * UNIT);
  hhea.i16(-DESCENT * UNIT);
  hhea.i16(0);
  hhea.u16(6 * UNIT);
  for (let i = 0; i < 3; i += 1) hhea.i16(0);
  hhea.i16(1);
  for (let i = 0; i < 7; i += 1) hhea.i16(0);
  hhea.u16(glyphs.length);

  const maxp = new Writer();
  maxp.u32(0x00010000);
  maxp.u16(glyphs.length);
  maxp.u16(maxPoints);
  maxp.u16(maxContours);
  for (const value of [0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0]) maxp.u16(value);

  const tables: [string, Writer][] = [
    ['OS/2', os2(chars)],
    ['cmap', cmap(chars)],
    ['glyf', glyf],
    ['head', head],
    ['hhea', hhea],
    ['hmtx', hmtx],
    ['loca', loca],
    ['maxp', maxp],
    ['name', names(family)],
    ['post', post()],
  ];
  return assemble(tables);
}

interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** Font units, y up from the baseline. */
function rectangles(glyph: Glyph): Box[] {
  const boxes: Box[] = [];
  glyph.rows.forEach((row, y) => {
    let start = -1;
    for (let x = 0; x <= glyph.width; x += 1) {
      const set = x < glyph.width && ((row >> (glyph.width - 1 - x)) & 1) === 1;
      if (set && start < 0) start = x;
      if (!set && start >= 0) {
        boxes.push({ x0: start * UNIT, x1: x * UNIT, y0: (ASCENT - y - 1) * UNIT, y1: (ASCENT - y) * UNIT });
        start = -1;
      }
    }
  });
  return boxes;
}

function writeGlyph(out: Writer, boxes: readonly Box[]): void {
  out.i16(boxes.length);
  out.i16(Math.min(...boxes.map((box) => box.x0)));
  out.i16(Math.min(...boxes.map((box) => box.y0)));
  out.i16(Math.max(...boxes.map((box) => box.x1)));
  out.i16(Math.max(...boxes.map((box) => box.y1)));
  boxes.forEach((_, i) => out.u16(i * 4 + 3));
  out.u16(0);
  for (let i = 0; i < boxes.length * 4; i += 1) out.u8(1); // on the curve, both deltas as words
  // Clockwise, as TrueType wants its outsides.
  let last = 0;
  for (const { x0, x1 } of boxes) for (const x of [x0, x0, x1, x1]) last = delta(out, last, x);
  last = 0;
  for (const { y0, y1 } of boxes) for (const y of [y0, y1, y1, y0]) last = delta(out, last, y);
}

function delta(out: Writer, last: number, value: number): number {
  out.i16(value - last);
  return value;
}

/** Format 4 with one segment a character: 98 of them are not worth merging. */
function cmap(chars: readonly Glyph[]): Writer {
  const codes = chars.map((glyph) => glyph.char.codePointAt(0)!);
  const count = codes.length + 1;
  const power = 2 ** Math.floor(Math.log2(count));
  const out = new Writer();
  out.u16(0);
  out.u16(1);
  out.u16(3);
  out.u16(1);
  out.u32(12);
  out.u16(4);
  out.u16(16 + count * 8);
  out.u16(0);
  out.u16(count * 2);
  out.u16(power * 2);
  out.u16(Math.log2(power));
  out.u16((count - power) * 2);
  for (const code of codes) out.u16(code);
  out.u16(0xffff);
  out.u16(0);
  for (const code of codes) out.u16(code);
  out.u16(0xffff);
  codes.forEach((code, i) => out.u16((i + 1 - code) & 0xffff));
  out.u16(1);
  for (let i = 0; i < count; i += 1) out.u16(0);
  return out;
}

function os2(chars: readonly Glyph[]): Writer {
  const out = new Writer();
  out.u16(4);
  out.i16(5 * UNIT);
  out.u16(400);
  out.u16(5);
  out.u16(0);
  for (const value of [500, 500, 0, 0, 500, 500, 0, 300, 50, 300]) out.i16(value);
  out.i16(0);
  for (let i = 0; i < 10; i += 1) out.u8(0);
  out.u32(1);
  for (let i = 0; i < 3; i += 1) out.u32(0);
  out.ascii('TRSP');
  out.u16(0x40);
  out.u16(chars[0]!.char.codePointAt(0)!);
  out.u16(chars[chars.length - 1]!.char.codePointAt(0)!);
  out.i16(ASCENT * UNIT);
  out.i16(-DESCENT * UNIT);
  out.i16(UNIT);
  out.u16((ASCENT + 1) * UNIT);
  out.u16(DESCENT * UNIT);
  out.u32(1);
  out.u32(0);
  out.i16(5 * UNIT);
  out.i16(ASCENT * UNIT);
  out.u16(0);
  out.u16(32);
  out.u16(1);
  return out;
}

function names(family: string): Writer {
  const entries: [number, string][] = [
    [1, family],
    [2, 'Regular'],
    [3, family],
    [4, family],
    [5, 'Version 1.0'],
    [6, family.replace(/[^A-Za-z0-9]/g, '')],
  ];
  const out = new Writer();
  const strings = new Writer();
  out.u16(0);
  out.u16(entries.length);
  out.u16(6 + entries.length * 12);
  for (const [nameId, value] of entries) {
    const start = strings.length;
    for (let i = 0; i < value.length; i += 1) strings.u16(value.charCodeAt(i));
    for (const field of [3, 1, 0x409, nameId, value.length * 2, start]) out.u16(field);
  }
  out.bytes(strings);
  return out;
}

function post(): Writer {
  const out = new Writer();
  out.u32(0x00030000);
  out.u32(0);
  out.i16(-UNIT);
  out.i16(UNIT);
  for (let i = 0; i < 5; i += 1) out.u32(0);
  return out;
}

function assemble(tables: readonly [string, Writer][]): ArrayBuffer {
  const count = tables.length;
  const power = 2 ** Math.floor(Math.log2(count));
  const out = new Writer();
  out.u32(0x00010000);
  out.u16(count);
  out.u16(power * 16);
  out.u16(Math.log2(power));
  out.u16((count - power) * 16);
  let offset = 12 + count * 16;
  for (const [tag, table] of tables) {
    const length = table.length;
    table.pad(4);
    out.ascii(tag);
    out.u32(table.checksum());
    out.u32(offset);
    out.u32(length);
    offset += table.length;
  }
  for (const [, table] of tables) out.bytes(table);
  return out.toBuffer();
}

/** Big endian. */
class Writer {
  private readonly data: number[] = [];

  get length(): number {
    return this.data.length;
  }

  u8(value: number): void {
    this.data.push(value & 255);
  }

  u16(value: number): void {
    this.data.push((value >> 8) & 255, value & 255);
  }

  i16(value: number): void {
    this.u16(value & 0xffff);
  }

  u32(value: number): void {
    this.data.push((value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
  }

  ascii(text: string): void {
    for (let i = 0; i < text.length; i += 1) this.u8(text.charCodeAt(i));
  }

  bytes(other: Writer): void {
    for (const byte of other.data) this.data.push(byte);
  }

  pad(multiple: number): void {
    while (this.data.length % multiple !== 0) this.data.push(0);
  }

  /** Of a padded table. */
  checksum(): number {
    let sum = 0;
    for (let i = 0; i < this.data.length; i += 4) {
      const word =
        ((this.data[i]! << 24) | (this.data[i + 1]! << 16) | (this.data[i + 2]! << 8) | this.data[i + 3]!) >>> 0;
      sum = (sum + word) >>> 0;
    }
    return sum;
  }

  toBuffer(): ArrayBuffer {
    return Uint8Array.from(this.data).buffer;
  }
}
