/** 32 bits that look random and depend on the pixel and the purpose alone, so that repainting changes nothing. */
export function hash2(x: number, y: number, purpose: number): number {
  let h = (Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(purpose, 0x9e3779b1)) | 0;
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** [0, 1) */
export function noise(x: number, y: number, purpose: number): number {
  return hash2(x, y, purpose) / 0x1_0000_0000;
}

/** [0, 1), changing smoothly over `cell` px. */
export function smoothNoise(x: number, y: number, cell: number, purpose: number): number {
  const gx = Math.floor(x / cell);
  const gy = Math.floor(y / cell);
  let tx = x / cell - gx;
  let ty = y / cell - gy;
  tx = tx * tx * (3 - 2 * tx);
  ty = ty * ty * (3 - 2 * ty);
  const top = noise(gx, gy, purpose) * (1 - tx) + noise(gx + 1, gy, purpose) * tx;
  const bottom = noise(gx, gy + 1, purpose) * (1 - tx) + noise(gx + 1, gy + 1, purpose) * tx;
  return top * (1 - ty) + bottom * ty;
}
