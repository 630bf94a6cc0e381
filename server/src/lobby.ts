import { randomUUID } from 'node:crypto';
import type { Clock } from './clock.js';
import type { TeamName } from './engine.js';
import type { LobbyPassword } from './lobby-password.js';
import type { MatchResults, RosterEntry } from './match.js';

export type LobbyStatus = 'waiting' | 'playing' | 'finished';

export const MINIMUM_PLAYERS = 2;
export const MAXIMUM_PLAYERS = 8;
const COUNTDOWN_SECONDS = 10;
const FULL_COUNTDOWN_SECONDS = 1;
const RESULTS_SECONDS = 10;
const IDLE_MS = 5 * 60_000;

/** What a lobby asks of the match played in it. */
export interface LobbyMatch {
  /** People and bots. */
  readonly size: number;
  readonly people: number;
  readonly over: boolean;
  add(memberId: string, name: string, team?: TeamName): void;
  remove(memberId: string): void;
  restart(): void;
  destroy(): void;
  advance(step: number): void;
  roster(viewerId: string): RosterEntry[];
  results(): MatchResults;
}

export interface LobbySettings {
  readonly id: string;
  readonly gameMode: string;
  readonly mapName: string;
  readonly maxPlayers: number;
  readonly isPrivate: boolean;
  readonly password: LobbyPassword | undefined;
  readonly killTarget: number;
  /** Stays when empty, and is always being played: the public lobby that bots keep alive. */
  readonly isPermanent: boolean;
  /**
   * For one match that the matchmaker has formed, of this id, and for its players alone: begins when it is told to, ends
   * with the match, and stays when empty. Undefined: the lobby is its members' own.
   */
  readonly hostedMatchId?: string | undefined;
}

export interface LobbyInfo {
  id: string;
  playerCount: number;
  maxPlayers: number;
  gameMode: string;
  mapName: string;
  isPrivate: boolean;
  passwordRequired: boolean;
  status: LobbyStatus;
  createdAt: number;
  lastActivity: number;
}

type Emit = (memberId: string, event: string, payload: unknown) => void;

/** Told of a lobby's matches as they begin and end, before its members are. */
export interface LobbyObserver<M extends LobbyMatch> {
  matchBegan(lobby: Lobby<M>, matchId: string): void;
  /** Before the match forgets the member. */
  memberLeaves?(lobby: Lobby<M>, memberId: string): void;
  /** @param results undefined: the lobby closes in the middle of it */
  matchEnded(lobby: Lobby<M>, matchId: string, results: MatchResults | undefined): void;
}

/** The life of one lobby: waiting, counting down, playing, showing results, waiting again. Tells its members and nobody else. */
export class Lobby<M extends LobbyMatch = LobbyMatch> {
  readonly members = new Set<string>();
  readonly createdAt: number;
  #status: LobbyStatus = 'waiting';
  #lastActivity: number;
  #matchStartTime: number | undefined;
  #matchId: string | undefined;
  #countdown: { cancel: () => void; isForced: boolean } | undefined;
  #cancelReset: (() => void) | undefined;
  #isRetiring = false;

  constructor(
    readonly settings: LobbySettings,
    readonly match: M,
    private readonly clock: Clock,
    private readonly emit: Emit,
    private readonly observers: readonly LobbyObserver<M>[] = [],
  ) {
    this.createdAt = this.#now();
    this.#lastActivity = this.createdAt;
    if (settings.isPermanent) this.#begin();
  }

  get id(): string {
    return this.settings.id;
  }

  get status(): LobbyStatus {
    return this.#status;
  }

  /** Bots make room for people, so only people fill a lobby. */
  get isFull(): boolean {
    return this.members.size >= this.settings.maxPlayers;
  }

  get isIdle(): boolean {
    return !this.settings.isPermanent && !this.isHosted && this.clock.now() - this.#lastActivity >= IDLE_MS;
  }

  get isAbandoned(): boolean {
    return !this.settings.isPermanent && !this.isHosted && this.members.size === 0;
  }

  get isHosted(): boolean {
    return this.settings.hostedMatchId !== undefined;
  }

  /** The match being played is the last. */
  retire(): void {
    this.#isRetiring = true;
  }

  /** Retiring, with nothing left to be played or shown to anybody. */
  get isDone(): boolean {
    return this.#isRetiring && !this.isHosted && (this.#status === 'waiting' || this.members.size === 0);
  }

  /** Of the match being played, a UUID or the matchmaker's; undefined: none is. */
  get matchId(): string | undefined {
    return this.#matchId;
  }

  touch(): void {
    this.#lastActivity = this.#now();
  }

  /** @param team see `Match.add` */
  join(memberId: string, name: string, remarks: Record<string, unknown> = {}, team?: TeamName): void {
    this.match.add(memberId, name, team);
    // A forced start goes on; any other countdown starts over with the newcomer.
    if (this.#countdown?.isForced === false) this.#cancelCountdown('A player joined');
    this.members.add(memberId);
    this.touch();
    this.emit(memberId, 'lobby_joined', { ...this.#joined(), ...remarks });
    this.#announceCount('player_joined_lobby', memberId);
    if (this.#status === 'playing') {
      this.emit(memberId, 'match_started', {
        lobbyId: this.id, killTarget: this.settings.killTarget, startTime: this.#matchStartTime, isLateJoin: true,
      });
    }
    this.#startCountdown();
  }

  /** Tells a member again where they are. */
  remind(memberId: string): void {
    this.emit(memberId, 'lobby_joined', this.#joined());
  }

  leave(memberId: string, reason?: string): void {
    if (!this.members.delete(memberId)) return;
    for (const observer of this.observers) observer.memberLeaves?.(this, memberId);
    this.match.remove(memberId);
    this.touch();
    this.emit(memberId, 'left_lobby', { lobbyId: this.id, timestamp: this.#now(), ...(reason === undefined ? {} : { reason }) });
    this.#announceCount('player_left_lobby', memberId);
    if (this.#beginUnwatched()) return;
    if (this.match.size < MINIMUM_PLAYERS && this.#countdown?.isForced === false) this.#cancelCountdown('Not enough players');
  }

  /** Starts after `seconds` whatever the number of players. Says why not, where it can't. */
  forceStart(seconds: number): string | undefined {
    if (this.#status !== 'waiting') return `Lobby is ${this.#status}, not waiting`;
    if (this.#countdown !== undefined) this.#cancelCountdown('Match start forced');
    this.#countDown(seconds, true);
    return undefined;
  }

  /** Of a hosted match: now, whoever is there. Nothing happens when it has begun. */
  begin(): void {
    if (this.#status === 'waiting') this.#start();
  }

  /** After each step of the world. */
  advance(step: number): void {
    this.match.advance(step);
    if (!this.match.over) return;
    if (this.#status === 'playing') this.endMatch();
    // A warm-up has no winner: it starts over.
    else if (this.#status === 'waiting') this.match.restart();
  }

  endMatch(): void {
    if (this.#status !== 'playing') return;
    const results = this.match.results();
    const { winnerTeam, redKills, blueKills, playerStats } = results;
    this.#status = 'finished';
    this.touch();
    this.#ended(results);
    this.#broadcast('match_ended', {
      lobbyId: this.id, winnerTeam, redKills, blueKills, duration: this.#now() - (this.#matchStartTime ?? this.#now()),
      killTarget: this.settings.killTarget, playerStats,
    });
    if (!this.isHosted) this.#cancelReset = this.clock.after(RESULTS_SECONDS * 1000, () => this.#waitAgain());
  }

  /** Stops all timers and frees the match. Members still there are told. */
  destroy(reason: string): void {
    this.#countdown?.cancel();
    this.#cancelReset?.();
    this.#ended(undefined);
    for (const memberId of this.members) {
      this.emit(memberId, 'left_lobby', { lobbyId: this.id, timestamp: this.#now(), reason });
    }
    this.members.clear();
    this.match.destroy();
  }

  info(): LobbyInfo {
    const { id, maxPlayers, gameMode, mapName, isPrivate, password } = this.settings;
    return {
      id, playerCount: this.match.size, maxPlayers, gameMode, mapName, isPrivate, passwordRequired: password !== undefined,
      status: this.#status, createdAt: this.createdAt, lastActivity: this.#lastActivity,
    };
  }

  get startedAt(): number | undefined {
    return this.#matchStartTime;
  }

  #joined(): Record<string, unknown> {
    return {
      lobbyId: this.id, playerCount: this.match.size, maxPlayers: this.settings.maxPlayers, gameMode: this.settings.gameMode,
      status: this.#status, isInProgress: this.#status === 'playing',
    };
  }

  #announceCount(event: string, memberId: string): void {
    this.#broadcast(event, { lobbyId: this.id, playerCount: this.match.size, playerId: memberId, timestamp: this.#now() });
    this.#broadcastState();
  }

  /** One state per member: the health of players whom the member does not see stays out of it. */
  #broadcastState(): void {
    for (const memberId of this.members) {
      this.emit(memberId, 'lobby_state_update', {
        lobbyId: this.id, playerCount: this.match.size, maxPlayers: this.settings.maxPlayers, players: this.match.roster(memberId),
        status: this.#status, minimumPlayers: MINIMUM_PLAYERS, gameMode: this.settings.gameMode, mapName: this.settings.mapName,
        matchStartTime: this.#matchStartTime ?? null,
      });
    }
  }

  #startCountdown(): void {
    if (this.isHosted || this.#status !== 'waiting' || this.#countdown !== undefined || this.match.size < MINIMUM_PLAYERS) return;
    this.#countDown(this.match.size >= MAXIMUM_PLAYERS ? FULL_COUNTDOWN_SECONDS : COUNTDOWN_SECONDS, false);
  }

  #countDown(seconds: number, isForced: boolean): void {
    this.#broadcast('match_starting', { lobbyId: this.id, countdown: seconds });
    this.#countdown = { isForced, cancel: this.clock.after(seconds * 1000, () => this.#start()) };
  }

  #cancelCountdown(reason: string): void {
    this.#countdown?.cancel();
    this.#countdown = undefined;
    this.#broadcast('match_start_cancelled', { lobbyId: this.id, reason });
  }

  #start(): void {
    this.#countdown = undefined;
    this.match.restart();
    this.#begin();
    this.#broadcast('match_started', { lobbyId: this.id, killTarget: this.settings.killTarget });
    this.#broadcastState();
  }

  #begin(): void {
    this.#status = 'playing';
    this.#matchStartTime = this.#now();
    this.touch();
    const matchId = this.#matchId = this.settings.hostedMatchId ?? randomUUID();
    for (const observer of this.observers) observer.matchBegan(this, matchId);
  }

  #ended(results: MatchResults | undefined): void {
    const matchId = this.#matchId;
    if (matchId === undefined) return;
    this.#matchId = undefined;
    for (const observer of this.observers) observer.matchEnded(this, matchId, results);
  }

  #waitAgain(): void {
    this.#cancelReset = undefined;
    this.match.restart();
    this.#status = 'waiting';
    this.#matchStartTime = undefined;
    this.touch();
    if (this.#isRetiring) return;
    this.#broadcastState();
    if (!this.#beginUnwatched()) this.#startCountdown();
  }

  /** A permanent lobby is played even when nobody is there to count down for. */
  #beginUnwatched(): boolean {
    if (!this.settings.isPermanent || this.members.size > 0 || this.#status !== 'waiting' || this.#isRetiring) return false;
    this.#countdown?.cancel();
    this.#countdown = undefined;
    this.#begin();
    return true;
  }

  #broadcast(event: string, payload: unknown): void {
    for (const memberId of this.members) this.emit(memberId, event, payload);
  }

  /** Whole milliseconds, as clients have them. */
  #now(): number {
    return Math.round(this.clock.now());
  }
}
