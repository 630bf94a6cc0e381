/** Local ms in which two tellings of one explosion arrive: as a projectile's end and as a blast. */
const SAME_MS = 150;
/** px */
const SAME_PX = 2;
/** Local ms after a blast in which what breaks or hurts may have been by it. */
const CAUSE_MS = 300;
const KEPT = 8;

export interface BlastPlace {
  x: number;
  y: number;
  /** px */
  radius: number;
  /** Local ms */
  at: number;
}

/** The last explosions, for telling them apart and for what they did. */
export class RecentBlasts {
  private readonly kept: BlastPlace[] = [];
  private next = 0;

  /** False where this one has been noted already. */
  note(x: number, y: number, radius: number, localMs: number): boolean {
    for (const blast of this.kept) {
      if (localMs - blast.at < SAME_MS && Math.hypot(blast.x - x, blast.y - y) < SAME_PX) return false;
    }
    const place = (this.kept[this.next] ??= { x: 0, y: 0, radius: 0, at: 0 });
    this.next = (this.next + 1) % KEPT;
    place.x = x;
    place.y = y;
    place.radius = radius;
    place.at = localMs;
    return true;
  }

  /** The nearest that may have done something at (x, y) just now: shrapnel flies twice as far as the blast. */
  cause(x: number, y: number, localMs: number): BlastPlace | null {
    let best: BlastPlace | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (const blast of this.kept) {
      const far = Math.hypot(blast.x - x, blast.y - y);
      if (localMs - blast.at > CAUSE_MS || far > blast.radius * 2 + 12 || far >= least) continue;
      best = blast;
      least = far;
    }
    return best;
  }
}
