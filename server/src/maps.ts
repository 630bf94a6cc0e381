import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { ConfigError } from './config.js';
import { engine, type GameMap } from './engine.js';

/** px. */
const PLAYFIELD = { width: 480, height: 270 };

export interface NamedMap {
  name: string;
  map: GameMap;
}

/** The maps that lobbies may be played on. Only the configured one can be a file: a client names maps, never paths. */
export class MapShelf {
  readonly standard: NamedMap;
  readonly #loaded = new Map<string, NamedMap>();
  readonly #drawings = new Map<string, string>();
  readonly #builtin: ReadonlySet<string>;

  constructor(wish: string | undefined, private readonly reading: 'fine' | 'coarse') {
    const names = engine.GameMap.builtinNames();
    this.#builtin = new Set(names);
    const name = wish ?? names[0];
    if (name === undefined) throw new ConfigError('MAP is not set and the engine has no built-in map');
    this.standard = this.find(name) ?? this.#fromFile(name, names);
  }

  /** A map by name; undefined where none is called that. */
  find(name: string): NamedMap | undefined {
    const loaded = this.#loaded.get(name);
    if (loaded !== undefined || !this.#builtin.has(name)) return loaded;
    return this.#keep({ name, map: engine.GameMap.builtin(name, { reading: this.reading }) });
  }

  /** What a client draws and walks by (`GET /maps/HASH.json`), as JSON; undefined where no map that was loaded has this hash. */
  drawing(hash: string): string | undefined {
    for (const { map } of this.#loaded.values()) {
      if (map.hash !== hash) continue;
      let json = this.#drawings.get(hash);
      if (json === undefined) this.#drawings.set(hash, json = JSON.stringify(drawingOf(map)));
      return json;
    }
    return undefined;
  }

  #fromFile(path: string, names: string[]): NamedMap {
    const limit = `it takes one of ${names.join(', ')}, or the path of a PNG`;
    try {
      const map = engine.GameMap.fromPng(readFileSync(path), { reading: this.reading });
      return this.#keep({ name: basename(path).replace(/\.png$/i, ''), map });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ConfigError(`MAP=${JSON.stringify(path)} is not valid (${reason}): ${limit}`, { cause });
    }
  }

  #keep(named: NamedMap): NamedMap {
    this.#loaded.set(named.name, named);
    return named;
  }
}

/**
 * Walls in the order of their slices: five each, side by side along x or one under another along y. `missing`: slices
 * that do not stand when a match begins.
 */
function drawingOf(map: GameMap): object {
  return {
    hash: map.hash,
    width: PLAYFIELD.width,
    height: PLAYFIELD.height,
    walls: map.walls().map(({ x, y, width, height, material, orientation }) => (
      { x, y, width, height, material, alongX: orientation === 'horizontal' }
    )),
    missing: map.missingSlices(),
    spawns: map.spawns(),
  };
}
