import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BASELINES } from '../src/wire/receiver';
import { readUp, WireError, WireReceiver, WireSender } from '../src/wire';
import { breath, seeded, TestHost, writeWelcome, type Random } from './wireHost';

/** Of each of the two; longer with WIRE_FUZZ_SECONDS. */
const SECONDS = Number(process.env['WIRE_FUZZ_SECONDS'] ?? 4);
const SEED = Number(process.env['WIRE_FUZZ_SEED'] ?? 20_261_124);
const GOLDEN = join(import.meta.dirname, '../../engine/tests/golden/wire');

function goldens(): Uint8Array[] {
  if (!existsSync(GOLDEN)) return [];
  return readdirSync(GOLDEN).filter((name) => name.endsWith('.bin')).map((name) => new Uint8Array(readFileSync(join(GOLDEN, name))));
}

/** Messages of a host and of the goldens, as food for mutations. */
function corpus(random: Random): { down: Uint8Array[]; up: Uint8Array[] } {
  const down: Uint8Array[] = [writeWelcome(), ...goldens()];
  const up: Uint8Array[] = [];
  const host = new TestHost(random);
  const receiver = new WireReceiver();
  const sender = new WireSender(receiver);
  for (let i = 0; i < 300; i += 1) {
    host.step();
    const bytes = host.write();
    down.push(bytes);
    receiver.take(bytes);
    for (let k = 0; k < 3; k += 1) sender.push(Math.floor(random() * 65536), random() < 0.1 ? 64 : 0, random() * 480, random() * 270);
    if (i % 40 === 0) sender.ask({ type: 'respawn' });
    const message = sender.write(i % 9)!.slice();
    up.push(message);
    if (random() < 0.8) host.hear(readUp(message));
  }
  return { down, up };
}

function mutated(random: Random, from: readonly Uint8Array[]): Uint8Array {
  const whole = (below: number): number => Math.floor(random() * below);
  const kind = random();
  if (kind < 0.15) return Uint8Array.from({ length: whole(random() < 0.1 ? 2000 : 60) }, () => whole(256));
  let bytes = from[whole(from.length)]!.slice();
  if (kind < 0.3) bytes = bytes.slice(0, whole(bytes.length + 1));
  else if (kind < 0.4) {
    const other = from[whole(from.length)]!;
    const joint = new Uint8Array(bytes.length + other.length);
    joint.set(bytes);
    joint.set(other, bytes.length);
    bytes = joint.slice(whole(4), 1 + whole(joint.length));
  }
  for (let flips = whole(8); flips > 0 && bytes.length > 0; flips -= 1) {
    // Often early: there stands what changes the meaning of all the rest.
    const at = random() < 0.5 ? whole(Math.min(8, bytes.length)) : whole(bytes.length);
    bytes[at]! ^= 1 << whole(8);
  }
  return bytes;
}

describe('fuzz', () => {
  it(`down, ${SECONDS} s: refuses or takes, throws nothing else, grows no further`, async () => {
    const random = seeded(SEED);
    const { down } = corpus(random);
    let receiver = new WireReceiver();
    receiver.take(writeWelcome());
    const counts = { taken: 0, refused: 0, dropped: 0 };
    let before = '';
    const end = performance.now() + SECONDS * 1000;
    for (let round = 0; performance.now() < end; round += 1) {
      if (round % 20_000 === 0) await breath();
      if (round % 5000 === 0) {
        receiver = new WireReceiver();
        receiver.take(writeWelcome());
      }
      const bytes = mutated(random, down);
      const looks = round % 50 === 0;
      if (looks) before = JSON.stringify([receiver.state, receiver.welcome, receiver.messages, receiver.ackMask]);
      try {
        const taken = receiver.take(bytes);
        counts[taken === 'dropped' ? 'dropped' : 'taken'] += 1;
        if (looks && taken === 'dropped') expect(JSON.stringify([receiver.state, receiver.welcome, receiver.messages, receiver.ackMask])).toBe(before);
      } catch (error) {
        if (!(error instanceof WireError)) throw new Error(`seed ${SEED}, round ${round}: ${Buffer.from(bytes).toString('hex')}`, { cause: error });
        counts.refused += 1;
        if (looks) expect(JSON.stringify([receiver.state, receiver.welcome, receiver.messages, receiver.ackMask])).toBe(before);
      }
      const { state } = receiver;
      if (state.levels.length > 8192 || receiver.slices.length > 2400) throw new Error('more slices than there can be');
      // The shortest message is a denied event of 10 bits.
      if (receiver.messages.length > (2048 * 8) / 10) throw new Error('more messages than fit');
      if (receiver.sliceCount > receiver.slices.length) throw new Error('slices');
      if (state.flights.length !== 64 || state.clouds.length !== 32 || state.scores.length !== 8) throw new Error('records');
      for (let slot = 0; slot < 8; slot += 1) {
        if (!state.players.has(slot)) continue;
        if (state.players.x[slot]! > 7680 || state.players.y[slot]! > 4320 || state.players.health[slot]! > 100) throw new Error('range');
      }
    }
    expect(BASELINES).toBe(64);
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(100);
  }, (SECONDS + 30) * 1000);

  it(`up, ${SECONDS} s: the reader refuses or takes`, async () => {
    const random = seeded(SEED + 1);
    const { up } = corpus(random);
    const counts = { taken: 0, refused: 0 };
    const end = performance.now() + SECONDS * 1000;
    for (let round = 0; performance.now() < end; round += 1) {
      if (round % 20_000 === 0) await breath();
      const bytes = mutated(random, up);
      try {
        readUp(bytes);
        counts.taken += 1;
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        counts.refused += 1;
      }
    }
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(100);
  }, (SECONDS + 30) * 1000);
});
