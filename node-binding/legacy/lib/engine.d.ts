import type * as Engine from '../../index.js';
export type { CloudView, GameEvent, GameMap, HeardSound, KnownProjectile, Loadout, MatchId, PlayerEdit, PlayerId, PlayerView, ProjectileView, SoundKindName, TeamName, ToldEvent, WallInfo, WeaponName, WeaponView, World, } from '../../index.js';
/** The addon, loaded by the first call that needs it: whoever imports shapes alone gets its errors at a time of their own choosing. */
export declare function engine(): typeof Engine;
