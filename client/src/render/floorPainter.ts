import { FIELD_HEIGHT, FIELD_WIDTH } from '../core/rules';
import { noise, smoothNoise } from './noise';
import { PALETTE } from './palette';

/** px of a floor slab. */
const SLAB = 30;

/** Fills RGBA of the whole playfield: cast slabs with seams, wear and a few stains. */
export function paintFloor(out: Uint8ClampedArray): void {
  const r = (PALETTE.floor >> 16) & 255;
  const g = (PALETTE.floor >> 8) & 255;
  const b = PALETTE.floor & 255;
  for (let y = 0; y < FIELD_HEIGHT; y += 1) {
    for (let x = 0; x < FIELD_WIDTH; x += 1) {
      const slabX = Math.floor(x / SLAB);
      const slabY = Math.floor(y / SLAB);
      const inX = x - slabX * SLAB;
      const inY = y - slabY * SLAB;
      let light = (noise(slabX, slabY, 1) - 0.5) * 7;
      light += (noise(x, y, 2) - 0.5) * 6;
      light += (smoothNoise(x, y, 46, 3) - 0.5) * 16;
      const stain = smoothNoise(x, y, 17, 4);
      if (stain > 0.72) light -= (stain - 0.72) * 55;
      if (noise(x, y, 5) > 0.994) light -= 12;
      if (inX === 0 || inY === 0) light -= 13;
      else if (inX === 1 || inY === 1) light += 5;
      // The 10 px cells of the map, just visible: they are how distances are read.
      else if (x % 10 === 0 || y % 10 === 0) light -= 3.5;
      const i = (y * FIELD_WIDTH + x) * 4;
      out[i] = r + light;
      out[i + 1] = g + light;
      out[i + 2] = b + light * 0.95;
      out[i + 3] = 255;
    }
  }
}
