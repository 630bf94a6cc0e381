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

/** What kind of match is wanted. */
export type Goal =
  | { readonly kind: 'quick' }
  /** One that the matchmaker has formed: the connection itself is the way in. */
  | { readonly kind: 'hosted' }
  | { readonly kind: 'create'; readonly password: string; readonly maxPlayers: number }
  | { readonly kind: 'join'; readonly lobbyId: string; readonly password: string };

/** Reasons of a game server to send somebody away. */
const RETURNED: Readonly<Record<string, string>> = {
  MATCH_GONE: 'The match is over already.',
  MATCH_CROWDED: 'The match takes no more connections.',
};

export const GAME_MODE = 'deathmatch';

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
 * From a connection to a body in a match: client:ready, a lobby found, made or joined, lobby_joined, player:join. After
 * a lost connection the lobby that was lost is asked for first, and the team that one had: a new connection is a new
 * player to the server. Ends with the owner's listeners; `stop` clears its timers.
 */
export class Session {
  phase: SessionPhase = 'connecting';
  problem = '';
  lobby: LobbyUpdate | null = null;
  /** Local ms (performance.now) at which the match starts; 0 when no countdown runs. */
  startsAt = 0;

  /** Empty: in none. */
  lobbyId = '';
  /** The lobby before the connection was lost; empty: none, or it was not to be had. */
  private lostLobbyId = '';
  private isPlayed = false;
  /** A hosted match is over for good: its results stay, whatever becomes of its lobby and of the connection. */
  isOver = false;
  private lastTeam: Team | null = null;
  /** To be asked for on coming back. */
  private backTeam: Team | null = null;
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
    readonly goal: Goal = { kind: 'quick' },
  ) {
    onStatus((status) => {
      if (this.isOver) return;
      if (status === 'up') this.search();
      else if (status === 'refused') this.fail('The server asks for a password.');
      else {
        this.lostLobbyId = this.lobbyId || this.lostLobbyId;
        this.reset('connecting');
      }
    });
    listen('auth-failed', ({ reason }) => this.fail(reason || 'The server refused this player.'));
    listen('matchmaking_failed', ({ reason }) => this.fail(reason || 'No match was found.'));
    listen('lobby_creation_failed', ({ reason }) => this.fail(reason || 'The match was not opened.'));
    listen('lobby_join_failed', ({ reason }) => {
      if (this.phase !== 'searching') return;
      const wasBack = this.lostLobbyId !== '';
      this.lostLobbyId = '';
      if (wasBack && this.goal.kind === 'quick') this.link.send('find_match', { gameMode: GAME_MODE, isPrivate: false });
      else this.fail(reason || 'The match was not to be joined.');
    });
    listen('lobby_joined', ({ lobbyId }) => {
      this.backTeam = lobbyId === this.lostLobbyId ? this.lastTeam : null;
      this.lostLobbyId = '';
      this.lobbyId = lobbyId;
      this.phase = 'joining';
      if (this.wish.team !== 'auto' || this.backTeam || this.membersKnown) this.join();
      else this.joinLater(MEMBER_LIST_WAIT);
    });
    listen('lobby_state_update', (update) => {
      if (this.lobbyId && update.lobbyId !== this.lobbyId) return;
      this.lobby = update;
      this.membersKnown = true;
      if (update.status !== 'finished') this.joinNext();
    });
    listen('left_lobby', ({ reason }) => {
      if (this.goal.kind === 'hosted' && this.isPlayed) this.end();
      else this.fail(reason || 'The lobby has closed.');
    });
    listen('match:return', ({ reason }) => {
      if (reason === 'finished') this.end();
      else this.fail(RETURNED[reason] ?? 'The match can\u2019t be entered any more.');
    });
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
      this.isPlayed = true;
      this.backTeam = null;
      this.matchOver = true;
      if (this.phase === 'playing') this.phase = 'joining';
    });
    listen('player:join:success', ({ team }) => {
      this.lastTeam = team;
      this.clearTimer();
      this.phase = 'playing';
    });
    listen('player:join:failed', ({ reason }) => {
      if (this.phase !== 'joining') return;
      this.problem = reason;
      this.backTeam = null;
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

  /** Of a lobby that is known by its code: without waiting for more players. The server may refuse (`test_start_failed`). */
  forceStart(): void {
    if (this.lobbyId) this.link.send('admin:force_start_match', { lobbyId: this.lobbyId, reason: 'asked for in the waiting room' });
  }

  /** Whether the lobby is one that friends are asked into. */
  get isPrivate(): boolean {
    return (this.goal.kind === 'create' || this.goal.kind === 'join') && this.lobbyId !== '';
  }

  private search(): void {
    this.reset('searching');
    // Sounds go only to those who ask; each connection is a new client to the server.
    this.link.send('client:ready', { timestamp: Date.now(), userAgent: globalThis.navigator?.userAgent ?? '', sounds: true });
    const { goal } = this;
    if (goal.kind === 'hosted') return;
    const password = goal.kind !== 'quick' && goal.password !== '' ? { password: goal.password } : {};
    const lobbyId = this.lostLobbyId || (goal.kind === 'join' ? goal.lobbyId : '');
    if (lobbyId) this.link.send('join_lobby', { lobbyId, ...password });
    else if (goal.kind === 'create') this.link.send('create_private_lobby', { gameMode: GAME_MODE, maxPlayers: goal.maxPlayers, ...password });
    else this.link.send('find_match', { gameMode: GAME_MODE, isPrivate: false });
  }

  private joinNext(): void {
    if (!this.matchOver) return;
    this.matchOver = false;
    if (this.phase === 'joining') this.join();
  }

  private join(): void {
    this.clearTimer();
    const team = this.backTeam ?? this.wish.team;
    const side = team === 'auto' ? pickTeam(this.lobby?.members ?? [], this.link.id, this.random()) : team;
    const { primary, secondary, support } = this.wish.loadout;
    const loadout = { primary, secondary, support, team: side };
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

  private end(): void {
    this.clearTimer();
    this.isOver = true;
    // It is left by being over.
    this.lobbyId = '';
  }

  private fail(reason: string): void {
    this.clearTimer();
    this.phase = 'failed';
    this.problem = reason;
  }
}
