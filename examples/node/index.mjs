// A match of bots, built the way a game server builds its own: a world, a map, a match, players; then think, step and
// drain events and sounds, tick by tick.
//
// node examples/node/index.mjs [SCENE] [TICKS]
import { GameMap, World, sceneScript } from '../../node-binding/index.mjs';

const [scene = 'brawl', ticksText = '600'] = process.argv.slice(2);
const ticks = Number(ticksText);
if (!/^\d+$/.test(ticksText) || ticks > 0xffffffff) {
  console.error(`TICKS is ${JSON.stringify(ticksText)}; it must be 0 to 4294967295`);
  process.exit(1);
}

const script = sceneScript(scene);
const map = GameMap.builtin(script.map);
const world = new World({ tickRate: script.tickRate, rules: script.rules });
let seed = script.seed;
const match = world.createMatch(map, { seed, killTarget: script.killTarget });
for (const role of script.roles) world.addBot(match, role);

const counts = new Map();
let heard = 0;
for (let tick = 0; tick < ticks; tick++) {
  world.thinkBots();
  world.step();
  for (const { type } of world.drainEvents(match)) counts.set(type, (counts.get(type) ?? 0) + 1);
  for (const { own } of world.drainSounds(match)) heard += own ? 0 : 1;
  // A match that is over begins anew.
  if (world.score(match).over) world.resetMatch(match, ++seed);
}

const of = (type) => counts.get(type) ?? 0;
console.log(`scene ${scene}: ${script.roles.length} on ${script.map}, ${ticks} ticks, SIMD ${world.simd}`);
console.log(
  `shots ${of('fired')}, hits ${of('hit_player')}, deaths ${of('died')}, slices destroyed ${of('slice_destroyed')}`,
);
console.log(`sounds of others heard ${heard}`);
const score = world.score(match);
console.log(`score red ${score.red}, blue ${score.blue}`);
for (const p of world.players(match)) {
  const at = `(${p.x.toFixed(1).padStart(5)}, ${p.y.toFixed(1).padStart(5)})`;
  console.log(
    `${p.team.padEnd(5)} ${String(p.health).padStart(3)} points at ${at}, ${p.kills} kills, ${p.deaths} deaths`,
  );
}
console.log(`hash ${world.hash(match)}`);
