import type { Team } from '../core/rules';
import type { GameLink } from './link';
import type { EquipRequest, LobbyUpdate, ServerEventName, ServerEvents } from './protocol';

export type SessionPhase =
  /** No connection yet, or lost. */
  | 'connecting'
  /** Asked for a lobby. */
  | 'searching'
  /** In a lobby, asked for a body in the match. */
  | 'joining'
  | 'playing'
  /** The server said no; `problem` says why. Nothing more is tried. */
  | 'failed';

export interface SessionWish {
  readonly name: string;
  readonly team: Team | 'auto';
  readonly loadout: EquipRequest;
}

export type Listen = <K extends ServerEventName>(event: K, handler: (payload: ServerEvents[K]) => void) => void;

/** ms that `auto` waits for the lobby's member list before it picks a team without one. */
const MEMBER_LIST_WAIT = 250;
const JOIN_RETRY = 1000;

/** The smaller team; `chance` in [0, 1) decides a tie. */
export function pickTeam(members: LobbyUpdate['members'], ownId: string, chance: number): Team {
  let red = 0;
  let blue = 0;
  for (const member of members) {
    if (member.id === ownId) continue;
    if (member.team === 'red') red += 1;
    else if (member.team === 'blue') blue += 1;
  }
  if (red !== blue) return red < blue ? 'red' : 'blue';
  return chance < 0.5 ? 'red' : 'blue';
}

/**
 * From a connection to a body in a match: client:ready, find_match, lobby_joined, player:join, and all of it again after a lost
 * connection (a new connection is a new player to the server). Ends with the owner's listeners; `stop` clears its
 * timers.
 */
export class Session {
  phase: SessionPhase = 'connecting';
  problem = '';
  lobby: LobbyUpdate | null = null;
  /** Local ms (performance.now) at which the match starts; 0 when no countdown runs. */
  startsAt = 0;

  private lobbyId = '';
  /** The lobby's member list has been seen since the lobby was joined. */
  private membersKnown = false;
  /** The results stand; the lobby's next match, or its warm-up, is joined when it is told of. */
  private matchOver = false;
  private joinTimer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly link: GameLink,
    private readonly wish: SessionWish,
    listen: Listen,
    onStatus: (handler: (status: GameLink['status']) => void) => void,
    private readonly now: () => number = () => performance.now(),
    private readonly random: () => number = Math.random,
  ) {
    onStatus((status) => {
      if (status === 'up') this.search();
      else if (status === 'refused') this.fail('The server asks for a password.');
      else this.reset('connecting');
    });
    listen('auth-failed', ({ reason }) => this.fail(reason || 'The server refused this player.'));
    listen('matchmaking_failed', ({ reason }) => this.fail(reason || 'No match was found.'));
    listen('lobby_joined', ({ lobbyId }) => {
      this.lobbyId = lobbyId;
      this.phase = 'joining';
      if (this.wish.team !== 'auto' || this.membersKnown) this.join();
      else this.joinLater(MEMBER_LIST_WAIT);
    });
    listen('lobby_state_update', (update) => {
      if (this.lobbyId && update.lobbyId !== this.lobbyId) return;
      this.lobby = update;
      this.membersKnown = true;
      if (update.status !== 'finished') this.joinNext();
    });
    listen('left_lobby', ({ reason }) => this.fail(reason || 'The lobby has closed.'));
    listen('match_starting', ({ countdown }) => {
      this.startsAt = this.now() + countdown * 1000;
      this.joinNext();
    });
    listen('match_start_cancelled', () => {
      this.startsAt = 0;
    });
    listen('match_started', () => {
      this.startsAt = 0;
      this.matchOver = false;
      if (this.phase === 'joining') this.join();
    });
    listen('match_ended', () => {
      this.matchOver = true;
      if (this.phase === 'playing') this.phase = 'joining';
    });
    listen('player:join:success', () => {
      this.clearTimer();
      this.phase = 'playing';
    });
    listen('player:join:failed', ({ reason }) => {
      if (this.phase !== 'joining') return;
      this.problem = reason;
      this.joinLater(JOIN_RETRY);
    });

    if (link.status === 'up') this.search();
    else link.open();
  }

  /** Leaves the lobby, if in one. The owner drops the listeners. */
  stop(): void {
    if (this.lobbyId) this.link.send('leave_lobby', undefined);
    this.clearTimer();
    this.lobbyId = '';
  }

  private search(): void {
    this.reset('searching');
    // Sounds go only to those who ask; each connection is a new client to the server.
    this.link.send('client:ready', { timestamp: Date.now(), userAgent: globalThis.navigator?.userAgent ?? '', sounds: true });
    this.link.send('find_match', { gameMode: 'deathmatch', isPrivate: false });
  }

  private joinNext(): void {
    if (!this.matchOver) return;
    this.matchOver = false;
    if (this.phase === 'joining') this.join();
  }

  private join(): void {
    this.clearTimer();
    const team = this.wish.team === 'auto' ? pickTeam(this.lobby?.members ?? [], this.link.id, this.random()) : this.wish.team;
    const { primary, secondary, support } = this.wish.loadout;
    const loadout = { primary, secondary, support, team };
    this.link.send('player:join', { loadout, playerName: this.wish.name, timestamp: Date.now() });
  }

  private joinLater(delay: number): void {
    this.clearTimer();
    this.joinTimer = setTimeout(() => this.join(), delay);
  }

  private clearTimer(): void {
    if (this.joinTimer !== null) clearTimeout(this.joinTimer);
    this.joinTimer = null;
  }

  private reset(phase: SessionPhase): void {
    if (this.phase === 'failed') return;
    this.clearTimer();
    this.phase = phase;
    this.problem = '';
    this.lobby = null;
    this.lobbyId = '';
    this.membersKnown = false;
    this.matchOver = false;
    this.startsAt = 0;
  }

  private fail(reason: string): void {
    this.clearTimer();
    this.phase = 'failed';
    this.problem = reason;
  }
}
