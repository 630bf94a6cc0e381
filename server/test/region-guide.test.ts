import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RegionGuide } from '../src/matchmaker/index.js';
import { ServerAgent } from '../src/pool/index.js';
import { MemoryBus } from '../src/bus/index.js';
import { MemoryRecords, RecordsError } from '../src/records/index.js';
import { log, TestHost } from './control.js';
import { FakeClock } from './support.js';

test('regions are told with the servers that stand there, at most three, and with none where there is none', async () => {
  const clock = new FakeClock();
  const records = new MemoryRecords(clock);
  const bus = new MemoryBus(log);
  let isAway = false;
  const watched = new Proxy(records, {
    get(target, name) {
      if (name === 'entries' && isAway) return () => Promise.reject(new RecordsError('unavailable', 'away'));
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const server = async (id: string, region: string): Promise<ServerAgent> => {
    const agent = new ServerAgent({ id, url: `https://${id}.example:4000/deep/path`, region, version: '1', capacity: 5 }, new TestHost(), { records, bus, clock, log });
    await agent.start();
    return agent;
  };
  const guide = new RegionGuide(['eu', 'us'], { records: watched, clock }, () => 0.5);
  assert.deepEqual(await guide.read(), [{ name: 'eu', probes: [] }, { name: 'us', probes: [] }]);
  const agents = await Promise.all([1, 2, 3, 4].map((n) => server(`eu-${n}`, 'eu')));
  await server('mars-1', 'mars');
  assert.deepEqual((await guide.read())[0], { name: 'eu', probes: [] }, 'an answer is good for a while');
  clock.advance(2500);
  const [eu, us] = await guide.read();
  assert.equal(eu!.probes.length, 3);
  assert.equal(new Set(eu!.probes).size, 3);
  assert(eu!.probes.every((probe) => /^https:\/\/eu-[1-4]\.example:4000$/.test(probe)), 'origins alone');
  assert.deepEqual(us, { name: 'us', probes: [] });
  isAway = true;
  clock.advance(2500);
  assert.deepEqual((await guide.read())[0], eu, 'while the records are away: what was known last');
  isAway = false;
  for (const agent of agents.slice(1)) await agent.drain();
  clock.advance(2500);
  assert.deepEqual((await guide.read())[0]!.probes, ['https://eu-1.example:4000'], 'one that drains takes nobody');
  for (const agent of agents) await agent.close();
});
