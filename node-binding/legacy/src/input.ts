import { engine } from './engine.js';

const LEFT_BUTTON = 1;

const KEYS = ['w', 'a', 's', 'd', 'shift', 'ctrl', 'r', 'g', '1', '2', '3', '4'] as const;
const CLICKS = ['leftPressed', 'rightPressed', 'leftReleased', 'rightReleased'] as const;

/** A client's `player:input`, as far as it is used. */
export interface PlayerInput {
  keys: Record<(typeof KEYS)[number], boolean>;
  mouse: { x: number; y: number; /** Bit 0: the left button is down. */ buttons: number } & Record<(typeof CLICKS)[number], boolean>;
  /** 0 to 2^32 - 1. */
  sequence: number;
}

/**
 * Reads a payload of any shape. Keys, clicks and buttons that are left out are not pressed, unknown fields are dropped;
 * undefined where anything else does not fit: nothing of such a payload is used.
 */
export function readPlayerInput(payload: unknown): PlayerInput | undefined {
  try {
    const { keys, mouse, sequence } = record(payload);
    const [held, pointer] = [record(keys), record(mouse)];
    return {
      keys: flags(held, KEYS),
      mouse: {
        x: finite(pointer['x']), y: finite(pointer['y']), buttons: whole(pointer['buttons'] === undefined ? 0 : pointer['buttons'], 0xffff), ...flags(pointer, CLICKS),
      },
      sequence: whole(sequence, 0xffff_ffff),
    };
  } catch {
    // Not only misfits: a getter of a host's own object may throw what it likes.
    return undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function record(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('no object');
  return value as Fields;
}

function flags<K extends string>(from: Fields, names: readonly K[]): Record<K, boolean> {
  return Object.fromEntries(names.map((name) => {
    const value = from[name] ?? false;
    if (typeof value !== 'boolean' || from[name] === null) throw new TypeError(`${name} is no boolean`);
    return [name, value];
  })) as Record<K, boolean>;
}

function finite(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new TypeError('no finite number');
  return value;
}

function whole(value: unknown, most: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > most) throw new TypeError(`no whole number up to ${most}`);
  return value;
}

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
    const { Button } = engine();
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
    return (this.#held & engine().Button.FIRE) !== 0;
  }

  /** A click that the held button does not show: pressed and let go, or let go and pressed again, between two packets. */
  #missedClick(firing: boolean, released: boolean): boolean {
    return firing ? this.firing && released : !this.firing;
  }
}

function clampMouse(value: number): number {
  return Math.max(-MOUSE_LIMIT, Math.min(MOUSE_LIMIT, value));
}
