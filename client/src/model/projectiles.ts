import type { ProjectileCreated, ProjectileState } from '../net/protocol';
import { Track, wrapAngle, type Pose } from './track';

/** px/s under which a direction is noise. */
const SLOW = 8;
/** Radians between two states beyond which something was bounced off. */
const TURN = 0.35;
/** Server ms that a projectile known by event alone is kept without a state that names it. */
const UNCONFIRMED = 400;
const LIMIT = 128;

export class Projectile {
  readonly track = new Track();
  velocityX = 0;
  velocityY = 0;
  /** Server epoch ms of the newest sample. */
  newest = 0;
  /** Server epoch ms at which it goes off by its fuse; 0: not known. */
  fuseAt = 0;
  /** The direction of flight, radians, kept when it comes to rest. */
  heading = 0;
  /** px since the last puff of its trail; drawing's own. */
  trail = 0;
  drawnX = Number.NaN;
  drawnY = Number.NaN;
  confirmed = false;

  constructor(
    readonly id: string,
    readonly type: string,
  ) {}

  at(serverMs: number, out: Pose): boolean {
    return this.track.at(serverMs, out);
  }
}

/** What flies, by id, between states: they come 20 times a second, events in between. */
export class ProjectileSet {
  readonly flying = new Map<string, Projectile>();
  /** Called with where one bounced and how fast it goes, px/s. */
  onBounce: ((x: number, y: number, type: string) => void) | null = null;

  created(event: ProjectileCreated, serverMs: number): void {
    const thing = this.take(event.id, event.type);
    if (thing) this.push(thing, event.timestamp || serverMs, event.position.x, event.position.y, event.velocity.x, event.velocity.y);
  }

  /** An event gives a place without a time: the present, then. */
  updated(id: string, x: number, y: number, serverMs: number): void {
    const thing = this.flying.get(id);
    if (thing) this.push(thing, serverMs, x, y, thing.velocityX, thing.velocityY);
  }

  /** The full set. */
  states(states: readonly ProjectileState[], serverMs: number): void {
    for (const state of states) {
      const thing = this.take(state.id, state.type);
      if (!thing) continue;
      thing.confirmed = true;
      thing.fuseAt = state.fuseAt;
      this.push(thing, serverMs, state.x, state.y, state.velocityX, state.velocityY);
    }
    if (states.length === this.flying.size) return;
    for (const thing of this.flying.values()) {
      if (thing.newest >= serverMs || (!thing.confirmed && serverMs - thing.newest < UNCONFIRMED)) continue;
      this.flying.delete(thing.id);
    }
  }

  remove(id: string): void {
    this.flying.delete(id);
  }

  clear(): void {
    this.flying.clear();
  }

  private take(id: string, type: string): Projectile | null {
    let thing = this.flying.get(id);
    if (!thing) {
      if (this.flying.size >= LIMIT) return null;
      thing = new Projectile(id, type);
      this.flying.set(id, thing);
    }
    return thing;
  }

  private push(thing: Projectile, serverMs: number, x: number, y: number, vx: number, vy: number): void {
    if (Math.hypot(vx, vy) > SLOW) {
      const heading = Math.atan2(vy, vx);
      const known = Math.hypot(thing.velocityX, thing.velocityY) > SLOW;
      if (known && Math.abs(wrapAngle(heading - thing.heading)) > TURN) this.onBounce?.(x, y, thing.type);
      thing.heading = heading;
    }
    thing.velocityX = vx;
    thing.velocityY = vy;
    if (serverMs <= thing.newest) return;
    thing.newest = serverMs;
    thing.track.push(serverMs, x, y, thing.heading);
  }
}
