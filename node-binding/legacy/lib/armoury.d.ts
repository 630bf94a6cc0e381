import { type WeaponName } from './engine.js';
import type { LegacyWeapon } from './state.js';
/** Figures of a weapon, as {@link LegacyWeapon} has them. Frozen: all rooms share them. */
export interface WeaponConfig {
    readonly id: WeaponName;
    readonly type: WeaponName;
    readonly slot: 'primary' | 'secondary' | 'support';
    /** Places of a loadout's three that a support item takes; 0 for the others. */
    readonly supportSlots: number;
    readonly maxAmmo: number;
    readonly maxReserve: number;
    /** Points a shot, all pellets together. */
    readonly damage: number;
    /** Rounds a minute. */
    readonly fireRate: number;
    /** Milliseconds; 0: cannot be reloaded, as what is thrown. */
    readonly reloadTime: number;
    readonly accuracy: number;
    /** px. */
    readonly range: number;
}
/** By type. Asked of the engine once in a process, so that no figure of the rule book stands here. */
export declare function weaponConfigs(): ReadonlyMap<string, WeaponConfig>;
export declare function weaponConfig(type: unknown): WeaponConfig | undefined;
/**
 * A weapon of a type with full magazines, or with what `rounds` has in `currentAmmo` and `reserveAmmo`, as far as these
 * are whole numbers within the type's limits.
 */
export declare function createWeapon(config: WeaponConfig, rounds?: unknown): LegacyWeapon;
/** A whole number from 0 to `most`; undefined for anything else. */
export declare function within(value: unknown, most: number): number | undefined;
