import legacy from './lib/index.js';

export const {
  GameStateSystem, MapFileError,
  HeatGauge, InputTranslator, LegacyWalls, WallCatalogue,
  acquaintance, destructionStats, hear, playerEntry, playerPage, projectileEntry, readPlayerInput, smokeEntry, stateJson, toLegacy, v2,
} = legacy;
