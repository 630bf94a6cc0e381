/** Every golden message of the engine, read by the TypeScript codec; those up written by it to the same bytes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BitWriter, EventType, readUp, RecordType, WireReceiver, writeUp, type Request, type UpMessage, type WireMessage, type WireState } from '../src/wire';

const FOLDER = join(import.meta.dirname, '../../engine/tests/golden/wire');

type Json = Record<string, unknown>;

const names = readdirSync(FOLDER).filter((name) => /^\d.*\.bin$/.test(name)).map((name) => name.slice(0, -4)).sort();

function bytesOf(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(FOLDER, `${name}.bin`)));
}

function jsonOf(name: string): Json {
  return JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as Json;
}

const EVENTS = ['fired', 'impact', 'hurt', 'died', 'exploded', 'bounced', 'thrown', 'denied'];
const slot = (value: number): number | null => (value < 0 ? null : value);

/** A message in the words of the goldens. */
function described(message: WireMessage, tick: number): Json {
  const age = tick - message.tick;
  const { weapon } = message;
  if (message.isSound) {
    return {
      age, type: 'sound', own: message.own, sound: message.type, gain: message.gain, direction: message.own ? null : message.direction,
      cutoff: message.cutoff,
    };
  }
  const type = EVENTS[message.type]!;
  const at = message.hasPlace ? { x: message.x, y: message.y } : { x: null, y: null };
  switch (message.type) {
    case EventType.FIRED:
      return { age, type, slot: message.who, weapon, ...at, direction: message.facing };
    case EventType.IMPACT:
      return { age, type, slot: slot(message.who), weapon, what: message.what, ...at, whose: slot(message.other) };
    case EventType.HURT:
      return { age, type, slot: message.who, by: slot(message.other), weapon: message.other < 0 ? null : weapon, points: message.points };
    case EventType.DIED:
      return { age, type, slot: message.who, by: slot(message.other), weapon, ...at };
    case EventType.EXPLODED:
      return { age, type, weapon, ...at, slot: slot(message.who) };
    case EventType.BOUNCED:
      return { age, type, weapon, ...at };
    case EventType.THROWN:
      return { age, type, slot: message.who, weapon };
    default:
      return { age, type, what: message.what };
  }
}

/** That a record as the golden has it is what holds now; the last of several under a key. */
function checkRecord(state: WireState, record: Json): void {
  const { tick } = state;
  const n = (name: string): number => record[name] as number;
  const after = (ticks: number): number => (ticks > 0 ? tick + ticks : 0);
  switch (record['type']) {
    case 'slice':
      expect(state.levels[n('slice')]).toBe(n('level'));
      return;
    case 'score': {
      const there = record['there'] as Json | null;
      expect(state.scores[n('slot')]).toEqual(
        there ? { there: true, blue: there['blue'], alive: there['alive'], kills: there['kills'], deaths: there['deaths'] }
          : { there: false, blue: false, alive: false, kills: 0, deaths: 0 },
      );
      return;
    }
    case 'teams':
      expect(state.teams).toEqual({ red: n('red'), blue: n('blue'), over: record['winner'] !== null, winner: record['winner'] ?? 2 });
      return;
    case 'place': {
      const item = record['item'] as Json | null;
      expect(state.places[n('place')]).toEqual(item ?? { weapon: 15, rounds: 0, reserve: 0 });
      return;
    }
    case 'rounds':
      expect(state.places[n('place')]!.rounds).toBe(n('rounds'));
      return;
    case 'hands':
      expect(state.hands).toEqual({
        place: n('place'), charge: n('charge'), reloadEnds: after(n('reload')), heat: n('heat'), silenceEnds: after(n('silence')), tick,
      });
      return;
    case 'life': {
      const dead = record['dead'] as Json | null;
      expect(state.life).toEqual({
        protectedUntil: after(n('protected')), dead: dead !== null, respawnFrom: dead ? tick + (dead['respawn'] as number) : 0,
        killer: (dead?.['killer'] as number | null | undefined) ?? -1,
      });
      return;
    }
    case 'flash':
      expect(state.flash).toEqual({ tick: tick - n('age'), intensity: n('intensity') });
      return;
    case 'projectile': {
      const there = record['there'] as Json | null;
      const flight = state.flights[n('number')]!;
      if (!there) expect(flight.there).toBe(false);
      else {
        expect(flight).toEqual({
          there: true, weapon: there['weapon'], own: there['own_team'], x: there['x'], y: there['y'], vx: there['vx'], vy: there['vy'], tick,
        });
      }
      return;
    }
    case 'cloud':
      expect(state.clouds[n('number')]).toEqual({ there: true, x: n('x'), y: n('y'), bornTick: tick - n('age') });
      return;
    case 'answer':
      expect(state.answer).toEqual({ number: n('number'), result: n('result') });
      return;
    case 'exact':
      expect(state.exact).toEqual({ x: Math.fround(n('x')), y: Math.fround(n('y')), vx: Math.fround(n('vx')), vy: Math.fround(n('vy')), tick });
      return;
    default:
      throw new Error(`a record that this test does not know: ${String(record['type'])}`);
  }
}

function keyOf(record: Json): string {
  const type = record['type'] === 'rounds' ? 'place' : String(record['type']);
  const key = { slice: 'slice', score: 'slot', place: 'place', projectile: 'number', cloud: 'number' }[type];
  return `${type} ${key ? String(record[key]) : ''}`;
}

const TYPES: Readonly<Record<string, number>> = {
  slice: RecordType.SLICES, score: RecordType.SCORE, teams: RecordType.TEAMS, place: RecordType.PLACE, rounds: RecordType.ROUNDS,
  hands: RecordType.HANDS, life: RecordType.LIFE, flash: RecordType.FLASH, projectile: RecordType.PROJECTILE, cloud: RecordType.CLOUD,
  answer: RecordType.ANSWER, exact: RecordType.EXACT,
};

function checkSnapshot(receiver: WireReceiver, json: Json): void {
  const { state, welcome } = receiver;
  expect(state.frame).toBe(json['frame']);
  expect(state.tick).toBe(state.frame * welcome!.step);
  expect(state.input).toBe(json['input']);
  expect(state.ahead).toBe(json['ahead']);
  const players: Json[] = [];
  for (let s = 0; s < 8; s += 1) {
    if (!state.players.has(s)) continue;
    const { x, y, facing, health, weapon, state: bits } = state.players;
    players.push({
      slot: s, x: x[s], y: y[s], facing: s === welcome!.slot ? null : facing[s], health: health[s], weapon: weapon[s], state: bits[s],
    });
  }
  expect(players).toEqual(json['players']);
  const records = json['records'] as Json[];
  const last = new Map<string, Json>();
  let types = 0;
  for (const record of records) {
    types |= 1 << TYPES[record['type'] as string]!;
    last.set(keyOf(record), record);
  }
  expect(receiver.touched).toBe(types);
  for (const record of last.values()) checkRecord(state, record);
  expect(receiver.messages.slice(0, receiver.messageCount).map((message) => described(message, state.tick))).toEqual(json['messages']);
}

/** A number with all its f32 digits, as the goldens print the shortest. */
function f32(value: unknown): unknown {
  if (typeof value === 'number') return Math.fround(value);
  if (Array.isArray(value)) return value.map(f32);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, f32(each)]));
  return value;
}

function checkWelcome({ welcome }: WireReceiver, json: Json): void {
  const { movement, vision, smoke, flash } = welcome!.rules;
  expect({
    kind: 'welcome', epoch: welcome!.epoch, version: 1, map: welcome!.map, rules_hash: welcome!.rulesHash, frame: welcome!.frame,
    tick_rate: welcome!.tickRate, step: welcome!.step, slot: welcome!.slot, slices: welcome!.slices, kill_target: welcome!.killTarget,
    movement: {
      sneak: movement.sneak, walk: movement.walk, run: movement.run, run_arc: movement.runArc, aim_speed: movement.aimSpeed,
      aim_stops_run: movement.aimStopsRun, stop: movement.stop, idle: movement.idle,
    },
    inputs_per_second: welcome!.rules.inputsPerSecond,
    vision: { cone: vision.cone, distance: vision.distance, close: vision.close, look: vision.look },
    smoke: {
      radius: smoke.radius, life_ms: smoke.lifeMs, expand_ms: smoke.expandMs, fade_ms: smoke.fadeMs, density: smoke.density,
      edge: smoke.edge, depth: smoke.depth, unit: smoke.unit,
    },
    flash_ms: flash.phasesMs, flash_impair: flash.impair, friction: welcome!.rules.throwFriction, cutoffs: welcome!.rules.cutoffHz,
  }).toEqual(f32(json));
}

function upOf(json: Json): UpMessage {
  const request = json['request'] as Json | null;
  const inputs = json['inputs'] as Json[];
  const sequence = (json['sequence'] as number | null) ?? 0;
  const weapons = request?.['weapons'] as number[] | undefined;
  const what: Request = weapons
    ? { type: 'loadout', primary: weapons[0]!, secondary: weapons[1]!, support: weapons.slice(2), team: request!['team'] as number }
    : { type: 'respawn' };
  const ack = json['ack'] as { newest: number; long: boolean; mask: number } | null;
  return {
    epoch: json['epoch'] as number,
    ack: ack && { frame: ack.newest, long: ack.long, mask: ack.mask },
    exact: json['exact'] as boolean,
    request: request && { number: request['number'] as number, what },
    view: (json['view'] as number | null) ?? 0,
    inputs: inputs.map((input, i) => ({
      sequence: (sequence - (inputs.length - 1 - i)) & 0xffff,
      held: input['held'] as number,
      taps: input['taps'] as number,
      cursorX: input['cursor_x'] as number,
      cursorY: input['cursor_y'] as number,
    })),
  };
}

describe('golden messages', () => {
  it('from the host, by one client in their order', () => {
    const receiver = new WireReceiver();
    let count = 0;
    for (const name of names) {
      const json = jsonOf(name);
      if (json['kind'] === 'up') continue;
      count += 1;
      try {
        expect(receiver.take(bytesOf(name))).toBe(json['kind']);
        if (json['kind'] === 'welcome') checkWelcome(receiver, json);
        else if (json['kind'] === 'snapshot') checkSnapshot(receiver, json);
        else expect(receiver.farewell).toBe(['over', 'version', 'replaced', 'removed'][json['reason'] as number]);
      } catch (error) {
        throw new Error(name, { cause: error });
      }
    }
    expect(count).toBeGreaterThan(25);
  });

  it('to the host: read, and written to the same bytes', () => {
    const w = new BitWriter(256);
    let count = 0;
    for (const name of names) {
      const json = jsonOf(name);
      if (json['kind'] !== 'up') continue;
      count += 1;
      const wanted = upOf(json);
      expect(readUp(bytesOf(name)), name).toEqual(wanted);
      w.begin();
      writeUp(w, wanted);
      expect(w.take(), name).toEqual(bytesOf(name));
    }
    expect(count).toBeGreaterThan(3);
  });

  it('every shorter and every longer one is refused', () => {
    for (const name of names) {
      const bytes = bytesOf(name);
      const isUp = jsonOf(name)['kind'] === 'up';
      const receiver = new WireReceiver();
      for (const other of names) {
        if (other >= name) break;
        if (jsonOf(other)['kind'] !== 'up') receiver.take(bytesOf(other));
      }
      const read = (part: Uint8Array): unknown => (isUp ? readUp(part) : receiver.take(part));
      const longer = new Uint8Array(bytes.length + 1);
      longer.set(bytes);
      expect(() => read(longer), name).toThrow();
      for (let length = 0; length < bytes.length; length += 1) expect(() => read(bytes.subarray(0, length)), name).toThrow();
    }
  });

  it('a fight of three seconds', () => {
    const all = bytesOf('session');
    const expected = JSON.parse(readFileSync(join(FOLDER, 'session.json'), 'utf8')) as Json[];
    const receiver = new WireReceiver();
    const view = new DataView(all.buffer, all.byteOffset, all.byteLength);
    let at = 0;
    for (const json of expected) {
      const length = view.getUint16(at, true);
      const taken = receiver.take(all.subarray(at + 2, at + 2 + length));
      at += 2 + length;
      if (taken === 'dropped') continue;
      expect(taken).toBe(json['kind']);
      if (taken === 'welcome') checkWelcome(receiver, json);
      else if (taken === 'snapshot') checkSnapshot(receiver, json);
    }
    expect(at).toBe(all.length);
  });
});
