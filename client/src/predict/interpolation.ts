import { lerpAngle, type Pose, type PoseTrack } from '../model/track';

/** Samples kept: 16 at 20 Hz reach back 800 ms, over three times the longest delay. A power of two. */
const CAPACITY = 16;
/** px a second that nobody walks, and px that are no walk at all: what is farther was a placing. */
const TOO_FAST = 400;
const JUMP = 24;
/** ms beyond the newest sample that one goes on as before, when the next is late; then one stands. */
const EXTRAPOLATED_MS = 50;

/**
 * Where another player was, by the host's time, and where to draw them at a time in between. Samples come at the
 * frames of snapshots, which are skipped while nothing changes: a player who stood and is told of after a gap began to
 * walk just now, not all through the gap. No allocation after the constructor.
 */
export class Interpolation implements PoseTrack {
  private readonly time = new Float64Array(CAPACITY);
  private readonly x = new Float64Array(CAPACITY);
  private readonly y = new Float64Array(CAPACITY);
  private readonly rotation = new Float64Array(CAPACITY);
  private newest = 0;
  private count = 0;

  /** @param frameMs between snapshots while something changes */
  constructor(private readonly frameMs = 50) {}

  get isEmpty(): boolean {
    return this.count === 0;
  }

  /** Before a first sample, and before one after death or out of sight: no way leads there. */
  clear(): void {
    this.count = 0;
  }

  /** Samples that are not newer than the newest are ignored. @param time ms of the host's clock */
  push(time: number, x: number, y: number, rotation: number): void {
    if (this.count > 0) {
      const last = this.newest;
      const span = time - this.time[last]!;
      if (span <= 0) return;
      const far = Math.hypot(x - this.x[last]!, y - this.y[last]!);
      if (far > JUMP && far > (TOO_FAST * span) / 1000) this.count = 0;
      else if (span > this.frameMs * 1.5 && this.rests()) {
        this.append(time - this.frameMs, this.x[last]!, this.y[last]!, this.rotation[last]!);
      }
    }
    this.append(time, x, y, rotation);
  }

  /** The pose at a time; false where there is none. Goes on for a moment beyond the newest sample, then holds. */
  at(time: number, out: Pose): boolean {
    if (this.count === 0) return false;
    const last = this.newest;
    const beyond = time - this.time[last]!;
    if (beyond > 0 && this.count > 1) {
      const before = (last - 1) & (CAPACITY - 1);
      const span = this.time[last]! - this.time[before]!;
      const t = span > 0 && span <= this.frameMs * 3 ? Math.min(beyond, EXTRAPOLATED_MS) / span : 0;
      out.x = this.x[last]! + (this.x[last]! - this.x[before]!) * t;
      out.y = this.y[last]! + (this.y[last]! - this.y[before]!) * t;
      out.rotation = this.rotation[last]!;
      return true;
    }
    let later = last;
    for (let back = 0; back < this.count; back += 1) {
      const index = (last - back) & (CAPACITY - 1);
      if (this.time[index]! <= time) {
        const span = this.time[later]! - this.time[index]!;
        const t = span > 0 ? (time - this.time[index]!) / span : 0;
        out.x = this.x[index]! + (this.x[later]! - this.x[index]!) * t;
        out.y = this.y[index]! + (this.y[later]! - this.y[index]!) * t;
        out.rotation = lerpAngle(this.rotation[index]!, this.rotation[later]!, t);
        return true;
      }
      later = index;
    }
    out.x = this.x[later]!;
    out.y = this.y[later]!;
    out.rotation = this.rotation[later]!;
    return true;
  }

  /** The last two samples are of one place. */
  private rests(): boolean {
    if (this.count < 2) return true;
    const last = this.newest;
    const before = (last - 1) & (CAPACITY - 1);
    return this.x[last] === this.x[before] && this.y[last] === this.y[before];
  }

  private append(time: number, x: number, y: number, rotation: number): void {
    this.newest = (this.newest + 1) & (CAPACITY - 1);
    this.time[this.newest] = time;
    this.x[this.newest] = x;
    this.y[this.newest] = y;
    this.rotation[this.newest] = rotation;
    if (this.count < CAPACITY) this.count += 1;
  }
}

/** ms; a sample this far off means that the host's time was set anew. */
const SET = 2000;
/** Share of the way back that one slow sample moves the estimate of the fastest way, so that drift is followed. */
const DRIFT = 0.01;
/** Share of what a late snapshot adds to the delay that is given back with each one in time. */
const RELAX = 0.02;
/** Bounds of the delay, in frames. */
const LEAST_FRAMES = 2;
const MOST_MS = 300;
/** How much faster or slower the drawn time may go while the delay changes. */
const SLEW = 0.1;

/**
 * The host's time as snapshots tell it, and the time that is drawn: two frames behind, and more where snapshots come
 * unevenly, so that the next sample has mostly arrived when it is wanted.
 */
export class DrawClock {
  private offset = Number.NaN;
  /** ms that the latest of late snapshots came after the fastest, easing off. */
  private lateness = 0;
  private behind: number;
  private drawnLast = Number.NEGATIVE_INFINITY;
  private localLast = Number.NaN;

  /** @param frameMs between snapshots while something changes */
  constructor(private readonly frameMs: number) {
    this.behind = frameMs * LEAST_FRAMES;
  }

  get synced(): boolean {
    return !Number.isNaN(this.offset);
  }

  /** ms that others are drawn behind the newest that could be known. */
  get delay(): number {
    return this.behind;
  }

  /** A snapshot of host time `hostMs` arrived. */
  observe(hostMs: number, localMs: number): void {
    const sample = hostMs - localMs;
    if (Number.isNaN(this.offset) || Math.abs(sample - this.offset) > SET) {
      this.offset = sample;
      this.lateness = 0;
      this.drawnLast = Number.NEGATIVE_INFINITY;
      return;
    }
    if (sample > this.offset) this.offset = sample;
    const late = this.offset - sample;
    this.offset -= late * DRIFT;
    if (late > this.lateness) this.lateness = late;
    else this.lateness += (late - this.lateness) * RELAX;
  }

  /** Host ms at a local time, as if the fastest way took no time. */
  at(localMs: number): number {
    return Number.isNaN(this.offset) ? localMs : localMs + this.offset;
  }

  /** Host ms to be drawn at a local time; never goes back while the host's does not. */
  drawn(localMs: number): number {
    const wanted = Math.min(MOST_MS, this.frameMs * LEAST_FRAMES + Math.max(0, this.lateness - this.frameMs * 0.8));
    const elapsed = Number.isNaN(this.localLast) ? 0 : Math.min(100, Math.max(0, localMs - this.localLast));
    this.localLast = localMs;
    const most = elapsed * SLEW;
    this.behind += Math.min(most, Math.max(-most, wanted - this.behind));
    this.drawnLast = Math.max(this.drawnLast, this.at(localMs) - this.behind);
    return this.drawnLast;
  }
}
