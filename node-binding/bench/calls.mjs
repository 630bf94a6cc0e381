// What the calls cost, on one match of eight bots in a fight. Run on an otherwise idle machine:
//
// node node-binding/bench/calls.mjs
import { GameMap, INPUT_BYTES, PLAYER_COLUMNS, SOUND_BYTES, SOUND_CELLS, TILE_BYTES, World } from '../index.mjs';

const map = GameMap.builtin('citadel');
const world = new World();
const match = world.createMatch(map, { seed: 7 });
const bots = Array.from({ length: 8 }, () => world.addBot(match));
const tick = () => {
  world.thinkBots();
  world.step();
};
for (let i = 0; i < 600; i++) {
  tick();
  world.drainEvents(match);
}

/** Nanoseconds a call: the median of 9 runs of at least 10 ms each. */
function time(call) {
  const run = (count) => {
    const start = process.hrtime.bigint();
    for (let i = 0; i < count; i++) call();
    return Number(process.hrtime.bigint() - start);
  };
  let count = 64;
  while (run(count) < 10e6) count *= 2;
  const runs = Array.from({ length: 9 }, () => run(count) / count).sort((a, b) => a - b);
  return runs[4];
}

const players = new Float32Array(8 * PLAYER_COLUMNS);
const slices = new Float32Array(map.sliceCount);
const outline = new Float32Array(4096);
const tiles = new Uint8Array(TILE_BYTES);
const field = new Float32Array(SOUND_CELLS);
const records = new Uint8Array(1024 * SOUND_BYTES);
const inputs = new Uint8Array(8 * INPUT_BYTES);
const view = new DataView(inputs.buffer);
let sequence = 1 << 20;

const calls = {
  'tick (the bare call)': () => world.tick(match),
  pushInput: () => world.pushInput(match, bots[0], sequence++, 1, 0, 10, 20),
  'pushInputs, 8 records': () => {
    for (let i = 0; i < 8; i++) {
      view.setBigUint64(i * INPUT_BYTES, BigInt(match), true);
      view.setUint32(i * INPUT_BYTES + 8, bots[i], true);
      view.setUint32(i * INPUT_BYTES + 12, sequence++, true);
    }
    world.pushInputs(inputs, 8);
  },
  player: () => world.player(match, bots[0]),
  'players, 8': () => world.players(match),
  'readPlayers, 8': () => world.readPlayers(match, players),
  weapons: () => world.weapons(match, bots[0]),
  score: () => world.score(match),
  sightMatrix: () => world.sightMatrix(match),
  [`sliceHealth, ${map.sliceCount}, new array`]: () => world.sliceHealth(match),
  [`sliceHealth, ${map.sliceCount}, kept array`]: () => world.sliceHealth(match, slices),
  'polygon, new array': () => world.polygon(match, bots[0]),
  'polygon, kept array': () => world.polygon(match, bots[0], outline),
  'tiles, kept array': () => world.tiles(match, bots[0], tiles),
  soundBetween: () => world.soundBetween(match, 'fire_rifle', 60, 60, 300, 200),
  'soundField, kept array': () => world.soundField(match, 'fire_rifle', 60, 60, field),
  hash: () => world.hash(match),
  save: () => world.save(match),
  'drainEvents, none': () => world.drainEvents(match),
  'readSounds, none': () => world.readSounds(match, records),
  'step, nobody thinking': () => world.step(),
};
for (const [name, call] of Object.entries(calls)) {
  console.log(`${name.padEnd(36)}${time(call).toFixed(0).padStart(8)} ns`);
}

const TICKS = 20_000;
const drains = { drainEvents: { count: 0, spent: 0n }, drainSounds: { count: 0, spent: 0n } };
for (let i = 0; i < TICKS; i++) {
  tick();
  for (const [name, sum] of Object.entries(drains)) {
    const start = process.hrtime.bigint();
    sum.count += world[name](match).length;
    sum.spent += process.hrtime.bigint() - start;
  }
}
for (const [name, { count, spent }] of Object.entries(drains)) {
  console.log(`${`${name} a tick of a fight`.padEnd(36)}${(Number(spent) / TICKS).toFixed(0).padStart(8)} ns, ${(count / TICKS).toFixed(1)} entries`);
}
