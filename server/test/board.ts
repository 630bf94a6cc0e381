import { withClient } from './database.js';

/** Players with ratings as a season leaves them, a bell with many equal points; seconds for a million. */
export async function fillBoard(url: string, players: number): Promise<void> {
  await withClient(url, async (client) => {
    // Foreign keys and indexes are checked and built once instead of a million times, and a table that is emptied in the
    // same transaction needs no log. Ids rise, points do not follow them: rows of a page lie far apart as in real life.
    await client.query(`
      BEGIN;
      SELECT setseed(0.5);
      SET LOCAL maintenance_work_mem = '128MB';
      TRUNCATE players, ratings CASCADE;
      DROP INDEX ratings_leaderboard, players_created;
      ALTER TABLE ratings DROP CONSTRAINT ratings_player_id_fkey, DROP CONSTRAINT ratings_season_fkey, DROP CONSTRAINT ratings_pkey;
      INSERT INTO players (id, kind, name, created_at, seen_at)
        SELECT n, 'guest', 'Player ' || n, '2026-01-01', '2026-01-01'
        FROM generate_series(1, ${Math.trunc(players)}) AS n;
      INSERT INTO ratings (player_id, mode, season, mean, uncertainty, points, games, played_at)
        SELECT id, 'duel', 1, mean, 60, mean - 180, 20, '2026-05-01'
        FROM (SELECT id, round(15000 + 1500 * (random() + random() + random() + random() - 2)) / 10 AS mean FROM players) AS rated;
      ALTER TABLE ratings ADD PRIMARY KEY (player_id, mode, season),
        ADD CONSTRAINT ratings_player_id_fkey FOREIGN KEY (player_id) REFERENCES players ON DELETE CASCADE,
        ADD CONSTRAINT ratings_season_fkey FOREIGN KEY (season) REFERENCES seasons;
      CREATE INDEX players_created ON players (created_at);
      CREATE INDEX ratings_leaderboard ON ratings (mode, season, points DESC, player_id DESC) INCLUDE (mean, uncertainty, games);
      COMMIT;
    `);
    await client.query('VACUUM ANALYZE players, ratings, seasons');
  });
}
