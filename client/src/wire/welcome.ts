import { WireError, type BitReader } from './bits';
import { VERSION } from './names';

/** What a client needs to walk, look and draw by the host's rules (section 2.2). Names as in the engine's `rules/book.rs`. */
export interface WireRules {
  readonly movement: {
    /** px/s */
    readonly sneak: number;
    /** px/s */
    readonly walk: number;
    /** px/s */
    readonly run: number;
    /** Running only within this angle of the aim, radians; null: any way. */
    readonly runArc: number | null;
    /** Factor on the speed while aiming down sights. */
    readonly aimSpeed: number;
    readonly aimStopsRun: boolean;
    /** Factor on the velocity for each input's time without movement keys. */
    readonly stop: number;
    /** px/s, below which a player counts as idle. */
    readonly idle: number;
  };
  /** Inputs of a second of one player's time. */
  readonly inputsPerSecond: number;
  readonly vision: {
    /** Full angle, radians. */
    readonly cone: number;
    /** px */
    readonly distance: number;
    /** px within which another is seen whatever the facing. */
    readonly close: number;
    /** Mouse look; null: none. Distances in px, the cone in radians. */
    readonly look: { readonly near: number; readonly far: number; readonly distance: number; readonly cone: number } | null;
  };
  readonly smoke: {
    /** px */
    readonly radius: number;
    readonly lifeMs: number;
    readonly expandMs: number;
    readonly fadeMs: number;
    readonly density: number;
    readonly edge: number;
    readonly depth: number;
    /** px */
    readonly unit: number;
  };
  readonly flash: {
    /** Blind, disoriented, recovering at full intensity, ms. */
    readonly phasesMs: readonly [number, number, number];
    /** Impairment of sight, hearing and movement while blind at full intensity. */
    readonly impair: readonly [number, number, number];
  };
  /** Share of its speed that a thrown thing keeps in a second. */
  readonly throwFriction: number;
  /** Lowest and highest cutoff of sounds, Hz. */
  readonly cutoffHz: readonly [number, number];
}

/** How a link begins (section 2.1). */
export interface Welcome {
  /** 0 to 3 */
  readonly epoch: number;
  /** Content hash of the map, 16 hex digits. */
  readonly map: string;
  /** Hash of the rule set, 16 hex digits. */
  readonly rulesHash: string;
  /** The whole number of the frame in which it was sent. */
  readonly frame: number;
  /** Ticks a second, 20 to 240. */
  readonly tickRate: number;
  /** Ticks a frame, 1 to 240. */
  readonly step: number;
  /** The player's own, 0 to 7. */
  readonly slot: number;
  /** Slices of the map, 1 to 8192. */
  readonly slices: number;
  readonly killTarget: number;
  readonly rules: WireRules;
}

/** Ticks that a host counts at most. */
const TICKS = 2 ** 31;

/** After the kind's two bits, to the last field. */
export function readWelcome(r: BitReader): Welcome {
  const epoch = r.u(2);
  const version = r.u(8);
  if (version !== VERSION) throw new WireError(`version ${version}, not ${VERSION}`);
  const map = readHash(r);
  const rulesHash = readHash(r);
  const frame = r.uv(8);
  const tickRate = r.u(8);
  if (tickRate < 20 || tickRate > 240) throw new WireError('ticks a second');
  const step = r.u(8);
  if (step < 1 || step > 240) throw new WireError('ticks a frame');
  if (frame * step >= TICKS) throw new WireError('frame');
  const slot = r.u(3);
  const slices = r.u(13) + 1;
  return { epoch, map, rulesHash, frame, tickRate, step, slot, slices, killTarget: r.uv(6), rules: readRules(r) };
}

function readHash(r: BitReader): string {
  const low = r.u(32);
  const high = r.u(32);
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}

function readRules(r: BitReader): WireRules {
  // Fields of a literal are evaluated in their order, which is the wire's.
  return {
    movement: {
      sneak: r.f32(),
      walk: r.f32(),
      run: r.f32(),
      runArc: r.flag() ? r.f32() : null,
      aimSpeed: r.f32(),
      aimStopsRun: r.flag(),
      stop: r.f32(),
      idle: r.f32(),
    },
    inputsPerSecond: r.u(8),
    vision: {
      cone: r.f32(),
      distance: r.f32(),
      close: r.f32(),
      look: r.flag() ? { near: r.f32(), far: r.f32(), distance: r.f32(), cone: r.f32() } : null,
    },
    smoke: {
      radius: r.f32(),
      lifeMs: r.uv(8),
      expandMs: r.uv(8),
      fadeMs: r.uv(8),
      density: r.f32(),
      edge: r.f32(),
      depth: r.f32(),
      unit: r.f32(),
    },
    flash: { phasesMs: [r.uv(8), r.uv(8), r.uv(8)], impair: [r.f32(), r.f32(), r.f32()] },
    throwFriction: r.f32(),
    cutoffHz: [r.f32(), r.f32()],
  };
}
