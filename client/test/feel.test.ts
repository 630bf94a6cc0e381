/** What the hand feels: the own body as it is drawn, frame by frame, over networks and displays of all kinds. */
import { describe, expect, it } from 'vitest';
import { INPUT_RATE } from '../src/core/rules';
import { InputState } from '../src/input/keys';
import { Pacer, PREDICTED_SAVED } from '../src/input/pacer';
import { MatchModel } from '../src/model/match';
import type { ServerEventName, ServerEvents } from '../src/net/protocol';
import { WirePlay } from '../src/net/wirePlay';
import { loadEngine, mapFile } from './engine';
import { seeded } from './wireHost';

const engine = loadEngine();
const HOST_MS = 1000 / 60;
/** px/s of the fastest run, and 1/e time of a correction, ms. */
const FASTEST = 150;
const SMOOTHING_MS = 33;

interface Conditions {
  /** Frames a second of the display, and ms by which a frame comes early or late. */
  readonly frames: number;
  readonly frameJitter?: number;
  /** ms there and back. */
  readonly latency: number;
  /** ms one way, more or less. */
  readonly jitter: number;
  readonly loss: number;
  readonly seconds?: number;
  /** Keys change at random; otherwise one runs straight on. */
  readonly free?: boolean;
}

/** The client's own parts, as the match scene joins them, against the engine's link. */
function play({ frames, frameJitter = 0.4, latency, jitter, loss, seconds = 20, free = true }: Conditions) {
  const random = seeded(frames * 1000 + latency);
  const map = engine.GameMap.builtin('depot');
  const world = new engine.World({ rules: 'standard' });
  const match = world.createMatch(map, { seed: 9 });
  const player = world.addPlayer(match, { team: 'red' });
  world.wireOpen(match, player);
  const model = new MatchModel();
  model.ownId = 'own';
  let now = 0;
  const emit = <K extends ServerEventName>(event: K, payload: ServerEvents[K]): void => {
    if (event === 'game:state') model.applyState(payload as ServerEvents['game:state'], now);
  };
  const wire = new WirePlay(() => 'own', emit);
  wire.setMap(mapFile(engine, map));
  const up: { due: number; bytes: Uint8Array }[] = [];
  const down: typeof up = [];
  let messages = 0;
  const carry = (channel: typeof up, bytes: Uint8Array): void => {
    if (random() < loss) return;
    channel.push({ due: now + latency / 2 + (2 * random() - 1) * jitter, bytes: bytes.slice() });
  };
  wire.onMessage = (bytes) => {
    messages += 1;
    carry(up, bytes);
  };
  const index = new Uint32Array(32 * engine.WIRE_COLUMNS);
  const packets = new Uint8Array(32_768);
  let hostAt = 3;
  const host = (): void => {
    for (const packet of up.filter(({ due }) => due <= now)) {
      up.splice(up.indexOf(packet), 1);
      world.wireReceive(match, player, packet.bytes);
    }
    world.step();
    world.drainEvents(match);
    const rows = world.wirePackets(packets, index);
    for (let at = 0; at < rows * engine.WIRE_COLUMNS; at += engine.WIRE_COLUMNS) {
      carry(down, packets.subarray(index[at + 3]!, index[at + 3]! + index[at + 4]!));
    }
  };

  const input = new InputState();
  const pacer = new Pacer(INPUT_RATE);
  pacer.saved = PREDICTED_SAVED;
  pacer.ahead = true;
  /** px a frame. */
  const steps: { step: number; ms: number; rest: number; turned: boolean }[] = [];
  let before: { x: number; y: number } | null = null;
  let [last, turnedAt, inputs, settled] = [0, 0, 0, 0];
  const interval = 1000 / frames;
  let vsync = 0;
  input.keyDown('ShiftLeft');
  const held = new Set<string>();
  const toggle = (code: string): void => {
    if (held.delete(code)) input.keyUp(code);
    else {
      held.add(code);
      input.keyDown(code);
    }
    turnedAt = now;
  };
  while (vsync < seconds * 1000) {
    vsync += interval;
    const frameAt = vsync + (2 * random() - 1) * frameJitter;
    for (; hostAt <= frameAt; hostAt += HOST_MS) {
      now = hostAt;
      host();
    }
    now = frameAt;
    for (const packet of down.filter(({ due }) => due <= now)) {
      down.splice(down.indexOf(packet), 1);
      wire.take(packet.bytes, packet.due);
    }
    if (free) {
      for (const code of ['KeyW', 'KeyA', 'KeyS', 'KeyD']) if (random() < 1.6 / frames) toggle(code);
      if (random() < 2 / frames) [input.mouseX, input.mouseY] = [random() * 480, random() * 270];
    } else if (vsync - turnedAt > 360) {
      // To and fro in the open, with the eyes ahead.
      if (held.size > 0) toggle('KeyW');
      toggle('KeyS');
      input.mouseY = held.has('KeyW') ? -2000 : 2000;
    }
    const elapsed = now - last;
    last = now;
    let due = pacer.due(elapsed);
    while (due) {
      wire.input(input.sample(now), now);
      inputs += 1;
      due = pacer.due(0);
    }
    const corrected = wire.prediction ? wire.prediction.corrections : 0;
    wire.frame(model, now, elapsed, pacer.share, 240, 135);
    if (!wire.prediction?.isPlaced || vsync < 2000) continue;
    if (settled === 0) settled = corrected;
    const { x, y } = model.ownFollower;
    if (before) steps.push({ step: Math.hypot(x - before.x, y - before.y), ms: interval, rest: wire.prediction.offset, turned: now - turnedAt < 150 });
    before = { x, y };
  }
  // What a frame moves beyond the fastest run, less what a correction that fades may take of it.
  let [excess, worst, plain] = [0, 0, 0];
  const speeds: number[] = [];
  for (const { step, ms, rest, turned } of steps) {
    const fade = rest * (Math.exp(ms / SMOOTHING_MS) - 1);
    worst = Math.max(worst, step);
    excess = Math.max(excess, step - (FASTEST * ms) / 1000 - fade);
    if (rest === 0) plain = Math.max(plain, step - (FASTEST * ms) / 1000);
    if (!turned && rest === 0 && step > 0.01) speeds.push((step / ms) * 1000);
  }
  speeds.sort((a, b) => a - b);
  const at = (share: number): number => speeds[Math.floor((speeds.length - 1) * share)] ?? 0;
  const { corrections, visibleCorrections: visible } = wire.prediction!;
  const result = { frames: steps.length, excess, plain, worst, p5: at(0.05), median: at(0.5), most: at(1), corrections, visible, inputs: inputs / seconds, messages: messages / seconds };
  if (process.env['SHOW']) console.log(`${frames} Hz ${latency} ms`, result);
  return result;
}

describe('the own body as it is drawn', () => {
  it('runs straight on at an even speed on any display', () => {
    for (const frames of [60, 120, 144, 240, 165, 75]) {
      const { median, p5, most, inputs } = play({ frames, latency: 50, jitter: 0, loss: 0, free: false, frameJitter: 0, seconds: 10 });
      expect(inputs).toBeCloseTo(60, 0);
      expect(median).toBeCloseTo(FASTEST, 0);
      expect(p5).toBeGreaterThan(FASTEST * 0.95);
      expect(most).toBeLessThan(FASTEST * 1.05);
    }
  }, 60_000);

  for (const frames of [60, 120, 144]) {
    it.each([0, 50, 100, 200])(`at ${frames} Hz never jumps, over %i ms with jitter and 5%% loss`, (latency) => {
      const { excess, plain, visible } = play({ frames, latency, jitter: latency === 0 ? 0 : Math.min(15, latency / 5), loss: 0.05 });
      // px beyond what the fastest run covers in a frame: a quarter of a playfield pixel comes of frames that are early or late.
      expect(plain).toBeLessThan(0.45);
      // The same while a correction fades, beyond its share of a tenth of a second.
      expect(excess).toBeLessThan(0.45);
      // Of some 360 snapshots.
      expect(visible).toBeLessThan(25);
    }, 30_000);
  }
});
