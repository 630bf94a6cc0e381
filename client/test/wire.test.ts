import { describe, expect, it } from 'vitest';
import {
  AS_THE_MAP, BitReader, BitWriter, Button, EventType, fixed, NO_WEAPON, readUp, RecordType, weaponNumber, WireError, WireReceiver, WireSender,
  writeUp, type UpMessage,
} from '../src/wire';
import { seeded, TestHost, WELCOME, writeWelcome } from './wireHost';

function reader(bytes: Uint8Array): BitReader {
  const r = new BitReader();
  r.open(bytes);
  return r;
}

function built(build: (w: BitWriter) => void): Uint8Array {
  const w = new BitWriter(1000);
  build(w);
  return w.take();
}

/** The header of a snapshot of the test's epoch, with no player, to which a test appends. */
function snapshot(frame: number, base: number, rest: (w: BitWriter) => void, epoch = WELCOME.epoch, input = 0): Uint8Array {
  return built((w) => {
    w.u(2, 0);
    w.u(2, epoch);
    w.u(12, frame);
    if (!w.flag(base === 1)) w.u(5, base);
    if (base > 0) w.flag(false);
    w.u(8, input);
    w.flag(false);
    rest(w);
  });
}

function welcomed(): WireReceiver {
  const receiver = new WireReceiver();
  expect(receiver.take(writeWelcome())).toBe('welcome');
  return receiver;
}

describe('bits', () => {
  it('lowest bit first, from the lowest bit of each byte', () => {
    const bytes = built((w) => {
      w.u(3, 0b101);
      w.u(13, 0x1234 & 0x1fff);
      w.s(4, -3);
    });
    expect([...bytes]).toEqual([0b101 | ((0x1234 << 3) & 0xff), (0x1234 >> 5) & 0xff, 0b1101]);
    const r = reader(bytes);
    expect([r.u(3), r.u(13), r.s(4)]).toEqual([5, 0x1234, -3]);
    r.finish();
  });

  it('what was written is read again, for random fields', () => {
    const random = seeded(1);
    for (let round = 0; round < 300; round += 1) {
      const fields = Array.from({ length: 30 }, () => {
        const bits = 1 + Math.floor(random() * 32);
        return { kind: Math.floor(random() * 4), bits, value: Math.floor(random() * 2 ** (random() < 0.2 ? 32 : bits)) };
      });
      const bytes = built((w) => {
        for (const { kind, bits, value } of fields) {
          if (kind === 0) w.u(bits, value % 2 ** bits);
          else if (kind === 1) w.s(bits, (value % 2 ** bits) - 2 ** (bits - 1));
          else if (kind === 2) w.uv(1 + (bits & 7), value);
          else w.f32(Math.fround(value / 7));
        }
      });
      const r = reader(bytes);
      for (const { kind, bits, value } of fields) {
        if (kind === 0) expect(r.u(bits)).toBe(value % 2 ** bits);
        else if (kind === 1) expect(r.s(bits)).toBe((value % 2 ** bits) - 2 ** (bits - 1));
        else if (kind === 2) expect(r.uv(1 + (bits & 7))).toBe(value);
        else expect(r.f32()).toBe(Math.fround(value / 7));
      }
      r.finish();
    }
  });

  it('refuses the end, leftovers, long numbers and NaN', () => {
    expect(() => reader(new Uint8Array([0])).u(9)).toThrow(WireError);
    expect(() => reader(new Uint8Array(0)).flag()).toThrow(WireError);
    const left = reader(new Uint8Array([0, 0]));
    left.u(8);
    expect(() => left.finish()).toThrow(WireError);
    const bit = reader(new Uint8Array([0x80]));
    bit.u(7);
    expect(() => bit.finish()).toThrow(WireError);
    // 0 in two groups.
    expect(() => reader(built((w) => { w.u(3, 5); w.flag(true); w.u(3, 0); w.flag(false); })).uv(3)).toThrow(WireError);
    // A group of 0 in the middle is part of a number.
    expect(reader(built((w) => w.uv(3, 64))).uv(3)).toBe(64);
    expect(reader(built((w) => w.uv(8, 0xffff_ffff))).uv(8)).toBe(0xffff_ffff);
    expect(() => reader(new Uint8Array(40).fill(0xff)).uv(8)).toThrow(WireError);
    expect(() => reader(new Uint8Array(40).fill(0xff)).uv(3)).toThrow(WireError);
    for (const bits of [0x7f80_0000, 0xff80_0000, 0x7fc0_0000]) {
      expect(() => reader(built((w) => w.u(32, bits))).f32()).toThrow(WireError);
    }
  });
});

describe('the receiver', () => {
  it('takes a welcome whole', () => {
    const receiver = welcomed();
    const { welcome } = receiver;
    expect(welcome).toMatchObject({
      epoch: 1, map: '0123456789abcdef', rulesHash: '8877665544332211', frame: 1000, tickRate: 60, step: 3, slot: 2,
      slices: 700, killTarget: 50,
    });
    expect(welcome?.rules.movement).toEqual({
      sneak: 50, walk: 100, run: 150, runArc: Math.fround(Math.PI / 2), aimSpeed: 0.5, aimStopsRun: true,
      stop: Math.fround(0.8), idle: 10,
    });
    expect(welcome?.rules.flash.phasesMs).toEqual([1500, 2000, 1000]);
    expect(welcome?.rules.cutoffHz).toEqual([300, 22000]);
    expect(receiver.state.levels).toHaveLength(700);
    expect(receiver.state.levels[5]).toBe(AS_THE_MAP);
    expect(receiver.newest).toBe(1000);
  });

  it('takes a welcome only of the next epochs, and refuses another version', () => {
    const receiver = welcomed();
    expect(receiver.take(writeWelcome({ epoch: 1 }))).toBe('dropped');
    expect(receiver.take(writeWelcome({ epoch: 0 }))).toBe('dropped');
    expect(receiver.take(writeWelcome({ epoch: 3 }))).toBe('welcome');
    expect(receiver.take(writeWelcome({ epoch: 0 }))).toBe('welcome');
    expect(() => receiver.take(writeWelcome({}, 2))).toThrow(WireError);
    expect(() => receiver.take(writeWelcome({ tickRate: 19 }))).toThrow(WireError);
    expect(() => receiver.take(writeWelcome({ frame: 2 ** 31 - 1 }))).toThrow(WireError);
    expect(() => receiver.take(new Uint8Array(2049))).toThrow(WireError);
  });

  it('takes what is newer and against a base it has; drops the rest', () => {
    const receiver = welcomed();
    const empty = (w: BitWriter): void => {
      w.flag(false);
      w.flag(false);
      w.flag(false);
    };
    expect(new WireReceiver().take(snapshot(1001, 0, empty))).toBe('dropped');
    expect(receiver.take(snapshot(1000, 0, empty))).toBe('dropped');
    expect(receiver.take(snapshot(1002, 0, empty))).toBe('snapshot');
    expect(receiver.take(snapshot(1002, 0, empty))).toBe('dropped');
    expect(receiver.take(snapshot(1001, 0, empty))).toBe('dropped');
    expect(receiver.take(snapshot(1005, 4, empty))).toBe('dropped');
    expect(receiver.take(snapshot(1005, 3, empty))).toBe('snapshot');
    expect(receiver.ackMask).toBe(0b10100);
    // The number wraps; half the range ahead is taken, the other half is old.
    expect(receiver.take(snapshot((1005 + 2047) & 0xfff, 0, empty))).toBe('snapshot');
    expect(receiver.state.frame).toBe(3052);
    expect(receiver.state.tick).toBe(3052 * 3);
    expect(receiver.ackMask).toBe(0);
    expect(receiver.take(snapshot((3052 + 31) & 0xfff, 31, empty))).toBe('snapshot');
    expect(receiver.ackMask).toBe(0x4000_0000);
  });

  it('a refused message changes nothing, whatever is wrong and wherever', () => {
    const receiver = welcomed();
    const score = (w: BitWriter, then: (w: BitWriter) => void): void => {
      w.flag(true);
      w.u(8, 4);
      w.u(13, 100);
      w.u(13, 200);
      w.u(7, 100);
      w.u(4, 0);
      w.u(6, 8);
      w.flag(true);
      w.u(4, RecordType.SCORE);
      w.u(3, 1);
      w.flag(true);
      w.u(2, 3);
      w.uv(4, 7);
      w.uv(4, 9);
      then(w);
    };
    const good = (w: BitWriter): void => {
      w.flag(false);
      w.flag(false);
    };
    const before = JSON.stringify(receiver.state);
    for (const bad of [
      (w: BitWriter) => { w.flag(true); w.u(4, 12); w.flag(false); w.flag(false); },
      (w: BitWriter) => { w.flag(true); w.u(4, RecordType.SLICES); w.uv(3, 0); w.uv(6, 700); w.u(3, 1); good(w); },
      (w: BitWriter) => { w.flag(true); w.u(4, RecordType.SLICES); w.uv(3, 0); w.uv(6, 3); w.u(3, 5); good(w); },
      (w: BitWriter) => { w.flag(true); w.u(4, RecordType.HANDS); w.u(3, 5); },
      (w: BitWriter) => { w.flag(true); w.u(4, RecordType.FLASH); w.uv(6, 1); w.f32(0); good(w); },
      (w: BitWriter) => { w.flag(true); w.u(4, RecordType.ANSWER); w.u(8, 1); w.u(3, 3); good(w); },
      (w: BitWriter) => { w.flag(false); w.flag(true); w.flag(false); w.flag(true); w.flag(true); w.flag(true); w.u(2, 3); },
      (w: BitWriter) => { w.flag(false); w.flag(false); w.u(8, 0); },
      (w: BitWriter) => { w.flag(false); w.flag(true); },
    ]) {
      expect(() => receiver.take(snapshot(1001, 0, (w) => score(w, bad)))).toThrow(WireError);
      expect(JSON.stringify(receiver.state)).toBe(before);
    }
    expect(receiver.take(snapshot(1001, 0, (w) => score(w, good)))).toBe('snapshot');
    expect(receiver.state.scores[1]).toEqual({ there: true, blue: true, alive: true, kills: 7, deaths: 9 });
    expect(receiver.touched).toBe(1 << RecordType.SCORE);
  });

  it('reads messages, places near to who is named', () => {
    const receiver = welcomed();
    receiver.take(
      snapshot(1001, 0, (w) => {
        w.flag(true);
        w.u(8, 1 << 2);
        w.u(13, 1000);
        w.u(13, 500);
        w.u(7, 50);
        w.u(4, 3);
        w.u(6, 8);
        w.flag(false);
        w.flag(true);
        // A step of somebody, muffled, two ticks ago.
        w.flag(false);
        w.flag(false);
        w.uv(2, 2);
        w.flag(false);
        w.flag(true);
        w.u(2, 1);
        w.u(8, 77);
        w.u(6, 33);
        w.flag(true);
        w.u(6, 20);
        w.flag(true);
        // The own shot.
        w.flag(true);
        w.flag(false);
        w.uv(2, 0);
        w.u(3, EventType.FIRED);
        w.u(3, 2);
        // The weapon in hand; near, and beside.
        w.flag(true);
        w.flag(false);
        w.flag(true);
        w.s(8, -100);
        w.s(8, 127);
        w.u(8, 64);
        w.flag(false);
      }),
    );
    expect(receiver.messageCount).toBe(2);
    const [step, shot] = receiver.messages;
    expect(step).toMatchObject({ isSound: true, own: false, type: 1, gain: 77, direction: 33, cutoff: 20, tick: 3001 });
    expect(shot).toMatchObject({ isSound: false, type: EventType.FIRED, who: 2, weapon: 3, x: 900, y: 627, facing: 64, tick: 3003 });
  });

  it('follows a host through loss, repetition and disorder, to the last field', () => {
    for (let seed = 1; seed <= 25; seed += 1) {
      const random = seeded(seed);
      const loss = seed % 5 === 0 ? 0.6 : 0.2;
      const host = new TestHost(random);
      const receiver = new WireReceiver();
      const sender = new WireSender(receiver);
      const down: { due: number; bytes: Uint8Array }[] = [];
      const up: { due: number; bytes: Uint8Array }[] = [];
      const lossy = (channel: typeof down, bytes: Uint8Array, at: number): void => {
        for (let copies = random() < loss ? 0 : random() < 0.1 ? 2 : 1; copies > 0; copies -= 1) {
          channel.push({ due: at + 1 + Math.floor(random() * 6), bytes });
        }
      };
      let taken = 0;
      for (let round = 0; round < 400; round += 1) {
        host.step();
        lossy(down, host.write(), round);
        for (const packet of down.filter(({ due }) => due <= round)) {
          down.splice(down.indexOf(packet), 1);
          if (receiver.take(packet.bytes) !== 'snapshot') continue;
          taken += 1;
        }
        const message = sender.write(0);
        if (message) lossy(up, message.slice(), round);
        for (const packet of up.filter(({ due }) => due <= round)) {
          up.splice(up.indexOf(packet), 1);
          host.hear(readUp(packet.bytes));
        }
      }
      expect(taken).toBeGreaterThan(50);
      // The world rests, and some snapshots arrive in order.
      for (let round = 0; round < 80; round += 1) {
        host.frame += 1;
        const result = receiver.take(host.write());
        expect(result).toBe('snapshot');
        const { players, input, frame } = receiver.state;
        expect(frame).toBe(host.frame);
        expect(input).toBe((host.frame * 3) & 255);
        for (let slot = 0; slot < 8; slot += 1) {
          const entry = host.entries.get(slot);
          expect(players.has(slot)).toBe(entry !== undefined);
          if (!entry) continue;
          const facing = slot === host.own ? 0 : entry.facing;
          expect({
            x: players.x[slot], y: players.y[slot], facing: players.facing[slot], health: players.health[slot],
            weapon: players.weapon[slot], state: players.state[slot],
          }).toEqual({ ...entry, facing });
        }
        host.hear(readUp(sender.write(0)!));
      }
      const { state } = receiver;
      for (const [slice, level] of host.levels) expect(state.levels[slice]).toBe(level);
      for (const { key, value } of host.records.values()) {
        if (key.startsWith('1:') && value[1] === 1) expect(state.scores[value[0]!]).toMatchObject({ kills: value[4], deaths: value[5] });
        if (key.startsWith('3:') && value[1] !== NO_WEAPON) {
          expect(state.places[value[0]!]).toEqual({ weapon: value[1], rounds: value[2], reserve: value[3] });
        }
        if (key.startsWith('8:')) expect(state.flights[value[0]!]!.there).toBe(value[1] === 1);
      }
    }
  });
});

describe('up', () => {
  it('what was written is read again', () => {
    const random = seeded(9);
    const w = new BitWriter(256);
    const some = (below: number): number => Math.floor(random() * below);
    for (let round = 0; round < 2000; round += 1) {
      const last = some(65536);
      const count = some(13);
      let [held, x, y] = [some(65536), some(4000) - 2000, some(4000) - 2000];
      const message: UpMessage = {
        epoch: some(4),
        ack: random() < 0.8 ? { frame: some(4096), long: random() < 0.5, mask: some(256) } : null,
        exact: random() < 0.2,
        request:
          random() < 0.3
            ? {
                number: some(256),
                what: random() < 0.5 ? { type: 'respawn' } : { type: 'loadout', primary: some(16), secondary: some(16), support: [some(16), some(16), 15], team: some(3) },
              }
            : null,
        view: count > 0 ? some(30) : 0,
        inputs: Array.from({ length: count }, (_, i) => {
          if (random() < 0.2) held = some(65536);
          if (random() < 0.5) {
            x += some(100) - 50;
            y += some(100) - 50;
          }
          if (random() < 0.05) x = some(65536) - 32768;
          return {
            sequence: (last - (count - 1 - i)) & 0xffff, held, taps: random() < 0.1 ? some(65536) : 0,
            cursorX: Math.max(-32768, Math.min(32767, x)), cursorY: y,
          };
        }),
      };
      w.begin();
      writeUp(w, message);
      expect(w.view().length).toBeLessThanOrEqual(256);
      expect(readUp(w.view())).toEqual(message);
    }
  });

  it('repeats inputs until they are confirmed, three at least and twelve at most', () => {
    const receiver = welcomed();
    const sender = new WireSender(receiver);
    for (let sequence = 1; sequence <= 40; sequence += 1) expect(sender.push(Button.UP, 0, 10, 10).sequence).toBe(sequence);
    expect(readUp(sender.write(5)!).inputs).toHaveLength(12);
    receiver.take(
      built((w) => {
        w.u(2, 0);
        w.u(2, 1);
        w.u(12, 1001);
        w.flag(false);
        w.u(5, 0);
        w.u(8, 36);
        for (let i = 0; i < 4; i += 1) w.flag(false);
      }),
    );
    expect(sender.confirmed).toBe(36);
    const up = readUp(sender.write(5)!);
    expect(up.inputs.map(({ sequence }) => sequence)).toEqual([37, 38, 39, 40]);
    expect(up.ack).toMatchObject({ frame: 1001, mask: 1 });
    expect(up.view).toBe(5);
    receiver.state.input = 40;
    expect(readUp(sender.write(0)!).inputs).toHaveLength(3);
    receiver.take(writeWelcome({ epoch: 2 }));
    expect(readUp(sender.write(0)!)).toMatchObject({ epoch: 2, inputs: [] });
    expect(sender.push(0, 0, 0, 0).sequence).toBe(1);
    // Older ones wait at the host, and the newest applied is counted from the first of this epoch.
    receiver.take(snapshot(1001, 0, (w) => { for (let i = 0; i < 3; i += 1) w.flag(false); }, 2, 254));
    expect(sender.confirmed).toBe(-2);
    expect(readUp(sender.write(0)!).inputs).toHaveLength(1);
  });

  it('asks until it is answered, one thing after another', () => {
    const receiver = welcomed();
    const sender = new WireSender(receiver);
    const answers: string[] = [];
    sender.onAnswer = (what, answer) => answers.push(`${what.type} ${answer}`);
    const loadout = { type: 'loadout', primary: weaponNumber('smg'), secondary: 5, support: [12], team: 2 } as const;
    sender.ask({ type: 'respawn' });
    sender.ask({ type: 'respawn' });
    sender.ask(loadout);
    expect(readUp(sender.write(0)!).request).toEqual({ number: 1, what: { type: 'respawn' } });
    sender.heard();
    expect(readUp(sender.write(0)!).request?.number).toBe(1);
    Object.assign(receiver.state.answer, { number: 1, result: 1 });
    sender.heard();
    expect(readUp(sender.write(0)!).request).toEqual({ number: 2, what: { ...loadout, support: [12, 15, 15] } });
    Object.assign(receiver.state.answer, { number: 2, result: 0 });
    sender.heard();
    expect(readUp(sender.write(0)!).request).toBeNull();
    expect(answers).toEqual(['respawn not now', 'loadout done']);
  });

  it('rounds a cursor as the engine does', () => {
    expect(fixed(0.03125)).toBe(1);
    expect(fixed(-0.03125)).toBe(-1);
    expect(fixed(1e9)).toBe(32000);
  });
});
