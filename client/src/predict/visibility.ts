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

/** Of {@link Visibility.scratch}. */
const PLACE = 0;
const A = 1;
const B = 2;
const FROM = 3;
const TO = 4;
/** Outlines that are whole at once: see {@link Visibility.outline}. */
const KEPT = 4;

/**
 * What a viewer sees: the area of a cone less what lies behind slices that stop sight, and behind the playfield's edge.
 * Smoke is left out.
 *
 * A sweep over the directions: faces turned to the viewer, as intervals of angles about the aim, sorted by where they
 * begin and end; between two such angles the nearest face is the same throughout. Corners come out as they are, with no
 * epsilon; a face and the one behind it make two points in one direction.
 *
 * Made anew for every frame, so nothing of it allocates once the columns have grown to the map: numbers go from function to
 * function in `scratch`, since a fraction that is passed to one that is not inlined is an object on the heap.
 */
export class Visibility {
  /** Of faces: begin and end relative to the aim, radians; the coordinate, px, from the viewer; whether that is x. */
  private from = new Float64Array(256);
  private to = new Float64Array(256);
  private place = new Float64Array(256);
  private isX = new Uint8Array(256);
  private faces = 0;
  /** Face, twice; the second time with its end, as its complement. */
  private order = new Int32Array(512);
  private merged = new Int32Array(512);
  private active = new Int32Array(256);
  private activeCount = 0;
  private readonly seen: Uint32Array;
  private stamp = 0;
  private readonly scratch = new Float64Array(5);
  private readonly kept: Float32Array[] = Array.from({ length: KEPT }, () => new Float32Array(1024));
  private next = 0;

  /** x, y, x, y, ... of the last outline: the first {@link Visibility.count} of these. */
  points = new Float64Array(1024);
  count = 0;

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
   * @returns another array each time, which is overwritten by the fourth call after this one
   */
  outline(x: number, y: number, aim: number, cone: Cone): Float32Array {
    this.trace(x, y, aim, cone);
    let room = this.kept[this.next]!;
    if (room.length < this.count) {
      room = new Float32Array(this.points.length);
      this.kept[this.next] = room;
    }
    this.next = (this.next + 1) % KEPT;
    for (let i = 0; i < this.count; i += 1) room[i] = this.points[i]!;
    return room.subarray(0, this.count);
  }

  /** As {@link Visibility.outline}, into `points` and `count`. */
  trace(x: number, y: number, aim: number, cone: Cone): void {
    this.x = x;
    this.y = y;
    this.aim = aim;
    this.half = Math.min(PI, cone.angle / 2);
    this.radius = cone.distance;
    this.points[0] = x;
    this.points[1] = y;
    this.count = 2;
    if (!(this.radius > 0)) return;
    this.collect();
    this.sweep();
  }

  private collect(): void {
    const { geometry } = this.slices;
    const { x, y, radius, scratch } = this;
    this.faces = 0;
    this.stamp += 1;
    const left = clampCell(x - radius, COLS);
    const right = clampCell(x + radius, COLS);
    const bottom = clampCell(y + radius, ROWS);
    for (let row = clampCell(y - radius, ROWS); row <= bottom; row += 1) {
      for (let col = left; col <= right; col += 1) {
        const cell = row * COLS + col;
        const end = geometry.cellStart[cell + 1]!;
        for (let at = geometry.cellStart[cell]!; at < end; at += 1) {
          const wall = Math.floor(geometry.cellSlices[at]! / SLICES_PER_WALL);
          if (this.seen[wall] === this.stamp) continue;
          this.seen[wall] = this.stamp;
          this.addWall(wall * SLICES_PER_WALL);
        }
      }
    }
    const [width, height] = FIELD_SIZE;
    scratch[PLACE] = -x;
    scratch[A] = height - y;
    scratch[B] = -y;
    this.addFace(1);
    scratch[PLACE] = width - x;
    scratch[A] = -y;
    scratch[B] = height - y;
    this.addFace(1);
    scratch[PLACE] = -y;
    scratch[A] = -x;
    scratch[B] = width - x;
    this.addFace(0);
    scratch[PLACE] = height - y;
    scratch[A] = width - x;
    scratch[B] = -x;
    this.addFace(0);
  }

  /** Neighbouring slices that stop sight are one rectangle: a fifth of the faces, mostly. */
  private addWall(first: number): void {
    for (let i = 0; i < SLICES_PER_WALL; i += 1) {
      if (!this.slices.stopsSight(first + i)) continue;
      let last = i;
      while (last + 1 < SLICES_PER_WALL && this.slices.stopsSight(first + last + 1)) last += 1;
      this.addRect(first + i, first + last);
      i = last;
    }
  }

  /** The rectangle from one slice of a wall to another. */
  private addRect(first: number, last: number): void {
    const { scratch } = this;
    const { geometry } = this.slices;
    const x0 = geometry.x0[first]! - this.x;
    const x1 = geometry.x1[last]! - this.x;
    const y0 = geometry.y0[first]! - this.y;
    const y1 = geometry.y1[last]! - this.y;
    if (x0 > 0) {
      scratch[PLACE] = x0;
      scratch[A] = y0;
      scratch[B] = y1;
      this.addFace(1);
    } else if (x1 < 0) {
      scratch[PLACE] = x1;
      scratch[A] = y1;
      scratch[B] = y0;
      this.addFace(1);
    }
    if (y0 > 0) {
      scratch[PLACE] = y0;
      scratch[A] = x1;
      scratch[B] = x0;
      this.addFace(0);
    } else if (y1 < 0) {
      scratch[PLACE] = y1;
      scratch[A] = x0;
      scratch[B] = x1;
      this.addFace(0);
    }
  }

  /** A face at x (1) or y (0) `PLACE`, from `A` to `B` on the other axis, clockwise as the viewer turns. */
  private addFace(isX: 0 | 1): void {
    const { scratch, aim, half } = this;
    const place = scratch[PLACE]!;
    if (Math.abs(place) >= this.radius || place === 0) return;
    const from = about(isX === 1 ? Math.atan2(scratch[A]!, place) : Math.atan2(place, scratch[A]!), aim);
    const to = about(isX === 1 ? Math.atan2(scratch[B]!, place) : Math.atan2(place, scratch[B]!), aim);
    // One that goes round the back is two.
    const first = from <= to ? to : PI;
    const begin = Math.max(from, -half);
    const end = Math.min(first, half);
    if (end - begin > SAME) this.addInterval(isX, place, begin, end);
    if (from <= to) return;
    const beginBehind = Math.max(-PI, -half);
    const endBehind = Math.min(to, half);
    if (endBehind - beginBehind > SAME) this.addInterval(isX, place, beginBehind, endBehind);
  }

  private addInterval(isX: 0 | 1, place: number, begin: number, end: number): void {
    if (this.faces === this.from.length) this.grow();
    this.from[this.faces] = begin;
    this.to[this.faces] = end;
    this.place[this.faces] = place;
    this.isX[this.faces] = isX;
    this.faces += 1;
  }

  /** Bounded by the map: four intervals for each run of slices. */
  private grow(): void {
    const size = this.from.length * 2;
    const wider = (old: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> => {
      const grown = new Float64Array(size);
      grown.set(old);
      return grown;
    };
    this.from = wider(this.from);
    this.to = wider(this.to);
    this.place = wider(this.place);
    const isX = new Uint8Array(size);
    isX.set(this.isX);
    this.isX = isX;
    this.order = new Int32Array(size * 2);
    this.merged = new Int32Array(size * 2);
    this.active = new Int32Array(size);
  }

  private sweep(): void {
    const { from, to, half, scratch } = this;
    this.sort();
    const { order, active } = this;
    const events = this.faces * 2;
    this.activeCount = 0;
    let at = -half;
    let next = 0;
    while (at < half) {
      // All that begins or ends here.
      while (next < events) {
        const event = order[next]!;
        if ((event < 0 ? to[~event]! : from[event]!) > at + SAME) break;
        next += 1;
        if (event >= 0) {
          active[this.activeCount] = event;
          this.activeCount += 1;
          continue;
        }
        for (let i = 0; i < this.activeCount; i += 1) {
          if (active[i] !== ~event) continue;
          this.activeCount -= 1;
          active[i] = active[this.activeCount]!;
          break;
        }
      }
      let until = half;
      if (next < events) {
        const event = order[next]!;
        until = Math.min(half, event < 0 ? to[~event]! : from[event]!);
      }
      if (until > at) {
        scratch[FROM] = at;
        scratch[TO] = until;
        this.span(this.nearest());
        at = until;
      } else at = half;
    }
  }

  /** Events by angle, those of one angle in the order of their faces: runs of eight by insertion, then merged. */
  private sort(): void {
    const { from, to } = this;
    const events = this.faces * 2;
    let source = this.order;
    for (let face = 0; face < this.faces; face += 1) {
      source[face * 2] = face;
      source[face * 2 + 1] = ~face;
    }
    const RUN = 8;
    for (let start = 0; start < events; start += RUN) {
      const end = Math.min(events, start + RUN);
      for (let i = start + 1; i < end; i += 1) {
        const event = source[i]!;
        const angle = event < 0 ? to[~event]! : from[event]!;
        let j = i - 1;
        for (; j >= start; j -= 1) {
          const other = source[j]!;
          if ((other < 0 ? to[~other]! : from[other]!) <= angle) break;
          source[j + 1] = other;
        }
        source[j + 1] = event;
      }
    }
    let target = this.merged;
    for (let width = RUN; width < events; width *= 2) {
      for (let start = 0; start < events; start += 2 * width) {
        const middle = Math.min(events, start + width);
        const end = Math.min(events, start + 2 * width);
        let left = start;
        let right = middle;
        for (let out = start; out < end; out += 1) {
          let takeLeft = right >= end;
          if (!takeLeft && left < middle) {
            const a = source[left]!;
            const b = source[right]!;
            takeLeft = (a < 0 ? to[~a]! : from[a]!) <= (b < 0 ? to[~b]! : from[b]!);
          }
          target[out] = takeLeft ? source[left]! : source[right]!;
          if (takeLeft) left += 1;
          else right += 1;
        }
      }
      [source, target] = [target, source];
    }
    this.order = source;
    this.merged = target;
  }

  /** The face that a ray in the middle of the span meets first, or -1. */
  private nearest(): number {
    const { scratch, active, place, isX } = this;
    const angle = this.aim + (scratch[FROM]! + scratch[TO]!) / 2;
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    let best = -1;
    let least = this.radius * 2;
    for (let i = 0; i < this.activeCount; i += 1) {
      const face = active[i]!;
      const far = place[face]! / (isX[face] === 1 ? cos : sin);
      if (far >= 0 && far < least) {
        least = far;
        best = face;
      }
    }
    return best;
  }

  /** What is seen from `FROM` to `TO`, all of it of one face or beyond the sight. */
  private span(face: number): void {
    const { scratch } = this;
    const from = scratch[FROM]!;
    const to = scratch[TO]!;
    if (face < 0) {
      this.arc();
      return;
    }
    // A face is within sight about its normal, up to where the circle cuts it.
    const place = this.place[face]!;
    const normal = about(this.isX[face] === 1 ? (place > 0 ? 0 : PI) : place > 0 ? PI / 2 : -PI / 2, this.aim);
    const reach = Math.acos(Math.min(1, Math.abs(place) / this.radius));
    // The normal as near to the span as turns allow.
    const middle = (from + to) / 2;
    const near = normal + Math.round((middle - normal) / (2 * PI)) * 2 * PI;
    const begin = Math.max(from, near - reach);
    const end = Math.min(to, near + reach);
    if (begin >= end) {
      this.arc();
      return;
    }
    if (begin > from) {
      scratch[TO] = begin;
      this.arc();
    }
    scratch[A] = begin;
    this.corner(face);
    scratch[A] = end;
    this.corner(face);
    if (end < to) {
      scratch[FROM] = end;
      scratch[TO] = to;
      this.arc();
    }
  }

  /** Where the direction `A` meets a face. */
  private corner(face: number): void {
    const { scratch } = this;
    const angle = this.aim + scratch[A]!;
    const place = this.place[face]!;
    if (this.isX[face] === 1) {
      scratch[A] = this.x + place;
      scratch[B] = this.y + place * Math.tan(angle);
    } else {
      scratch[A] = this.x + place / Math.tan(angle);
      scratch[B] = this.y + place;
    }
    this.point();
  }

  /** The sight's end from `FROM` to `TO`. */
  private arc(): void {
    const { scratch, aim } = this;
    const from = aim + scratch[FROM]!;
    const to = aim + scratch[TO]!;
    scratch[A] = from;
    this.onCircle();
    for (let k = Math.floor(from / CUT) + 1; k * CUT < to - SAME; k += 1) {
      scratch[A] = k * CUT;
      this.onCircle();
    }
    scratch[A] = to;
    this.onCircle();
  }

  /** The sight's end in the direction `A`. */
  private onCircle(): void {
    const { scratch } = this;
    const angle = scratch[A]!;
    scratch[A] = this.x + Math.cos(angle) * this.radius;
    scratch[B] = this.y + Math.sin(angle) * this.radius;
    this.point();
  }

  /** (`A`, `B`) is next, unless it is the last one again: spans that join share a point. */
  private point(): void {
    const { scratch } = this;
    const n = this.count;
    const x = scratch[A]!;
    const y = scratch[B]!;
    if (n > 2 && Math.abs(this.points[n - 2]! - x) < 1e-6 && Math.abs(this.points[n - 1]! - y) < 1e-6) return;
    if (n === this.points.length) {
      const grown = new Float64Array(n * 2);
      grown.set(this.points);
      this.points = grown;
    }
    this.points[n] = x;
    this.points[n + 1] = y;
    this.count = n + 2;
  }
}

/** Which of so many cells a coordinate lies in, held to the playfield. */
function clampCell(v: number, cells: number): number {
  return Math.min(cells - 1, Math.max(0, Math.floor(v / CELL)));
}

/** An angle about the aim, -pi to pi. */
function about(angle: number, aim: number): number {
  const turned = angle - aim;
  return turned > PI ? turned - 2 * PI : turned < -PI ? turned + 2 * PI : turned;
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
    this.visibility.trace(x, y, Math.atan2(toY - y, toX - x), this.cone);
    const { points, count } = this.visibility;
    let inside = false;
    for (let i = 0, j = count - 2; i < count; j = i, i += 2) {
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
