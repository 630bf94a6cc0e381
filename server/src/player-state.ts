import type { LobbyStatus } from './lobby.js';

/**
 * Where a client is. Not kept anywhere: it follows from the lobby that the client is a member of, and so cannot differ
 * from it.
 */
export type PlayerState =
  /** In no lobby. */
  | 'menu'
  /** In a lobby that waits for players or counts down; its members walk about meanwhile. */
  | 'matchmaking'
  | 'in_match'
  /** The results are shown, before the lobby waits again. */
  | 'after_match';

export const PLAYER_STATES: readonly PlayerState[] = ['menu', 'matchmaking', 'in_match', 'after_match'];

const STATE_OF: Record<LobbyStatus, PlayerState> = { waiting: 'matchmaking', playing: 'in_match', finished: 'after_match' };

export function playerState(lobby: { readonly status: LobbyStatus } | undefined): PlayerState {
  return lobby === undefined ? 'menu' : STATE_OF[lobby.status];
}

type States = readonly PlayerState[];

const ANYWHERE: States = PLAYER_STATES;
const IN_LOBBY: States = ['matchmaking', 'in_match', 'after_match'];
const BEFORE_THE_END: States = ['matchmaking', 'in_match'];

/** Every event that a client may send, and the states in which it may. */
export const INBOUND: ReadonlyMap<string, States> = new Map(Object.entries({
  'client:ready': ANYWHERE,
  'time:sync': ANYWHERE,
  authenticate: ANYWHERE,
  // The answers say why not.
  'admin:authenticate': ANYWHERE,
  'admin:force_start_match': ANYWHERE,
  'admin:force_create_match': ANYWHERE,

  // Whoever is in a lobby already leaves it, or is told again that they are in it.
  find_match: ANYWHERE,
  create_private_lobby: ANYWHERE,
  join_lobby: ANYWHERE,
  get_lobby_list: ANYWHERE,
  // Clients leave to be on the safe side, too.
  leave_lobby: ANYWHERE,
  leave_game: ANYWHERE,
  cancel_matchmaking: ANYWHERE,

  'player:join': BEFORE_THE_END,
  'weapon:equip': IN_LOBBY,
  request_game_state: IN_LOBBY,
  'player:input': IN_LOBBY,
  'weapon:fire': IN_LOBBY,
  'weapon:reload': IN_LOBBY,
  'weapon:switch': IN_LOBBY,
  'grenade:throw': IN_LOBBY,
  'ads:toggle': IN_LOBBY,
  'player:respawn': IN_LOBBY,
  respawn: IN_LOBBY,
  player_respawn: IN_LOBBY,

  'wire:open': IN_LOBBY,

  'debug:repair_walls': IN_LOBBY,
  'debug:clear_projectiles': IN_LOBBY,
  'debug:give_weapon': IN_LOBBY,
  'debug:destruction_stats': IN_LOBBY,
  'debug:kill_player': IN_LOBBY,
  'debug:verify_team': IN_LOBBY,
  'debug:trigger_match_end': IN_LOBBY,
  'debug:triggerMatchEnd': IN_LOBBY,
  'debug:request_match_state': IN_LOBBY,
  'debug:requestMatchState': IN_LOBBY,
  'debug:throw_grenade': IN_LOBBY,
} satisfies Record<string, States>));

/** Why an event is refused in a state; undefined: it is not. */
export function inboundRefusal(event: string, state: PlayerState): string | undefined {
  if (INBOUND.get(event)?.includes(state) === true) return undefined;
  return state === 'menu' ? 'Not in a lobby' : 'The match is over';
}

/**
 * Who is told a message. There is no word for everybody, and none for a team: what team mates know of one another is
 * each one's own knowledge.
 */
export type Audience =
  /** The one client whom it answers or concerns. */
  | 'player'
  /** Every member of the lobby that says it, in the same words. */
  | 'match'
  /** Those members of the match that says it who know it (rule book, section 9), in the words of their knowledge. */
  | 'knowers';

interface MessageRule {
  readonly states: States;
  readonly audience: Audience;
  /** Of today's stream of the match, which a client on the wire does without. */
  readonly isStream?: true;
}

/** Classes of messages: when they are allowed, and to whom they go. */
export const CLASSES = {
  connection: { states: ANYWHERE, audience: 'player' },
  /** The way into a lobby and out of it. */
  menu: { states: ANYWHERE, audience: 'player' },
  /** The own place in a lobby. */
  place: { states: IN_LOBBY, audience: 'player' },
  lobby: { states: IN_LOBBY, audience: 'match' },
  countdown: { states: ['matchmaking'], audience: 'match' },
  begin: { states: ['in_match'], audience: 'match' },
  end: { states: ['after_match'], audience: 'match' },
  state: { states: IN_LOBBY, audience: 'knowers', isStream: true },
  sounds: { states: IN_LOBBY, audience: 'knowers', isStream: true },
  play: { states: IN_LOBBY, audience: 'knowers', isStream: true },
} as const satisfies Record<string, MessageRule>;

export type MessageClass = keyof typeof CLASSES;

/** Every event that the server may send. */
export const OUTBOUND: ReadonlyMap<string, MessageClass> = new Map<string, MessageClass>(Object.entries({
  'server:ready': 'connection',
  'time:sync:response': 'connection',
  authenticated: 'connection',
  'auth-failed': 'connection',
  'admin:authenticated': 'connection',
  'admin:auth-failed': 'connection',
  'server:expelled': 'connection',

  lobby_list: 'menu',
  matchmaking_failed: 'menu',
  lobby_creation_failed: 'menu',
  lobby_join_failed: 'menu',
  private_lobby_created: 'menu',
  left_lobby: 'menu',
  'match:return': 'menu',
  test_start_failed: 'menu',
  'player:join:failed': 'menu',
  'wire:refused': 'menu',
  'debug:refused': 'menu',

  lobby_joined: 'place',
  'player:join:success': 'place',
  'weapon:equipped': 'place',
  'wire:ready': 'place',
  'debug:match_end_failed': 'place',
  'debug:match_end_triggered': 'place',
  'debug:match_state': 'place',
  'debug:destruction_stats': 'place',
  'debug:team_data': 'place',

  player_joined_lobby: 'lobby',
  player_left_lobby: 'lobby',
  lobby_state_update: 'lobby',
  'wire:roster': 'lobby',
  match_starting: 'countdown',
  match_start_cancelled: 'countdown',
  match_started: 'begin',
  match_ended: 'end',

  'game:state': 'state',
  sounds: 'sounds',
  'player:joined': 'play',
  'player:left': 'play',
  'player:damaged': 'play',
  'backend:player:died': 'play',
  'backend:player:respawned': 'play',
  'backend:respawn:denied': 'play',
  'weapon:fired': 'play',
  'weapon:hit': 'play',
  'weapon:miss': 'play',
  'weapon:reload': 'play',
  'weapon:reloaded': 'play',
  'weapon:switched': 'play',
  'weapon:rate_limited': 'play',
  'weapon:heat:update': 'play',
  'wall:damaged': 'play',
  'wall:destroyed': 'play',
  'projectile:created': 'play',
  'projectile:updated': 'play',
  'projectile:exploded': 'play',
  'explosion:created': 'play',
  'grenade:thrown': 'play',
  FLASHBANG_EFFECT: 'play',
} satisfies Record<string, MessageClass>));

/** Whom a message would go to. */
export interface Recipient {
  readonly state: PlayerState;
  /** Undefined: in none. */
  readonly lobbyId: string | undefined;
  /** Has the match over the wire. */
  readonly onWire: boolean;
}

export type OutboundFault = 'outbound_unknown' | 'outbound_out_of_state' | 'outbound_misrouted';

/**
 * Whether a message goes out: `undefined`. Else the fault of whoever wanted to send it, or `superseded` where the client
 * learns the same over the wire.
 *
 * @param speaker the lobby whose message it is; undefined: the server answers the client itself
 */
export function outboundFault(event: string, to: Recipient, speaker: string | undefined): OutboundFault | 'superseded' | undefined {
  const name = OUTBOUND.get(event);
  if (name === undefined) return 'outbound_unknown';
  const { states, audience, isStream }: MessageRule = CLASSES[name];
  if (!states.includes(to.state)) return 'outbound_out_of_state';
  if (audience !== 'player' && (speaker === undefined || speaker !== to.lobbyId)) return 'outbound_misrouted';
  return isStream === true && to.onWire ? 'superseded' : undefined;
}
