import { describe, expect, it } from 'vitest';
import { InputState } from '../src/input/keys';
import { Pacer, PREDICTED_SAVED } from '../src/input/pacer';

describe('the pacer', () => {
  const perSecond = (frameRate: number, jitter = 0): number => {
    const pacer = new Pacer(60);
    let sent = 0;
    const frames = frameRate * 10;
    for (let i = 0; i < frames; i += 1) if (pacer.due(1000 / frameRate + (i % 2 ? jitter : -jitter))) sent += 1;
    return sent / 10;
  };

  it('sends at every frame up to 60 a second, and 60 beyond', () => {
    expect(perSecond(30)).toBeCloseTo(30, 0);
    expect(perSecond(60)).toBeCloseTo(60, 0);
    expect(perSecond(60, 3)).toBeCloseTo(60, 0);
    for (const rate of [75, 120, 144, 240]) expect(perSecond(rate)).toBeCloseTo(60, 0);
    for (const rate of [60, 75, 144, 240]) expect(perSecond(rate)).toBeLessThanOrEqual(60.2);
  });

  it('for who predicts: 60 a second on any display, and what is drawn goes on evenly', () => {
    for (const rate of [30, 60, 75, 90, 120, 144, 165, 240]) {
      const pacer = new Pacer(60);
      pacer.saved = PREDICTED_SAVED;
      pacer.ahead = true;
      let [made, before, worst] = [0, 0, 0];
      for (let frame = 0; frame < rate * 10; frame += 1) {
        let due = pacer.due(1000 / rate);
        while (due) {
          made += 1;
          due = pacer.due(0);
        }
        // In inputs: the newest one's end, less what of it is still to come.
        const drawn = made - 1 + pacer.share;
        if (frame > rate) worst = Math.max(worst, Math.abs(drawn - before - 60 / rate));
        before = drawn;
      }
      expect(made / 10).toBeCloseTo(60, 0);
      expect(worst, `${rate} Hz`).toBeLessThan(0.01);
    }
  });

  it('does not make up for a sleep', () => {
    const pacer = new Pacer(60);
    pacer.due(60_000);
    let sent = 0;
    for (let i = 0; i < 10; i += 1) if (pacer.due(0)) sent += 1;
    expect(sent).toBeLessThanOrEqual(1);
  });
});

describe('the input state', () => {
  it('counts up and has the shape that the server reads', () => {
    const input = new InputState();
    expect(input.sample(7).sequence).toBe(1);
    const sample = input.sample(8);
    expect(sample.sequence).toBe(2);
    expect(sample.timestamp).toBe(8);
    expect(Object.keys(sample.keys).sort()).toEqual(['1', '2', '3', '4', 'a', 'ctrl', 'd', 'g', 'r', 's', 'shift', 'w']);
    expect(Object.keys(sample.mouse).sort()).toEqual([
      'buttons', 'leftPressed', 'leftReleased', 'rightPressed', 'rightReleased', 'x', 'y',
    ]);
  });

  it('holds a key until its last place on the keyboard is let go', () => {
    const input = new InputState();
    input.keyDown('KeyW');
    input.keyDown('ArrowUp');
    input.keyUp('KeyW');
    expect(input.sample(0).keys.w).toBe(true);
    input.keyUp('ArrowUp');
    expect(input.sample(0).keys.w).toBe(false);
  });

  it('keeps a tap that is shorter than a frame', () => {
    const input = new InputState();
    input.keyDown('KeyR');
    input.keyUp('KeyR');
    expect(input.sample(0).keys.r).toBe(true);
    expect(input.sample(0).keys.r).toBe(false);
  });

  it('gives a click shorter than a frame one sample held and the release in the next', () => {
    const input = new InputState();
    input.buttonDown(0);
    input.buttonUp(0);
    expect({ ...input.sample(0).mouse }).toMatchObject({ buttons: 1, leftPressed: true, leftReleased: false });
    expect({ ...input.sample(0).mouse }).toMatchObject({ buttons: 0, leftPressed: false, leftReleased: true });
    expect({ ...input.sample(0).mouse }).toMatchObject({ buttons: 0, leftPressed: false, leftReleased: false });
  });

  it('says pressed once while the button is held', () => {
    const input = new InputState();
    input.buttonDown(2);
    expect({ ...input.sample(0).mouse }).toMatchObject({ buttons: 2, rightPressed: true });
    input.buttonDown(2);
    expect({ ...input.sample(0).mouse }).toMatchObject({ buttons: 2, rightPressed: false });
  });

  it('lets go of everything when the window loses the keyboard', () => {
    const input = new InputState();
    input.keyDown('KeyW');
    input.buttonDown(0);
    input.sample(0);
    input.clear();
    const sample = input.sample(0);
    expect(sample.keys.w).toBe(false);
    expect(sample.mouse).toMatchObject({ buttons: 0, leftReleased: true });
  });
});
