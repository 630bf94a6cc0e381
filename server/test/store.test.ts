import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { cp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { engine } from '../src/engine.js';
import { Database } from '../src/store/database.js';
import { COUNT_QUERY, HIGHEST, PAGE_QUERY } from '../src/store/leaderboard.js';
import { migrate, MIGRATIONS } from '../src/store/migrate.js';
import { newPlayerId, openStore, StoreError, type NewSanction, type Store } from '../src/store/index.js';
import { fillBoard } from './board.js';
import { CuttingProxy } from './cutting-proxy.js';
import { duel, log, NOW, participant, TestDatabase, testFolder, withClient } from './database.js';
import { FakeClock } from './support.js';

class TestClock extends FakeClock {
  override now(): number {
    return NOW + super.now() - 1_000_000;
  }
}

const fails = (kind: string, message: RegExp) => (error: unknown): boolean => {
  assert.ok(error instanceof StoreError, String(error));
  assert.equal(error.kind, kind, error.message);
  assert.match(error.message, message);
  return true;
};

/** One PostgreSQL for the whole file; the last tests kill and stop it. */
let database: TestDatabase;
before(async () => { database = await TestDatabase.start('tcp'); });
after(() => database?.stop());

describe('store', () => {
  let store: Store;
  let url: string;
  const clock = new TestClock();

  before(async () => {
    url = await database.fresh();
    store = await openStore({ databaseUrl: url }, { log, clock });
  });
  after(() => store?.close());

  describe('migrations', () => {
    test('six processes that start at once migrate once', async () => {
      const fresh = await database.fresh();
      const ran = await Promise.all(Array.from({ length: 6 }, () => migrate(fresh, log)));
      const files = (await readdir(MIGRATIONS)).map((name) => name.replace(/\.sql$/, '')).sort();
      assert.deepEqual(ran.flat(), files, 'each migration ran in one of them');
      assert.deepEqual(await migrate(fresh, log), []);
    });

    test('one that fails leaves nothing, and the next start does it all', async () => {
      const fresh = await database.fresh();
      const folder = await testFolder();
      try {
        await cp(MIGRATIONS, folder.path, { recursive: true });
        await writeFile(join(folder.path, '9999_broken.sql'), '-- Up Migration\nCREATE TABLE half (a int);\nSELECT nonsense;\n');
        await assert.rejects(migrate(fresh, log, folder.path), fails('fault', /migrations did not run: .*nonsense/));
        const tables = await withClient(fresh, async (client) => (await client.query("SELECT 1 FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migrations'")).rowCount);
        assert.equal(tables, 0);
        assert.notEqual((await migrate(fresh, log)).length, 0);
      } finally {
        await folder.remove();
      }
    });

    test('an older program works on a database that a newer one has migrated', async () => {
      const fresh = await database.fresh();
      const folder = await testFolder();
      try {
        await cp(MIGRATIONS, folder.path, { recursive: true });
        await writeFile(join(folder.path, '9999_newer.sql'), '-- Up Migration\nALTER TABLE players ADD COLUMN later text;\n');
        await migrate(fresh, log, folder.path);
        const older = await openStore({ databaseUrl: fresh }, { log, clock });
        assert.equal((await older.ensureGuest({ id: newPlayerId(), name: 'Ada' })).name, 'Ada');
        await older.close();
      } finally {
        await folder.remove();
      }
    });

    test('down takes all away again', async () => {
      const fresh = await database.fresh();
      await migrate(fresh, log);
      const { runner } = await import('node-pg-migrate');
      await runner({ databaseUrl: fresh, dir: MIGRATIONS, direction: 'down', count: 100, migrationsTable: 'migrations', log: () => {} });
      const left = await withClient(fresh, async (client) => (await client.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).rows);
      assert.deepEqual(left, [{ tablename: 'migrations' }]);
    });
  });

  describe('players', () => {
    test('a guest is made once, keeps the name, and is seen', async () => {
      const id = newPlayerId();
      const made = await store.ensureGuest({ id, name: 'Ada' });
      assert.deepEqual({ ...made }, { id, kind: 'guest', name: 'Ada', createdAt: NOW, seenAt: NOW });
      assert.equal((await store.ensureGuest({ id, name: 'Eve' })).name, 'Ada');
      assert.equal((await store.rename(id, 'Ada L.'))?.name, 'Ada L.');
      assert.equal((await store.player(id))?.name, 'Ada L.');
      assert.equal(await store.player(newPlayerId()), undefined);
      assert.equal(await store.rename(newPlayerId(), 'Nobody'), undefined);
    });

    test('an account elsewhere is one player, however many sign in with it at once', async () => {
      const identity = { issuer: 'https://id.example', subject: `sub-${newPlayerId()}` };
      const players = await Promise.all(Array.from({ length: 8 }, () => store.ensureExternal(identity, 'Grace')));
      assert.equal(new Set(players.map((each) => each.id)).size, 1);
      assert.equal(players[0]?.kind, 'external');
      const other = await store.ensureExternal({ ...identity, issuer: 'https://other.example' }, 'Grace');
      assert.notEqual(other.id, players[0]?.id);
    });

    test('what comes from outside is checked, with the field named', async () => {
      for (const id of ['0', '-1', '01', '1.5', '9223372036854775808', '99999999999999999999', '']) {
        await assert.rejects(store.player(id), fails('invalid', /^id: takes a whole number/));
      }
      assert.equal(await store.player('9223372036854775807'), undefined);
      await assert.rejects(store.ensureGuest({ id: "'; DROP TABLE players; --", name: 'Ada' }), fails('invalid', /^id: /));
      await assert.rejects(store.ensureGuest({ id: newPlayerId(), name: 'x'.repeat(25) }), fails('invalid', /^name: takes 1 to 24/));
      await assert.rejects(store.ensureExternal({ issuer: '', subject: 'x' }, 'A'), fails('invalid', /identity\.issuer/));
      const evil = newPlayerId();
      await store.ensureGuest({ id: evil, name: "x'); DROP TABLE a; --" });
      assert.equal((await store.player(evil))?.name, "x'); DROP TABLE a; --");
    });
  });

  describe('matches', () => {
    test('a result moves ratings as the engine says, once', async () => {
      const [a, b] = [newPlayerId(), newPlayerId()];
      const result = duel(`m-${newPlayerId()}`, a, b);
      const receipt = await store.recordMatch(result);
      assert.equal(receipt.recorded, true);
      const system = new engine.RatingSystem();
      const expected = system.rate([{ place: 1, members: [system.newcomer()] }, { place: 2, members: [system.newcomer()] }]);
      assert.deepEqual(receipt.ratings.map((each) => each.after), expected.flat());
      assert.deepEqual(await store.recordMatch(result), { recorded: false, ratings: [] });

      const ratings = await store.ratings([a, b, newPlayerId()], 'duel');
      assert.deepEqual([...ratings.values()].map((each) => each.games), [1, 1, 0]);
      assert.equal(ratings.get(a)?.value, expected[0]![0]!.value);
      assert.deepEqual((await store.match(result.matchId))?.state, 'finished');
      const [played] = await store.playedMatches(b, 10);
      assert.equal(played?.place, 2);
      assert.ok(played.change !== null && played.change > -1000 && played.change !== 0);
      assert.equal((await store.ratings([a], 'other')).get(a)?.games, 0);
    });

    test('eight deliveries at once of the same match count as one', async () => {
      const [a, b] = [newPlayerId(), newPlayerId()];
      const result = duel(`m-${newPlayerId()}`, a, b);
      const receipts = await Promise.all(Array.from({ length: 8 }, () => store.recordMatch(result)));
      assert.equal(receipts.filter((each) => each.recorded).length, 1);
      assert.deepEqual([...(await store.ratings([a, b], 'duel')).values()].map((each) => each.games), [1, 1]);
    });

    test('matches with common players in opposite orders follow each other', async () => {
      const players = Array.from({ length: 6 }, () => newPlayerId());
      const results = Array.from({ length: 40 }, (_, index) => {
        const order = [...players].sort(() => ((index * 7919) % 13) - 6);
        if (index % 2 === 0) order.reverse();
        return duel(`m-${newPlayerId()}`, order[0]!, order[1]!, {
          mode: 'busy',
          participants: order.map((id, team) => participant(id, { team, place: team + 1 })),
        });
      });
      const receipts = await Promise.all(results.map((result) => store.recordMatch(result)));
      assert.ok(receipts.every((each) => each.recorded));
      assert.deepEqual([...(await store.ratings(players, 'busy')).values()].map((each) => each.games), players.map(() => 40));
    });

    test('uncertainty grows with time away', async () => {
      const [a, b] = [newPlayerId(), newPlayerId()];
      await store.recordMatch(duel(`m-${newPlayerId()}`, a, b, { endedAt: NOW - 100 * 86_400_000, startedAt: NOW - 101 * 86_400_000 }));
      const [played] = await store.playedMatches(a, 1);
      const now = (await store.ratings([a], 'duel')).get(a)!;
      const row = await withClient(url, async (client) => (await client.query('SELECT uncertainty FROM ratings WHERE player_id = $1', [a])).rows[0]);
      const system = new engine.RatingSystem();
      assert.equal(now.deviation, system.rest({ value: now.value, deviation: row.uncertainty }, 100).deviation);
      assert.ok(now.deviation > row.uncertainty);
      assert.ok(played !== undefined);
    });

    test('a lost match may end after all, an ended one is not lost any more', async () => {
      const [a, b] = [newPlayerId(), newPlayerId()];
      const result = duel(`m-${newPlayerId()}`, a, b);
      const { participants: _, rated: __, endedAt: ___, ...about } = result;
      assert.equal(await store.recordLostMatch({ ...about, lostAt: NOW }), true);
      assert.equal(await store.recordLostMatch({ ...about, lostAt: NOW }), false);
      assert.equal((await store.match(result.matchId))?.state, 'lost');
      assert.equal((await store.recordMatch(result)).recorded, true);
      assert.equal((await store.recordMatch(result)).recorded, false);
      assert.equal(await store.recordLostMatch({ ...about, lostAt: NOW }), false);
      assert.equal((await store.match(result.matchId))?.state, 'finished');
    });

    test('one that is not rated moves nobody', async () => {
      const a = newPlayerId();
      const receipt = await store.recordMatch(duel(`m-${newPlayerId()}`, a, newPlayerId(), { rated: false, participants: [participant(a)] }));
      assert.deepEqual(receipt, { recorded: true, ratings: [] });
      assert.equal((await store.ratings([a], 'duel')).get(a)?.games, 0);
      assert.equal((await store.playedMatches(a, 1))[0]?.change, null);
    });

    test('a result that cannot be is refused and changes nothing', async () => {
      const [a, b] = [newPlayerId(), newPlayerId()];
      const good = duel(`m-${newPlayerId()}`, a, b);
      const bad = async (wish: object, message: RegExp): Promise<void> => {
        await assert.rejects(store.recordMatch({ ...good, ...wish }), fails('invalid', message));
      };
      await bad({ matchId: '../x' }, /match\.matchId: takes 1 to 64/);
      await bad({ participants: [participant(a), participant(a, { team: 1, place: 2 })] }, /has a player twice/);
      await bad({ participants: [participant(a), participant(b, { place: 2 })] }, /two places for team 0/);
      await bad({ participants: [participant(a), participant(b)] }, /at least two teams/);
      await bad({ participants: [] }, /match\.participants/);
      await bad({ endedAt: NOW - 400_000 }, /endedAt: is before startedAt/);
      await bad({ endedAt: Math.floor(NOW / 1000), startedAt: Math.floor(NOW / 1000) }, /match\.startedAt/);
      await bad({ participants: [participant(a, { kills: 1.5 }), participant(b, { team: 1, place: 2 })] }, /participants\.0\.kills/);
      assert.equal(await store.match(good.matchId), undefined);
      assert.equal(await store.player(a), undefined);
    });
  });

  test('evidence counts once, batch by batch', async () => {
    const { id: playerId } = await store.ensureGuest({ id: newPlayerId(), name: 'Eve' });
    const matchId = `m-${newPlayerId()}`;
    const row = (seq: number) => ({ matchId, seq, playerId, tick: 60 * seq, kind: 'hidden aim', value: 0.9, limit: 0.5, grade: 0.25, foundAt: NOW + seq });
    assert.equal(await store.addEvidence([row(0), row(1)]), 2);
    assert.equal(await store.addEvidence([row(1), row(2)]), 1);
    assert.deepEqual(await store.evidence(playerId, 2), [row(2), row(1)]);
    const unseen = newPlayerId();
    assert.equal(await store.addEvidence([{ ...row(3), playerId: unseen }, { ...row(4), playerId: unseen }]), 2);
    await store.recordMatch(duel(matchId, unseen, playerId, { participants: [participant(unseen, { name: 'Mallory' }), participant(playerId, { team: 1, place: 2, name: 'Other' })] }));
    assert.equal((await store.player(unseen))?.name, 'Mallory', 'the match brings the name');
    assert.equal((await store.player(playerId))?.name, 'Eve', 'and takes none away');
    await assert.rejects(store.addEvidence([{ ...row(3), grade: 0 }]), fails('invalid', /evidence\.0\.grade/));
    await assert.rejects(store.addEvidence(Array.from({ length: 1001 }, (_, seq) => row(seq))), fails('invalid', /^evidence: /));
  });

  test('sanctions begin, end, and are lifted', async () => {
    const { id: playerId } = await store.ensureGuest({ id: newPlayerId(), name: 'Eve' });
    const sanction = (wish: Partial<NewSanction>): NewSanction => ({
      id: randomUUID(), playerId, kind: 'suspension', reason: 'hidden aim', issuedBy: 'guard', matchId: null, startsAt: NOW, endsAt: null, ...wish,
    });
    const short = sanction({ endsAt: NOW + 1000 });
    const ever = sanction({ kind: 'ban' });
    assert.equal(await store.addSanction(short), true);
    assert.equal(await store.addSanction(short), false);
    await store.addSanction(ever);
    await store.addSanction(sanction({ startsAt: NOW + 3_600_000 }));
    const active = async (): Promise<string[]> => (await store.activeSanctions([playerId])).get(playerId)!.map((each) => each.kind).sort();
    assert.deepEqual(await active(), ['ban', 'suspension']);
    clock.advance(1001);
    assert.deepEqual(await active(), ['ban']);
    assert.equal(await store.liftSanction(ever.id, 'appeal'), true);
    assert.equal(await store.liftSanction(ever.id, 'appeal'), false);
    assert.deepEqual(await active(), []);
    assert.deepEqual(await store.activeSanctions([]), new Map());
    await assert.rejects(store.addSanction(sanction({ endsAt: NOW - 1 })), fails('invalid', /endsAt: is not after/));
  });

  test('a replay belongs to a match', async () => {
    const result = duel(`m-${newPlayerId()}`, newPlayerId(), newPlayerId());
    const row = { matchId: result.matchId, store: 's3' as const, key: `replays/${result.matchId}`, bytes: 5_000_000_000, sha256: 'ab'.repeat(32), createdAt: NOW };
    await assert.rejects(store.addReplay(row), fails('invalid', /replays_match_id_fkey/));
    await store.recordMatch(result);
    assert.equal(await store.addReplay(row), true);
    assert.equal(await store.addReplay(row), false);
    assert.deepEqual(await store.replay(result.matchId), row);
    assert.equal(await store.removeReplay(result.matchId), true);
    assert.equal(await store.replay(result.matchId), undefined);
  });

  test('seasons follow each other without overlap', async () => {
    const fresh = await openStore({ databaseUrl: await database.fresh() }, { log, clock });
    try {
      const first = await fresh.season();
      const [a, b] = [newPlayerId(), newPlayerId()];
      await fresh.recordMatch(duel('before', a, b));
      const startsAt = clock.now() - 10;
      const second = await fresh.openSeason('2', startsAt);
      assert.deepEqual(await fresh.openSeason('2', startsAt), second, 'twice is once');
      assert.equal((await fresh.season()).id, second.id);
      assert.equal((await fresh.ratings([a], 'duel')).get(a)?.games, 0, 'a season begins anew');
      assert.equal((await fresh.leaderboard({ mode: 'duel', season: first.id })).entries.length, 2);
      assert.equal((await fresh.leaderboard({ mode: 'duel' })).entries.length, 0);
      await assert.rejects(fresh.openSeason('3', startsAt - 1000), fails('invalid', /seasons/));
      await assert.rejects(
        fresh.recordMatch(duel('ancient', a, b, { startedAt: Date.parse('2000-01-01') - 0, endedAt: Date.parse('2000-01-01') }))
          .then(() => fresh.recordMatch(duel('x', a, b, { startedAt: 1, endedAt: 2 }))),
        fails('invalid', /match\.startedAt/),
      );
    } finally {
      await fresh.close();
    }
  });
});

test('the views of dashboards count what they say', async () => {
  const url = await database.fresh();
  // The views look back from the database's own clock.
  const day = 86_400_000;
  const came = Math.floor(Date.now() / day) * day - 20 * day + 3_600_000;
  const store = await openStore({ databaseUrl: url }, { log, clock: { now: () => came, after: () => () => {} } });
  try {
    const [stays, leaves, late] = [newPlayerId(), newPlayerId(), newPlayerId()];
    for (const id of [stays, leaves, late]) await store.ensureGuest({ id, name: 'Ada' });
    const play = (matchId: string, endedAt: number, ids: string[], waitedMs: number | null): Promise<unknown> => store.recordMatch(duel(matchId, '1', '2', {
      startedAt: endedAt - 600_000, endedAt, participants: ids.map((id, team) => participant(id, { team, place: team + 1, waitedMs })),
    }));
    await play('first-day', came + 600_000, [stays, leaves], 10_000);
    await play('day-7', came + 7 * day, [leaves, stays], 40_000);
    await play('day-8', came + 8 * day, [late, stays], null);
    await withClient(url, async (client) => {
      await client.query(`DELETE FROM participants WHERE match_id = 'day-7' AND player_id = ${leaves}`);
      const { rows: retention } = await client.query('SELECT players, returned, share FROM retention_day7');
      assert.deepEqual(retention, [{ players: 3, returned: 1, share: 1 / 3 }]);
      const { rows: starts } = await client.query('SELECT players, median_s, p90_s, share_within_30_s AS share FROM match_start_times ORDER BY hour');
      assert.deepEqual(starts, [{ players: 2, median_s: 10, p90_s: 10, share: 1 }, { players: 1, median_s: 40, p90_s: 40, share: 0 }]);
      await store.recordLostMatch({ matchId: 'lost', mode: 'duel', map: 'yard', region: 'local', serverId: 'game-1', startedAt: came, lostAt: came + 600_000 });
      const { rows: play } = await client.query('SELECT matches, lost_matches AS lost, players, round((player_hours * 60)::numeric)::int AS minutes, round((mean_players * 86400)::numeric)::int AS seconds FROM daily_play ORDER BY day');
      assert.deepEqual(play, [
        { matches: 1, lost: 1, players: 2, minutes: 20, seconds: 1200 },
        { matches: 1, lost: 0, players: 1, minutes: 10, seconds: 600 },
        { matches: 1, lost: 0, players: 2, minutes: 20, seconds: 1200 },
      ]);
    });
  } finally {
    await store.close();
  }
});

describe('leaderboard of a million', () => {
  const PLAYERS = 1_000_000;
  let store: Store;
  let url: string;

  before(async () => {
    url = await database.fresh();
    store = await openStore({ databaseUrl: url }, { log, clock: new TestClock() });
    await fillBoard(url, PLAYERS);
  });
  after(() => store?.close());

  test('a page walks the index: no sort, no scan of the table', async () => {
    await withClient(url, async (client) => {
      const middle = (await client.query('SELECT points, player_id FROM ratings ORDER BY points DESC, player_id DESC OFFSET 500000 LIMIT 1')).rows[0];
      for (const [points, id] of [HIGHEST, [middle.points, middle.player_id]]) {
        const text = await explain(client, PAGE_QUERY, ['duel', 1, points, id, 51]);
        assert.match(text, /Index (Only )?Scan using ratings_leaderboard on ratings/);
        assert.match(text, /Index Cond: .*ROW\(r?\.?points, r?\.?player_id\) </, 'the place to go on from is found in the index too');
        assert.match(text, /Index Scan using players_pkey on players/);
        assert.doesNotMatch(text, /Sort|Seq Scan|Bitmap|Hash/, text);
      }
      assert.doesNotMatch(await explain(client, COUNT_QUERY, ['duel', 1, middle.points, middle.player_id, ...HIGHEST, 10_000]), /Sort|Seq Scan|Bitmap/);
    });
  });

  test('pages join without gap or repetition, with equal points among them', async () => {
    const seen: string[] = [];
    let after: string | undefined;
    for (let page = 0; page < 5; page++) {
      const { entries, next } = await store.leaderboard({ mode: 'duel', limit: 100, ...(after === undefined ? {} : { after }) });
      assert.deepEqual(entries.map((each) => each.rank), entries.map((_, index) => page * 100 + index + 1));
      seen.push(...entries.map((each) => each.playerId));
      after = next ?? undefined;
    }
    const expected = await withClient(url, async (client) => (
      (await client.query('SELECT player_id FROM ratings ORDER BY points DESC, player_id DESC LIMIT 500')).rows.map((row) => row.player_id as string)
    ));
    assert.deepEqual(seen, expected);
    await assert.rejects(store.leaderboard({ mode: 'duel', after: 'bm9uc2Vuc2U' }), fails('invalid', /^after: /));
    await assert.rejects(store.leaderboard({ mode: 'duel', limit: 101 }), fails('invalid', /leaderboard\.limit/));
  });

  test('ranks are exact above, and measured below', async () => {
    await withClient(url, async (client) => {
      for (const place of [1, 77, 9_999, 10_002, 123_456, 1_000_000]) {
        const { rows } = await client.query('SELECT player_id FROM ratings ORDER BY points DESC, player_id DESC OFFSET $1 LIMIT 1', [place - 1]);
        const rank = await store.rank(rows[0].player_id, 'duel');
        assert.equal(rank?.rank, place);
        assert.equal(rank.exact, place <= 10_000);
      }
      assert.equal(await store.rank(newPlayerId(), 'duel'), undefined);
    });
  });

  async function explain(client: { query(text: string, values: unknown[]): Promise<{ rows: Record<string, string>[] }> }, query: string, values: unknown[]): Promise<string> {
    return (await client.query(`EXPLAIN (ANALYZE off) ${query}`, values)).rows.map((row) => row['QUERY PLAN']).join('\n');
  }
});

describe('database away', () => {
  test('deadlocks and serialization failures are tried again, constraint violations are not', async () => {
    const db = new Database({ databaseUrl: database.url, statementTimeoutMs: 300 }, log);
    try {
      const raise = (state: string, until: number) => {
        let calls = 0;
        return {
          run: () => db.transaction(async (queries) => {
            if (++calls < until) await queries.query(`DO $$ BEGIN RAISE EXCEPTION 'test' USING ERRCODE = '${state}'; END $$`);
            return calls;
          }),
          calls: () => calls,
        };
      };
      assert.equal(await raise('40001', 3).run(), 3);
      assert.equal(await raise('40P01', 5).run(), 5);
      const never = raise('40001', 99);
      await assert.rejects(never.run(), fails('unavailable', /test/));
      assert.equal(never.calls(), 5);
      const invalid = raise('23514', 99);
      await assert.rejects(invalid.run(), fails('invalid', /test/));
      assert.equal(invalid.calls(), 1);
      const fault = raise('42P01', 99);
      await assert.rejects(fault.run(), fails('fault', /test/));
      assert.equal(fault.calls(), 1);
      await assert.rejects(new Database({ databaseUrl: database.url, statementTimeoutMs: 50, attempts: 1 }, log).query('SELECT pg_sleep(5)'), fails('unavailable', /statement timeout/));
    } finally {
      await db.close();
    }
  });

  test('more calls than may wait are refused at once', async () => {
    const db = new Database({ databaseUrl: database.url, connections: 1, waiting: 2, attempts: 1 }, log);
    try {
      const calls = Array.from({ length: 6 }, () => db.query('SELECT pg_sleep(0.2)'));
      const outcomes = await Promise.allSettled(calls);
      assert.deepEqual(outcomes.map((each) => each.status), ['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected', 'rejected']);
      assert.match(String((outcomes[5] as PromiseRejectedResult).reason), /2 calls wait/);
    } finally {
      await db.close();
    }
  });

  test('a network that is cut or carries nothing costs time, and no connection for good', async () => {
    const url = new URL(await database.fresh());
    await migrate(url.href, log);
    const proxy = await CuttingProxy.start({ host: '127.0.0.1', port: Number(url.port) });
    url.port = String(proxy.port);
    const store = await openStore({
      databaseUrl: url.href, connect: 'later', connections: 2, statementTimeoutMs: 200, connectTimeoutMs: 500, attempts: 1,
    }, { log, clock: new TestClock() });
    try {
      const [a, b] = [newPlayerId(), newPlayerId()];
      assert.equal((await store.recordMatch(duel('before', a, b))).recorded, true);
      proxy.stall();
      const outcomes = await Promise.allSettled([store.ping(), store.recordMatch(duel('stalled', a, b)), store.player(a), store.player(b)]);
      for (const outcome of outcomes) {
        assert.equal(outcome.status, 'rejected');
        fails('unavailable', /away or busy/)(outcome.reason);
      }
      proxy.open();
      assert.equal((await until(() => store.player(a)))?.id, a);
      proxy.cut();
      await assert.rejects(store.recordMatch(duel('cut', a, b)), fails('unavailable', /away or busy/));
      proxy.open();
      for (const id of ['stalled', 'cut', 'cut']) await until(() => store.recordMatch(duel(id, a, b)));
      assert.deepEqual([...(await store.ratings([a, b], 'duel')).values()].map((each) => each.games), [3, 3]);
    } finally {
      await store.close();
      await proxy.stop();
    }
  });

  test('is told from bad data, and tried again for a while', async () => {
    const url = await database.fresh();
    const store = await openStore({ databaseUrl: url, connectTimeoutMs: 1000 }, { log, clock: new TestClock() });
    try {
      const id = newPlayerId();
      await store.ensureGuest({ id, name: 'Ada' });
      // Killed like a crash; it comes back by itself, within the tries of one call or two.
      process.kill(database.embedded.pid, 'SIGKILL');
      await assert.doesNotReject(until(() => store.player(id)));
      await database.embedded.close();
      await assert.rejects(store.player(id), fails('unavailable', /the database is away or busy/));
      await assert.rejects(openStore({ databaseUrl: url }, { log, clock: new TestClock() }), fails('unavailable', /migrations did not run/));
    } finally {
      await store.close();
    }
    await assert.rejects(store.ping(), fails('unavailable', /closed/));
  });
});

async function until<T>(action: () => Promise<T>): Promise<T> {
  const end = Date.now() + 30_000;
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}
