import { SLICES_PER_WALL } from '../core/rules';
import type { WireRules } from '../wire/welcome';
import { CELL, COLS, FIELD_SIZE, ROWS, type KnownSlices } from './geometry';

/** Radians between two directions that are one: far above rounding, far below what a screen shows. */
const SAME = 1e-12;
/** Arcs are cut at multiples of this, whatever the cone, so that their corners stand still while the viewer turns. */
const CUT = Math.PI / 18;
const { PI } = Math;

/** How far and how wide one looks, px and radians. */
export interface Cone {
  distance: number;
  /** Full angle. */
  angle: number;
}

/** Distance and cone for a cursor that far away: mouse look stretches the one and narrows the other. @param cursor px */
export function coneOf({ vision }: WireRules, cursor: number, out: Cone): Cone {
  const { look } = vision;
  out.distance = vision.distance;
  out.angle = vision.cone;
  if (!look || cursor <= look.near) return out;
  const share = Math.min(1, (cursor - look.near) / (look.far - look.near));
  out.distance += (look.distance - vision.distance) * share;
  out.angle += (look.cone - vision.cone) * share;
  return out;
}

/**
 * What a viewer sees: the area of a cone less what lies behind slices that stop sight, and behind the playfield's edge.
 * Smoke is left out.
 *
 * A sweep over the directions: faces turned to the viewer, as intervals of angles about the aim, sorted by where they
 * begin and end; between two such angles the nearest face is the same throughout. Corners come out as they are, with no
 * epsilon; a face and the one behind it make two points in one direction.
 */
export class Visibility {
  /** Of faces: begin and end relative to the aim, radians; the coordinate, px, from the viewer; whether that is x. */
  private readonly from: number[] = [];
  private readonly to: number[] = [];
  private readonly place: number[] = [];
  private readonly isX: boolean[] = [];
  private faces = 0;
  /** Face, twice; the second time with its end. */
  private readonly order: number[] = [];
  private readonly active: number[] = [];
  private readonly seen: Uint32Array;
  private stamp = 0;
  private points: number[] = [];

  private x = 0;
  private y = 0;
  private aim = 0;
  private half = 0;
  private radius = 0;

  constructor(private readonly slices: KnownSlices) {
    this.seen = new Uint32Array(slices.geometry.file.walls.length);
  }

  /**
   * The outline: x, y, x, y, ..., the viewer first, then clockwise on the screen.
   *
   * @param aim radians
   * @returns a new array, as the drawing keeps it
   */
  outline(x: number, y: number, aim: number, cone: Cone): Float32Array {
    this.x = x;
    this.y = y;
    this.aim = aim;
    this.half = Math.min(PI, cone.angle / 2);
    this.radius = cone.distance;
    this.points.length = 0;
    if (!(this.radius > 0)) return Float32Array.of(x, y);
    this.collect();
    this.points.push(x, y);
    this.sweep();
    return Float32Array.from(this.points);
  }

  private collect(): void {
    const { geometry } = this.slices;
    const { x, y, radius } = this;
    this.faces = 0;
    this.stamp += 1;
    const clamp = (v: number, most: number): number => Math.min(most - 1, Math.max(0, Math.floor(v / CELL)));
    const left = clamp(x - radius, COLS);
    const right = clamp(x + radius, COLS);
    const bottom = clamp(y + radius, ROWS);
    for (let row = clamp(y - radius, ROWS); row <= bottom; row += 1) {
      for (let col = left; col <= right; col += 1) {
        const cell = row * COLS + col;
        for (let at = geometry.cellStart[cell]!; at < geometry.cellStart[cell + 1]!; at += 1) {
          const wall = Math.floor(geometry.cellSlices[at]! / SLICES_PER_WALL);
          if (this.seen[wall] === this.stamp) continue;
          this.seen[wall] = this.stamp;
          this.addWall(wall * SLICES_PER_WALL);
        }
      }
    }
    const [width, height] = FIELD_SIZE;
    this.addFace(true, -x, height - y, -y);
    this.addFace(true, width - x, -y, height - y);
    this.addFace(false, -y, -x, width - x);
    this.addFace(false, height - y, width - x, -x);
  }

  /** Neighbouring slices that stop sight are one rectangle: a fifth of the faces, mostly. */
  private addWall(first: number): void {
    const { geometry } = this.slices;
    for (let i = 0; i < SLICES_PER_WALL; i += 1) {
      if (!this.slices.stopsSight(first + i)) continue;
      let last = i;
      while (last + 1 < SLICES_PER_WALL && this.slices.stopsSight(first + last + 1)) last += 1;
      this.addRect(geometry.x0[first + i]!, geometry.y0[first + i]!, geometry.x1[first + last]!, geometry.y1[first + last]!);
      i = last;
    }
  }

  private addRect(left: number, top: number, right: number, bottom: number): void {
    const x0 = left - this.x;
    const x1 = right - this.x;
    const y0 = top - this.y;
    const y1 = bottom - this.y;
    if (x0 > 0) this.addFace(true, x0, y0, y1);
    else if (x1 < 0) this.addFace(true, x1, y1, y0);
    if (y0 > 0) this.addFace(false, y0, x1, x0);
    else if (y1 < 0) this.addFace(false, y1, x0, x1);
  }

  /** A face at x (or y) `place`, from `a` to `b` on the other axis, clockwise as the viewer turns. */
  private addFace(isX: boolean, place: number, a: number, b: number): void {
    if (Math.abs(place) >= this.radius || place === 0) return;
    const from = this.relative(isX ? Math.atan2(a, place) : Math.atan2(place, a));
    const to = this.relative(isX ? Math.atan2(b, place) : Math.atan2(place, b));
    if (from <= to) this.addInterval(isX, place, from, to);
    else {
      // Round the back.
      this.addInterval(isX, place, from, PI);
      this.addInterval(isX, place, -PI, to);
    }
  }

  private addInterval(isX: boolean, place: number, from: number, to: number): void {
    const begin = Math.max(from, -this.half);
    const end = Math.min(to, this.half);
    if (end - begin <= SAME) return;
    this.from[this.faces] = begin;
    this.to[this.faces] = end;
    this.place[this.faces] = place;
    this.isX[this.faces] = isX;
    this.faces += 1;
  }

  /** An angle about the aim, -pi to pi. */
  private relative(angle: number): number {
    const turned = angle - this.aim;
    return turned > PI ? turned - 2 * PI : turned < -PI ? turned + 2 * PI : turned;
  }

  private sweep(): void {
    const { order, active, from, to, half } = this;
    order.length = 0;
    active.length = 0;
    for (let face = 0; face < this.faces; face += 1) order.push(face, ~face);
    const angleOf = (event: number): number => (event < 0 ? to[~event]! : from[event]!);
    order.sort((a, b) => angleOf(a) - angleOf(b));
    let at = -half;
    let next = 0;
    while (at < half) {
      // All that begins or ends here.
      while (next < order.length && angleOf(order[next]!) <= at + SAME) {
        const event = order[next]!;
        if (event >= 0) active.push(event);
        else {
          const index = active.indexOf(~event);
          if (index >= 0) {
            active[index] = active[active.length - 1]!;
            active.pop();
          }
        }
        next += 1;
      }
      const until = next < order.length ? Math.min(half, angleOf(order[next]!)) : half;
      if (until > at) this.span(this.nearest((at + until) / 2), at, until);
      at = until > at ? until : half;
    }
  }

  /** The face that a ray in a direction meets first, or -1. */
  private nearest(relative: number): number {
    const angle = this.aim + relative;
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    let best = -1;
    let least = this.radius * 2;
    for (const face of this.active) {
      const far = this.place[face]! / (this.isX[face] ? cos : sin);
      if (far >= 0 && far < least) {
        least = far;
        best = face;
      }
    }
    return best;
  }

  /** What is seen from one angle to another, all of it of one face or beyond the sight. */
  private span(face: number, from: number, to: number): void {
    if (face < 0) {
      this.arc(from, to);
      return;
    }
    // A face is within sight about its normal, up to where the circle cuts it.
    const place = this.place[face]!;
    const normal = this.relative(this.isX[face] ? (place > 0 ? 0 : PI) : place > 0 ? PI / 2 : -PI / 2);
    const reach = Math.acos(Math.min(1, Math.abs(place) / this.radius));
    // The normal as near to the span as turns allow.
    const middle = (from + to) / 2;
    const near = normal + Math.round((middle - normal) / (2 * PI)) * 2 * PI;
    const begin = Math.max(from, near - reach);
    const end = Math.min(to, near + reach);
    if (begin >= end) {
      this.arc(from, to);
      return;
    }
    if (begin > from) this.arc(from, begin);
    this.corner(face, begin);
    this.corner(face, end);
    if (end < to) this.arc(end, to);
  }

  private corner(face: number, relative: number): void {
    const angle = this.aim + relative;
    const place = this.place[face]!;
    if (this.isX[face]) this.point(this.x + place, this.y + place * Math.tan(angle));
    else this.point(this.x + place / Math.tan(angle), this.y + place);
  }

  private arc(from: number, to: number): void {
    this.onCircle(this.aim + from);
    for (let k = Math.floor((this.aim + from) / CUT) + 1; k * CUT < this.aim + to - SAME; k += 1) this.onCircle(k * CUT);
    this.onCircle(this.aim + to);
  }

  private onCircle(angle: number): void {
    this.point(this.x + Math.cos(angle) * this.radius, this.y + Math.sin(angle) * this.radius);
  }

  private point(x: number, y: number): void {
    const { points } = this;
    const n = points.length;
    // Spans that join share a point.
    if (n > 2 && Math.abs(points[n - 2]! - x) < 1e-6 && Math.abs(points[n - 1]! - y) < 1e-6) return;
    points.push(x, y);
  }
}

/** px: a body, and what places are off by. */
const BODY = 6 + 2;

/** Whether slices stop sight of all of a body, whatever the facing and the smoke. */
export class Sightline {
  private readonly visibility: Visibility;
  private readonly cone: Cone = { distance: 0, angle: 0 };

  constructor(slices: KnownSlices) {
    this.visibility = new Visibility(slices);
  }

  /** False: nothing of a body about (toX, toY) is to be seen from (x, y). */
  reaches(x: number, y: number, toX: number, toY: number): boolean {
    const way = Math.hypot(toX - x, toY - y);
    if (way <= 2 * BODY) return true;
    this.cone.distance = way + BODY;
    // As wide as the body and a little more, so that the cone's own sides are clear of it.
    this.cone.angle = 2 * Math.asin((BODY + 1) / way);
    const points = this.visibility.outline(x, y, Math.atan2(toY - y, toX - x), this.cone);
    let inside = false;
    for (let i = 0, j = points.length - 2; i < points.length; j = i, i += 2) {
      const ax = points[j]! - toX;
      const ay = points[j + 1]! - toY;
      const bx = points[i]! - toX;
      const by = points[i + 1]! - toY;
      if (ay > 0 !== by > 0 && (bx - ax) * (-ay / (by - ay)) + ax > 0) inside = !inside;
      const dx = bx - ax;
      const dy = by - ay;
      const length = dx * dx + dy * dy;
      const along = length > 0 ? Math.min(1, Math.max(0, -(ax * dx + ay * dy) / length)) : 0;
      if (Math.hypot(ax + dx * along, ay + dy * along) < BODY) return true;
    }
    return inside;
  }
}
