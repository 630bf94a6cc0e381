import type { HeardSound } from '../net/protocol';

/** Local ms in which the host answers a shot that was shown when the trigger was pulled, or never. */
const ANSWER_MS = 1000;
/** Shots without an answer: 1 s of the fastest gun is 17. A power of two. */
const KEPT = 32;

/** One shot that was shown before the host told of it. */
export interface ShownShot {
  weaponType: string;
  /** Local ms */
  at: number;
  /** px: muzzle, radians, and px from there that its tracer was drawn. */
  x: number;
  y: number;
  direction: number;
  drawn: number;
}

/**
 * Own shots that are on the screen already: what the host tells of them later adds to what is there and never shows or
 * sounds it twice. A shot that the host did not fire is forgotten after a second.
 */
export class OwnShots {
  /** Shown, and of them those that the host never told of. */
  shown = 0;
  unanswered = 0;
  private readonly ring: ShownShot[] = Array.from({ length: KEPT }, () => ({ weaponType: '', at: 0, x: 0, y: 0, direction: 0, drawn: 0 }));
  private oldest = 0;
  private newest = 0;
  /** Local ms of shots that were heard already, in a ring as well. */
  private readonly heardAt = new Float64Array(KEPT);
  private oldestHeard = 0;
  private newestHeard = 0;

  clear(): void {
    this.oldest = this.newest;
    this.oldestHeard = this.newestHeard;
  }

  /** The trigger was pulled. The returned one is the caller's to fill in and stays valid until its answer. */
  show(weaponType: string, localMs: number): ShownShot {
    this.prune(localMs);
    if (this.newest - this.oldest >= KEPT) this.drop();
    const shot = this.ring[this.newest % KEPT]!;
    this.newest += 1;
    this.shown += 1;
    shot.weaponType = weaponType;
    shot.at = localMs;
    shot.drawn = 0;
    return shot;
  }

  /** The host tells of an own shot; null where it was not shown. */
  answer(weaponType: string, localMs: number): ShownShot | null {
    this.prune(localMs);
    // One that is passed over was of another gun, so the host refused it.
    for (let at = this.oldest; at < this.newest; at += 1) {
      if (this.ring[at % KEPT]!.weaponType !== weaponType) continue;
      while (this.oldest < at) this.drop();
      this.oldest += 1;
      return this.ring[at % KEPT]!;
    }
    return null;
  }

  /** Its sound has been played. */
  sounded(localMs: number): void {
    if (this.newestHeard - this.oldestHeard >= KEPT) this.oldestHeard += 1;
    this.heardAt[this.newestHeard % KEPT] = localMs;
    this.newestHeard += 1;
  }

  /** Of what the host says is heard, what has not been heard yet: the same list where nothing was. */
  unheard(sounds: readonly HeardSound[], localMs: number): readonly HeardSound[] {
    while (this.oldestHeard < this.newestHeard && localMs - this.heardAt[this.oldestHeard % KEPT]! > ANSWER_MS) this.oldestHeard += 1;
    if (this.oldestHeard === this.newestHeard) return sounds;
    return sounds.filter(({ own, kind }) => {
      if (!own || !kind.startsWith('fire_') || this.oldestHeard === this.newestHeard) return true;
      this.oldestHeard += 1;
      return false;
    });
  }

  private prune(localMs: number): void {
    while (this.oldest < this.newest && localMs - this.ring[this.oldest % KEPT]!.at > ANSWER_MS) this.drop();
  }

  private drop(): void {
    this.oldest += 1;
    this.unanswered += 1;
  }
}
