import { readFileSync, statSync } from 'node:fs';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { WallCatalogue } from './catalogue.js';
import { engine, type GameMap } from './engine.js';

/** A map as rooms share it. */
export interface RoomMap {
  readonly name: string;
  readonly map: GameMap;
  readonly walls: WallCatalogue;
}

/** The map of a room for which no file is named. */
const TEST_MAP = 'yard';

/** Bytes. A picture of 480 x 270 has a fraction of it. */
const LARGEST_FILE = 4 << 20;

/** Maps kept for the next room, by name and bytes. */
const MOST_KEPT = 16;
const kept = new Map<string, RoomMap>();

/** There is no map where the environment says that one is, or it cannot be played. */
export class MapFileError extends Error {
  override readonly name = 'MapFileError';
  readonly code = 'BAD_MAP';
}

/**
 * The map that the environment names: `MAP_FILE`, else `LOAD_MAP`, as `maps/NAME.png` under the working folder; with or
 * without `.png`, or as an absolute path. With neither set, a built-in one. Read as the legacy backend reads pictures.
 *
 * @throws {MapFileError} naming the variable and what was tried
 */
export function mapFromEnvironment(environment: Readonly<Record<string, string | undefined>> = process.env, folder: string = process.cwd()): RoomMap {
  const variable = ['MAP_FILE', 'LOAD_MAP'].find((name) => (environment[name] ?? '').trim() !== '');
  if (variable === undefined) return keep(`builtin/${TEST_MAP}`, TEST_MAP, () => engine().GameMap.builtin(TEST_MAP, { reading: 'coarse' }));

  const wish = environment[variable]!.trim();
  const remedy = `set ${variable} to the name of a PNG in ${join(folder, 'maps')}, or unset MAP_FILE and LOAD_MAP to play on the built-in test map`;
  const fail = (reason: string, cause?: unknown): never => {
    throw new MapFileError(`${variable}=${JSON.stringify(wish.slice(0, 200))}: ${reason}; ${remedy}`, { cause });
  };
  const file = /\.png$/i.test(wish) ? wish : `${wish}.png`;
  // A path that begins with maps/ is as likely meant from the working folder.
  const tries = isAbsolute(file) ? [file] : [join(folder, 'maps', file), ...(/[\\/]/.test(file) ? [resolve(folder, file)] : [])];
  const path = tries.find((each) => statSync(each, { throwIfNoEntry: false })?.isFile() === true);
  if (path === undefined) return fail(`there is no file ${tries.join(' nor ')}`);

  let bytes: Buffer;
  try {
    if (statSync(path).size > LARGEST_FILE) throw new Error(`it is larger than ${LARGEST_FILE} bytes`);
    bytes = readFileSync(path);
  } catch (cause) {
    return fail(`${path} cannot be read (${(cause as Error).message})`, cause);
  }
  try {
    const name = basename(path).replace(/\.png$/i, '');
    return keep(`${name}/${bytes.toString('base64')}`, name, () => engine().GameMap.fromPng(bytes, { reading: 'coarse' }));
  } catch (cause) {
    return fail(`${path} cannot be played (${(cause as Error).message})`, cause);
  }
}

function keep(key: string, name: string, load: () => GameMap): RoomMap {
  let room = kept.get(key);
  if (room === undefined) {
    const map = load();
    room = { name, map, walls: new WallCatalogue(map) };
  }
  // The one used last is given up last.
  kept.delete(key);
  kept.set(key, room);
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
  return room;
}
