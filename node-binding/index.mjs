import engine from './index.js';

export const {
  GameMap, World, Button, WEAPONS, INPUT_BYTES, PLAYER_COLUMNS, runScene, sceneScript, sceneNames, version,
} = engine;
