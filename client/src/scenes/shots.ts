import { weaponLook } from '../core/rules';
import type { MatchModel } from '../model/match';
import type { ShotFired, ShotHit, ShotMiss } from '../net/protocol';
import type { Effects } from '../render/effects';
import type { TerrainLayer } from '../render/terrainLayer';

/** px from a player's centre to the muzzle, where tracers and flashes begin. */
const MUZZLE = 12;
/** px back along a shot that the wall which it went through is looked for. */
const LOOK_BACK = 400;
/** Local ms */
const JUST_NOW = 300;

interface Point {
  x: number;
  y: number;
}

class Shot {
  readonly from: Point = { x: 0, y: 0 };
  /** Farthest point told of. */
  readonly to: Point = { x: 0, y: 0 };
  weaponType = '';
  direction = 0;
  /** Local ms */
  at = 0;
  /** px from the muzzle to `to`, and of it already drawn. */
  reach = 0;
  drawn = 0;
}

/**
 * Puts the events of a shot together: one tracer from the muzzle to the farthest point that the bullet reached, dust
 * where it went into and out of what it passed, and a tracer for each pellet.
 */
export class ShotPainter {
  /** The last one of each player. */
  private readonly shots = new Map<string, Shot>();
  private readonly point: Point = { x: 0, y: 0 };

  constructor(
    private readonly match: MatchModel,
    private readonly effects: Effects,
    private readonly terrain: TerrainLayer,
  ) {}

  fired(event: ShotFired, now: number): void {
    if (!event.position || event.direction === null) return;
    let shot = this.shots.get(event.playerId);
    if (shot) this.flushOne(shot, now);
    else {
      shot = new Shot();
      this.shots.set(event.playerId, shot);
    }
    shot.weaponType = event.weaponType;
    shot.direction = event.direction;
    shot.at = now;
    shot.reach = 0;
    shot.drawn = 0;
    // The own shot starts where the own player is drawn; the server's place is up to a state ahead.
    const at = event.playerId === this.match.ownId ? this.match.ownFollower : event.position;
    shot.from.x = at.x + Math.cos(event.direction) * MUZZLE;
    shot.from.y = at.y + Math.sin(event.direction) * MUZZLE;
    this.effects.muzzle(shot.from.x, shot.from.y, event.direction, event.weaponType, now);
  }

  hit(hit: ShotHit, now: number): void {
    const { effects, terrain } = this;
    if (!hit.position) return;
    const shot = this.shots.get(hit.playerId);
    const { x, y } = hit.position;
    const back = shot ? Math.atan2(shot.from.y - y, shot.from.x - x) : Math.random() * 2 * Math.PI;
    if (shot) {
      if (hit.isPellet) effects.tracer(shot.from.x, shot.from.y, x, y, hit.weaponType, now);
      else this.extend(shot, x, y);
      if (hit.penetrationCount > 0) this.exitBefore(x, y, back, now);
    }
    if (hit.targetType === 'player') {
      effects.impact(x, y, back, 'blood', now);
      return;
    }
    // The point reported lies on the surface, or just before it.
    const material =
      terrain.painter.materialAt(x, y) ?? terrain.painter.materialAt(x - Math.cos(back) * 2, y - Math.sin(back) * 2);
    effects.impact(x, y, back, material ?? 'concrete', now);
  }

  miss(miss: ShotMiss, now: number): void {
    const shot = this.shots.get(miss.playerId);
    if (!shot || !miss.position) return;
    let { x, y } = miss.position;
    if (miss.isPellet) {
      this.effects.tracer(shot.from.x, shot.from.y, x, y, miss.weaponType, now);
      return;
    }
    if (Math.hypot(x - shot.from.x, y - shot.from.y) < MUZZLE * 2) {
      // The place told is that of the shooter, not of the end.
      const direction = miss.direction ?? shot.direction;
      const way = this.terrain.painter.reach(shot.from.x, shot.from.y, direction, weaponLook(miss.weaponType).range);
      x = shot.from.x + Math.cos(direction) * way;
      y = shot.from.y + Math.sin(direction) * way;
    }
    this.extend(shot, x, y);
  }

  /** Once a frame, after its events. */
  flush(now: number): void {
    for (const shot of this.shots.values()) this.flushOne(shot, now);
  }

  clear(): void {
    this.shots.clear();
  }

  /** Where the player's shot of just now came from; null for one who was not seen to fire. */
  origin(playerId: string, now: number): Point | null {
    const shot = this.shots.get(playerId);
    return shot && now - shot.at < JUST_NOW ? shot.from : null;
  }

  private extend(shot: Shot, x: number, y: number): void {
    const reach = Math.hypot(x - shot.from.x, y - shot.from.y);
    if (reach <= shot.reach) return;
    shot.reach = reach;
    shot.to.x = x;
    shot.to.y = y;
  }

  private flushOne(shot: Shot, now: number): void {
    if (shot.reach <= shot.drawn) return;
    // The events of one shot may come in two frames: the second piece goes on where the first ended.
    const share = shot.drawn / shot.reach;
    const x = shot.from.x + (shot.to.x - shot.from.x) * share;
    const y = shot.from.y + (shot.to.y - shot.from.y) * share;
    this.effects.tracer(x, y, shot.to.x, shot.to.y, shot.weaponType, now);
    shot.drawn = shot.reach;
  }

  /** Dust on the far side of what was passed last before (x, y). @param back radians, towards the shooter */
  private exitBefore(x: number, y: number, back: number, now: number): void {
    const { painter } = this.terrain;
    const { point } = this;
    for (let way = 2; way < LOOK_BACK; way += 2) {
      point.x = x + Math.cos(back) * way;
      point.y = y + Math.sin(back) * way;
      const material = painter.materialAt(point.x, point.y);
      if (!material) continue;
      if (material === 'border') return;
      this.effects.exit(point.x - Math.cos(back) * 2, point.y - Math.sin(back) * 2, back + Math.PI, material, now);
      return;
    }
  }
}
