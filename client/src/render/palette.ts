/**
 * Every colour of the game. RGB as 0xrrggbb; the CSS custom properties of the same names are set from here, so the
 * page and the playfield cannot drift apart.
 */
import type { Material, Team } from '../core/rules';

export const PALETTE = {
  ink: 0x0b0e14,
  night: 0x121722,
  panel: 0x1a2130,
  edge: 0x36425a,
  dim: 0x8391ab,
  text: 0xe9edf5,
  accent: 0xf2b84b,
  good: 0x7ddb8a,
  bad: 0xff6b5e,

  red: 0xe8503f,
  redLight: 0xff8a75,
  redDark: 0x8f2a25,
  blue: 0x3f8fe8,
  blueLight: 0x86c2ff,
  blueDark: 0x1f4f96,

  fog: 0x070a12,
  floor: 0x5a5e66,
  floorSeam: 0x474c56,
  floorStain: 0x4a4a4c,
  shadow: 0x10141c,

  concrete: 0xa9a79f,
  metal: 0x6d7c90,
  wood: 0x9c754c,
  glass: 0x8fd3e6,
  border: 0x2a303c,

  gunmetal: 0x2b3039,
  gunlight: 0x7a8494,
  skin: 0xe5b48c,
  blood: 0x7c1f22,
  scorch: 0x1c1a1a,
  tracer: 0xffe9a8,
  flash: 0xfff3c4,
  fire: 0xff9b3d,
  smoke: 0xc3c8cf,
  spark: 0xffd27a,
} as const;

export const TEAM_COLOURS: Readonly<Record<Team, { base: number; light: number; dark: number }>> = {
  red: { base: PALETTE.red, light: PALETTE.redLight, dark: PALETTE.redDark },
  blue: { base: PALETTE.blue, light: PALETTE.blueLight, dark: PALETTE.blueDark },
};

export const MATERIAL_COLOURS: Readonly<Record<Material, number>> = {
  concrete: PALETTE.concrete,
  metal: PALETTE.metal,
  wood: PALETTE.wood,
  glass: PALETTE.glass,
  border: PALETTE.border,
};

export function css(colour: number, alpha = 1): string {
  const r = (colour >> 16) & 255;
  const g = (colour >> 8) & 255;
  const b = colour & 255;
  return alpha >= 1 ? `rgb(${r} ${g} ${b})` : `rgb(${r} ${g} ${b} / ${alpha})`;
}

/** Sets --c-NAME on the root element for each colour. */
export function publishPalette(root: HTMLElement): void {
  for (const [name, colour] of Object.entries(PALETTE)) root.style.setProperty(`--c-${name}`, css(colour));
}
