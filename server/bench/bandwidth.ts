import { Counters } from '../src/counters.js';
import { engine, type SceneRole } from '../src/engine.js';
import { Match } from '../src/match.js';

/**
 * What today's protocol sends the eight players of a fight, counted at the match, without sockets: the bytes of its
 * Socket.IO packets, compression off, as the server sends them. Bots play, as people do, by inputs; every client asks for
 * sounds and keeps up.
 *
 * BANDWIDTH_SECONDS: of play, default 120. BANDWIDTH_SCENE: whose map and loadouts, default `brawl`. Prints one JSON object.
 */

const SECONDS = Number(process.env['BANDWIDTH_SECONDS'] ?? 120);
const SCENE = process.env['BANDWIDTH_SCENE'] ?? 'brawl';
const TICK_RATE = 60;

/** Bytes around a payload: the packet's two types, brackets, the event's name in quotes, a comma. */
const packetBytes = (event: string, json: string): number => Buffer.byteLength(json) + event.length + '42["",]'.length;

const world = new engine.World({ tickRate: TICK_RATE });
const script = engine.sceneScript(SCENE);
const sent = new Map<string, number>();
const byEvent = new Map<string, number>();
let step = 0;

function count(memberId: string, event: string, json: string): void {
  const bytes = packetBytes(event, json);
  sent.set(memberId, (sent.get(memberId) ?? 0) + bytes);
  byEvent.set(event, (byEvent.get(event) ?? 0) + bytes);
}

const match = new Match({
  world,
  clock: { now: () => (step * 1000) / TICK_RATE, after: () => () => undefined },
  counters: new Counters(),
  epochOfStep: (at) => (at * 1000) / TICK_RATE,
  emit: (memberId, event, payload) => count(memberId, event, JSON.stringify(payload)),
  emitJson: count,
  keepsUp: () => true,
  wantsSounds: () => true,
  wireMoved: () => undefined,
}, {
  map: { name: script.map, map: engine.GameMap.builtin(script.map) }, killTarget: 10_000, maxPlayers: 8, bots: 0, phase: 0,
});

function seat(role: SceneRole, index: number): void {
  const memberId = `member${index}`;
  match.add(memberId, `Player ${index}`);
  match.join(memberId, { name: `Player ${index}`, team: role.team, loadout: role.loadout });
}

script.roles.forEach(seat);
const [id] = world.matches();
if (id === undefined) throw new Error('the match is not in its world');
world.players(id).forEach((player, index) => world.adoptBot(id, player.id, script.roles[index]!.skill));

function play(seconds: number): void {
  for (const end = step + seconds * TICK_RATE; step < end; step++) {
    world.thinkBots();
    world.step();
    match.advance(step);
  }
}

play(3);
sent.clear();
byEvent.clear();
play(SECONDS);
const rates = [...sent.values()].map((bytes) => bytes / SECONDS).sort((a, b) => a - b);
const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
console.log(JSON.stringify({
  players: rates.length,
  seconds: SECONDS,
  scene: SCENE,
  legacy_bytes_per_s_mean: Math.round(mean),
  legacy_bytes_per_s_max_player: Math.round(rates.at(-1) ?? 0),
  by_event: Object.fromEntries([...byEvent].sort((a, b) => b[1] - a[1]).map(([event, bytes]) => [event, Math.round(bytes / SECONDS / rates.length)])),
}));
