export interface Rect { x: number; y: number; width: number; height: number }

/**
 * Whether the point lies in the polygon, given as x,y pairs (even-odd rule).
 * A point exactly on an edge may fall to either side: callers that care keep a margin.
 */
export function polygonContains(polygon: Float32Array, x: number, y: number): boolean {
  let inside = false;
  const count = polygon.length;
  if (count < 6) return false;
  let ax = polygon[count - 2]!;
  let ay = polygon[count - 1]!;
  for (let i = 0; i < count; i += 2) {
    const bx = polygon[i]!;
    const by = polygon[i + 1]!;
    if ((ay > y) !== (by > y) && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    ax = bx;
    ay = by;
  }
  return inside;
}

/** Pixels outside a wall at which its faces are probed: standing walls are never inside a visibility polygon, they bound it. */
export const FACE_MARGIN = 1;

/** A polygon that is asked about many places. */
export class Outline {
  readonly #bounds: { left: number; top: number; right: number; bottom: number };

  constructor(readonly points: Float32Array) {
    const bounds = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
    for (let i = 0; i + 1 < points.length; i += 2) {
      bounds.left = Math.min(bounds.left, points[i]!);
      bounds.right = Math.max(bounds.right, points[i]!);
      bounds.top = Math.min(bounds.top, points[i + 1]!);
      bounds.bottom = Math.max(bounds.bottom, points[i + 1]!);
    }
    this.#bounds = bounds;
  }

  /** Whether it reaches the middle of the rectangle, or one of the eight points `margin` outside its corners and faces. */
  touches(rect: Rect, margin: number): boolean {
    const { left, top, right, bottom } = this.#bounds;
    if (rect.x - margin > right || rect.x + rect.width + margin < left || rect.y - margin > bottom || rect.y + rect.height + margin < top) {
      return false;
    }
    const xs = [rect.x - margin, rect.x + rect.width / 2, rect.x + rect.width + margin];
    const ys = [rect.y - margin, rect.y + rect.height / 2, rect.y + rect.height + margin];
    return ys.some((y) => xs.some((x) => polygonContains(this.points, x, y)));
  }
}
