import type { GameEvent, PlayerId, TeamName, WeaponName } from './engine.js';
import { type V2 } from './numbers.js';
import type { WallCatalogue } from './catalogue.js';
export interface Packet {
    event: string;
    payload: unknown;
}
/** What the translation looks up. */
export interface EventContext {
    readonly walls: WallCatalogue;
    readonly msPerTick: number;
    epochMs(tick: number): number;
    legacyId(player: PlayerId): string | null;
    teamOf(player: PlayerId): TeamName | null;
    /** Where the receiver knows the player to stand; null: nowhere. */
    placeOf(player: PlayerId): V2 | null;
    /** The player's entry in the receiver's states. */
    playerEntry(player: PlayerId): unknown;
    spawn(player: PlayerId): {
        health: number;
        team: TeamName;
        isFirst: boolean;
    } | undefined;
}
/** Points that a blast deals at its centre (rule book, section 5). */
export declare const BLAST_DAMAGE: Readonly<Partial<Record<WeaponName, number>>>;
/**
 * What today's clients call an engine event, for one receiver: one packet, several, or none where those clients have
 * no word for it. The event is as the engine tells it to that receiver, so whatever is missing from it is hidden and becomes null.
 */
export declare function toLegacy(event: GameEvent, context: EventContext): Packet[];
