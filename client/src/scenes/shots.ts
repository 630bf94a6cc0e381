import { PLAYER_RADIUS, weaponLook } from '../core/rules';
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
/** They fly by themselves, and the host tells how. */
const LAUNCHED: ReadonlySet<string> = new Set(['grenadelauncher', 'rocket']);
const PELLETS = 8;
/** Half width, radians: the rule book's. */
const PELLET_SPREAD = 0.075;

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
  /** Its tracers were drawn when the trigger was pulled. */
  isShown = false;
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

  /** The own trigger was pulled: all that can be known of the shot, before the host tells of it. */
  pulled(weaponType: string, direction: number, now: number): void {
    const { effects, match } = this;
    const shot = match.ownShots.show(weaponType, now);
    shot.direction = direction;
    shot.x = match.ownFollower.x + Math.cos(direction) * MUZZLE;
    shot.y = match.ownFollower.y + Math.sin(direction) * MUZZLE;
    effects.muzzle(shot.x, shot.y, direction, weaponType, now);
    if (LAUNCHED.has(weaponType)) return;
    const pellets = weaponType === 'shotgun' ? PELLETS : 1;
    for (let pellet = 0; pellet < pellets; pellet += 1) {
      const way = direction + (pellets > 1 ? (Math.random() * 2 - 1) * PELLET_SPREAD : 0);
      shot.drawn = this.free(shot.x, shot.y, way, weaponLook(weaponType).range - MUZZLE);
      effects.tracer(shot.x, shot.y, shot.x + Math.cos(way) * shot.drawn, shot.y + Math.sin(way) * shot.drawn, weaponType, now);
    }
  }

  /** @returns whether it is news: an own shot that was shown already is not */
  fired(event: ShotFired, now: number): boolean {
    const isOwn = event.playerId === this.match.ownId;
    const shown = isOwn ? this.match.ownShots.answer(event.weaponType, now) : null;
    if (!event.position || event.direction === null) return !shown;
    let shot = this.shots.get(event.playerId);
    if (shot) this.flushOne(shot, now);
    else {
      shot = new Shot();
      this.shots.set(event.playerId, shot);
    }
    shot.weaponType = event.weaponType;
    shot.at = now;
    shot.isShown = shown !== null;
    if (shown) {
      // Its tracer is under way; what the bullet met beyond the first wall is drawn on from there.
      shot.direction = shown.direction;
      shot.from.x = shown.x;
      shot.from.y = shown.y;
      shot.reach = shown.drawn;
      shot.drawn = shown.drawn;
      return false;
    }
    shot.direction = event.direction;
    shot.reach = 0;
    shot.drawn = 0;
    // The own shot starts where the own player is drawn; the server's place is up to a state ahead.
    const at = isOwn ? this.match.ownFollower : event.position;
    shot.from.x = at.x + Math.cos(event.direction) * MUZZLE;
    shot.from.y = at.y + Math.sin(event.direction) * MUZZLE;
    this.effects.muzzle(shot.from.x, shot.from.y, event.direction, event.weaponType, now);
    return true;
  }

  hit(hit: ShotHit, now: number): void {
    const { effects, terrain } = this;
    if (!hit.position) return;
    const shot = this.shots.get(hit.playerId);
    const { x, y } = hit.position;
    const back = shot ? Math.atan2(shot.from.y - y, shot.from.x - x) : Math.random() * 2 * Math.PI;
    if (shot) {
      if (hit.isPellet) {
        if (!shot.isShown) effects.tracer(shot.from.x, shot.from.y, x, y, hit.weaponType, now);
      } else this.extend(shot, x, y);
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
      if (!shot.isShown) this.effects.tracer(shot.from.x, shot.from.y, x, y, miss.weaponType, now);
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
    this.match.ownShots.clear();
  }

  /** Where the player's shot of just now came from; null for one who was not seen to fire. */
  origin(playerId: string, now: number): Point | null {
    const shot = this.shots.get(playerId);
    return shot && now - shot.at < JUST_NOW ? shot.from : null;
  }

  /** px that a shot goes before a wall or somebody who is seen stands in its way. */
  private free(x: number, y: number, direction: number, range: number): number {
    let way = this.terrain.painter.reach(x, y, direction, range);
    const [dx, dy] = [Math.cos(direction), Math.sin(direction)];
    for (const { id, body, seen, alive } of this.match.players.values()) {
      if (id === this.match.ownId || !seen || !alive || !body) continue;
      const along = (body.x - x) * dx + (body.y - y) * dy;
      const beside = Math.abs((body.x - x) * dy - (body.y - y) * dx);
      if (along > 0 && along < way && beside < PLAYER_RADIUS) way = along;
    }
    return way;
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
