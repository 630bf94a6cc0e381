import { afterEach, describe, expect, it } from 'vitest';
import { choosePalette, PALETTE, PALETTE_NAMES, TEAM_COLOURS, TEAM_PALETTES, type PaletteName } from '../src/render/palette';

/**
 * How a colour looks to those with the full deficiency: matrices over linear RGB of Machado, Oliveira and Fernandes, "A
 * Physiologically-based Model for Simulation of Color Vision Deficiency", 2009, severity 1.
 */
const SIGHT: Readonly<Record<PaletteName, readonly number[]>> = {
  standard: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};

function linear(colour: number): number[] {
  return [16, 8, 0].map((shift) => {
    const value = ((colour >> shift) & 255) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
}

/** CIE L*a*b* under D65. */
function lab(colour: number, sight: PaletteName): number[] {
  const rgb = linear(colour);
  const m = SIGHT[sight];
  const [r, g, b] = [0, 3, 6].map((row) => Math.min(1, Math.max(0, m[row]! * rgb[0]! + m[row + 1]! * rgb[1]! + m[row + 2]! * rgb[2]!))) as [number, number, number];
  const f = (t: number): number => (t > 216 / 24389 ? Math.cbrt(t) : (t * 24389) / 27 / 116 + 16 / 116);
  const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** CIE 1976 colour difference; 2.3 is just noticeable. */
function difference(a: number, b: number, sight: PaletteName): number {
  const [p, q] = [lab(a, sight), lab(b, sight)];
  return Math.hypot(p[0]! - q[0]!, p[1]! - q[1]!, p[2]! - q[2]!);
}

afterEach(() => choosePalette('standard'));

describe('the palettes', () => {
  it.each(PALETTE_NAMES)('%s tells the teams apart, and both from the floor', (name) => {
    const { red, blue } = TEAM_PALETTES[name];
    for (const shade of ['base', 'light', 'dark'] as const) expect(difference(red[shade], blue[shade], name), shade).toBeGreaterThan(45);
    for (const team of [red, blue]) {
      expect(difference(team.base, PALETTE.floor, name)).toBeGreaterThan(25);
      // Of names and scores, on the panels.
      expect(difference(team.light, PALETTE.panel, name)).toBeGreaterThan(45);
    }
  });

  it.each(['deuteranopia', 'protanopia', 'tritanopia'] as const)('%s tells them apart better than the standard one', (name) => {
    const gap = (palette: PaletteName): number => {
      const { red, blue } = TEAM_PALETTES[palette];
      return Math.min(...(['base', 'light', 'dark'] as const).map((shade) => difference(red[shade], blue[shade], name)));
    };
    expect(gap(name)).toBeGreaterThan(gap('standard'));
  });

  it('are swapped in place', () => {
    const kept = TEAM_COLOURS.red;
    choosePalette('tritanopia');
    expect(kept).toEqual(TEAM_PALETTES.tritanopia.red);
    choosePalette('standard');
    expect(kept).toEqual(TEAM_PALETTES.standard.red);
  });
});
