/**
 * The TypeScript receiver beside the engine's own (`WireClient`): fights of bots over lossy links, and mutations of what
 * was sent. Both must take, drop and refuse the same, and know the same.
 */
import { describe, expect, it } from 'vitest';
import type { MatchId, PlayerId, WireClient, WireState as EngineState } from '../../node-binding/index.js';
import { SOUND_KINDS } from '../src/core/sounds';
import {
  AS_THE_MAP, EventType, NO_WEAPON, StateBit, weaponName, WireError, WireReceiver, WireSender, type WireMessage,
} from '../src/wire';
import { loadEngine, type EngineWorld } from './engine';
import { breath, seeded, type Random } from './wireHost';

const engine = loadEngine();
const SECONDS = Number(process.env['WIRE_FUZZ_SECONDS'] ?? 4);
const SEED = Number(process.env['WIRE_FUZZ_SEED'] ?? 77);

const GAITS = ['idle', 'sneaking', 'walking', 'running'] as const;
const EVENTS = ['fired', 'impact', 'hurt', 'died', 'exploded', 'bounced', 'thrown', 'denied'] as const;
const slot = (value: number): number | null => (value < 0 ? null : value);
const weapon = (value: number): string | null => weaponName(value) || null;

function message(it: WireMessage): object {
  const { tick } = it;
  if (it.isSound) {
    return { tick, type: 'sound', own: it.own, kind: SOUND_KINDS[it.type], gain: it.gain, direction: it.direction, cutoff: it.cutoff };
  }
  const type = EVENTS[it.type]!;
  const at = it.hasPlace ? { x: it.x / 16, y: it.y / 16 } : { x: null, y: null };
  const arms = weapon(it.weapon);
  switch (it.type) {
    case EventType.FIRED: return { tick, type, who: it.who, weapon: arms, ...at, direction: it.facing };
    case EventType.IMPACT: return { tick, type, who: slot(it.who), weapon: arms, what: it.what, ...at, whose: slot(it.other) };
    case EventType.HURT: return { tick, type, who: it.who, by: slot(it.other), weapon: arms, points: it.points };
    case EventType.DIED: return { tick, type, who: it.who, by: slot(it.other), weapon: arms, ...at };
    case EventType.EXPLODED: return { tick, type, who: slot(it.who), weapon: arms, ...at };
    case EventType.BOUNCED: return { tick, type, weapon: arms, ...at };
    case EventType.THROWN: return { tick, type, who: it.who, weapon: arms };
    default: return { tick, type, what: it.what };
  }
}

/** What the TypeScript receiver knows, in the words of the engine's. */
function known({ welcome, state, messages, messageCount }: WireReceiver): object | null {
  if (!welcome) return null;
  const { players } = state;
  const levels: [number, number][] = [];
  state.levels.forEach((level, slice) => {
    if (level !== AS_THE_MAP) levels.push([slice, level]);
  });
  return {
    welcome,
    frame: state.frame,
    tick: state.tick,
    input: state.input,
    ahead: state.ahead,
    players: Array.from({ length: 8 }, (_, s) => {
      if (!players.has(s)) return null;
      const bits = players.state[s]!;
      return {
        x: players.x[s]! / 16, y: players.y[s]! / 16, facing: players.facing[s], health: players.health[s], weapon: weapon(players.weapon[s]!),
        gait: GAITS[bits & 3], aiming: (bits & StateBit.AIMING) !== 0, alive: (bits & StateBit.ALIVE) !== 0,
        reloading: (bits & StateBit.RELOADING) !== 0, protected: (bits & StateBit.PROTECTED) !== 0,
      };
    }),
    levels,
    scores: state.scores.map(({ there, blue, alive, kills, deaths }) => (there ? { team: blue ? 'blue' : 'red', alive, kills, deaths } : null)),
    teamKills: [state.teams.red, state.teams.blue],
    winner: state.teams.over ? state.teams.winner : null,
    items: state.places.map(({ weapon: w, rounds, reserve }) => (w === NO_WEAPON ? null : { weapon: weaponName(w), rounds, reserve })),
    hands: {
      place: state.hands.place, charge: state.hands.charge, reloadEnd: state.hands.reloadEnds, heat: state.hands.heat,
      silenceEnd: state.hands.silenceEnds,
    },
    life: {
      protectedUntil: state.life.protectedUntil, respawnAt: state.life.dead ? state.life.respawnFrom : null, killer: slot(state.life.killer),
    },
    flash: state.flash.intensity > 0 ? { tick: state.flash.tick, intensity: state.flash.intensity } : null,
    projectiles: state.flights.flatMap(({ there, weapon: w, own, x, y, vx, vy, tick }, number) =>
      there && w !== NO_WEAPON
        ? [{ number, weapon: weaponName(w), ownTeam: own, x: x / 16, y: y / 16, vx: vx / 16, vy: vy / 16, tick }] : [],
    ),
    clouds: state.clouds.flatMap(({ there, x, y, bornTick }, number) => (there ? [{ number, x: x / 16, y: y / 16, born: bornTick }] : [])),
    answer: state.answer.number < 0 ? null : { number: state.answer.number, result: state.answer.result },
    exact: state.exact.tick < 0 ? null : { tick: state.exact.tick, x: state.exact.x, y: state.exact.y, vx: state.exact.vx, vy: state.exact.vy },
    messages: messages.slice(0, messageCount).map(message),
  };
}

/** The engine's, without what this side does not keep. */
function theirs(state: EngineState | null): object | null {
  if (!state) return null;
  const { heatTick: _, ...hands } = state.hands;
  // Of an empty hand, which no host sends.
  return { ...state, hands, projectiles: state.projectiles.filter((flight) => flight.weapon !== null) };
}

function comparable(object: object | null): string {
  return JSON.stringify(object, (_, value: unknown) => (typeof value === 'number' && Object.is(value, -0) ? 0 : value));
}

type Outcome = 'welcome' | 'snapshot' | 'farewell' | 'dropped' | 'refused';

class Pair {
  readonly ours = new WireReceiver();
  readonly theirs: WireClient = new engine.WireClient();
  readonly sender = new WireSender(this.ours);
  readonly counts: Record<Outcome, number> = { welcome: 0, snapshot: 0, farewell: 0, dropped: 0, refused: 0 };

  take(bytes: Uint8Array): Outcome {
    let a: Outcome;
    let b: Outcome;
    let why = '';
    try {
      a = this.ours.take(bytes);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      a = 'refused';
      why = error.message;
    }
    try {
      const taken = this.theirs.receive(bytes);
      b = taken === 'ignored' ? 'dropped' : taken;
    } catch (error) {
      if ((error as { code?: string }).code !== 'BAD_MESSAGE') throw error;
      b = 'refused';
      why += ` / ${(error as Error).message}`;
    }
    if (a !== b) throw new Error(`${a} here, ${b} there (${why}): ${Buffer.from(bytes).toString('hex')}`);
    this.counts[a] += 1;
    return a;
  }

  same(): void {
    const [a, b] = [comparable(known(this.ours)), comparable(theirs(this.theirs.state()))];
    if (a !== b) expect(JSON.parse(a)).toEqual(JSON.parse(b));
  }
}

interface Fight {
  readonly world: EngineWorld;
  readonly match: MatchId;
  readonly players: readonly PlayerId[];
  /** Messages of the last step, by player. */
  step(): Map<PlayerId, Uint8Array>;
}

function fight(map: string, seed: number, reading: 'fine' | 'coarse' = 'fine'): Fight {
  const world = new engine.World();
  const match = world.createMatch(engine.GameMap.builtin(map, { reading }), { seed });
  const supports = [['grenade', 'smokegrenade', 'flashbang'], ['machinegun'], ['grenadelauncher', 'grenade'], ['rocket', 'flashbang']];
  const primaries = ['rifle', 'shotgun', 'smg', 'sniperrifle'];
  const players = Array.from({ length: 8 }, (_, i) => world.addBot(match, {
    skill: 0.3 + i / 16, wrecks: i % 2 === 0,
    loadout: { primary: primaries[i % 4]!, secondary: 'pistol', support: supports[i % 4]! },
  }));
  for (const player of players) world.wireOpen(match, player);
  const index = new Uint32Array(64 * engine.WIRE_COLUMNS);
  const bytes = new Uint8Array(65_536);
  return {
    world, match, players,
    step() {
      world.thinkBots();
      world.step();
      world.drainEvents(match);
      const sent = new Map<PlayerId, Uint8Array>();
      const count = world.wirePackets(bytes, index);
      for (let row = 0; row < count; row += 1) {
        const [, , player, offset, length] = index.subarray(row * engine.WIRE_COLUMNS, (row + 1) * engine.WIRE_COLUMNS);
        sent.set(player!, bytes.slice(offset!, offset! + length!));
      }
      return sent;
    },
  };
}

describe('beside the engine\u2019s own client', () => {
  it('knows the same after any losses, repetitions and disorder', () => {
    let snapshots = 0;
    for (const [map, seed] of [['yard', 1], ['depot', 2], ['citadel', 3]] as const) {
      const random = seeded(seed);
      const { world, match, players, step } = fight(map, seed);
      const pairs = new Map(players.map((player) => [player, new Pair()]));
      const down: { due: number; player: PlayerId; bytes: Uint8Array }[] = [];
      const up: typeof down = [];
      const lossy = (channel: typeof down, player: PlayerId, bytes: Uint8Array, tick: number): void => {
        const loss = 0.02 + 0.05 * (player & 7);
        for (let copies = random() < loss ? 0 : random() < 0.05 ? 2 : 1; copies > 0; copies -= 1) {
          channel.push({ due: tick + Math.floor(random() * 12), player, bytes });
        }
      };
      for (let tick = 1; tick <= 1500; tick += 1) {
        for (const [player, bytes] of step()) lossy(down, player, bytes, tick);
        if (tick === 800) world.resetMatch(match);
        for (let i = 0; i < down.length; i += 1) {
          const packet = down[i]!;
          if (packet.due > tick) continue;
          down.splice(i, 1);
          i -= 1;
          const pair = pairs.get(packet.player)!;
          const outcome = pair.take(packet.bytes);
          expect(outcome).not.toBe('refused');
          if (outcome === 'snapshot') snapshots += 1;
          if (random() < 0.1) pair.same();
          const message = pair.sender.write(0);
          if (message) lossy(up, packet.player, message.slice(), tick);
        }
        for (let i = 0; i < up.length; i += 1) {
          const packet = up[i]!;
          if (packet.due > tick) continue;
          up.splice(i, 1);
          i -= 1;
          expect(world.wireReceive(match, packet.player, packet.bytes).falseAck).toBe(false);
        }
      }
      for (const pair of pairs.values()) {
        pair.same();
        expect(pair.counts.welcome).toBe(2);
      }
    }
    expect(snapshots).toBeGreaterThan(5000);
  }, 60_000);

  it('writes what the host reads: inputs, each once, and requests', () => {
    const world = new engine.World();
    const match = world.createMatch(engine.GameMap.builtin('yard'), { seed: 4 });
    const player = world.addPlayer(match, { team: 'red', spawn: false });
    world.wireOpen(match, player);
    const index = new Uint32Array(8 * engine.WIRE_COLUMNS);
    const bytes = new Uint8Array(4096);
    const receiver = new WireReceiver();
    const sender = new WireSender(receiver);
    const answers: string[] = [];
    sender.onAnswer = (what, answer) => answers.push(`${what.type} ${answer}`);
    const random = seeded(6);
    let inputs = 0;
    for (let tick = 1; tick <= 600; tick += 1) {
      world.step();
      const count = world.wirePackets(bytes, index);
      if (count > 0 && receiver.take(bytes.subarray(index[3]!, index[3]! + index[4]!)) === 'snapshot') sender.heard();
      if (!receiver.welcome) continue;
      if (tick === 30) sender.ask({ type: 'loadout', primary: 1, secondary: 6, support: [12, 13, 14], team: 1 });
      if (tick === 60) sender.ask({ type: 'respawn' });
      if (tick === 200) sender.ask({ type: 'respawn' });
      sender.push(tick % 7, random() < 0.1 ? 1 << 10 : 0, random() * 480, random() * 270);
      inputs += 1;
      const message = sender.write(tick % 5)!;
      // A third is lost; those that come bring what was in the others.
      if (random() < 0.33) continue;
      world.wireReceive(match, player, message);
      if (random() < 0.2) expect(world.wireReceive(match, player, message).inputs).toBe(0);
    }
    const view = world.player(match, player);
    expect(view.lastSequence).toBeGreaterThan(inputs - 12);
    expect(view.droppedInputs).toBe(0);
    expect(view.team).toBe('blue');
    expect(world.weapons(match, player).map(({ weapon: name }) => name)).toEqual(['smg', 'revolver', 'grenade', 'smokegrenade', 'flashbang']);
    expect(answers.slice(0, 2)).toEqual(['loadout done', 'respawn done']);
    expect(view.alive).toBe(true);
  });

  it(`refuses the same, ${SECONDS} s of mutations`, async () => {
    const random = seeded(SEED);
    const { world, match, players, step } = fight('yard', SEED);
    const pairs = players.map(() => new Pair());
    const recent: Uint8Array[][] = players.map(() => []);
    const end = performance.now() + SECONDS * 1000;
    let rounds = 0;
    while (performance.now() < end) {
      const sent = step();
      if (world.tick(match) % 500 === 0) await breath();
      players.forEach((player, i) => {
        const pair = pairs[i]!;
        const bytes = sent.get(player);
        if (bytes) {
          recent[i]!.push(bytes);
          if (recent[i]!.length > 40) recent[i]!.shift();
          for (let k = 0; k < 4; k += 1) {
            pair.take(mutated(random, recent[i]!));
            rounds += 1;
          }
          if (random() < 0.9) pair.take(bytes);
          if (rounds % 37 === 0) pair.same();
        }
        // Accepted mutations leave nonsense behind, and the link starts over.
        if (random() < 0.01) {
          pairs[i] = new Pair();
          world.wireOpen(match, player);
        }
        const message = pair === pairs[i] ? pair.sender.write(0) : null;
        if (!message) return;
        try {
          world.wireReceive(match, player, message);
        } catch (error) {
          // An epoch that a mutation invented.
          if ((error as { code?: string }).code !== 'BAD_MESSAGE') throw error;
        }
      });
    }
    expect(rounds).toBeGreaterThan(1000);
  }, (SECONDS + 30) * 1000);
});

function mutated(random: Random, from: readonly Uint8Array[]): Uint8Array {
  const whole = (below: number): number => Math.floor(random() * below);
  let bytes = from[whole(from.length)]!.slice();
  const kind = random();
  if (kind < 0.1) return Uint8Array.from({ length: whole(80) }, () => whole(256));
  if (kind < 0.2) bytes = bytes.slice(0, whole(bytes.length + 1));
  for (let flips = 1 + whole(4); flips > 0 && bytes.length > 0; flips -= 1) {
    const at = random() < 0.3 ? whole(Math.min(6, bytes.length)) : whole(bytes.length);
    bytes[at]! ^= 1 << whole(8);
  }
  return bytes;
}
