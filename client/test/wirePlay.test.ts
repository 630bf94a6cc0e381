/** The whole client end over the engine's own links, on a network like the one that it must work on. */
import { describe, expect, it } from 'vitest';
import { MatchModel } from '../src/model/match';
import type { PlayerInput, ServerEventName, ServerEvents } from '../src/net/protocol';
import { heldOf, WirePlay } from '../src/net/wirePlay';
import { Button } from '../src/wire';
import { loadEngine, mapFile } from './engine';
import { seeded } from './wireHost';

const engine = loadEngine();
const TICK_MS = 1000 / 60;

interface Conditions {
  readonly seed: number;
  readonly map: string;
  readonly reading?: 'fine' | 'coarse';
  readonly rules?: 'standard' | 'legacy';
  /** ms one way, and more or less than that. */
  readonly delay: number;
  readonly jitter: number;
  readonly loss: number;
  readonly seconds: number;
  /** Ticks a second. */
  readonly rate?: number;
  readonly bots: number;
  /** The host sends decoys. */
  readonly bait?: boolean;
}

function noInput(): PlayerInput {
  return {
    keys: { w: false, a: false, s: false, d: false, shift: false, ctrl: false, r: false, g: false, '1': false, '2': false, '3': false, '4': false },
    mouse: { x: 240, y: 135, buttons: 0, leftPressed: false, rightPressed: false, leftReleased: false, rightReleased: false },
    sequence: 0,
    timestamp: 0,
  };
}

/** Plays, with one person among bots, and checks on the way whatever must hold at each snapshot. */
function play({ seed, map: name, reading = 'fine', rules = 'standard', delay, jitter, loss, seconds, bots, rate = 60, bait = false }: Conditions) {
  const random = seeded(seed);
  const map = engine.GameMap.builtin(name, { reading });
  const world = new engine.World({ rules, tickRate: rate });
  const match = world.createMatch(map, { seed });
  const loadout = { primary: 'rifle', secondary: 'pistol', support: ['grenade', 'smokegrenade', 'flashbang'] };
  const player = world.addPlayer(match, { team: 'red', loadout });
  for (let i = 0; i < bots; i += 1) world.addBot(match, { skill: 0.5, wrecks: i % 3 === 0, loadout });
  world.wireOpen(match, player);
  world.wireBait(match, player, bait);

  const model = new MatchModel();
  model.ownId = 'id-0';
  const counts: Partial<Record<ServerEventName, number>> = {};
  let now = 0;
  const emit = <K extends ServerEventName>(event: K, payload: ServerEvents[K]): void => {
    counts[event] = (counts[event] ?? 0) + 1;
    if (event === 'game:state') model.applyState(payload as ServerEvents['game:state'], now);
    else if (event === 'wall:damaged' || event === 'wall:destroyed') model.walls.damage(payload as ServerEvents['wall:damaged']);
    else if (event === 'backend:player:died') model.playerDied(payload as ServerEvents['backend:player:died'], now);
    else if (event === 'backend:player:respawned') model.playerRespawned((payload as ServerEvents['backend:player:respawned']).playerId);
    else if (event === 'player:damaged') model.damaged(payload as ServerEvents['player:damaged']);
    else if (event === 'sounds') model.hearing.hear((payload as ServerEvents['sounds']).sounds, now);
  };
  const wire = new WirePlay(() => 'id-0', emit);
  wire.setMap(mapFile(engine, map));
  wire.setRoster(world.players(match).map(({ slot, team }) => ({ slot, id: `id-${slot}`, name: `Player ${slot}`, team })));

  const down: { due: number; bytes: Uint8Array }[] = [];
  const up: typeof down = [];
  let [sentUp, sentUpBytes, largest] = [0, 0, 0];
  const carry = (channel: typeof down, bytes: Uint8Array): void => {
    if (random() < loss) return;
    channel.push({ due: now + delay + (2 * random() - 1) * jitter, bytes: bytes.slice() });
  };
  wire.onMessage = (bytes) => {
    sentUp += 1;
    sentUpBytes += bytes.length;
    largest = Math.max(largest, bytes.length);
    carry(up, bytes);
  };

  const input = noInput();
  const index = new Uint32Array(32 * engine.WIRE_COLUMNS);
  const bytes = new Uint8Array(32_768);
  const history: { x: number; y: number }[] = [];
  const everybody: Float32Array[] = [];
  const decoys: (number | undefined)[] = [];
  const entries = { decoys: 0, decoysShown: 0, enemies: 0, enemiesHidden: 0 };
  const columns = engine.PLAYER_COLUMNS;
  /** Of others as drawn, from where they were at the time drawn, px. */
  const errors: number[] = [];
  const drawnBefore = new Map<string, { x: number; y: number; tick: number }>();
  let othersJump = 0;
  const pose = { x: 0, y: 0, rotation: 0 };
  let [lived, deaths, faults] = [0, 0, 0];
  let [shownSteps, jump] = [0, 0];
  let before: { x: number; y: number } | null = null;
  let lit = 0;
  const hostTickMs = 1000 / rate;
  let owed = 0;
  for (let round = 1; round <= seconds * 60; round += 1) {
    now = round * TICK_MS;
    // The host.
    for (const packet of up.filter(({ due }) => due <= now)) {
      up.splice(up.indexOf(packet), 1);
      if (world.wireReceive(match, player, packet.bytes).falseAck) faults += 1;
    }
    for (owed += rate; owed >= 60; owed -= 60) {
      world.thinkBots();
      world.step();
      world.drainEvents(match);
      const { x, y } = world.player(match, player);
      history[world.tick(match)] = { x, y };
      const rowsNow = new Float32Array(8 * columns);
      world.readPlayers(match, rowsNow);
      everybody[world.tick(match)] = rowsNow;
      decoys[world.tick(match)] = world.wireDecoy(match, player)?.slot;
      const rows = world.wirePackets(bytes, index);
      for (let row = 0; row < rows; row += 1) {
        const at = row * engine.WIRE_COLUMNS;
        if (index[at + 2] === player) carry(down, bytes.subarray(index[at + 3]!, index[at + 3]! + index[at + 4]!));
      }
    }
    const tick = world.tick(match);
    if (tick === 0) continue;
    const truth = world.player(match, player);

    // The client.
    for (const packet of down.filter(({ due }) => due <= now)) {
      down.splice(down.indexOf(packet), 1);
      const { frame } = wire.receiver.state;
      wire.take(packet.bytes, now);
      const { state, welcome } = wire.receiver;
      if (state.frame === frame || !wire.isLive) continue;
      const { slot } = welcome!;
      // What is told of oneself is exact to 1/16 px.
      if (state.players.has(slot)) {
        expect(Math.abs(state.players.x[slot]! / 16 - history[state.tick]!.x)).toBeLessThanOrEqual(1 / 32);
        expect(Math.abs(state.players.y[slot]! / 16 - history[state.tick]!.y)).toBeLessThanOrEqual(1 / 32);
      }
      for (let other = 1; other < 8; other += 1) {
        if (!state.players.has(other) || !state.players.alive(other) || state.scores[other]!.blue === state.scores[slot]!.blue) continue;
        const shown = model.players.get(`id-${other}`)?.seen === true;
        const decoy = decoys[state.tick] === other;
        entries[decoy ? 'decoys' : 'enemies'] += 1;
        if (decoy && shown) entries.decoysShown += 1;
        if (!decoy && !shown) entries.enemiesHidden += 1;
      }
    }
    if (random() < 0.03) input.keys.w = !input.keys.w;
    if (random() < 0.03) input.keys.s = !input.keys.s && !input.keys.w;
    if (random() < 0.03) input.keys.a = !input.keys.a;
    if (random() < 0.03) input.keys.d = !input.keys.d && !input.keys.a;
    if (random() < 0.02) input.keys.shift = !input.keys.shift;
    if (random() < 0.02) [input.mouse.x, input.mouse.y] = [random() * 480, random() * 270];
    if (random() < 0.05) input.mouse.buttons ^= 1;
    if (random() < 0.005) wire.switchTo(loadout.support[round % 3]!);
    wire.input(input, now);
    if (wire.receiver.state.life.dead && wire.receiver.state.tick >= wire.receiver.state.life.respawnFrom) wire.respawn();
    wire.frame(model, now, TICK_MS, 1, input.mouse.x, input.mouse.y);
    const drawn = wire.drawnMs(now);
    const drawnTick = (drawn - 1_000_000) / hostTickMs;
    const then = everybody[Math.max(1, Math.floor(drawnTick))]!;
    const next = everybody[Math.max(1, Math.min(tick, Math.ceil(drawnTick)))]!;
    for (const other of model.players.values()) {
      const row = Number(other.id.slice(3)) * columns;
      if (other.id === 'id-0' || !other.seen || !other.track.at(drawn, pose)) continue;
      const last = drawnBefore.get(other.id);
      const step = last && last.tick === round - 1 ? Math.hypot(pose.x - last.x, pose.y - last.y) : 0;
      drawnBefore.set(other.id, { x: pose.x, y: pose.y, tick: round });
      const alive = (then[row + 8]! & 1) === 1 && (next[row + 8]! & 1) === 1 && other.alive;
      if (!alive) continue;
      const share = drawnTick - Math.floor(drawnTick);
      const x = then[row + 2]! + (next[row + 2]! - then[row + 2]!) * share;
      const y = then[row + 3]! + (next[row + 3]! - then[row + 3]!) * share;
      errors.push(Math.hypot(pose.x - x, pose.y - y));
      if (step < 40) othersJump = Math.max(othersJump, step);
    }
    if (!truth.alive) {
      deaths += 1;
      before = null;
      continue;
    }
    lived += 1;
    if (model.visionPolygon.length > 6) lit += 1;
    const { x, y } = model.ownFollower;
    if (before && model.own?.alive === true) {
      const step = Math.hypot(x - before.x, y - before.y);
      // A placing aside.
      if (step < 40) {
        shownSteps += 1;
        jump = Math.max(jump, step);
      }
    }
    before = { x, y };
  }
  errors.sort((a, b) => a - b);
  const at = (share: number): number => errors[Math.floor(errors.length * share)] ?? 0;
  const drawnError = { count: errors.length, median: at(0.5), p95: at(0.95), p99: at(0.99) };
  const result = {
    entries, drawnError, othersJump, counts, lived, deaths, faults, shownSteps, jump, lit, snapshots: counts['game:state'] ?? 0,
    corrections: wire.prediction!.corrections, visible: wire.prediction!.visibleCorrections,
    upBytes: sentUpBytes / seconds, upMessages: sentUp / seconds, largest, wire, model, world, match, player,
  };
  if (process.env['SHOW']) {
    const { wire: _, model: __, world: ___, ...told } = result;
    console.log(name, rules, reading, told);
  }
  return result;
}

describe('a match by the binary protocol', () => {
  it('on a perfect network: predicted without a correction worth the name', () => {
    const it = play({ seed: 1, map: 'citadel', delay: 5, jitter: 0, loss: 0, seconds: 60, bots: 7 });
    expect(it.faults).toBe(0);
    expect(it.snapshots).toBeGreaterThan(500);
    expect(it.visible).toBeLessThan(it.snapshots * 0.02);
    expect(it.lit).toBeGreaterThan(it.lived * 0.9);
    expect(it.largest).toBeLessThanOrEqual(256);
  }, 60_000);

  it('with 150 ms there and back, jitter and 5% loss', () => {
    for (const [map, rules, reading] of [['yard', 'standard', 'fine'], ['depot', 'legacy', 'coarse']] as const) {
      const it = play({ seed: 2, map, rules, reading, delay: 75, jitter: 10, loss: 0.05, seconds: 60, bots: 7 });
      expect(it.faults).toBe(0);
      expect(it.snapshots).toBeGreaterThan(400);
      expect(it.visible).toBeLessThan(it.snapshots * 0.02);
      expect(it.jump).toBeLessThan(16);
      // Others are where they were at the time that is drawn, but for a moment after they stop or turn.
      expect(it.drawnError.count).toBeGreaterThan(1000);
      expect(it.drawnError.median).toBeLessThan(0.1);
      expect(it.drawnError.p95).toBeLessThan(3);
      expect(it.counts['sounds']).toBeGreaterThan(10);
      expect(it.counts['weapon:fired']).toBeGreaterThan(10);
      expect(it.counts['backend:player:died']).toBeGreaterThan(0);
      expect(it.counts['wall:damaged']).toBeGreaterThan(0);

      // What the model shows is what the world says.
      const score = it.world.score(it.match);
      expect(it.model.score.red + it.model.score.blue).toBeGreaterThanOrEqual(score.red + score.blue - 2);
      const health = it.world.sliceHealth(it.match);
      const level = it.wire.receiver.state.levels;
      let known = 0;
      level.forEach((value, slice) => {
        if (value !== 4) return;
        known += 1;
        expect(health[slice]).toBe(0);
      });
      expect(known).toBeGreaterThan(0);
      expect(it.model.players.size).toBe(8);
    }
  }, 60_000);

  it('never shows a decoy, nor hides an enemy', () => {
    for (const map of ['citadel', 'depot', 'yard']) {
      const { entries, faults } = play({ seed: 6, map, delay: 75, jitter: 10, loss: 0.05, seconds: 90, bots: 7, bait: true });
      expect(faults).toBe(0);
      expect(entries.decoys).toBeGreaterThan(200);
      expect(entries.decoysShown).toBe(0);
      expect(entries.enemies).toBeGreaterThan(50);
      expect(entries.enemiesHidden).toBeLessThanOrEqual(entries.enemies * 0.01);
    }
  }, 120_000);

  it('at other tick rates', () => {
    for (const rate of [20, 30, 120, 240]) {
      const it = play({ seed: 3, map: 'depot', delay: 40, jitter: 5, loss: 0.02, seconds: 40, bots: 7, rate });
      expect(it.snapshots).toBeGreaterThan(300);
      expect(it.visible).toBeLessThan(it.snapshots * 0.05);
      expect(it.drawnError.median).toBeLessThan(0.3);
    }
  }, 60_000);

  it('of today\u2019s input message, the buttons', () => {
    const input = noInput();
    input.keys.w = true;
    input.keys.ctrl = true;
    input.keys['3'] = true;
    input.mouse.buttons = 3;
    expect(heldOf(input)).toBe(Button.UP | Button.SNEAK | Button.SLOT3 | Button.FIRE | Button.AIM);
  });
});
