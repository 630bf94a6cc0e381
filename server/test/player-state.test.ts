import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { before, describe, test } from 'node:test';
import type { Server as SocketServer, Socket } from 'socket.io';
import { readConfig } from '../src/config.js';
import { ConnectionLimit } from '../src/connection-limit.js';
import { Counters } from '../src/counters.js';
import { engine } from '../src/engine.js';
import { Gateway } from '../src/gateway.js';
import { Lobbies } from '../src/lobbies.js';
import { createLogger } from '../src/logger.js';
import { MapShelf } from '../src/maps.js';
import { CLASSES, INBOUND, inboundRefusal, OUTBOUND, outboundFault, PLAYER_STATES, type PlayerState } from '../src/player-state.js';
import { Wire } from '../src/wire.js';
import { FakeClock, inputPacket, type Json } from './support.js';

/** A gateway with real lobbies and matches, and clients without a network. */
class Bench {
  readonly clock = new FakeClock();
  readonly counters = new Counters();
  readonly lobbies: Lobbies;
  readonly #gateway: Gateway;
  #connect: (socket: Socket) => void = () => {};
  #clients = 0;

  constructor() {
    const { clock, counters } = this;
    const log = createLogger('silent');
    const world = new engine.World();
    const config = readConfig({ DEBUG_COMMANDS: 'on', ADMIN_PASSWORD: 'admin' });
    const lobbies: Lobbies = this.lobbies = new Lobbies({ killTarget: 50, bots: 0, maxLobbies: 100 }, new MapShelf(undefined, 'fine'), {
      world, clock, counters,
      epochOfStep: (step) => step,
      emit: (...message) => this.#gateway.emit(...message),
      emitJson: (...message) => this.#gateway.emitJson(...message),
      keepsUp: () => true,
      wantsSounds: () => true,
      wireMoved: (...move) => wire.moved(...move),
    }, counters, log);
    const wire: Wire = new Wire({
    limit: new ConnectionLimit(0, false, () => clock.now()), isEnabled: true, addressOf: () => '127.0.0.1', world, clock, counters, log, lobbies, session: (id) => this.#gateway.session(id) });
    const io = { use: () => {}, on: (_: string, connect: (socket: Socket) => void) => { this.#connect = connect; } };
    const limit = new ConnectionLimit(0, false, () => clock.now());
    this.#gateway = new Gateway(io as unknown as SocketServer, { config, clock, counters, log, lobbies, limit, wire, addressOf: () => '127.0.0.1', isRefused: () => false });
  }

  /** A client in the state, alone in its lobby, and the lobby's id. */
  client(state: PlayerState): Client {
    const client = new Client(`client${this.#clients++}`, this.#connect, this.#gateway);
    if (state === 'menu') return client;
    client.send('create_private_lobby', {});
    const lobby = this.lobbies.of(client.id)!;
    if (state !== 'matchmaking') {
      lobby.forceStart(1);
      this.clock.advance(1000);
    }
    if (state === 'after_match') lobby.endMatch();
    client.lobbyId = lobby.id;
    client.sent.length = 0;
    return client;
  }
}

class Client {
  readonly sent: string[] = [];
  lobbyId = '';
  send: (event: string, payload?: unknown) => void = () => {};
  leave: () => void = () => {};

  constructor(readonly id: string, connect: (socket: Socket) => void, readonly gateway: Gateway) {
    const socket = {
      id, connected: true, handshake: { address: '127.0.0.1' }, conn: { write: (packet: string) => this.sent.push(packet), on: () => {}, off: () => {} },
      onAny: (listener: (event: string, payload?: unknown) => void) => { this.send = listener; },
      on: (event: string, listener: () => void) => { if (event === 'disconnect') this.leave = listener; },
      disconnect: () => {},
    };
    connect(socket as unknown as Socket);
  }

  events(): string[] {
    return this.sent.map((packet) => (JSON.parse(packet.slice(1)) as Json)[0]);
  }
}

/** Fit for their events, so that it is the state alone that refuses. */
const PAYLOADS: Record<string, unknown> = {
  'time:sync': 1,
  authenticate: 'x',
  'admin:authenticate': 'x',
  'admin:force_start_match': { lobbyId: 'x' },
  join_lobby: { lobbyId: 'x' },
  'player:join': { loadout: {} },
  'weapon:equip': {},
  'player:input': inputPacket(1),
  'weapon:switch': { toWeapon: 'pistol' },
  'wire:open': { version: 1 },
  'debug:give_weapon': 'smg',
};

describe('what a client may say in each state', () => {
  const bench = new Bench();

  for (const [event, states] of INBOUND) {
    test(`${event}: ${states.join(', ')}`, () => {
      for (const state of PLAYER_STATES) {
        const client = bench.client(state);
        const [refused, malformed, unknown] = ['event_out_of_state', 'event_malformed', 'event_unknown'].map((name) => bench.counters.get(name));
        client.send(event, PAYLOADS[event]);
        assert.equal(bench.counters.get('event_out_of_state') - refused!, states.includes(state) ? 0 : 1, state);
        assert.deepEqual([bench.counters.get('event_malformed'), bench.counters.get('event_unknown')], [malformed, unknown]);
        assert.equal(inboundRefusal(event, state) === undefined, states.includes(state));
        client.leave();
      }
      assert.equal(bench.counters.get('handler_failed'), 0);
    });
  }

  test('nothing that the server says was misrouted, out of state or unknown meanwhile', () => {
    for (const fault of ['outbound_unknown', 'outbound_out_of_state', 'outbound_misrouted']) assert.equal(bench.counters.get(fault), 0, fault);
  });

  test('a refusal is answered as the protocol has it', () => {
    const menu = bench.client('menu');
    menu.send('player:join', { loadout: {} });
    assert.deepEqual(menu.events(), ['player:join:failed']);
    assert.match(menu.sent[0]!, /"Not in a lobby"/);
    menu.send('wire:open', { version: 1 });
    assert.match(menu.sent[1]!, /"wire:refused",\{"reason":"Not in a lobby"\}/);
    const late = bench.client('after_match');
    late.send('player:join', { loadout: {} });
    assert.match(late.sent[0]!, /"The match is over"/);
    for (const client of [menu, late]) client.leave();
  });

  test('what nobody may send is unknown, whatever the state', () => {
    for (const state of PLAYER_STATES) {
      const client = bench.client(state);
      const before = bench.counters.get('event_unknown');
      for (const event of ['request_rematch', '__proto__', 'game:state', '']) client.send(event, {});
      assert.equal(bench.counters.get('event_unknown') - before, 4);
      client.leave();
    }
  });
});

describe('what a client is told in each state', () => {
  const bench = new Bench();
  const clients = new Map<PlayerState, Client>();
  before(() => {
    for (const state of PLAYER_STATES) clients.set(state, bench.client(state));
  });

  for (const [event, name] of OUTBOUND) {
    const { states, audience } = CLASSES[name];
    test(`${event}: ${name}, to ${audience}: ${states.join(', ')}`, () => {
      for (const [state, client] of clients) {
        const arrives = (speaker: string | undefined): boolean => {
          client.sent.length = 0;
          client.gateway.session(client.id)!.emit(event, {}, speaker);
          return client.sent.length > 0;
        };
        const fits = (states as readonly PlayerState[]).includes(state);
        assert.equal(arrives(client.lobbyId || undefined), fits && (audience === 'player' || state !== 'menu'), `${state}, own lobby`);
        for (const speaker of ['elsewhere', undefined]) assert.equal(arrives(speaker), fits && audience === 'player', `${state}, ${speaker}`);
        // By the other way out, the same.
        client.sent.length = 0;
        client.gateway.emitJson(client.id, event, '{}', 'elsewhere');
        assert.equal(client.sent.length > 0, fits && audience === 'player');
      }
    });
  }

  test('a client on the wire is told everything but the stream', () => {
    const to = { state: 'in_match', lobbyId: 'l', onWire: true } as const;
    const silenced = [...OUTBOUND].filter(([event]) => outboundFault(event, to, 'l') === 'superseded').map(([, name]) => name);
    assert.deepEqual(new Set(silenced), new Set(['state', 'sounds', 'play']));
    assert.equal(silenced.length, [...OUTBOUND.values()].filter((name) => ['state', 'sounds', 'play'].includes(name)).length);
    for (const event of ['match_ended', 'wire:roster', 'player:join:success']) {
      assert.notEqual(outboundFault(event, to, 'l'), 'superseded', event);
    }
  });

  test('an event that the table lacks does not go out', () => {
    const client = clients.get('in_match')!;
    client.sent.length = 0;
    client.gateway.emit(client.id, 'match:secret', {}, client.lobbyId);
    assert.deepEqual([client.sent.length, bench.counters.get('outbound_unknown')], [0, 1]);
  });
});

describe('the sources', () => {
  const folder = fileURLToPath(new URL('../../src/', import.meta.url));
  const sources = new Map(readdirSync(folder).filter((name) => name.endsWith('.ts')).map((name) => [name, readFileSync(folder + name, 'utf8')]));

  test('nothing is said to everybody, and sessions are the one way out', () => {
    const broadcast = /\bio\s*\.\s*(emit|send|write|to|in|of|except|local|volatile|compress|timeout|sockets|engine)\b|\.\s*broadcast\b|\.\s*server\s*\.\s*(emit|to|in)\b/;
    const out = /\bsocket\s*\.\s*(emit|send|write|compress|volatile|to|in)\b|\.conn\s*\.\s*(write|send)\b/;
    for (const [name, text] of sources) {
      assert.doesNotMatch(text, broadcast, name);
      // The socket of a wire connection is a WebSocket: it has one receiver.
      if (name !== 'session.ts' && name !== 'wire-connection.ts') assert.doesNotMatch(text, out, name);
    }
    assert.equal([...sources.get('session.ts')!.matchAll(new RegExp(out, 'g'))].length, 1, 'one write in session.ts');
    assert.match(sources.get('lobby.ts')!, /for \(const memberId of this\.members\) this\.emit/);
  });

  test('every event that the sources name is in the tables', () => {
    for (const [name, text] of sources) {
      for (const [, event] of text.matchAll(/\bemit(?:Json)?\((?:\w+(?:\.\w+)*, )?'([^']+)'/g)) assert(OUTBOUND.has(event!), `${name}: ${event}`);
      for (const [, event] of text.matchAll(/\bpacket(?:\(|\.event = )'([^']+)'/g)) assert(OUTBOUND.has(event!), `${name}: ${event}`);
      for (const [, event] of text.matchAll(/#(?:broadcast|announceCount)\('([^']+)'/g)) assert(OUTBOUND.has(event!), `${name}: ${event}`);
    }
  });
});
