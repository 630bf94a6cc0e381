import { css } from './palette';

/** Frames of a full turn: at this size no more can be told apart. */
export const ARROW_DIRECTIONS = 16;
/** px of an arrow's box; odd, so that there is a middle. */
export const ARROW_BOX = 11;
/** Faint, middling, loud: px from the middle to the tip. */
const REACH = [3.2, 4.3, 5.4] as const;

const urls = new Map<string, string>();

/** Whether the point, px from the middle, lies in a dart that points along +x: a triangle with a notch in its back. */
function inDart(x: number, y: number, reach: number): boolean {
  const along = reach - x;
  const side = Math.abs(y);
  return along >= 0 && side <= along * 0.52 && x >= -reach * 0.75 + Math.max(0, reach * 0.5 - side);
}

/** A picture's address. @param direction frame, clockwise from +x; size 0 to 2 */
export function arrowUrl(direction: number, size: number, colour: number): string {
  const key = `${direction} ${size} ${colour}`;
  let url = urls.get(key);
  if (url === undefined) {
    const canvas = document.createElement('canvas');
    canvas.width = ARROW_BOX;
    canvas.height = ARROW_BOX;
    const context = canvas.getContext('2d');
    if (!context) return '';
    context.fillStyle = css(colour);
    const angle = (direction / ARROW_DIRECTIONS) * 2 * Math.PI;
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    const middle = (ARROW_BOX - 1) / 2;
    for (let y = 0; y < ARROW_BOX; y += 1) {
      for (let x = 0; x < ARROW_BOX; x += 1) {
        const dx = x - middle;
        const dy = y - middle;
        if (inDart(dx * cos + dy * sin, dy * cos - dx * sin, REACH[size] ?? REACH[2])) context.fillRect(x, y, 1, 1);
      }
    }
    url = canvas.toDataURL();
    urls.set(key, url);
  }
  return url;
}
