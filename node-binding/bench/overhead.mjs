// The Node half of `cargo xtask capacity --node`: a host that steps matches and fetches all outgoing bytes, block by block, as
// the Rust half (benches/src/overhead.rs) asks for it. What both do outside the clock is the same, so that both have the same
// matches at the same times.
//
// First line of standard input: the load, as JSON. Each further line: ticks of a block. Answer to each: a line of JSON, then
// the block's packets, for the Rust half to compare.
import { readFileSync, readSync, writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { GameMap, WIRE_COLUMNS, WireClient, World } from '../index.mjs';

/** A line of standard input, without its end; `undefined` at its end. Blocking: nothing else is to happen meanwhile. */
function line() {
  const bytes = [];
  const byte = new Uint8Array(1);
  while (readSync(0, byte) === 1) {
    if (byte[0] === 10) return Buffer.from(bytes).toString('utf8');
    bytes.push(byte[0]);
  }
  return undefined;
}

function write(bytes) {
  for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at);
}

const load = JSON.parse(line());
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

/** Grows the buffers where they may become too small, as a host does between steps. */
function room() {
  const pending = world.wirePending();
  if (pending.bytes * 2 > bytes.length) bytes = new Uint8Array(pending.bytes * 4);
}

/** Clients take what was sent, and answer. */
function answer(count) {
  for (let i = 0; i < count; i++) {
    const at = i * WIRE_COLUMNS;
    const client = byMatch.get(index[at + 1] * 2 ** 32 + index[at]).clients.get(index[at + 2]);
    client.receive(bytes.subarray(index[at + 3], index[at + 3] + index[at + 4]));
  }
  for (const { match, clients } of games) {
    for (const [player, client] of clients) {
      const message = client.write();
      if (message.length > 0) world.wireReceive(match, player, message);
    }
  }
}

function block(ticks) {
  const sent = [];
  let wall = 0;
  let cpu = 0;
  let packets = 0;
  for (let tick = 0; tick < ticks; tick++) {
    world.thinkBots();
    const cpuBegan = process.cpuUsage();
    const began = performance.now();
    world.step();
    const count = world.wirePackets(bytes, index);
    wall += performance.now() - began;
    const used = process.cpuUsage(cpuBegan);
    cpu += used.user + used.system;
    if (count === 0) continue;
    packets += count;
    const length = index[count * WIRE_COLUMNS - 2] + index[count * WIRE_COLUMNS - 1];
    sent.push(Buffer.from(index.slice(0, count * WIRE_COLUMNS).buffer), Buffer.from(bytes.slice(0, length).buffer));
    answer(count);
    room();
  }
  for (const game of games) {
    world.drainEvents(game.match);
    world.drainSounds(game.match);
    if (world.score(game.match).over) world.resetMatch(game.match, ++game.seed);
  }
  const all = Buffer.concat(sent);
  // What was thrown away outside the clock is not collected within it.
  gc();
  write(Buffer.from(`${JSON.stringify({ wallMs: wall, cpuUs: cpu, packets, bytes: all.length })}\n`));
  write(all);
}

write(Buffer.from(`${JSON.stringify({ node: process.version, simd: world.simd })}\n`));
for (let ticks = line(); ticks !== undefined; ticks = line()) block(Number(ticks));
