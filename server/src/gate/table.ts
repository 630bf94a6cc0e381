import { CLASSES, INBOUND, OUTBOUND, type PlayerState as LobbyState } from '../player-state.js';

/** Where a player is, in the plan's words. */
export const PLAYER_STATES = ['menu', 'matchmaking', 'in_match', 'post_match'] as const;
export type PlayerState = (typeof PLAYER_STATES)[number];

type States = readonly PlayerState[];

const ANYWHERE: States = PLAYER_STATES;
const BETWEEN_MATCHES: States = ['menu', 'post_match'];

/** From where to where a player goes. */
export const TRANSITIONS: Readonly<Record<PlayerState, States>> = {
  // In a match at once: who was in one and has lost the connection.
  menu: ['matchmaking', 'in_match'],
  matchmaking: ['menu', 'in_match'],
  // Into matchmaking: the match is lost. Into the menu: has lost the place.
  in_match: ['post_match', 'matchmaking', 'menu'],
  post_match: ['menu', 'matchmaking'],
};

const fromLobby = (state: LobbyState): PlayerState => (state === 'after_match' ? 'post_match' : state);

/** What a client of the matchmaker may send, and in which states. */
const MATCHMAKING_IN = {
  'queue:join': BETWEEN_MATCHES,
  'queue:leave': ['matchmaking'],
  'party:create': BETWEEN_MATCHES,
  'party:join': BETWEEN_MATCHES,
  'party:leave': ANYWHERE,
  'party:ready': BETWEEN_MATCHES,
  'party:promote': BETWEEN_MATCHES,
  'party:kick': BETWEEN_MATCHES,
  'match:token': ['in_match'],
  'menu:enter': BETWEEN_MATCHES,
} as const satisfies Record<string, States>;

/** What the matchmaker may send, and in which states. An event that changes the state is sent in the new one, but for `match_found`. */
const MATCHMAKING_OUT = {
  welcome: ANYWHERE,
  queue_joined: ['matchmaking'],
  queue_update: ['matchmaking'],
  queue_left: ['menu'],
  match_found: ['matchmaking', 'in_match'],
  match_lost: ['matchmaking', 'menu', 'in_match'],
  match_dropped: ['menu'],
  match_over: ['post_match', 'menu'],
  party_state: ANYWHERE,
  party_left: ANYWHERE,
  request_refused: ANYWHERE,
  session_replaced: ANYWHERE,
} as const satisfies Record<string, States>;

export type MatchmakingIn = keyof typeof MATCHMAKING_IN;
export type MatchmakingOut = keyof typeof MATCHMAKING_OUT;

/** Every event of a client, of today's protocol and of the matchmaker's. */
export const CLIENT_EVENTS: ReadonlyMap<string, States> = new Map<string, States>([
  ...[...INBOUND].map(([event, states]) => [event, states.map(fromLobby)] as const),
  ...Object.entries(MATCHMAKING_IN),
]);

/** Every event of the server, of both. */
export const SERVER_EVENTS: ReadonlyMap<string, States> = new Map<string, States>([
  ...[...OUTBOUND].map(([event, name]) => [event, CLASSES[name].states.map(fromLobby)] as const),
  ...Object.entries(MATCHMAKING_OUT),
]);

export const MATCHMAKING_EVENTS = {
  in: Object.keys(MATCHMAKING_IN) as MatchmakingIn[],
  out: Object.keys(MATCHMAKING_OUT) as MatchmakingOut[],
};
