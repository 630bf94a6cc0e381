/** Samples kept: 8 at 20 Hz reach back 400 ms, four times the delay that rendering asks for. */
const CAPACITY = 8;
/** px between two samples (50 ms) beyond which nobody walked: a respawn. The fastest run covers 7.5. */
const TELEPORT = 40;
/** ms without a sample after which the way between is unknown: an enemy who was out of sight. */
const GAP = 300;

export interface Pose {
  x: number;
  y: number;
  rotation: number;
}

/** Into (-pi, pi]. */
export function wrapAngle(angle: number): number {
  // Math.round takes halves up; negated twice it takes them down, so that pi stays pi.
  const turns = -Math.round(-angle / (2 * Math.PI));
  return angle - turns * 2 * Math.PI;
}

/** The shorter way round. */
export function lerpAngle(from: number, to: number, t: number): number {
  return from + wrapAngle(to - from) * t;
}

/** Where one player was, by some host's clock, and the pose to draw at a time. */
export interface PoseTrack {
  clear(): void;
  push(time: number, x: number, y: number, rotation: number): void;
  /** False where nothing is known. */
  at(time: number, out: Pose): boolean;
}

/** Where one player was, by the server's clock. No allocation after the constructor. */
export class Track implements PoseTrack {
  private readonly time = new Float64Array(CAPACITY);
  private readonly x = new Float64Array(CAPACITY);
  private readonly y = new Float64Array(CAPACITY);
  private readonly rotation = new Float64Array(CAPACITY);
  private newest = -1;
  private count = 0;

  get isEmpty(): boolean {
    return this.count === 0;
  }

  clear(): void {
    this.count = 0;
  }

  /** Samples that are not newer than the newest are ignored. */
  push(time: number, x: number, y: number, rotation: number): void {
    if (this.count > 0) {
      const last = this.newest;
      if (time <= this.time[last]!) return;
      if (time - this.time[last]! > GAP || Math.hypot(x - this.x[last]!, y - this.y[last]!) > TELEPORT) this.count = 0;
    }
    this.newest = (this.newest + 1) % CAPACITY;
    this.time[this.newest] = time;
    this.x[this.newest] = x;
    this.y[this.newest] = y;
    this.rotation[this.newest] = rotation;
    if (this.count < CAPACITY) this.count += 1;
  }

  /**
   * The pose at a time, blended between the two samples around it, held at either end. Not extrapolated: a player
   * drawn where they never were, through a wall at times, is worse than one drawn late.
   */
  at(time: number, out: Pose): boolean {
    if (this.count === 0) return false;
    let later = this.newest;
    for (let back = 0; back < this.count; back += 1) {
      const index = (this.newest - back + CAPACITY) % CAPACITY;
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
}

/**
 * The own player between states: moves evenly from where it is drawn to each newest state within the time that a
 * state lasts, so it trails the server by at most one state and never runs ahead of it.
 */
export class Follower {
  x = 0;
  y = 0;
  private fromX = 0;
  private fromY = 0;
  private toX = 0;
  private toY = 0;
  private since = 0;
  private placed = false;

  /** @param stateMs the time between states */
  constructor(private readonly stateMs = 50) {}

  clear(): void {
    this.placed = false;
  }

  target(x: number, y: number, localMs: number): void {
    const jump = !this.placed || Math.hypot(x - this.x, y - this.y) > TELEPORT;
    if (jump) {
      this.x = x;
      this.y = y;
    }
    this.placed = true;
    this.fromX = this.x;
    this.fromY = this.y;
    this.toX = x;
    this.toY = y;
    this.since = localMs;
  }

  update(localMs: number): void {
    const t = Math.min(1, Math.max(0, (localMs - this.since) / this.stateMs));
    this.x = this.fromX + (this.toX - this.fromX) * t;
    this.y = this.fromY + (this.toY - this.fromY) * t;
  }
}
