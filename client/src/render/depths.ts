/** Draw order, back to front. */
export const DEPTH = {
  floor: 0,
  decals: 1,
  corpses: 2,
  shadows: 4,
  walls: 5,
  marks: 6,
  chunks: 7,
  projectiles: 8,
  players: 10,
  puffs: 11,
  tracers: 12,
  sparks: 13,
  flashes: 14,
  fog: 20,
  /** Known wherever they are; the fog hides the place, not them. */
  ownTeam: 21,
  /** Over bodies, the own ones too; it takes the fog's darkness with it. */
  smoke: 22,
  names: 23,
  signs: 24,
  crosshair: 30,
} as const;
