import type { GameMap, WallInfo } from './engine.js';
import { type V2 } from './numbers.js';
export interface Rect {
    x: number;
    y: number;
    width: number;
    height: number;
}
/** Slices of a wall. */
export declare const SLICES = 5;
/** A wall as in `game:state`. */
export interface LegacyWall {
    id: string;
    /** Top left. */
    position: V2;
    width: number;
    height: number;
    orientation: 'horizontal' | 'vertical';
    /** 1: destroyed, passable. */
    destructionMask: number[];
    material: string;
    maxHealth: number;
    sliceHealth: number[];
}
/** A wall with its damage, written once. */
export declare class WallPage {
    #private;
    readonly entry: Readonly<LegacyWall>;
    /** @param entry frozen: it is shared by all who know the wall like this, in all matches on the map if it is undamaged */
    constructor(entry: Readonly<LegacyWall>);
    /** `"wall_1":{...}` */
    get json(): string;
}
/** A map's walls with the ids clients know them by: `wall_1` is the first in creation order. Shared by all matches on the map. */
export declare class WallCatalogue {
    #private;
    readonly walls: readonly WallInfo[];
    readonly ids: readonly string[];
    /** Health points of an undamaged slice, per wall. */
    readonly maxHealth: readonly number[];
    constructor(map: GameMap);
    /** A wall whose slices have so many points. @param health of all slices of the map */
    page(index: number, health: Float32Array): WallPage;
    wallOf(slice: number): number;
    sliceRect(slice: number): Rect;
}
export interface DestructionStats {
    totalWalls: number;
    destroyedWalls: number;
    totalSlices: number;
    destroyedSlices: number;
    /** 0 to 100, of slices. */
    overallDestructionPercentage: number;
}
/** @param health points of all slices */
export declare function destructionStats(health: Float32Array): DestructionStats;
