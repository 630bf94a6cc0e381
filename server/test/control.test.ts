import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { engine } from '../src/engine.js';
import { Matches, Pool, serverKey, type Fence, type ServerRecord } from '../src/pool/index.js';
import { RecordsError } from '../src/records/index.js';
import { QueueRefused, Tickets, type Ticket } from '../src/tickets/index.js';
import { audit, memoryPlace, MODES, redisPlace, REGIONS, seeded, World, type Place } from './control.js';
import { testFolder } from './database.js';
import { TestRedis } from './redis.js';
import { FakeClock } from './support.js';

let redis: TestRedis;
before(async () => { redis = await TestRedis.start(); });
after(async () => { await redis.stop(); });

const PLACES: Record<string, (clock: FakeClock) => Promise<Place>> = {
  memory: async (clock) => memoryPlace(clock),
  redis: (clock) => redisPlace(redis, clock),
};

const member = (id: string, value = 1500): { id: string; name: string; value: number; deviation: number } => ({ id, name: `P${id}`, value, deviation: 100 });
const alone = (id: string): Parameters<ReturnType<World['tickets']>['enqueue']>[0] => (
  { mode: 'duel', pings: { eu: 20 }, members: [member(id)], party: null, backfill: true, front: 'f' }
);
const refusal = (reason: string) => (error: unknown): boolean => error instanceof QueueRefused && error.reason === reason;

for (const [name, open] of Object.entries(PLACES)) {
  describe(`control plane in ${name}`, () => {
    const run = (title: string, body: (world: World) => Promise<void>): void => {
      test(title, async () => {
        const clock = new FakeClock();
        const world = new World(await open(clock), clock, seeded(7));
        try {
          await body(world);
          await audit(world.place);
          assert.deepEqual(world.errors, []);
        } finally {
          await world.close();
        }
      });
    };

    run('records: a transaction takes effect whole, or is run again', async ({ records }) => {
      await records.transact(async (tx) => { tx.put('n', { n: 0 }); });
      await Promise.all(Array.from({ length: 20 }, () => records.transact(async (tx) => {
        const { n } = (await tx.get<{ n: number }>('n'))!;
        tx.put('n', { n: n + 1 });
        tx.list('i', String(n), 'x');
      })));
      assert.deepEqual(await records.get('n'), { n: 20 });
      assert.equal((await records.entries('i')).size, 20);
    });

    run('records: what was read and has changed refuses nobody', async ({ records }) => {
      let isFirst = true;
      const seen = await records.transact(async (tx) => {
        const value = await tx.get<{ n: number }>('k');
        if (isFirst) {
          isFirst = false;
          await records.transact(async (other) => { other.put('k', { n: 1 }); });
          throw new Error('refused for what is no longer so');
        }
        return value;
      });
      assert.deepEqual(seen, { n: 1 });
      await assert.rejects(records.transact(async (tx) => { await tx.get('k'); throw new Error('still so'); }), /still so/);
    });

    run('records: an index has its limit, and the last word on a member counts', async ({ records }) => {
      await records.transact(async (tx) => { tx.list('i', 'a', '1', 2); tx.list('i', 'b', '1', 2); });
      await assert.rejects(records.transact(async (tx) => { tx.put('x', {}); tx.list('i', 'c', '1', 2); }), (error: unknown) => error instanceof RecordsError && error.kind === 'full');
      assert.equal(await records.get('x'), undefined);
      await records.transact(async (tx) => { tx.list('i', 'a', '2', 2); tx.unlist('i', 'b'); tx.list('i', 'b', '3'); tx.list('i', 'a', '9'); tx.unlist('i', 'a'); });
      assert.deepEqual(await records.entries('i'), new Map([['b', '3']]));
    });

    run('records: own writes are read, removed ones are gone', async ({ records }) => {
      await records.transact(async (tx) => {
        tx.put('a', { v: 1 });
        assert.deepEqual(await tx.getAll(['a', 'b']), [{ v: 1 }, undefined]);
        tx.remove('a');
        assert.equal(await tx.get('a'), undefined);
      });
      assert.equal(await records.get('a'), undefined);
    });

    run('a player waits once, and not while in a match', async (world) => {
      const tickets = world.tickets();
      const first = await tickets.enqueue(alone('1'));
      await assert.rejects(tickets.enqueue(alone('1')), refusal('already_queued'));
      assert.equal((await tickets.waiting()).get(first.id), '1');
      assert.equal(await tickets.cancel('1', 'cancelled'), true);
      assert.equal(await tickets.cancel('1', 'cancelled'), false);
      assert.equal((await tickets.player('1'))?.note?.event, 'queue_left');
      const many = await Promise.allSettled(Array.from({ length: 8 }, () => tickets.enqueue(alone('2'))));
      assert.equal(many.filter(({ status }) => status === 'fulfilled').length, 1);
    });

    run('wishes that cannot be met are refused with the reason', async (world) => {
      const tickets = world.tickets();
      await assert.rejects(tickets.enqueue({ ...alone('1'), mode: 'none' }), refusal('unknown_mode'));
      await assert.rejects(tickets.enqueue({ ...alone('1'), pings: { mars: 20 } }), refusal('no_region'));
      await assert.rejects(tickets.enqueue({ ...alone('1'), pings: { eu: 0 } }), refusal('no_region'));
      await assert.rejects(tickets.enqueue({ ...alone('1'), party: 'AAAAAAAA' }), refusal('unknown_party'));
      await assert.rejects(tickets.enqueue({ ...alone('1'), members: [member('1'), member('2')] }), refusal('party_too_big'));
      await assert.rejects(tickets.enqueue({ ...alone('1'), mode: 'standard', members: [member('1'), member('2')] }), refusal('party_changed'));
      assert.equal((await tickets.waiting()).size, 0);
    });

    run('a full queue refuses, however many come at once', async (world) => {
      const tickets = world.tickets(5);
      const all = await Promise.allSettled(Array.from({ length: 20 }, (_, at) => tickets.enqueue(alone(String(at + 1)))));
      assert.equal(all.filter(({ status }) => status === 'fulfilled').length, 5);
      for (const each of all) if (each.status === 'rejected') assert.ok(refusal('queue_full')(each.reason));
      assert.equal((await tickets.waiting()).size, 5);
    });

    run('parties: code, four at most, the leader queues, leaving leads on', async (world) => {
      const tickets = world.tickets();
      const parties = world.parties();
      const party = await parties.create({ id: '1', name: 'A' });
      await assert.rejects(parties.create({ id: '1', name: 'A' }), refusal('already_in_party'));
      await assert.rejects(parties.join({ id: '2', name: 'B' }, 'AAAAAAAA'), refusal('unknown_party'));
      const joins = await Promise.allSettled(['2', '3', '4', '5', '6'].map((id) => parties.join({ id, name: id }, party.code)));
      assert.equal(joins.filter(({ status }) => status === 'fulfilled').length, 3);
      const { members } = (await parties.party(party.code))!;
      const wish = { mode: 'standard', pings: { eu: 20 }, party: party.code, backfill: true, front: 'f' };
      const second = members[1]!.id;
      await assert.rejects(tickets.enqueue({ ...wish, members: [second, ...members.map(({ id }) => id).filter((id) => id !== second)].map((id) => member(id)) }), refusal('not_leader'));
      await assert.rejects(tickets.enqueue({ ...alone('1'), mode: 'standard' }), refusal('party_changed'));
      await assert.rejects(tickets.enqueue({ ...wish, members: members.slice(0, 3).map(({ id }) => member(id)) }), refusal('party_changed'));
      const all = { ...wish, members: members.map(({ id }) => member(id)) };
      for (const { id } of members.slice(1)) {
        await assert.rejects(tickets.enqueue(all), refusal('not_ready'));
        await parties.ready(id, true);
      }
      await parties.ready(second, false);
      await assert.rejects(tickets.enqueue(all), refusal('not_ready'));
      await parties.ready(second, true);
      await assert.rejects(parties.kick(second, '1'), refusal('not_leader'));
      await assert.rejects(parties.kick('1', '77'), refusal('unknown_member'));
      await assert.rejects(parties.promote('77', '1'), refusal('not_in_party'));
      await tickets.enqueue(all);
      assert.deepEqual((await parties.party(party.code))?.ready, [], 'for one search');
      await assert.rejects(parties.kick('1', second), refusal('party_queued'));
      await assert.rejects(parties.join({ id: '9', name: 'I' }, party.code), refusal('party_full'));
      await tickets.cancel(second, 'cancelled');
      assert.equal((await tickets.player('1'))?.note?.reason, 'member_left');
      assert.equal((await tickets.player(second))?.note?.reason, 'cancelled');
      await parties.promote('1', members[2]!.id);
      await parties.kick(members[2]!.id, members[3]!.id);
      assert.equal((await tickets.player(members[3]!.id))?.party ?? null, null);
      await parties.promote(members[2]!.id, '1');
      await parties.leave('1');
      assert.equal((await parties.party(party.code))?.leader, second);
      for (const { id } of members) await parties.leave(id);
      assert.equal(await parties.party(party.code), undefined);
    });

    run('parties that do nothing are disbanded, those that wait are not', async (world) => {
      const parties = world.parties();
      const idle = await parties.create({ id: '1', name: 'A' });
      const busy = await parties.create({ id: '2', name: 'B' });
      await world.tickets().enqueue({ ...alone('2'), party: busy.code });
      world.clock.advance(5 * 3_600_000);
      await parties.sweep();
      assert.equal(await parties.party(idle.code), undefined);
      assert.ok(await parties.party(busy.code));
    });

    run('capacity holds however many reserve at once', async (world) => {
      const { records, bus, bytes } = world;
      const fence: Fence = { holder: 'test', token: 1 };
      await records.transact(async (tx) => { tx.put('fence', fence); });
      await world.server('s1', { capacity: 7 });
      await world.server('s2', { capacity: 5 });
      for (const server of world.servers) server.host.opens = 'never';
      const tickets = world.tickets();
      const made: Ticket[] = [];
      for (let id = 1; id <= 48; id++) made.push(await tickets.enqueue(alone(String(id))));
      const matches = new Matches(records, bus, { bytes });
      const results = await Promise.all(Array.from({ length: 24 }, (_, at) => {
        const [red, blue] = [made[2 * at]!, made[2 * at + 1]!];
        return matches.assign(fence, {
          matchId: String(1000 + at), mode: 'duel', region: 'eu', serverId: at % 2 === 0 ? 's1' : 's2', chance: 0.5,
          seats: [{ ticket: red.id, player: red.members[0]!.id, team: 'red', waitedMs: 0 }, { ticket: blue.id, player: blue.members[0]!.id, team: 'blue', waitedMs: 0 }],
        });
      }));
      assert.equal(results.filter(({ outcome }) => outcome === 'assigned').length, 12);
      assert.equal(results.filter(({ outcome }) => outcome === 'no_server').length, 12);
      const { servers, tickets: waiting } = await audit(world.place);
      assert.equal(servers.get('s1')!.matches.length, 7);
      assert.equal(servers.get('s2')!.matches.length, 5);
      assert.equal(waiting.size, 24);
    });

    run('the least loaded server of the best region, of a version that fits, and none that drains', async (world) => {
      const { records, clock } = world;
      const pool = new Pool(records, clock, (version) => version === '1');
      const full = await world.server('full', { capacity: 1 });
      const busy = await world.server('busy', { capacity: 10 });
      const calm = await world.server('calm', { capacity: 10 });
      await world.server('new', { version: '2' });
      await world.server('us', { region: 'us' });
      await records.transact(async (tx) => {
        const record = (await tx.get<ServerRecord>(serverKey('full')))!;
        tx.put(serverKey('full'), { ...record, capacity: 0 });
      });
      busy.host.busy = 0.5;
      await busy.agent.beat();
      await pool.refresh();
      assert.equal(pool.choose(['eu', 'us'])?.id, 'calm');
      assert.equal(pool.choose(['us', 'eu'])?.id, 'us');
      await calm.agent.drain();
      await pool.refresh();
      assert.equal(pool.choose(['eu', 'us'])?.id, 'busy');
      await busy.agent.drain();
      await pool.refresh();
      assert.equal(pool.choose(['eu', 'us'])?.id, 'us');
      assert.equal(pool.choose(['eu']), undefined);
      assert.equal(pool.stats().draining, 2);
      await full.agent.close();
      assert.equal(await records.get(serverKey('full')), undefined);
    });

    run('two players meet, play and are free again', async (world) => {
      const { host, agent } = await world.server('s1');
      const desk = await world.desk();
      const matchmaker = world.matchmaker();
      const [ada, bob] = [await world.player(desk, '1'), await world.player(desk, '2')];
      for (const player of [ada, bob]) await desk.join(player.session, { mode: 'duel', pings: { eu: 20 }, backfill: true });
      await world.settle();
      assert.equal(ada.last('queue_joined')?.['mode'], 'duel');
      await world.pass(3);
      assert.ok(matchmaker.isLeader);
      const found = ada.last('match_found')!;
      assert.equal(found['matchId'], bob.last('match_found')!['matchId']);
      assert.equal(found['token'], `token 1 ${found['matchId']} s1`);
      assert.deepEqual(found['server'], { id: 's1', url: 'http://s1.test/', region: 'eu' });
      assert.notEqual(found['team'], bob.last('match_found')!['team']);
      assert.equal(desk.gate.state('1'), 'in_match');
      await assert.rejects(world.tickets().enqueue(alone('1')), refusal('in_match'));
      await world.arrive(ada, bob);
      assert.equal(host.matches.get(found['matchId'])?.state, 'running');
      host.matches.delete(found['matchId']);
      agent.ended(found['matchId']);
      await world.pass(1);
      assert.equal(ada.last('match_over')?.['reason'], 'finished');
      assert.equal(desk.gate.state('1'), 'post_match');
      assert.equal((await audit(world.place)).matches.size, 0);
      assert.equal(ada.count('match_over'), 1);
      assert.equal((await world.tickets().player('1')), undefined);
    });

    run('a hint that comes while the last ones are dealt with is not lost', async (world) => {
      const desk = await world.desk();
      const player = await world.player(desk, '1');
      const tickets = world.tickets();
      // Time stands still, so nothing but hints brings news; the second one comes at every point of what the first one sets off.
      for (let delay = 0; delay < 60; delay++) {
        await tickets.enqueue(alone('1'));
        for (let i = 0; i < 4; i++) await world.settle();
        assert.equal(player.count('queue_joined'), delay + 1, `joined, ${delay}`);
        world.bus.publish('players', ['1']);
        const cancelled = tickets.cancel('1', 'cancelled');
        for (let step = 0; step < delay; step++) await undefined;
        world.bus.publish('players', ['1']);
        await cancelled;
        for (let i = 0; i < 4; i++) await world.settle();
        assert.equal(player.count('queue_left'), delay + 1, `left, ${delay}`);
      }
    });

    run('no server: tickets keep their place, and are in a match once there is one', async (world) => {
      const desk = await world.desk();
      world.matchmaker();
      const [ada, bob] = [await world.player(desk, '1'), await world.player(desk, '2')];
      for (const player of [ada, bob]) await desk.join(player.session, { mode: 'duel', pings: { eu: 20 }, backfill: true });
      const since = [...(await audit(world.place)).tickets.values()].map(({ enqueuedMs }) => enqueuedMs);
      await world.pass(30);
      assert.deepEqual([...(await audit(world.place)).tickets.values()].map(({ enqueuedMs }) => enqueuedMs), since);
      assert.ok(ada.count('queue_update') >= 10);
      await world.server('s1');
      await world.pass(2);
      assert.ok(ada.last('match_found'));
      assert.ok(world.formed[0]!.waitedMs[0]! >= 30_000);
    });

    run('a server that dies: noted, told, and first in the queue within 10 seconds', async (world) => {
      const { agent } = await world.server('s1');
      const desk = await world.desk();
      world.matchmaker();
      const players = [await world.player(desk, '1'), await world.player(desk, '2')] as const;
      for (const player of players) await desk.join(player.session, { mode: 'duel', pings: { eu: 20 }, backfill: true });
      await world.pass(2);
      await world.arrive(...players);
      await world.server('s2');
      await world.pass(5);
      const before = world.clock.now();
      world.crash(agent);
      while (players[0].count('match_lost') === 0) await world.pass(1);
      assert.ok(world.clock.now() - before <= 10_000);
      assert.equal(players[0].last('match_lost')?.['reason'], 'server_lost');
      await world.pass(2);
      assert.equal(players[0].last('match_found')?.['server']['id'], 's2');
      assert.equal(world.lost.length, 1);
      assert.equal(world.lost[0]!.map, 'yard');
    });

    run('a server that was halted finds its matches gone, and comes back as another', async (world) => {
      const { agent, host } = await world.server('s1');
      const desk = await world.desk();
      world.matchmaker();
      const players = [await world.player(desk, '1'), await world.player(desk, '2')] as const;
      for (const player of players) await desk.join(player.session, { mode: 'duel', pings: { eu: 20 }, backfill: true });
      await world.pass(2);
      await world.arrive(...players);
      const held = world.servers.splice(0);
      const beat = agent.beat.bind(agent);
      agent.beat = async () => {};
      await world.pass(8);
      assert.equal(players[0].count('match_lost'), 1);
      agent.beat = beat;
      world.servers.push(...held);
      await world.pass(3);
      assert.match(host.closed[0]!, / lost$/);
      assert.equal(players[0].count('match_found'), 2, 'the server plays again');
    });

    run('a server that restarts under its name gives up what it had at once', async (world) => {
      const { agent } = await world.server('s1');
      const desk = await world.desk();
      world.matchmaker();
      const players = [await world.player(desk, '1'), await world.player(desk, '2')] as const;
      for (const player of players) await desk.join(player.session, { mode: 'duel', pings: { eu: 20 }, backfill: true });
      await world.pass(2);
      await world.arrive(...players);
      world.crash(agent);
      await world.server('s1');
      await world.pass(1);
      assert.equal(players[0].last('match_lost')?.['reason'], 'server_restarted');
    });

    run('a server that does not open a match, or cannot: its players are first elsewhere', async (world) => {
      const bad = await world.server('a');
      bad.host.opens = 'never';
      const desk = await world.desk();
      world.matchmaker();
      const players = [await world.player(desk, '1'), await world.player(desk, '2')] as const;
      for (const player of players) await desk.join(player.session, { mode: 'duel', pings: { eu: 20 }, backfill: true });
      await world.pass(2);
      assert.equal(players[0].count('match_found'), 0);
      await bad.agent.drain();
      const failing = await world.server('b');
      failing.host.opens = 'fails';
      await world.pass(8);
      await failing.agent.drain();
      await world.server('c');
      await world.pass(4);
      assert.equal(players[0].last('match_found')?.['server']['id'], 'c');
      assert.equal(world.lost.length, 0, 'what was never played is not lost');
    });

    run('who does not come loses the place; the others are first in the queue, or play on', async (world) => {
      await world.server('s1');
      const desk = await world.desk();
      world.matchmaker();
      const [ada, bob, cy] = [await world.player(desk, '1'), await world.player(desk, '2'), await world.player(desk, '3')];
      for (const player of [ada, bob]) await desk.join(player.session, { mode: 'duel', pings: { eu: 20 }, backfill: true });
      await world.pass(2);
      await world.arrive(ada);
      await world.pass(25);
      assert.equal(bob.last('match_dropped')?.['reason'], 'not_arrived');
      assert.equal(desk.gate.state('2'), 'menu');
      assert.equal(ada.last('match_lost')?.['reason'], 'players_missing');
      assert.equal(ada.last('queue_joined')?.['isFirst'], true);
      await desk.join(cy.session, { mode: 'duel', pings: { eu: 20 }, backfill: true });
      await world.pass(2);
      assert.ok(cy.last('match_found'));
    });

    run('open places of a running match are filled, and closed with it', async (world) => {
      const { agent, host } = await world.server('s1');
      const desk = await world.desk();
      world.matchmaker();
      const players = await Promise.all(['1', '2', '3'].map((id) => world.player(desk, id)));
      const [ada, bob, cy] = players as [typeof players[0], typeof players[0], typeof players[0]];
      for (const player of [ada, bob]) await desk.join(player.session, { mode: 'standard', pings: { eu: 20 }, backfill: true });
      await world.pass(20);
      await world.arrive(ada, bob);
      const [matchId] = [...host.matches.keys()] as [string];
      agent.wants(matchId, { red: 4, blue: 4 });
      await world.settle();
      await desk.join(cy.session, { mode: 'standard', pings: { eu: 20 }, backfill: true });
      // Three make uneven teams, which takes some patience.
      await world.pass(28);
      assert.equal(cy.last('match_found')?.['matchId'], matchId);
      assert.equal(cy.last('match_found')?.['isRunning'], true);
      await world.arrive(cy);
      assert.equal(Object.values(host.matches.get(matchId)!.places).filter(({ isPresent }) => isPresent).length, 3);
      agent.left(matchId, '1');
      await world.pass(1);
      assert.equal(ada.last('match_over')?.['reason'], 'left');
      agent.wants(matchId, null);
      await world.pass(1);
      assert.equal((await world.place.dump()).indexes.get('open')!.size, 0);
      agent.ended(matchId);
      await world.pass(1);
      assert.equal(cy.count('match_over'), 1);
    });

    run('open places on a server that drains are for nobody, and keep nobody waiting', async (world) => {
      const { agent, host } = await world.server('s1');
      const desk = await world.desk();
      world.matchmaker();
      const players = await Promise.all(['1', '2', '3', '4'].map((id) => world.player(desk, id)));
      const [ada, bob, cy, dee] = players as [typeof players[0], typeof players[0], typeof players[0], typeof players[0]];
      for (const player of [ada, bob]) await desk.join(player.session, { mode: 'standard', pings: { eu: 20 }, backfill: true });
      await world.pass(20);
      await world.arrive(ada, bob);
      agent.wants([...host.matches.keys()][0]!, { red: 4, blue: 4 });
      await world.pass(1);
      await agent.drain();
      await world.server('s2');
      for (const player of [cy, dee]) await desk.join(player.session, { mode: 'standard', pings: { eu: 20 }, backfill: true });
      await world.pass(28);
      for (const player of [cy, dee]) assert.equal(player.last('match_found')?.['server']['id'], 's2');
    });

    run('who asks for what a deployment has taken away is told, and others are matched', async (world) => {
      await world.server('s1');
      const desk = await world.desk();
      world.matchmaker();
      const players = await Promise.all(['1', '2', '3', '4'].map((id) => world.player(desk, id)));
      const old = new Tickets({ modes: [...MODES, { name: 'gone', least: 2, most: 2 }], regions: [...REGIONS, 'mars'], bytes: world.bytes }, world.records, world.bus);
      await old.enqueue({ ...alone('1'), mode: 'gone' });
      await old.enqueue({ ...alone('2'), pings: { mars: 5 } });
      await old.enqueue({ ...alone('3'), pings: { mars: 5, eu: 20 } });
      await old.enqueue(alone('4'));
      await world.pass(5);
      for (const player of players.slice(0, 2)) assert.equal(player.last('queue_left')?.['reason'], 'impossible');
      for (const player of players.slice(2)) assert.ok(player.last('match_found'));
    });

    run('away for a moment keeps the place in the queue; away for long does not, nor does a party without a member', async (world) => {
      const desk = await world.desk();
      world.matchmaker();
      const [ada, bob] = [await world.player(desk, '1'), await world.player(desk, '2')];
      await desk.createParty(ada.session);
      await world.settle();
      await desk.joinParty(bob.session, ada.last('party_state')!['code']);
      await world.settle();
      assert.equal(ada.last('party_state')!['members'].length, 2);
      await desk.readyInParty(bob.session, true);
      await desk.join(ada.session, { mode: 'standard', pings: { eu: 20 }, backfill: true, party: ada.last('party_state')!['code'] });
      await world.pass(2);
      assert.equal(bob.last('queue_joined')?.['players'], 2);
      const { enqueuedMs } = [...(await audit(world.place)).tickets.values()][0]!;
      desk.disconnect(bob.session);
      await world.pass(10);
      const again = await world.player(desk, '2');
      await world.pass(2);
      assert.ok(again.last('queue_joined')!['waitedMs'] >= 10_000);
      assert.equal([...(await audit(world.place)).tickets.values()][0]!.enqueuedMs, enqueuedMs);
      desk.disconnect(again.session);
      await world.pass(20);
      assert.equal(ada.last('queue_left')?.['reason'], 'member_away');
      assert.equal((await audit(world.place)).tickets.size, 0);
      assert.equal(ada.last('party_state')!['members'].length, 2);
      await world.pass(40);
      assert.equal(ada.last('party_state')!['members'].length, 1, 'who stays away leaves the party');
    });

    run('a front that dies: its players wait on at another', async (world) => {
      const [first, second] = [await world.desk(), await world.desk()];
      world.matchmaker();
      const ada = await world.player(first, '1');
      await first.join(ada.session, { mode: 'duel', pings: { eu: 20 }, backfill: true });
      await world.pass(2);
      const [before] = [...(await audit(world.place)).tickets.values()];
      world.crash(first);
      await world.pass(7);
      assert.notEqual([...(await audit(world.place)).tickets.values()][0]!.members[0]!.awayMs, null);
      const again = await world.player(second, '1');
      await world.pass(1);
      const [now] = [...(await audit(world.place)).tickets.values()];
      assert.equal(now!.enqueuedMs, before!.enqueuedMs);
      assert.equal(now!.members[0]!.awayMs, null);
      assert.ok(again.last('queue_joined'));
    });

    run('a player at two fronts is at the newer one', async (world) => {
      const [first, second] = [await world.desk(), await world.desk()];
      const old = await world.player(first, '1');
      await world.player(second, '1');
      assert.equal(old.isClosed, true);
      assert.equal(old.count('session_replaced'), 1);
      assert.equal(first.sessions, 0);
    });

    run('records that have lost everything: who plays plays on, who waits waits on, with their time', async (world) => {
      const { host } = await world.server('s1');
      const desk = await world.desk();
      world.matchmaker();
      const players = [await world.player(desk, '1'), await world.player(desk, '2')] as const;
      for (const player of players) await desk.join(player.session, { mode: 'duel', pings: { eu: 20 }, backfill: true });
      await world.pass(2);
      await world.arrive(...players);
      const cy = await world.player(desk, '3');
      await desk.join(cy.session, { mode: 'duel', pings: { us: 20 }, backfill: true });
      await world.pass(6);
      const before = (await audit(world.place)).tickets;
      const [match] = [...(await audit(world.place)).matches.values()];
      await world.place.wipe();
      await world.pass(8);
      const after = await audit(world.place);
      assert.deepEqual([...after.tickets.values()].map(({ id, enqueuedMs }) => [id, enqueuedMs]), [...before.values()].map(({ id, enqueuedMs }) => [id, enqueuedMs]));
      assert.deepEqual(Object.keys(after.matches.get(match!.id)!.places).sort(), ['1', '2']);
      assert.equal(host.closed.length, 0);
      assert.equal(players[0].count('match_lost') + players[0].count('match_dropped') + cy.count('queue_left'), 0);
      assert.equal(world.lost.length, 0);
    });

    run('the database away: a lost match is noted once it is back', async (world) => {
      const { agent } = await world.server('s1');
      const desk = await world.desk();
      world.matchmaker();
      const players = [await world.player(desk, '1'), await world.player(desk, '2')] as const;
      for (const player of players) await desk.join(player.session, { mode: 'duel', pings: { eu: 20 }, backfill: true });
      await world.pass(2);
      await world.arrive(...players);
      world.noteLost = async () => { throw new Error('away'); };
      world.crash(agent);
      await world.pass(8);
      assert.equal(players[0].count('match_lost'), 1);
      assert.ok(world.errors.splice(0).every((error) => error.startsWith('note_lost')));
      world.noteLost = async (lost) => { world.lost.push(lost); };
      await world.pass(2);
      assert.equal(world.lost.length, 1);
      assert.equal((await world.place.dump()).indexes.get('lost')!.size, 0);
    });

    run('a lost match that the database never takes does not keep others from being noted', async (world) => {
      const servers = [await world.server('s1'), await world.server('s2')];
      const desk = await world.desk();
      world.matchmaker();
      const players = await Promise.all(['1', '2', '3', '4'].map((id) => world.player(desk, id)));
      for (const player of players) await desk.join(player.session, { mode: 'duel', pings: { eu: 20 }, backfill: true });
      await world.pass(2);
      await world.arrive(...players);
      let bad = '';
      world.noteLost = async (lost) => {
        bad ||= lost.matchId;
        if (lost.matchId === bad) throw Object.assign(new Error('no such map'), { kind: 'invalid' });
        world.lost.push(lost);
      };
      for (const { agent } of servers) world.crash(agent);
      await world.pass(8);
      assert.equal(world.lost.length, 1);
      assert.equal((await world.place.dump()).indexes.get('lost')!.size, 0);
      assert.equal(world.errors.splice(0).length, 1);
    });

    run('nothing is left over when all are gone', async (world) => {
      const { agent, host } = await world.server('s1');
      const desk = await world.desk();
      const matchmaker = world.matchmaker();
      const players = [await world.player(desk, '1'), await world.player(desk, '2')] as const;
      for (const player of players) await desk.join(player.session, { mode: 'duel', pings: { eu: 20 }, backfill: true });
      await world.pass(2);
      await world.arrive(...players);
      const [id] = [...host.matches.keys()] as [string];
      agent.ended(id);
      await world.pass(1);
      await world.settle();
      await agent.close();
      for (const player of players) desk.disconnect(player.session);
      await matchmaker.close();
      await desk.close();
      world.servers.length = world.desks.length = world.matchmakers.length = 0;
      const { records, indexes } = await world.place.dump();
      // A tombstone, for an hour; the fence, the last sign of the leader and what was last told to those who wait are one each.
      assert.deepEqual([...records.keys()].map((key) => key.replace(/\d{6,}/, 'N')).sort(), ['beat:leader:now', 'fence', 'stats', 'tombstone:N']);
      for (const [index, members] of indexes) assert.equal(members.size, 0, index);
    });

    run('ratings away: newcomers\' ratings stand in', async (world) => {
      const desk = await world.desk();
      const ada = await world.player(desk, '1');
      world.ratings = async () => { throw new Error('away'); };
      await desk.join(ada.session, { mode: 'duel', pings: { eu: 20 }, backfill: true });
      await world.settle();
      assert.equal([...(await audit(world.place)).tickets.values()][0]!.members[0]!.value, 1500);
      assert.equal(world.errors.splice(0).length, 1);
    });

    run('the queue\'s log plays again, over files that are full and a new leader', async (world) => {
      const folder = await testFolder();
      try {
        await world.server('s1', { capacity: 100 });
        const desk = await world.desk();
        const decisions = { folder: folder.path, fileBytes: 600, files: 3 };
        const first = world.matchmaker({ decisions });
        for (let i = 0; i < 12; i++) {
          const player = await world.player(desk, String(i + 1));
          await desk.join(player.session, { mode: 'duel', pings: { eu: 20 }, backfill: true });
          await world.pass(1);
          if (i === 7) {
            await first.close();
            world.matchmaker({ decisions });
          }
        }
        await world.matchmakers[1]!.close();
        const files = await readdir(folder.path);
        assert.ok(files.length === 3, `${files.length} files`);
        let matches = 0;
        for (const file of files) matches += engine.MatchQueue.replay(await readFile(join(folder.path, file))).matches.length;
        assert.ok(matches >= 2 && matches <= world.formed.length, `${matches} of ${world.formed.length} matches`);
      } finally {
        await folder.remove();
      }
    });

    run('one leads; another goes on where it ended, and its former self can do nothing', async (world) => {
      await world.server('s1');
      const desk = await world.desk();
      const first = world.matchmaker();
      await world.pass(1);
      const second = world.matchmaker();
      await world.pass(3);
      assert.deepEqual([first.isLeader, second.isLeader], [true, false]);
      const fence = (await world.records.get<Fence>('fence'))!;
      world.crash(first);
      const players = [await world.player(desk, '1'), await world.player(desk, '2')] as const;
      for (const player of players) await desk.join(player.session, { mode: 'duel', pings: { eu: 20 }, backfill: true });
      await world.pass(8);
      assert.equal(second.isLeader, true);
      assert.ok(players[0].last('match_found'));
      const matches = new Matches(world.records, world.bus);
      await assert.rejects(matches.settle(fence, '1', 2), /taken over/);
      const now = (await world.records.get<Fence>('fence'))!;
      await assert.rejects(matches.settle({ ...now, token: now.token - 1 }, '1', 2), /taken over/, 'an earlier term of the same one');
      assert.equal(await matches.settle(now, '1', 2), 'settled');
      await second.close();
      const third = world.matchmaker();
      await world.pass(1);
      assert.equal(third.isLeader, true, 'who goes in peace is followed at once');
    });
  });
}
