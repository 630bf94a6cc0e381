'use strict';

const native = require('./native.js');
const format = Object.freeze(native.rowFormat());
const { player, weapon, event, told, sound } = require('./shapes.js')(format);

const MAX_PLAYERS = 8;
const MAX_WEAPONS = 5;
// One for each thread: workers have modules of their own, and a call reads its rows before it returns.
const playerRows = new Float64Array(MAX_PLAYERS * format.player);
const weaponRows = new Float64Array(MAX_WEAPONS * format.weapon);
const eventRows = new Float64Array(format.maxEvents * format.event);
const toldRows = new Float64Array(format.maxEvents * format.told);
const soundBytes = new Uint8Array(format.maxSounds * native.SOUND_BYTES);

// Row writers and the like are for this file; callers see only what index.d.ts says.
const raw = {};
for (const name of ['playerRow', 'playerRows', 'weaponRows', 'eventRows', 'toldRows', 'snapshotInto']) {
  raw[name] = Function.prototype.call.bind(native.World.prototype[name]);
  delete native.World.prototype[name];
}

const stateJson = Function.prototype.call.bind(native.WireClient.prototype.stateJson);
delete native.WireClient.prototype.stateJson;

function list(count, rows, width, shape) {
  const out = new Array(count);
  for (let i = 0; i < count; i++) out[i] = shape(rows, i * width);
  return out;
}

class World extends native.World {
  player(match, id) {
    raw.playerRow(this, match, id, playerRows);
    return player(playerRows, 0);
  }

  players(match) {
    return list(raw.playerRows(this, match, playerRows), playerRows, format.player, player);
  }

  weapons(match, id) {
    return list(raw.weaponRows(this, match, id, weaponRows), weaponRows, format.weapon, weapon);
  }

  drainEvents(match) {
    return list(raw.eventRows(this, match, eventRows), eventRows, format.event, event);
  }

  drainTold(match) {
    return list(raw.toldRows(this, match, toldRows), toldRows, format.told, told);
  }

  drainSounds(match) {
    return list(this.readSounds(match, soundBytes), soundBytes, native.SOUND_BYTES, sound);
  }

  snapshot(match, into = new native.Snapshot()) {
    raw.snapshotInto(this, match, into);
    return into;
  }
}

class WireClient extends native.WireClient {
  state() {
    return JSON.parse(stateJson(this));
  }
}

const { Match, Player } = require('./handles.js')(World);

// `using` frees at the end of the block. Node has the symbol from 20.4 on; `dispose` is there in any case.
const OWNERS = [
  World, Match, Player, native.GameMap, WireClient, native.Snapshot, native.Replay, native.Playback, native.PositionGuard,
  native.MatchQueue,
];
if (Symbol.dispose !== undefined) {
  for (const { prototype } of OWNERS) {
    Object.defineProperty(prototype, Symbol.dispose, { value: prototype.dispose, writable: true, configurable: true });
  }
}

const Button = Object.freeze({
  UP: 1 << 0,
  LEFT: 1 << 1,
  DOWN: 1 << 2,
  RIGHT: 1 << 3,
  RUN: 1 << 4,
  SNEAK: 1 << 5,
  FIRE: 1 << 6,
  AIM: 1 << 7,
  RELOAD: 1 << 8,
  THROW: 1 << 9,
  SLOT1: 1 << 10,
  SLOT2: 1 << 11,
  SLOT3: 1 << 12,
  SLOT4: 1 << 13,
  SLOT5: 1 << 14,
  RESPAWN: 1 << 15,
});

module.exports.GameMap = native.GameMap;
module.exports.World = World;
module.exports.Match = Match;
module.exports.Player = Player;
module.exports.WireClient = WireClient;
module.exports.Snapshot = native.Snapshot;
module.exports.Replay = native.Replay;
module.exports.Playback = native.Playback;
module.exports.PositionGuard = native.PositionGuard;
module.exports.RatingSystem = native.RatingSystem;
module.exports.MatchQueue = native.MatchQueue;
module.exports.Button = Button;
module.exports.EVIDENCE_KINDS = Object.freeze(format.evidence);
module.exports.WEAPONS = Object.freeze(format.weapons);
module.exports.SOUND_KINDS = Object.freeze(format.sounds);
module.exports.INPUT_BYTES = native.INPUT_BYTES;
module.exports.PLAYER_COLUMNS = native.PLAYER_COLUMNS;
module.exports.SOUND_BYTES = native.SOUND_BYTES;
module.exports.SOUND_CELLS = native.SOUND_CELLS;
module.exports.TILE_BYTES = native.TILE_BYTES;
module.exports.WIRE_COLUMNS = native.WIRE_COLUMNS;
module.exports.runScene = native.runScene;
module.exports.sceneScript = native.sceneScript;
module.exports.sceneNames = native.sceneNames;
module.exports.version = native.VERSION;
module.exports.builtFor = native.BUILT_FOR;
