// What rooms on the drop-in class cost: processor time of this process, and memory. Eight scripted fighters a room, each
// with a state at 20 Hz and the own events, as a backend's room asks for them.
//
// node --expose-gc node-binding/bench/legacy.mjs [--rooms N] [--seconds N] [--json]
import { parseArgs } from 'node:util';
import { cpus } from 'node:os';
import { fight } from '../test/legacy-room.mjs';
import { version } from '../index.mjs';

const { values } = parseArgs({ options: { rooms: { type: 'string', default: '8' }, seconds: { type: 'string', default: '20' }, json: { type: 'boolean', default: false } } });
const [rooms, seconds] = [values.rooms, values.seconds].map((text, i) => {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 1000) return number;
  console.error(`--${['rooms', 'seconds'][i]} is ${JSON.stringify(text)}; it must be a whole number from 1 to 1000`);
  return process.exit(2);
});

/** What today's backend takes for the same, measured once on the machine that it was replaced on. */
const REPLACED = { tickUs: 12_000, tickWithoutDeadWorkUs: 200, stateUs: 300, jsonUs: 400, bytes: 375 * 1024 };

const memory = async () => {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    await new Promise((done) => setImmediate(done));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
if (globalThis.gc === undefined) console.error('run with node --expose-gc: without it, memory is not measured');

await (await fight({ players: 1 })).room.gameState.destroy();
const before = await memory();
const all = [];
for (let seed = 0; seed < rooms; seed++) all.push(await fight({ tellEach: true, killTarget: 1e9, system: { seed } }));
for (const { fighters } of all) for (const fighter of fighters) fighter.seed += all.findIndex((each) => each.fighters.includes(fighter)) * 7919;
// What came over the sockets is the clients'.
for (const { fighters } of all) for (const fighter of fighters) fighter.socket.take();
const after = await memory();

const spent = { inputs: 0, update: 0, events: 0, states: 0, json: 0 };
const count = { ticks: 0, states: 0, bytes: 0, events: 0 };
/** Microseconds of processor time; a call costs one itself, so whole rounds over the rooms are timed. */
const timed = (what, work) => {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  spent[what] += user + system;
};
const ticks = seconds * 60;
for (let tick = 0; tick < ticks; tick++) {
  timed('inputs', () => all.forEach(({ fighters }) => fighters.forEach((fighter) => fighter.act())));
  timed('update', () => all.forEach(({ room }) => room.gameState.update(1000 / 60)));
  timed('events', () => all.forEach(({ room, fighters }) => {
    room.gameState.getPendingEvents();
    for (const { socket } of fighters) count.events += room.gameState.getEventsFor(socket.id).length;
  }));
  count.ticks += rooms;
  if (tick % 3 !== 0) continue;
  const states = [];
  timed('states', () => all.forEach(({ room, fighters }) => fighters.forEach((fighter) => {
    states.push([fighter, room.gameState.getFilteredGameState(fighter.socket.id, { walls: 'changed' })]);
  })));
  let texts = [];
  timed('json', () => { texts = states.map(([, state]) => JSON.stringify(state)); });
  states.forEach(([fighter, state]) => { fighter.state = state; });
  count.states += states.length;
  count.bytes += texts.reduce((sum, text) => sum + text.length, 0);
  if (process.stderr.isTTY && tick % 60 === 0) process.stderr.write(`\r${Math.round((100 * tick) / ticks)}%`);
}
if (process.stderr.isTTY) process.stderr.write('\r    \r');

const engineBytes = all.reduce((sum, { room }) => sum + room.gameState.matchBytes, 0) / rooms;
const round = (value) => Math.round(value * 10) / 10;
const result = {
  version, node: process.version, processor: cpus()[0]?.model ?? 'unknown', rooms, seconds,
  inputs_us_per_tick: round(spent.inputs / count.ticks),
  update_us_per_tick: round(spent.update / count.ticks),
  events_us_per_tick: round(spent.events / count.ticks),
  state_us: round(spent.states / count.states),
  json_us: round(spent.json / count.states),
  state_bytes: Math.round(count.bytes / count.states),
  room_us_per_tick: round((spent.inputs + spent.update + spent.events + spent.states + spent.json) / count.ticks),
  heap_bytes_per_room: globalThis.gc === undefined ? null : Math.round((after - before) / rooms),
  engine_bytes_per_room: Math.round(engineBytes),
};
for (const { room } of all) room.gameState.destroy();

const rows = [
  ['per tick and room of eight', 'us', 'of what it replaces, us'],
  ['update', result.update_us_per_tick, `${REPLACED.tickUs} (${REPLACED.tickWithoutDeadWorkUs} without dead work)`],
  ['inputs of all, their fighters\' thinking with them', result.inputs_us_per_tick, ''],
  ['events of all', result.events_us_per_tick, ''],
  ['all of it, with states and JSON at 20 Hz', result.room_us_per_tick, ''],
  ['', '', ''],
  ['per state', 'us', ''],
  ['made', result.state_us, REPLACED.stateUs],
  ['written as JSON', result.json_us, REPLACED.jsonUs],
  ['bytes', result.state_bytes, '46000'],
  ['', '', ''],
  ['per room', 'bytes', ''],
  ['of Node\'s heap and buffers', result.heap_bytes_per_room ?? 'not measured', ''],
  ['of the engine', result.engine_bytes_per_room, ''],
  ['both', (result.heap_bytes_per_room ?? 0) + result.engine_bytes_per_room, REPLACED.bytes],
];
for (const row of rows) console.log(`${String(row[0]).padEnd(52)}${String(row[1]).padStart(12)}  ${row[2]}`);
console.log(`\n${rooms} rooms, ${seconds} s each, processor time; engine ${version}, Node ${process.version}, ${result.processor}`);
if (values.json) console.log(JSON.stringify(result));
