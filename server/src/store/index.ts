export type * from './types.js';
export type {
  EvidenceRow, ExternalIdentity, LostMatch, MatchResult, NewSanction, ParticipantResult, ReplayRow,
} from './schemas.js';
export {
  EVIDENCE_BATCH, evidenceBatchSchema, lostMatchSchema, matchIdSchema, matchResultSchema, newPlayerId, playerIdSchema, replayRowSchema,
} from './schemas.js';
export { check, StoreError, type StoreErrorKind } from './errors.js';
export { startEmbeddedDatabase, type EmbeddedDatabase, type EmbeddedOptions } from './embedded.js';
export { openStore, type StoreOptions } from './postgres-store.js';
export { openStorage, type Storage, type StorageOptions } from './open.js';
