import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Clock } from './clock.js';
import type { ConnectionLimit } from './connection-limit.js';
import type { Counters } from './counters.js';
import { engine, engineErrorCode, type MatchId, type PlayerId, type World } from './engine.js';
import type { Lobbies } from './lobbies.js';
import type { Logger } from './logger.js';
import type { Match } from './match.js';
import type { Session } from './session.js';
import { bytesOf, CLOSE, WireConnection, type WireFault } from './wire-connection.js';
import { Tickets } from './wire-tickets.js';

export const WIRE_PATH = '/wire';
/** Of `engine/src/net/PROTOCOL.md`. */
export const WIRE_VERSION = 1;
/** Bytes of a client's message at most (PROTOCOL.md, 3). */
const MAX_MESSAGE_BYTES = 256;
/** Milliseconds that a client has to answer a close. */
const CLOSE_MS = 2000;

/** Room for the messages of a step, to begin with; it grows when need be. */
const FIRST_ROOM = { bytes: 64 * 1024, packets: 256 };

export interface WireServices {
  readonly isEnabled: boolean;
  readonly world: World;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly log: Logger;
  readonly lobbies: Lobbies;
  readonly limit: ConnectionLimit;
  addressOf(request: IncomingMessage): string;
  session(memberId: string): Session | undefined;
  /** Told of each message that goes out, in bytes. On the hot path. */
  readonly onSent?: ((bytes: number) => void) | undefined;
}

export interface WireTotals {
  connections: number;
  /** Given out and not used yet. */
  tickets: number;
  /** Messages and bytes of payload sent, and messages taken, since the start. */
  packets: number;
  bytes: number;
  received: number;
}

/** Where the engine keeps a member's link. */
export interface WireAddress {
  readonly match: MatchId;
  readonly player: PlayerId;
}

interface Admission {
  readonly lobbyId: string;
  readonly match: Match;
}

/** The binary protocol beside Socket.IO: negotiated there, spoken over a WebSocket of its own, carried and not read. */
export class Wire {
  readonly #tickets: Tickets<Admission>;
  readonly #connections = new Map<string, WireConnection>();
  readonly #routes = new Map<MatchId, Map<PlayerId, WireConnection>>();
  readonly #addresses = new Map<string, WireAddress>();
  readonly #step: number;
  #bytes = new Uint8Array(FIRST_ROOM.bytes);
  #index = new Uint32Array(FIRST_ROOM.packets * engine.WIRE_COLUMNS);
  readonly #totals = { packets: 0, bytes: 0, received: 0 };
  // The socket's delay is off: `ws` sees to it.
  readonly #sockets = new WebSocketServer({
    noServer: true, perMessageDeflate: false, maxPayload: MAX_MESSAGE_BYTES, skipUTF8Validation: true, clientTracking: false,
    closeTimeout: CLOSE_MS,
  } as ConstructorParameters<typeof WebSocketServer>[0]);

  constructor(private readonly services: WireServices) {
    this.#tickets = new Tickets(services.clock);
    this.#step = services.world.wireStep;
  }

  totals(): WireTotals {
    return { connections: this.#connections.size, tickets: this.#tickets.size, ...this.#totals };
  }

  /** Answers `wire:open`. */
  negotiate(session: Session, version: number): void {
    const lobby = this.services.lobbies.of(session.id);
    if (lobby === undefined) return this.refuse(session, 'Not in a lobby');
    if (!this.services.isEnabled) return this.refuse(session, 'Switched off');
    if (version !== WIRE_VERSION) return this.refuse(session, 'Unknown version');
    const ticket = this.#tickets.issue(session.id, { lobbyId: lobby.id, match: lobby.match });
    session.emit('wire:ready', { path: WIRE_PATH, ticket, version: WIRE_VERSION, step: this.#step, map: lobby.match.mapHash });
  }

  refuse(session: Session, reason: string): void {
    this.services.counters.add('wire_refused');
    session.emit('wire:refused', { reason });
  }

  /** Takes a request to speak WebSocket; one without a good ticket is turned away. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!this.services.limit.admits(this.services.addressOf(request))) {
      this.services.counters.add('wire_connection_refused');
      return turnAway(socket, '429 Too Many Requests');
    }
    const ticket = new URLSearchParams((request.url ?? '').split('?', 2)[1] ?? '').get('ticket') ?? '';
    const admitted = this.#tickets.redeem(ticket);
    if (admitted === undefined || this.services.lobbies.of(admitted.holder)?.match !== admitted.grant.match) {
      this.services.counters.add('wire_ticket_refused');
      return turnAway(socket, '401 Unauthorized');
    }
    this.#sockets.handleUpgrade(request, socket, head, (ws) => this.#accept(admitted.holder, admitted.grant, ws));
  }

  /** After each step of the world, before anything else is changed in it: what the step has to send goes out. */
  deliver(step: number): void {
    if (this.#connections.size === 0) return;
    const { world } = this.services;
    const pending = world.wirePending();
    if (pending.packets > 0) {
      this.#makeRoom(pending);
      const count = world.wirePackets(this.#bytes, this.#index);
      for (let row = 0; row < count; row++) this.#send(row * engine.WIRE_COLUMNS);
    }
    for (const connection of this.#connections.values()) {
      this.#settleHold(connection);
      if (connection.isSilent) {
        this.services.counters.add('wire_silent');
        connection.end(CLOSE.silent, 'Nothing heard');
      }
    }
    if (step % this.#step === 0) this.#sayRosters();
  }

  /** Called by matches: the member's link is somewhere else from now on, or nowhere. */
  moved(memberId: string, address: WireAddress | undefined): void {
    const connection = this.#connections.get(memberId);
    if (connection === undefined) return;
    this.#unroute(memberId);
    if (address === undefined) {
      this.#drop(connection);
      connection.end(CLOSE.left, 'Left the match');
      return;
    }
    this.#addresses.set(memberId, address);
    let players = this.#routes.get(address.match);
    if (players === undefined) this.#routes.set(address.match, players = new Map());
    players.set(address.player, connection);
    connection.isHeld = false;
  }

  /** The member's session is over. */
  forget(memberId: string): void {
    this.#tickets.revoke(memberId);
  }

  close(): void {
    this.#tickets.revokeAll();
    for (const connection of [...this.#connections.values()]) {
      this.#drop(connection);
      connection.end(CLOSE.going_away, 'Server stops');
      // The HTTP server does not wait for an answer.
      setImmediate(() => connection.socket.terminate());
    }
  }

  #accept(memberId: string, { lobbyId, match }: Admission, socket: WebSocket): void {
    const { clock, counters, log, world } = this.services;
    const session = this.services.session(memberId);
    if (session === undefined) return socket.terminate();
    const before = this.#connections.get(memberId);
    if (before !== undefined) {
      this.#drop(before);
      before.end(CLOSE.replaced, 'Replaced by another connection');
    }
    const frameMs = (1000 * this.#step) / world.tickRate;
    const connection = new WireConnection(socket, memberId, lobbyId, match, frameMs, () => clock.now());
    this.#connections.set(memberId, connection);
    socket.on('message', (data, isBinary) => this.#guard(connection, () => this.#receive(connection, bytesOf(data), isBinary)));
    socket.on('error', (error: Error & { code?: string }) => {
      counters.add(error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' ? 'wire_oversized' : 'wire_socket_error');
    });
    socket.on('close', () => this.#guard(connection, () => this.#drop(connection)));
    this.#guard(connection, () => match.openWire(memberId));
    session.onWire = this.#connections.get(memberId) === connection;
    counters.add('wire_opened');
    log.debug({ player: memberId }, 'on the wire');
    this.#sayRoster(connection, rosterOf(match));
  }

  /** The connection counts no more, and today's stream goes on. Its socket may live a little longer. */
  #drop(connection: WireConnection): void {
    const { memberId, match } = connection;
    if (this.#connections.get(memberId) !== connection) return;
    this.#connections.delete(memberId);
    this.#unroute(memberId);
    this.services.counters.add('wire_closed');
    const session = this.services.session(memberId);
    if (session !== undefined) session.onWire = false;
    match.closeWire(memberId);
  }

  #unroute(memberId: string): void {
    const address = this.#addresses.get(memberId);
    if (address === undefined) return;
    this.#addresses.delete(memberId);
    const players = this.#routes.get(address.match);
    players?.delete(address.player);
    if (players?.size === 0) this.#routes.delete(address.match);
  }

  #receive(connection: WireConnection, bytes: Uint8Array, isBinary: boolean): void {
    // What comes in while the socket closes is nobody's.
    if (this.#connections.get(connection.memberId) !== connection) return;
    if (!isBinary) {
      this.services.counters.add('wire_text');
      this.#drop(connection);
      return connection.end(CLOSE.unsupported, 'Binary frames only');
    }
    if (!connection.spend()) return this.#fault(connection, 'wire_over_budget');
    try {
      const { falseAck } = connection.match.receiveWire(connection.memberId, bytes);
      if (falseAck) this.#fault(connection, 'wire_false_ack');
    } catch (error) {
      if (engineErrorCode(error) !== 'BAD_MESSAGE') throw error;
      return this.#fault(connection, 'wire_malformed');
    }
    this.#totals.received++;
    connection.heard(bytes);
    if (connection.isHeld) this.#settleHold(connection);
    this.services.lobbies.of(connection.memberId)?.touch();
  }

  #fault(connection: WireConnection, fault: WireFault): void {
    this.services.counters.add(fault);
    if (connection.bears(fault)) return;
    this.services.counters.add('wire_expelled');
    this.#drop(connection);
    connection.end(CLOSE.policy, 'Too many bad messages');
  }

  #send(row: number): void {
    const [low, high, player, offset, length] = this.#index.subarray(row, row + engine.WIRE_COLUMNS) as unknown as number[];
    const connection = this.#routes.get(high! * 2 ** 32 + low!)?.get(player!);
    if (connection === undefined) return this.services.counters.add('wire_unclaimed');
    // A copy: the socket may keep it beyond this step.
    if (!connection.send(this.#bytes.slice(offset!, offset! + length!))) return this.services.counters.add('wire_dropped');
    this.#totals.packets++;
    this.#totals.bytes += length!;
    this.services.onSent?.(length!);
  }

  #makeRoom({ packets, bytes }: { packets: number; bytes: number }): void {
    if (bytes > this.#bytes.length) this.#bytes = new Uint8Array(2 * bytes);
    const columns = packets * engine.WIRE_COLUMNS;
    if (columns > this.#index.length) this.#index = new Uint32Array(2 * columns);
  }

  #settleHold(connection: WireConnection): void {
    const { isSlow } = connection;
    if (isSlow === connection.isHeld) return;
    connection.isHeld = isSlow;
    if (isSlow) this.services.counters.add('wire_held');
    this.#guard(connection, () => connection.match.holdWire(connection.memberId, isSlow));
  }

  #sayRosters(): void {
    const rosters = new Map<Match, string>();
    for (const connection of this.#connections.values()) {
      const { match } = connection;
      if (!rosters.has(match)) rosters.set(match, rosterOf(match));
      this.#sayRoster(connection, rosters.get(match)!);
    }
  }

  #sayRoster(connection: WireConnection, roster: string): void {
    if (roster === connection.roster) return;
    connection.roster = roster;
    this.services.session(connection.memberId)?.emitJson('wire:roster', roster, connection.lobbyId);
  }

  /** A failure ends the connection that it came from: its client falls back to today's stream. */
  #guard(connection: WireConnection, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.services.counters.add('wire_failed');
      this.services.log.error({ err: error }, 'a wire connection failed');
      connection.end(CLOSE.failed, 'Internal server error');
    }
  }
}

function rosterOf(match: Match): string {
  return JSON.stringify(match.wireRoster());
}

export function turnAway(socket: Duplex, status: string): void {
  socket.on('error', () => {});
  // The other end may keep its half open for ever.
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
