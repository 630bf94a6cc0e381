import type { HeardSound, PlayerId, SoundKindName, TeamName } from './engine.js';

/**
 * What a player may know is decided in the engine (rule book, section 9): whom they know, what they are told of events,
 * which projectiles and what damage they know. Here it is only put into the words of today's protocol; everything that
 * leaves the server about a match comes from `knows`, `drainTold`, `knownSliceHealth`, `knownProjectiles`, `knownClouds`
 * and `drainSounds`, or is public.
 */

export type Acquaintance = 'own' | 'mate' | 'seen' | 'unseen';

/** A player as far as acquaintance goes. */
export interface Subject {
  readonly player: PlayerId;
  /** 0 to 7. */
  readonly slot: number;
  readonly team: TeamName;
}

/** How the viewer knows the subject; `knows` are the engine's rows. Whoever has not been placed yet is nowhere to be known. */
export function acquaintance(knows: Uint8Array, viewer: Subject, subject: Subject): Acquaintance {
  if (viewer.player === subject.player) return 'own';
  if (((knows[viewer.slot]! >> subject.slot) & 1) === 0) return 'unseen';
  return viewer.team === subject.team ? 'mate' : 'seen';
}

/** A sound as the client of its listener is told of it: what it was and where it seems to come from, never who made it and where. */
export interface ToldSound {
  kind: SoundKindName;
  /** Loudness in 1/255, 1 to 255. */
  gain: number;
  /** In 1/64 turns clockwise from the aim that is told with it, 0 to 63; 0 for what the own body makes. */
  bearing: number;
  /** Low-pass cutoff, 0 (dull) to 63 (nothing muffles it). */
  cutoff: number;
  own: boolean;
}

export interface Earshot {
  /** The listener's aim in 1/64 turns clockwise from +x, as of the newest of the sounds. */
  aim: number;
  sounds: ToldSound[];
}

/** Sounds that a listener is told of at once. More of them are a din; the oldest are left out. */
const SOUNDS_AT_ONCE = 256;

/**
 * What the viewer hears among what a match's players have heard, oldest first; null if nothing. The engine has decided
 * who hears what, how loud and from where, and rounded it; what is left is to keep each to their own. Where the viewer
 * has turned since, bearings are told against the newest aim: they keep their direction.
 */
export function hear(viewer: Subject, heard: readonly HeardSound[]): Earshot | null {
  const own = heard.filter((sound) => sound.listener === viewer.slot).slice(-SOUNDS_AT_ONCE);
  const aim = own.at(-1)?.aim;
  if (aim === undefined) return null;
  const bearing = (sound: HeardSound): number => (
    // What the own body makes turns with it.
    sound.own && sound.bearing === 0 ? 0 : (sound.aim + sound.bearing - aim) & 63
  );
  return { aim, sounds: own.map((sound) => ({ kind: sound.kind, gain: sound.gain, bearing: bearing(sound), cutoff: sound.cutoff, own: sound.own })) };
}
