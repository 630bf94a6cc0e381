import { Button } from './engine.js';
import type { PlayerInput } from './payloads.js';

const LEFT_BUTTON = 1;

/** Pixels. A cursor far outside the playfield is still a direction, a larger number is only noise. */
const MOUSE_LIMIT = 10_000;

/** Milliseconds within which a right press in the input stream and an `ads:toggle` are one and the same press. */
const SAME_PRESS_MS = 50;

export interface EngineInput {
  sequence: number;
  held: number;
  taps: number;
  mouseX: number;
  mouseY: number;
}

type AimSource = 'mouse' | 'event';

/** Turns a client's packets into held buttons and presses. One per player: a press is a change between two packets. */
export class InputTranslator {
  #held = 0;
  #leftPressed = false;
  #rightPressed = false;
  #aimed: { source: AimSource; atMs: number } | undefined;

  translate(input: PlayerInput, nowMs: number): EngineInput {
    const { keys, mouse } = input;
    const firing = (mouse.buttons & LEFT_BUTTON) !== 0;
    const held = (keys.w ? Button.UP : 0) | (keys.a ? Button.LEFT : 0) | (keys.s ? Button.DOWN : 0) | (keys.d ? Button.RIGHT : 0)
      | (keys.shift ? Button.RUN : 0) | (keys.ctrl ? Button.SNEAK : 0)
      | (keys.r ? Button.RELOAD : 0) | (keys.g ? Button.THROW : 0)
      | (keys['1'] ? Button.SLOT1 : 0) | (keys['2'] ? Button.SLOT2 : 0) | (keys['3'] ? Button.SLOT3 : 0) | (keys['4'] ? Button.SLOT4 : 0)
      | (firing ? Button.FIRE : 0);

    let taps = 0;
    if (mouse.leftPressed && !this.#leftPressed && this.#missedClick(firing, mouse.leftReleased)) taps |= Button.FIRE;
    if (mouse.rightPressed && !this.#rightPressed && this.aimToggle('mouse', nowMs)) taps |= Button.AIM;

    this.#leftPressed = mouse.leftPressed;
    this.#rightPressed = mouse.rightPressed;
    this.#held = held;
    return { sequence: input.sequence, held, taps, mouseX: clampMouse(mouse.x), mouseY: clampMouse(mouse.y) };
  }

  /** Today's client reports one right press twice, in the input and as an event; says whether this one is new. */
  aimToggle(source: AimSource, nowMs: number): boolean {
    const before = this.#aimed;
    if (before !== undefined && before.source !== source && nowMs - before.atMs < SAME_PRESS_MS) {
      this.#aimed = undefined;
      return false;
    }
    this.#aimed = { source, atMs: nowMs };
    return true;
  }

  /** Whether the trigger is down in the input stream: a `weapon:fire` then says nothing new. */
  get firing(): boolean {
    return (this.#held & Button.FIRE) !== 0;
  }

  /** A click that the held button does not show: pressed and let go, or let go and pressed again, between two packets. */
  #missedClick(firing: boolean, released: boolean): boolean {
    return firing ? this.firing && released : !this.firing;
  }
}

function clampMouse(value: number): number {
  return Math.max(-MOUSE_LIMIT, Math.min(MOUSE_LIMIT, value));
}
