"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.MapFileError = void 0;
exports.mapFromEnvironment = mapFromEnvironment;
const node_fs_1 = require("node:fs");
const node_path_1 = require("node:path");
const catalogue_js_1 = require("./catalogue.js");
const engine_js_1 = require("./engine.js");
/** The map of a room for which no file is named. */
const TEST_MAP = 'yard';
/** Bytes. A picture of 480 x 270 has a fraction of it. */
const LARGEST_FILE = 4 << 20;
/** Maps kept for the next room, by name and bytes. */
const MOST_KEPT = 16;
const kept = new Map();
/** There is no map where the environment says that one is, or it cannot be played. */
class MapFileError extends Error {
    name = 'MapFileError';
    code = 'BAD_MAP';
}
exports.MapFileError = MapFileError;
/**
 * The map that the environment names: `MAP_FILE`, else `LOAD_MAP`, as `maps/NAME.png` under the working folder; with or
 * without `.png`, or as an absolute path. With neither set, a built-in one. Read as the legacy backend reads pictures.
 *
 * @throws {MapFileError} naming the variable and what was tried
 */
function mapFromEnvironment(environment = process.env, folder = process.cwd()) {
    const variable = ['MAP_FILE', 'LOAD_MAP'].find((name) => (environment[name] ?? '').trim() !== '');
    if (variable === undefined)
        return keep(`builtin/${TEST_MAP}`, TEST_MAP, () => (0, engine_js_1.engine)().GameMap.builtin(TEST_MAP, { reading: 'coarse' }));
    const wish = environment[variable].trim();
    const remedy = `set ${variable} to the name of a PNG in ${(0, node_path_1.join)(folder, 'maps')}, or unset MAP_FILE and LOAD_MAP to play on the built-in test map`;
    const fail = (reason, cause) => {
        throw new MapFileError(`${variable}=${JSON.stringify(wish.slice(0, 200))}: ${reason}; ${remedy}`, { cause });
    };
    const file = /\.png$/i.test(wish) ? wish : `${wish}.png`;
    // A path that begins with maps/ is as likely meant from the working folder.
    const tries = (0, node_path_1.isAbsolute)(file) ? [file] : [(0, node_path_1.join)(folder, 'maps', file), ...(/[\\/]/.test(file) ? [(0, node_path_1.resolve)(folder, file)] : [])];
    const path = tries.find((each) => (0, node_fs_1.statSync)(each, { throwIfNoEntry: false })?.isFile() === true);
    if (path === undefined)
        return fail(`there is no file ${tries.join(' nor ')}`);
    let bytes;
    try {
        if ((0, node_fs_1.statSync)(path).size > LARGEST_FILE)
            throw new Error(`it is larger than ${LARGEST_FILE} bytes`);
        bytes = (0, node_fs_1.readFileSync)(path);
    }
    catch (cause) {
        return fail(`${path} cannot be read (${cause.message})`, cause);
    }
    try {
        const name = (0, node_path_1.basename)(path).replace(/\.png$/i, '');
        return keep(`${name}/${bytes.toString('base64')}`, name, () => (0, engine_js_1.engine)().GameMap.fromPng(bytes, { reading: 'coarse' }));
    }
    catch (cause) {
        return fail(`${path} cannot be played (${cause.message})`, cause);
    }
}
function keep(key, name, load) {
    let room = kept.get(key);
    if (room === undefined) {
        const map = load();
        room = { name, map, walls: new catalogue_js_1.WallCatalogue(map) };
    }
    // The one used last is given up last.
    kept.delete(key);
    kept.set(key, room);
    if (kept.size > MOST_KEPT)
        kept.delete(kept.keys().next().value);
    return room;
}
