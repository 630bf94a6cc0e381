import type * as Engine from '../../index.js';

export type {
  CloudView, GameEvent, GameMap, HeardSound, KnownProjectile, Loadout, MatchId, PlayerEdit, PlayerId, PlayerView, ProjectileView, SoundKindName,
  TeamName, ToldEvent, WallInfo, WeaponName, WeaponView, World,
} from '../../index.js';

let loaded: typeof Engine | undefined;

/** The addon, loaded by the first call that needs it: whoever imports shapes alone gets its errors at a time of their own choosing. */
export function engine(): typeof Engine {
  return loaded ??= require('../../index.js') as typeof Engine;
}
