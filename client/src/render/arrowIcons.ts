/** Frames of a full turn: at this size no more can be told apart. */
export const ARROW_DIRECTIONS = 32;
/** px of an arrow's box; odd, so that there is a middle. */
export const ARROW_BOX = 13;
/** Faint, middling, loud; px: from the middle to the tip, half the shaft's width, the head's length and half its width. */
const LOOKS = [[5, 0.5, 4, 2.6], [6, 0.6, 5, 3.3], [6.4, 1, 5.6, 4.3]] as const;
/** Samples of a pixel along each axis. */
const FINE = 4;

const urls = new Map<string, string>();

/** A picture's address; painted once. @param direction frame, clockwise from +x; size 0 to 2 */
export function arrowUrl(direction: number, size: 0 | 1 | 2, colour: number): string {
  const key = `${direction} ${size} ${colour}`;
  let url = urls.get(key);
  if (url === undefined) {
    url = paint((direction / ARROW_DIRECTIONS) * 2 * Math.PI, size, colour);
    urls.set(key, url);
  }
  return url;
}

/** Soft at the edges, unlike all else that is painted: in hard pixels a sixteenth of a turn makes an arrow a blot. */
function paint(angle: number, size: 0 | 1 | 2, colour: number): string {
  const canvas = document.createElement('canvas');
  canvas.width = ARROW_BOX;
  canvas.height = ARROW_BOX;
  const context = canvas.getContext('2d');
  if (!context) return '';
  const [reach, shaft, head, width] = LOOKS[size];
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const image = context.createImageData(ARROW_BOX, ARROW_BOX);
  for (let i = 0; i < ARROW_BOX * ARROW_BOX; i += 1) {
    let covered = 0;
    for (let k = 0; k < FINE * FINE; k += 1) {
      const x = (i % ARROW_BOX) + ((k % FINE) + 0.5) / FINE - ARROW_BOX / 2;
      const y = Math.floor(i / ARROW_BOX) + (Math.floor(k / FINE) + 0.5) / FINE - ARROW_BOX / 2;
      const along = x * cos + y * sin;
      const aside = Math.abs(y * cos - x * sin);
      const inHead = along >= reach - head && aside <= ((reach - along) * width) / head;
      if (inHead || (along >= -reach && along <= reach - head && aside <= shaft)) covered += 1;
    }
    image.data.set([(colour >> 16) & 255, (colour >> 8) & 255, colour & 255, Math.round((covered * 255) / (FINE * FINE))], i * 4);
  }
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}
