import type { CarriedWeapons } from './carried.js';
import type { TeamName } from './engine.js';
import type { LegacyPlayer, LegacyWeapon } from './state.js';
/**
 * A player as a room reads and writes: a live view, the same object for as long as the player is in the match. Reading
 * gives what the match has now; writing `name`, `team`, `weaponId`, `weapons`, a position (whole, or `x` and `y`),
 * `isAlive`, `health`, `kills` and `deaths` changes the match. What is written is read back at once and in the match
 * before it is next stepped or asked; what is written together counts together, in whatever order.
 *
 * Everything else can be read only, and what does not fit is refused: nothing changes, and `refusals` of the room's match
 * says why. Once the player is removed, the last values stay and nothing can be written.
 */
export interface LivePlayer extends Omit<LegacyPlayer, 'weapons'> {
    /** By type; see {@link CarriedWeapons}. */
    weapons: Map<string, LegacyWeapon>;
}
/** What a host has written of a player, each value within its limits, until it is in the match. */
export interface Draft {
    name?: string;
    team?: TeamName;
    /** px. */
    x?: number;
    y?: number;
    /** Points. */
    health?: number;
    isAlive?: boolean;
    weaponId?: string;
    kills?: number;
    deaths?: number;
}
/** What a live view is a view of. */
export interface LiveSource {
    /** As the match has it, or had it last. */
    entry(): LegacyPlayer;
    /** The draft to write into; undefined: the player has left. */
    draft(): Draft | undefined;
    /** As far as anything is written. */
    written(): Draft | undefined;
    refuse(field: string, reason: string): void;
    readonly weapons: CarriedWeapons;
    /** Points of a player who has just appeared. */
    readonly fullHealth: number;
}
/** The view of a player. Its fields are its own and enumerable, so that it can be spread and written as JSON. */
export declare function livePlayer(id: string, source: LiveSource): LivePlayer;
