/**
 * A host in a few lines, for tests of the receiver: encodes a random world by PROTOCOL.md, deltas against what was
 * acknowledged, records until they are. Written apart from the receiver, so that a misreading shows.
 */
import { BitWriter } from '../src/wire/bits';
import type { UpMessage } from '../src/wire/up';

export type Random = () => number;

/** Numbers in [0, 1), the same ones for a seed (mulberry32). */
export function seeded(seed: number): Random {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Long loops let the test runner say that it is alive. */
export function breath(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

export interface Entry {
  x: number;
  y: number;
  facing: number;
  health: number;
  weapon: number;
  state: number;
}

interface Sent {
  entries: Map<number, Entry>;
  base: number;
  records: string[];
  acked: boolean;
}

export const WELCOME = {
  epoch: 1,
  map: [0x89abcdef, 0x01234567] as readonly number[],
  rules: [0x44332211, 0x88776655] as readonly number[],
  frame: 1000,
  tickRate: 60,
  step: 3,
  slot: 2,
  slices: 700,
  killTarget: 50,
};

export function writeWelcome(over: Partial<typeof WELCOME> = {}, version = 1): Uint8Array {
  const it = { ...WELCOME, ...over };
  const w = new BitWriter(400);
  w.u(2, 1);
  w.u(2, it.epoch);
  w.u(8, version);
  for (const word of [...it.map, ...it.rules]) w.u(32, word);
  w.uv(8, it.frame);
  w.u(8, it.tickRate);
  w.u(8, it.step);
  w.u(3, it.slot);
  w.u(13, it.slices - 1);
  w.uv(6, it.killTarget);
  for (const v of [50, 100, 150]) w.f32(v);
  w.flag(true);
  w.f32(Math.PI / 2);
  w.f32(0.5);
  w.flag(true);
  w.f32(0.8);
  w.f32(10);
  w.u(8, 60);
  for (const v of [2.094, 160, 12]) w.f32(v);
  w.flag(true);
  for (const v of [80, 220, 220, 1.57]) w.f32(v);
  w.f32(60);
  for (const v of [15000, 1500, 2000]) w.uv(8, v);
  for (const v of [0.95, 0.5, 0.5, 5]) w.f32(v);
  for (const v of [1500, 2000, 1000]) w.uv(8, v);
  for (const v of [1, 0.8, 0.6]) w.f32(v);
  w.f32(0.85);
  w.f32(300);
  w.f32(22000);
  return w.take();
}

const clamp = (v: number, most: number): number => Math.max(0, Math.min(most, v));
const whole = (random: Random, below: number): number => Math.floor(random() * below);

/** A record as data: key (what it replaces) and how it is written. */
export interface TestRecord {
  key: string;
  value: number[];
}

const WAYS = [[1, 0], [1, 1], [0, 1], [-1, 1], [-1, 0], [-1, -1], [0, -1], [1, -1]] as const;

export class TestHost {
  frame = WELCOME.frame;
  readonly entries = new Map<number, Entry>();
  /** What holds, by key. */
  readonly records = new Map<string, TestRecord>();
  readonly levels = new Map<number, number>();
  private readonly unsaid = new Set<string>();
  private readonly sent = new Map<number, Sent>();
  private newestAck = -1;
  private welcomed = false;
  private readonly velocity = new Map<number, [number, number]>();

  constructor(private readonly random: Random, readonly own = WELCOME.slot) {}

  /** Moves the world by a frame. */
  step(): void {
    const { random } = this;
    this.frame += random() < 0.1 ? 1 + whole(random, 5) : 1;
    for (let slot = 0; slot < 8; slot += 1) {
      const entry = this.entries.get(slot);
      if (!entry) {
        if (slot === this.own || random() < 0.1) this.entries.set(slot, this.fresh());
        continue;
      }
      if (slot !== this.own && random() < 0.05) {
        this.entries.delete(slot);
        continue;
      }
      const v = this.velocity.get(slot) ?? [0, 0];
      if (random() < 0.2) this.velocity.set(slot, [whole(random, 160) - 80, whole(random, 160) - 80]);
      if (random() < 0.2) this.velocity.set(slot, [[40, 0], [57, -57], [0, 120], [-80, 0]][whole(random, 4)] as [number, number]);
      entry.x = clamp(entry.x + v[0], 7680);
      entry.y = clamp(entry.y + v[1], 4320);
      if (random() < 0.02) Object.assign(entry, this.fresh());
      if (random() < 0.5) entry.facing = (entry.facing + whole(random, 40) - 20) & 255;
      if (random() < 0.1) entry.health = whole(random, 101);
      if (random() < 0.1) entry.weapon = whole(random, 16);
      if (random() < 0.2) entry.state = whole(random, 64);
    }
    const changes = whole(random, 3);
    for (let i = 0; i < changes; i += 1) this.change();
  }

  private fresh(): Entry {
    const { random } = this;
    return {
      x: whole(random, 7681), y: whole(random, 4321), facing: whole(random, 256), health: whole(random, 101),
      weapon: whole(random, 16), state: whole(random, 64),
    };
  }

  private say(key: string, value: number[]): void {
    this.records.set(key, { key, value });
    this.unsaid.add(key);
  }

  private change(): void {
    const { random } = this;
    const small = (): number => whole(random, 2 ** whole(random, 12));
    switch (whole(random, 7)) {
      case 0: {
        const slice = whole(random, WELCOME.slices);
        const level = whole(random, 5);
        this.levels.set(slice, level);
        this.say(`0:${slice}`, [slice, level]);
        return;
      }
      case 1: {
        const slot = whole(random, 8);
        this.say(`1:${slot}`, [slot, whole(random, 2), whole(random, 2), whole(random, 2), small(), small()]);
        return;
      }
      case 2:
        this.say('2', [small(), small(), whole(random, 2), whole(random, 3)]);
        return;
      case 3: {
        const place = whole(random, 5);
        this.say(`3:${place}`, [place, whole(random, 16), small(), small()]);
        return;
      }
      case 4: {
        const number = whole(random, 64);
        this.say(`8:${number}`, [
          number, whole(random, 2), whole(random, 15), whole(random, 2), whole(random, 7681), whole(random, 4321),
          whole(random, 16384) - 8192, whole(random, 16384) - 8192,
        ]);
        return;
      }
      case 5: {
        const number = whole(random, 32);
        this.say(`9:${number}`, [number, whole(random, 7681), whole(random, 4321), small()]);
        return;
      }
      default:
        this.say('10', [whole(random, 256), whole(random, 3)]);
    }
  }

  /** Takes an acknowledgement as section 3 has it. */
  hear(up: UpMessage): void {
    if (up.epoch !== WELCOME.epoch || !up.ack) return;
    this.welcomed = true;
    const whole12 = this.frame - ((this.frame - up.ack.frame) & 0xfff);
    for (let i = -1; i < (up.ack.long ? 31 : 8); i += 1) {
      const frame = whole12 - 1 - i;
      const sent = this.sent.get(frame);
      if (!sent) continue;
      const got = i < 0 || ((up.ack.mask >>> i) & 1) === 1;
      if (got) {
        sent.acked = true;
        this.newestAck = Math.max(this.newestAck, frame);
        sent.records.length = 0;
      } else {
        for (const key of sent.records) this.unsaid.add(key);
        sent.records.length = 0;
      }
    }
  }

  write(): Uint8Array {
    if (!this.welcomed) return writeWelcome({ frame: this.frame });
    const w = new BitWriter(4000);
    for (const [frame, sent] of this.sent) {
      if (this.frame - frame <= 31) continue;
      // Given up and said anew.
      if (!sent.acked) for (const key of sent.records) this.unsaid.add(key);
      if (this.frame - frame > 70) this.sent.delete(frame);
    }
    const base = this.newestAck >= 0 && this.frame - this.newestAck <= 31 ? this.sent.get(this.newestAck)! : null;
    w.u(2, 0);
    w.u(2, WELCOME.epoch);
    w.u(12, this.frame);
    const back = base ? this.frame - this.newestAck : 0;
    if (!w.flag(back === 1)) w.u(5, back);
    // Inputs come as the ticks do, mostly.
    const input = (this.frame * 3) & 255;
    if (!base || !w.flag(input === ((this.newestAck * 3 + back * 3) & 255))) w.u(8, input);
    if (w.flag(this.frame % 3 === 0)) w.u(4, this.frame % 16);
    this.writePlayers(w, base);
    const said = [...this.unsaid].slice(0, 6);
    for (const key of said) this.unsaid.delete(key);
    if (w.flag(said.length > 0)) {
      said.forEach((key, i) => {
        this.writeRecord(w, this.records.get(key)!);
        w.flag(i + 1 < said.length);
      });
    }
    w.flag(false);
    const entries = new Map([...this.entries].map(([slot, entry]) => [slot, { ...entry }]));
    this.sent.set(this.frame, { entries, base: base ? this.newestAck : -1, records: said, acked: false });
    return w.take();
  }

  private writePlayers(w: BitWriter, base: Sent | null): void {
    const known = base ? [...base.entries.keys()].sort() : [];
    const now = [...this.entries.keys()].sort();
    if (w.flag(known.join() !== now.join())) {
      let mask = 0;
      for (const slot of now) mask |= 1 << slot;
      w.u(8, mask);
    }
    for (const slot of now) {
      const entry = this.entries.get(slot)!;
      const b = base?.entries.get(slot);
      if (!base || !b) {
        w.u(13, entry.x);
        w.u(13, entry.y);
        if (slot !== this.own) w.u(8, entry.facing);
        w.u(7, entry.health);
        w.u(4, entry.weapon);
        w.u(6, entry.state);
        continue;
      }
      let [px, py] = [b.x, b.y];
      const previous = base.base >= 0 ? this.sent.get(base.base) : undefined;
      const p = previous?.entries.get(slot);
      if (p && this.frame - base.base <= 31 && b.state & 8 && p.state & 8) {
        const n = this.frame - this.newestAck;
        const d = this.newestAck - base.base;
        const round = (v: number): number => Math.floor((2 * v * n + d) / (2 * d));
        px = clamp(b.x + round(b.x - p.x), 7680);
        py = clamp(b.y + round(b.y - p.y), 4320);
      }
      const [dx, dy] = [entry.x - px, entry.y - py];
      const far = Math.max(dx < 0 ? -dx - 1 : dx, dy < 0 ? -dy - 1 : dy);
      const turns = slot !== this.own && entry.facing !== b.facing;
      const rest = entry.health !== b.health || entry.weapon !== b.weapon || entry.state !== b.state;
      if (!w.flag(dx !== 0 || dy !== 0 || turns || rest)) continue;
      if (w.flag(rest)) {
        if (w.flag(entry.health !== b.health)) w.u(7, entry.health);
        if (w.flag(entry.weapon !== b.weapon)) w.u(4, entry.weapon);
        if (w.flag(entry.state !== b.state)) w.u(6, entry.state);
      }
      if (slot !== this.own && w.flag(turns)) {
        const turn = ((entry.facing - b.facing + 128) & 255) - 128;
        if (!w.flag(turn < -4 || turn > 4)) w.u(3, turn < 0 ? turn + 4 : turn + 3);
        else if (!w.flag(turn < -32 || turn > 31)) w.s(6, turn);
        else w.u(8, entry.facing);
      }
      // Speeds of 50, 100 and 150 px/s, three inputs a frame.
      const back = this.frame - this.newestAck;
      const speed = [0, 50, 100, 150][entry.state & 3]!;
      const way = (speed * 16 * back * 3) / 60;
      const stride = WAYS.findIndex(([ux, uy]) => {
        const far = Math.floor(way * (ux && uy ? 0.7071067811865476 : 1) + 0.5);
        return Math.abs(entry.x - b.x - ux * far) <= 1 && Math.abs(entry.y - b.y - uy * far) <= 1;
      });
      if (dx === 0 && dy === 0) w.u(2, 0);
      else if (stride >= 0) {
        const [ux, uy] = WAYS[stride]!;
        const by = Math.floor(way * (ux && uy ? 0.7071067811865476 : 1) + 0.5);
        w.u(2, 1);
        w.u(3, stride);
        w.u(4, (entry.x - b.x - ux * by + 1) * 3 + entry.y - b.y - uy * by + 1);
      } else if (far < 128) {
        w.u(2, 2);
        if (w.flag(Math.abs(dx) <= 1 && Math.abs(dy) <= 1)) w.u(4, (dx + 1) * 3 + dy + 1);
        else {
          w.s(8, dx);
          w.s(8, dy);
        }
      } else {
        w.u(2, 3);
        w.u(13, entry.x);
        w.u(13, entry.y);
      }
    }
  }

  private writeRecord(w: BitWriter, { key, value }: TestRecord): void {
    const type = Number(key.split(':')[0]);
    const v = (i: number): number => value[i]!;
    w.u(4, type);
    switch (type) {
      case 0:
        w.uv(3, 0);
        w.uv(6, v(0));
        w.u(3, v(1));
        return;
      case 1:
        w.u(3, v(0));
        if (!w.flag(v(1) === 1)) return;
        w.u(1, v(2));
        w.u(1, v(3));
        w.uv(4, v(4));
        w.uv(4, v(5));
        return;
      case 2:
        w.uv(5, v(0));
        w.uv(5, v(1));
        if (w.flag(v(2) === 1)) w.u(2, v(3));
        return;
      case 3:
        w.u(3, v(0));
        w.u(4, v(1));
        if (v(1) === 15) return;
        w.uv(5, v(2));
        w.uv(6, v(3));
        return;
      case 8:
        w.u(6, v(0));
        if (!w.flag(v(1) === 1)) return;
        w.u(4, v(2));
        w.u(1, v(3));
        w.u(13, v(4));
        w.u(13, v(5));
        w.s(14, v(6));
        w.s(14, v(7));
        return;
      case 9:
        w.u(5, v(0));
        w.u(13, v(1));
        w.u(13, v(2));
        w.uv(8, v(3));
        return;
      default:
        w.u(8, v(0));
        w.u(3, v(1));
    }
  }
}
