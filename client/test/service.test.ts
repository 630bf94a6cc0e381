import { describe, expect, it } from 'vitest';
import { askService, readService } from '../src/net/service';
import { median, RegionPings, type PingMeans } from '../src/net/regionPings';

const SERVICE = {
  lobbies: false, rated: true, leaderboard: true, replays: true, modes: ['duel', 'standard'],
  regions: [{ name: 'eu', probes: ['https://eu-1.example:4000/deep', 'https://eu-2.example'] }, { name: 'us', probes: [] }],
};

describe('what a server has', () => {
  it('is read, and what is odd in it left out', () => {
    expect(readService(SERVICE)).toEqual({
      lobbies: false, rated: true, leaderboard: true, modes: ['duel', 'standard'],
      regions: [{ name: 'eu', probes: ['https://eu-1.example:4000', 'https://eu-2.example'] }, { name: 'us', probes: [] }],
    });
    expect(readService({ lobbies: true, rated: false, modes: ['a b', 7], regions: [{ name: '<' }, { name: 'eu', probes: ['javascript:alert(1)', 'ws://x', 7, ...Array(9).fill('https://a.example')] }] })).toEqual({
      lobbies: true, rated: false, leaderboard: false, modes: [], regions: [{ name: 'eu', probes: [] }],
    });
    for (const odd of [null, [], {}, { lobbies: 'yes', rated: true }]) expect(readService(odd)).toBe(null);
  });

  it('is not known of a server that does not say', async () => {
    expect(await askService(async () => new Response('{"error":"Not found"}', { status: 404 }))).toBe(null);
    expect(await askService(async () => new Response('<html>'))).toBe(null);
    expect(await askService(() => Promise.reject(new Error('away')))).toBe(null);
    expect((await askService(async () => new Response(JSON.stringify(SERVICE))))?.rated).toBe(true);
  });
});

interface Bench {
  readonly pings: RegionPings;
  readonly asked: string[];
  now: number;
  stored: readonly string[];
}

/** @param ways ms of each answer, by origin; none left: no answer */
function bench(ways: Record<string, number[]>, stored: readonly string[] = []): Bench {
  const asked: string[] = [];
  const means: PingMeans = {
    async ping(origin) {
      asked.push(origin);
      await Promise.resolve();
      const ms = ways[origin]?.shift();
      if (ms === undefined) throw new Error('no answer');
      made.now += ms;
    },
    now: () => made.now,
    loadUnwanted: () => made.stored,
    saveUnwanted: (names) => { made.stored = names; },
  };
  const made = { asked, now: 1000, stored } as Bench;
  return Object.assign(made, { pings: new RegionPings(means) });
}

describe('the ways to the regions', () => {
  it('are medians, without the answer that opens the connection', async () => {
    expect([median([5, 1, 9]), median([1, 3]), median([7])]).toEqual([5, 2, 7]);
    const { pings, asked } = bench({ 'https://eu': [400, 20, 22, 300, 21, 19] });
    let changes = 0;
    pings.onChange = () => { changes += 1; };
    await pings.measure([{ name: 'eu', probes: ['https://eu'] }]);
    expect([pings.ping('eu'), pings.isMeasuring, asked.length]).toEqual([21, false, 6]);
    expect(changes).toBeGreaterThan(1);
  });

  it('are those to the nearest server that answers, and unknown where none does', async () => {
    const made = bench({ 'https://eu-2': [9, 30.4, 30.4], 'https://slow': [5, 20_000, 20_000, 20_000, 20_000, 20_000] });
    const regions = [{ name: 'eu', probes: ['https://eu-1', 'https://eu-2', 'https://eu-3'] }, { name: 'us', probes: ['https://us'] }, { name: 'mars', probes: [] }];
    await made.pings.measure(regions.slice(0, 2));
    expect([made.pings.ping('eu'), made.pings.ping('us')]).toEqual([30, null]);
    expect(made.asked).not.toContain('https://eu-3');
    await made.pings.measure([{ name: 'far', probes: ['https://slow'] }]);
    expect(made.pings.ping('far')).toBe(9999);
  });

  it('are measured once a minute, unless a region has got its first server', async () => {
    const many = (): number[] => Array(60).fill(10) as number[];
    const made = bench({ 'https://eu': many(), 'https://us': many() });
    await made.pings.measure([{ name: 'eu', probes: ['https://eu'] }, { name: 'us', probes: [] }]);
    const { length } = made.asked;
    await made.pings.measure([{ name: 'eu', probes: ['https://eu'] }, { name: 'us', probes: [] }]);
    expect(made.asked.length).toBe(length);
    await made.pings.measure([{ name: 'eu', probes: ['https://eu'] }, { name: 'us', probes: ['https://us'] }]);
    expect(made.asked.length).toBe(length * 3);
    made.now += 61_000;
    await made.pings.measure([{ name: 'eu', probes: ['https://eu'] }, { name: 'us', probes: ['https://us'] }]);
    expect(made.asked.length).toBe(length * 5);
  });

  it('go to the queue as the player wants them, and one region at least stays wanted', async () => {
    const made = bench({ 'https://eu': Array(60).fill(10) as number[], 'https://us': Array(60).fill(90) as number[] }, ['us']);
    const { pings } = made;
    expect(pings.forQueue(['eu', 'us'], 40)).toEqual({ eu: 40 });
    await pings.measure([{ name: 'eu', probes: ['https://eu'] }, { name: 'us', probes: ['https://us'] }, { name: 'mars', probes: [] }]);
    expect(pings.forQueue(['eu', 'us', 'mars'], 40)).toEqual({ eu: pings.ping('eu') });
    expect(pings.want('us', true)).toBe(true);
    expect(Object.keys(pings.forQueue(['eu', 'us', 'mars'], 40))).toEqual(['eu', 'us']);
    expect([pings.want('eu', false), pings.want('us', false), pings.want('mars', false)]).toEqual([true, true, false]);
    expect(made.stored).toEqual(['eu', 'us']);
    // Nobody has answered there: one way stands for it, and the matchmaker finds a server once there is one.
    expect(pings.forQueue(['eu', 'us', 'mars'], 0.2)).toEqual({ mars: 1 });
    await pings.measure([{ name: 'eu', probes: [] }]);
    expect(pings.isWanted('eu')).toBe(true);
  });
});
