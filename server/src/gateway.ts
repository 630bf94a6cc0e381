import type { IncomingMessage } from 'node:http';
import type { Server as SocketServer, Socket } from 'socket.io';
import type { z } from 'zod';
import type { GameTicket } from './accounts/index.js';
import { clientEvent, type ClientEvent } from './client-event.js';
import type { Clock } from './clock.js';
import type { Config } from './config.js';
import type { ConnectionLimit } from './connection-limit.js';
import type { Counters } from './counters.js';
import { debugEvents } from './debug-commands.js';
import { EXPULSION, type Expulsion, type Fault } from './limits.js';
import { sameSecret, type Lobbies } from './lobbies.js';
import type { Lobby } from './lobby.js';
import type { Logger } from './logger.js';
import { isRefusal, type Match } from './match.js';
import { GAUGE_STATE, measureRoundTrips, type GaugeState } from './observe/index.js';
import * as payloads from './payloads.js';
import { inboundRefusal, outboundFault, playerState } from './player-state.js';
import { Refusal } from './refusal.js';
import { Session } from './session.js';
import type { Wire } from './wire.js';

/** Players whom the matchmaker sends. */
export interface Entrance {
  /** Before a connection becomes a client; what it throws is what the client is told. Undefined: a stranger. */
  admit(socket: Socket): Promise<GameTicket | undefined>;
  /** Gives an admitted player the place in the match. @returns why not */
  enter(session: Session, ticket: GameTicket): string | undefined;
}

/** Told for metrics. On the hot path. */
export interface GatewayObserver {
  /** @param event of the table of events, or `unknown` */
  refused(event: string, reason: string): void;
  request(isOk: boolean): void;
  latency(roundTripMs: number): void;
}

const NOBODY: GatewayObserver = { refused() {}, request() {}, latency() {} };

/** Too many to count as requests. */
const INPUT = 'player:input';

export interface GatewayServices {
  readonly config: Config;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly log: Logger;
  readonly lobbies: Lobbies;
  readonly limit: ConnectionLimit;
  readonly wire: Wire;
  addressOf(request: IncomingMessage): string;
  /** Undefined: there is no matchmaker. */
  readonly entrance?: Entrance | undefined;
  readonly observer?: GatewayObserver | undefined;
  /** Whether the connection that came with this request is one too many of its address. */
  isRefused(request: IncomingMessage): boolean;
}

/**
 * Connects sockets to lobbies. Nothing that a client sends gets past `#receive` unchecked, nothing goes out to one past
 * `#admits`, and nothing thrown behind them gets out.
 */
export class Gateway {
  readonly #sessions = new Map<string, Session>();
  readonly #events: ReadonlyMap<string, ClientEvent>;
  readonly #observer: GatewayObserver;
  /** Of connections that are being admitted. */
  readonly #tickets = new WeakMap<Socket, GameTicket>();

  constructor(io: SocketServer, private readonly services: GatewayServices) {
    this.#observer = services.observer ?? NOBODY;
    this.#events = new Map(Object.entries({
      ...this.#connectionEvents(),
      ...this.#lobbyEvents(),
      ...this.#playEvents(),
      ...(services.config.debugCommands ? debugEvents(services.lobbies, () => services.clock.now()) : {}),
    }));
    // Counted once for each connection, and refused in words: clients do not try again by themselves then.
    io.use((socket, next) => {
      if (!services.isRefused(socket.request)) return next();
      services.counters.add('connection_refused');
      next(new Error('Too many connection attempts. Please wait a minute.'));
    });
    const { entrance } = services;
    if (entrance !== undefined) {
      io.use((socket, next) => {
        entrance.admit(socket).then((ticket) => {
          if (ticket !== undefined) this.#tickets.set(socket, ticket);
          next();
        }, (error: unknown) => {
          const isRefused = error instanceof Error && 'data' in error;
          services.counters.add(isRefused ? 'token_refused' : 'admission_failed');
          if (!isRefused) services.log.error({ err: error }, 'a player could not be admitted');
          next(isRefused ? error : new Error('Internal server error'));
        });
      });
    }
    io.on('connection', (socket) => this.#connect(socket));
  }

  /** @param speaker the lobby that says it, to a member of its own */
  emit(memberId: string, event: string, payload: unknown, speaker: string): void {
    this.#sessions.get(memberId)?.emit(event, payload, speaker);
  }

  emitJson(memberId: string, event: string, json: string, speaker: string): void {
    this.#sessions.get(memberId)?.emitJson(event, json, speaker);
  }

  session(memberId: string): Session | undefined {
    return this.#sessions.get(memberId);
  }

  keepsUp(memberId: string): boolean {
    return this.#sessions.get(memberId)?.keepsUp ?? true;
  }

  wantsSounds(memberId: string): boolean {
    return this.#sessions.get(memberId)?.wantsSounds ?? false;
  }

  get connections(): number {
    return this.#sessions.size;
  }

  /** Clients, by where they are. */
  states(): Record<GaugeState, number> {
    const counts = { menu: 0, matchmaking: 0, in_match: 0, post_match: 0 };
    for (const id of this.#sessions.keys()) counts[GAUGE_STATE[playerState(this.services.lobbies.of(id))]]++;
    return counts;
  }

  #connect(socket: Socket): void {
    const { config, clock, counters, lobbies, log } = this.services;
    const ticket = this.#tickets.get(socket);
    const session = new Session(socket, {
      // The matchmaker's word is enough.
      needsPassword: config.password !== undefined && ticket === undefined,
      eventsPerSecond: config.eventsPerSecond,
      now: () => clock.now(),
      admits: (...message) => this.#admits(...message),
      expel: (...whom) => this.#expel(...whom),
    });
    this.#sessions.set(session.id, session);
    log.debug({ player: session.id, ...(ticket === undefined ? {} : { playerId: ticket.playerId, matchId: ticket.matchId }) }, 'connected');
    measureRoundTrips(socket, () => clock.now(), (ms) => this.#observer.latency(ms));
    let cancelTimeout = (): void => {};
    if (!session.isAuthenticated) {
      cancelTimeout = clock.after(config.handshakeSeconds * 1000, () => {
        if (session.isAuthenticated) return;
        session.emit('auth-failed', 'Authentication timeout');
        socket.disconnect(true);
      });
    }
    // Before it is parsed.
    const weigh = ({ data }: { data?: string | ArrayBufferView | ArrayBuffer }): void => {
      session.took(typeof data === 'string' ? data.length : data?.byteLength ?? 0);
    };
    socket.conn.on('packet', weigh);
    socket.onAny((name: unknown, payload: unknown) => this.#receive(session, name, payload));
    socket.on('error', (error) => {
      counters.add('socket_error');
      log.debug({ err: error, player: session.id }, 'socket error');
    });
    socket.on('disconnect', (reason) => {
      cancelTimeout();
      socket.conn.off('packet', weigh);
      this.#sessions.delete(session.id);
      this.#guard(() => lobbies.leave(session.id));
      this.services.wire.forget(session.id);
      log.debug({ player: session.id, reason }, 'disconnected');
    });
    if (ticket !== undefined) this.#guard(() => this.#enter(session, ticket));
  }

  #enter(session: Session, ticket: GameTicket): void {
    const reason = this.services.entrance?.enter(session, ticket);
    if (reason === undefined) return;
    // Between the look at the token and now the match has gone.
    this.services.counters.add('entry_refused');
    this.#observer.refused('connection', reason);
    session.emit('match:return', { matchId: ticket.matchId, reason, lobbyUrl: null });
    session.socket.disconnect(true);
  }

  #receive(session: Session, name: unknown, payload: unknown): void {
    const { counters } = this.services;
    if (session.isExpelled) return;
    const event = typeof name === 'string' ? this.#events.get(name) : undefined;
    const known = event === undefined ? 'unknown' : name as string;
    if (!session.budget.spend()) return this.#fault(session, 'event_over_budget', known);
    if (event === undefined) return this.#fault(session, 'event_unknown', known);
    if (!session.isAuthenticated && event.isPublic !== true) return this.#fault(session, 'event_unauthenticated', known);
    const refusal = inboundRefusal(name as string, playerState(this.services.lobbies.of(session.id)));
    if (refusal !== undefined) {
      counters.add('event_out_of_state');
      this.#observer.refused(known, 'state');
      return this.#guard(() => event.refused?.(session, refusal));
    }
    this.#guard(() => {
      const parsed = event.schema.safeParse(payload);
      if (!parsed.success) return this.#fault(session, 'event_malformed', known);
      try {
        const done = event.handle(session, parsed.data as never);
        if (known !== INPUT) this.#observer.request(true);
        done?.catch((error: unknown) => this.#guard(() => this.#failed(session, event, known, error)));
      } catch (error) {
        this.#failed(session, event, known, error);
      }
      return undefined;
    });
  }

  #failed(session: Session, event: ClientEvent, known: string, error: unknown): void {
    if (!(error instanceof Refusal) && !isRefusal(error)) {
      this.#observer.request(false);
      event.refused?.(session, 'Internal server error');
      throw error;
    }
    this.services.counters.add('event_refused');
    this.#observer.refused(known, 'refused');
    this.#observer.request(true);
    event.refused?.(session, error.message);
  }

  /** @param event of the table, or `unknown` */
  #fault(session: Session, fault: Fault, event: string): void {
    this.services.counters.add(fault);
    this.#observer.refused(event, fault.replace(/^event_/, ''));
    session.fault(fault);
  }

  #expel(session: Session, expulsion: Expulsion): void {
    const { counters, limit, log } = this.services;
    const address = this.services.addressOf(session.socket.request);
    counters.add(`expelled_${expulsion}`);
    log.warn({ player: session.id, address, reason: EXPULSION[expulsion] }, 'a client is expelled');
    limit.exhaust(address);
    if (expulsion !== 'slow') return session.farewell(EXPULSION[expulsion], this.#time());
    // Not now: it is found out in the middle of telling a whole lobby something.
    setImmediate(() => session.cut());
  }

  /** Whether a message may go out: its class, the client's state and the speaker fit, and it is no news. */
  #admits(session: Session, event: string, speaker: string | undefined): boolean {
    const lobby = this.services.lobbies.of(session.id);
    const fault = outboundFault(event, { state: playerState(lobby), lobbyId: lobby?.id, onWire: session.onWire }, speaker);
    if (fault === undefined) return true;
    if (fault !== 'superseded') {
      this.services.counters.add(fault);
      this.services.log.warn({ event, speaker, lobby: lobby?.id, status: lobby?.status }, fault);
    }
    return false;
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.services.counters.add('handler_failed');
      this.services.log.error({ err: error }, 'an event handler failed');
    }
  }

  #lobbyOf(session: Session): Lobby<Match> {
    const lobby = this.services.lobbies.of(session.id);
    if (lobby === undefined) throw new Refusal('Not in a lobby');
    lobby.touch();
    return lobby;
  }

  #time(): number {
    return Math.round(this.services.clock.now());
  }

  #connectionEvents(): Record<string, ClientEvent> {
    const { config, lobbies } = this.services;
    return {
      'client:ready': clientEvent(payloads.clientReady, (session, { sounds }) => {
        session.wantsSounds = sounds;
        session.emit('server:ready', { timestamp: this.#time() });
      }, { isPublic: true }),
      'time:sync': clientEvent(payloads.timeSync, (session, clientTime) => {
        session.emit('time:sync:response', { clientTime, serverTime: this.#time() });
      }, { isPublic: true }),
      authenticate: clientEvent(payloads.password, (session, password) => {
        if (config.password === undefined || sameSecret(config.password, password)) {
          session.isAuthenticated = true;
          session.emit('authenticated');
        } else {
          this.services.counters.add('wrong_password');
          session.emit('auth-failed', 'Invalid password');
          session.socket.disconnect(true);
        }
      }, { isPublic: true }),
      'admin:authenticate': clientEvent(payloads.password, (session, password) => {
        session.isAdmin = config.adminPassword !== undefined && sameSecret(config.adminPassword, password);
        session.emit(session.isAdmin ? 'admin:authenticated' : 'admin:auth-failed');
        if (!session.isAdmin) this.#fault(session, 'wrong_password', 'admin:authenticate');
      }),
      'admin:force_start_match': clientEvent(payloads.forceStart, (session, { lobbyId }) => {
        this.#requireAdmin(session);
        lobbies.forceStart(session.id, lobbyId);
      }, { refused: (session, error) => session.emit('test_start_failed', { error }) }),
      'admin:force_create_match': clientEvent(payloads.forceCreate, (session, { gameMode }) => {
        this.#requireAdmin(session);
        lobbies.forceCreate(session, gameMode);
      }, { refused: (session, error) => session.emit('test_start_failed', { error }) }),
    };
  }

  /** Without an admin password these are every member's, as today; with one they are the admin's. */
  #requireAdmin(session: Session): void {
    if (this.services.config.adminPassword !== undefined && !session.isAdmin) throw new Refusal('Admin privileges required');
  }

  #lobbyEvents(): Record<string, ClientEvent> {
    const { lobbies } = this.services;
    const isHere = (session: Session) => (): boolean => this.#sessions.get(session.id) === session && !session.isExpelled;
    const leave = clientEvent(payloads.nothing, (session) => lobbies.leave(session.id));
    return {
      find_match: clientEvent(payloads.findMatch, (session, { gameMode, isPrivate }) => {
        lobbies.findMatch(session, gameMode, isPrivate);
      }, { refused: (session, reason) => session.emit('matchmaking_failed', { reason }) }),
      create_private_lobby: clientEvent(payloads.createPrivateLobby, (session, wish) => {
        return lobbies.createPrivate(session, wish, isHere(session), (lobby) => session.emit('private_lobby_created', {
          lobbyId: lobby.id, inviteCode: lobby.id, maxPlayers: lobby.settings.maxPlayers,
        }));
      }, { refused: (session, reason) => session.emit('lobby_creation_failed', { reason }) }),
      join_lobby: clientEvent(payloads.joinLobby, (session, { lobbyId, password }) => {
        return lobbies.join(session, lobbyId, password ?? undefined, isHere(session));
      }, {
        refused: (session, reason) => {
          session.emit('lobby_join_failed', { reason });
          // Lobbies that are hidden are found by guessing, too.
          if (reason === 'Invalid password') this.#fault(session, 'wrong_password', 'join_lobby');
        },
      }),
      get_lobby_list: clientEvent(payloads.lobbyFilter, (session, filter) => {
        const list = lobbies.list(filter);
        session.emit('lobby_list', { lobbies: list, totalCount: list.length, timestamp: this.#time() });
      }),
      leave_lobby: leave,
      leave_game: leave,
      cancel_matchmaking: leave,
    };
  }

  #playEvents(): Record<string, ClientEvent> {
    const { lobbies, wire } = this.services;
    const inMatch = <S extends z.ZodType>(schema: S, act: (match: Match, id: string, payload: z.output<S>) => void): ClientEvent => (
      clientEvent(schema, (session, payload) => act(this.#lobbyOf(session).match, session.id, payload))
    );
    const respawn = inMatch(payloads.nothing, (match, id) => match.respawn(id));
    return {
      'player:join': clientEvent(payloads.playerJoin, (session, { loadout: { team, ...loadout }, playerName }) => {
        const lobby = this.#lobbyOf(session);
        if (lobby.status === 'finished') throw new Refusal('The match is over');
        const { team: joined, equipment } = lobby.match.join(session.id, { loadout, team, name: session.rename(playerName) });
        session.emit('weapon:equipped', equipment);
        session.emit('player:join:success', {
          playerId: session.id, team: joined, isActive: true, gameStatus: lobby.status, timestamp: this.#time(),
        });
      }, {
        refused: (session, reason) => session.emit('player:join:failed', {
          reason, gameStatus: lobbies.of(session.id)?.status ?? 'waiting', timestamp: this.#time(),
        }),
      }),
      'weapon:equip': clientEvent(payloads.loadout, (session, loadout) => {
        session.emit('weapon:equipped', this.#lobbyOf(session).match.equip(session.id, loadout));
      }),
      request_game_state: inMatch(payloads.nothing, (match, id) => match.requestState(id)),
      'player:input': inMatch(payloads.playerInput, (match, id, input) => match.input(id, input)),
      'weapon:fire': inMatch(payloads.weaponFire, (match, id, payload) => match.fire(id, payload?.chargeLevel ?? 0)),
      'weapon:reload': inMatch(payloads.nothing, (match, id) => match.reload(id)),
      'weapon:switch': inMatch(payloads.weaponSwitch, (match, id, { toWeapon }) => match.switchTo(id, toWeapon)),
      'grenade:throw': inMatch(payloads.grenadeThrow, (match, id, payload) => match.throwItem(id, payload?.chargeLevel ?? 1)),
      'ads:toggle': inMatch(payloads.nothing, (match, id) => match.toggleAim(id)),
      'wire:open': clientEvent(payloads.wireOpen, (session, { version }) => wire.negotiate(session, version), {
        refused: (session, reason) => wire.refuse(session, reason),
      }),
      'player:respawn': respawn,
      respawn,
      player_respawn: respawn,
    };
  }
}
