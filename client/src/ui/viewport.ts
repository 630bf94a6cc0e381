import type { Disposer } from '../core/disposer';
import { FIELD_HEIGHT, FIELD_WIDTH } from '../core/rules';

/** No window is so small that one needs less. */
const LEAST_ZOOM = 0.1;

/**
 * Device pixels for one playfield pixel: the largest whole number that fits. Where not even one does, all of it is shown
 * smaller rather than cut.
 */
export function wholeZoom(deviceWidth: number, deviceHeight: number): number {
  const fits = Math.min(deviceWidth / FIELD_WIDTH, deviceHeight / FIELD_HEIGHT);
  return fits >= 1 ? Math.floor(fits) : Math.max(LEAST_ZOOM, fits);
}

/**
 * Keeps the frame at a whole number of device pixels for each playfield pixel, and centred on a device pixel:
 * anything else smears every edge. `--px` is the CSS length of one playfield pixel.
 */
export function fitFrame(frame: HTMLElement, disposer: Disposer): void {
  const fit = (): void => {
    const ratio = window.devicePixelRatio || 1;
    const width = Math.floor(window.innerWidth * ratio);
    const height = Math.floor(window.innerHeight * ratio);
    const zoom = wholeZoom(width, height);
    const left = Math.max(0, Math.floor((width - zoom * FIELD_WIDTH) / 2));
    const top = Math.max(0, Math.floor((height - zoom * FIELD_HEIGHT) / 2));
    frame.style.setProperty('--px', `${zoom / ratio}px`);
    frame.style.left = `${left / ratio}px`;
    frame.style.top = `${top / ratio}px`;
  };
  fit();
  disposer.listen(window, 'resize', fit);
}
