export {
  announcementSchema, POOL, type Announcement, type Beat, type Fence, type LossReason, type LostRecord, type MatchRecord, type MatchState,
  type Place, type Seat, type ServerRecord, type Team,
} from './types.js';
export { beatKey, FENCE_KEY, matchKey, serverKey, SERVERS } from './keys.js';
export { checkFence, Deposed, freePlaces, Matches, type Assigned, type Assignment } from './matches.js';
export { Pool, type PoolServer, type PoolStats } from './pool.js';
export { ServerAgent, type AgentDependencies, type MatchHost } from './agent.js';
export { Vitality } from './vitality.js';
