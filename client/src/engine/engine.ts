/**
 * The engine as WebAssembly: client/wasm, typed. One map, one recording and one match against bots at a time. Every call
 * either answers or throws an EngineError and changes nothing; a panic in the engine throws one, too, and the next call
 * runs in a fresh instance, in which nothing is loaded.
 */
import type { Material, Team } from '../core/rules';
import type { SoundKind } from '../core/sounds';

export const COLS = 48;
export const ROWS = 27;
export const CELLS = COLS * ROWS;
/** Playfield px. */
export const CELL = 10;
/** Numbers a slice in `mapSlices`. */
export const SLICE_FIELDS = 7;

/** 0: every cell a wall of its own with 5 slices; 1: runs of up to 5 cells make one wall. */
export type Reading = 0 | 1;

/** Bits of the buttons that a player holds. */
export const BUTTON = {
  up: 1, left: 1 << 1, down: 1 << 2, right: 1 << 3, run: 1 << 4, sneak: 1 << 5, fire: 1 << 6, aim: 1 << 7,
  reload: 1 << 8, throw: 1 << 9, slot1: 1 << 10, slot2: 1 << 11, respawn: 1 << 15,
} as const;

export interface About {
  readonly version: string;
  readonly cells: readonly { readonly name: string; readonly rgb: readonly [number, number, number] }[];
  readonly maps: readonly string[];
  readonly materials: readonly Material[];
  readonly weapons: readonly string[];
  readonly sounds: readonly SoundKind[];
  readonly rules: readonly string[];
}

export interface MapInfo {
  readonly hash: string;
  readonly walls: number;
  readonly slices: number;
  readonly materials: readonly { readonly name: Material; readonly walls: number }[];
  readonly spawns: readonly { readonly x: number; readonly y: number; readonly team: Team }[];
  readonly lights: readonly (readonly [number, number])[];
  readonly warnings: readonly string[];
  /** Of a map that was read from a picture: places in `About.cells`, row by row. */
  readonly cells?: readonly number[];
}

export interface MapChecks {
  readonly problems: readonly {
    readonly kind: 'unreachable' | 'sight' | 'enclosed' | 'distance';
    readonly text: string;
    readonly at: readonly (readonly [number, number])[];
  }[];
  readonly spawns: readonly {
    readonly x: number;
    readonly y: number;
    readonly team: Team;
    /** px to the nearest spawn of the other team, walls whole; null: no way. */
    readonly way: number | null;
    readonly sees: readonly (readonly [number, number])[];
  }[];
  /** Open cells by the team that is there first. */
  readonly first: { readonly red: number; readonly blue: number; readonly equal: number };
  readonly unreached: number;
  readonly toCentre: Readonly<Record<Team, number | null>>;
  /** px from the nearest spawn of a team to each cell; null: no way. */
  readonly ways: Readonly<Record<Team, readonly (number | null)[]>>;
}

export interface Mark {
  readonly tick: number;
  readonly what: 'join' | 'leave' | 'team' | 'label' | 'restored';
  readonly slot?: number | null;
  readonly team?: Team;
  readonly key?: string;
  readonly value?: string;
}

export interface ReplayInfo {
  readonly engine: string;
  readonly simulation: number;
  readonly tickRate: number;
  readonly rules: string;
  readonly killTarget: number;
  /** 64 bits, decimal. */
  readonly seed: string;
  readonly firstTick: number;
  readonly lastTick: number;
  /** False: the file has no end mark, for its host died. */
  readonly complete: boolean;
  readonly keyframes: readonly number[];
  readonly labels: readonly { readonly slot: number | null; readonly key: string; readonly value: string }[];
  readonly marks: readonly Mark[];
  readonly map: MapInfo;
}

export interface HashCheck {
  readonly tick: number;
  /** 16 hexadecimal digits: the file's, and the one computed here. */
  readonly expected: string;
  readonly found: string;
}

export interface Stepped {
  readonly tick: number;
  readonly ended: boolean;
  readonly checks: readonly HashCheck[];
}

export interface Sought {
  readonly tick: number;
  /** Where this piece of the way began. */
  readonly from: number;
  readonly done: boolean;
  readonly found: string;
  readonly expected: string | null;
}

export interface Kill {
  readonly tick: number;
  readonly killer: number;
  readonly victim: number;
  readonly weapon: string | null;
  readonly teamKill: boolean;
  readonly x: number;
  readonly y: number;
}

export interface EvidenceMark {
  readonly tick: number;
  readonly slot: number;
  readonly kind: string;
  readonly statistical: boolean;
  readonly value: number;
  readonly limit: number;
  /** Above 0, at most 1. */
  readonly grade: number;
}

export interface Scanned extends Stepped {
  readonly kills: readonly Kill[];
  readonly evidence: readonly EvidenceMark[];
  readonly lost: number;
  readonly verdicts: readonly { readonly slot: number; readonly verdict: string; readonly score: number }[];
}

export interface PlayerFrame {
  readonly slot: number;
  readonly team: Team;
  readonly kills: number;
  readonly deaths: number;
  readonly alive: boolean;
  readonly placed: boolean;
  /** False: the viewer does not know where this player is, and all that follows is missing. */
  readonly known: boolean;
  readonly x?: number;
  readonly y?: number;
  readonly fx?: number;
  readonly fy?: number;
  readonly health?: number;
  readonly aiming?: boolean;
  readonly gait?: string;
  readonly weapon?: string | null;
  readonly rounds?: number | null;
  readonly reserve?: number | null;
  readonly reload?: number;
  readonly sight?: number;
  readonly blind?: boolean;
  /** Tick shown as the respawn's. */
  readonly respawn?: number;
}

/** What each means depends on the name: engine/src/world/event.rs. Players are slots, 255 for nobody; places in px. */
export type FrameEvent = readonly [
  name: string | null, tick: number, actor: number, target: number, weapon: string | null, x: number, y: number,
  dx: number, dy: number, value: number, slice: number, flags: number, aux: number,
];
/** kind, gain in 1/255, bearing and cutoff and aim in 64ths, flags (1: own) */
export type FrameSound = readonly [SoundKind, number, number, number, number, number];

export interface Frame {
  readonly tick: number;
  readonly score: readonly [number, number];
  readonly killTarget: number;
  readonly over: boolean;
  readonly winner: Team | null;
  /** Changes with what the viewer knows of walls. */
  readonly walls: string;
  /** Masks of slots: whom the viewer knows; whom each slot sees. */
  readonly known: number;
  readonly sees: readonly number[];
  readonly players: readonly PlayerFrame[];
  /** weapon, x, y, velocity px/s */
  readonly projectiles: readonly (readonly [string, number, number, number, number])[];
  /** x, y, radius px, density 0 to 1 */
  readonly clouds: readonly (readonly [number, number, number, number])[];
  readonly events: readonly FrameEvent[];
  readonly sounds: readonly FrameSound[];
  /** Events and sounds lost since the last frame: it was too long ago. */
  readonly dropped: number;
}

export interface ShowFrame extends Frame {
  /** Tick of the recording; `tick` is the match's. */
  readonly tape: number;
  readonly hash: string;
}

export interface PlayFrame extends Frame {
  readonly own: number;
}

export interface WallsMap {
  readonly walls: readonly { x: number; y: number; width: number; height: number; material: Material }[];
  readonly spawns?: readonly { x: number; y: number; team: Team }[];
}

export interface PracticeDef {
  /** 0 to 7 besides the player. */
  readonly bots: number;
  /** 0 to 1. */
  readonly skill: number;
  /** 32 bits. */
  readonly seed: number;
  readonly team: Team;
  readonly primary: string;
  readonly secondary: string;
  readonly support: readonly string[];
}

/** A call that the engine refused, or died of (`PANIC`). */
export class EngineError extends Error {
  override readonly name = 'EngineError';

  constructor(
    readonly code: string,
    message: string,
    readonly field: string | null = null,
    readonly limit: string | null = null,
  ) {
    super(message);
  }
}

type Call = (...numbers: number[]) => number;

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly [name: string]: WebAssembly.ExportValue;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();
const NONE = new Uint8Array(0);

export class Engine {
  /** Instances that a panic ended. */
  deaths = 0;
  private exports: Exports;

  private constructor(private readonly module: WebAssembly.Module) {
    this.exports = Engine.instance(module);
  }

  /** @throws EngineError `BAD_MODULE` for bytes that are no such module */
  static async load(bytes: BufferSource): Promise<Engine> {
    try {
      return new Engine(await WebAssembly.compile(bytes));
    } catch (error) {
      throw new EngineError('BAD_MODULE', `the engine could not be loaded: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Synchronous instances are for workers and Node where modules are large; this one takes a few ms of a page's time. */
  private static instance(module: WebAssembly.Module): Exports {
    return new WebAssembly.Instance(module, {}).exports as Exports;
  }

  about(): About {
    return this.json('about');
  }

  loadPng(png: Uint8Array, reading: Reading): MapInfo {
    return this.json('map_png', png, reading);
  }

  /** @param cells CELLS places in `About.cells`, row by row */
  loadCells(cells: Uint8Array, reading: Reading): MapInfo {
    return this.json('map_cells', cells, reading);
  }

  loadWalls(map: WallsMap): MapInfo {
    return this.json('map_walls', encoder.encode(JSON.stringify(map)));
  }

  loadBuiltin(name: string, reading: Reading): MapInfo {
    return this.json('map_builtin', encoder.encode(name), reading);
  }

  pngOfCells(cells: Uint8Array): Uint8Array<ArrayBuffer> {
    return this.bytes('png_of_cells', cells);
  }

  /** SLICE_FIELDS numbers a slice: left, top, right, bottom (px), material, health in 1/64, 1 if it stands. */
  mapSlices(): Float32Array {
    return this.floats('map_slices');
  }

  /** 1 for each cell whose middle has a clear line from the point. */
  mapSight(x: number, y: number): Uint8Array {
    return this.bytes('map_sight', NONE, x, y);
  }

  /** Gain in each cell of a sound of a kind (place in `About.sounds`) made at the point. */
  mapSound(kind: number, x: number, y: number): Float32Array {
    return this.floats('map_sound', kind, x, y);
  }

  mapChecks(): MapChecks {
    return this.json('map_checks');
  }

  openReplay(bytes: Uint8Array): ReplayInfo {
    return this.json('show_open', bytes);
  }

  stepReplay(ticks: number): Stepped {
    return this.json('show_step', NONE, ticks);
  }

  /** One piece of the way to a tick: at most `most` ticks are played, so that a page can show how far it is. */
  seekReplay(tick: number, most: number): Sought {
    return this.json('show_seek', NONE, tick, most);
  }

  /** @param viewer a slot, or -1 for all */
  replayFrame(viewer: number): ShowFrame {
    return this.json('show_frame', NONE, viewer);
  }

  /** As `mapSlices`, of the recording's map. */
  replaySlices(): Float32Array {
    return this.floats('show_slices');
  }

  /** Health of each slice in 1/64 points. */
  replayWalls(viewer: number): Uint16Array {
    return new Uint16Array(this.bytes('show_walls', NONE, viewer).buffer);
  }

  /** Corners x, y of what a slot sees; empty for the dead. */
  replayPolygon(slot: number): Float32Array {
    return this.floats('show_polygon', slot);
  }

  replaySound(kind: number, x: number, y: number): Float32Array {
    return this.floats('show_sound', kind, x, y);
  }

  scanReplay(ticks: number): Scanned {
    return this.json('show_scan', NONE, ticks);
  }

  beginPlay(def: PracticeDef): { readonly slot: number; readonly map: MapInfo } {
    return this.json('play_begin', encoder.encode(JSON.stringify(def)));
  }

  /** One tick of 1/60 s. */
  stepPlay(held: number, taps: number, x: number, y: number): { readonly tick: number } {
    return this.json('play_step', NONE, held, taps, x, y);
  }

  playFrame(own: boolean): PlayFrame {
    return this.json('play_frame', NONE, own ? 1 : 0);
  }

  playWalls(viewer: number): Uint16Array {
    return new Uint16Array(this.bytes('play_walls', NONE, viewer).buffer);
  }

  playPolygon(slot: number): Float32Array {
    return this.floats('play_polygon', slot);
  }

  /** For tests: the engine panics. */
  panicForTest(): void {
    this.bytes('panic_for_test');
  }

  private json<T>(name: string, input: Uint8Array = NONE, ...numbers: number[]): T {
    return JSON.parse(decoder.decode(this.view(name, input, numbers))) as T;
  }

  /** A copy: the engine's memory moves when it grows. */
  private bytes(name: string, input: Uint8Array = NONE, ...numbers: number[]): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.view(name, input, numbers));
  }

  private floats(name: string, ...numbers: number[]): Float32Array {
    return new Float32Array(this.bytes(name, NONE, ...numbers).buffer);
  }

  /** The answer where it lies, until the next call. */
  private view(name: string, input: Uint8Array, numbers: readonly number[]): Uint8Array {
    let status: number;
    try {
      const at = (this.exports['reserve'] as Call)(input.length);
      if (at === 0) throw new EngineError('INVALID_ARGUMENT', `the file has ${input.length} bytes; it must be at most 64 MiB`, 'bytes', 'at most 64 MiB');
      new Uint8Array(this.exports.memory.buffer, at, input.length).set(input);
      status = (this.exports[name] as Call)(...numbers);
    } catch (error) {
      if (error instanceof EngineError) throw error;
      const text = this.lastWords();
      this.exports = Engine.instance(this.module);
      this.deaths += 1;
      throw new EngineError('PANIC', `the engine stopped: ${text || (error instanceof Error ? error.message : String(error))}; what was loaded is gone, load it again`);
    }
    const answer = this.answer();
    if (status === 0) return answer;
    const fault = JSON.parse(decoder.decode(answer)) as { code: string; field: string | null; limit: string | null; message: string };
    throw new EngineError(fault.code, fault.message, fault.field, fault.limit);
  }

  private answer(): Uint8Array {
    const at = (this.exports['answer_at'] as Call)();
    return new Uint8Array(this.exports.memory.buffer, at >>> 0, (this.exports['answer_length'] as Call)());
  }

  /** What a panic left as the answer. */
  private lastWords(): string {
    try {
      return decoder.decode(this.answer().slice(0, 500));
    } catch {
      return '';
    }
  }
}
