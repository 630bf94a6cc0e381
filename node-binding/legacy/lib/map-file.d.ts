import { WallCatalogue } from './catalogue.js';
import { type GameMap } from './engine.js';
/** A map as rooms share it. */
export interface RoomMap {
    readonly name: string;
    readonly map: GameMap;
    readonly walls: WallCatalogue;
}
/** There is no map where the environment says that one is, or it cannot be played. */
export declare class MapFileError extends Error {
    readonly name = "MapFileError";
    readonly code = "BAD_MAP";
}
/**
 * The map that the environment names: `MAP_FILE`, else `LOAD_MAP`, as `maps/NAME.png` under the working folder; with or
 * without `.png`, or as an absolute path. With neither set, a built-in one. Read as the legacy backend reads pictures.
 *
 * @throws {MapFileError} naming the variable and what was tried
 */
export declare function mapFromEnvironment(environment?: Readonly<Record<string, string | undefined>>, folder?: string): RoomMap;
