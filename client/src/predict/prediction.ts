import { Button, PER_PX, X_MOST, Y_MOST } from '../wire/names';
import type { WireInput } from '../wire/up';
import { Body, type Flash, type Movement } from './movement';

/** Inputs kept for replaying: over four seconds of them. A power of two. */
const KEPT = 256;
const RING = KEPT - 1;
/** Sequence number of no input; those of inputs that waited from an earlier epoch are below 1. */
const NONE = Number.NEGATIVE_INFINITY;
/** ms in which a visible correction has gone to 1/e; a tenth of a second leaves a twentieth of it. */
const SMOOTHING_MS = 33;
/** px beyond which a correction is shown at once: a placing, or a connection that hung. */
const SNAP = 32;
/** px from which on a correction is one that could be seen. */
const VISIBLE = 1 / 8;
const MOVE_KEYS = Button.UP | Button.LEFT | Button.DOWN | Button.RIGHT;
/** What `search` takes on: inputs, the time of inputs that they came in, and ways in which they can have come. */
const SEARCH_INPUTS = 12;
const SEARCH_TICKS = 6;
const SEARCH_TRIES = 300;
/** px below which what is left of a correction is nothing. */
const NOTHING = 1 / 64;

/** What a snapshot says of the own body and of the inputs behind it. */
export interface OwnSnapshot {
  /** Of the snapshot's frame. */
  readonly tick: number;
  /** Sequence number of the last input applied. */
  readonly confirmed: number;
  /** Inputs that held keys have stood in for and that have not come. */
  readonly ahead: number;
  /** 1/16 px */
  readonly x: number;
  readonly y: number;
  readonly alive: boolean;
  readonly aiming: boolean;
  /** The match is over: nobody moves. */
  readonly over: boolean;
  /** The body to the bit as of this very frame, px and px/s; null: not told. */
  readonly exact: { readonly x: number; readonly y: number; readonly vx: number; readonly vy: number } | null;
}

/**
 * The own player ahead of the host: inputs count at once, snapshots correct.
 *
 * `base` is what the host's body is believed to be as of the newest snapshot, to the bit: from snapshot to snapshot it
 * goes through the inputs that the newer one confirms. While its place rounds to the snapshot's, it stands; otherwise the
 * snapshot's place takes over, in 1/16 px, and {@link Prediction.wantsExact} asks for the bits. The body shown is
 * `base` with all unconfirmed inputs on top. Nothing is allocated after the constructor.
 */
export class Prediction {
  /** Where the own body will be once the host has all inputs. */
  readonly body = new Body();
  /** Goes into the next messages up. */
  wantsExact = false;
  /** Snapshots whose place was not the believed one, and those of them where it was more than 1/8 px off. */
  corrections = 0;
  visibleCorrections = 0;

  private readonly base = new Body();
  private baseSequence = 0;
  private baseAhead = 0;
  private baseTick = 0;
  /** A snapshot with the own body has been taken. */
  private placed = false;
  private over = false;
  private newest = 0;
  private readonly inputs: readonly WireInput[] = Array.from({ length: KEPT }, () => ({
    sequence: NONE, held: 0, taps: 0, cursorX: 0, cursorY: 0,
  }));
  private readonly candidate = new Body();
  /** What `search` falls back to. */
  private readonly likely = new Body();
  /** Inputs that came in each tick, as `search` tries it. */
  private readonly arrivals = new Uint8Array(SEARCH_TICKS);
  /** Before the newest input, px, for displays that draw more often than inputs are made. */
  private beforeX = 0;
  private beforeY = 0;
  /** From the body to where it is shown, px: what is left of corrections. */
  private offX = 0;
  private offY = 0;

  /** @param flash the own one, as told; read whenever something is replayed */
  constructor(
    readonly movement: Movement,
    private readonly tickRate: number,
    private readonly flash: Flash,
  ) {}

  get isPlaced(): boolean {
    return this.placed;
  }

  /** px that are left of corrections, from the body to where it is shown. */
  get offset(): number {
    return Math.hypot(this.offX, this.offY);
  }

  /** A new epoch: nothing is known of the own body, and inputs count from 1 again. */
  reset(): void {
    this.placed = false;
    this.wantsExact = false;
    this.newest = 0;
    this.baseSequence = 0;
    this.baseAhead = 0;
    this.offX = 0;
    this.offY = 0;
    for (const input of this.inputs) input.sequence = NONE;
  }

  /** An input was made: it counts at once. Sequence numbers grow by one. */
  push(input: Readonly<WireInput>): void {
    const kept = this.inputs[input.sequence & RING]!;
    kept.sequence = input.sequence;
    kept.held = input.held;
    kept.taps = input.taps;
    kept.cursorX = input.cursorX;
    kept.cursorY = input.cursorY;
    this.newest = input.sequence;
    const { body } = this;
    this.beforeX = body.x;
    this.beforeY = body.y;
    if (!this.placed) return;
    // Time that the host's stand-ins have taken already is not taken again by the inputs that they stood in for.
    if (input.sequence - this.baseSequence <= this.baseAhead) this.movement.apply(body, kept);
    else this.live(body, kept, this.tickOf(input.sequence));
  }

  /** A newer snapshot. */
  reconcile(own: OwnSnapshot): void {
    const { base, candidate, body, movement } = this;
    const shownX = body.x + this.offX;
    const shownY = body.y + this.offY;
    const revived = own.alive && !base.alive;
    let known = this.placed && (this.follow(own) || this.search(own));
    const off = Math.hypot(candidate.x - own.x / PER_PX, candidate.y - own.y / PER_PX);
    candidate.alive = own.alive;
    candidate.aiming = own.aiming;
    if (!own.alive || own.over) movement.halt(candidate);
    const { exact } = own;
    if (exact) {
      known = known && same(candidate, own);
      candidate.x = exact.x;
      candidate.y = exact.y;
      candidate.vx = exact.vx;
      candidate.vy = exact.vy;
      this.wantsExact = false;
    } else if (!known || !same(candidate, own)) {
      known = false;
      candidate.x = own.x / PER_PX;
      candidate.y = own.y / PER_PX;
      if (!this.placed || revived) {
        candidate.vx = 0;
        candidate.vy = 0;
      }
      this.wantsExact = own.alive;
    }
    if (own.alive) movement.face(candidate);
    if (!known && this.placed) {
      this.corrections += 1;
      if (off > VISIBLE) this.visibleCorrections += 1;
    }
    base.copy(candidate);
    this.baseSequence = own.confirmed;
    this.baseAhead = own.ahead;
    this.baseTick = own.tick;
    this.over = own.over;

    const stepX = body.x - this.beforeX;
    const stepY = body.y - this.beforeY;
    this.replay();
    const jump = !this.placed || revived || Math.hypot(shownX - body.x, shownY - body.y) > SNAP;
    this.placed = true;
    this.offX = jump ? 0 : shownX - body.x;
    this.offY = jump ? 0 : shownY - body.y;
    this.beforeX = jump ? body.x : body.x - stepX;
    this.beforeY = jump ? body.y : body.y - stepY;
  }

  /** Lets corrections fade. @param elapsedMs since the last call */
  update(elapsedMs: number): void {
    const left = Math.exp(-Math.max(0, elapsedMs) / SMOOTHING_MS);
    this.offX *= left;
    this.offY *= left;
    if (Math.abs(this.offX) < NOTHING && Math.abs(this.offY) < NOTHING) {
      this.offX = 0;
      this.offY = 0;
    }
  }

  /**
   * Where the own body is shown, px.
   *
   * @param share of the newest input's time that has passed on the screen, 0 to 1
   */
  shown(share: number, out: { x: number; y: number }): void {
    const { body } = this;
    out.x = this.beforeX + (body.x - this.beforeX) * share + this.offX;
    out.y = this.beforeY + (body.y - this.beforeY) * share + this.offY;
  }

  /**
   * Takes `candidate` from `base` through what a snapshot confirms, as if no input had come late in between; false where
   * that does not lead to the snapshot's place.
   */
  private follow(own: OwnSnapshot): boolean {
    const { candidate, movement } = this;
    candidate.copy(this.base);
    const count = own.confirmed - this.baseSequence;
    if (count < 0 || count >= KEPT) return false;
    // Of these inputs' time, `baseAhead` was taken before; of time taken since, `ahead` belongs to inputs yet to come.
    let spent = this.baseAhead;
    const moves = count - spent + own.ahead;
    let tick = own.tick - this.ticks(Math.max(0, moves - 1));
    let known = true;
    for (let i = 1; i <= count; i += 1) {
      const input = this.inputs[(this.baseSequence + i) & RING]!;
      if (input.sequence !== this.baseSequence + i) {
        known = false;
        continue;
      }
      if (spent > 0) {
        spent -= 1;
        movement.apply(candidate, input);
        continue;
      }
      this.live(candidate, input, tick);
      tick += this.ticks(1);
    }
    for (; spent < own.ahead; spent += 1) {
      this.carryOn(candidate, tick);
      tick += this.ticks(1);
    }
    return known && same(candidate, own);
  }

  /**
   * The same for inputs that came late, or several at once: which of them the host had in which tick is not told, but it
   * can only be one of few ways, and the one that leads to the snapshot's place is taken. Ticks are lived as in the
   * engine's `sim/inputs.rs`.
   */
  private search(own: OwnSnapshot): boolean {
    const { candidate, arrivals } = this;
    const count = own.confirmed - this.baseSequence;
    const ticks = Math.round(((own.tick - this.baseTick) * 60) / this.tickRate);
    if (count < 0 || count > SEARCH_INPUTS || ticks < 1 || ticks > SEARCH_TICKS) {
      // As it was left by `follow`, for what it is worth.
      return false;
    }
    this.likely.copy(candidate);
    arrivals.fill(0);
    arrivals[0] = count;
    for (let tries = 0; tries < SEARCH_TRIES; tries += 1) {
      if (this.passes(own, ticks)) return true;
      if (!nextComposition(arrivals, ticks)) break;
    }
    candidate.copy(this.likely);
    return false;
  }

  /** Lives `arrivals`; whether that ends as the snapshot says. */
  private passes(own: OwnSnapshot, ticks: number): boolean {
    const { candidate, movement } = this;
    candidate.copy(this.base);
    let debt = this.baseAhead;
    let sequence = this.baseSequence;
    for (let i = 0; i < ticks; i += 1) {
      const tick = this.baseTick + this.ticks(i + 1);
      let waiting = this.arrivals[i]!;
      let lived = 0;
      for (; waiting > 0; waiting -= 1) {
        sequence += 1;
        const input = this.inputs[sequence & RING]!;
        if (input.sequence !== sequence) return false;
        if (debt > 0) {
          debt -= 1;
          movement.apply(candidate, input);
          continue;
        }
        this.live(candidate, input, tick);
        lived += 1;
      }
      const moves = (candidate.held & MOVE_KEYS) !== 0 || candidate.vx !== 0 || candidate.vy !== 0;
      if (lived === 0 && moves) {
        this.carryOn(candidate, tick);
        debt += 1;
      }
    }
    return debt === own.ahead && same(candidate, own);
  }

  private replay(): void {
    const { body } = this;
    body.copy(this.base);
    let spent = this.baseAhead;
    for (let sequence = Math.max(1, this.baseSequence + 1, this.newest - KEPT + 1); sequence <= this.newest; sequence += 1) {
      const input = this.inputs[sequence & RING]!;
      if (input.sequence !== sequence) continue;
      if (spent > 0) {
        spent -= 1;
        this.movement.apply(body, input);
      } else this.live(body, input, this.tickOf(sequence));
    }
  }

  /** 1/60 s of a body's life. */
  private live(body: Body, input: Readonly<WireInput>, tick: number): void {
    this.movement.apply(body, input);
    this.carryOn(body, tick);
  }

  private carryOn(body: Body, tick: number): void {
    const { movement } = this;
    if (this.over) movement.halt(body);
    else movement.move(body, this.flash.intensity > 0 ? movement.impaired(this.flash, Math.round(tick)).movement : 0);
    if (body.alive) movement.face(body);
  }

  private ticks(inputs: number): number {
    return (inputs * this.tickRate) / 60;
  }

  /** The tick in which the host will live an input that it has not, if none is late. */
  private tickOf(sequence: number): number {
    return this.baseTick + this.ticks(Math.max(1, sequence - this.baseSequence - this.baseAhead));
  }
}

/** The next way to spread the same sum over the first `length` parts, from all in the first to all in the last; false after it. */
function nextComposition(parts: Uint8Array, length: number): boolean {
  let at = 0;
  while (at < length && parts[at] === 0) at += 1;
  if (at >= length - 1) return false;
  const whole = parts[at]!;
  parts[at] = 0;
  parts[at + 1]! += 1;
  parts[0] = whole - 1;
  return true;
}

/** Whether a body's place is the snapshot's, once rounded as the wire rounds. */
function same(body: Readonly<Body>, own: OwnSnapshot): boolean {
  return rounded(body.x, X_MOST) === own.x && rounded(body.y, Y_MOST) === own.y;
}

/** q16 of a coordinate on the playfield. @param px 0 and up */
export function rounded(px: number, most: number): number {
  return Math.min(most, Math.max(0, Math.round(px * PER_PX)));
}
