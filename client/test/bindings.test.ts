import { describe, expect, it } from 'vitest';
import {
  ACTIONS, actionOf, bind, conflicts, DEFAULT_BINDINGS, isBindable, keyName, keyOf, readBindings, type Bindings,
} from '../src/input/bindings';
import { InputState } from '../src/input/keys';

describe('keys', () => {
  it('do by default what the page has always said, on both sides of the keyboard', () => {
    expect(conflicts(DEFAULT_BINDINGS).size).toBe(0);
    const expected = { KeyW: 'up', ArrowUp: 'up', ShiftRight: 'run', ControlRight: 'sneak', KeyC: 'sneak', Numpad5: 'weapon5', Tab: 'scores', Space: 'respawn' };
    for (const [code, action] of Object.entries(expected)) expect(actionOf(DEFAULT_BINDINGS, code), code).toBe(action);
    expect(actionOf(DEFAULT_BINDINGS, 'KeyJ')).toBe(null);
    // Many actions have no second key; no key has no action.
    expect(actionOf(DEFAULT_BINDINGS, '')).toBe(null);
  });

  it('can be given to others, and then reach the input message', () => {
    let keys: Bindings = DEFAULT_BINDINGS;
    const input = new InputState(() => keys);
    keys = bind(bind(keys, 'up', 0, 'KeyI'), 'up', 1, '');
    expect(input.keyDown('KeyW')).toBe(false);
    expect(input.keyDown('KeyI')).toBe(true);
    expect(input.sample(0).keys.w).toBe(true);
    input.keyUp('KeyI');
    input.keyDown('ShiftRight');
    expect(input.sample(0).keys).toMatchObject({ w: false, shift: true });
    // Let go on the other side: which of two the system names differs from browser to browser.
    input.keyUp('ShiftLeft');
    expect(input.sample(0).keys.shift).toBe(false);
  });

  it('are told apart where two actions want one', () => {
    const keys = bind(DEFAULT_BINDINGS, 'reload', 0, 'KeyG');
    expect(conflicts(keys)).toEqual(new Map([['reload', ['throw']], ['throw', ['reload']]]));
    expect(actionOf(keys, 'KeyG'), 'the first in the list').toBe('reload');
    // The same one twice for one action is no conflict: the second place is emptied.
    const twice = bind(DEFAULT_BINDINGS, 'up', 1, 'KeyW');
    expect(twice.up).toEqual(['', 'KeyW']);
    expect(conflicts(twice).size).toBe(0);
    expect(keyOf(twice, 'up')).toBe('W');
  });

  it('that are the system\u2019s are not taken', () => {
    for (const code of ['Escape', 'MetaLeft', 'AltRight', 'F5', '', 'no code', '<b>', 'A'.repeat(40)]) expect(isBindable(code), code).toBe(false);
    expect(bind(DEFAULT_BINDINGS, 'up', 0, 'Escape')).toBe(DEFAULT_BINDINGS);
  });

  it('come back from storage, whatever it holds', () => {
    const changed = bind(bind(DEFAULT_BINDINGS, 'throw', 1, 'KeyF'), 'run', 0, '');
    expect(readBindings(JSON.parse(JSON.stringify(changed)))).toEqual(changed);
    for (const odd of [null, 7, 'x', [], { up: 'KeyW' }, { up: ['Escape', ''] }, { up: ['KeyW'] }, { up: [1, 2] }, { __proto__: { up: ['KeyP', ''] } }]) {
      expect(readBindings(odd)).toEqual(DEFAULT_BINDINGS);
    }
  });

  it('have names that fit on a button', () => {
    for (const action of ACTIONS) for (const code of DEFAULT_BINDINGS[action]) expect(keyName(code).length).toBeLessThanOrEqual(6);
    expect([keyName('KeyQ'), keyName('Digit7'), keyName('NumpadAdd'), keyName('Backquote'), keyName('')]).toEqual(['Q', '7', 'Num Add', '`', '-']);
  });
});
