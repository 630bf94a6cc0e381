import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Desk } from '../src/matchmaker/index.js';
import type { Records } from '../src/records/index.js';
import { CODE, QueueRefused } from '../src/tickets/index.js';
import { audit, memoryPlace, redisPlace, seeded, TestPlayer, World, type Place } from './control.js';
import { FaultyRecords } from './faulty-records.js';
import { TestRedis } from './redis.js';
import { FakeClock } from './support.js';

let redis: TestRedis;
before(async () => { redis = await TestRedis.start(); });
after(async () => { await redis.stop(); });

/** Small matches soon, so that the story is short. */
const POLICY = { fullMs: 3000, smallMs: 5000 };

type Role = 'matchmaker' | 'server' | 'front';

/** Time passes; who is sent to a match comes to it. */
async function live(world: World, players: readonly TestPlayer[], seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    await world.pass(1);
    for (const player of players) {
      const found = player.last('match_found');
      const server = world.servers.find(({ agent }) => agent.id === found?.['server']['id']);
      if (found !== undefined && server?.agent.admits({ matchId: found['matchId'], playerId: player.id }) === true) {
        if (server.agent.match(found['matchId'])?.places[player.id]?.isPresent === false) server.agent.arrived(found['matchId'], player.id);
      }
    }
  }
}

/**
 * A party of two and two others meet, one of the servers dies, they meet again, and play to the end; meanwhile the process
 * of `role` ends at one of its operations, and another takes its place.
 *
 * @returns how many operations that process did, and what was noted
 */
async function story(place: Place, role: Role, at: number, when: 'before' | 'after'): Promise<{ operations: number; hasEnded: boolean }> {
  const world = new World(place, place.clock, seeded(11));
  const faulty = new FaultyRecords(place.records, at, when);
  const recordsOf = (each: Role): Records => (each === role ? faulty : place.records);
  try {
    let desk: Desk;
    try {
      desk = await world.desk(recordsOf('front'));
    } catch {
      desk = await world.desk();
    }
    world.matchmaker({ policy: POLICY }, recordsOf('matchmaker'));
    const doomed = await world.server('s1');
    const players: TestPlayer[] = [];
    for (const id of ['1', '2', '3', '4']) players.push(await world.player(desk, id));
    const [ada, bob, cy, dee] = players as [TestPlayer, TestPlayer, TestPlayer, TestPlayer];

    /** The process of the role has ended: a new one takes its place, and its players come to it. */
    const replace = async (): Promise<void> => {
      if (!faulty.hasEnded) return;
      if (role === 'matchmaker' && world.matchmakers.length === 1 && replaced === 0) {
        replaced++;
        world.crash(world.matchmakers[0]!);
        world.matchmaker({ policy: POLICY });
      }
      if (role === 'front' && replaced === 0) {
        replaced++;
        world.crash(desk);
        desk = await world.desk();
        for (const player of players) player.session = desk.connect({ id: player.id, name: player.name }, player)!;
      }
      if (role === 'server' && replaced === 0) {
        replaced++;
        const dead = world.servers.find(({ agent }) => agent.id === 's2');
        if (dead !== undefined) world.crash(dead.agent);
        await world.server('s3');
      }
      await world.settle();
    };
    let replaced = 0;
    const go = async (seconds: number): Promise<void> => {
      for (let second = 0; second < seconds; second++) {
        await live(world, players, 1);
        await replace();
      }
    };
    /** What a player would do who does not see it happen. */
    const insist = async (isDone: () => boolean, act: () => Promise<void>): Promise<void> => {
      for (let round = 0; round < 8 && !isDone(); round++) {
        await act();
        await world.settle();
        await replace();
        if (!isDone()) await go(1);
      }
      assert.ok(isDone(), 'it cannot be done, however often it is tried');
    };
    const inParty = (player: TestPlayer, count: number): boolean => player.last('party_state')?.['members'].length === count;

    await insist(() => inParty(ada, 1), () => desk.createParty(ada.session));
    const code = ada.last('party_state')!['code'] as string;
    assert.match(code, CODE);
    await insist(() => inParty(bob, 2), () => desk.joinParty(bob.session, code));
    const waits = (player: TestPlayer): boolean => player.count('queue_joined') + player.count('match_found') > 0;
    const wish = { mode: 'standard', pings: { eu: 20 }, backfill: true };
    await insist(() => ada.last('party_state')?.['members'][1]?.isReady === true, () => desk.readyInParty(bob.session, true));
    await insist(() => waits(ada), () => desk.join(ada.session, { ...wish, party: code }));
    for (const player of [cy, dee]) await insist(() => waits(player), () => desk.join(player.session, wish));
    for (let second = 0; second < 60 && players.some((player) => player.count('match_found') === 0); second++) await go(1);
    for (const player of players) assert.ok(player.count('match_found') > 0, `${player.id} found no match`);
    await go(2);

    world.crash(doomed.agent);
    try {
      await world.server('s2', { records: recordsOf('server') });
    } catch {
      await replace();
    }
    for (let second = 0; second < 80; second++) {
      await go(1);
      if ([...(await audit(place)).matches.values()].some(({ state, places, serverId }) => world.servers.some(({ agent }) => agent.id === serverId) && state === 'running' && Object.keys(places).length === 4)) break;
    }
    const { matches, tickets } = await audit(place);
    assert.equal(tickets.size, 0);
    const [match] = [...matches.values()];
    assert.equal(matches.size, 1);
    assert.equal(match!.state, 'running');
    assert.deepEqual(Object.keys(match!.places).sort(), ['1', '2', '3', '4']);
    assert.equal(match!.places['1']!.team, match!.places['2']!.team, 'a party stays together');
    assert.ok(world.lost.length >= 1);
    assert.ok(new Set(world.lost.map(({ matchId }) => matchId)).size <= 2, 'only what had begun is lost');

    const server = world.servers.find(({ agent }) => agent.id === match!.serverId)!;
    server.host.matches.delete(match!.id);
    server.agent.ended(match!.id);
    // A server that ended before it could say so is missed, the match is lost, and they play again.
    const isThere = async (): Promise<boolean> => (await audit(place)).matches.has(match!.id);
    for (let second = 0; second < 12 && await isThere(); second++) await go(1);
    assert.equal(await isThere(), false);
    // Without a hint the fronts find it by themselves.
    await go(4);
    for (const player of players) assert.ok(player.count('match_over') > 0 || (role === 'server' && player.count('match_lost') > 1));
    await go(3);
    for (const player of players) assert.equal(player.isClosed, false);
    return { operations: faulty.operations, hasEnded: faulty.hasEnded };
  } finally {
    await world.close();
  }
}

/** Every so many-th operation. In Redis they are the same, so a few show that it is no different. */
const PLACES: Record<string, { open: () => Promise<Place>; strides: Record<Role, number> }> = {
  memory: { open: async () => memoryPlace(new FakeClock()), strides: { matchmaker: 1, server: 2, front: 3 } },
  redis: { open: () => redisPlace(redis, new FakeClock()), strides: { matchmaker: 97, server: 61, front: 61 } },
};

for (const [name, { open, strides }] of Object.entries(PLACES)) {
  describe(`a process ends at any of its operations, in ${name}`, () => {
    for (const role of ['matchmaker', 'server', 'front'] as const) {
      test(role, async () => {
        const { operations } = await story(await open(), role, Infinity, 'before');
        assert.ok(operations > 100, `only ${operations} operations`);
        for (let at = 1; at <= operations; at += strides[role]) {
          for (const when of ['before', 'after'] as const) {
            try {
              const { hasEnded } = await story(await open(), role, at, when);
              assert.ok(hasEnded);
            } catch (error) {
              throw new Error(`${role} ended ${when} operation ${at} of ${operations}: ${(error as Error).message}`, { cause: error });
            }
          }
        }
      });
    }
  });

  describe(`anything in any order, in ${name}`, () => {
    for (const seed of name === 'memory' ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] : [1, 2]) {
      test(`seed ${seed}`, async () => {
        const clock = new FakeClock();
        const place = name === 'memory' ? memoryPlace(clock) : await redisPlace(redis, clock);
        const random = seeded(seed);
        const world = new World(place, clock, random);
        try {
          await anything(world, random, name === 'memory' ? 400 : 120);
        } finally {
          await world.close();
        }
      });
    }
  });
}

async function anything(world: World, random: () => number, steps: number): Promise<void> {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  let servers = 0;
  await world.desk();
  await world.desk();
  world.matchmaker();
  world.matchmaker();
  for (let i = 0; i < 2; i++) await world.server(`s${servers++}`, { capacity: 2, region: pick(['eu', 'us']) });
  const players = Array.from({ length: 12 }, (_, at) => new TestPlayer(String(at + 1)));
  const at = new Map<TestPlayer, Desk>();
  const codes: string[] = [];
  const on = (player: TestPlayer): Desk | undefined => {
    const desk = at.get(player);
    return desk !== undefined && world.desks.includes(desk) && !player.isClosed ? desk : undefined;
  };
  const connect = (player: TestPlayer): void => {
    const desk = pick(world.desks);
    player.isClosed = false;
    at.set(player, desk);
    player.session = desk.connect({ id: player.id, name: player.name }, player)!;
  };
  const known = async (work: Promise<unknown>): Promise<void> => {
    await work.catch((error: unknown) => { if (!(error instanceof QueueRefused)) throw error; });
  };
  const acts: (() => Promise<void> | void)[] = [
    () => connect(pick(players)),
    () => connect(pick(players)),
    async () => {
      const player = pick(players);
      const state = await world.tickets().player(player.id);
      await on(player)?.join(player.session, {
        mode: pick(['duel', 'standard', 'standard', 'none']), pings: pick([{ eu: 20 }, { us: 30 }, { eu: 50, us: 60 }, { mars: 2 }] as Record<string, number>[]),
        backfill: random() < 0.8, ...(state?.party == null ? {} : { party: state.party }),
      });
    },
    async () => { const player = pick(players); await on(player)?.leave(player.session); },
    async () => {
      const player = pick(players);
      await on(player)?.createParty(player.session);
      await world.settle();
      const code = player.last('party_state')?.['code'] as string | undefined;
      if (code !== undefined) codes.push(code);
    },
    async () => { const player = pick(players); if (codes.length > 0) await on(player)?.joinParty(player.session, pick(codes)); },
    async () => { const player = pick(players); if (random() < 0.3) await on(player)?.leaveParty(player.session); },
    async () => { const player = pick(players); await on(player)?.readyInParty(player.session, random() < 0.8); },
    async () => { const player = pick(players); if (random() < 0.3) await on(player)?.promoteInParty(player.session, pick(players).id); },
    async () => { const player = pick(players); if (random() < 0.2) await on(player)?.kickFromParty(player.session, pick(players).id); },
    () => { const player = pick(players); on(player)?.disconnect(player.session); },
    () => { const { agent, host } = pick(world.servers); const match = pick([...host.matches.values()]); if (match !== undefined) agent.arrived(match.id, pick(Object.keys(match.places))); },
    () => { for (const { agent, host } of world.servers) for (const match of host.matches.values()) for (const id of Object.keys(match.places)) agent.arrived(match.id, id); },
    () => { const { agent, host } = pick(world.servers); const match = pick([...host.matches.values()]); if (match !== undefined) agent.left(match.id, pick(Object.keys(match.places))); },
    () => { const { agent, host } = pick(world.servers); const match = pick([...host.matches.values()]); if (match !== undefined) agent.wants(match.id, pick([null, { red: 4, blue: 4 }])); },
    () => {
      const { agent, host } = pick(world.servers);
      const match = pick([...host.matches.values()]);
      if (match === undefined || random() < 0.5) return;
      host.matches.delete(match.id);
      if (random() < 0.8) agent.ended(match.id);
      else agent.failed(match.id);
    },
    async () => {
      if (random() < 0.7) return;
      world.crash(pick(world.servers).agent);
      await world.server(random() < 0.5 ? `s${servers - 1}` : `s${servers++}`, { capacity: 2, region: pick(['eu', 'us']) });
    },
    async () => { if (random() < 0.2) await pick(world.servers).agent.drain(); },
    () => { if (random() < 0.3) { world.crash(pick(world.matchmakers)); world.matchmaker(); } },
    async () => { if (random() < 0.2) { world.crash(pick(world.desks)); await world.desk(); } },
    () => world.pass(1),
    () => world.pass(1),
    () => world.pass(Math.ceil(random() * 6)),
  ];
  for (let step = 0; step < steps; step++) {
    await known(Promise.resolve(pick(acts)()));
    await audit(world.place);
  }
  // In the end there is a server for everybody, and everybody is there: who waits is in a match in bounded time.
  await world.server('last-eu', { capacity: 20 });
  await world.server('last-us', { capacity: 20, region: 'us' });
  for (const player of players) connect(player);
  const since = world.clock.now();
  for (;;) {
    await world.pass(1);
    const { tickets } = await audit(world.place);
    const alone = [...tickets.values()].filter(({ mode, pings, members }) => ![...tickets.values()].some((other) => (
      other.mode === mode && !members.some(({ id }) => other.members.some((each) => each.id === id)) && Object.keys(pings).some((region) => other.pings[region] !== undefined)
    )));
    if (tickets.size === alone.length) break;
    assert.ok(world.clock.now() - since < 60_000, `still ${tickets.size} tickets, ${alone.length} of them alone`);
  }
}
