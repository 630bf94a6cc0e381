// The Node half of `cargo xtask capacity --realtime --host node`: a host that steps matches through the addon at its world's
// rate, and measures how late ticks begin. What it plays is what the Rust half (benches/src/capacity/realtime.rs) plays.
//
// First line of standard input: the load, as JSON; second line: how long, as JSON. Answer: one line of JSON. Between two steps
// come the bots, the clients, who take each packet and answer, and draining: no share of a server's work, but of the thread's time.
import { readFileSync, readSync, writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { GameMap, WIRE_COLUMNS, WireClient, World } from '../index.mjs';

/** A line of standard input, without its end. Blocking: nothing else is to happen meanwhile. */
function line() {
  const bytes = [];
  const byte = new Uint8Array(1);
  while (readSync(0, byte) === 1) {
    if (byte[0] === 10) return Buffer.from(bytes).toString('utf8');
    bytes.push(byte[0]);
  }
  throw new Error('standard input ended before the load was told');
}

const load = JSON.parse(line());
const { warmup, ticks, catchUp, threads } = JSON.parse(line());
const reading = load.rules === 'legacy' ? 'coarse' : 'fine';
const map = GameMap.builtinNames().includes(load.map)
  ? GameMap.builtin(load.map, { reading })
  : GameMap.fromPng(readFileSync(load.map), { reading });

const world = new World({ tickRate: load.tickRate, rules: load.rules });
const games = Array.from({ length: load.matches }, (_, i) => {
  const seed = load.seed + i;
  const match = world.createMatch(map, { seed });
  const players = load.roles[i % load.roles.length].map((role) => world.addBot(match, role));
  for (const player of players) world.wireOpen(match, player);
  return { match, seed, clients: new Map(players.map((player) => [player, new WireClient()])) };
});
const byMatch = new Map(games.map((game) => [game.match, game]));

// A welcome and the first snapshot, in full, are the largest there are.
let bytes = new Uint8Array(load.matches * 8 * 1024);
const index = new Uint32Array(load.matches * 8 * WIRE_COLUMNS);
const period = 1000 / load.tickRate;

/** The step, and what leaves the engine in a buffer of the host's; returns how many packets. */
function step() {
  if (threads > 1) world.stepParallel();
  else world.step();
  return world.wirePackets(bytes, index);
}

/** Clients take what was sent, and answer; drains, and starts anew what is over. */
function after(count, tick) {
  for (let i = 0; i < count; i++) {
    const at = i * WIRE_COLUMNS;
    const game = byMatch.get(index[at + 1] * 2 ** 32 + index[at]);
    const player = index[at + 2];
    const client = game.clients.get(player);
    client.receive(bytes.subarray(index[at + 3], index[at + 3] + index[at + 4]));
    const message = client.write();
    if (message.length > 0) world.wireReceive(game.match, player, message);
  }
  const pending = world.wirePending();
  if (pending.bytes * 2 > bytes.length) bytes = new Uint8Array(pending.bytes * 4);
  // A few in each tick: a match's ring holds a second of events and more.
  for (let i = tick % 12; i < games.length; i += 12) {
    const game = games[i];
    world.drainEvents(game.match);
    world.drainSounds(game.match);
    if (world.score(game.match).over) world.resetMatch(game.match, ++game.seed);
  }
}

const lateness = [];
const steps = [];
let loadMs = 0;
let skipped = 0;

/** ms before a moment at which sleeping ends. With 1.3 as with 3, a hundredth of the ticks begins 0.5 to 1 late; why is not known. */
const AWAKE = 3;

/** Until a moment: asleep but for the last stretch. */
const asleep = new Int32Array(new SharedArrayBuffer(4));
function waitUntil(due) {
  const left = due - performance.now();
  if (left > AWAKE) Atomics.wait(asleep, 0, 0, left - AWAKE);
  while (performance.now() < due);
}

for (let tick = 0; tick < warmup; tick++) {
  world.thinkBots();
  after(step(), tick);
}
let due = performance.now();
for (let tick = 0; tick < ticks; tick++) {
  const loaded = performance.now();
  world.thinkBots();
  loadMs += performance.now() - loaded;
  waitUntil(due);
  const began = performance.now();
  const late = began - due;
  const behind = Math.floor(late / period);
  if (behind > catchUp) {
    skipped += behind - catchUp;
    due += period * (behind - catchUp);
  }
  due += period;
  lateness.push(late);
  const count = step();
  const stepped = performance.now();
  steps.push(stepped - began);
  after(count, tick);
  loadMs += performance.now() - stepped;
}
const answer = Buffer.from(`${JSON.stringify({ latenessMs: lateness, stepMs: steps, loadMs, skipped })}\n`);
for (let at = 0; at < answer.length;) at += writeSync(1, answer, at);
