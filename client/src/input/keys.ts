import type { PlayerInput } from '../net/protocol';
import { actionOf, DEFAULT_BINDINGS, GAME_KEY, plainCode, type Bindings, type GameKey } from './bindings';

const GAME_KEYS: readonly GameKey[] = ['w', 'a', 's', 'd', 'shift', 'ctrl', 'r', 'g', '1', '2', '3', '4'];

/**
 * What is held and what happened since the last sample. A press shorter than the time between two samples is in
 * the next one all the same, held for that one sample; its release is in the one after.
 */
export class InputState {
  /** Playfield px. */
  mouseX = 240;
  mouseY = 135;

  /** Codes, since two keys can stand for one game key. */
  private readonly held = new Set<string>();
  private readonly tapped = new Set<GameKey>();
  /** DOM MouseEvent.buttons of left (1) and right (2). */
  private buttons = 0;
  private pressed = 0;
  private released = 0;
  private sequence = 0;

  /** Overwritten by every sample. */
  private readonly input: PlayerInput = {
    keys: {
      w: false, a: false, s: false, d: false, shift: false, ctrl: false, r: false, g: false,
      '1': false, '2': false, '3': false, '4': false,
    },
    mouse: {
      x: 0, y: 0, buttons: 0,
      leftPressed: false, rightPressed: false, leftReleased: false, rightReleased: false,
    },
    sequence: 0,
    timestamp: 0,
  };

  /** @param bindings as they are at the time of each key: they change while the game is paused, with nothing held */
  constructor(private readonly bindings: () => Bindings = () => DEFAULT_BINDINGS) {}

  /** Returns whether the input message has the key. */
  keyDown(code: string): boolean {
    const key = this.gameKey(code);
    if (!key) return false;
    const plain = plainCode(code);
    if (!this.held.has(plain)) this.tapped.add(key);
    this.held.add(plain);
    return true;
  }

  keyUp(code: string): void {
    this.held.delete(plainCode(code));
  }

  isHeld(key: GameKey): boolean {
    for (const code of this.held) if (this.gameKey(code) === key) return true;
    return false;
  }

  private gameKey(code: string): GameKey | null {
    const action = actionOf(this.bindings(), code);
    return (action && GAME_KEY[action]) ?? null;
  }

  get isFiring(): boolean {
    return ((this.buttons | this.pressed) & 1) !== 0;
  }

  /** @param button DOM MouseEvent.button: 0 left, 2 right; others are ignored. */
  buttonDown(button: number): void {
    const bit = buttonBit(button);
    if (this.buttons & bit) return;
    this.buttons |= bit;
    this.pressed |= bit;
  }

  buttonUp(button: number): void {
    const bit = buttonBit(button);
    if (!(this.buttons & bit)) return;
    this.buttons &= ~bit;
    this.released |= bit;
  }

  /** The window lost the keyboard: releases will not be heard of. */
  clear(): void {
    this.held.clear();
    this.tapped.clear();
    this.released |= this.buttons;
    this.buttons = 0;
    this.pressed = 0;
  }

  /** The returned object is overwritten by the next call. */
  sample(timestamp: number): PlayerInput {
    const { keys, mouse } = this.input;
    for (const key of GAME_KEYS) keys[key] = this.tapped.has(key);
    for (const code of this.held) {
      const key = this.gameKey(code);
      if (key) keys[key] = true;
    }
    this.tapped.clear();
    const released = this.released & ~this.pressed;
    mouse.x = this.mouseX;
    mouse.y = this.mouseY;
    mouse.buttons = this.buttons | this.pressed;
    mouse.leftPressed = (this.pressed & 1) !== 0;
    mouse.rightPressed = (this.pressed & 2) !== 0;
    mouse.leftReleased = (released & 1) !== 0;
    mouse.rightReleased = (released & 2) !== 0;
    // What was pressed and let go within this sample is let go in the next.
    this.released &= this.pressed;
    this.pressed = 0;
    this.input.sequence = this.sequence += 1;
    this.input.timestamp = timestamp;
    return this.input;
  }
}

function buttonBit(button: number): number {
  return button === 0 ? 1 : button === 2 ? 2 : 0;
}
