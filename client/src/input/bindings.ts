import type { PlayerInput } from '../net/protocol';

/**
 * What keys do. A key is a place on the keyboard (KeyboardEvent.code), so that WASD is the same shape on every
 * layout. Both Shifts are one key, and so are both Ctrls.
 */
export const ACTIONS = [
  'up', 'left', 'down', 'right', 'run', 'sneak', 'reload', 'throw',
  'weapon1', 'weapon2', 'weapon3', 'weapon4', 'weapon5', 'scores', 'loadout', 'respawn',
] as const;
export type Action = (typeof ACTIONS)[number];

export type GameKey = keyof PlayerInput['keys'];

/** Keys for one action, at most; an empty string is a place without one. */
export const KEYS_PER_ACTION = 2;
export type Bindings = Readonly<Record<Action, readonly [string, string]>>;

/** C sneaks too: no page can keep Ctrl+W from closing its tab. */
export const DEFAULT_BINDINGS: Bindings = {
  up: ['KeyW', 'ArrowUp'],
  left: ['KeyA', 'ArrowLeft'],
  down: ['KeyS', 'ArrowDown'],
  right: ['KeyD', 'ArrowRight'],
  run: ['ShiftLeft', ''],
  sneak: ['ControlLeft', 'KeyC'],
  reload: ['KeyR', ''],
  throw: ['KeyG', ''],
  weapon1: ['Digit1', 'Numpad1'],
  weapon2: ['Digit2', 'Numpad2'],
  weapon3: ['Digit3', 'Numpad3'],
  weapon4: ['Digit4', 'Numpad4'],
  weapon5: ['Digit5', 'Numpad5'],
  scores: ['Tab', ''],
  loadout: ['KeyL', ''],
  respawn: ['Space', ''],
};

export const ACTION_LABELS: Readonly<Record<Action, string>> = {
  up: 'Up', left: 'Left', down: 'Down', right: 'Right', run: 'Run', sneak: 'Sneak', reload: 'Reload',
  throw: 'Throw now', weapon1: 'Primary', weapon2: 'Secondary', weapon3: 'Support 1', weapon4: 'Support 2',
  weapon5: 'Support 3', scores: 'Scores', loadout: 'Loadout', respawn: 'Respawn',
};

/** Of the input message; the rest has events of its own. */
export const GAME_KEY: Readonly<Partial<Record<Action, GameKey>>> = {
  up: 'w', left: 'a', down: 's', right: 'd', run: 'shift', sneak: 'ctrl', reload: 'r', throw: 'g',
  weapon1: '1', weapon2: '2', weapon3: '3', weapon4: '4',
};

/** Escape opens and leaves menus; the others are the system's and the browser's. */
const RESERVED: ReadonlySet<string> = new Set([
  'Escape', 'MetaLeft', 'MetaRight', 'AltLeft', 'AltRight', 'ContextMenu', 'CapsLock', 'PrintScreen', 'F5', 'F11', 'F12',
]);
const MAX_CODE = 24;

/** One name for keys that there are two of. */
export function plainCode(code: string): string {
  return code === 'ShiftRight' ? 'ShiftLeft' : code === 'ControlRight' ? 'ControlLeft' : code;
}

/** Whether a key can be given to an action. */
export function isBindable(code: string): boolean {
  return /^[A-Z][A-Za-z0-9]*$/.test(code) && code.length <= MAX_CODE && !RESERVED.has(code);
}

/** Where several actions share a key, the first in ACTIONS has it. Allocates nothing. */
export function actionOf(bindings: Bindings, code: string): Action | null {
  const plain = plainCode(code);
  for (const action of ACTIONS) {
    const keys = bindings[action];
    if (keys[0] === plain || keys[1] === plain) return plain === '' ? null : action;
  }
  return null;
}

/** @param code an empty string takes the key away. A key that cannot be bound changes nothing. */
export function bind(bindings: Bindings, action: Action, place: 0 | 1, code: string): Bindings {
  const plain = plainCode(code);
  if (plain !== '' && !isBindable(plain)) return bindings;
  const [first, second] = bindings[action];
  // The same key twice is one too many.
  const other = place === 0 ? second : first;
  const kept = other === plain ? '' : other;
  return { ...bindings, [action]: place === 0 ? [plain, kept] : [kept, plain] };
}

/** Actions that share a key with another, and which. */
export function conflicts(bindings: Bindings): ReadonlyMap<Action, readonly Action[]> {
  const byCode = new Map<string, Action[]>();
  for (const action of ACTIONS) {
    for (const code of bindings[action]) {
      if (code === '') continue;
      const holders = byCode.get(code);
      if (holders) holders.push(action);
      else byCode.set(code, [action]);
    }
  }
  const found = new Map<Action, Action[]>();
  for (const holders of byCode.values()) {
    if (holders.length < 2) continue;
    for (const action of holders) {
      const others = holders.filter((other) => other !== action);
      found.set(action, [...new Set([...(found.get(action) ?? []), ...others])]);
    }
  }
  return found;
}

/** From storage, which may hold anything: what is no key of ours leaves the default. */
export function readBindings(value: unknown): Bindings {
  const out: Record<Action, readonly [string, string]> = { ...DEFAULT_BINDINGS };
  if (typeof value !== 'object' || value === null) return out;
  for (const action of ACTIONS) {
    const stored: unknown = Object.hasOwn(value, action) ? (value as Record<string, unknown>)[action] : null;
    if (!Array.isArray(stored) || stored.length !== KEYS_PER_ACTION) continue;
    const [first, second] = stored as unknown[];
    const isKey = (code: unknown): code is string => typeof code === 'string' && (code === '' || isBindable(code));
    if (isKey(first) && isKey(second)) out[action] = [plainCode(first), plainCode(second)];
  }
  return out;
}

const NAMES: Readonly<Record<string, string>> = {
  ShiftLeft: 'Shift', ControlLeft: 'Ctrl', ArrowUp: 'Up', ArrowDown: 'Down', ArrowLeft: 'Left', ArrowRight: 'Right',
  Backquote: '`', Minus: '-', Equal: '=', BracketLeft: '[', BracketRight: ']', Backslash: '\\', Semicolon: ';', Quote: "'",
  Comma: ',', Period: '.', Slash: '/', IntlBackslash: '<', Backspace: 'Backsp', Enter: 'Enter', PageUp: 'PgUp', PageDown: 'PgDn',
};

/** For people; of a letter, where it is on a US keyboard. */
export function keyName(code: string): string {
  if (code === '') return '-';
  if (Object.hasOwn(NAMES, code)) return NAMES[code]!;
  return code.replace(/^Key(?=.$)/, '').replace(/^Digit(?=.$)/, '').replace(/^Numpad/, 'Num ').slice(0, 9);
}

/** The first key of an action, for hints. */
export function keyOf(bindings: Bindings, action: Action): string {
  const [first, second] = bindings[action];
  return keyName(first || second);
}
