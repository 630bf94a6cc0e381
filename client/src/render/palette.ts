/**
 * Every colour of the game; the teams' can be chosen. RGB as 0xrrggbb; the CSS custom properties of the same names are set from here, so the
 * page and the playfield cannot drift apart.
 */
import { TEAMS, type Material, type Team } from '../core/rules';

export const PALETTE = {
  ink: 0x0b0e14,
  night: 0x121722,
  panel: 0x1a2130,
  edge: 0x36425a,
  dim: 0x98a6bf,
  text: 0xe9edf5,
  accent: 0xf2b84b,
  good: 0x7ddb8a,
  bad: 0xff6b5e,

  fog: 0x070a12,
  mist: 0x39445c,
  floor: 0x5a5e66,
  floorSeam: 0x474c56,
  floorStain: 0x4a4a4c,
  shadow: 0x10141c,

  concrete: 0xa9a79f,
  metal: 0x6d7c90,
  wood: 0x9c754c,
  glass: 0x8fd3e6,
  border: 0x2a303c,
  rust: 0x7d4a30,
  splinter: 0xd9b076,

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

export interface TeamColours {
  base: number;
  light: number;
  dark: number;
}

export const PALETTE_NAMES = ['standard', 'deuteranopia', 'protanopia', 'tritanopia'] as const;
export type PaletteName = (typeof PALETTE_NAMES)[number];

/**
 * The teams' colours, chosen so that those with the deficiency tell one team from the other and both from the floor;
 * test/palette.test.ts says by how much. The sides are called red and blue in all of them.
 */
export const TEAM_PALETTES: Readonly<Record<PaletteName, Readonly<Record<Team, Readonly<TeamColours>>>>> = {
  standard: {
    red: { base: 0xe8503f, light: 0xff8a75, dark: 0x8f2a25 },
    blue: { base: 0x3f8fe8, light: 0x86c2ff, dark: 0x1f4f96 },
  },
  deuteranopia: {
    red: { base: 0xe8741c, light: 0xffa763, dark: 0x87400b },
    blue: { base: 0x2f7ff0, light: 0x7fbaff, dark: 0x143f8c },
  },
  protanopia: {
    red: { base: 0xf5901e, light: 0xffbc70, dark: 0x8f500a },
    blue: { base: 0x2b74f0, light: 0x78b2ff, dark: 0x123b8a },
  },
  tritanopia: {
    red: { base: 0xe6404a, light: 0xff8f96, dark: 0x8a1f28 },
    blue: { base: 0x17b8b0, light: 0x74ece4, dark: 0x0a625e },
  },
};

/** As chosen; what is baked into textures must be painted anew after a change (render/textures.ts). */
export const TEAM_COLOURS: Readonly<Record<Team, TeamColours>> = {
  red: { ...TEAM_PALETTES.standard.red },
  blue: { ...TEAM_PALETTES.standard.blue },
};

export function choosePalette(name: PaletteName): void {
  for (const side of TEAMS) Object.assign(TEAM_COLOURS[side], TEAM_PALETTES[name][side]);
}

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

/** Sets --c-NAME on the root element for each colour, and --c-TEAM, --c-TEAMLight and --c-TEAMDark. */
export function publishPalette(root: HTMLElement): void {
  for (const [name, colour] of Object.entries(PALETTE)) root.style.setProperty(`--c-${name}`, css(colour));
  for (const side of TEAMS) {
    const { base, light, dark } = TEAM_COLOURS[side];
    root.style.setProperty(`--c-${side}`, css(base));
    root.style.setProperty(`--c-${side}Light`, css(light));
    root.style.setProperty(`--c-${side}Dark`, css(dark));
  }
}
