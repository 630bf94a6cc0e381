/**
 * How a body moves by one input: the engine's `sim/movement.rs` and the part of `sim/inputs.rs` that turns an input into
 * view, aim and keys, in the same f32 operations in the same order, so that a client's prediction is the host's result
 * to the bit. Every result of an operation goes through `Math.fround`, which makes it the f32 operation's: sums,
 * products, quotients and square roots of two f32 rounded from f64 are rounded once.
 */
import { PLAYER_RADIUS } from '../core/rules';
import { Button, Gait, PER_PX } from '../wire/names';
import type { WireInput } from '../wire/up';
import type { WireRules } from '../wire/welcome';
import { COLS, FIELD_SIZE, GONE, ROWS, type KnownSlices } from './geometry';

const { fround } = Math;

const RADIUS = PLAYER_RADIUS;
/** px kept from a corner. */
const CORNER_GAP = 1 / 1024;
/** px by which a body may seem to stand inside a slice and is still held back by it. */
const CONTACT = fround(0.02);
/** px/s below which coasting ends, squared. */
const REST2 = 0.25;
const DIAGONAL = fround(Math.SQRT1_2);
const TENTH = fround(0.1);
const TURN_LIMIT = fround(1e-3);

/** What of a player movement reads and writes. All numbers are f32. */
export class Body {
  /** Centre, px. */
  x = 0;
  y = 0;
  /** px/s */
  vx = 0;
  vy = 0;
  /** Unit vector towards the cursor. */
  aimX = 1;
  aimY = 0;
  /** {@link Gait} */
  gait: number = Gait.IDLE;
  /** {@link Button}s of the last input. */
  held = 0;
  /** Aims down sights. */
  aiming = false;
  alive = true;
  /** Cursor, px. */
  cursorX = 0;
  cursorY = 0;

  copy(from: Readonly<Body>): this {
    this.x = from.x;
    this.y = from.y;
    this.vx = from.vx;
    this.vy = from.vy;
    this.aimX = from.aimX;
    this.aimY = from.aimY;
    this.gait = from.gait;
    this.held = from.held;
    this.aiming = from.aiming;
    this.alive = from.alive;
    this.cursorX = from.cursorX;
    this.cursorY = from.cursorY;
    return this;
  }
}

/** A flash that impairs the own movement: its tick and intensity; 0: none. */
export interface Flash {
  readonly tick: number;
  readonly intensity: number;
}

/** What a flash takes, 0 to 1 each, as f32. */
export interface Impairment {
  blind: boolean;
  visual: number;
  movement: number;
}

/** The engine's rules of movement with the numbers of a welcome, over the slices that the client knows. */
export class Movement {
  /** px of an input: sneaking, walking, running. */
  private readonly step: readonly number[];
  private readonly runCos: number;
  private readonly perSecond: number;
  private readonly idle2: number;
  private readonly stop: number;
  private readonly aimSpeed: number;
  private readonly aimStopsRun: boolean;
  /** Ticks, at full intensity. */
  private readonly phases: readonly number[];
  private readonly impair: readonly number[];
  private readonly impairment: Impairment = { blind: false, visual: 0, movement: 0 };

  /** @param tickRate ticks a second */
  constructor(
    rules: WireRules,
    tickRate: number,
    readonly slices: KnownSlices,
  ) {
    const { movement, flash } = rules;
    this.perSecond = rules.inputsPerSecond;
    this.step = [movement.sneak, movement.walk, movement.run].map((speed) => fround(speed / this.perSecond));
    this.runCos = movement.runArc === null ? -2 : fround(fround(Math.cos(movement.runArc)) - fround(1e-6));
    this.idle2 = fround(movement.idle * movement.idle);
    this.stop = movement.stop;
    this.aimSpeed = movement.aimSpeed;
    this.aimStopsRun = movement.aimStopsRun;
    this.phases = flash.phasesMs.map((ms) => fround(fround(ms * tickRate) / 1000));
    this.impair = flash.impair;
  }

  /** View, aim and keys of an input; motion is {@link Movement.move}. */
  apply(body: Body, input: Readonly<WireInput>): void {
    const wentDown = input.held & ~body.held;
    body.held = input.held;
    body.cursorX = fround(input.cursorX / PER_PX);
    body.cursorY = fround(input.cursorY / PER_PX);
    this.face(body);
    // Of all presses only the aim's tells on movement; the dead have none.
    if (body.alive && ((wentDown | input.taps) & Button.AIM) !== 0) body.aiming = !body.aiming;
  }

  /** Turns a body towards its cursor; within 1/1000 px of it the facing stays. */
  face(body: Body): void {
    const dx = fround(body.cursorX - body.x);
    const dy = fround(body.cursorY - body.y);
    const length = fround(Math.sqrt(fround(fround(dx * dx) + fround(dy * dy))));
    if (length > TURN_LIMIT) {
      body.aimX = fround(dx / length);
      body.aimY = fround(dy / length);
    }
  }

  /** What a flash takes at a tick; the object is overwritten by the next call. */
  impaired(flash: Flash, tick: number): Impairment {
    const out = this.impairment;
    out.blind = false;
    out.visual = 0;
    out.movement = 0;
    const { intensity } = flash;
    if (intensity <= 0) return out;
    const since = Math.max(0, tick - flash.tick);
    const blind = fround(this.phases[0]! * intensity);
    const disoriented = fround(this.phases[1]! * intensity);
    const recovering = fround(this.phases[2]! * intensity);
    out.blind = since < blind;
    const share = out.blind
      ? 1
      : Math.max(0, fround(1 - fround(fround(since - blind) / fround(disoriented + recovering))));
    out.visual = fround(fround(this.impair[0]! * intensity) * share);
    out.movement = fround(fround(this.impair[2]! * intensity) * share);
    return out;
  }

  /** Moves a body by one input's time. @param slowed what a flash takes from movement, 0 to 1 */
  move(body: Body, slowed: number): void {
    if (!body.alive) {
      this.halt(body);
      return;
    }
    const { held } = body;
    let dx = ((held & Button.RIGHT) !== 0 ? 1 : 0) - ((held & Button.LEFT) !== 0 ? 1 : 0);
    let dy = ((held & Button.DOWN) !== 0 ? 1 : 0) - ((held & Button.UP) !== 0 ? 1 : 0);
    let stepX: number;
    let stepY: number;
    if (dx !== 0 || dy !== 0) {
      if (dx !== 0 && dy !== 0) {
        dx *= DIAGONAL;
        dy *= DIAGONAL;
      }
      const mayRun =
        !(body.aiming && this.aimStopsRun) &&
        fround(fround(dx * body.aimX) + fround(dy * body.aimY)) >= this.runCos;
      const gait =
        (held & Button.SNEAK) !== 0 ? Gait.SNEAKING : (held & Button.RUN) !== 0 && mayRun ? Gait.RUNNING : Gait.WALKING;
      body.gait = gait;
      let reach = this.step[gait - 1]!;
      if (body.aiming) reach = fround(reach * this.aimSpeed);
      reach = fround(reach * fround(1 - slowed));
      stepX = fround(dx * reach);
      stepY = fround(dy * reach);
    } else {
      const vx = fround(body.vx * this.stop);
      const vy = fround(body.vy * this.stop);
      const speed2 = fround(fround(vx * vx) + fround(vy * vy));
      if (speed2 < this.idle2) body.gait = Gait.IDLE;
      if (speed2 < REST2 || (vx === 0 && vy === 0)) {
        body.vx = 0;
        body.vy = 0;
        return;
      }
      stepX = fround(vx / this.perSecond);
      stepY = fround(vy / this.perSecond);
    }
    const { x, y } = body;
    const nx = this.slide(false, x, y, stepX);
    const ny = this.slide(true, y, nx, stepY);
    const wentX = fround(nx - x);
    const wentY = fround(ny - y);
    body.vx = fround((wentX === stepX ? stepX : wentX) * this.perSecond);
    body.vy = fround((wentY === stepY ? stepY : wentY) * this.perSecond);
    body.x = nx;
    body.y = ny;
  }

  /** The dead, and everybody after the match. */
  halt(body: Body): void {
    body.vx = 0;
    body.vy = 0;
    body.gait = Gait.IDLE;
  }

  /** Where a body ends that moves by `step` along an axis: `along` is its place on that axis, `across` on the other. */
  private slide(vertical: boolean, along: number, across: number, step: number): number {
    if (step === 0) return along;
    const { geometry, level } = this.slices;
    const size = FIELD_SIZE[vertical ? 1 : 0];
    let end = Math.min(size - RADIUS, Math.max(RADIUS, fround(along + step)));
    const countAlong = vertical ? ROWS : COLS;
    const countAcross = vertical ? COLS : ROWS;
    const low = step > 0 ? along : end;
    const high = step > 0 ? end : along;
    const a0 = cellOf(fround(fround(low - RADIUS) - CONTACT), countAlong);
    const a1 = cellOf(fround(fround(high + RADIUS) + CONTACT), countAlong);
    const c0 = cellOf(fround(across - RADIUS), countAcross);
    const c1 = cellOf(fround(across + RADIUS), countAcross);
    const near0 = vertical ? geometry.y0 : geometry.x0;
    const far1 = vertical ? geometry.y1 : geometry.x1;
    const side0 = vertical ? geometry.x0 : geometry.y0;
    const side1 = vertical ? geometry.x1 : geometry.y1;
    const { cellStart, cellSlices } = geometry;
    // In which order slices are asked does not matter: the nearest contact counts.
    for (let a = a0; a <= a1; a += 1) {
      for (let c = c0; c <= c1; c += 1) {
        const cell = vertical ? a * COLS + c : c * COLS + a;
        for (let at = cellStart[cell]!; at < cellStart[cell + 1]!; at += 1) {
          const s = cellSlices[at]!;
          if (level[s] === GONE) continue;
          let off = 0;
          if (across < side0[s]!) off = fround(side0[s]! - across);
          else if (across > side1[s]!) off = fround(across - side1[s]!);
          if (off >= RADIUS) continue;
          const reach =
            off === 0 ? RADIUS : fround(fround(Math.sqrt(fround(RADIUS * RADIUS - fround(off * off)))) + CORNER_GAP);
          if (step > 0) {
            const contact = fround(near0[s]! - reach);
            if (along <= fround(contact + CONTACT)) end = Math.min(end, Math.max(contact, along));
          } else {
            const contact = fround(far1[s]! + reach);
            if (along >= fround(contact - CONTACT)) end = Math.max(end, Math.min(contact, along));
          }
        }
      }
    }
    return end;
  }
}

/** The cell of a coordinate, px, held within the grid. */
function cellOf(v: number, count: number): number {
  return v <= 0 ? 0 : Math.min(count - 1, Math.trunc(fround(v * TENTH)));
}
