import type { Rating, RatingSystem } from '@trespasser/engine';
import { z } from 'zod';
import type { Database, Queries } from './database.js';
import { check, StoreError } from './errors.js';
import {
  idsSchema, labelSchema, lostMatchSchema, matchIdSchema, matchResultSchema, playerIdSchema, UNKNOWN_NAME, type LostMatch, type MatchResult,
} from './schemas.js';
import type { MatchReceipt, MatchReport, MatchSummary, PlayedMatch, PlayerRating, RatingChange, RatingPoints, ReportedPlayer } from './types.js';

const DAY_MS = 86_400_000;
/** As the rating system takes it. */
const MAXIMUM_REST_DAYS = 36_525;

interface RatingRow extends Record<string, unknown> {
  id: string;
  mean: number;
  uncertainty: number;
  games: number;
  playedAt: number;
}

/**
 * One transaction. The row of the match comes first: of several deliveries at the same time one inserts it, the others
 * wait for that one's end, and then find the match recorded. After it the players' rows are locked in the order of their
 * ids, so that two matches with common players follow each other and never wait for each other.
 */
export async function recordMatch(db: Database, ratings: RatingSystem, given: MatchResult): Promise<MatchReceipt> {
  const result = check(matchResultSchema, given, 'match');
  return db.transaction(async (queries) => {
    const season = await seasonAt(queries, result.endedAt);
    const inserted = await queries.query(
      `INSERT INTO matches (id, season, mode, map, region, server_id, state, rated, started_at, ended_at)
       VALUES ($1, $2, $3, $4, $5, $6, 'finished', $7, $8, $9)
       ON CONFLICT (id) DO UPDATE SET season = excluded.season, mode = excluded.mode, map = excluded.map,
         region = excluded.region, server_id = excluded.server_id, state = excluded.state, rated = excluded.rated,
         started_at = excluded.started_at, ended_at = excluded.ended_at, recorded_at = now()
         -- Its server was given up, and has delivered after all.
         WHERE matches.state = 'lost'
       RETURNING id`,
      [result.matchId, season, result.mode, result.map, result.region, result.serverId, result.rated,
        new Date(result.startedAt), new Date(result.endedAt)],
    );
    if (inserted.length === 0) return { recorded: false, ratings: [] };

    const people = result.participants;
    const ids = people.map((each) => each.playerId);
    // Guests who came while the database was away; evidence may have brought them before, without a name.
    await queries.query(
      `INSERT INTO players (id, kind, name, created_at, seen_at)
       SELECT id, 'guest', name, $3::timestamptz, $3::timestamptz FROM unnest($1::bigint[], $2::text[]) AS given (id, name) ORDER BY id
       ON CONFLICT (id) DO UPDATE SET name = excluded.name WHERE players.name = '${UNKNOWN_NAME}' AND players.kind = 'guest'`,
      [ids, people.map((each) => each.name), new Date(result.startedAt)],
    );
    const changes = result.rated ? await rate(queries, ratings, result, ids, season) : new Map<string, RatingChange>();
    const change = (id: string): RatingChange | undefined => changes.get(id);
    await queries.query(
      `INSERT INTO participants (match_id, player_id, team, place, kills, deaths, has_left, waited_ms, ended_at,
         value_before, deviation_before, value_after, deviation_after, points_change)
       SELECT $1::text, id, team, place, kills, deaths, has_left, waited_ms, $9::timestamptz, value_before, deviation_before, value_after,
         deviation_after, points_change
       FROM unnest($2::bigint[], $3::smallint[], $4::smallint[], $5::int[], $6::int[], $7::boolean[], $8::int[],
           $10::float8[], $11::float8[], $12::float8[], $13::float8[], $14::float8[])
         AS given (id, team, place, kills, deaths, has_left, waited_ms, value_before, deviation_before, value_after,
           deviation_after, points_change)`,
      [result.matchId, ids, people.map((each) => each.team), people.map((each) => each.place),
        people.map((each) => each.kills), people.map((each) => each.deaths), people.map((each) => each.left),
        people.map((each) => each.waitedMs), new Date(result.endedAt),
        ids.map((id) => change(id)?.before.value ?? null), ids.map((id) => change(id)?.before.deviation ?? null),
        ids.map((id) => change(id)?.after.value ?? null), ids.map((id) => change(id)?.after.deviation ?? null),
        ids.map((id) => {
          const changed = change(id);
          return changed === undefined ? null : ratings.points(changed.after) - ratings.points(changed.before);
        })],
    );
    return { recorded: true, ratings: result.participants.flatMap((each) => change(each.playerId) ?? []) };
  });
}

/** Matches count in the order in which they are delivered; that of two servers is not known better. */
async function rate(
  queries: Queries, system: RatingSystem, result: MatchResult, ids: string[], season: number,
): Promise<Map<string, RatingChange>> {
  // The players' rows stand for their ratings, of which a newcomer has none yet.
  await queries.query('SELECT 1 FROM players WHERE id = ANY ($1::bigint[]) ORDER BY id FOR NO KEY UPDATE', [ids]);
  const rows = await queries.query<RatingRow>(
    `SELECT player_id AS id, mean, uncertainty, games, played_at AS "playedAt" FROM ratings
     WHERE player_id = ANY ($1::bigint[]) AND mode = $2 AND season = $3`,
    [ids, result.mode, season],
  );
  const known = new Map(rows.map((row) => [row.id, row]));
  const before = new Map(ids.map((id) => [id, rested(system, known.get(id), result.startedAt)]));

  const teams = new Map<number, { place: number; ids: string[] }>();
  for (const { team, place, playerId } of result.participants) {
    const entry = teams.get(team) ?? { place, ids: [] };
    entry.ids.push(playerId);
    teams.set(team, entry);
  }
  const sides = [...teams.values()];
  const rated = system.rate(sides.map(({ place, ids: members }) => ({ place, members: members.map((id) => before.get(id)!) })));

  const changes = new Map<string, RatingChange>();
  sides.forEach(({ ids: members }, side) => members.forEach((id, at) => {
    changes.set(id, { playerId: id, before: before.get(id)!, after: rated[side]![at]!, games: (known.get(id)?.games ?? 0) + 1 });
  }));
  const all = ids.map((id) => changes.get(id)!);
  await queries.query(
    `INSERT INTO ratings (player_id, mode, season, mean, uncertainty, points, games, played_at)
     SELECT id, $6::text, $7::smallint, mean, uncertainty, points, games, $8::timestamptz
     FROM unnest($1::bigint[], $2::float8[], $3::float8[], $4::float8[], $5::int[]) AS given (id, mean, uncertainty, points, games)
     ON CONFLICT (player_id, mode, season) DO UPDATE SET mean = excluded.mean, uncertainty = excluded.uncertainty,
       points = excluded.points, games = excluded.games, played_at = greatest(ratings.played_at, excluded.played_at)`,
    [ids, all.map((each) => each.after.value), all.map((each) => each.after.deviation),
      all.map((each) => system.points(each.after)), all.map((each) => each.games), result.mode, season, new Date(result.endedAt)],
  );
  return changes;
}

function rested(system: RatingSystem, row: RatingRow | undefined, at: number): Rating {
  if (row === undefined) return system.newcomer();
  const days = Math.min(MAXIMUM_REST_DAYS, Math.max(0, (at - row.playedAt) / DAY_MS));
  return system.rest({ value: row.mean, deviation: row.uncertainty }, days);
}

export async function seasonAt(queries: Queries, at: number): Promise<number> {
  const rows = await queries.query<{ id: number }>(
    'SELECT id FROM seasons WHERE tstzrange(starts_at, ends_at) @> $1::timestamptz', [new Date(at)],
  );
  if (rows[0] === undefined) {
    throw new StoreError('invalid', `no season holds ${new Date(at).toISOString()}; open one that begins before`);
  }
  return rows[0].id;
}

export async function readRatings(
  db: Database, system: RatingSystem, playerIds: readonly string[], givenMode: string, now: number,
): Promise<Map<string, PlayerRating>> {
  const ids = check(idsSchema, playerIds, 'playerIds');
  const mode = check(labelSchema, givenMode, 'mode');
  const rows = await db.query<RatingRow>(
    `SELECT player_id AS id, mean, uncertainty, games, played_at AS "playedAt" FROM ratings
     WHERE player_id = ANY ($1::bigint[]) AND mode = $2
       AND season = (SELECT id FROM seasons WHERE tstzrange(starts_at, ends_at) @> $3::timestamptz)`,
    [ids, mode, new Date(now)],
  );
  const known = new Map(rows.map((row) => [row.id, row]));
  return new Map(ids.map((playerId) => {
    const row = known.get(playerId);
    return [playerId, { playerId, ...rested(system, row, now), games: row?.games ?? 0 }];
  }));
}

export async function recordLostMatch(db: Database, given: LostMatch): Promise<boolean> {
  const match = check(lostMatchSchema, given, 'match');
  return db.transaction(async (queries) => {
    const season = await seasonAt(queries, match.lostAt);
    const rows = await queries.query(
      `INSERT INTO matches (id, season, mode, map, region, server_id, state, rated, started_at, ended_at)
       VALUES ($1, $2, $3, $4, $5, $6, 'lost', false, $7, greatest($7::timestamptz, $8::timestamptz))
       ON CONFLICT (id) DO NOTHING RETURNING id`,
      [match.matchId, season, match.mode, match.map, match.region, match.serverId, new Date(match.startedAt), new Date(match.lostAt)],
    );
    return rows.length === 1;
  });
}

const SUMMARY = `m.id AS "matchId", m.state, m.mode, m.map, m.region, m.server_id AS "serverId", m.season,
  m.started_at AS "startedAt", m.ended_at AS "endedAt", m.rated`;

export async function findMatch(db: Database, given: string): Promise<MatchSummary | undefined> {
  const id = check(matchIdSchema, given, 'matchId');
  return (await db.query<MatchSummary & Record<string, unknown>>(`SELECT ${SUMMARY} FROM matches m WHERE id = $1`, [id]))[0];
}

interface ReportRow extends Omit<ReportedPlayer, 'rating'>, Record<string, unknown> {
  valueBefore: number | null;
  deviationBefore: number | null;
  valueAfter: number | null;
  deviationAfter: number | null;
}

export async function reportMatch(db: Database, system: RatingSystem, given: string): Promise<MatchReport | undefined> {
  const id = check(matchIdSchema, given, 'matchId');
  const [match] = await db.query<MatchSummary & { replay: MatchReport['replay'] } & Record<string, unknown>>(
    `SELECT ${SUMMARY}, r.store AS replay FROM matches m LEFT JOIN replays r ON r.match_id = m.id WHERE m.id = $1`, [id],
  );
  if (match === undefined) return undefined;
  const rows = await db.query<ReportRow>(
    `SELECT p.player_id AS "playerId", n.name, p.team, p.place, p.kills, p.deaths, p.has_left AS "left", p.value_before AS "valueBefore",
       p.deviation_before AS "deviationBefore", p.value_after AS "valueAfter", p.deviation_after AS "deviationAfter"
     FROM participants p JOIN players n ON n.id = p.player_id WHERE p.match_id = $1 ORDER BY p.place, p.team, p.kills DESC, p.player_id`,
    [id],
  );
  const pointed = (value: number, deviation: number): RatingPoints => ({ points: system.points({ value, deviation }), value, deviation });
  return {
    ...match,
    players: rows.map(({ valueBefore, deviationBefore, valueAfter, deviationAfter, ...player }) => ({
      ...player,
      // All of them or none, as the table has it.
      rating: valueBefore === null || deviationBefore === null || valueAfter === null || deviationAfter === null
        ? null
        : { before: pointed(valueBefore, deviationBefore), after: pointed(valueAfter, deviationAfter) },
    })),
  };
}

export async function playedMatches(db: Database, givenId: string, givenLimit: number): Promise<PlayedMatch[]> {
  const id = check(playerIdSchema, givenId, 'playerId');
  const limit = check(z.number().int().min(1).max(100), givenLimit, 'limit');
  return db.query<PlayedMatch & Record<string, unknown>>(
    `SELECT ${SUMMARY}, p.team, p.place, p.kills, p.deaths, p.has_left AS "left", p.points_change AS change
     FROM participants p JOIN matches m ON m.id = p.match_id
     WHERE p.player_id = $1 ORDER BY p.ended_at DESC, p.match_id DESC LIMIT $2`,
    [id, limit],
  );
}
