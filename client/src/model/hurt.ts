import { wrapAngle } from './track';

/** Local ms that a sign stays. */
export const HURT_MS = 1400;
/** Radians between two signs that are taken for one. */
const SAME = 0.35;
const LIMIT = 6;

export interface HurtSign {
  /** Radians, from the own player to where it came from; NaN where that is not known. */
  angle: number;
  /** Local ms */
  at: number;
  /** 0 to 1 */
  strength: number;
}

/** Where the last hits came from, as far as the player can tell: from the hit itself, never from who fired. */
export class HurtSigns {
  readonly signs: HurtSign[] = [];

  add(angle: number, strength: number, localMs: number): void {
    this.prune(localMs);
    for (const sign of this.signs) {
      const same = Number.isNaN(angle) ? Number.isNaN(sign.angle) : Math.abs(wrapAngle(sign.angle - angle)) < SAME;
      if (!same) continue;
      sign.angle = angle;
      sign.at = localMs;
      sign.strength = Math.min(1, Math.max(sign.strength, strength));
      return;
    }
    if (this.signs.length >= LIMIT) this.signs.shift();
    this.signs.push({ angle, at: localMs, strength: Math.min(1, strength) });
  }

  /** A sign from the last `withinMs`. */
  recent(withinMs: number, localMs: number): boolean {
    for (const sign of this.signs) if (localMs - sign.at <= withinMs) return true;
    return false;
  }

  prune(localMs: number): void {
    for (let i = this.signs.length - 1; i >= 0; i -= 1) {
      if (localMs - this.signs[i]!.at > HURT_MS) this.signs.splice(i, 1);
    }
  }

  clear(): void {
    this.signs.length = 0;
  }
}
