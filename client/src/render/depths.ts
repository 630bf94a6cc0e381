/** Draw order, back to front. */
export const DEPTH = {
  floor: 0,
  decals: 1,
  corpses: 2,
  shadows: 4,
  walls: 5,
  marks: 6,
  projectiles: 8,
  players: 10,
  tracers: 12,
  sparks: 13,
  flashes: 14,
  smoke: 16,
  fog: 20,
  /** Known wherever they are; the fog hides the place, not them. */
  ownTeam: 21,
  names: 22,
  crosshair: 30,
} as const;
