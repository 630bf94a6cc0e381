/**
 * Today's protocol over the engine: the class that the existing backend swaps in, and the shapes that it and the server
 * share. What players may know is the engine's to say; here it is put into the words of that protocol.
 */
export {
  GameStateSystem, type ActionResult, type FilteredGameState, type FilteredStateOptions, type FullGameState, type PendingEvent, type RespawnPayload,
  type SystemOptions,
} from './game-state-system.js';
export type { LivePlayer } from './live-player.js';
export { MapFileError } from './map-file.js';
export type { Refusal } from './refusals.js';
export type { WeaponConfig } from './armoury.js';

export { destructionStats, WallCatalogue, type DestructionStats, type LegacyWall } from './catalogue.js';
export { toLegacy, type EventContext, type Packet } from './events.js';
export { HeatGauge, type HeatUpdate } from './heat-gauge.js';
export { InputTranslator, readPlayerInput, type EngineInput, type PlayerInput } from './input.js';
export { acquaintance, hear, type Acquaintance, type Earshot, type Subject, type ToldSound } from './knowledge.js';
export { v2, type V2 } from './numbers.js';
export {
  playerEntry, playerPage, projectileEntry, smokeEntry, stateJson, type LegacyPlayer, type LegacyProjectile, type LegacyScore, type LegacySmoke,
  type LegacyVision, type LegacyWeapon, type Person, type PlayerPage, type Presence, type Roll, type StateParts,
} from './state.js';
export { LegacyWalls, type WallSet } from './walls.js';
