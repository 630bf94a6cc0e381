import { Disposer } from '../core/disposer';
import { FIELD_HEIGHT, FIELD_WIDTH } from '../core/rules';
import { actionOf, type Bindings } from './bindings';
import { InputState } from './keys';

/** px */
const MOUSE_LIMIT = 4096;

export interface CaptureHooks {
  /** The state below is only fed while this says true; menus over the match need keys and clicks for themselves. */
  isActive(): boolean;
  /** A fresh press of the left button or of the key to respawn. */
  onConfirm(): void;
  onScoreboard(shown: boolean): void;
  onEscape(): void;
  onLoadout(): void;
  /** The input message has keys for four weapons; the fifth is asked for by name. */
  onFifthWeapon(): void;
  /** @param way 1 to the next weapon, -1 to the one before */
  onCycle(way: 1 | -1): void;
}

/** Puts the page's keyboard and mouse into an InputState. Ends with its disposer. */
export function captureInput(
  state: InputState,
  bindings: () => Bindings,
  canvas: HTMLCanvasElement,
  hooks: CaptureHooks,
  disposer: Disposer,
): void {
  const aim = (event: MouseEvent): void => {
    // Read anew each time: cheap, and right after every resize, scroll and zoom.
    const box = canvas.getBoundingClientRect();
    if (box.width <= 0 || box.height <= 0) return;
    const x = ((event.clientX - box.left) / box.width) * FIELD_WIDTH;
    const y = ((event.clientY - box.top) / box.height) * FIELD_HEIGHT;
    // Not held to the playfield: beside it the cursor still is a direction, and holding one axis would bend it.
    state.mouseX = Math.min(MOUSE_LIMIT, Math.max(-MOUSE_LIMIT, x));
    state.mouseY = Math.min(MOUSE_LIMIT, Math.max(-MOUSE_LIMIT, y));
  };

  disposer.listen(window, 'keydown', (event) => {
    if (event.code === 'Escape') {
      hooks.onEscape();
      event.preventDefault();
      return;
    }
    if (!hooks.isActive() || event.metaKey || event.altKey) return;
    const action = actionOf(bindings(), event.code);
    // What the game has no use for stays the browser's.
    if (!action) return;
    event.preventDefault();
    if (action === 'scores') hooks.onScoreboard(true);
    else if (action === 'loadout') hooks.onLoadout();
    else if (action === 'respawn' && !event.repeat) hooks.onConfirm();
    else if (action === 'weapon5' && !event.repeat) hooks.onFifthWeapon();
    else state.keyDown(event.code);
  });
  disposer.listen(window, 'keyup', (event) => {
    if (actionOf(bindings(), event.code) === 'scores') hooks.onScoreboard(false);
    state.keyUp(event.code);
  });
  disposer.listen(window, 'mousemove', aim);
  disposer.listen(window, 'mousedown', (event) => {
    if (!hooks.isActive()) return;
    // A button of the HUD is pressed for itself.
    if (event.target instanceof Element && event.target.closest('button, label, input')) return;
    aim(event);
    state.buttonDown(event.button);
    if (event.button === 0) hooks.onConfirm();
    // Middle and right buttons start scrolling and gestures otherwise.
    if (event.button !== 0) event.preventDefault();
  });
  disposer.listen(window, 'wheel', (event) => {
    if (hooks.isActive() && event.deltaY !== 0) hooks.onCycle(event.deltaY > 0 ? 1 : -1);
  }, { passive: true });
  disposer.listen(window, 'mouseup', (event) => state.buttonUp(event.button));
  disposer.listen(window, 'contextmenu', (event) => event.preventDefault());
  disposer.listen(window, 'blur', () => {
    state.clear();
    hooks.onScoreboard(false);
  });
  disposer.listen(window, 'beforeunload', (event) => {
    // Sneaking with Ctrl and walking with W is the browser's shortcut for closing the tab: ask in that case alone.
    if (state.isHeld('ctrl') && state.isHeld('w')) event.preventDefault();
  });
}
