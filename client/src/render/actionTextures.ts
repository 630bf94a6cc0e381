import type Phaser from 'phaser';
import { CHARGE_LEVELS, MATERIALS } from '../core/rules';
import { noise, smoothNoise } from './noise';
import { mix, rgba, sheet, still } from './painting';
import { MATERIAL_COLOURS, PALETTE } from './palette';


/** What flies, bursts and marks; painted at boot like all textures. */

export const BLAST_FRAMES = 14;
/** px; the two radii of the rule book. Others are drawn from the nearer one. */
export const BLAST_RADII = [40, 50] as const;
export const ROCKET_DIRECTIONS = 32;
export const TUMBLE_FRAMES = 8;
export const HURT_DIRECTIONS = 32;
/** px */
export const CHUNK_KINDS = 3;
export const PUFF_SIZES = [9, 7, 5, 3] as const;

export function blastSheet(radius: number): string {
  return `blast-${Math.abs(radius - BLAST_RADII[0]) <= Math.abs(radius - BLAST_RADII[1]) ? BLAST_RADII[0] : BLAST_RADII[1]}`;
}

/** px of the sheet's frames for the radius that it was painted for. */
export function blastFrame(radius: number): number {
  return (Math.abs(radius - BLAST_RADII[0]) <= Math.abs(radius - BLAST_RADII[1]) ? BLAST_RADII[0] : BLAST_RADII[1]) * 2 + 8;
}

/** Sheets of things that fly, by weapon; what else flies looks like a shell. */
export function projectileSheet(type: string): string {
  if (type.startsWith('rocket')) return 'fly-rocket';
  if (type.startsWith('smoke')) return 'fly-smoke';
  if (type.startsWith('flash')) return 'fly-flash';
  return type === 'grenade' ? 'fly-grenade' : 'fly-shell';
}

type Textures = Phaser.Textures.TextureManager;

export function createActionTextures(textures: Textures): void {
  tracers(textures);
  bursts(textures);
  flyers(textures);
  signs(textures);
}

function tracers(textures: Textures): void {
  // One pixel high, bright at the head (the right end), nothing at the tail.
  for (const [key, colour, strength] of [
    ['tracer', PALETTE.tracer, 215],
    ['tracer-dim', 0xb9c4d8, 90],
    ['tracer-hot', PALETTE.fire, 235],
    ['tracer-white', 0xffffff, 240],
  ] as const) {
    still(textures, key, 32, 1, (x) => rgba(colour, 16 + (x / 32) * strength));
  }
  still(textures, 'vapour', 32, 1, (x) => rgba(0xdfe6f2, 40 + (x / 32) * 90));
  still(textures, 'muzzle-small', 9, 9, (x, y) => star(x - 4.5, y - 4.5, 0.6));
  still(textures, 'muzzle-big', 23, 23, (x, y) => star(x - 11.5, y - 11.5, 1.55));
}

function star(x: number, y: number, size: number): number {
  const dx = Math.abs(x) / size;
  const dy = Math.abs(y) / size;
  const reach = dx + dy + Math.min(dx, dy) * 3.5;
  if (reach < 3) return rgba(0xffffff, 255);
  if (reach < 5.4) return rgba(PALETTE.flash, 255);
  return reach < 7.6 ? rgba(PALETTE.fire, 220) : 0;
}

function bursts(textures: Textures): void {
  for (const radius of BLAST_RADII) blast(textures, radius);
  still(textures, 'burst', 160, 160, (x, y) => {
    const dx = x - 80;
    const dy = y - 80;
    const d = Math.hypot(dx, dy) / 80;
    const ray = noise(Math.floor(((Math.atan2(dy, dx) + Math.PI) / (2 * Math.PI)) * 40), 3, 77);
    const reach = 0.45 + ray * 0.55;
    if (d > reach) return 0;
    const glow = 1 - d / reach;
    return rgba(0xffffff, Math.floor(glow * 6) * 40 + 12);
  });
  PUFF_SIZES.forEach((size, i) => {
    for (const [name, colour] of [['puff', 0xaab0b8], ['soot', 0x6a655f]] as const) {
      still(textures, `${name}-${i}`, size, size, (x, y) => {
        const dx = x - size / 2;
        const dy = y - size / 2;
        if (Math.hypot(dx, dy) > size / 2) return 0;
        const light = -(dx + dy) / size;
        return rgba(mix(colour, light > 0.2 ? 0xffffff : PALETTE.ink, Math.abs(light) * 0.35), 235);
      });
    }
  });
  for (const material of MATERIALS) {
    const base = MATERIAL_COLOURS[material];
    for (let kind = 0; kind < CHUNK_KINDS; kind += 1) {
      const [width, height] = kind === 0 ? [2, 2] : kind === 1 ? [3, 2] : material === 'wood' ? [5, 1] : [3, 3];
      still(textures, `chunk-${material}-${kind}`, width, height, (x, y) => {
        if (kind === 2 && material !== 'wood' && x + y < 1.5) return 0;
        return rgba(mix(base, y < 1 ? 0xffffff : PALETTE.ink, y < 1 ? 0.25 : 0.35), material === 'glass' ? 190 : 255);
      });
    }
  }
}

/** A fireball that grows, cools and turns to smoke; a thin ring runs out to the radius, where damage ends. */
function blast(textures: Textures, radius: number): void {
  const size = radius * 2 + 8;
  const columns = 4;
  const texture = textures.createCanvas(`blast-${radius}`, size * columns, size * Math.ceil(BLAST_FRAMES / columns));
  if (!texture) return;
  const image = texture.context.createImageData(size, size);
  const words = new Uint32Array(image.data.buffer);
  const billow = new Float32Array(size * size);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      billow[y * size + x] = smoothNoise(x, y, 11, 71) * 0.62 + smoothNoise(x, y, 5, 72) * 0.38 - 0.5;
    }
  }
  for (let frame = 0; frame < BLAST_FRAMES; frame += 1) {
    const t = frame / (BLAST_FRAMES - 1);
    const grown = 0.22 + 0.66 * (1 - (1 - t) ** 3);
    const ring = radius * (1 - (1 - Math.min(1, t / 0.4)) ** 2);
    const ringAlpha = t < 0.5 ? 220 * (1 - t / 0.5) : 0;
    for (let y = 0; y < size; y += 1) {
      for (let x = 0; x < size; x += 1) {
        const px = Math.hypot(x + 0.5 - size / 2, y + 0.5 - size / 2);
        const d = px / radius / grown + billow[y * size + x]! * (0.5 + t * 0.9);
        let word = 0;
        if (d < 1) {
          const heat = 1.12 - t * 1.75 - d * 0.62;
          if (heat > 0.5) word = rgba(0xffffff, 255);
          else if (heat > 0.26) word = rgba(PALETTE.flash, 250);
          else if (heat > 0.02) word = rgba(PALETTE.fire, 245);
          else if (heat > -0.22) word = rgba(0xb4522a, 235);
          else if (heat > -0.42) word = rgba(0x5f3a30, 215);
          else word = rgba(mix(0x3a3736, 0x6a6764, Math.min(1, Math.max(0, billow[y * size + x]! + 0.5))), 200 * (1 - t) + 12);
        }
        if (word === 0 && ringAlpha > 0 && Math.abs(px - ring) < 0.9) word = rgba(0xffffff, ringAlpha);
        words[y * size + x] = word;
      }
    }
    const left = (frame % columns) * size;
    const top = Math.floor(frame / columns) * size;
    texture.context.putImageData(image, left, top);
    texture.add(frame, 0, left, top, size, size);
  }
  texture.refresh();
}

function flyers(textures: Textures): void {
  sheet(textures, 'fly-rocket', 18, ROCKET_DIRECTIONS, (u, v) => {
    const side = Math.abs(v);
    if (u > 3 && u < 6.4 && side < (6.4 - u) * 0.55 + 0.3) return 0xc94b3a;
    if (u >= -4 && u <= 3.2 && side < 1.3) return v < -0.2 ? 0xd5dbe4 : 0x8f98a5;
    if (u > -5.2 && u < -2.4 && side < 2.7 && side > 0.9) return 0x4d5664;
    return u > -6.6 && u <= -4 && side < 1 ? PALETTE.fire : -1;
  });
  sheet(textures, 'fly-shell', 12, TUMBLE_FRAMES, (u, v) => {
    const side = Math.abs(v);
    if (u > 1 && u < 3.4 && side < 1.9 - (u - 1) * 0.5) return 0xd8b04a;
    if (u > -3 && u <= 1 && side < 1.9) return v < -0.3 ? 0x8c949f : 0x565d68;
    return u > -3.8 && u < 4 && side < 2.5 ? PALETTE.ink : -1;
  });
  sheet(textures, 'fly-grenade', 12, TUMBLE_FRAMES, (u, v) => {
    const d = Math.hypot(u, v);
    if (u > 1.6 && u < 3.6 && Math.abs(v) < 0.9) return PALETTE.gunlight;
    if (d < 2.5) return v < -0.5 ? 0x8a9a58 : 0x5f6d3b;
    return d < 3.4 ? PALETTE.ink : -1;
  });
  for (const [key, body, band] of [['fly-smoke', 0x9aa3ad, 0x6f9a6a], ['fly-flash', 0xc9ced6, PALETTE.accent]] as const) {
    sheet(textures, key, 12, TUMBLE_FRAMES, (u, v) => {
      const side = Math.abs(v);
      if (Math.abs(u) < 3 && side < 1.6) return Math.abs(u) < 0.9 ? band : v < -0.3 ? mix(body, 0xffffff, 0.3) : body;
      return Math.abs(u) < 3.9 && side < 2.5 ? PALETTE.ink : -1;
    });
  }
  still(textures, 'fly-shadow', 6, 4, (x, y) => (Math.hypot((x - 3) / 3, (y - 2) / 2) < 1 ? rgba(PALETTE.shadow, 120) : 0));
  still(textures, 'fuse-light', 3, 3, () => rgba(PALETTE.bad, 255));
}

function signs(textures: Textures): void {
  for (const [key, colour] of [['hit-marker', PALETTE.text], ['kill-marker', PALETTE.bad]] as const) {
    const size = key === 'kill-marker' ? 15 : 11;
    const middle = (size - 1) / 2;
    still(textures, key, size, size, (x, y) => {
      const dx = Math.abs(Math.floor(x) - middle);
      const dy = Math.abs(Math.floor(y) - middle);
      if (dx === dy && dx >= 2) return rgba(colour, 255);
      return Math.abs(dx - dy) === 1 && dx >= 2 && dy >= 2 ? rgba(PALETTE.ink, 130) : 0;
    });
  }
  for (let level = 0; level <= CHARGE_LEVELS; level += 1) {
    still(textures, `charge-${level}`, CHARGE_LEVELS * 5 + 1, 5, (x, y) => {
      const cell = Math.floor((x - 0.5) / 5);
      const inside = (Math.floor(x) - 1) % 5 !== 4 && x > 1 && x < CHARGE_LEVELS * 5 && y > 1 && y < 4;
      if (!inside) return rgba(PALETTE.ink, 190);
      if (cell >= level) return rgba(PALETTE.edge, 220);
      return rgba(level === CHARGE_LEVELS ? PALETTE.bad : PALETTE.accent, 255);
    });
  }
  // A wedge of an arc 24 px from the middle.
  sheet(textures, 'hurt-arc', 60, HURT_DIRECTIONS, (u, v) => {
    const d = Math.hypot(u, v);
    const off = Math.abs(Math.atan2(v, u));
    if (off > 0.5 || d < 22 || d > 28) return -1;
    if (d > 23 + off * 6 && d < 27 - off * 2) return PALETTE.bad;
    return off < 0.44 && d > 22.4 + off * 6 && d < 27.8 - off * 2 ? 0x5a1512 : -1;
  });
}
