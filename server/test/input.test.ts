import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputTranslator } from '@trespasser/engine/legacy';
import { Button } from '../src/engine.js';
import { playerInput } from '../src/payloads.js';
import { inputPacket } from './support.js';

const parse = (...args: Parameters<typeof inputPacket>) => playerInput.parse(inputPacket(...args));

test('keys and the left button become held bits', () => {
  const all = { w: true, a: true, s: true, d: true, shift: true, ctrl: true, r: true, g: true, 1: true, 2: true, 3: true, 4: true };
  const { held, taps, sequence } = new InputTranslator().translate(parse(7, { keys: all, mouse: { buttons: 3 } }), 0);
  assert.equal(held, Button.UP | Button.LEFT | Button.DOWN | Button.RIGHT | Button.RUN | Button.SNEAK | Button.RELOAD | Button.THROW
    | Button.SLOT1 | Button.SLOT2 | Button.SLOT3 | Button.SLOT4 | Button.FIRE);
  assert.equal(taps, 0);
  assert.equal(sequence, 7);
});

test('the right press toggles aiming once, however many packets repeat it', () => {
  const translator = new InputTranslator();
  const taps = [true, true, true, false, false, true, true].map((rightPressed, index) => (
    translator.translate(parse(index, { mouse: { rightPressed } }), index * 16).taps & Button.AIM
  ));
  assert.deepEqual(taps, [Button.AIM, 0, 0, 0, 0, Button.AIM, 0]);
});

test('one right press reported as input and as event toggles once, in either order', () => {
  const inputFirst = new InputTranslator();
  assert.equal(inputFirst.translate(parse(1, { mouse: { rightPressed: true } }), 0).taps, Button.AIM);
  assert.equal(inputFirst.aimToggle('event', 10), false);
  assert.equal(inputFirst.aimToggle('event', 500), true);

  const eventFirst = new InputTranslator();
  assert.equal(eventFirst.aimToggle('event', 0), true);
  assert.equal(eventFirst.translate(parse(1, { mouse: { rightPressed: true } }), 10).taps, 0);
});

test('a click too short for the held button to show still fires, once', () => {
  const translator = new InputTranslator();
  const click = { leftPressed: true, leftReleased: true };
  assert.equal(translator.translate(parse(1, { mouse: click }), 0).taps, Button.FIRE);
  assert.equal(translator.translate(parse(2, { mouse: click }), 16).taps, 0);
  assert.equal(translator.firing, false);
});

test('a held button is a press by itself: its flag adds none', () => {
  const translator = new InputTranslator();
  assert.equal(translator.translate(parse(1, { mouse: { buttons: 1, leftPressed: true } }), 0).taps, 0);
  assert.equal(translator.translate(parse(2, { mouse: { buttons: 1, leftPressed: true } }), 16).taps, 0);
  assert.equal(translator.firing, true);
});

test('a button let go and pressed again between two packets fires again', () => {
  const translator = new InputTranslator();
  translator.translate(parse(1, { mouse: { buttons: 1 } }), 0);
  assert.equal(translator.translate(parse(2, { mouse: { buttons: 1, leftPressed: true, leftReleased: true } }), 16).taps, Button.FIRE);
});

test('a cursor at the end of the world is moved to where numbers stay small', () => {
  const { mouseX, mouseY } = new InputTranslator().translate(parse(1, { mouse: { x: 1e300, y: -1e300 } }), 0);
  assert.deepEqual([mouseX, mouseY], [10_000, -10_000]);
});
