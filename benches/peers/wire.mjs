// What the traffic of a match would cost by other ways: reads the lines that `bandwidth` writes on standard input, one
// for each player and frame, prints one JSON object of bytes a player and second.
//
// In: {"p": slot, "f": frame,
//      "players": [[slot, x, y, facing, health, weapon, state], ..]    whom the player knows in this frame; 1/16 px, 1/256 turn
//      "scores": [[slot, blue, alive, kills, deaths], ..], "teams": [red, blue],
//      "own": {"places": [[weapon, rounds, reserve], ..], "hand", "charge", "reload", "heat", "protected"},
//      "slices": [[slice, level], ..]                                  known damage that is new in this frame
//      "projectiles": [[number, weapon, own, x, y], ..], "clouds": [[number, x, y, born], ..],
//      "messages": [[type, ..], ..]}                                   see MESSAGES
//
// Out: json: all that a player knows, in every frame, as an object of named fields, as today's backend sends it.
//      json_delta: the same objects, but only those that differ from the frame before.
//      msgpackr: the objects of `json` with msgpackr's shared structures; msgpackr_delta: those of json_delta.
//      colyseus: @colyseus/schema with one StateView a player, which sends what has changed by itself, written as its
//      documentation writes it: positions and angles are `number`, messages are objects, by msgpackr, each with its type,
//      as a Colyseus room sends them. What each player remembers of the walls is a map of that player's own.
//      colyseus_tight: the same in the smallest types that hold the wire's resolution, and a frame's messages as one
//      array of arrays of numbers: as far as that library can be taken.
// `checked`: frames in which decoders of both held the same players as the line says.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Decoder, Encoder, Reflection, StateView, schema, t } from '@colyseus/schema';
import { Packr } from 'msgpackr';

const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const seconds = Number(process.argv[2]);
if (!(seconds > 0)) throw new Error('usage: node wire.mjs SECONDS < lines');

const WEAPONS = [
  'rifle', 'smg', 'shotgun', 'battlerifle', 'sniperrifle', 'pistol', 'revolver', 'suppressedpistol', 'machinegun',
  'antimaterialrifle', 'grenadelauncher', 'rocket', 'grenade', 'smokegrenade', 'flashbang', null,
];
/** Fields of the messages, as PROTOCOL.md has them; places in 1/16 px. */
const MESSAGES = {
  sound: ['kind', 'gain', 'direction', 'cutoff', 'own'],
  fired: ['player', 'weapon', 'x', 'y', 'direction'],
  impact: ['player', 'weapon', 'what', 'x', 'y', 'target'],
  hurt: ['player', 'by', 'weapon', 'points'],
  died: ['player', 'by', 'weapon', 'x', 'y'],
  exploded: ['weapon', 'x', 'y', 'by'],
  bounced: ['weapon', 'x', 'y'],
  thrown: ['player', 'weapon'],
  denied: ['what'],
};
const TYPES = Object.keys(MESSAGES);
const named = ([type, ...values]) => Object.fromEntries(MESSAGES[type].map((name, i) => (
  [name, values[i] !== null && (name === 'x' || name === 'y') ? px(values[i]) : values[i]]
)));
const GAITS = ['idle', 'sneaking', 'walking', 'running'];
const px = (v) => v / 16;

/** The whole of what a player knows, as today's backend would name it. */
function whole(line, walls) {
  const players = {};
  for (const [slot, x, y, facing, health, weapon, state] of line.players) {
    players[`player_${slot}`] = {
      position: { x: px(x), y: px(y) }, rotation: Math.round(facing * 2.4543692606) / 100, health, weaponId: WEAPONS[weapon],
      movementState: GAITS[state & 3], isADS: (state & 4) !== 0, isAlive: (state & 8) !== 0, isReloading: (state & 16) !== 0,
      invulnerable: (state & 32) !== 0,
    };
  }
  const scores = {};
  for (const [slot, blue, alive, kills, deaths] of line.scores) {
    scores[`player_${slot}`] = { team: blue ? 'blue' : 'red', isAlive: alive === 1, kills, deaths };
  }
  const { places, ...own } = line.own;
  return {
    tick: line.f * 3,
    players,
    scores,
    teams: { red: line.teams[0], blue: line.teams[1] },
    own: { ...own, weapons: places.map(([weapon, currentAmmo, reserveAmmo]) => ({ type: WEAPONS[weapon], currentAmmo, reserveAmmo })) },
    walls,
    projectiles: line.projectiles.map(([id, weapon, isOwn, x, y]) => ({
      id: `projectile_${id}`, type: WEAPONS[weapon], isOwn: isOwn === 1, position: { x: px(x), y: px(y) },
    })),
    smokeZones: line.clouds.map(([id, x, y, born]) => ({ id: `smoke_${id}`, position: { x: px(x), y: px(y) }, born })),
    events: line.messages.map((message) => ({ type: message[0], ...named(message) })),
  };
}

/** The parts of `now` that differ from `before`: objects a level down are left out where they are equal. */
function delta(now, before) {
  const out = { tick: now.tick };
  for (const [key, value] of Object.entries(now)) {
    const old = before?.[key];
    if (key === 'events') {
      if (value.length > 0) out.events = value;
    } else if (key === 'walls') {
      continue;
    } else if (typeof value === 'object' && !Array.isArray(value) && old !== undefined) {
      const part = {};
      for (const [name, each] of Object.entries(value)) {
        if (JSON.stringify(each) !== JSON.stringify(old[name])) part[name] = each;
      }
      for (const name of Object.keys(old)) if (!(name in value)) part[name] = null;
      if (Object.keys(part).length > 0) out[key] = part;
    } else if (JSON.stringify(value) !== JSON.stringify(old)) out[key] = value;
  }
  return out;
}

/** The schema in a style: `tight`, or as the documentation writes it. */
function schemas(tight) {
  const [length, byte, short, long] = tight
    ? [t.uint16, t.uint8, t.uint16, t.uint32] : [t.number, t.number, t.number, t.number];
  const Player = schema({ x: length(), y: length(), facing: byte(), health: byte(), weapon: byte(), state: byte() }, 'Player');
  const Score = schema({ blue: t.boolean(), alive: t.boolean(), kills: short(), deaths: short() }, 'Score');
  const Place = schema({ weapon: byte(), rounds: short(), reserve: short() }, 'Place');
  const Flight = schema({ weapon: byte(), own: t.boolean(), x: length(), y: length() }, 'Flight');
  const Cloud = schema({ x: length(), y: length(), born: long() }, 'Cloud');
  const Mine = schema({
    hand: byte(), charge: byte(), reload: short(), heat: byte(), protected: short(),
    places: t.map(Place), slices: t.map('uint8'), flights: t.map(Flight), clouds: t.map(Cloud),
  }, 'Mine');
  const State = schema({
    red: short(), blue: short(), scores: t.map(Score), players: t.map(Player).view(), mine: t.map(Mine).view(),
  }, 'State');
  return { Player, Score, Place, Flight, Cloud, Mine, State };
}

/** Sets the fields of an element of a map, making it first if need be; what is equal is not touched. */
function put(map, key, Type, fields) {
  let element = map.get(key);
  const isNew = element === undefined;
  if (isNew) element = new Type();
  for (const [name, value] of Object.entries(fields)) if (element[name] !== value) element[name] = value;
  if (isNew) map.set(key, element);
  return element;
}

function keep(map, keys) {
  for (const key of [...map.keys()]) if (!keys.has(key)) map.delete(key);
}

class Colyseus {
  views = new Map();
  seen = new Map();
  decoders = new Map();
  bytes = 0;
  checked = 0;
  packr = new Packr({ useRecords: false });

  constructor(tight) {
    this.tight = tight;
    this.types = schemas(tight);
    this.state = new this.types.State();
    this.place = tight ? (v) => v : px;
    this.turn = tight ? (v) => v : (v) => (v * Math.PI) / 128;
    Encoder.BUFFER_SIZE = 64 * 1024;
    this.encoder = new Encoder(this.state);
    this.reflection = Reflection.encode(this.encoder);
  }

  frame(lines) {
    for (const line of lines) this.update(line);
    const it = { offset: 0 };
    this.encoder.encode(it);
    const shared = it.offset;
    // To everybody: what changes is told once, to those for whom nothing else is new as well.
    const byPlayer = new Map(lines.map((line) => [line.p, line]));
    for (const [player, view] of this.views) {
      const patch = this.encoder.encodeView(view, shared, it);
      const line = byPlayer.get(player);
      if (patch.length > 0) this.bytes += patch.length + 1;
      this.decoders.get(player).decode(patch);
      if (line === undefined) continue;
      this.bytes += this.messageBytes(line.messages);
      this.check(line);
    }
    this.encoder.discardChanges();
  }

  /** A code, the type as a string, and what msgpackr makes of the rest. */
  messageBytes(messages) {
    if (messages.length === 0) return 0;
    if (this.tight) return 3 + this.packr.pack(messages.map(([type, ...values]) => [TYPES.indexOf(type), ...values])).length;
    return messages.reduce((sum, message) => sum + 2 + message[0].length + this.packr.pack(named(message)).length, 0);
  }

  update(line) {
    const { state, place, turn } = this;
    const { Player, Score, Place, Flight, Cloud, Mine } = this.types;
    [state.red, state.blue] = line.teams;
    for (const [slot, blue, alive, kills, deaths] of line.scores) {
      put(state.scores, String(slot), Score, { blue: blue === 1, alive: alive === 1, kills, deaths });
    }
    let view = this.views.get(line.p);
    if (view === undefined) {
      view = new StateView();
      this.views.set(line.p, view);
      this.seen.set(line.p, new Set());
      this.decoders.set(line.p, Reflection.decode(this.reflection));
    }
    const known = new Set();
    for (const [slot, x, y, facing, health, weapon, entry] of line.players) {
      const player = put(state.players, String(slot), Player, { x: place(x), y: place(y), facing: turn(facing), health, weapon, state: entry });
      known.add(slot);
      if (!this.seen.get(line.p).has(slot)) view.add(player);
    }
    for (const slot of this.seen.get(line.p)) if (!known.has(slot)) view.remove(state.players.get(String(slot)));
    this.seen.set(line.p, known);

    const { places, hand, charge, reload, heat } = line.own;
    const isNew = state.mine.get(String(line.p)) === undefined;
    const mine = put(state.mine, String(line.p), Mine, { hand, charge, reload, heat, protected: line.own.protected });
    if (isNew) view.add(mine);
    places.forEach(([weapon, rounds, reserve], index) => put(mine.places, String(index), Place, { weapon, rounds, reserve }));
    for (const [slice, level] of line.slices) mine.slices.set(String(slice), level);
    for (const [id, weapon, own, x, y] of line.projectiles) put(mine.flights, String(id), Flight, { weapon, own: own === 1, x: place(x), y: place(y) });
    keep(mine.flights, new Set(line.projectiles.map(([id]) => String(id))));
    for (const [id, x, y, born] of line.clouds) put(mine.clouds, String(id), Cloud, { x: place(x), y: place(y), born });
    keep(mine.clouds, new Set(line.clouds.map(([id]) => String(id))));
  }

  check(line) {
    const decoder = this.decoders.get(line.p);
    for (const [slot, x, y, facing] of line.players) {
      const player = decoder.state.players.get(String(slot));
      if (player?.x !== this.place(x) || player.y !== this.place(y) || Math.abs(player.facing - this.turn(facing)) > 1e-6) {
        throw new Error(`frame ${line.f}: Colyseus' client ${line.p} has player ${slot} at ${player?.x}, ${player?.y}, ${player?.facing}, not ${this.place(x)}, ${this.place(y)}, ${this.turn(facing)}`);
      }
    }
    if (decoder.state.players.size !== line.players.length) {
      throw new Error(`frame ${line.f}: Colyseus' client ${line.p} knows ${decoder.state.players.size} players, not ${line.players.length}`);
    }
    this.checked++;
  }
}

const bytes = { json: 0, json_delta: 0, msgpackr: 0, msgpackr_delta: 0 };
const colyseus = [new Colyseus(false), new Colyseus(true)];
const packr = new Packr({ structures: [] });
const deltaPackr = new Packr({ structures: [] });
const walls = new Map();
const before = new Map();
const slots = new Set();
let lines = [];

/** Nobody is told the own facing: where a line has none, it is as somebody else sees it, or as it was. */
const facings = new Map();
function turnTheirOwn() {
  const entries = lines.flatMap((line) => line.players.map((entry) => ({ entry, isOwn: entry[0] === line.p })));
  for (const { entry, isOwn } of entries) if (!isOwn) facings.set(entry[0], entry[3]);
  for (const { entry, isOwn } of entries) if (isOwn) entry[3] = facings.get(entry[0]) ?? 0;
}

function frame() {
  turnTheirOwn();
  for (const line of lines) {
    slots.add(line.p);
    if (!walls.has(line.p)) walls.set(line.p, {});
    const known = walls.get(line.p);
    for (const [slice, level] of line.slices) known[slice] = level;
    const now = whole(line, known);
    bytes.json += Buffer.byteLength(JSON.stringify(now));
    bytes.msgpackr += packr.pack(now).length;
    const part = delta(now, before.get(line.p));
    if (line.slices.length > 0) part.walls = Object.fromEntries(line.slices);
    bytes.json_delta += Buffer.byteLength(JSON.stringify(part));
    bytes.msgpackr_delta += deltaPackr.pack(part).length;
    before.set(line.p, now);
  }
  if (lines.length > 0) for (const each of colyseus) each.frame(lines);
  lines = [];
}

for await (const text of createInterface({ input: process.stdin })) {
  const line = JSON.parse(text);
  if (lines.length > 0 && lines[0].f !== line.f) frame();
  lines.push(line);
}
frame();
const rate = (total) => Math.round((total / seconds / slots.size) * 10) / 10;
process.stdout.write(`${JSON.stringify({
  node: process.version,
  versions: { '@colyseus/schema': dependencies['@colyseus/schema'], msgpackr: dependencies.msgpackr },
  players: slots.size,
  checked: Math.min(...colyseus.map((each) => each.checked)),
  ...Object.fromEntries(Object.entries(bytes).map(([name, total]) => [name, rate(total)])),
  colyseus: rate(colyseus[0].bytes),
  colyseus_tight: rate(colyseus[1].bytes),
})}\n`);
