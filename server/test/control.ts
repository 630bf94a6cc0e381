import assert from 'node:assert/strict';
import { MemoryBus, type Bus } from '../src/bus/index.js';
import { createLogger } from '../src/logger.js';
import { Desk, Matchmaker, type Link, type MatchmakerOptions, type Session } from '../src/matchmaker/index.js';
import { ServerAgent, type LostRecord, type MatchHost, type MatchRecord, type ServerRecord } from '../src/pool/index.js';
import { MemoryRecords, RedisRecords, type Records } from '../src/records/index.js';
import { Parties, Tickets, type Bytes, type Party, type PlayerRecord, type Ticket } from '../src/tickets/index.js';
import type { TestRedis } from './redis.js';
import { FakeClock } from './support.js';

export const log = createLogger(process.env['LOG_LEVEL'] ?? 'silent');

/** mulberry32: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function seeded(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const seededBytes = (random: () => number): Bytes => (count) => Buffer.from(Array.from({ length: count }, () => Math.floor(random() * 256)));

export const MODES = [{ name: 'duel', least: 2, most: 2 }, { name: 'standard', least: 2, most: 8 }];
export const REGIONS = ['eu', 'us'];

/** Everything that is in the records at one moment. */
export interface Dump {
  records: Map<string, unknown>;
  indexes: Map<string, ReadonlyMap<string, string>>;
}

/** Where records are. */
export interface Place {
  readonly records: Records;
  readonly clock: FakeClock;
  dump(): Promise<Dump>;
  /** As a Redis that has lost its disk. */
  wipe(): Promise<void>;
}

const INDEXES = ['waiting', 'parties', 'servers', 'pending', 'open', 'lost', 'fronts'];

export function memoryPlace(clock: FakeClock): Place {
  const records = new MemoryRecords(clock, { freeze: true });
  return {
    records, clock,
    wipe: () => records.close(),
    dump: async () => ({
      records: new Map([...records.keys()].map((key) => [key, records.peek(key)] as const).filter(([, value]) => value !== undefined)),
      indexes: new Map(INDEXES.map((index) => [index, new Map(records.peekIndex(index))])),
    }),
  };
}

/** In one step, as nothing else would be one moment. */
const DUMP = `
local keys, answer = redis.call('KEYS', ARGV[1] .. '*'), {}
for _, key in ipairs(keys) do
  table.insert(answer, key)
  if redis.call('TYPE', key).ok == 'hash' then table.insert(answer, redis.call('HGETALL', key)) else table.insert(answer, redis.call('GET', key)) end
end
return answer`;

let prefixes = 0;

export async function redisPlace(redis: TestRedis, clock: FakeClock): Promise<Place> {
  const client = redis.client(5000);
  const prefix = `{t${prefixes++}}:`;
  const records = await RedisRecords.open(client, clock, { prefix, timeMs: 0 });
  return {
    records, clock,
    async wipe() {
      const keys = await client.keys(`${prefix}*`);
      if (keys.length > 0) await client.del(keys);
    },
    async dump() {
      const answer = await client.eval(DUMP, 0, prefix) as (string | string[])[];
      const dump: Dump = { records: new Map(), indexes: new Map(INDEXES.map((index) => [index, new Map()])) };
      for (let at = 0; at < answer.length; at += 2) {
        const key = (answer[at] as string).slice(prefix.length);
        const value = answer[at + 1]!;
        if (typeof value === 'string') dump.records.set(key, JSON.parse(value));
        else dump.indexes.set(key.slice('index:'.length), new Map(value.flatMap((member, i) => (i % 2 === 0 ? [[member, value[i + 1]!] as const] : []))));
      }
      return dump;
    },
  };
}

/** Everything that is always true of the records. */
export async function audit(place: Pick<Place, 'dump'>): Promise<{ players: Map<string, PlayerRecord>; tickets: Map<string, Ticket>; matches: Map<string, MatchRecord>; servers: Map<string, ServerRecord> }> {
  const { records: all, indexes } = await place.dump();
  const kind = <T>(name: string): Map<string, T> => new Map([...all].filter(([key]) => key.startsWith(`${name}:`)).map(([key, value]) => [key.slice(name.length + 1), value as T]));
  const players = kind<PlayerRecord>('player');
  const tickets = kind<Ticket>('ticket');
  const matches = kind<MatchRecord>('match');
  const servers = kind<ServerRecord>('server');
  const parties = kind<Party>('party');
  for (const [id, { at, party }] of players) {
    if (at !== null && 'ticket' in at) assert.ok(tickets.get(at.ticket)?.members.some((member) => member.id === id), `player ${id} waits with a ticket that is not theirs`);
    if (at !== null && 'match' in at) assert.ok(matches.get(at.match)?.places[id], `player ${id} is in a match without a place for them`);
    if (party !== null) assert.ok(parties.get(party)?.members.some((member) => member.id === id), `player ${id} is in a party without them`);
  }
  for (const [id, ticket] of tickets) {
    assert.equal(new Set(ticket.members.map((member) => member.id)).size, ticket.members.length);
    for (const member of ticket.members) assert.deepEqual(players.get(member.id)?.at, { ticket: id }, `ticket ${id} has ${member.id}, who is not there`);
  }
  for (const [id, match] of matches) {
    for (const player of Object.keys(match.places)) assert.deepEqual(players.get(player)?.at, { match: id }, `match ${id} has ${player}, who is not there`);
    for (const { ticket } of Object.values(match.places)) assert.ok(match.origins[ticket], `match ${id} has forgotten where ${ticket} came from`);
    const server = servers.get(match.serverId);
    assert.ok(server !== undefined && server.matches.includes(id), `match ${id} is on no server`);
    assert.equal(server.incarnation, match.incarnation);
    const teams = Object.values(match.places).map(({ team }) => team);
    assert.ok(teams.filter((team) => team === 'red').length <= 4 && teams.filter((team) => team === 'blue').length <= 4);
  }
  for (const [id, server] of servers) {
    assert.ok(server.matches.length <= server.capacity, `server ${id} is over its capacity`);
    assert.equal(new Set(server.matches).size, server.matches.length);
    for (const match of server.matches) assert.equal(matches.get(match)?.serverId, id, `server ${id} has match ${match}, which is not there`);
  }
  for (const [code, { members, ready = [] }] of parties) for (const id of ready) assert.ok(members.some((member) => member.id === id), `party ${code}: ${id} is ready and not in it`);
  for (const [code, party] of parties) for (const { id } of party.members) assert.equal(players.get(id)?.party, code, `party ${code} has ${id}, who is not in it`);
  assert.deepEqual(new Map([...tickets].map(([id, { version }]) => [id, String(version)]).sort() as [string, string][]), new Map([...indexes.get('waiting')!].sort()));
  assert.deepEqual([...servers.keys()].sort(), [...indexes.get('servers')!.keys()].sort());
  assert.deepEqual([...parties.keys()].sort(), [...indexes.get('parties')!.keys()].sort());
  const pending = [...matches.values()].filter((match) => match.state !== 'running' || Object.values(match.places).some((each) => !each.isPresent)).map(({ id }) => id);
  assert.deepEqual(pending.sort(), [...indexes.get('pending')!.keys()].sort());
  for (const id of indexes.get('open')!.keys()) assert.equal(matches.get(id)?.state, 'running');
  assert.deepEqual([...kind('lost').keys()].sort(), [...indexes.get('lost')!.keys()].sort());
  return { players, tickets, matches, servers };
}

/** A game server whose matches are played by whoever holds it. */
export class TestHost implements MatchHost {
  readonly matches = new Map<string, MatchRecord>();
  readonly closed: string[] = [];
  readonly dismissed: string[] = [];
  opens: 'at once' | 'never' | 'fails' = 'at once';
  busy = 0;

  async open(match: MatchRecord): Promise<{ map: string }> {
    if (this.opens === 'fails') throw new Error('no room');
    if (this.opens === 'never') await new Promise(() => {});
    this.matches.set(match.id, match);
    return { map: 'yard' };
  }

  update(match: MatchRecord): void {
    if (this.matches.has(match.id)) this.matches.set(match.id, match);
  }

  close(matchId: string, reason: string): void {
    this.matches.delete(matchId);
    this.closed.push(`${matchId} ${reason}`);
  }

  dismiss(matchId: string, playerId: string): void {
    this.dismissed.push(`${matchId} ${playerId}`);
  }

  load(): number {
    return this.busy;
  }
}

export interface TestServer {
  agent: ServerAgent;
  host: TestHost;
}

export class TestPlayer implements Link {
  readonly received: { event: string; payload: Record<string, any> }[] = [];
  session!: Session;
  isClosed = false;

  constructor(readonly id: string, readonly name = `P${id}`) {}

  send(event: string, payload: object): void {
    this.received.push({ event, payload });
  }

  close(): void {
    this.isClosed = true;
  }

  last(event: string): Record<string, any> | undefined {
    return this.received.findLast((each) => each.event === event)?.payload;
  }

  count(event: string): number {
    return this.received.filter((each) => each.event === event).length;
  }
}

/** A whole control plane in one process, over one place of records; time stands still until it is told to pass. */
export class World {
  readonly bus: Bus = new MemoryBus(log);
  readonly lost: LostRecord[] = [];
  readonly refused: string[] = [];
  readonly errors: string[] = [];
  readonly formed: { mode: string; waitedMs: number[]; isBackfill: boolean }[] = [];
  readonly servers: TestServer[] = [];
  readonly desks: Desk[] = [];
  readonly matchmakers: Matchmaker[] = [];
  readonly bytes: Bytes;
  ratings: (ids: readonly string[]) => Promise<Map<string, { value: number; deviation: number }>> = async () => new Map();
  noteLost: (lost: LostRecord) => Promise<void> = async (lost) => { this.lost.push(lost); };

  constructor(readonly place: Place, readonly clock: FakeClock, readonly random: () => number) {
    this.bytes = seededBytes(random);
  }

  get records(): Records {
    return this.place.records;
  }

  tickets(limit?: number): Tickets {
    return new Tickets({ modes: MODES, regions: REGIONS, bytes: this.bytes, ...(limit === undefined ? {} : { limit }) }, this.records, this.bus);
  }

  parties(): Parties {
    return new Parties(this.records, this.bus, { bytes: this.bytes });
  }

  matchmaker(options: Partial<MatchmakerOptions> = {}, records: Records = this.records): Matchmaker {
    const matchmaker = new Matchmaker({ modes: MODES, regions: REGIONS, bytes: this.bytes, ...options }, {
      records, bus: this.bus, clock: this.clock, log, noteLost: (lost) => this.noteLost(lost),
      observer: {
        formed: (match) => this.formed.push(match),
        error: (where, error) => this.errors.push(`${where}: ${String(error)}`),
      },
    });
    this.matchmakers.push(matchmaker);
    return matchmaker;
  }

  async server(id: string, wish: { region?: string; capacity?: number; version?: string; records?: Records } = {}): Promise<TestServer> {
    const host = new TestHost();
    const agent = new ServerAgent({
      id, url: `http://${id}.test/`, region: wish.region ?? 'eu', version: wish.version ?? '1', capacity: wish.capacity ?? 10,
    }, host, { records: wish.records ?? this.records, bus: this.bus, clock: this.clock, log, bytes: this.bytes });
    await agent.start();
    const server = { agent, host };
    this.servers.push(server);
    return server;
  }

  async desk(records: Records = this.records): Promise<Desk> {
    const desk = new Desk({ modes: MODES, regions: REGIONS, bytes: this.bytes }, {
      records, bus: this.bus, clock: this.clock, log, ratings: (ids) => this.ratings(ids), newcomer: { value: 1500, deviation: 350 },
      issue: async ({ playerId, matchId, serverId }) => `token ${playerId} ${matchId} ${serverId}`, tokenLifeMs: 30_000,
      observer: { refused: (event, reason) => this.refused.push(`${event} ${reason}`), error: (where, error) => this.errors.push(`${where}: ${String(error)}`) },
    });
    await desk.start();
    this.desks.push(desk);
    return desk;
  }

  async player(desk: Desk, id: string): Promise<TestPlayer> {
    const player = new TestPlayer(id);
    player.session = desk.connect({ id, name: player.name }, player)!;
    await this.settle();
    return player;
  }

  /** Whatever is under way comes to its end. */
  async settle(): Promise<void> {
    for (let i = 0; i < 3; i++) {
      for (const { agent } of this.servers) await agent.beat();
      await new Promise((done) => setImmediate(done));
      for (const desk of this.desks) await desk.settled();
    }
  }

  /** Everything that happens in so many seconds; each of them ends with a round and a look at all the records. */
  async pass(seconds: number, check = true): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      this.clock.advance(1000);
      await this.settle();
      for (const matchmaker of this.matchmakers) await matchmaker.round();
      await this.settle();
      if (check) await audit(this.place);
    }
  }

  /** Who has been sent to a match comes to it. */
  async arrive(...players: TestPlayer[]): Promise<void> {
    for (const player of players) {
      const found = player.last('match_found');
      const server = this.servers.find(({ agent }) => agent.id === (found?.['server'] as { id?: string } | undefined)?.id && agent.isHeard);
      assert.ok(found && server, `player ${player.id} has no server to go to`);
      assert.ok(server.agent.admits({ matchId: found['matchId'] as string, playerId: player.id }));
      server.agent.arrived(found['matchId'] as string, player.id);
    }
    await this.settle();
  }

  crash(what: { crash(): void }): void {
    what.crash();
    const drop = <T>(list: T[], is: (each: T) => boolean): void => {
      const at = list.findIndex(is);
      if (at !== -1) list.splice(at, 1);
    };
    drop(this.servers, ({ agent }) => agent === what);
    drop(this.desks, (desk) => desk === what);
    drop(this.matchmakers, (matchmaker) => matchmaker === what);
  }

  async close(): Promise<void> {
    for (const each of [...this.matchmakers, ...this.desks, ...this.servers.map(({ agent }) => agent)]) each.crash();
    await this.bus.close();
    await this.records.close();
  }
}
