export { Desk, LOOK_MS, UPDATE_MS, type DeskDependencies, type DeskObserver, type DeskOptions, type Link, type Session } from './desk.js';
export { DecisionLog, type DecisionLogOptions } from './decision-log.js';
export { attachFront, NAMESPACE, type FrontDependencies } from './front.js';
export { Leadership } from './leadership.js';
export { Line } from './line.js';
export { Matchmaker, ROUND_MS, type MatchmakerDependencies, type MatchmakerObserver, type MatchmakerOptions, type QueueStatistics } from './matchmaker.js';
export { RegionGuide, type RegionProbes } from './region-guide.js';
