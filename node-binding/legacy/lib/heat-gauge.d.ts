import type { WeaponName } from './engine.js';
export interface HeatUpdate {
    weaponType: WeaponName;
    /** 0 to 100 in whole steps. */
    heatLevel: number;
    isOverheated: boolean;
}
/** Tells one player of the heat of the own gun, as it changes. */
export declare class HeatGauge {
    #private;
    /** The gun falls silent until that tick. */
    overheat(untilTick: number): void;
    /** A new body, or a new match: cold guns. */
    cool(): void;
    /** What is news since the last call; undefined where nothing is. */
    update(heat: number, tick: number): HeatUpdate | undefined;
}
