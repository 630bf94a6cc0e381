import { randomBytes, timingSafeEqual, createHash } from 'node:crypto';
import type { Counters } from './counters.js';
import { Lobby, MAXIMUM_PLAYERS, type LobbyInfo, type LobbyObserver, type LobbyStatus } from './lobby.js';
import type { Logger } from './logger.js';
import type { TeamName } from './engine.js';
import { LobbyPassword } from './lobby-password.js';
import type { MapShelf, NamedMap } from './maps.js';
import { Refusal } from './refusal.js';
import { isRefusal, Match, type MatchServices } from './match.js';

const SWEEP_MS = 15_000;
const FORCED_START_SECONDS = 3;
const PUBLIC_LOBBY_ID = 'public';
const PUBLIC_LOBBY_MODE = 'deathmatch';
const STOPPING = 'Server is stopping';

export interface Member {
  readonly id: string;
  readonly name: string;
}

/** A match that the matchmaker has formed. */
export interface HostedWish {
  matchId: string;
  mode: string;
}

export interface LobbyFilter {
  showPrivate: boolean;
  showFull: boolean;
  showInProgress: boolean;
  gameMode?: string | null | undefined;
}

export interface PrivateLobbyWish {
  gameMode: string;
  password?: string | null | undefined;
  maxPlayers?: number | null | undefined;
  mapName?: string | null | undefined;
}

export interface Stats {
  totalLobbies: number;
  totalPlayers: number;
  averagePlayersPerLobby: number;
  lobbiesByStatus: Record<LobbyStatus, number>;
}

export interface LobbiesSettings {
  readonly killTarget: number;
  /** Bots in the public lobby; 0: there is no standing public lobby. */
  readonly bots: number;
  /** As many as the world has matches for. */
  readonly maxLobbies: number;
}

export type MatchLobby = Lobby<Match>;

/** What matches and lobbies ask of the server, which wants to know of each message what lobby says it. */
export interface LobbiesServices extends Omit<MatchServices, 'emit' | 'emitJson'> {
  emit(memberId: string, event: string, payload: unknown, lobbyId: string): void;
  emitJson(memberId: string, event: string, json: string, lobbyId: string): void;
}

/** All lobbies of this server, and who is in which. */
export class Lobbies {
  readonly #lobbies = new Map<string, MatchLobby>();
  readonly #byMember = new Map<string, MatchLobby>();
  #cancelSweep: (() => void) | undefined;
  #opened = 0;
  /** Set while draining. */
  #onDrained: (() => void) | undefined;

  constructor(
    private readonly settings: LobbiesSettings,
    private readonly maps: MapShelf,
    private readonly services: LobbiesServices,
    private readonly counters: Counters,
    private readonly log: Logger,
    private readonly observers: readonly LobbyObserver<Match>[] = [],
  ) {
    if (settings.bots > 0) {
      this.#open({ id: PUBLIC_LOBBY_ID, gameMode: PUBLIC_LOBBY_MODE, bots: settings.bots, isPermanent: true });
    }
    this.#sweepLater();
  }

  of(memberId: string): MatchLobby | undefined {
    return this.#byMember.get(memberId);
  }

  get(lobbyId: string): MatchLobby | undefined {
    return this.#lobbies.get(lobbyId);
  }

  findMatch(member: Member, gameMode: string, isPrivate: boolean): void {
    const current = this.of(member.id);
    if (current !== undefined && !isPrivate && current.settings.gameMode === gameMode && current.status !== 'finished') {
      current.remind(member.id);
      return;
    }
    const open = isPrivate ? undefined : this.#openPublicLobby(gameMode);
    if (open === undefined) this.#requireRoom(member.id);
    this.leave(member.id);
    this.#enter(member, open ?? this.#open({ gameMode, isPrivate }));
  }

  /**
   * @param beforeEntry runs between the lobby's opening and its creator's joining
   * @returns with a password, which takes its time: settles when that is done
   */
  createPrivate(member: Member, wish: PrivateLobbyWish, isHere: () => boolean, beforeEntry: (lobby: MatchLobby) => void): void | Promise<void> {
    const maxPlayers = wish.maxPlayers ?? MAXIMUM_PLAYERS;
    if (!Number.isInteger(maxPlayers) || maxPlayers < 2 || maxPlayers > MAXIMUM_PLAYERS) {
      throw new Refusal(`maxPlayers must be a whole number from 2 to ${MAXIMUM_PLAYERS}`);
    }
    const map = wish.mapName == null ? this.maps.standard : this.maps.find(wish.mapName);
    if (map === undefined) throw new Refusal('Unknown map');
    const create = (password?: LobbyPassword): void => {
      this.#requireRoom(member.id);
      this.leave(member.id);
      const lobby = this.#open({ gameMode: wish.gameMode, isPrivate: true, password, maxPlayers, map });
      beforeEntry(lobby);
      this.#enter(member, lobby);
    };
    if (!wish.password) return create();
    this.#requireRoom(member.id);
    return LobbyPassword.of(wish.password).then((password) => { if (isHere()) create(password); });
  }

  /**
   * @param isHere asked when a password has been looked at, which takes its time
   * @returns where there is a password: settles when that is done
   */
  join(member: Member, lobbyId: string, password: string | undefined, isHere: () => boolean): void | Promise<void> {
    const lobby = this.#lobbies.get(lobbyId);
    // To the match of others there is no way but their tokens.
    if (lobby === undefined || (lobby.isHosted && lobby !== this.of(member.id))) throw new Refusal('Lobby not found');
    if (lobby === this.of(member.id)) {
      lobby.remind(member.id);
      return;
    }
    const lock = lobby.settings.password;
    if (lock === undefined) return this.#joinUnlocked(member, lobby);
    return lock.fits(password ?? '').then((fits) => {
      if (!fits) throw new Refusal('Invalid password');
      if (!isHere()) return;
      // Things have gone on meanwhile.
      if (this.#lobbies.get(lobbyId) !== lobby) throw new Refusal('Lobby not found');
      if (lobby === this.of(member.id)) return lobby.remind(member.id);
      this.#joinUnlocked(member, lobby);
    });
  }

  #joinUnlocked(member: Member, lobby: MatchLobby): void {
    if (lobby.isFull) throw new Refusal('Lobby is full');
    if (this.isDraining && lobby.status !== 'playing') throw new Refusal(STOPPING);
    this.leave(member.id);
    this.#enter(member, lobby);
  }

  /** Opens the lobby of a match that the matchmaker has formed; its id is the match's. @throws Refusal */
  openHosted({ matchId, mode }: HostedWish): MatchLobby {
    if (this.#lobbies.has(matchId)) throw new Refusal('The match is here already');
    return this.#open({ id: matchId, gameMode: mode, isPrivate: true, hostedMatchId: matchId });
  }

  /** Lets a player of such a match in. @param team the player's, come what may */
  enterHosted(member: Member, lobby: MatchLobby, team: TeamName): void {
    this.leave(member.id);
    this.#enter(member, lobby, {}, team);
  }

  /** Nothing happens where the lobby is gone. */
  closeHosted(matchId: string, reason: string): void {
    const lobby = this.#lobbies.get(matchId);
    if (lobby?.isHosted === true) this.#close(lobby, reason);
  }

  leave(memberId: string): void {
    const lobby = this.#byMember.get(memberId);
    if (lobby === undefined) return;
    this.#byMember.delete(memberId);
    lobby.leave(memberId);
    if (lobby.isAbandoned) this.#close(lobby, 'empty');
  }

  forceStart(memberId: string, lobbyId: string): void {
    const lobby = this.#lobbies.get(lobbyId);
    if (lobby === undefined) throw new Refusal('Lobby not found');
    if (lobby !== this.of(memberId)) throw new Refusal('Not in this lobby');
    if (lobby.isHosted) throw new Refusal('The match begins by itself');
    const problem = lobby.forceStart(FORCED_START_SECONDS);
    if (problem !== undefined) throw new Refusal(problem);
  }

  forceCreate(member: Member, gameMode: string): void {
    this.#requireRoom(member.id);
    this.leave(member.id);
    const lobby = this.#open({ gameMode });
    this.#enter(member, lobby, { forceCreated: true });
    lobby.forceStart(FORCED_START_SECONDS);
  }

  list(filter: LobbyFilter): LobbyInfo[] {
    const shown = [...this.#lobbies.values()].filter((lobby) => (
      lobby.status !== 'finished' && !lobby.isHosted
      && (filter.showPrivate || !lobby.settings.isPrivate)
      && (filter.showFull || !lobby.isFull)
      && (filter.showInProgress || lobby.status === 'waiting')
      && (filter.gameMode == null || lobby.settings.gameMode === filter.gameMode)
    ));
    const order = (info: LobbyInfo): number => (info.status === 'waiting' ? 0 : 1);
    return shown.map((lobby) => lobby.info()).sort((a, b) => order(a) - order(b) || b.playerCount - a.playerCount);
  }

  all(): LobbyInfo[] {
    return [...this.#lobbies.values()].map((lobby) => lobby.info());
  }

  stats(): Stats {
    const lobbiesByStatus = { waiting: 0, playing: 0, finished: 0 };
    let totalPlayers = 0;
    for (const lobby of this.#lobbies.values()) {
      lobbiesByStatus[lobby.status]++;
      totalPlayers += lobby.match.size;
    }
    const totalLobbies = this.#lobbies.size;
    return { totalLobbies, totalPlayers, averagePlayersPerLobby: totalLobbies === 0 ? 0 : totalPlayers / totalLobbies, lobbiesByStatus };
  }

  /** After each step of the world. What breaks in one lobby stays in it. */
  advance(step: number): void {
    for (const lobby of [...this.#lobbies.values()]) {
      try {
        lobby.advance(step);
        if (lobby.isDone) this.#close(lobby, STOPPING);
      } catch (error) {
        this.counters.add('lobby_failed');
        this.log.error({ err: error, lobby: lobby.id }, 'a lobby failed in a step');
      }
    }
  }

  /** Clients in lobbies. */
  get members(): number {
    return this.#byMember.size;
  }

  get isDraining(): boolean {
    return this.#onDrained !== undefined;
  }

  /** Whether one more lobby may be opened. */
  get hasRoom(): boolean {
    return !this.isDraining && this.#lobbies.size < this.settings.maxLobbies;
  }

  /** No new lobbies and no new matches from now on. Settles when the last running match has been played and shown. */
  drain(): Promise<void> {
    return new Promise((resolve) => {
      const before = this.#onDrained;
      this.#onDrained = () => {
        before?.();
        resolve();
      };
      for (const lobby of [...this.#lobbies.values()]) {
        lobby.retire();
        if (lobby.isDone) this.#close(lobby, STOPPING);
      }
      if (this.#lobbies.size === 0) this.#onDrained();
    });
  }

  close(): void {
    this.#cancelSweep?.();
    for (const lobby of [...this.#lobbies.values()]) this.#close(lobby, 'server stops');
  }

  #enter(member: Member, lobby: MatchLobby, remarks?: Record<string, unknown>, team?: TeamName): void {
    // First: what the lobby says to its members is said to members only.
    this.#byMember.set(member.id, lobby);
    try {
      lobby.join(member.id, member.name, remarks, team);
    } catch (error) {
      this.#byMember.delete(member.id);
      if (lobby.isAbandoned) this.#close(lobby, 'empty');
      throw error;
    }
  }

  /** A waiting public lobby with room, the fullest first; else the one that bots are playing in. */
  #openPublicLobby(gameMode: string): MatchLobby | undefined {
    if (this.isDraining) return undefined;
    const open = [...this.#lobbies.values()].filter((lobby) => (
      !lobby.settings.isPrivate && !lobby.isFull && lobby.settings.gameMode === gameMode
    ));
    const waiting = open.filter((lobby) => lobby.status === 'waiting').sort((a, b) => b.match.size - a.match.size);
    return waiting[0] ?? open.find((lobby) => lobby.settings.isPermanent);
  }

  #open(wish: {
    id?: string; gameMode: string; isPrivate?: boolean; password?: LobbyPassword | undefined; maxPlayers?: number; map?: NamedMap;
    bots?: number; isPermanent?: boolean; hostedMatchId?: string;
  }): MatchLobby {
    this.#requireRoom();
    const { gameMode, isPrivate = false, password, maxPlayers = MAXIMUM_PLAYERS, map = this.maps.standard, bots = 0, isPermanent = false } = wish;
    // Ids are invite codes, so they must not be guessable.
    const id = wish.id ?? `${gameMode}_${randomBytes(9).toString('base64url')}`;
    const { killTarget } = this.settings;
    const services: MatchServices = {
      ...this.services,
      emit: (memberId, event, payload) => this.services.emit(memberId, event, payload, id),
      emitJson: (memberId, event, json) => this.services.emitJson(memberId, event, json, id),
    };
    const lobby = new Lobby(
      { id, gameMode, mapName: map.name, maxPlayers, isPrivate, password, killTarget, isPermanent, hostedMatchId: wish.hostedMatchId },
      this.#newMatch(services, { map, killTarget, maxPlayers, bots, phase: this.#opened++ }),
      services.clock,
      services.emit,
      this.observers,
    );
    this.#lobbies.set(id, lobby);
    this.log.info({ lobby: id, gameMode, map: map.name, isPrivate }, 'lobby opened');
    return lobby;
  }

  /** Asked before a member leaves a lobby for a new one: who is refused has lost nothing. */
  #requireRoom(leaverId?: string): void {
    if (this.isDraining) throw new Refusal(STOPPING);
    const left = leaverId === undefined ? undefined : this.of(leaverId);
    const isFreed = left !== undefined && !left.settings.isPermanent && left.members.size === 1;
    if (this.#lobbies.size - (isFreed ? 1 : 0) >= this.settings.maxLobbies) throw new Refusal('Server capacity reached');
  }

  #newMatch(services: MatchServices, settings: ConstructorParameters<typeof Match>[1]): Match {
    try {
      return new Match(services, settings);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.log.warn({ err: error }, 'the engine has no room for another match');
      throw new Refusal('Server capacity reached');
    }
  }

  #close(lobby: MatchLobby, reason: string): void {
    for (const memberId of lobby.members) this.#byMember.delete(memberId);
    this.#lobbies.delete(lobby.id);
    lobby.destroy(reason);
    this.log.info({ lobby: lobby.id, reason }, 'lobby closed');
    if (this.#lobbies.size === 0) this.#onDrained?.();
  }

  #sweepLater(): void {
    this.#cancelSweep = this.services.clock.after(SWEEP_MS, () => {
      for (const lobby of [...this.#lobbies.values()]) if (lobby.isIdle) this.#close(lobby, 'idle');
      this.#sweepLater();
    });
  }
}

/** Compared by digest: neither the length nor the place of the first difference shows in the time taken. */
export function sameSecret(expected: string, given: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(expected), digest(given));
}
