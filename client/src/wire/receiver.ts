import { BitReader, WireError } from './bits';
import {
  DOWN_MOST, EventType, NO_WEAPON, NOBODY, PLACES, RecordType, SLOTS, SOUND_COUNT, X_MOST, Y_MOST,
} from './names';
import { PlayerColumns, WireMessage, WireState } from './state';
import { readWelcome, type Welcome, type WireRules } from './welcome';

/** Frames whose player entries are kept: those that a snapshot may name as its base, and more. */
export const BASELINES = 64;
/** Frames back beyond which a position is not predicted, and a base is not named. */
const REACH = 31;
const FRAME_MASK = 0xfff;
const HALF_RANGE = 0x800;
/** Kinds of sound that are steps, which are written otherwise. */
const STEPS = 3;
const POINTS_MOST = 0xffff;
/** Slices that a message can name at most: each takes 7 bits of it. */
const SLICES_NAMED = Math.ceil((DOWN_MOST * 8) / 7);

/** What became of a message. */
export type Taken =
  /** A new epoch began; the state is as at its beginning. */
  | 'welcome'
  /** The state is that of a newer frame. */
  | 'snapshot'
  /** The host will send no more; see {@link WireReceiver.farewell}. */
  | 'farewell'
  /** Of another epoch, too old, repeated, or against a base that was never taken. Nothing changed. */
  | 'dropped';

export const FAREWELLS = ['over', 'version', 'replaced', 'removed'] as const;

class Baseline extends PlayerColumns {
  /** Whole number; -1: empty. */
  frame = -1;
  /** Frame of its own base; -1: it was full. */
  base = -1;
  /** Lowest 8 bits of the last own input applied. */
  input = 0;
}

/** The eight ways that keys move a player, in eighths of a turn clockwise from +x. */
const WAY_X = [1, 1, 0, -1, -1, -1, 0, 1] as const;
const WAY_Y = [0, 1, 1, 1, 0, -1, -1, -1] as const;
const STRIDE_MOST = 8191;

/**
 * The client's end of a link, down: whole messages in, {@link WireState} out. The engine's `Receiver` is its twin.
 *
 * Memory is bounded: 64 baselines of 64 bytes, a byte for each slice (8192 at most) and room for those named, and as many message objects as the
 * longest message held (at most {@link DOWN_MOST} bytes). Taking a snapshot allocates nothing once these exist.
 */
export class WireReceiver {
  /** Of the present epoch; null before the first. */
  welcome: Welcome | null = null;
  /** Why the host said farewell; empty: it did not. */
  farewell: '' | (typeof FAREWELLS)[number] = '';
  readonly state = new WireState();
  /** What happened once, as the last snapshot taken told it: the first {@link WireReceiver.messageCount} of these. */
  readonly messages: WireMessage[] = [];
  messageCount = 0;
  /** Bit = type: records that the last snapshot taken held. */
  touched = 0;
  /** Slices that the last snapshot taken named, some perhaps twice: the first {@link WireReceiver.sliceCount} of these. */
  readonly slices = new Uint16Array(SLICES_NAMED);
  sliceCount = 0;

  private readonly reader = new BitReader();
  private readonly baselines: readonly Baseline[] = Array.from({ length: BASELINES }, () => new Baseline());
  private readonly scratch = new PlayerColumns();
  /** By gait: how far keys move a player in the inputs since the base, 1/16 px: along an axis, and on each axis aslant. */
  private readonly straight = new Int32Array(4);
  private readonly aslant = new Int32Array(4);
  /** Bits of the frames taken: bit i is `state.frame - 1 - i`. 32 of them. */
  private taken = 0;

  /**
   * @param bytes one whole message; not kept
   * @throws WireError for a message that breaks the protocol, of which nothing counts then
   */
  take(bytes: Uint8Array): Taken {
    if (bytes.length > DOWN_MOST) throw new WireError('a message too long');
    const r = this.reader;
    r.open(bytes);
    switch (r.u(2)) {
      case 0:
        return this.takeSnapshot(r);
      case 1:
        return this.takeWelcome(r);
      case 2: {
        const epoch = r.u(2);
        const reason = FAREWELLS[r.u(4)];
        if (reason === undefined) throw new WireError('reason of the farewell');
        r.finish();
        if (this.welcome && epoch !== this.welcome.epoch) return 'dropped';
        this.farewell = reason;
        return 'farewell';
      }
      default:
        throw new WireError('kind of message');
    }
  }

  /** Newest frame taken; null before the first welcome. A welcome's frame counts as taken. */
  get newest(): number | null {
    return this.welcome ? this.state.frame : null;
  }

  /** Bit i: frame `newest - 1 - i` was taken; the 31 that an acknowledgement has room for. */
  get ackMask(): number {
    return this.taken & 0x7fff_ffff;
  }

  private takeWelcome(r: BitReader): Taken {
    const welcome = readWelcome(r);
    r.finish();
    if (this.welcome) {
      const ahead = (welcome.epoch - this.welcome.epoch) & 3;
      if (ahead !== 1 && ahead !== 2) return 'dropped';
    }
    this.welcome = welcome;
    this.farewell = '';
    this.taken = 0;
    this.messageCount = 0;
    this.touched = 0;
    this.sliceCount = 0;
    for (const baseline of this.baselines) baseline.frame = -1;
    this.state.reset(welcome.frame, welcome.frame * welcome.step, welcome.slices);
    return 'welcome';
  }

  private takeSnapshot(r: BitReader): Taken {
    const { welcome, state, scratch } = this;
    const epoch = r.u(2);
    const low = r.u(12);
    let back = 1;
    if (!r.flag()) {
      back = r.u(5);
      if (back === 1) throw new WireError('a base of 1 that is no flag');
    }
    if (!welcome || epoch !== welcome.epoch) return 'dropped';
    const step = (low - state.frame) & FRAME_MASK;
    // The nearest to the newest known: half of the numbers lie ahead of it, the rest are old, and so is the same one.
    if (step === 0 || step >= HALF_RANGE) return 'dropped';
    const frame = state.frame + step;
    let base: Baseline | null = null;
    if (back > 0) {
      base = this.baseline(frame - back);
      if (!base) return 'dropped';
    }
    const lived = Math.floor((back * welcome.step * welcome.rules.inputsPerSecond) / welcome.tickRate);
    this.measureStrides(welcome.rules, lived);
    const input = base && r.flag() ? (base.input + lived) & 255 : r.u(8);
    const ahead = r.flag() ? r.u(4) : 0;
    this.readPlayers(r, base, frame, welcome.slot);

    const tick = frame * welcome.step;
    const content = r.position;
    this.readContent(r, tick, false);
    r.finish();

    // It is valid to the last bit. From here on it counts, and nothing throws.
    this.messageCount = 0;
    this.sliceCount = 0;
    this.touched = 0;
    r.seek(content);
    this.readContent(r, tick, true);
    state.input = input;
    state.ahead = ahead;
    state.players.copy(scratch);
    state.frame = frame;
    state.tick = tick;
    // The frame that was the newest becomes bit `step - 1`.
    this.taken = step >= 32 ? 0 : (this.taken << step) | (1 << (step - 1));
    const place = this.baselines[frame % BASELINES]!;
    place.copy(scratch);
    place.frame = frame;
    place.base = base ? base.frame : -1;
    place.input = input;
    return 'snapshot';
  }

  private baseline(frame: number): Baseline | null {
    if (frame < 0) return null;
    const baseline = this.baselines[frame % BASELINES]!;
    return baseline.frame === frame ? baseline : null;
  }

  /** For strides (section 2.5). @param inputs that the frames since the base hold */
  private measureStrides({ movement, inputsPerSecond }: WireRules, inputs: number): void {
    const speeds = [0, movement.sneak, movement.walk, movement.run];
    for (let gait = 1; gait < 4; gait += 1) {
      const way = (speeds[gait]! * 16 * inputs) / Math.max(1, inputsPerSecond);
      this.straight[gait] = clamp(Math.floor(way + 0.5), STRIDE_MOST);
      this.aslant[gait] = clamp(Math.floor(way * Math.SQRT1_2 + 0.5), STRIDE_MOST);
    }
  }

  /** Section 2.5, into `scratch`. */
  private readPlayers(r: BitReader, base: Baseline | null, frame: number, own: number): void {
    const out = this.scratch;
    const known = base ? base.mask : 0;
    const mask = r.flag() ? r.u(8) : known;
    out.mask = mask;
    for (let slot = 0; slot < SLOTS; slot += 1) {
      if (((mask >>> slot) & 1) === 0) continue;
      if (((known >>> slot) & 1) === 0) {
        out.x[slot] = readX(r);
        out.y[slot] = readY(r);
        out.facing[slot] = slot === own ? 0 : r.u(8);
        out.health[slot] = readHealth(r);
        out.weapon[slot] = r.u(4);
        out.state[slot] = r.u(6);
        continue;
      }
      const b = base!;
      out.facing[slot] = b.facing[slot]!;
      out.health[slot] = b.health[slot]!;
      out.weapon[slot] = b.weapon[slot]!;
      out.state[slot] = b.state[slot]!;
      const previous = b.base >= 0 ? this.baseline(b.base) : null;
      const moves =
        previous !== null && previous.has(slot) && frame - previous.frame <= REACH && b.alive(slot) && previous.alive(slot);
      let x = b.x[slot]!;
      let y = b.y[slot]!;
      if (moves) {
        const n = frame - b.frame;
        const d = b.frame - previous.frame;
        x = clamp(x + rounded((x - previous.x[slot]!) * n, d), X_MOST);
        y = clamp(y + rounded((y - previous.y[slot]!) * n, d), Y_MOST);
      }
      if (r.flag()) {
        if (r.flag()) {
          if (r.flag()) out.health[slot] = readHealth(r);
          if (r.flag()) out.weapon[slot] = r.u(4);
          if (r.flag()) out.state[slot] = r.u(6);
        }
        if (slot !== own && r.flag()) out.facing[slot] = readFacing(r, b.facing[slot]!);
        const way = r.u(2);
        if (way === 3) {
          x = readX(r);
          y = readY(r);
        } else if (way === 2 && !r.flag()) {
          x = inRange(x + r.s(8), X_MOST);
          y = inRange(y + r.s(8), Y_MOST);
        } else if (way > 0) {
          if (way === 1) {
            // By the gait of this entry, whose state has been read.
            const towards = r.u(3);
            const gait = out.state[slot]! & 3;
            const far = WAY_X[towards] !== 0 && WAY_Y[towards] !== 0 ? this.aslant[gait]! : this.straight[gait]!;
            x = b.x[slot]! + WAY_X[towards]! * far;
            y = b.y[slot]! + WAY_Y[towards]! * far;
          }
          const beside = r.u(4);
          if (beside > 8) throw new WireError('place beside another');
          x = inRange(x + Math.floor(beside / 3) - 1, X_MOST);
          y = inRange(y + (beside % 3) - 1, Y_MOST);
        }
      }
      out.x[slot] = x;
      out.y[slot] = y;
    }
  }

  /** Sections 2.6 and 2.7. Read twice: to check (`counts` false: nothing changes), and then to take. */
  private readContent(r: BitReader, tick: number, counts: boolean): void {
    if (r.flag()) {
      do this.readRecord(r, tick, counts);
      while (r.flag());
    }
    if (!r.flag()) return;
    let count = 0;
    let before = Number.NEGATIVE_INFINITY;
    let age = 0;
    do {
      let message = CHECKED;
      if (counts) {
        message = this.messages[count] ??= new WireMessage();
        count += 1;
      }
      this.readMessage(r, tick, age, message);
      age = tick - message.tick;
      if (message.tick < before) throw new WireError('messages out of their order');
      before = message.tick;
    } while (r.flag());
    if (counts) this.messageCount = count;
  }

  private readRecord(r: BitReader, tick: number, counts: boolean): void {
    const { state } = this;
    const type = r.u(4);
    if (counts) this.touched |= 1 << type;
    switch (type) {
      case RecordType.SLICES: {
        let left = r.uv(3) + 1;
        let slice = -1;
        let first = true;
        while (left > 0) {
          slice = first ? r.uv(6) : slice + r.uv(3) + 1;
          first = false;
          left -= 1;
          const level = r.u(3);
          if (slice >= state.levels.length) throw new WireError('number of a slice');
          if (level > 4) throw new WireError('level of a slice');
          if (!counts) continue;
          state.levels[slice] = level;
          this.slices[this.sliceCount++] = slice;
        }
        return;
      }
      case RecordType.SCORE: {
        const slot = r.u(3);
        const there = r.flag();
        const blue = there && r.flag();
        const alive = there && r.flag();
        const kills = there ? r.uv(4) : 0;
        const deaths = there ? r.uv(4) : 0;
        if (!counts) return;
        const score = state.scores[slot]!;
        score.there = there;
        score.blue = blue;
        score.alive = alive;
        score.kills = kills;
        score.deaths = deaths;
        return;
      }
      case RecordType.TEAMS: {
        const red = r.uv(5);
        const blue = r.uv(5);
        const over = r.flag();
        const winner = over ? r.u(2) : 2;
        if (winner > 2) throw new WireError('winner');
        if (!counts) return;
        state.teams.red = red;
        state.teams.blue = blue;
        state.teams.over = over;
        state.teams.winner = winner;
        return;
      }
      case RecordType.PLACE: {
        const place = readPlace(r);
        const weapon = r.u(4);
        const rounds = weapon === NO_WEAPON ? 0 : r.uv(5);
        const reserve = weapon === NO_WEAPON ? 0 : r.uv(6);
        if (!counts) return;
        const at = state.places[place]!;
        at.weapon = weapon;
        at.rounds = rounds;
        at.reserve = reserve;
        return;
      }
      case RecordType.ROUNDS: {
        const place = readPlace(r);
        const rounds = r.uv(5);
        if (counts && state.places[place]!.weapon !== NO_WEAPON) state.places[place]!.rounds = rounds;
        return;
      }
      case RecordType.HANDS: {
        const place = readPlace(r);
        const charge = r.u(3);
        const reload = r.flag() ? r.uv(6) : 0;
        const heat = r.flag() ? r.u(7) : 0;
        if (heat > 100) throw new WireError('heat');
        const silence = r.flag() ? r.uv(6) : 0;
        if (!counts) return;
        const { hands } = state;
        hands.place = place;
        hands.charge = charge;
        hands.reloadEnds = reload > 0 ? later(tick, reload) : 0;
        hands.heat = heat;
        hands.silenceEnds = silence > 0 ? later(tick, silence) : 0;
        hands.tick = tick;
        return;
      }
      case RecordType.LIFE: {
        const safe = r.flag() ? r.uv(6) : 0;
        const dead = r.flag();
        const respawn = dead ? r.uv(6) : 0;
        const killer = dead && r.flag() ? r.u(3) : NOBODY;
        if (!counts) return;
        const { life } = state;
        life.protectedUntil = safe > 0 ? later(tick, safe) : 0;
        life.dead = dead;
        life.respawnFrom = dead ? later(tick, respawn) : 0;
        life.killer = killer;
        // A flash ends with the life.
        if (dead) state.flash.intensity = 0;
        return;
      }
      case RecordType.FLASH: {
        const age = r.uv(6);
        const intensity = r.f32();
        if (!(intensity > 0 && intensity <= 1)) throw new WireError('intensity of a flash');
        if (!counts) return;
        state.flash.tick = earlier(tick, age);
        state.flash.intensity = intensity;
        return;
      }
      case RecordType.PROJECTILE: {
        const number = r.u(6);
        const there = r.flag();
        if (!there) {
          if (counts) state.flights[number]!.there = false;
          return;
        }
        const weapon = r.u(4);
        if (weapon > 14) throw new WireError('weapon of a projectile');
        const own = r.flag();
        const x = readX(r);
        const y = readY(r);
        const vx = r.s(14);
        const vy = r.s(14);
        if (!counts) return;
        const flight = state.flights[number]!;
        flight.there = true;
        flight.weapon = weapon;
        flight.own = own;
        flight.x = x;
        flight.y = y;
        flight.vx = vx;
        flight.vy = vy;
        flight.tick = tick;
        return;
      }
      case RecordType.CLOUD: {
        const number = r.u(5);
        const x = readX(r);
        const y = readY(r);
        const age = r.uv(8);
        if (!counts) return;
        const cloud = state.clouds[number]!;
        cloud.there = true;
        cloud.x = x;
        cloud.y = y;
        cloud.bornTick = earlier(tick, age);
        return;
      }
      case RecordType.ANSWER: {
        const number = r.u(8);
        const result = r.u(3);
        if (result > 2) throw new WireError('result of a request');
        if (!counts) return;
        state.answer.number = number;
        state.answer.result = result;
        return;
      }
      case RecordType.EXACT: {
        const x = r.f32();
        const y = r.f32();
        const vx = r.f32();
        const vy = r.f32();
        if (!counts) return;
        const { exact } = state;
        exact.x = x;
        exact.y = y;
        exact.vx = vx;
        exact.vy = vy;
        exact.tick = tick;
        return;
      }
      default:
        throw new WireError('type of record');
    }
  }

  /** @param age of the message before, ticks */
  private readMessage(r: BitReader, tick: number, age: number, out: WireMessage): void {
    out.clear();
    const isEvent = r.flag();
    out.tick = tick - (r.flag() ? age : r.uv(2));
    if (out.tick < 0) throw new WireError('age of a message');
    if (!isEvent) {
      out.isSound = true;
      out.own = r.flag();
      if (r.flag()) {
        out.type = r.u(2);
        if (out.type > 2) throw new WireError('gait of a step');
      } else {
        out.type = r.u(6);
        if (out.type < STEPS || out.type >= SOUND_COUNT) throw new WireError('kind of sound');
      }
      if (out.own && r.flag()) {
        out.gain = 255;
        return;
      }
      out.gain = r.u(8);
      if (out.gain === 0) throw new WireError('gain of a sound');
      if (!out.own) out.direction = r.u(6);
      if (r.flag()) {
        out.cutoff = r.u(6);
        if (out.cutoff === 63) throw new WireError('cutoff of a muffled sound');
      }
      return;
    }
    out.type = r.u(3);
    switch (out.type) {
      case EventType.FIRED:
        out.who = r.u(3);
        out.weapon = this.readArm(r, out.who);
        this.readPoint(r, out, out.who);
        out.facing = r.u(8);
        return;
      case EventType.IMPACT:
        if (r.flag()) out.who = r.u(3);
        out.weapon = this.readArm(r, out.who);
        out.what = r.u(2);
        if (out.what !== 3) this.readPoint(r, out, out.who);
        if (out.what === 2 && r.flag()) out.other = r.u(3);
        return;
      case EventType.HURT:
        out.who = r.u(3);
        if (r.flag()) {
          out.other = r.u(3);
          out.weapon = this.readArm(r, out.other);
        }
        out.points = r.uv(4);
        if (out.points > POINTS_MOST) throw new WireError('points');
        return;
      case EventType.DIED:
        out.who = r.u(3);
        if (r.flag()) out.other = r.u(3);
        out.weapon = this.readArm(r, out.other);
        if (r.flag()) this.readPoint(r, out, out.who);
        return;
      case EventType.EXPLODED:
        out.weapon = r.u(4);
        this.readPoint(r, out, NOBODY);
        if (r.flag()) out.who = r.u(3);
        return;
      case EventType.BOUNCED:
        out.weapon = r.u(4);
        this.readPoint(r, out, NOBODY);
        return;
      case EventType.THROWN:
        out.who = r.u(3);
        out.weapon = this.readArm(r, out.who);
        return;
      default:
        out.what = r.u(2);
    }
  }

  /** A weapon, perhaps the one in the hand of who has an entry. @param slot -1: of nobody */
  private readArm(r: BitReader, slot: number): number {
    const { scratch } = this;
    return slot >= 0 && scratch.has(slot) && r.flag() ? scratch.weapon[slot]! : r.u(4);
  }

  /** A place, perhaps by where who has an entry is. @param slot -1: nobody */
  private readPoint(r: BitReader, out: WireMessage, slot: number): void {
    const { scratch } = this;
    out.hasPlace = true;
    if (slot < 0 || !scratch.has(slot) || r.flag()) {
      out.x = readX(r);
      out.y = readY(r);
      return;
    }
    const isBeside = r.flag();
    out.x = inRange(scratch.x[slot]! + (isBeside ? r.s(8) : 0), X_MOST);
    out.y = inRange(scratch.y[slot]! + (isBeside ? r.s(8) : 0), Y_MOST);
  }
}

/** Where a message is read that is only checked. */
const CHECKED = new WireMessage();

function readX(r: BitReader): number {
  return inRange(r.u(13), X_MOST);
}

function readY(r: BitReader): number {
  return inRange(r.u(13), Y_MOST);
}

function readHealth(r: BitReader): number {
  const health = r.u(7);
  if (health > 100) throw new WireError('health');
  return health;
}

/** The facing of a known entry, from its base's. */
function readFacing(r: BitReader, before: number): number {
  if (!r.flag()) {
    const by = r.u(3);
    return (before + (by < 4 ? by - 4 : by - 3)) & 255;
  }
  return r.flag() ? r.u(8) : (before + r.s(6)) & 255;
}

function readPlace(r: BitReader): number {
  const place = r.u(3);
  if (place >= PLACES) throw new WireError('place in the inventory');
  return place;
}

function inRange(value: number, most: number): number {
  if (value < 0 || value > most) throw new WireError('a place off the playfield');
  return value;
}

/** Ticks are of 32 bits; what would be outside, which no host sends, is the last or the first. */
function later(tick: number, by: number): number {
  return Math.min(0xffff_ffff, tick + by);
}

function earlier(tick: number, by: number): number {
  return Math.max(0, tick - by);
}

function clamp(value: number, most: number): number {
  return value < 0 ? 0 : value > most ? most : value;
}

/** n / d to the nearest whole number, halves up. */
function rounded(n: number, d: number): number {
  return Math.floor((2 * n + d) / (2 * d));
}
