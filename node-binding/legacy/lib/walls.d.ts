import { type LegacyWall, type WallCatalogue } from './catalogue.js';
/** Walls by id, as somebody knows them. Frozen: what does not change is shared. */
export type WallSet = Readonly<Record<string, Readonly<LegacyWall>>>;
/** The walls as one player, or the host, knows them: kept up to date with that knowledge rather than built anew. */
export declare class LegacyWalls {
    #private;
    private readonly catalogue;
    /** `known` is what the player knows now. */
    constructor(catalogue: WallCatalogue, known: Float32Array);
    /** Takes in what the player knows now; says whether anything changed. */
    update(known: Float32Array): boolean;
    /** The full set as JSON. */
    get json(): string;
    /** The full set. */
    get set(): WallSet;
}
