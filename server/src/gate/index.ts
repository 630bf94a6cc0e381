export { CLIENT_EVENTS, MATCHMAKING_EVENTS, PLAYER_STATES, SERVER_EVENTS, TRANSITIONS, type MatchmakingIn, type MatchmakingOut, type PlayerState } from './table.js';
export { StateGate, type GateOptions, type GateRefusal } from './gate.js';
