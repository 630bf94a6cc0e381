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

/** Pixels outside a rectangle at which its faces are probed: standing walls are never inside a visibility polygon, they bound it. */
const FACE_MARGIN = 1;

/** Whether the polygon reaches any face, corner or the middle of the rectangle. */
export function polygonTouches(polygon: Float32Array, rect: Rect): boolean {
  const xs = [rect.x - FACE_MARGIN, rect.x + rect.width / 2, rect.x + rect.width + FACE_MARGIN];
  const ys = [rect.y - FACE_MARGIN, rect.y + rect.height / 2, rect.y + rect.height + FACE_MARGIN];
  return ys.some((y) => xs.some((x) => polygonContains(polygon, x, y)));
}
