import { describe, expect, it } from 'vitest';
import { FIELD_HEIGHT, FIELD_WIDTH } from '../src/core/rules';
import type { Wall } from '../src/model/walls';
import { GLYPHS, glyphOf, textWidth } from '../src/render/font';
import { paintFloor } from '../src/render/floorPainter';
import { directionFrame } from '../src/render/textures';
import { buildTrueType } from '../src/render/ttf';
import { WallPainter, type Region } from '../src/render/wallPainter';
import { wholeZoom } from '../src/ui/viewport';

const WHOLE: Region = { x0: 0, y0: 0, x1: FIELD_WIDTH, y1: FIELD_HEIGHT };

function wall(id: string, x: number, y: number, more: Partial<Wall> = {}): Wall {
  return {
    id, x, y, width: 50, height: 10, cutAlongY: false, material: 'wood', maxHealth: 80,
    health: new Float32Array([80, 80, 80, 80, 80]), broken: 0, ...more,
  };
}

function whole(painter: WallPainter): Uint8ClampedArray {
  const out = new Uint8ClampedArray(FIELD_WIDTH * FIELD_HEIGHT * 4);
  painter.paint(WHOLE, out);
  return out;
}

describe('the wall painter', () => {
  it('paints the same by parts as in one piece', () => {
    const walls = [wall('a', 100, 100), wall('b', 150, 100, { material: 'glass' }), wall('c', 120, 104, { material: 'metal' })];
    const painter = new WallPainter();
    painter.rebuild(walls);
    const picture = whole(painter);
    const region: Region = { x0: 0, y0: 0, x1: 0, y1: 0 };
    for (const [target, slice, health] of [[0, 2, 30], [1, 0, 0], [0, 4, 0]] as const) {
      walls[target]!.health[slice] = health;
      if (health === 0) walls[target]!.broken |= 1 << slice;
      painter.restamp(walls[target]!, slice, walls, region);
      const width = region.x1 - region.x0;
      const part = new Uint8ClampedArray(width * (region.y1 - region.y0) * 4);
      painter.paint(region, part);
      for (let y = region.y0; y < region.y1; y += 1) {
        const row = part.subarray((y - region.y0) * width * 4, (y - region.y0 + 1) * width * 4);
        picture.set(row, (y * FIELD_WIDTH + region.x0) * 4);
      }
    }
    const fresh = new WallPainter();
    fresh.rebuild(walls);
    const expected = whole(fresh);
    expect(picture.findIndex((value, i) => value !== expected[i])).toBe(-1);
  });

  it('opens exactly the slice that broke', () => {
    const one = wall('a', 100, 100);
    const painter = new WallPainter();
    one.health[2] = 0;
    painter.rebuild([one]);
    expect([119, 120, 129, 130].map((x) => painter.isSolid(x, 105))).toEqual([true, false, false, true]);
    expect(painter.reach(125, 90, Math.PI / 2, 100)).toBe(100);
    expect(painter.reach(115, 90, Math.PI / 2, 100)).toBe(10);
  });

  it('does not let the missing slice of one wall open another', () => {
    const missing = wall('a', 100, 100, { health: new Float32Array([80, 80, 80, 0, 0]) });
    const standing = wall('b', 130, 100, { material: 'metal' });
    const painter = new WallPainter();
    painter.rebuild([standing, missing]);
    expect(painter.materialAt(135, 105)).toBe('metal');
    painter.restamp(missing, 3, [standing, missing], { x0: 0, y0: 0, x1: 0, y1: 0 });
    expect(painter.materialAt(135, 105)).toBe('metal');
  });

  it('bears walls that reach out of the playfield', () => {
    const painter = new WallPainter();
    painter.rebuild([wall('a', -20, -5), wall('b', 470, 265), wall('c', 4000, 4000)]);
    expect(painter.isSolid(0, 0)).toBe(true);
    expect(painter.isSolid(479, 269)).toBe(true);
    expect(painter.isSolid(-1, 5)).toBe(true);
  });

  it('gives each material and each damage state a look of its own', () => {
    const looks = new Set<string>();
    for (const material of ['concrete', 'metal', 'wood', 'glass'] as const) {
      for (const health of [80, 50, 30, 10]) {
        const painter = new WallPainter();
        painter.rebuild([wall('a', 100, 100, { material, health: new Float32Array(5).fill(health) })]);
        const patch = new Uint8ClampedArray(60 * 20 * 4);
        painter.paint({ x0: 95, y0: 95, x1: 155, y1: 115 }, patch);
        looks.add(patch.join());
      }
    }
    expect(looks.size).toBe(16);
  });

  it('shows the damage of each slice, wherever it stands', () => {
    // Pixels of a hundred that differ by a twelfth of the range or more from the state before.
    const shown = { fewest: 100, where: '' };
    for (const material of ['concrete', 'metal', 'wood', 'glass'] as const) {
      for (const cutAlongY of [false, true]) {
        for (let place = 0; place < 40; place += 1) {
          const [x, y] = [(place * 50) % 400 + 10, 10 + 10 * ((place * 7) % 24)];
          let before: Uint8ClampedArray | null = null;
          for (const health of [80, 50, 30, 10, 0]) {
            const painter = new WallPainter();
            painter.rebuild([wall('a', x, y, { material, cutAlongY, width: cutAlongY ? 10 : 50, height: cutAlongY ? 50 : 10, health: new Float32Array([health, 80, 80, 80, 80]), broken: health === 0 ? 1 : 0 })]);
            const patch = new Uint8ClampedArray(10 * 10 * 4);
            painter.paint({ x0: x, y0: y, x1: x + 10, y1: y + 10 }, patch);
            if (before) {
              let differ = 0;
              for (let i = 0; i < patch.length; i += 4) if ([0, 1, 2, 3].some((c) => Math.abs(patch[i + c]! - before![i + c]!) > 20)) differ += 1;
              if (differ < shown.fewest) Object.assign(shown, { fewest: differ, where: `${material} at ${health} by (${x}, ${y})` });
            }
            before = patch;
          }
        }
      }
    }
    expect(shown.fewest, shown.where).toBeGreaterThanOrEqual(5);
  });
});

describe('the floor', () => {
  it('is opaque everywhere', () => {
    const out = new Uint8ClampedArray(FIELD_WIDTH * FIELD_HEIGHT * 4);
    paintFloor(out);
    for (let i = 3; i < out.length; i += 4) if (out[i] !== 255) throw new Error(`a hole at ${i}`);
  });
});

describe('the typeface', () => {
  it('has every printable ASCII character, none wider than 5 nor higher than 9', () => {
    for (let code = 32; code < 127; code += 1) {
      const glyph = GLYPHS.get(String.fromCharCode(code));
      expect(glyph, String.fromCharCode(code)).toBeDefined();
      expect(glyph!.width).toBeLessThanOrEqual(5);
      expect(glyph!.rows.length).toBeLessThanOrEqual(9);
      for (const row of glyph!.rows) expect(row < 1 << glyph!.width).toBe(true);
    }
  });

  it('falls back to base letters, then to a box', () => {
    expect(glyphOf('\u00e9').char).toBe('e');
    expect(glyphOf('\u4e2d').width).toBe(5);
    expect(textWidth('')).toBe(0);
    expect(textWidth('11')).toBe(11);
  });

  it('makes a TrueType file whose tables are where its directory says', () => {
    const view = new DataView(buildTrueType('Test'));
    expect(view.getUint32(0)).toBe(0x00010000);
    const count = view.getUint16(4);
    expect(count).toBe(10);
    for (let i = 0; i < count; i += 1) {
      const offset = view.getUint32(12 + i * 16 + 8);
      const length = view.getUint32(12 + i * 16 + 12);
      expect(offset % 4).toBe(0);
      expect(offset + length).toBeLessThanOrEqual(view.byteLength);
    }
  });
});

describe('sizes and directions', () => {
  it('zoom is whole where one fits, and else all of it is shown', () => {
    expect(wholeZoom(1920, 1080)).toBe(4);
    expect(wholeZoom(1919, 1080)).toBe(3);
    expect(wholeZoom(480, 270)).toBe(1);
    expect(wholeZoom(360, 270)).toBe(0.75);
    expect(wholeZoom(0, 0)).toBeGreaterThan(0);
  });

  it('a direction is the nearest frame, any turn and sign', () => {
    expect(directionFrame(0, 64)).toBe(0);
    expect(directionFrame(-Math.PI / 2, 64)).toBe(48);
    expect(directionFrame(2 * Math.PI - 0.001, 64)).toBe(0);
    expect(directionFrame(9 * Math.PI, 64)).toBe(32);
  });
});
