import engine from './index.js';

export const {
  GameMap, World, Match, Player, WireClient, Snapshot, Replay, Playback, PositionGuard, RatingSystem, MatchQueue,
  Button, EVIDENCE_KINDS, WEAPONS, SOUND_KINDS, INPUT_BYTES, PLAYER_COLUMNS, SOUND_BYTES, SOUND_CELLS, TILE_BYTES, WIRE_COLUMNS,
  runScene, sceneScript, sceneNames, version, builtFor,
} = engine;
