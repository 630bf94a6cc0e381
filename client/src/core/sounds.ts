/** Section 8 of the rule book as far as a listener needs it: the kinds, the words for them, and the units of the wire. */

/** Words for those who read sounds; kinds with the same words are one line to them. */
const CAPTIONS = {
  footstep_sneak: 'Footsteps, sneaking',
  footstep_walk: 'Footsteps, walking',
  footstep_run: 'Footsteps, running',
  fire_rifle: 'Rifle fire',
  fire_smg: 'SMG fire',
  fire_shotgun: 'Shotgun blast',
  fire_battlerifle: 'Battle rifle fire',
  fire_sniperrifle: 'Sniper shot',
  fire_pistol: 'Pistol shot',
  fire_revolver: 'Revolver shot',
  fire_suppressedpistol: 'Silenced shot',
  fire_machinegun: 'Machine gun fire',
  fire_antimaterialrifle: 'Anti-materiel shot',
  fire_grenadelauncher: 'Launcher fires',
  fire_rocket: 'Rocket launch',
  reload: 'Reloading',
  switch: 'Weapon drawn',
  empty: 'Empty click',
  throw: 'Something thrown',
  impact_concrete: 'Bullet on concrete',
  impact_metal: 'Bullet on metal',
  impact_wood: 'Bullet on wood',
  impact_glass: 'Bullet on glass',
  impact_border: 'Bullet on stone',
  break_concrete: 'Concrete breaks',
  break_metal: 'Metal breaks',
  break_wood: 'Wood breaks',
  break_glass: 'Glass breaks',
  bounce: 'Bounce',
  explosion: 'Explosion',
  flash: 'Flashbang',
  hurt: 'A cry of pain',
  death: 'A body falls',
} as const;

export type SoundKind = keyof typeof CAPTIONS;

export const SOUND_KINDS = Object.keys(CAPTIONS) as readonly SoundKind[];

/** Made with hands, feet or mouth, where the maker is; the rest is made by what flies, wherever that lands. */
export function isOfBody(kind: SoundKind): boolean {
  return !/^(impact|break|bounce|explosion|flash)/.test(kind);
}

export function isSoundKind(value: unknown): value is SoundKind {
  return typeof value === 'string' && Object.hasOwn(CAPTIONS, value);
}

export function soundCaption(kind: SoundKind): string {
  return CAPTIONS[kind];
}

/** Meant to hurt, so drawn as a warning. */
export function isDangerous(kind: SoundKind): boolean {
  return kind.startsWith('fire_') || kind === 'explosion' || kind === 'flash';
}

/** Bearings, and the aim that they are counted from, come in 64ths of a turn. */
export const BEARINGS = 64;
/** Steps of the low-pass; the last is open. */
export const CUTOFFS = 64;
/** Hz: the lowest cutoff there is, and the open one, at which nothing is filtered. */
export const LOWEST_CUTOFF = 300;
export const OPEN_CUTOFF = 22_000;

/** Hz. @param step 0 to 63, evenly spaced in pitch */
export function cutoffHz(step: number): number {
  return LOWEST_CUTOFF * (OPEN_CUTOFF / LOWEST_CUTOFF) ** (step / (CUTOFFS - 1));
}

/** Radians in the world, 0 = +x, clockwise. @param aim, bearing 0 to 63 */
export function soundDirection(aim: number, bearing: number): number {
  return (((aim + bearing) % BEARINGS) / BEARINGS) * 2 * Math.PI;
}
