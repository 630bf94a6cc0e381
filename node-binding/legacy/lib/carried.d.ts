import type { Loadout } from './engine.js';
import type { LegacyWeapon } from './state.js';
type Entries = ReturnType<Map<string, LegacyWeapon>['entries']>;
type Keys = ReturnType<Map<string, LegacyWeapon>['keys']>;
type Values = ReturnType<Map<string, LegacyWeapon>['values']>;
/** What a player's {@link CarriedWeapons} ask of the match. */
export interface Hands {
    /** What the match says is carried, in the order of its places; undefined: nothing has changed since it was asked last. */
    news(): LegacyWeapon[] | undefined;
    /** A loadout was written that has not reached the match yet. */
    written(): void;
    /** Rounds of a weapon that is carried were written. */
    rounds(type: string, ammo: number, reserve: number): void;
    refuse(reason: string): void;
}
/**
 * What a player carries, by type: a live `Map`. What a host clears, sets and deletes becomes the player's loadout before
 * the match is next looked at or stepped; rounds written into an entry become those of the weapon.
 *
 * A weapon set into a place that another has takes it over: a player has one primary and one secondary weapon. What a
 * loadout must have and the map lacks, primary or secondary, stays as it was; an emptied map waits until something is set.
 */
export declare class CarriedWeapons extends Map<string, LegacyWeapon> {
    #private;
    constructor(hands: Hands);
    /** A loadout was written and is not in the match yet. */
    get isWritten(): boolean;
    get size(): number;
    get(type: string): LegacyWeapon | undefined;
    has(type: string): boolean;
    set(type: string, weapon: LegacyWeapon): this;
    delete(type: string): boolean;
    clear(): void;
    forEach(call: (weapon: LegacyWeapon, type: string, map: Map<string, LegacyWeapon>) => void, self?: unknown): void;
    entries(): Entries;
    keys(): Keys;
    values(): Values;
    [Symbol.iterator](): Entries;
    /** As in `game:state`. */
    toJSON(): Record<string, LegacyWeapon>;
    /** The loadout that was written, with what it lacks from `before`; undefined while nothing is in it. To be called once for each. */
    takeLoadout(before: Loadout): Loadout | undefined;
    /** Has rounds that were written into entries become those of the match, as far as they are within limits. */
    flushRounds(): void;
    /** What was written last is given up: the match refused it. */
    giveUp(): void;
}
export {};
