import type Phaser from 'phaser';
import { TEAMS, type Team } from '../core/rules';
import { createActionTextures } from './actionTextures';
import { mix, rgba, segment, sheet, still, type Shape } from './painting';
import { PALETTE, TEAM_COLOURS } from './palette';

/**
 * All textures are painted here, once, at boot, but for those of the teams, whose colours can change. Colours are baked in: the Canvas renderer has no tint. Turned
 * sprites are painted for each direction, since turning 12 px of pixel art tears it.
 */
export const DIRECTIONS = 64;
export const CORPSE_DIRECTIONS = 16;
/** px, a multiple of 2; the sprite's centre is the player's. */
const PLAYER_FRAME = 28;
const CORPSE_FRAME = 24;

export type Hand = 'long' | 'short' | 'heavy' | 'thrown';
const HANDS: readonly Hand[] = ['long', 'short', 'heavy', 'thrown'];

/** Asked for in every frame: written once. */
const PLAYER_SHEETS = new Map(TEAMS.map((team) => [team, new Map(HANDS.map((hand) => [hand, `player-${team}-${hand}`]))]));
const CORPSE_SHEETS: Readonly<Record<Team, string>> = { red: 'corpse-red', blue: 'corpse-blue' };

export function playerSheet(team: Team, hand: Hand): string {
  return PLAYER_SHEETS.get(team)!.get(hand)!;
}

export function corpseSheet(team: Team): string {
  return CORPSE_SHEETS[team];
}

/** Frame of a sheet with `count` directions. */
export function directionFrame(rotation: number, count: number): number {
  const turn = Math.round((rotation / (2 * Math.PI)) * count) % count;
  return turn < 0 ? turn + count : turn;
}

/** What has the teams' colours; painted over where it is there already, so that who draws with it need not know. */
export function paintTeams(textures: Phaser.Textures.TextureManager): void {
  for (const team of TEAMS) {
    for (const hand of HANDS) sheet(textures, playerSheet(team, hand), PLAYER_FRAME, DIRECTIONS, playerShape(team, hand));
    sheet(textures, corpseSheet(team), CORPSE_FRAME, CORPSE_DIRECTIONS, corpseShape(team));
    const { light } = TEAM_COLOURS[team];
    still(textures, `bar-${team}`, 2, 2, () => rgba(light, 255));
  }
}

export function createTextures(textures: Phaser.Textures.TextureManager): void {
  paintTeams(textures);
  still(textures, 'body-shadow', 16, 16, (x, y) => (Math.hypot(x - 8, y - 8) < 6.6 ? rgba(PALETTE.shadow, 110) : 0));
  still(textures, 'own-ring', 20, 20, (x, y) => {
    const d = Math.hypot(x - 10, y - 10);
    return d > 8 && d < 9.1 ? rgba(PALETTE.text, 190) : 0;
  });
  still(textures, 'shield-ring', 22, 22, (x, y) => {
    const d = Math.hypot(x - 11, y - 11);
    const piece = Math.floor(((Math.atan2(y - 11, x - 11) + Math.PI) / (2 * Math.PI)) * 12);
    return d > 8.6 && d < 10.2 && piece % 2 === 0 ? rgba(PALETTE.accent, 230) : 0;
  });
  still(textures, 'muzzle', 15, 15, (x, y) => {
    const dx = Math.abs(x - 7.5);
    const dy = Math.abs(y - 7.5);
    const star = dx + dy + Math.min(dx, dy) * 3.5;
    if (star < 3) return rgba(0xffffff, 255);
    if (star < 5.4) return rgba(PALETTE.flash, 255);
    return star < 7.6 ? rgba(PALETTE.fire, 220) : 0;
  });
  still(textures, 'glow', 48, 48, (x, y) => {
    const d = 1 - Math.hypot(x - 24, y - 24) / 24;
    return d > 0 ? rgba(PALETTE.flash, Math.floor(d * d * 4) * 22 + 10) : 0;
  });
  for (const [key, colour] of [
    ['spark', PALETTE.spark],
    ['dust-concrete', PALETTE.concrete],
    ['dust-metal', PALETTE.spark],
    ['dust-wood', PALETTE.wood],
    ['dust-glass', PALETTE.glass],
    ['dust-border', PALETTE.dim],
    ['dust-blood', PALETTE.blood],
    ['bar-back', PALETTE.ink],
  ] as const) {
    still(textures, key, 2, 2, () => rgba(colour, 255));
  }
  still(textures, 'bullet-mark', 3, 3, (x, y) => {
    const d = Math.abs(x - 1.5) + Math.abs(y - 1.5);
    return d < 0.5 ? rgba(PALETTE.ink, 230) : d < 1.2 ? rgba(PALETTE.ink, 120) : 0;
  });
  still(textures, 'crosshair', 15, 15, (x, y) => {
    const dx = Math.abs(Math.floor(x) - 7);
    const dy = Math.abs(Math.floor(y) - 7);
    if (dx + dy === 0) return rgba(PALETTE.text, 255);
    if ((dx === 0 && dy >= 3 && dy <= 6) || (dy === 0 && dx >= 3 && dx <= 6)) return rgba(PALETTE.text, 255);
    if ((dx === 1 && dy >= 3 && dy <= 6) || (dy === 1 && dx >= 3 && dx <= 6)) return rgba(PALETTE.ink, 130);
    return 0;
  });
  still(textures, 'crosshair-ads', 15, 15, (x, y) => {
    const dx = Math.abs(Math.floor(x) - 7);
    const dy = Math.abs(Math.floor(y) - 7);
    if (dx + dy === 0) return rgba(PALETTE.accent, 255);
    const d = Math.hypot(dx, dy);
    return d > 4.4 && d < 5.6 ? rgba(PALETTE.accent, 255) : d > 5.6 && d < 6.4 ? rgba(PALETTE.ink, 130) : 0;
  });
  createActionTextures(textures);
}

function playerShape(team: Team, hand: Hand): Shape {
  const { base, light: bright, dark } = TEAM_COLOURS[team];
  const [from, to, half] = hand === 'long' ? [3, 12.6, 1.4] : hand === 'short' ? [4, 9.8, 1.35] : [2, 13.6, 1.9];
  return (u, v, light) => {
    const d = Math.hypot(u, v);
    const head = Math.hypot(u - 0.3, v);
    if (head < 2.1) return u > 1.1 ? PALETTE.ink : light > 0.25 ? bright : base;
    if (head < 3.1) return dark;
    if (Math.hypot(u - 6.2, v - 1.6) < 1.35 || Math.hypot(u - 5.4, v + 3) < 1.25) return PALETTE.skin;
    if (hand === 'thrown') {
      const grenade = Math.hypot(u - 8.4, v - 2);
      if (grenade < 1.5) return 0x6f7a45;
      if (grenade < 2.3) return PALETTE.ink;
    } else if (u > from && u < to && Math.abs(v - 1.6) < half) {
      return v - 1.6 < -0.3 ? PALETTE.gunlight : PALETTE.gunmetal;
    }
    if (d < 5.1) {
      // A vest with straps: team colour at the shoulders, darker in the middle.
      if (Math.abs(v) < 3.4 && u > -3.6 && u < 3.6) return light > 0.2 ? base : dark;
      return light > 0 ? bright : base;
    }
    return d < 6.25 ? PALETTE.ink : -1;
  };
}

function corpseShape(team: Team): Shape {
  const { dark } = TEAM_COLOURS[team];
  return (u, v) => {
    const torso = Math.hypot(u / 5, v / 3.4);
    const head = Math.hypot(u - 6, v - 0.6);
    if (head < 1.6) return 0x6e5648;
    if (head < 2.5) return PALETTE.ink;
    if (torso < 0.78) return u < 0 ? dark : mix(dark, PALETTE.ink, 0.25);
    if (torso < 1.05) return PALETTE.ink;
    const leg = Math.min(segment(u, v, -4, 1, -9.5, 3.4), segment(u, v, -4, -1.4, -9, -3.6));
    const arm = Math.min(segment(u, v, 2.5, 3, 5.5, 6.6), segment(u, v, 2.5, -3, -1, -7));
    if (Math.min(leg, arm) < 0.95) return mix(dark, PALETTE.ink, 0.45);
    return -1;
  };
}
